"""What a build will do: the script that a job follows from start to end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

#: The steps of a job that builds from a repository, in their order.
STEPS = ("BUILD", "DEPLOY", "VERIFY")
OUTCOMES = ("SUCCEED", "FAILED", "CANCELLED")
_STICKY = ("CREATED", "PENDING", "PROVISIONING", "RUNNING", "CANCELLING")


@dataclass(frozen=True, slots=True)
class Plan:
    """How one job goes: how long each part takes and how it ends.

    All times are seconds on the emulator's clock. A part of zero seconds is never seen from
    outside. Defaults make a two-minute job that succeeds.

    Attributes:
        created: Time in `CREATED`. The word is in AWS's model; whether anyone ever saw it is unknown.
        pending: Shortest time in `PENDING`; waiting for a free build slot comes on top.
        provisioning: Time in `PROVISIONING`, from which on the job holds a build slot.
        build: Time in the step `BUILD`.
        deploy: Time in the step `DEPLOY`.
        verify: Time in the step `VERIFY`.
        cancelling: Time in `CANCELLING` after StopJob.
        outcome: `SUCCEED`, `FAILED`, or `CANCELLED` (the service gives up by itself, as it does
            when a monorepo build finds no difference).
        step: The step in which the job fails, is cancelled by the service or is stuck in `RUNNING`.
        status_reason: Text on the step that failed.
        stuck: A status that the job does not leave before it is stopped; `CANCELLING` makes a
            stop that never ends.
        words: Statuses that no client knows, shown one after the other behind `PROVISIONING`.
        word_seconds: Time in each of `words`.
        commit_id: The commit that the job reports; None is what AWS does by itself (`HEAD` for a
            job started through the API).
        echo_message: False: the job does not give back the commitMessage that StartJob got.
        padded_id: True: the job's id has leading zeros, as the ARN has.
        skip_ids: How many job numbers are left out before this job.
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

    def __post_init__(self) -> None:
        # JSON has no tuples; a plan that came over the wire must equal the one that was sent.
        object.__setattr__(self, "words", tuple(self.words))
        if self.outcome not in OUTCOMES:
            raise ValueError(f"outcome is one of {', '.join(OUTCOMES)}, not {self.outcome!r}")
        if self.step not in STEPS:
            raise ValueError(f"step is one of {', '.join(STEPS)}, not {self.step!r}")
        if self.stuck is not None and self.stuck not in (*_STICKY, *self.words):
            raise ValueError(f"a job cannot be stuck in {self.stuck!r}: the plan never gets there")
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, (int, float)) and value < 0:
                raise ValueError(f"{field.name} cannot be negative")

    @classmethod
    def instant(cls, **changes: Any) -> Plan:
        """A plan whose job has ended the moment it is started."""
        still = dict.fromkeys(
            ("created", "pending", "provisioning", "build", "deploy", "verify", "cancelling"), 0.0
        )
        return cls(**(still | changes))

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Plan:
        """The plan that `to_json` wrote."""
        return cls(**data)

    def to_json(self) -> dict[str, Any]:
        """The plan as JSON can hold it."""
        return asdict(self) | {"words": list(self.words)}

    def seconds_of(self, step: str) -> float:
        """How long one step takes."""
        return float(getattr(self, step.lower()))
