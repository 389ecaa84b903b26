"""A log's text as lines that are safe to print."""

from __future__ import annotations

from collections.abc import Iterable
from time import process_time

import pytest
from amplify_job_resource._logs.lines import (
    LINE_CHARACTERS,
    LineReader,
    LogLine,
    clean_lines,
)
from hypothesis import given
from hypothesis import strategies as st

TIME = "2026-04-17T17:57:00.932Z"
SHORT = "2026-04-17T17:57:00"

#: What logs are made of, so that pieces of it meet in every way.
PIECES = st.sampled_from(
    [
        f"{TIME} [INFO]: ".encode(),
        f"{TIME} [ERROR]: !!! ".encode(),
        f"{SHORT} [WARNING]: ".encode(),
        b" " * 28,
        b" " * 33,
        b" " * 34,
        b"\n",
        b"\r\n",
        b"\r",
        b"\t",
        b"\x1b[31m",
        b"\x1b]0;title\x07",
        b"\x1b]",
        b"\xc2\x9d",
        b"\xe2\x80\xae",
        b"\xef\xbb\xbf",
        "é".encode(),
        b"\xff\xc3",
        b"text",
    ]
)
LOGS = st.lists(PIECES | st.binary(max_size=8), max_size=30).map(b"".join)


def texts(log: str | bytes) -> list[str]:
    return [line.text for line in clean_lines(log)]


def written(lines: Iterable[LogLine]) -> str:
    """The lines as a log has them."""
    text = ""
    width = 0
    for line in lines:
        if line.time:
            prefix = f"{line.time} [{line.level}]: "
            width = len(prefix)
        else:
            prefix = " " * width if line.level else ""
        text += f"{prefix}{line.text}\n"
    return text


@pytest.mark.parametrize(
    ("log", "lines"),
    [
        ("", []),
        ("\n", [LogLine(None, None, "")]),
        ("no prefix", [LogLine(None, None, "no prefix")]),
        (f"{TIME} [INFO]: a", [LogLine(TIME, "INFO", "a")]),
        (f"{TIME} [INFO]: a\n", [LogLine(TIME, "INFO", "a")]),
        (f"{TIME} [INFO]:   a  \n", [LogLine(TIME, "INFO", "  a")]),
        (f"{TIME} [INFO]: \n", [LogLine(TIME, "INFO", "")]),
        (f"{SHORT} [WARNING]: a", [LogLine(SHORT, "WARNING", "a")]),
        (f"\ufeff{TIME} [INFO]: a", [LogLine(TIME, "INFO", "a")]),
        (f"\x1b[1m{TIME} [INFO]: a", [LogLine(TIME, "INFO", "a")]),
        (f"x {TIME} [INFO]: a", [LogLine(None, None, f"x {TIME} [INFO]: a")]),
        (f"{TIME} [info]: a", [LogLine(None, None, f"{TIME} [info]: a")]),
    ],
)
def test_a_line_has_time_and_level_of_its_prefix(log: str, lines: list[LogLine]) -> None:
    """Of a BUILD log or a DEPLOY log; what has no prefix has neither."""
    assert clean_lines(log) == lines


@pytest.mark.parametrize(
    ("prefix", "width"),
    [
        (f"{TIME} [INFO]: ", 33),
        (f"{TIME} [ERROR]: ", 34),
        (f"{TIME} [WARNING]: ", 36),
        (f"{SHORT} [ERROR]: ", 29),
    ],
)
def test_a_further_line_belongs_to_its_entry(prefix: str, width: int) -> None:
    """It has the entry's level, and loses the indentation that stands for the prefix, no more."""
    indent = " " * width
    log = f"{prefix}a\n{indent}  b\n\n{indent[1:]}c\nd\n{indent}e"
    first, *further = clean_lines(log)
    assert len(prefix) == width
    assert further == [
        LogLine(None, first.level, "  b"),
        LogLine(None, first.level, ""),
        LogLine(None, None, f"{indent[1:]}c"),
        LogLine(None, None, "d"),
        LogLine(None, first.level, "e"),
    ]


@pytest.mark.parametrize(
    ("log", "shown"),
    [
        ("a\r\nb\r\n", ["a", "b"]),
        ("a\r\r\nb", ["a", "b"]),
        ("10%\r50%\r100%", ["100%"]),
        ("10%\r100%\r\nb", ["100%", "b"]),
        ("10%\r", ["10%"]),
        ("\r", [""]),
        ("a\n\r", ["a", ""]),
        ("\ra", ["a"]),
        ("10%\r\x1b[K\nb", ["", "b"]),
    ],
)
def test_a_carriage_return_overwrites_the_line(log: str, shown: list[str]) -> None:
    """What stands after the last one counts; at the end it is part of the line's end."""
    assert texts(log) == shown


