"""Plans: how a job runs, from its start to its end."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Literal

#: The steps of a job that builds from a repository, in order.
STEPS = ("BUILD", "DEPLOY", "VERIFY")
OUTCOMES = ("SUCCEED", "FAILED", "CANCELLED")
_STUCK_STATUSES = ("CREATED", "PENDING", "PROVISIONING", "RUNNING", "CANCELLING")


@dataclass(frozen=True, slots=True)
class Plan:
    """How one job runs: how long each part takes, and how the job ends.

    All times are seconds on the emulator's clock. A part of zero seconds is never visible. The
    defaults make a job that takes two minutes and succeeds.

    Attributes:
        created: Time in `CREATED`. AWS's model has this status; whether a job ever shows it is
            unknown.
        pending: Shortest time in `PENDING`; the wait for a free build slot comes on top.
        provisioning: Time in `PROVISIONING`. The job has a build slot from here on.
        build: Time in the step `BUILD`.
        deploy: Time in the step `DEPLOY`.
        verify: Time in the step `VERIFY`.
        cancelling: Time in `CANCELLING` after StopJob.
        outcome: `SUCCEED`, `FAILED`, or `CANCELLED`: the service itself cancels the job, as it
            does when a monorepo build finds no changes.
        step: The step that fails, is cancelled by the service, or is stuck in `RUNNING`. A
            deployment of files has no `BUILD`, which then means `DEPLOY`.
        status_reason: Text on the step that failed or was cancelled.
        stuck: A status that the job keeps until it is stopped. With `CANCELLING` a stopped job
            never ends.
        words: Statuses that no client knows; the job shows one after the other after
            `PROVISIONING`.
        word_seconds: Time in each of `words`.
        commit_id: The commit that the job reports. None: the job reports what AWS would, which is
            `HEAD` for a job of jobType RELEASE.
        echo_message: Whether the job reports the commitMessage that StartJob got.
        padded_id: Whether the job's id has leading zeros, as it has in the ARN.
        skip_ids: How many job numbers are left out before this job.
        logs: What steps log, by their names; a step that is not named logs what is usual for how it
            ends. A log is a text, or its entries one by one. An entry is INFO unless it begins with
            its level, such as `[WARNING]:`; its further lines are indented, as AWS does it. A log
            that begins with a time, such as a copy of a real one, stays as it is. With None the
            step has no log.
        artifacts: The files that end-to-end tests leave, as texts by their names; None for none.

    Raises:
        ValueError: a time or number is negative, `outcome` or `step` is unknown, the job would
            never have the status `stuck`, `logs` has an unknown step, or what is to be a text is none.
    """

    created: float = 0.0
    pending: float = 5.0
    provisioning: float = 10.0
    build: float = 85.0
    deploy: float = 15.0
    verify: float = 5.0
    cancelling: float = 5.0
    outcome: Literal["SUCCEED", "FAILED", "CANCELLED"] = "SUCCEED"
    step: Literal["BUILD", "DEPLOY", "VERIFY"] = "BUILD"
    status_reason: str | None = None
    stuck: str | None = None
    words: tuple[str, ...] = ()
    word_seconds: float = 5.0
    commit_id: str | None = None
    echo_message: bool = True
    padded_id: bool = False
    skip_ids: int = 0
    logs: Mapping[str, str | Sequence[str] | None] | None = field(default=None, hash=False)
    artifacts: Mapping[str, str] | None = field(default=None, hash=False)

    def __post_init__(self) -> None:
        # JSON has lists only; the plan that a server gets must equal the one that was sent.
        object.__setattr__(self, "words", tuple(self.words))
        if self.logs is not None:
            logs = {step: _entries(step, log) for step, log in self.logs.items()}
            object.__setattr__(self, "logs", logs)
        _check_texts("status_reason", (self.status_reason or "",))
        _check_texts("artifacts", (self.artifacts or {}).values())
        _check_texts("the name of an artifact", self.artifacts or (), "strict")
        if self.outcome not in OUTCOMES:
            raise ValueError(f"outcome is one of {', '.join(OUTCOMES)}, not {self.outcome!r}")
        if self.step not in STEPS:
            raise ValueError(f"step is one of {', '.join(STEPS)}, not {self.step!r}")
        if self.stuck is not None and self.stuck not in (*_STUCK_STATUSES, *self.words):
            raise ValueError(f"a job cannot be stuck in {self.stuck!r}: it never has that status")
        for each in fields(self):
            value = getattr(self, each.name)
            if isinstance(value, (int, float)) and value < 0:
                raise ValueError(f"{each.name} cannot be negative")

    @classmethod
    def instant(cls, **changes: Any) -> Plan:
        """A plan whose job ends at the moment it starts; `changes` sets other fields."""
        zero = dict.fromkeys(
            ("created", "pending", "provisioning", "build", "deploy", "verify", "cancelling"), 0.0
        )
        return cls(**(zero | changes))

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Plan:
        """The plan that `to_json` wrote.

        Raises:
            ValueError: a field is unknown or wrong.
        """
        for name, value in data.items():
            check_field(name, value)
        return cls(**data)

    def to_json(self) -> dict[str, Any]:
        """The plan as a dict that JSON can hold."""
        return asdict(self) | {"words": list(self.words)}

    def without_build(self) -> Plan:
        """This plan for a job that builds nothing: what is to happen in BUILD happens in DEPLOY."""
        return replace(self, step="DEPLOY") if self.step == "BUILD" else self

    def failed_deploy(self) -> Plan:
        """This plan for a job whose files cannot be deployed."""
        return replace(self, outcome="FAILED", step="DEPLOY")

    def seconds_of(self, step: str) -> float:
        """How long one step of `STEPS` takes."""
        return float(getattr(self, step.lower()))


#: What a field takes, by the first word of its type.
_TAKES: Mapping[str, tuple[str, tuple[type, ...]]] = {
    "float": ("a number", (int, float)),
    "int": ("a whole number", (int,)),
    "bool": ("true or false", (bool,)),
    "str": ("a text", (str,)),
    "Literal": ("a text", (str,)),
    "tuple": ("a list of texts", (list, tuple)),
    "Mapping": ("a mapping", (Mapping,)),
}


def check_field(name: str, value: Any) -> None:
    """Check the name and the kind of one field of a plan that comes from a file or a request.

    Raises:
        ValueError: there is no such field, or the value is of another kind.
    """
    found = {each.name: str(each.type) for each in fields(Plan)}
    if name not in found:
        raise ValueError(f"a plan has no field {name!r}; its fields are {', '.join(found)}")
    if value is None and found[name].endswith("| None"):
        return
    kind = re.split(r"\W", found[name])[0]
    words, types = _TAKES[kind]
    wrong = not isinstance(value, types) or (isinstance(value, bool) and kind != "bool")
    wrong = wrong or (kind == "tuple" and not all(isinstance(each, str) for each in value))
    if wrong:
        raise ValueError(f"{name} is {words}, not {value!r}")
    if kind == "float" and not math.isfinite(value):
        raise ValueError(f"{name} is a number, not {value!r}")


def _entries(step: str, log: str | Sequence[str] | None) -> tuple[str, ...] | None:
    """The entries of a log; those of a text are its lines.

    Raises:
        ValueError: there is no such step, or an entry is no text that a file can hold.
    """
    if step not in STEPS:
        raise ValueError(f"a log is that of one of {', '.join(STEPS)}, not of {step!r}")
    if log is None:
        return None
    try:
        entries = tuple(log.removesuffix("\n").split("\n") if isinstance(log, str) else log)
    except TypeError as error:
        raise ValueError(f"the log of {step} is no text: {error}") from None
    _check_texts(f"the log of {step}", entries)
    return entries if log else ()


def _check_texts(what: str, texts: Iterable[str], bytes_as: str = "surrogateescape") -> None:
    """Refuse what is no text that a file can hold.

    A byte that is no UTF-8 can be in it, in the form that Python's files give it, unless `bytes_as` is
    `strict`.

    Raises:
        ValueError: something is none.
    """
    try:
        "".join(texts).encode("utf-8", bytes_as)
    except (TypeError, UnicodeEncodeError) as error:
        raise ValueError(f"{what} is no text: {error}") from None
