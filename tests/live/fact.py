"""A fact: a sentence about AWS, a probe that asks, and the emulator's switch for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from tests.live.run import Run
from tests.live.service import Reply


class Verdict(str, Enum):
    """What a probe says of its fact."""

    CONFIRMED = "confirmed"
    REFUTED = "refuted"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Answer:
    """A verdict, and what was seen, in words that a report can have once names are taken out."""

    verdict: Verdict
    seen: str


Probe = Callable[[Run], Answer]


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact.

    Attributes:
        name: Its name, such as `stop-of-ended`.
        sentence: What is assumed of AWS.
        probe: Asks the service of a run.
        switch: The field of `Behaviours`, or of `Plan`, that makes the emulator answer otherwise.
        otherwise: A value of that field with which the probe refutes the fact.
    """

    name: str
    sentence: str
    probe: Probe
    switch: str
    otherwise: Any


@dataclass(frozen=True, slots=True)
class Topic:
    """Facts that belong together, in the order in which they are asked."""

    title: str
    facts: list[Fact] = field(default_factory=list)

    def fact(self, sentence: str, **switch: Any) -> Callable[[Probe], Probe]:
        """Make a probe a fact, of the same name.

        Args:
            sentence: What is assumed.
            switch: The emulator's switch, with a value that refutes the fact.
        """
        ((name, otherwise),) = switch.items()

        def register(probe: Probe) -> Probe:
            fact_name = probe.__name__.replace("_", "-")
            self.facts.append(Fact(fact_name, sentence, probe, name, otherwise))
            return probe

        return register


def confirmed(seen: str) -> Answer:
    """The fact is so."""
    return Answer(Verdict.CONFIRMED, seen)


def refuted(seen: str) -> Answer:
    """The fact is not so."""
    return Answer(Verdict.REFUTED, seen)


def unknown(seen: str) -> Answer:
    """What was seen does not decide."""
    return Answer(Verdict.UNKNOWN, seen)


def decided(is_so: object, seen: str) -> Answer:
    """The fact is so, or is not."""
    return confirmed(seen) if is_so else refuted(seen)


def is_taken(operation: str, reply: Reply) -> Answer:
    """Whether a call was taken."""
    return decided(reply.taken, f"{operation}: {reply}")


def is_refused(operation: str, reply: Reply, status: int, code: str, words: str = "") -> Answer:
    """Whether a call was refused with a status and a code, and with these words."""
    so = (reply.status, reply.code) == (status, code) and words in reply.message
    return decided(so, f"{operation}: {reply}")


def is_bad_request(operation: str, reply: Reply, words: str = "") -> Answer:
    """Whether a call was refused with 400, and with these words."""
    return is_refused(operation, reply, 400, "BadRequestException", words)
