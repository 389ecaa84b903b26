"""The plan: a CSV file with a line for each release, and the stacks that it makes."""

from __future__ import annotations

import csv
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

#: The most releases of one stack: each of its state writes has all of them, and all of them wait for
#: the worker that has the stack.
MOST = 200


@dataclass(frozen=True)
class Release:
    """One branch at one commit; another text in `again` builds the same commit again."""

    app: str
    branch: str
    commit: str
    again: str = ""


@dataclass(frozen=True)
class Stack:
    """The releases of an account in a region, or of a part of them."""

    account: str
    region: str
    role: str = ""
    part: str = ""
    releases: list[Release] = field(default_factory=list, compare=False)

    @property
    def name(self) -> str:
        """The stack's name in Pulumi."""
        return "-".join(filter(None, (self.account, self.region, self.part)))

    @property
    def config(self) -> dict[str, Any]:
        """Its config: how to get to the account, a guard that it is the right one, the releases."""
        return {
            "aws:region": self.region,
            "aws:assumeRoles": [{"roleArn": self.role}] if self.role else [],
            "aws:allowedAccountIds": [self.account],
            "fleet:releases": [asdict(release) for release in self.releases],
        }


def read(path: Path) -> list[Stack]:
    """The stacks of a plan.

    Raises:
        ValueError: the plan is wrong; the message says where.
    """
    stacks: dict[str, Stack] = {}
    lines: dict[tuple[str, ...], int] = {}
    with path.open(newline="", encoding="utf-8") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            cells = {name: (value or "").strip() for name, value in row.items() if name}
            missing = {"account", "region", "app", "branch", "commit"} - {*filter(cells.get, cells)}
            if missing:
                raise ValueError(f"line {number} has no {', '.join(sorted(missing))}")
            role, part = cells.get("role", ""), cells.get("part", "")
            stack = Stack(cells["account"], cells["region"], role, part)
            if not re.fullmatch(r"[\w.-]+", stack.name, re.ASCII):
                raise ValueError(f"line {number}: {stack.name!r} cannot be the name of a stack")
            if stacks.setdefault(stack.name, stack) != stack:
                raise ValueError(f"line {number}: stack {stack.name} has another role before")
            # In two lines, and so perhaps in two stacks, a branch would be released twice.
            branch = (stack.account, stack.region, cells["app"], cells["branch"])
            if lines.setdefault(branch, number) != number:
                raise ValueError(f"line {number}: the branch is in line {lines[branch]} already")
            release = (cells["app"], cells["branch"], cells["commit"], cells.get("again", ""))
            stacks[stack.name].releases.append(Release(*release))
    for stack in stacks.values():
        if len(stack.releases) > MOST:
            raise ValueError(f"stack {stack.name} has more than {MOST} releases: give them parts")
    return list(stacks.values())
