"""How a state is divided into the parts of its file, and made of them again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from . import state_parts
from .clock import Stretch
from .content import Content
from .jobs import Job
from .models import App, Branch
from .plans import Plan
from .rules import CountedRule
from .state_file import NoState

#: The name of a part: its kind, then account, region, app, branch, job and file, as far as it has them.
Name = tuple[str, ...]
#: The kinds of parts that are within the ones before them.
_WITHIN = ("job", "deleted", "files", "upload")


@dataclass(slots=True)
class Shared:
    """What all accounts and regions share, at the clock's `reading` and the machine's `real_time`."""

    reading: float
    real_time: float
    default_plan: Plan
    stretches: tuple[Stretch, ...]
    rules: list[CountedRule] = field(default_factory=list)


@dataclass(slots=True)
class Place:
    """The apps of one account and region."""

    account_id: str
    region: str
    apps: dict[str, App]


def divide(
    shared: Shared, places: Iterable[Place], known: Callable[[Name], Any]
) -> Iterator[tuple[Name, Any, Any]]:
    """The parts of a state.

    Args:
        shared: What the places share.
        places: The places.
        known: Gives what a part was made of when it was written last.

    Yields:
        The name of a part; what it is made of if that does not change any more, else None; the part.
    """
    yield ("shared",), None, shared
    for place in places:
        where = (place.account_id, place.region)
        yield ("place", *where), None, place
        for app in place.apps.values():
            for branch in app.branches.values():
                jobs = [("job", job) for job in branch.jobs.values()]
                jobs += [("deleted", branch.deleted)] if branch.deleted else []
                for kind, job in jobs:
                    name = (*where, app.app_id, branch.name, str(job.number))
                    ended = known((kind, *name)) is job or job.ended(shared.reading)
                    yield (kind, *name), job if ended else None, job
                    if job.content:
                        yield from _files(name, job.content)


def _files(name: Name, content: Content) -> Iterator[tuple[Name, Any, Any]]:
    """What a deployment has uploaded, and its files; each of them is written once."""
    for file, data in content.uploads.items():
        yield ("upload", *name, file), data, data
    if content.files is not None:
        yield ("files", *name), content.files, dict(content.files)


def as_bytes(part: Any) -> bytes:
    """A part without what is in parts of its own."""
    return state_parts.dump(part, _instead)


def _instead(part: Any) -> Mapping[str, Any]:
    if isinstance(part, Branch):
        return {"jobs": {}, "deleted": None}
    if isinstance(part, Job) and part.behind:
        # Of the job before it only the end is of interest, and that one's end needs no other job.
        return {"behind": replace(part.behind, behind=None)}
    if isinstance(part, Content):
        return {"uploads": {}, "files": None}
    return {}


def as_text(name: Name) -> str:
    """A part's name as one text."""
    return json.dumps(name)


def join(parts: Mapping[str, bytes]) -> tuple[Shared, list[Place]] | None:
    """The state that consists of these parts; None if there are none.

    Raises:
        NoState: they are no parts of a state.
        state_parts.UnknownPart: another version has written them.
    """
    if not parts:
        return None
    try:
        found = {tuple(json.loads(name)): state_parts.restore(data) for name, data in parts.items()}
        shared = found.pop(("shared",))
        places = {name[1:]: found.pop(name) for name in list(found) if name[0] == "place"}
        # A job comes before its files, and jobs are in the order of their numbers.
        for name in sorted(found, key=lambda name: (_WITHIN.index(name[0]), int(name[5]))):
            kind, account_id, region, app_id, branch_name, number, *file = name
            branch = places[account_id, region].apps[app_id].branches[branch_name]
            _attach(branch, kind, int(number), file, found[name])
    except state_parts.UnknownPart:
        raise
    except Exception as error:  # whatever the bytes make of themselves
        raise NoState from error
    return shared, list(places.values())


def _attach(branch: Branch, kind: str, number: int, file: list[str], part: Any) -> None:
    if kind == "job":
        branch.jobs[number] = part
        if part.behind:
            part.behind = branch.jobs.get(part.behind.number, part.behind)
    elif kind == "deleted":
        branch.deleted = part
    else:
        job = branch.jobs.get(number) or branch.deleted
        assert job
        assert job.content
        if kind == "files":
            job.content.files = part
        else:
            job.content.uploads[file[0]] = part
