"""The inputs of a native resource: what is wrong with them, and what of them is recorded."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

import pulumi

from .._inputs.request import Properties
from .._inputs.rules import Problem, problems
from .._inputs.schema import camel_case
from .._inputs.secrets import SECRET_INPUTS, is_secret
from .._kind import Kind
from .._operation import NATIVE
from .._program.assets import digested
from .._program.source_forms import recorded_source
from .._program.sources import DERIVED, describe
from .._values.unknown import UNKNOWN, contains_unknown
from ..errors import InvalidSettings

#: The state keys of what a source holds.
DERIVED_KEYS: Final = tuple(map(camel_case, DERIVED))
#: The first name in a property path: `source`, `["source"]`, `*`.
_FIRST_NAME: Final = re.compile(r"\W*?([\w*]+)")
_HIDDEN: Final = (
    "triggers have a file or archive in them that cannot be read. Some of them are secrets, so what is "
    "wrong is not shown here."
)


def recorded_inputs(
    given: Properties, olds: Properties, kind: Kind, warn: Callable[[str], None]
) -> tuple[dict[str, Any], list[Problem]]:
    """The inputs with each asset as a digest, and with what a source holds.

    No asset gets into state: the dynamic resource could not read it back.

    Args:
        given: The inputs as they came.
        olds: The recorded inputs, empty for none.
        kind: The resource.
        warn: Says what is probably not meant.

    Returns:
        The inputs; and what is wrong with their names, and with the files that they name.
    """
    known = {*kind.inputs.given.values(), SECRET_INPUTS}
    inputs = {key: value for key, value in given.items() if key in known}
    found = list(_unknown(given, kind))
    if "triggers" in inputs:
        try:
            inputs["triggers"] = digested(inputs["triggers"], "triggers")
        except pulumi.RunError as error:
            found.append(Problem("triggers", _HIDDEN if _has_secrets(inputs) else str(error)))
            inputs["triggers"] = UNKNOWN  # A rule that sees it again would say less.
    if "source" in inputs:
        try:
            inputs.update(_source(inputs, olds, warn))
        except pulumi.RunError as error:
            found.append(Problem("source", str(error)))
            inputs["source"] = UNKNOWN
    return inputs, found


def with_ignored(
    ignored: Iterable[str], olds: Properties, news: Mapping[str, Any]
) -> dict[str, Any]:
    """The inputs, with a source and what it holds as they are recorded where either is ignored.

    The engine sets back what is ignored before the Check, which looks at the content all the same; and
    one of them without the others would say what is not true.

    Args:
        ignored: The paths of `ignoreChanges`.
        olds: The recorded properties.
        news: The inputs as they were checked.
    """
    together = ("source", *DERIVED_KEYS)
    first = {found[1] for path in ignored if (found := _FIRST_NAME.match(path))}
    if not first & {"*", *together} or "source" not in olds:
        return dict(news)
    kept = {key: olds[key] for key in together if key in olds}
    return {key: value for key, value in news.items() if key not in together} | kept


def must_be_good(inputs: Properties, kind: Kind, *, later: bool) -> None:
    """Refuse inputs that no Check has let pass, before anything is started.

    Args:
        inputs: The inputs.
        kind: The resource.
        later: Whether some may be known only after the update, as in a preview.

    Raises:
        errors.InvalidSettings: one of them is not known, or is wrong.
    """
    found = [*_unknown(inputs, kind), *problems(inputs, NATIVE.input_name, kind.inputs)]
    missing = [key for key, value in inputs.items() if contains_unknown(value) and not later]
    lines = [f"{key} is not known yet" for key in sorted(missing)]
    if lines := lines + [problem.reason for problem in found]:
        raise InvalidSettings("\n".join(lines))


def _unknown(given: Properties, kind: Kind) -> Iterator[Problem]:
    """What is no property at all, such as an input with a letter wrong.

    Outputs may be among the inputs that another front has recorded.
    """
    known = {*kind.inputs.by_key, *kind.outputs.values(), SECRET_INPUTS}
    offered = ", ".join(kind.inputs.given.values())
    for key in sorted(given.keys() - known):
        if not key.startswith("__"):
            yield Problem(key, f"{key} is no input: the inputs are {offered}")


def _has_secrets(inputs: Properties) -> bool:
    names = inputs.get(SECRET_INPUTS) or ()
    return any(name.partition(".")[0] == "triggers" for name in names)


def _source(inputs: Properties, olds: Properties, warn: Callable[[str], None]) -> dict[str, Any]:
    source, exclude = inputs["source"], inputs.get("exclude")
    later = dict.fromkeys(DERIVED_KEYS, UNKNOWN)
    if contains_unknown(source):
        return {"source": source, **later}
    if contains_unknown(exclude):
        return {"source": recorded_source(source, "source"), "exclude": UNKNOWN, **later}
    if _is_set_back(source, olds):
        return {key: olds[key] for key in DERIVED_KEYS if key in olds}
    hidden = is_secret(inputs, "source") or is_secret(inputs, "exclude")
    described = describe(source, exclude, "source", is_secret=hidden, warn=warn)
    properties = {camel_case(name): described.property(name) for name in ("source", *DERIVED)}
    return {key: value for key, value in properties.items() if value is not None}


def _is_set_back(source: Any, olds: Properties) -> bool:
    """Whether a source is the recorded one and not the program's, as with `ignoreChanges`.

    No program gives a list of parts, or a path that begins at the project where that is not the
    program's own folder.
    """
    if not isinstance(source, (str, list)) or source != olds.get("source"):
        return False
    return isinstance(source, list) or recorded_source(source, "source") != source
