"""Files as triggers: each of Pulumi's assets and archives becomes a digest of its content.

No asset may get into state: the SDK cannot read one that is recorded, and the stack is stuck.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pulumi
from pulumi import Output

from .._inputs.digests import archive_digest, file_digest, text_digest, tree_digest
from .._values.text import shortened


def digested(value: Any, where: str) -> Any:
    """A value in which each asset and archive is a digest of its content.

    Args:
        value: Any input: a plain value, an output, or a map or list with either in it.
        where: What a message calls it.

    Raises:
        pulumi.RunError: the content of an asset cannot be read, or a key of a map is no text.
    """
    if isinstance(value, (pulumi.Asset, pulumi.Archive)):
        return _digest(value, where)
    if isinstance(value, Output):
        return value.apply(lambda known: digested(known, where))
    if inspect.isawaitable(value):
        return digested(Output.from_input(value), where)
    if isinstance(value, Mapping):
        wrong = [key for key in value if not isinstance(key, str)]
        if wrong:
            raise pulumi.RunError(f"{where}: a key must be text, not {shortened(wrong[0])}")
        return {key: digested(entry, f"{where}[{key!r}]") for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [digested(entry, f"{where}[{index}]") for index, entry in enumerate(value)]
    return value


def _digest(asset: pulumi.Asset | pulumi.Archive, where: str) -> str:
    if isinstance(asset, pulumi.StringAsset):
        return text_digest(asset.text)
    if isinstance(asset, pulumi.AssetArchive):
        names = asset.assets.items()
        return tree_digest({name: _digest(each, f"{where}[{name!r}]") for name, each in names})
    if not isinstance(asset, (pulumi.FileAsset, pulumi.FileArchive)):
        raise pulumi.RunError(
            f"{where}: the content of a {type(asset).__name__} is elsewhere, and may change between "
            "two commands. Give what changes with it, such as a version, or a FileAsset of a copy."
        )
    path = Path(asset.path)
    try:
        return file_digest(path) if isinstance(asset, pulumi.FileAsset) else archive_digest(path)
    except OSError as error:
        raise pulumi.RunError(
            f"{where}: cannot read {error.filename or path}: {error.strerror or error}. "
            f"Correct the path or make the file first; relative paths begin at {Path.cwd()}."
        ) from error