def test_progress_keeps_time_and_level() -> None:
    """The prefix stands before the first carriage return, unless the last part has its own."""
    again = f"{SHORT} [ERROR]: b"
    indent = " " * 36
    log = (
        f"{TIME} [WARNING]: 1%\r 2%\n{indent}3%\r4%\n5%\r{indent}6%\n7%\r8%\n"
        f"{TIME} [INFO]: a\r{again}\n\r{again}"
    )
    assert clean_lines(log) == [
        LogLine(TIME, "WARNING", " 2%"),
        LogLine(None, "WARNING", "4%"),
        LogLine(None, "WARNING", "6%"),
        LogLine(None, None, "8%"),
        LogLine(SHORT, "ERROR", "b"),
        LogLine(SHORT, "ERROR", "b"),
    ]


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"\x1b[1;31mred\x1b[0m", "red"),
        (b"\x1b[2K\x1b[1Gdone", "done"),
        (b"\x1b]8;;https://x.example\x07link\x1b]8;;\x1b\\ there", "link there"),
        (b"\x1b]0;never ends and hides", "0;never ends and hides"),
        (b"\x1bPq#0\x1b\\a\x1b_b\x1b\\c", "ac"),
        (b"\x1b(Ba\x1b7b\x1bMc", "abc"),
        (b"\x1b\x1b[m[31ma\x1b", "[31ma"),
        ("\x9b31ma\x9d0;t\x9cb".encode(), "ab"),
        (b"a\tb", "a    b"),
        (b"a\x00\x07\x08b\x7f", "ab"),
        ("a\u202eb\u2066c\u200b".encode(), "abc"),
        ("a\u00a0b\u2028c\u0085".encode(), "a b c"),
        ("a\ue000".encode(), "a\ufffd"),
        (b"caf\xe9 ol\xc3\xa9", "caf\ufffd olé"),
    ],
)
def test_nothing_steers_the_terminal(raw: bytes, text: str) -> None:
    """Sequences go as a whole, tabs become spaces, and what is not UTF-8 is replaced."""
    assert texts(raw) == [text]


def test_a_text_may_have_half_a_character() -> None:
    """A lone surrogate, which no file holds, harms no one."""
    assert texts("a\ud800") == ["a?"]


@given(LOGS)
def test_lines_are_safe_to_print(log: bytes) -> None:
    """Whatever the log: no control characters, no line longer than the limit, one line a line feed."""
    lines = clean_lines(log)
    assert all(line.text.isprintable() for line in lines)
    assert all(len(line.text) <= LINE_CHARACTERS for line in lines)
    assert len(lines) == log.count(b"\n") + (not log.endswith(b"\n") and log != b"")


@given(LOGS)
def test_clean_lines_stay_as_they_are(log: bytes) -> None:
    """A log that is written from clean lines gives the same lines."""
    lines = clean_lines(log)
    assert clean_lines(written(lines)) == lines


@given(LOGS, st.lists(st.integers(0, 300), max_size=12))
def test_pieces_do_not_matter(log: bytes, ends: list[int]) -> None:
    """A log that comes in pieces gives the same lines, wherever they end."""
    reader = LineReader()
    lines: list[LogLine] = []
    start = 0
    for end in [*sorted(ends), len(log)]:
        lines += reader.feed(log[start:end])
        start = max(start, end)
    assert [*lines, *reader.finish()] == clean_lines(log)


@given(LOGS)
def test_bytes_may_come_singly(log: bytes) -> None:
    """Also between the bytes of one character."""
    reader = LineReader()
    lines = [line for byte in log for line in reader.feed(bytes([byte]))]
    assert [*lines, *reader.finish()] == clean_lines(log)


def test_a_line_is_given_when_it_is_complete() -> None:
    """The last one waits for its end; at the log's end it is given as it is, once."""
    reader = LineReader()
    assert reader.feed(f"{TIME} [INFO]: a".encode()) == []
    assert reader.feed(b"b\n10%\r") == [LogLine(TIME, "INFO", "ab")]
    assert reader.feed(b"") == []
    assert reader.finish() == [LogLine(None, None, "10%")]
    assert reader.finish() == []


@pytest.mark.parametrize("size", [LINE_CHARACTERS + 1, 200_000])
def test_a_long_line_is_cut(size: int) -> None:
    """An ellipsis says so; the next line is whole."""
    long, after = texts(f"{TIME} [INFO]: " + "é" * size + "\nb")
    assert long == "é" * (LINE_CHARACTERS - 1) + "…"
    assert after == "b"


def test_a_line_of_little_else_than_sequences_says_that_it_is_cut() -> None:
    """Where more was dropped than is shown, an ellipsis stands as well."""
    assert texts(b"a" + b"\x1b[0m" * 100_000 + b"b") == ["a…"]
    assert texts(b"a" * 100_000 + b"\rb") == ["b"]


@pytest.mark.parametrize(
    "log",
    [
        b"x" * 35_000_000,
        b"\xff" * 35_000_000,
        b"\r" * 35_000_000,
        b"\n" * 2_000_000,
        b"a\r" * 1_000_000,
        b"\x1b[" * 1_000_000,
        b"\x1b]" * 1_000_000,
        (b"\xc2\x9d" * 30_000 + b"\n") * 20,
        (b"\x1b[" + b"0" * 60_000 + b"\n") * 20,
        (b"\x1b]" + b"0" * 60_000 + b"\n") * 20,
        (b" " * 60_000 + b"x\n") * 20,
    ],
    ids=lambda log: log[:4].hex(),
)
def test_hostile_logs_take_no_longer_than_their_length(log: bytes) -> None:
    """Each of these would take hours if anything were looked at again and again."""
    began = process_time()
    assert all(len(line.text) <= LINE_CHARACTERS for line in clean_lines(log))
    assert process_time() - began < 10
