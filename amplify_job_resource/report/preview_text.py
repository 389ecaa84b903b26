"""The JSON of a preview within the text that was saved with it.

Policy packs, plugin installations and a shell's `2>&1` put text in front of the JSON or behind it,
and PowerShell saves all of it as UTF-16.
"""

from __future__ import annotations

import codecs
import json
import re
from typing import Any, Final

_ENCODINGS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: The keys of the CLI's `PreviewDigest`: the JSON begins with one of them. A log has other braces.
_BEGIN = re.compile(
    r'\{\s*"(?:config|steps|diagnostics|duration|changeSummary|maybeCorrupt)"\s*:', re.ASCII
)
#: How each line begins where the CLI streams events.
_EVENT = re.compile(r'^\{"sequence":\s*[0-9]', re.ASCII | re.MULTILINE)


def decoded(saved: bytes) -> str:
    """Saved output as text: UTF-8, or what its byte order mark says; a replacement for bad bytes."""
    encoding = next((name for mark, name in _ENCODINGS if saved.startswith(mark)), "utf-8")
    return saved.decode(encoding, "replace")


def preview_in(text: str) -> dict[str, Any]:
    """The JSON of the one preview in a text, parsed.

    Raises:
        ValueError: there is none, or more than one.
    """
    found = _whole(text) or _previews(text)
    if len(found) == 1:
        return found[0]
    if found:
        raise ValueError(f"it has {len(found)} previews: save each of them in a file of its own")
    if _EVENT.search(text):
        raise ValueError(
            "it is a stream of events, as `pulumi up --json` prints them, or a preview under "
            "PULUMI_ENABLE_STREAMING_JSON_PREVIEW"
        )
    raise ValueError("there is no JSON of a preview in it")


def _whole(text: str) -> list[dict[str, Any]]:
    """The preview that the text is, if there is nothing around it."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return []
    return [value] if isinstance(value, dict) and _is_preview(value) else []


def _previews(text: str) -> list[dict[str, Any]]:
    """The previews in a text, in their order."""
    found: list[dict[str, Any]] = []
    decoder = json.JSONDecoder()
    position = 0
    while begin := _BEGIN.search(text, position):
        position = begin.end()
        try:
            value, end = decoder.raw_decode(text, begin.start())
        except (ValueError, RecursionError):
            continue
        if _is_preview(value):
            found.append(value)
            position = end
    return found


def _is_preview(value: dict[str, Any]) -> bool:
    """Whether a JSON object is a preview's; one that failed early has no steps."""
    return (
        _are_objects_with(value.get("steps"), "op", "urn")
        or _are_objects_with(value.get("diagnostics"), "message", "severity")
        or isinstance(value.get("changeSummary"), dict)
    )


def _are_objects_with(values: Any, *keys: str) -> bool:
    return (
        isinstance(values, list)
        and bool(values)
        and all(isinstance(value, dict) and value.keys() >= {*keys} for value in values)
    )
