"""HTTP requests and responses.

`dispatch` takes a request, `request` is what its operations have in common, and there is a module for
each kind of resource, as in `models`.
"""

from __future__ import annotations

from .dispatch import AmplifyResponse

__all__ = ["AmplifyResponse"]
