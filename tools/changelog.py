"""The sections of CHANGELOG.md: what comes next, and what a version has brought.

As a command, it prints the notes of the version that this checkout is, for a release page.
Standard library only: a workflow runs it before anything is installed.
"""

from __future__ import annotations

import argparse
import re
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEADING = re.compile(r"^## \[(?P<name>[^\]\n]+)\](?: - (?P<when>.+))?$", re.MULTILINE)


@dataclass(frozen=True)
class Section:
    """What the changelog says of one version.

    Attributes:
        heading: its first line.
        name: the version, or `Unreleased`.
        when: the day of its release such as `2026-01-31`; None before that.
        body: what is below the heading.
    """

    heading: str
    name: str
    when: str | None
    body: str


def sections(text: str) -> list[Section]:
    """All sections of a changelog, the newest first."""
    found = list(HEADING.finditer(text))
    ends = [each.start() for each in found[1:]] + [len(text)]
    return [
        Section(
            heading=each[0],
            name=each["name"],
            when=None if each["when"] in {None, "unreleased"} else each["when"],
            body=text[each.end() : end].strip(),
        )
        for each, end in zip(found, ends, strict=True)
    ]


def unreleased(text: str) -> Section | None:
    """The section at the top, if it has no day yet and says something of changes."""
    newest = next(iter(sections(text)), None)
    if newest is None or newest.when or not re.search(r"^- ", newest.body, re.MULTILINE):
        return None
    return newest


def released(text: str, version: str, day: date) -> str:
    """The changelog with the section at the top as that of a version of this day."""
    newest = unreleased(text)
    assert newest, "there is nothing to release"
    return text.replace(newest.heading, f"## [{version}] - {day.isoformat()}", 1)


def notes(text: str, version: str, links: str) -> str | None:
    """What a version has brought, with its relative links below an address; None if unreleased."""
    found = next((each for each in sections(text) if each.name == version and each.when), None)
    if found is None:
        return None
    return re.sub(r"\]\((?!#|\w+:)", lambda _: f"]({links}/", found.body) + "\n"


def main() -> int:
    """Print the notes, or say why there are none."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("version", help="such as 1.2.3")
    parser.add_argument("--links", required=True, help="the address of the files of this version")
    arguments = parser.parse_args()
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    if f'\nversion = "{arguments.version}"\n' not in project:
        sys.exit(f"pyproject.toml has another version than {arguments.version}")
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    found = notes(text, arguments.version, arguments.links)
    if found is None:
        sys.exit(f"CHANGELOG.md has no release of {arguments.version}")
    print(found, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
