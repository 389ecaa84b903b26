"""As much of a log as is needed, from its signed address: the end, or what is new.

AWS's storage gives parts of a log. Where a server or proxy gives all of it instead, the rest is dropped
while it comes, up to a limit.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator
from typing import Final

from .address import Answer, LogSession
from .failures import COMPRESSED, LOST, TOO_LARGE, LogUnavailable, without_address

#: How much of a log's end is read, in bytes: some thousand lines.
TAIL_BYTES: Final = 128 * 1024
#: How much of what is new is given at once, in bytes.
NEWS_BYTES: Final = 1024 * 1024
#: How much is received at most where a server gives more than was asked for, in bytes.
LIMIT_BYTES: Final = 64 * 1024 * 1024

_OK: Final = 200
_PART: Final = 206
_NO_SUCH_PART: Final = 416
#: zlib's number for gzip, and how much is unpacked at once: a small file may hold a huge one.
_GZIP: Final = 31
_PIECE_BYTES: Final = 64 * 1024


def tail_of(
    url: str, session: LogSession, *, most: int = TAIL_BYTES, limit: int = LIMIT_BYTES
) -> bytes:
    """The end of a log, from the beginning of a line; empty for an empty log.

    Args:
        url: The log's signed address.
        session: How it is asked.
        most: How many bytes to give at most.
        limit: How many bytes to receive at most, also unpacked ones.

    Raises:
        LogUnavailable: the log cannot be read; the address is not in the error.
    """
    return without_address(lambda: _tail(url, session, most, limit))


def since(
    url: str,
    session: LogSession,
    offset: int,
    *,
    most: int = NEWS_BYTES,
    limit: int = LIMIT_BYTES,
) -> tuple[bytes, int]:
    """What a log has from an offset on, and the next offset, which is 0 when it must be read anew.

    Of a connection that is lost, what came until then counts.

    Args:
        url: The log's signed address.
        session: How it is asked.
        offset: How many bytes are known already.
        most: How many bytes to give at most; the next call gives more.
        limit: How many bytes may be dropped before what is new.

    Returns:
        The bytes, none where nothing is new, and the offset for the next call. No bytes and 0, with an
        offset that was greater: the log is shorter than before, and so another one.

    Raises:
        LogUnavailable: the log cannot be read; the address is not in the error.
    """
    return without_address(lambda: _since(url, session, offset, most, limit))


def _tail(url: str, session: LogSession, most: int, limit: int) -> bytes:
    if most <= 0:
        return b""
    with session.get(url, f"bytes=-{most}") as answer:
        if answer.status == _NO_SUCH_PART:
            return b""
        if answer.status not in (_OK, _PART):
            raise answer.refusal()
        # The end of what is compressed cannot be unpacked.
        if answer.status == _OK or not answer.encoding:
            return _end(answer, most, limit)
    with session.get(url) as answer:
        if answer.status != _OK:
            raise answer.refusal()
        return _end(answer, most, limit)


def _end(answer: Answer, most: int, limit: int) -> bytes:
    if (answer.length or 0) > limit:
        raise LogUnavailable(TOO_LARGE)
    kept = bytearray()
    total = 0
    for chunk in _unpacked(answer):
        total += len(chunk)
        if total > limit:
            raise LogUnavailable(TOO_LARGE)
        kept += chunk
        if len(kept) > 2 * most:
            del kept[:-most]
    end = bytes(kept[-most:])
    is_cut = total > most
    if answer.status == _PART:
        start = _start(answer)
        is_cut = is_cut or (total == most if start is None else start > 0)
    # A line's rest without its prefix would be taken for something else.
    return (end.partition(b"\n")[2] if is_cut else b"") or end


def _since(url: str, session: LogSession, offset: int, most: int, limit: int) -> tuple[bytes, int]:
    with session.get(url, f"bytes={offset}-") as answer:
        if answer.status == _NO_SUCH_PART:
            size = _size(answer)
            return b"", offset if size is None or size >= offset else 0
        if answer.status not in (_OK, _PART):
            raise answer.refusal()
        if answer.encoding:
            raise LogUnavailable(COMPRESSED)
        skipped = offset if answer.status == _OK else 0
        if answer.status == _PART and _start(answer) not in (None, offset):
            raise LogUnavailable("AWS gives another part of it")
        if skipped > limit:
            raise LogUnavailable(TOO_LARGE)
        if answer.length is not None and answer.length < skipped:
            return b"", 0
        total, news = _news(answer.body, skipped, most)
        return (b"", 0) if total < skipped else (news, offset + len(news))


def _news(chunks: Iterable[bytes], skipped: int, most: int) -> tuple[int, bytes]:
    """How many bytes came, and those after the ones to skip."""
    news = bytearray()
    total = 0
    try:
        for chunk in chunks:
            news += chunk[max(skipped - total, 0) :]
            total += len(chunk)
            if len(news) >= most:
                break
    except Exception:
        if not news:
            raise
    return total, bytes(news[:most])


def _start(answer: Answer) -> int | None:
    """At which byte of the log an answer begins, where it says so."""
    found = re.match(r"bytes ([0-9]{1,18})-", answer.headers.get("Content-Range", ""))
    return int(found[1]) if found else None


def _size(answer: Answer) -> int | None:
    """How long the log is, where an answer says so that has no part of it."""
    found = re.match(r"bytes \*/([0-9]{1,18})$", answer.headers.get("Content-Range", ""))
    told = re.search(rb"<ActualObjectSize>([0-9]{1,18})<", answer.beginning())
    return int(found[1]) if found else int(told[1]) if told else None


def _unpacked(answer: Answer) -> Iterator[bytes]:
    """The body as it was before a server compressed it, in small pieces."""
    if not answer.encoding:
        yield from answer.body
        return
    if answer.encoding not in ("gzip", "x-gzip"):
        raise LogUnavailable(COMPRESSED)
    unpack = zlib.decompressobj(_GZIP)
    for chunk in answer.body:
        waiting = chunk
        while waiting:
            if unpack.eof:  # and one more file follows
                unpack = zlib.decompressobj(_GZIP)
            yield unpack.decompress(waiting, _PIECE_BYTES)
            waiting = unpack.unconsumed_tail or unpack.unused_data
    yield unpack.flush()
    if not unpack.eof:
        raise LogUnavailable(LOST)
