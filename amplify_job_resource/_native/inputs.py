"""The inputs of a native resource, made into those that are recorded: files become digests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pulumi

from .._inputs.rules import Problem
from .._inputs.schema import camel_case
from .._inputs.secrets import is_secret
from .._program.assets import digested
from .._program.sources import DERIVED, describe
from .._values.unknown import UNKNOWN, contains_unknown

#: The state keys of what a source holds.
DERIVED_KEYS = tuple(map(camel_case, DERIVED))


def recorded_inputs(
    given: dict[str, Any], warn: Callable[[str], None]
) -> tuple[dict[str, Any], list[Problem]]:
    """The inputs with each asset as a digest, and with what a source holds.

    No asset gets into state: the dynamic resource could not read it back.

    Args:
        given: The inputs as they came.
        warn: Says what is probably not meant.

    Returns:
        The inputs; and what is wrong with the files that they name.
    """
    inputs = {key: value for key, value in given.items() if key not in DERIVED_KEYS}
    found: list[Problem] = []
    if "triggers" in inputs:
        try:
            inputs["triggers"] = digested(inputs["triggers"], "triggers")
        except pulumi.RunError as error:
            found.append(Problem("triggers", str(error)))
    if "source" in inputs:
        try:
            inputs.update(_source(inputs, warn))
        except pulumi.RunError as error:
            found.append(Problem("source", str(error)))
    for problem in found:
        # A rule that sees it again would say less.
        inputs[problem.key] = UNKNOWN
    return inputs, found


def _source(inputs: dict[str, Any], warn: Callable[[str], None]) -> dict[str, Any]:
    source, exclude = inputs["source"], inputs.get("exclude")
    if _is_later(source) or contains_unknown(exclude):
        return {"source": source, **dict.fromkeys(DERIVED_KEYS, UNKNOWN)}
    described = describe(
        source, exclude, "source", is_secret=is_secret(inputs, "source"), warn=warn
    )
    properties = {camel_case(name): described.property(name) for name in ("source", *DERIVED)}
    return {key: value for key, value in properties.items() if value is not None}


def _is_later(source: Any) -> bool:
    """Whether a source, or a part of an archive, is known only after the update."""
    if isinstance(source, pulumi.AssetArchive):
        return any(map(_is_later, source.assets.values()))
    return contains_unknown(source)
