"""The resources of the native provider, each with its lifecycle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from .._engine.engine_link import EngineLink
from .._engine.operation import EngineOperation
from .._inputs.rules import Problem, problems
from .._kind import DEPLOYMENT, JOB, Kind
from .._lifecycle import Lifecycle
from .._values.unknown import contains_unknown
from .._values.urns import TYPES, Urn
from ..errors import InvalidSettings
from .wording import NATIVE, PACKAGE, in_our_words


class Link(EngineLink):
    """The link to the engine, in the words of this front."""

    def log(self, severity: str, text: str, urn: str = "", *, ephemeral: bool = False) -> None:
        """See `EngineLink`."""
        super().log(severity, in_our_words(text), urn, ephemeral=ephemeral)


class Request(Protocol):
    """Whatever the engine asks of one resource."""

    urn: str


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource of the provider.

    Attributes:
        kind: what it is.
        lifecycle: its six steps, for all resources of its type.
    """

    kind: Kind
    lifecycle: Lifecycle


def resources() -> dict[str, Resource]:
    """Each resource by its type token."""
    kinds = dict(zip(TYPES, (JOB, DEPLOYMENT), strict=True))
    return {token: Resource(kind, Lifecycle(kind=kind)) for token, kind in kinds.items()}


def operation_of(link: EngineLink, request: Request) -> EngineOperation:
    """The operation that a request asks for."""
    return EngineOperation(link, request, front=NATIVE)


def resource_of(known: dict[str, Resource], urn: str) -> Resource:
    """The resource that a URN is of.

    Raises:
        errors.InvalidSettings: the provider has none such.
    """
    parsed = Urn.parse(urn)
    if parsed is None:
        raise InvalidSettings(f"{urn[:200]!r} is not the URN of a resource")
    if parsed.type not in known:
        raise InvalidSettings(
            f"{PACKAGE} has no resource {parsed.type[:200]}: it has {' and '.join(known)}"
        )
    return known[parsed.type]


def must_be_good(properties: dict[str, Any], kind: Kind) -> None:
    """Refuse inputs that no Check has let pass, before anything is started.

    Raises:
        errors.InvalidSettings: one of them is not known, or is wrong.
    """
    later = sorted(key for key, value in properties.items() if contains_unknown(value))
    found: list[Problem] = problems(properties, NATIVE.input_name, kind.inputs)
    lines = [f"{key} is not known yet" for key in later] + [problem.reason for problem in found]
    if lines:
        raise InvalidSettings("\n".join(lines))
