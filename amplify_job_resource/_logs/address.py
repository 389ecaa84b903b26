"""GET of a log's address: it is signed, so it needs no credentials, and its holder can read the log.

It is asked with the stack's proxies and certificates, like AWS itself, by botocore's HTTP, which is
loaded only then. What botocore raises has the address in it: see `failures.without_address`.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from .._amplify.settings import Settings
from .._amplify.signed_address import may_be_asked, proxies_for, trusted
from .failures import TOO_SLOW, LogUnavailable, refusal

if TYPE_CHECKING:
    from botocore.httpsession import URLLib3Session

#: Seconds: a log is extra, and nobody is to wait long for it.
CONNECT_SECONDS: Final = 3.0
READ_SECONDS: Final = 5.0
MOST_SECONDS: Final = 30.0

_CHUNK_BYTES: Final = 16 * 1024
#: How much is read of what AWS says where it gives no log.
_REFUSAL_BYTES: Final = 4 * 1024


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """What came from an address.

    Attributes:
        status: the HTTP status.
        headers: the headers; their names count in any case.
        length: how many bytes the body has, None where the headers do not say so.
        body: the body, to be read once; raises where it breaks off.
    """

    status: int
    headers: Mapping[str, str]
    length: int | None
    body: Iterator[bytes]

    @property
    def encoding(self) -> str:
        """How the body is compressed; empty for not at all."""
        named = self.headers.get("Content-Encoding", "").strip().lower()
        return "" if named == "identity" else named

    def refusal(self) -> LogUnavailable:
        """The error for an answer that is no log."""
        return LogUnavailable(refusal(self.status, self.beginning()))

    def beginning(self) -> bytes:
        """Some of the body, enough for AWS's own words; what came of it, where it breaks off."""
        text = b""
        with suppress(Exception):
            while len(text) < _REFUSAL_BYTES:
                text += next(self.body)
        return text[:_REFUSAL_BYTES]


class LogSession:
    """Asks addresses the way that a stack's settings want it; close it after use.

    Args:
        settings: How AWS is reached.
        connect_seconds: How long a connection may take.
        read_seconds: How long the next bytes may take.
        most_seconds: How long one answer may take, unless its server sends bytes singly: that is given
            up only by who asks; see `_ask`.
        now: The clock for `most_seconds`.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        connect_seconds: float = CONNECT_SECONDS,
        read_seconds: float = READ_SECONDS,
        most_seconds: float = MOST_SECONDS,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._timeouts = (connect_seconds, read_seconds)
        self._most_seconds = most_seconds
        self._now = now
        self._sessions: dict[tuple[tuple[str, str], ...], URLLib3Session] = {}

    def __enter__(self) -> LogSession:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        for session in self._sessions.values():
            session.close()
        self._sessions.clear()

    @contextmanager
    def get(self, url: str, byte_range: str | None = None) -> Iterator[Answer]:
        """Ask an address, and close the answer at the end; redirects are answers.

        Args:
            url: The address.
            byte_range: Which bytes, as in the header: `bytes=-1000`; None for all.

        Raises:
            LogUnavailable: the address is not one to ask, or too much time has gone by.
            Exception: botocore's, with the address in it.
        """
        if not may_be_asked(url):
            raise LogUnavailable("its address is not one to ask: https is needed")
        from botocore.awsrequest import AWSRequest
        from botocore.response import StreamingBody

        headers = {"Accept-Encoding": "identity", "User-Agent": "amplify-job-resource"}
        if byte_range is not None:
            headers["Range"] = byte_range
        end = self._now() + self._most_seconds
        request = AWSRequest("GET", url, headers, stream_output=True).prepare()
        response = self._session_for(url).send(request)
        named = str(response.headers.get("Content-Length", ""))
        length = int(named) if named.isascii() and named.isdecimal() else None
        # Its read tells a body that breaks off from one that ends.
        stream: Any = StreamingBody(response.raw, length)  # type: ignore[arg-type]
        try:
            yield Answer(response.status_code, response.headers, length, self._chunks(stream, end))
        finally:
            stream.close()

    def _chunks(self, stream: Any, end: float) -> Iterator[bytes]:
        while chunk := stream.read(_CHUNK_BYTES):
            if self._now() >= end:
                raise LogUnavailable(TOO_SLOW)
            yield chunk

    def _session_for(self, url: str) -> URLLib3Session:
        proxies = proxies_for(url, self._settings)
        key = tuple(sorted(proxies.items()))
        if key not in self._sessions:
            from botocore.httpsession import URLLib3Session

            if self._settings.insecure:
                warnings.filterwarnings("ignore", message="Unverified HTTPS request")
            options: dict[str, Any] = {"timeout": self._timeouts, "verify": trusted(self._settings)}
            self._sessions[key] = URLLib3Session(proxies=proxies, **options)
        return self._sessions[key]
