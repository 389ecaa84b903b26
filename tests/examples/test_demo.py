"""`make demo` does what it says, and leaves nothing behind however it ends."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.stack import command_line, descendants

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "tools" / "demo.py"

pytestmark = pytest.mark.engine


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """The demo at work; its throw-away folder is made in `tmp_path`."""
    with subprocess.Popen(
        [sys.executable, str(DEMO)],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    ) as running:
        yield running
        running.kill()


def read_until(demo: subprocess.Popen[str], wanted: str) -> None:
    assert demo.stdout
    printed = []
    for line in demo.stdout:
        printed.append(line)
        if wanted in line:
            return
    pytest.fail(f"the demo ended without {wanted!r}:\n{''.join(printed)}")


def bare(line: str) -> str:
    """A line without indentation, and without what differs from run to run: shas and durations."""
    line = " ".join(line.split())
    return re.sub(r"\b[0-9.]+s\b", "Ns", re.sub(r"\b[0-9a-f]{7}\b", "<sha>", line))


def test_every_step_does_what_it_should(demo: subprocess.Popen[str], tmp_path: Path) -> None:
    """The demo ends with 0 and its own count of jobs; the README quotes what it prints."""
    printed, _ = demo.communicate(timeout=300)
    assert demo.returncode == 0, printed
    assert "4 jobs started, 0 stopped" in printed
    excerpt = (ROOT / "README.md").read_text().partition("```text\n")[2].partition("```")[0]
    quoted = [line for line in excerpt.splitlines() if not line.startswith("$ pulumi ")]
    assert len(quoted) > 5
    assert set(map(bare, quoted)) <= set(map(bare, printed.splitlines()))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_it_leaves_nothing_behind(
    demo: subprocess.Popen[str], tmp_path: Path, number: signal.Signals
) -> None:
    """While a build is waited for: the command is ended, no process and no file remain."""
    read_until(demo, "job 1 BUILD")
    started = descendants(demo.pid) - {demo.pid}
    assert any("pulumi.dynamic" in command_line(pid) for pid in started)
    demo.send_signal(number)
    demo.communicate(timeout=60)
    assert demo.returncode == 128 + number
    assert [command_line(pid) for pid in started if command_line(pid)] == []
    assert list(tmp_path.iterdir()) == []
