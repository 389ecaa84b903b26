"""What lies between two commits, asked of a git checkout; reads only, and never asks a remote."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from .._values.commits import short_sha
from .._values.text import printable
from .compare import GitHost, compare_url

#: Characters of a subject or an author's name that are shown at most.
MAX_TEXT: Final = 100
_TIMEOUT = 20.0
_SHA = re.compile(r"[0-9a-fA-F]{7,64}", re.ASCII)
#: Variables that would lead git to another repository, as they do in a hook.
_ELSEWHERE = ("GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_NAMESPACE")
#: A commit that is missing in a partial clone is not worth a connection, or a question for a password.
_ON_THIS_MACHINE = {"GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit, harmless to show: one line, no control characters, cut to a length."""

    sha: str
    subject: str
    author: str


@dataclass(frozen=True, slots=True)
class Commits:
    """What lies between two commits.

    Attributes:
        count: how many commits the new one has that the old one has not (when it goes back: how
            many are taken back); None when the checkout cannot tell.
        listed: the newest of them.
        direction: `forward`, `back`, `diverged` or `unknown`.
        note: what the checkout cannot tell, in words; empty when there is nothing to say.
        compare_url: a page that shows the difference, for remotes that are known to have one.
    """

    count: int | None
    listed: tuple[Commit, ...] = ()
    direction: str = "unknown"
    note: str = ""
    compare_url: str | None = None


class Checkout:
    """A git checkout, or a folder that is none."""

    def __init__(self, folder: Path, hosts: Mapping[str, GitHost] | None = None) -> None:
        """Look at a folder.

        Args:
            folder: A folder of the checkout.
            hosts: Git hosts that are not known by their names, see `compare.hosts_of`.
        """
        self._folder = folder
        self._hosts = hosts or {}
        self._remote: str | None = None
        self._found: dict[tuple[str, str, int], Commits] = {}
        inside, complaint = self._ask("rev-parse", "--is-inside-work-tree")
        #: git is there and will not look: the folder belongs to another user, as it may in a container.
        self._distrusted = "safe.directory" in complaint
        self.exists = inside is not None or self._distrusted
        self._shallow = self._git("rev-parse", "--is-shallow-repository") == "true"

    def between(self, old: str | None, new: str | None, most: int = 20) -> Commits | None:
        """The commits between two shas, at most so many of them listed.

        None when there is nothing to compare: no checkout, a commit missing, or the same twice.
        A branch name or `HEAD` is no sha: what it named then cannot be known.
        """
        if not self.exists or not old or not new or old == new:
            return None
        if not (_SHA.fullmatch(old) and _SHA.fullmatch(new)):
            return None
        key = (old, new, most)
        # Many stacks often go from one commit to the same other.
        if key not in self._found:
            self._found[key] = self._between(old, new, most)
        return self._found[key]

    @property
    def remote(self) -> str | None:
        """The URL of `origin`, or of the only remote."""
        if self._remote is None:
            remotes = (self._git("remote") or "").split()
            name = remotes[0] if len(remotes) == 1 else "origin"
            self._remote = (self._git("remote", "get-url", "--", name) if remotes else "") or ""
        return self._remote or None

    def _between(self, old: str, new: str, most: int) -> Commits:
        if self._distrusted:
            why = "git does not trust this checkout, which belongs to another user: see safe.directory"
            return Commits(None, note=why)
        old_sha, new_sha = self._resolve(old), self._resolve(new)
        if old_sha is None or new_sha is None:
            missing = [short_sha(name) for name, sha in ((old, old_sha), (new, new_sha)) if not sha]
            why = (
                "fetch more of this shallow clone's history"
                if self._shallow
                else f"fetch {'it' if len(missing) == 1 else 'them'}"
            )
            verb = "is" if len(missing) == 1 else "are"
            return Commits(
                None,
                note=f"{' and '.join(missing)} {verb} not in this checkout: {why}",
                compare_url=self._page(old_sha or old, new_sha or new),
            )
        if old_sha == new_sha:
            return Commits(0, direction="forward", note="the same commit")
        first, last, direction, note = old_sha, new_sha, "forward", ""
        if self._is_ancestor(new_sha, old_sha):
            first, last, direction = new_sha, old_sha, "back"
            note = "goes back: these commits are live, and the requested commit does not have them"
        elif not self._is_ancestor(old_sha, new_sha):
            direction = "diverged"
            note = (
                "the branch was rewritten: the live commit is not an ancestor of the requested one"
            )
        url = self._page(first, last)
        if self._shallow and direction == "diverged":
            # Where history is cut off, an ancestor looks like a stranger.
            unknown = "the clone is shallow, so the commits in between are unknown"
            note = f"{unknown}: fetch more of its history"
            return Commits(None, note=note, compare_url=url)
        if self._shallow:
            note = "; ".join(
                [*([note] if note else []), "the clone is shallow: the list may be incomplete"]
            )
        span = f"{first}..{last}"
        count = int(self._git("rev-list", "--count", span) or 0)
        return Commits(count, self._log(span, most), direction, note, url)

    def _page(self, first: str, last: str) -> str | None:
        return compare_url(self.remote, first, last, self._hosts)

    def _resolve(self, commit: str) -> str | None:
        sha = self._git(
            "rev-parse", "--verify", "--quiet", "--end-of-options", f"{commit}^{{commit}}"
        )
        # A branch may have a name that looks like a sha.
        return sha if sha and sha.startswith(commit.lower()) else None

    def _is_ancestor(self, old: str, new: str) -> bool:
        return self._git("merge-base", "--is-ancestor", old, new) is not None

    def _log(self, span: str, most: int) -> tuple[Commit, ...]:
        form = ("--format=%H%n%s%n%an", "--encoding=UTF-8", "--no-show-signature", "--no-color")
        text = self._git("log", "-z", f"--max-count={most}", *form, "--end-of-options", span)
        commits = []
        for record in (text or "").split("\0"):
            sha, _, rest = record.strip("\n").partition("\n")
            subject, _, author = rest.rpartition("\n")
            if sha:
                commits.append(
                    Commit(sha, printable(subject, MAX_TEXT), printable(author, MAX_TEXT))
                )
        return tuple(commits)

    def _git(self, *arguments: str) -> str | None:
        """What git prints, None when it fails or there is none."""
        return self._ask(*arguments)[0]

    def _ask(self, *arguments: str) -> tuple[str | None, str]:
        """What git prints (None when it fails or there is none), and what it complains of."""
        environment = {name: value for name, value in os.environ.items() if name not in _ELSEWHERE}
        try:
            done = subprocess.run(  # noqa: S603 - a list of arguments, no shell
                ["git", *arguments],  # noqa: S607
                cwd=self._folder,
                env={**environment, **_ON_THIS_MACHINE},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
                timeout=_TIMEOUT,
            )
        except (OSError, subprocess.TimeoutExpired):
            return None, ""
        if done.returncode:
            return None, done.stderr.decode("utf-8", "replace")
        return done.stdout.decode("utf-8", "replace").strip("\n "), ""
