"""`make demo` does what it says with either front, and leaves nothing behind however it ends."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.engine.stack import command_line, descendants
from tools.picture.__main__ import PICTURE
from tools.picture.drawing import draw, words
from tools.picture.scenes import scenes
from tools.picture.screens import record

ROOT = Path(__file__).parents[2]
DEMO = (sys.executable, "-m", "tools.demo")

pytestmark = pytest.mark.engine


#: Starts the demo with a front.
Start = Callable[[str], "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts the demo; its throw-away folder is made in `tmp_path`."""
    started = []

    def demo(front: str) -> subprocess.Popen[str]:
        if shutil.which(f"pulumi-language-{front}") is None:
            pytest.skip(f"this Pulumi has no host for {front}")
        running = subprocess.Popen(
            [*DEMO, "--front", front],
            cwd=ROOT,
            env={**os.environ, "TMPDIR": str(tmp_path)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )
        started.append(running)
        return running

    yield demo
    for each in started:
        with each:
            each.kill()


def read_until(demo: subprocess.Popen[str], wanted: str) -> None:
    assert demo.stdout
    printed = []
    for line in demo.stdout:
        printed.append(line)
        if wanted in line:
            return
    pytest.fail(f"the demo ended without {wanted!r}:\n{''.join(printed)}")


def test_the_picture_shows_what_the_demo_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a terminal each step does what it should, and the README's picture has the same words."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    recording = record()
    assert "8 jobs started, 0 stopped" in recording
    assert words(draw(scenes(recording))) == words(PICTURE.read_text(encoding="utf-8"))
    assert list(tmp_path.iterdir()) == []


def test_a_yaml_program_does_the_same(start: Start, tmp_path: Path) -> None:
    """The same story with the native provider, and an import at its end, which starts no job."""
    demo = start("yaml")
    printed, _ = demo.communicate(timeout=300)
    assert demo.returncode == 0, printed
    assert "4 jobs started, 0 stopped" in printed
    assert re.search(r"= +amplify-job:index:Job site imported", printed)
    assert "pulumi-python:dynamic" not in printed
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("front", "process", "number"),
    [
        ("python", "pulumi.dynamic", signal.SIGINT),
        ("python", "pulumi.dynamic", signal.SIGTERM),
        ("yaml", "pulumi-resource-amplify-job", signal.SIGTERM),
    ],
)
def test_interrupted_it_leaves_nothing_behind(
    start: Start, tmp_path: Path, front: str, process: str, number: signal.Signals
) -> None:
    """While a build is waited for: the command is ended, no process and no file remain."""
    demo = start(front)
    read_until(demo, "job 1 BUILD")
    started = descendants(demo.pid) - {demo.pid}
    assert any(process in command_line(pid) for pid in started)
    demo.send_signal(number)
    demo.communicate(timeout=60)
    assert demo.returncode == 128 + number
    assert [command_line(pid) for pid in started if command_line(pid)] == []
    assert list(tmp_path.iterdir()) == []


def test_without_a_host_it_says_what_to_do(tmp_path: Path) -> None:
    """Where no host for YAML is on PATH, the demo ends with one sentence that names it."""
    pulumi = tmp_path / "pulumi"
    pulumi.write_text("#!/bin/sh\n", encoding="utf-8")
    pulumi.chmod(0o755)
    done = subprocess.run(
        [*DEMO, "--front", "yaml"],
        check=False,
        cwd=ROOT,
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stdout.startswith("There is no `pulumi-language-yaml` on PATH")
    assert "make demo" in done.stdout
