"""`preview`, and an `up` with nothing to do, of 1,000 Jobs and of as many no-op resources."""

from __future__ import annotations

from typing import Final

from amplify_job_resource import JobProvider
from amplify_job_resource._inputs.request import JOB_INPUTS
from amplify_job_resource._state import OUTPUTS
from amplify_job_resource.emulator import Plan
from pulumi.dynamic.dynamic import serialize_provider

from tests.engine.stack import Stack

from . import stacks
from .growth import WITHOUT_STATE_WRITES
from .results import Goal, Part, Table
from .stacks import JOBS, Place, nothing

COUNT: Final = 1000
_ROUNDS: Final = 2
_OURS: Final = "Jobs"
_NOTHING: Final = "no-op resources"
_ALIKE: Final = "no-op resources with as many properties as a Job"
#: The properties of a Job that the program of these runs does not give.
_MORE: Final = len(JOB_INPUTS.keys) + len(OUTPUTS) - 4


def run(place: Place) -> Part:
    """Compare the least of several runs of each, taken in turn."""
    place.emulator.prepare(2 * COUNT, Plan.instant())
    made = {
        name: _made(place, program)
        for name, program in ((_OURS, JOBS), (_NOTHING, nothing()), (_ALIKE, nothing(_MORE)))
    }
    place.emulator.control.clear_calls()
    took: dict[tuple[str, str], list[float]] = {}
    for turn in range(_ROUNDS):
        for operation in ("preview", "up"):
            for name, stack in made.items():
                if turn and name == _ALIKE:
                    continue  # It explains a ratio; no goal hangs on it.
                done = stacks.measured(stack.start(operation, "--parallel=100"))
                stacks.say(f"{operation} of {name}", done.seconds)
                took.setdefault((operation, name), []).append(done.seconds)
    assert place.emulator.control.calls() == []
    least = {key: min(each) for key, each in took.items()}
    twice = stacks.measured(
        place.stack(environment=WITHOUT_STATE_WRITES).start(
            "preview", "--parallel=100", config={"count": str(2 * COUNT)}
        )
    )
    assert sum("resourcePreEvent" in event for event in twice.run.events) > 2 * COUNT
    rows: list[list[str | int | float | None]] = [
        [
            f"{name}, {COUNT:,}",
            least["preview", name],
            least["preview", name] / least["preview", _NOTHING],
            least["up", name],
            least["up", name] / least["up", _NOTHING],
        ]
        for name in made
    ]
    rows.append([f"Jobs, {2 * COUNT:,}, first preview", twice.seconds, None, None, None])
    table = Table(
        "previews",
        ["nothing to do", "preview, s", "ratio", "up, s", "ratio"],
        rows,
        [
            f"A Job has {_MORE + 4} properties, the no-op resource four.",
            "Pulumi's SDK makes several futures and a task for each property of each resource, in one "
            "thread of the program.",
            "Without state writes (see below), of which a first preview makes as many as an update.",
        ],
    )
    goals = [
        Goal(
            f"{operation} of {COUNT:,} Jobs, times that of no-op resources",
            least[operation, _OURS] / least[operation, _NOTHING],
            1.2,
        )
        for operation in ("preview", "up")
    ]
    size = len(serialize_provider(JobProvider()))
    return Part([table], [*goals, Goal("bytes of the pickled provider", size, 100)])


def _made(place: Place, program: str) -> Stack:
    """A stack with so many resources of a program."""
    stack = place.stack(program, environment=WITHOUT_STATE_WRITES)
    stacks.up(stack, COUNT)
    return stack
