"""Why a log cannot be read, in few words.

A log's address is signed: whoever has it can read the log. So it is in no error here, nor in one that
such an error came from.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

EXPIRED: Final = "its address has expired"
NO_ANSWER: Final = "no answer"
LOST: Final = "the connection was lost"
TOO_SLOW: Final = "it takes too long"
TOO_LARGE: Final = "it is too large"
COMPRESSED: Final = "it is compressed"

T = TypeVar("T")


class LogUnavailable(Exception):
    """A log cannot be read.

    Attributes:
        reason: why, as a phrase to go on after a colon: `AWS denies it (403)`.
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)

    @property
    def has_expired(self) -> bool:
        """Whether another GetJob would give an address that works."""
        return self.reason == EXPIRED


def without_address(read: Callable[[], T]) -> T:
    """What a reading of an address returns.

    Raises:
        LogUnavailable: it failed. What it failed with, and so the address, is not in the error's chain.
    """
    try:
        return read()
    except LogUnavailable as error:
        reason = error.reason
    except Exception as error:
        reason = _reason(error)
    # Out of the clauses, so that the error has no context, which `from None` would only hide.
    raise LogUnavailable(reason)


def refusal(status: int, said: bytes) -> str:
    """Why there is no log, by an answer's HTTP status and the beginning of its body."""
    if status in (400, 403) and b"expired" in said.lower():
        return EXPIRED
    if status in (401, 403):
        return f"AWS denies it ({status})"
    if status in (404, 410):
        return f"there is none ({status})"
    if 300 <= status < 400:
        return f"it has moved ({status})"
    if status >= 500:
        return f"AWS cannot give it now ({status})"
    return f"AWS answers {status}"


def _reason(error: Exception) -> str:
    """What went wrong, by the kind of the error: its text has the address."""
    from botocore import exceptions as of

    kinds: tuple[tuple[type[Exception], str], ...] = (
        (of.ConnectTimeoutError, NO_ANSWER),
        (of.ReadTimeoutError, NO_ANSWER),
        (of.ProxyConnectionError, "the proxy does not lead to it"),
        (of.SSLError, "its certificate is not trusted"),
        (of.EndpointConnectionError, "its server cannot be reached"),
        (of.ConnectionClosedError, LOST),
        (of.IncompleteReadError, LOST),
        (of.ResponseStreamingError, LOST),
    )
    return next((reason for kind, reason in kinds if isinstance(error, kind)), "it cannot be read")
