"""Faults on request: which calls go wrong, when, and how."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from .limits import operations

#: What GetLog stands for is a GET of a log's address, which is no call to Amplify.
GET_LOG = "GetLog"
#: What PutUpload stands for is a PUT to an address of CreateDeployment.
PUT_UPLOAD = "PutUpload"
#: What GetArtifact and GetAccessLog stand for is a GET of such an address.
GET_ARTIFACT = "GetArtifact"
GET_ACCESS_LOG = "GetAccessLog"
#: What PostWebhook stands for is a POST to the address of a webhook.
POST_WEBHOOK = "PostWebhook"
_S3_CALLS = {
    GET_LOG: "a log",
    PUT_UPLOAD: "an upload",
    GET_ARTIFACT: "an artifact",
    GET_ACCESS_LOG: "an access log",
    POST_WEBHOOK: "a webhook",
}
_S3_KINDS = ("500", "503", "denied", "expired", "drop", "slow")
KINDS = ("500", "503", "throttled", "limit", "denied", "expired", "refused", "drop", "slow")


def require_operation(name: str) -> None:
    """Refuse what is no name of a call.

    Raises:
        ValueError: Amplify has no such operation, and it is none of the requests to S3.
    """
    if name not in {*_S3_CALLS, *operations()}:
        raise ValueError(f"Amplify has no operation {name!r}")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong with certain calls.

    Attributes:
        kind: What goes wrong. `500` and `503` are those HTTP statuses; `throttled` is 429
            TooManyRequestsException; `limit` is 429 LimitExceededException, a quota; `denied` is
            403; `expired` is 403, expired credentials; `refused` is 400. `drop` closes the
            connection without an answer. `slow` delays the answer by `seconds`.
        operation: The operation whose calls go wrong, for example `StartJob`; `*` for all.
            `GetLog` stands for the GET of a log's address, `PutUpload` for the upload of files
            to deploy, `GetArtifact` and `GetAccessLog` for the GET of such a file, `PostWebhook` for
            the POST to a webhook; `*` leaves these alone.
        when: `before`: the call has no effect. `after`: the call has its effect, and then its
            reply is lost.
        times: How many calls go wrong; None for all from then on.
        skip: How many such calls are left alone first.
        app_id: Only calls for this app go wrong; None for all apps.
        branch_name: Only calls for this branch go wrong; None for all branches.
        seconds: The delay of a `slow` call, which needs it.

    Raises:
        ValueError: `kind`, `operation` or `when` is unknown, a number is wrong, `slow` has no
            `seconds`, or a log or an upload has no such fault.
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
        for name, number in (("times", self.times), ("skip", self.skip)):
            is_count = type(number) is int and number >= 0
            if not (is_count or (name == "times" and number is None)):
                raise ValueError(f"{name} is a whole number, 0 or more, not {number!r}")
        if not 0 <= (self.seconds or 0) < math.inf:
            raise ValueError(f"seconds is a number, 0 or more, not {self.seconds}")
        if self.kind not in KINDS:
            raise ValueError(f"kind is one of {', '.join(KINDS)}, not {self.kind!r}")
        if self.kind == "slow" and not self.seconds:
            raise ValueError("a slow call needs seconds, such as 5: how much longer it takes")
        if self.when not in ("before", "after"):
            raise ValueError(f"when is before or after, not {self.when!r}")
        if self.operation != "*":
            require_operation(self.operation)
        if self.operation in _S3_CALLS and self.kind not in _S3_KINDS:
            call = _S3_CALLS[self.operation]
            raise ValueError(
                f"for {call}, kind is one of {', '.join(_S3_KINDS)}, not {self.kind!r}"
            )

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Fault:
        """The fault that `to_json` wrote."""
        return cls(**data)

    @classmethod
    def from_text(cls, text: str) -> Fault:
        """The fault that a text such as `StartJob:drop:after:times=2` names.

        Args:
            text: The operation and the kind; then, in any order, `before` or `after`, and fields such
                as `skip=1`, `branch_name=main` and `times=all`.

        Raises:
            ValueError: the text names no fault.
        """
        operation, *parts = text.split(":")
        if not parts:
            raise ValueError(f"a fault is OPERATION:KIND, such as StartJob:503, not {text!r}")
        given: dict[str, Any] = {}
        for part in parts[1:]:
            name, equals, value = part.partition("=")
            if not equals:
                name, value = "when", part
            if name not in _FROM_TEXT:
                raise ValueError(f"a fault has no {name!r}; it can have {', '.join(_FROM_TEXT)}")
            if name in given:
                raise ValueError(f"{name} is given twice")
            try:
                given[name] = _FROM_TEXT[name](value)
            except ValueError:
                number = "number" if name == "seconds" else "whole number"
                raise ValueError(f"{name} is a {number}, not {value!r}") from None
        return cls(parts[0], operation, **given)  # type: ignore[arg-type] # which is checked there

    def to_json(self) -> dict[str, Any]:
        """The fault as a dict that JSON can hold."""
        return asdict(self)

    def applies_to(self, operation: str, app_id: str | None, branch_name: str | None) -> bool:
        """Whether a call is for this fault's operation, app and branch."""
        return (
            self.operation in ((operation,) if operation in _S3_CALLS else ("*", operation))
            and self.app_id in (None, app_id)
            and self.branch_name in (None, branch_name)
        )


#: What can be named in a text, and how it is read.
_FROM_TEXT: Mapping[str, Callable[[str], Any]] = {
    "when": str,
    "times": lambda text: None if text == "all" else int(text),
    "skip": int,
    "app_id": str,
    "branch_name": str,
    "seconds": float,
}


@dataclass(slots=True)
class _CountedFault:
    """A fault, and how many calls it has applied to so far."""

    fault: Fault
    calls: int = 0

    @property
    def is_over(self) -> bool:
        """Whether it applies to no further call."""
        return self.fault.times is not None and self.calls >= self.fault.skip + self.fault.times


class Faults:
    """The faults that were added, with the number of calls that each has applied to."""

    def __init__(self) -> None:
        self._counted: list[_CountedFault] = []

    def add(self, fault: Fault) -> None:
        """Let a fault apply to calls from now on, after the faults that were added earlier."""
        self._counted.append(_CountedFault(fault))

    def clear(self) -> None:
        """Remove all faults."""
        self._counted.clear()

    def matching(self, operation: str, app_id: str | None, branch_name: str | None) -> list[Fault]:
        """The faults that go wrong with one call, in the order in which they were added.

        This also counts the call, for `skip` and `times`, so it must be used once for each call.
        """
        found = []
        for counted in self._counted:
            fault = counted.fault
            if counted.is_over or not fault.applies_to(operation, app_id, branch_name):
                continue
            counted.calls += 1
            if counted.calls > fault.skip:
                found.append(fault)
        # What is over is forgotten: a server that runs for weeks must not grow.
        self._counted = [each for each in self._counted if not each.is_over]
        return found
