"""The answer to a Diff: what changed, down to the single trigger."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from pulumi.runtime.proto import provider_pb2 as rpc

from .._inputs.request import Properties
from .._inputs.secrets import is_secret
from .._kind import Kind
from .._preview.changes import Change, ChangeKind
from .._preview.differences import changed_names, differs

_PLAIN_NAME: Final = re.compile(r"[A-Za-z_$][\w$]*", re.ASCII)


def diff_response(
    change: Change, kind: Kind, olds: Properties, news: Properties, *, encrypts: bool = False
) -> rpc.DiffResponse:
    """What the engine is to plan, and to show.

    Args:
        change: What is pending.
        kind: The resource.
        olds: The recorded properties.
        news: The new inputs.
        encrypts: Whether something is to be recorded again, unchanged, since it is a secret now.
    """
    if change.kind is ChangeKind.NOTHING and not encrypts:
        return rpc.DiffResponse(changes=rpc.DiffResponse.DIFF_NONE)
    asking = change.keys if change.kind is ChangeKind.RELEASE else ()
    changed = [row.key for row in kind.inputs.rows if differs(row.key, olds, news)]
    # What asks for an update and is no changed input is not told: `replaceOnChanges` would make a
    # release of it, such as another build of a job that only has to be waited for.
    keys = list(dict.fromkeys([*asking, *changed]))
    return rpc.DiffResponse(
        changes=rpc.DiffResponse.DIFF_SOME,
        replaces=list(asking),
        deleteBeforeReplace=False,
        diffs=keys,
        detailedDiff={
            path: _difference(before=before, after=after, replaces=key in asking)
            for key in keys
            # An output stays, whatever becomes of it: it is what asks for the change.
            for path, before, after in _paths(
                key, olds, olds if key in kind.outputs.values() else news
            )
            if before or after
        },
        hasDetailedDiff=True,
    )


def _paths(key: str, olds: Properties, news: Properties) -> Iterator[tuple[str, bool, bool]]:
    """Where a property differs: its path, and whether there is a value before and after."""
    before: Any = olds.get(key)
    after: Any = news.get(key)
    names = changed_names(before, after) if key == "triggers" else ()
    # Where all of the map is a secret, so are its keys; and some keys cannot be written in a path.
    if not names or is_secret(olds, key, news) or any(name.endswith("\\") for name in names):
        yield key, before is not None, after is not None
        return
    for name in names:
        yield _joined(key, name), name in before, name in after


def _joined(key: str, name: str) -> str:
    """The path of a value in a map. In it a backslash is one, except before a quotation mark."""
    if _PLAIN_NAME.fullmatch(name):
        return f"{key}.{name}"
    quoted = name.replace('"', '\\"')
    return f'{key}["{quoted}"]'


def _difference(*, before: bool, after: bool, replaces: bool) -> rpc.PropertyDiff:
    kind = "UPDATE" if before and after else "DELETE" if before else "ADD"
    return rpc.PropertyDiff(
        kind=rpc.PropertyDiff.Kind.Value(f"{kind}_REPLACE" if replaces else kind)
    )
