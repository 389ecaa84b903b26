"""Signals that ask a command to end, in this process; what the commands do is in `test_jobs`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from amplify_job_resource.cli import signals as module
from amplify_job_resource.cli.shell import ShellOperation
from amplify_job_resource.cli.signals import ENDING, ONE_WISH, Interrupted, Signals

from tests.waiting import wait_until


class Time:
    """Stands in for the module `time`, and is set by hand."""

    now = 0.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    time = Time()
    monkeypatch.setattr(module, "time", time)
    return time


@pytest.fixture(autouse=True)
def _handlers_stay() -> Iterator[None]:
    """No test leaves a handler behind."""
    before = [signal.getsignal(number) for number in ENDING]
    yield
    assert [signal.getsignal(number) for number in ENDING] == before


@pytest.mark.parametrize("number", ENDING)
def test_a_signal_ends_the_command_at_once(number: int) -> None:
    """Where nothing looks for a signal, it ends what it meets."""
    with pytest.raises(Interrupted, match="interrupted") as caught, Signals():
        signal.raise_signal(number)
    assert caught.value.number == number


@pytest.mark.parametrize("patient", [False, True])
def test_one_wish_may_be_several_signals(time: Time, patient: bool) -> None:
    """Signals that come together count once, as the first of them; a later one ends all at once."""
    with Signals() as signals:
        signals.patient = patient
        if patient:
            signal.raise_signal(signal.SIGHUP)
        else:
            with pytest.raises(Interrupted):
                signal.raise_signal(signal.SIGHUP)
        signal.raise_signal(signal.SIGHUP)
        time.now += ONE_WISH * 0.9
        signal.raise_signal(signal.SIGTERM)
        assert signals.heard == signal.SIGHUP
        time.now += ONE_WISH * 0.2
        with pytest.raises(Interrupted) as caught:
            signal.raise_signal(signal.SIGINT)
        assert caught.value.number == signal.SIGHUP


def test_in_another_thread_nothing_is_heard() -> None:
    """Only the main thread may set handlers: elsewhere a command runs without."""
    found: list[object] = []

    def run() -> None:
        with Signals():
            found.extend(signal.getsignal(number) for number in ENDING)

    before = [signal.getsignal(number) for number in ENDING]
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert found == before


@pytest.mark.parametrize("all_stacks", [False, True])
def test_sigterm_ends_pending_and_its_previews(tmp_path: Path, all_stacks: bool) -> None:
    """`pending` ends what it has started: SIGTERM reaches only one process, unlike Ctrl-C."""
    pulumi = tmp_path / "pulumi"
    pulumi.write_text(f"#!/bin/sh\necho $$ > {tmp_path}/pid-$$\nexec sleep 600\n", encoding="utf-8")
    pulumi.chmod(0o755)
    program = "from amplify_job_resource.cli import main; main()"
    arguments = ["--all-stacks"] if all_stacks else ["--stack=a", "--stack=b"]
    with subprocess.Popen(
        [sys.executable, "-c", program, "pending", *arguments],
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        started = 1 if all_stacks else 2
        wait_until(lambda: len(list(tmp_path.glob("pid-*"))) == started, "pulumi is running")
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (143, "", "interrupted\n")
    for file in tmp_path.glob("pid-*"):
        with pytest.raises(ProcessLookupError):
            os.kill(int(file.name.partition("-")[2]), 0)


def test_a_signal_that_came_before_ends_what_waits_for_a_person() -> None:
    """While a command is patient a signal is only kept; no prompt may follow it."""
    with Signals() as signals, ShellOperation("urn", signals) as operation:
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(Interrupted), operation.impatient():
            pytest.fail("the prompt")
