"""What lies between two commits, asked of a git checkout; reads only."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit

from ..inputs import printable

#: Characters of a subject or an author's name that are shown at most.
MAX_TEXT: Final = 100
_TIMEOUT = 20.0
_SHA = re.compile(r"[0-9a-fA-F]{7,64}", re.ASCII)


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
            many are taken back); None when the checkout does not know both.
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

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._remote: str | None = None
        self.exists = self._git("rev-parse", "--is-inside-work-tree") is not None

    def between(self, old: str | None, new: str | None, most: int = 20) -> Commits | None:
        """The commits between two shas, at most so many of them listed.

        None when there is nothing to compare: no checkout, a commit missing, or the same twice.
        A branch name or `HEAD` is no sha: what it named then cannot be known.
        """
        if not self.exists or not old or not new or old == new:
            return None
        if not (_SHA.fullmatch(old) and _SHA.fullmatch(new)):
            return None
        url = compare_url(self.remote, old, new)
        old_sha, new_sha = self._resolve(old), self._resolve(new)
        missing = [short(name) for name, sha in ((old, old_sha), (new, new_sha)) if sha is None]
        if old_sha is None or new_sha is None:
            shallow = self._git("rev-parse", "--is-shallow-repository") == "true"
            why = "a shallow clone: fetch more of its history" if shallow else "fetch it"
            return Commits(
                None, note=f"{' and '.join(missing)} not in this checkout ({why})", compare_url=url
            )
        if self._is_ancestor(old_sha, new_sha):
            direction, span, note = "forward", f"{old_sha}..{new_sha}", ""
        elif self._is_ancestor(new_sha, old_sha):
            direction, span = "back", f"{new_sha}..{old_sha}"
            note = "goes back: these commits are in what is live and not in what is wished for"
        else:
            direction, span = "diverged", f"{old_sha}..{new_sha}"
            note = "the branch was rewritten: what is live is not an ancestor of what is wished for"
        count = int(self._git("rev-list", "--count", span) or 0)
        return Commits(count, self._log(span, most), direction, note, url)

    @property
    def remote(self) -> str | None:
        """The URL of `origin`."""
        if self._remote is None:
            self._remote = self._git("remote", "get-url", "origin") or ""
        return self._remote or None

    def _resolve(self, commit: str) -> str | None:
        return self._git(
            "rev-parse", "--verify", "--quiet", "--end-of-options", f"{commit}^{{commit}}"
        )

    def _is_ancestor(self, old: str, new: str) -> bool:
        return self._git("merge-base", "--is-ancestor", old, new) is not None

    def _log(self, span: str, most: int) -> tuple[Commit, ...]:
        text = self._git(
            "log", "-z", f"--max-count={most}", "--format=%H%n%s%n%an", "--end-of-options", span
        )
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
        try:
            done = subprocess.run(  # noqa: S603 - a list of arguments, no shell
                ["git", "-c", "log.showSignature=false", *arguments],  # noqa: S607
                cwd=self._folder,
                capture_output=True,
                check=False,
                timeout=_TIMEOUT,
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
        if done.returncode:
            return None
        return done.stdout.decode("utf-8", "replace").strip("\n ")


def short(commit: str) -> str:
    """Seven digits of a sha."""
    return commit[:7]


def compare_url(remote: str | None, old: str, new: str) -> str | None:
    """The page on which a known host shows the difference between two shas, None elsewhere.

    Credentials in the remote's URL never get into the link.
    """
    host, path = _host_and_path(remote or "")
    if not host or not path:
        return None
    if host == "github.com" or host.startswith("github."):
        return f"https://{host}/{path}/compare/{old}...{new}"
    if host == "bitbucket.org":
        return f"https://{host}/{path}/branches/compare/{new}..{old}"
    if host == "gitlab.com" or host.startswith("gitlab."):
        return f"https://{host}/{path}/-/compare/{old}...{new}"
    found = re.fullmatch(r"git-codecommit(?:-fips)?\.([a-z0-9-]+)\.amazonaws\.com", host)
    if found and path.startswith("v1/repos/"):
        region, name = found[1], path[len("v1/repos/") :]
        return (
            f"https://{region}.console.aws.amazon.com/codesuite/codecommit/repositories/{name}"
            f"/compare/{old}/.../{new}?region={region}"
        )
    return None


def _host_and_path(remote: str) -> tuple[str, str]:
    scp = re.fullmatch(r"(?:[^@/]+@)?([A-Za-z0-9.-]+):(?!//)(.+)", remote)
    if scp:
        host, path = scp[1], scp[2]
    else:
        parts = urlsplit(remote)
        host, path = parts.hostname or "", parts.path
    path = path.strip("/")
    return host.lower(), quote(path.removesuffix(".git"))
