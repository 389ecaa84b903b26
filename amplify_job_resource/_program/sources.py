"""The source of a deployment: what it holds, as properties of the resource."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Final

import pulumi
from pulumi import Output

from .._content.address import digest_of_address
from .._content.digest_cache import digests_of
from .._content.files import ContentError
from .._content.manifest import Manifest, manifest_of
from .._content.problems import warnings
from .._content.source import deployable_content
from .._values.addresses import is_address, is_signed
from .._values.text import shortened
from .source_forms import recorded_source, root_folder

#: The properties that say what a source holds.
DERIVED: Final = ("content_digest", "file_count", "total_bytes", "manifest")
_NOT_SHOWN: Final = (
    "cannot be deployed. It is a secret, so what is wrong is not shown here: if it is a path that only "
    "came with one, give pulumi.Output.unsecret(…) of it."
)


@dataclass(frozen=True, slots=True)
class Described:
    """A source, and what it holds.

    Attributes:
        source: the text or list of parts that is recorded.
        content_digest: equal for equal content; of an address only the address counts, without what
            signs it.
        manifest: the files; None for an address, whose content is not looked at.
    """

    source: Any
    content_digest: str
    manifest: Manifest | None = None

    def property(self, name: str) -> Any:
        """One of the resource's properties, by its name in Python."""
        values = {"source": self.source, "content_digest": self.content_digest}
        if self.manifest:
            values["file_count"] = self.manifest.file_count
            values["total_bytes"] = self.manifest.total_bytes
            values["manifest"] = self.manifest.to_text()
        return values.get(name)


def source_properties(source: Any, exclude: Any, where: str) -> dict[str, Any]:
    """The source and the derived properties of a deployment, by their names in Python.

    Args:
        source: What the program gives, or an output of it.
        exclude: Patterns of what is left out, or an output of them.
        where: What a message calls the source.

    Raises:
        pulumi.RunError: the content cannot be deployed. The message of a source that is known later, as
            an output is, comes when it is known.
    """
    patterns = exclude if isinstance(exclude, (list, tuple)) else ()
    if not any(map(_is_later, (source, exclude, *patterns))):
        return _properties(source, exclude, where)
    described = Output.all(source, exclude, _is_secret(source)).apply(
        lambda known: _properties(known[0], known[1], where, is_secret=known[2])
    )
    return {name: described.apply(itemgetter(name)) for name in ("source", *DERIVED)}


def secret_if_signed(source: Any) -> Any:
    """An address as a secret where it has a query, which may be a signature; others as they are."""
    if isinstance(source, Output):
        return source.apply(secret_if_signed)
    if inspect.isawaitable(source):
        return Output.from_input(source).apply(secret_if_signed)
    uri = source.uri if isinstance(source, pulumi.RemoteArchive) else source
    return Output.secret(uri) if is_signed(uri) else source


def describe(
    source: Any,
    exclude: Any,
    where: str,
    *,
    is_secret: bool = False,
    warn: Callable[[str], None] | None = None,
) -> Described:
    """A source that is known, and what it holds.

    Args:
        source: What the program gives.
        exclude: Patterns of what is left out.
        where: What a message calls the source.
        is_secret: Whether no message may show the source.
        warn: Says what is probably not meant; the program's log when left out.

    Raises:
        pulumi.RunError: see `source_properties`.
    """
    try:
        plain = recorded_source(source, where)
        is_elsewhere = isinstance(plain, str) and is_address(plain)
        manifest = None
        if not is_elsewhere:
            shows = None if is_secret else warn or pulumi.log.warn
            manifest = _manifest(plain, exclude, where, shows)
    except pulumi.RunError as error:
        raise (pulumi.RunError(f"{where} {_NOT_SHOWN}") if is_secret else error) from None
    if manifest is None:
        return Described(plain, _digest_of_address(str(plain), exclude, where))
    return Described(plain, manifest.digest, manifest)


def _manifest(plain: Any, exclude: Any, where: str, warn: Callable[[str], None] | None) -> Manifest:
    """The files of a source, which are good; a warning for each that is probably not meant.

    Without a way to warn the source is a secret, which nothing may show.
    """
    root, patterns = root_folder(), _patterns(exclude, where)
    try:
        content = deployable_content(plain, patterns, root)
        # Digests are remembered by the paths of files.
        manifest = manifest_of(content, digests_of(root, plain) if warn else None)
    except (ContentError, OSError) as error:
        lines = str(error).split("\n")
        raise pulumi.RunError("\n".join(f"{where}: {line}" for line in lines)) from error
    if warn:
        for warning in warnings(content):
            warn(f"{where}: {warning}")
    return manifest


def _properties(
    source: Any, exclude: Any, where: str, *, is_secret: bool = False
) -> dict[str, Any]:
    # The provider says that a source is required.
    found = None if source is None else describe(source, exclude, where, is_secret=is_secret)
    return {name: found and found.property(name) for name in ("source", *DERIVED)}


def _digest_of_address(address: str, exclude: Any, where: str) -> str:
    try:
        digest = digest_of_address(address)
    except ContentError as error:
        raise pulumi.RunError(f"{where}: {error}") from error
    if exclude:
        raise pulumi.RunError(f"{where}: exclude is for folders, and this is an address")
    return digest


def _patterns(exclude: Any, where: str) -> Sequence[str]:
    if exclude is None:
        return ()
    if isinstance(exclude, str) or not isinstance(exclude, Sequence):
        raise pulumi.RunError(
            f"{where}: exclude must be a list of patterns, not {shortened(exclude)}"
        )
    wrong = [pattern for pattern in exclude if not isinstance(pattern, str)]
    if wrong:
        raise pulumi.RunError(
            f"{where}: a pattern of exclude must be text, not {shortened(wrong[0])}"
        )
    return list(exclude)


def _is_later(value: Any) -> bool:
    """Whether a value is known only when the program has run on."""
    return isinstance(value, Output) or inspect.isawaitable(value) or isinstance(value, Mapping)


async def _is_secret(source: Any) -> bool:
    return isinstance(source, Output) and await source.is_secret()
