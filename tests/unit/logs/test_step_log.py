"""The log of one step, read once or while it grows."""

from __future__ import annotations

import pytest
from amplify_job_resource._logs.address import LogSession
from amplify_job_resource._logs.download import NEWS_BYTES, TAIL_BYTES
from amplify_job_resource._logs.failures import LogUnavailable
from amplify_job_resource._logs.lines import LogLine
from amplify_job_resource._logs.step_log import StepLog, last_lines

from tests.unit.logs.log_server import LogServer, Request


def texts(*portions: list[LogLine]) -> list[str]:
    return [line.text for portion in portions for line in portion]


def test_each_line_comes_once_while_a_log_grows(server: LogServer, session: LogSession) -> None:
    """A line that is not complete yet comes with its end, or at the end of the log."""
    log = StepLog()
    server.log = b"one\ntw"
    assert texts(*log.news(server.url, session)) == ["one"]
    assert texts(*log.news(server.url, session)) == []
    server.log += b"o\nthree"
    assert texts(*log.news(server.url, session)) == ["two"]
    assert texts(log.rest()) == ["three"]
    assert texts(log.rest()) == []


def test_a_log_that_begins_again_is_read_again(server: LogServer, session: LogSession) -> None:
    """A log that is shorter than before is another one."""
    log = StepLog()
    server.log = b"one\ntwo\nhal"
    list(log.news(server.url, session))
    server.log = b"1\n"
    assert texts(*log.news(server.url, session)) == []
    assert texts(*log.news(server.url, session)) == ["1"]


def test_a_big_log_comes_in_portions(server: LogServer, session: LogSession) -> None:
    """Memory holds a part of it at a time."""
    lines = [f"{number:07}" for number in range(2 * NEWS_BYTES // 8 + 10)]
    server.log = "\n".join(lines).encode()
    log = StepLog()
    portions = list(log.news(server.url, session))
    assert len(portions) == 3
    assert texts(*portions, log.rest()) == lines


def test_a_failed_look_loses_nothing(server: LogServer, session: LogSession) -> None:
    """The next one goes on where the last one ended."""
    log = StepLog()
    server.log = b"one\n"
    assert texts(*log.news(server.url, session)) == ["one"]
    answer, server.answer = server.answer, refuse
    with pytest.raises(LogUnavailable):
        list(log.news(server.url, session))
    server.answer = answer
    server.log += b"two\n"
    assert texts(*log.news(server.url, session)) == ["two"]


def refuse(request: Request) -> None:
    """Answer as AWS does while it cannot give the log."""
    request.reply(503)


@pytest.mark.parametrize(
    ("log", "most", "found"),
    [
        ("", 3, []),
        ("a\nb\nc", 2, ["b", "c"]),
        ("a\nb\n\n\n", 1, ["b"]),
        ("a\n\nb", 5, ["a", "b"]),
    ],
)
def test_the_last_lines(
    server: LogServer, session: LogSession, log: str, most: int, found: list[str]
) -> None:
    """Lines that say nothing do not count."""
    server.log = log.encode()
    assert texts(last_lines(server.url, session, most)) == found


def test_the_last_lines_of_a_big_log(server: LogServer, session: LogSession) -> None:
    """Its end is read; all of it only where the end has too few lines."""
    lines = [f"{number:099}" for number in range(2 * TAIL_BYTES // 100)]
    server.log = "\n".join(lines).encode()
    assert texts(last_lines(server.url, session, 10)) == lines[-10:]
    assert len(server.ranges) == 1
    assert texts(last_lines(server.url, session, len(lines) - 1)) == lines[1:]
