"""Make the commit and the tag of a version; whoever runs this pushes them.

The version is set where it stands, the changelog's top section gets it and the day, and the tag's
message is that section. Nothing is changed where anything speaks against the release.
"""

from __future__ import annotations

import argparse
import difflib
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

from tools.changelog import released, sections, unreleased

ROOT = Path(__file__).resolve().parent.parent
NAME = "amplify-job-resource"
BRANCH = "main"
VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
"""What Python's rules for versions, SemVer and Pulumi's plugins all take."""
UNTRUE = "There is no release on the package index yet"
"""What the README says until the first release, whose page on the index the README is."""
IN_PROJECT = re.compile(r'(?m)^version = "(.*)"$')
REMADE = ("schema", "states")
"""The targets that make files of this version; they run once it is set."""


class Refused(Exception):
    """Something speaks against the release; the text says what."""


class Checkout:
    """The repository from which a version is released."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def git(self, *arguments: str) -> str:
        """What a git command printed."""
        done = subprocess.run(
            ["git", *arguments], cwd=self.root, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise Refused(f"git {arguments[0]} failed: {done.stderr.strip()}")
        return done.stdout.strip()

    def make(self, target: str, *variables: str) -> None:
        """Run a target of the Makefile; it shows what it does."""
        command = ["make", "--no-print-directory", target, *variables]
        if subprocess.run(command, cwd=self.root, check=False).returncode:
            raise Refused(f"make {target} failed")

    def text(self, name: str) -> str:
        """The content of a file."""
        return (self.root / name).read_text(encoding="utf-8")

    def version(self) -> str:
        """The version in pyproject.toml, which is the one that everything else is made from."""
        found = IN_PROJECT.search(self.text("pyproject.toml"))
        assert found, "pyproject.toml has no version"
        return found[1]

    def tagged(self) -> list[str]:
        """The versions that have a tag."""
        tags = self.git("tag", "--list", "v*").split()
        return [tag[1:] for tag in tags if VERSION.fullmatch(tag[1:])]


def problems(checkout: Checkout, version: str) -> list[str]:
    """What speaks against a release, but for the checks; a sentence each."""
    found, text = [], checkout.text("CHANGELOG.md")
    if checkout.git("branch", "--show-current") != BRANCH:
        found.append(f"the branch is not {BRANCH}")
    if checkout.git("status", "--porcelain"):
        found.append("there are changes that are not committed")
    if not unreleased(text):
        found.append("CHANGELOG.md has no unreleased section at its top, or it names no change")
    if UNTRUE in checkout.text("README.md"):
        found.append(f"README.md says {UNTRUE!r}")
    if not VERSION.fullmatch(version):
        return [*found, f"{version} is no version such as 1.2.3"]
    tagged = checkout.tagged()
    newest = max([*tagged, checkout.version()], key=as_numbers)
    if version in tagged:
        found.append(f"the tag v{version} exists")
    elif any(each.name == version and each.when for each in sections(text)):
        found.append(f"CHANGELOG.md has {version} already: fetch the tags")
    elif as_numbers(version) < as_numbers(newest):
        found.append(f"{version} is lower than {newest}")
    return found


def as_numbers(version: str) -> tuple[int, ...]:
    """Something that compares as versions do."""
    return tuple(int(part) for part in version.split("."))


def edits(checkout: Checkout, version: str) -> dict[str, str]:
    """The files that say the version, with their new content."""
    today = datetime.now(timezone.utc).date()
    in_command = named(checkout.version())
    changes: dict[str, Callable[[str], str]] = {
        "pyproject.toml": lambda text: IN_PROJECT.sub(f'version = "{version}"', text, count=1),
        "CHANGELOG.md": lambda text: released(text, version, today),
    }
    pages = [checkout.root / "README.md", *sorted(checkout.root.glob("docs/*.md"))]
    for page in pages:
        name = page.relative_to(checkout.root).as_posix()
        changes[name] = lambda text: in_command.sub(version, text)
    new = {name: change(checkout.text(name)) for name, change in changes.items()}
    return {name: text for name, text in new.items() if text != checkout.text(name)}


def named(version: str) -> re.Pattern[str]:
    """A version in a command or in a file's name, not where a page tells of history."""
    before = ("amplify_job_resource-", "amplify-job-v", "amplify-job@", "amplify-job ", "plugin@v")
    return re.compile(rf"(?:{'|'.join(f'(?<={each})' for each in before)}){re.escape(version)}\b")


def message(checkout: Checkout, version: str) -> str:
    """The tag's message: the section of the changelog, with links as their text alone."""
    section = unreleased(checkout.text("CHANGELOG.md"))
    assert section, "there is nothing to release"
    return f"{NAME} {version}\n\n" + re.sub(r"\[([^\]]+)\]\([^)\s]+\)", r"\1", section.body) + "\n"


def difference(checkout: Checkout, new: dict[str, str]) -> str:
    """The edits, as `diff -u` shows them."""
    return "".join(
        line
        for name, text in new.items()
        for line in difflib.unified_diff(
            checkout.text(name).splitlines(keepends=True),
            text.splitlines(keepends=True),
            name,
            name,
            n=0,
        )
    )


def release(checkout: Checkout, version: str, *, dry_run: bool = False) -> None:
    """Check, edit, commit and tag; print what is left to do.

    Raises:
        Refused: something speaks against it. Nothing is changed before the checks have passed.
    """
    if wrong := problems(checkout, version):
        raise Refused("; ".join(wrong))
    new, text = edits(checkout, version), message(checkout, version)
    before = checkout.git("rev-parse", "HEAD")
    if dry_run:
        print(f"{difference(checkout, new)}\nThe message of the tag v{version}:\n\n{text}")
        print(f"Then these run: make check, {', '.join(f'make {each}' for each in REMADE)}.")
        return
    checkout.make("check")
    for name, content in new.items():
        (checkout.root / name).write_text(content, encoding="utf-8")
    try:
        for target in REMADE:
            checkout.make(target, f"VERSION={version}")
        checkout.git("add", "--all")
        checkout.git("commit", "--quiet", "--message", f"Release {version}")
        checkout.git("tag", "--annotate", f"v{version}", "--cleanup=verbatim", "--message", text)
    except Refused as problem:
        raise Refused(f"{problem}; git reset --hard {before} takes the edits back") from None
    print(f"Committed and tagged. To publish it: git push --atomic origin {BRANCH} v{version}")
    print(f"To take it back: git tag --delete v{version} && git reset --keep {before}")


def main() -> int:
    """Release the version that is given, or say what speaks against it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("version", help="such as 1.2.3")
    parser.add_argument("--dry-run", action="store_true", help="show what would be done")
    arguments = parser.parse_args()
    try:
        release(Checkout(ROOT), arguments.version, dry_run=arguments.dry_run)
    except Refused as problem:
        print(f"not released: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
