"""The plan: a CSV file with a line for each release, and the stacks that it makes."""

from __future__ import annotations

import csv
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

#: The most releases of one stack. Each state write has the whole state in it, so a stack costs the
#: square of its releases; and all of them wait for the worker that has it.
MOST = 200
_COLUMNS = ("account", "region", "role", "app", "branch", "commit", "part", "again")


@dataclass(frozen=True)
class Release:
    """One branch at one commit; another `again` than before builds the same commit again."""

    app: str
    branch: str
    commit: str
    again: str

    @property
    def name(self) -> str:
        """The resource's name."""
        return f"{self.app}/{self.branch}"


@dataclass(frozen=True)
class Place:
    """What has build slots of its own, and a stack of its own: an account and a region, or a part."""

    account: str
    region: str
    role: str
    part: str

    @property
    def stack(self) -> str:
        """The stack's name."""
        return "-".join(filter(None, (self.account, self.region, self.part)))

    def config(self, project: str, releases: list[Release]) -> dict[str, Any]:
        """The stack's config: the way to the account, a guard that it is the right one, the work."""
        return {
            "aws:region": self.region,
            "aws:assumeRoles": [{"roleArn": self.role}] if self.role else [],
            "aws:allowedAccountIds": [self.account],
            f"{project}:releases": [asdict(release) for release in releases],
        }


#: Place -> its releases.
Plan = dict[Place, list[Release]]


def read(path: Path) -> Plan:
    """Read a plan.

    Raises:
        ValueError: it cannot be carried out; the message names the line or the stack.
    """
    plan: Plan = {}
    taken: dict[tuple[str, ...], int] = {}
    with path.open(newline="", encoding="utf-8") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            account, region, role, app, branch, commit, part, again = (
                (row.get(column) or "").strip() for column in _COLUMNS
            )
            if not (account and region and app and branch and commit):
                raise ValueError(f"line {number}: account, region, app, branch or commit is missing")
            if not re.fullmatch(r"[A-Za-z0-9_.]*", part):
                raise ValueError(f"line {number}: a part has letters, digits, _ and . only")
            # Two stacks, or two lines of one, with the same branch would release it twice.
            first = taken.setdefault((account, region, app, branch), number)
            if first != number:
                raise ValueError(f"line {number}: the branch is in line {first} already")
            place = Place(account, region, role, part)
            plan.setdefault(place, []).append(Release(app, branch, commit, again))
    for place, releases in plan.items():
        if sum(other.stack == place.stack for other in plan) > 1:
            raise ValueError(f"stack {place.stack}: it has more than one role")
        if len(releases) > MOST:
            raise ValueError(
                f"stack {place.stack}: {len(releases)} releases are more than {MOST}: "
                "divide them with the column `part`"
            )
    return plan
