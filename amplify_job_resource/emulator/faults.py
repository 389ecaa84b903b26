"""What can go wrong on request: which call, when, and how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

KINDS = ("500", "503", "throttled", "limit", "denied", "expired", "refused", "drop", "slow")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong with calls of one kind.

    Attributes:
        kind: `500`, `503`; `throttled` (429 TooManyRequestsException); `limit` (429, a quota);
            `denied` (403); `expired` (403, credentials); `refused` (400); `drop` (the connection is
            closed without an answer); `slow` (the answer takes `seconds`).
        operation: Which calls: `StartJob`, or `*` for all.
        when: `before` the call has its effect, or `after` it: the reply is lost.
        times: How many calls it befalls; None for all from then on.
        skip: How many calls pass unharmed first.
        app_id: Only calls for this app.
        branch_name: Only calls for this branch.
        seconds: How long a `slow` call takes.
    """

    kind: Literal[
        "500", "503", "throttled", "limit", "denied", "expired", "refused", "drop", "slow"
    ]
    operation: str = "*"
    when: Literal["before", "after"] = "before"
    times: int | None = 1
    skip: int = 0
    app_id: str | None = None
    branch_name: str | None = None
    seconds: float = 0.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind is one of {', '.join(KINDS)}, not {self.kind!r}")
        if self.when not in ("before", "after"):
            raise ValueError(f"when is before or after, not {self.when!r}")

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Fault:
        """The fault that `to_json` wrote."""
        return cls(**data)

    def to_json(self) -> dict[str, Any]:
        """The fault as JSON can hold it."""
        return asdict(self)

    def befalls(self, operation: str, app_id: str | None, branch_name: str | None) -> bool:
        """Whether a call is one of those that this fault is for."""
        return (
            self.operation in ("*", operation)
            and self.app_id in (None, app_id)
            and self.branch_name in (None, branch_name)
        )


class Faults:
    """The faults asked for, each with a count of the calls that it has seen."""

    def __init__(self) -> None:
        self._seen: list[tuple[Fault, list[int]]] = []

    def add(self, fault: Fault) -> None:
        """Have a fault befall the next calls that it is for."""
        self._seen.append((fault, [0]))

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        self._seen.clear()

    def due(self, operation: str, app_id: str | None, branch_name: str | None) -> list[Fault]:
        """The faults that befall this call; each call is to be asked for once."""
        due = []
        for fault, seen in self._seen:
            if not fault.befalls(operation, app_id, branch_name):
                continue
            seen[0] += 1
            if seen[0] <= fault.skip:
                continue
            if fault.times is None or seen[0] <= fault.skip + fault.times:
                due.append(fault)
        return due
