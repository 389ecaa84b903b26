"""Which operation a request is for, by its method and path, as AWS's service model has them."""

from __future__ import annotations

import re
from functools import cache
from urllib.parse import unquote

from .limits import http_of, operations

_LABEL = re.compile(r"\{(\w+)\}")


def route(method: str, path: str) -> tuple[str | None, dict[str, str]]:
    """The operation, and what stands in the path by the members' names; no operation for most paths.

    Args:
        method: The HTTP method.
        path: The path as it was sent: what stands in it is quoted.
    """
    for operation, pattern in _routes().get(method, ()):
        found = pattern.fullmatch(path)
        if found:
            return operation, {name: unquote(text) for name, text in found.groupdict().items()}
    return None, {}


@cache
def _routes() -> dict[str, list[tuple[str, re.Pattern[str]]]]:
    """The operations of each method, with the patterns of their paths."""
    routes: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
    for operation in sorted(operations()):
        http = http_of(operation)
        # An ARN has slashes, and not every client quotes them.
        pattern = _LABEL.sub(
            lambda label: f"(?P<{label[1]}>{'.+?' if label[1] == 'resourceArn' else '[^/]+'})",
            http["requestUri"],
        )
        routes.setdefault(http["method"], []).append((operation, re.compile(f"{pattern}/?")))
    return routes
