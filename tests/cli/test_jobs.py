"""`amplify-job status|wait|start|stop|history` against the emulator."""

from __future__ import annotations

import errno
import fcntl
import io
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from types import SimpleNamespace

import pytest
from amplify_job_resource._amplify.ids import JobId
from amplify_job_resource._amplify.records import JobRecord
from amplify_job_resource._start.notes import Notes
from amplify_job_resource.cli import shell, turns
from amplify_job_resource.cli.terminal import history_table
from amplify_job_resource.cli.turns import FileLock
from amplify_job_resource.emulator import Control, Fault, Plan
from rich.console import Console
from rich.text import Text

from tests.aws_server import MFA_PROFILE, AwsServer, aws_server
from tests.cli.conftest import APP, Cli
from tests.waiting import wait_until

HELD = Plan(pending=0, provisioning=0, build=3600, cancelling=0.3)

Command = subprocess.Popen[str]


def lock_path() -> Path:
    """The file by which the starts of the branch `main` take turns."""
    path = Notes(f"urn:pulumi:shell::amplify-job::amplify:Job::{APP}/main").lock_path
    assert path
    return path


def test_start_waits_and_prints_the_job(cli: Cli, emulator: Control) -> None:
    """`start` starts one job, waits, and has nothing but the job on stdout."""
    code, out, _ = cli("start", APP, "main", "--commit", "1f3c9e2a77", "--output", "json")
    job = json.loads(out)
    assert (code, job["id"], job["status"]) == (0, "d1a2b3c4/main/1", "SUCCEED")
    assert len(emulator.calls("StartJob")) == 1


def test_a_failed_job_ends_with_3(cli: Cli, emulator: Control) -> None:
    """`start` and `wait` of a job that fails end with 3 and tell why on stderr."""
    emulator.default_plan(Plan.instant(outcome="FAILED", status_reason="npm ci exited 1"))
    code, out, err = cli("start", APP, "main", "--output", "json")
    assert (code, json.loads(out)["status"]) == (3, "FAILED")
    assert "npm ci exited 1" in err
    code, out, _ = cli("wait", APP, "main", "1")
    assert (code, out.splitlines()[0]) == (3, "d1a2b3c4/main/1  FAILED  0s")


def test_what_a_step_says_is_plain_text(cli: Cli, emulator: Control) -> None:
    """No text of a build reaches the terminal as it is."""
    emulator.default_plan(Plan.instant(outcome="FAILED", status_reason="\x1b[31mred\u202e"))
    _, out, err = cli("start", APP, "main")
    assert "red" in out
    assert "\x1b" not in out + err
    assert "\u202e" not in out + err


def test_each_start_is_a_release_of_its_own(cli: Cli, emulator: Control) -> None:
    """A job of an earlier `start` that is still active is a busy branch, and not this release."""
    emulator.plan(APP, "main", HELD)
    assert cli("start", APP, "main", "--no-wait")[0] == 0
    code, out, err = cli("start", APP, "main", "--on-busy", "fail")
    assert (code, out) == (1, "")
    assert "the branch is busy: job 1 is RUNNING" in err
    code, out, _ = cli("start", APP, "main", "--on-busy", "stop")
    assert code == 0
    assert out.startswith("d1a2b3c4/main/2  SUCCEED")


def test_adopt_takes_the_job_of_the_same_commit(cli: Cli, emulator: Control) -> None:
    """Whoever started it, `--on-busy adopt` is content with a job of the commit asked for."""
    commit = "1f3c9e2a77"
    emulator.plan(APP, "main", replace(HELD, commit_id=commit))
    assert cli("start", APP, "main", "--commit", commit, "--no-wait")[0] == 0
    command = ("start", APP, "main", "--commit", commit, "--on-busy", "adopt", "--no-wait")
    code, out, _ = cli(*command)
    assert (code, out.splitlines()[0]) == (0, "d1a2b3c4/main/1  RUNNING")
    assert len(emulator.calls("StartJob")) == 1


def test_starts_of_one_branch_take_turns(cli: Cli, emulator: Control, tmp_path: Path) -> None:
    """While another start of the branch is running on this machine, a second one waits its turn."""
    path = lock_path()
    other = FileLock(path)
    assert other.take()
    code, _, err = cli("start", APP, "main", "--timeout", "1s")
    assert code == 1
    assert "another `amplify-job start` of this branch is running on this machine" in err
    assert err.rstrip().endswith(f"If none is, its lock was left behind: delete {path}")
    assert emulator.calls("StartJob") == []
    other.release()
    assert cli("start", APP, "main")[0] == 0
    assert list(path.parent.iterdir()) == []


def test_a_lock_that_was_left_behind_can_be_deleted(cli: Cli) -> None:
    """A file system may keep the lock of a process that is gone: without its file it counts no more."""
    stale = FileLock(lock_path())
    assert stale.take()
    lock_path().unlink()
    assert cli("start", APP, "main")[0] == 0


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP, errno.EINVAL, errno.EACCES])
def test_start_works_where_files_cannot_be_locked(
    cli: Cli, emulator: Control, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """A file system without locks costs the turn, and that is said before the release."""

    def no_lock(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", no_lock)
    code, _, err = cli("start", APP, "main")
    assert code == 0
    assert f"warning: {lock_path()} cannot be locked: {os.strerror(number)}. Start this" in err
    assert "no note" not in err
    assert len(emulator.calls("StartJob")) == 1


def test_start_works_on_a_system_without_locks(
    cli: Cli, emulator: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows has no flock: the release is made, and what is lost is said."""
    monkeypatch.setattr(turns, "fcntl", None)
    code, _, err = cli("start", APP, "main")
    assert code == 0
    assert "cannot be locked: this system has no file locks" in err
    assert len(emulator.calls("StartJob")) == 1


def test_the_command_is_there_on_a_system_without_locks() -> None:
    """To import it needs no module that only Unix has."""
    program = (
        "import sys; sys.modules['fcntl'] = None\n"
        "from amplify_job_resource.cli import main; sys.argv = ['amplify-job', '--help']; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=False, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_start_works_without_a_home(
    cli: Cli, emulator: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a home folder a release is started all the same; what is lost is said once."""

    def nobody(_: int) -> None:
        raise KeyError

    for name in ("HOME", "PULUMI_HOME"):
        monkeypatch.delenv(name)
    monkeypatch.setattr("pwd.getpwuid", nobody)
    emulator.fault(Fault("throttled", "StartJob"))
    code, _, err = cli("start", APP, "main")
    assert code == 0
    lines = [line for line in err.splitlines() if line.startswith("warning")]
    assert lines == [
        "warning: no note about a release can be kept: there is no home folder. If this run is killed "
        "before its job is recorded, the next one may start a second job."
    ]
    assert cli("status", APP, "main")[2] == ""


def test_start_works_where_nothing_can_be_written(
    cli: Cli, emulator: Control, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Without a place for locks and notes a release is started all the same."""
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "file"))
    code, _, err = cli("start", APP, "main")
    assert code == 0
    assert err.count("warning: ") == err.count("Not a directory") == 1
    assert len(emulator.calls("StartJob")) == 1


def test_a_wait_has_an_end(cli: Cli, emulator: Control) -> None:
    """`wait` ends with 4 when the time is up; `stop` stops the job and ends with 0."""
    emulator.plan(APP, "main", HELD)
    assert cli("start", APP, "main", "--no-wait")[0] == 0
    code, out, err = cli("wait", APP, "main", "--timeout", "3s")
    assert (code, out.splitlines()[0]) == (4, "d1a2b3c4/main/1  RUNNING")
    assert "which is the timeout (--timeout)" in err
    assert "pulumi" not in err
    assert "`amplify-job wait d1a2b3c4 main 1 --region us-east-1` keeps waiting for it." in err
    code, out, _ = cli("stop", APP, "main", "1")
    assert code == 0
    assert out.startswith("d1a2b3c4/main/1  CANCELLED")
    assert cli("stop", APP, "main", "1")[0] == 0
    assert len(emulator.calls("StopJob")) == 1


def test_a_wait_that_came_too_late_says_so(cli: Cli, emulator: Control) -> None:
    """A plain `wait` for a job that had ended says how long ago; stdout is as ever."""
    emulator.push(APP, "main", "a" * 40)
    code, out, err = cli("wait", APP, "main")
    assert (code, out.splitlines()[0]) == (0, "d1a2b3c4/main/1  SUCCEED  0s")
    assert re.fullmatch(
        r"job 1, the branch's newest, ended \d+s ago: SUCCEED. After a push, use --commit SHA to wait "
        r"for the job that builds it.\njob 1 SUCCEED in 0s\n",
        err,
    )
    # With a number, or while the job runs, there is nothing to say.
    assert "--commit" not in cli("wait", APP, "main", "1")[2]
    emulator.plan(APP, "main", HELD)
    emulator.push(APP, "main", "b" * 40)
    assert "--commit" not in cli("wait", APP, "main", "--timeout", "1s")[2]


def test_a_wait_for_a_commit(cli: Cli, emulator: Control) -> None:
    """The job of the commit is waited for, and not the newest one; its outcome is the exit code."""
    emulator.push(APP, "main", "a" * 40)
    emulator.plan(APP, "main", Plan.instant(outcome="FAILED"))
    emulator.push(APP, "main", "b" * 40)
    code, out, err = cli("wait", APP, "main", "--commit", "a" * 7, "--output", "json")
    assert (code, json.loads(out)["id"]) == (0, "d1a2b3c4/main/1")
    assert err == "job 1 SUCCEED in 0s\n"
    assert cli("wait", APP, "main", "--commit", "b" * 40)[0] == 3
    code, out, err = cli("wait", APP, "main", "--commit", "c" * 40, "--timeout", "0s")
    assert (code, out) == (4, "")
    assert re.search(r"\n  job 2 FAILED reports bbbbbbb, started \d+s ago\n", err)


def test_a_wait_for_a_release_of_a_commit(cli: Cli, emulator: Control) -> None:
    """What `start --commit` has started is found, although AWS reports `HEAD` for it."""
    for message in ((), ("--message", "Autumn sale")):
        assert cli("start", APP, "main", "--commit", "a" * 40, "--no-wait", *message)[0] == 0
        newest = emulator.jobs(APP)[0]
        assert newest["commit_id"] == "HEAD"
        code, out, err = cli("wait", APP, "main", "--commit", "a" * 40)
        assert (code, out.split()[0]) == (0, f"d1a2b3c4/main/{newest['job_id']}")
        assert "it was started as a release of that commit" in err


def test_a_push_may_come_after_the_wait(emulator: Control) -> None:
    """Right after a push, the job before it is not taken for that of the push."""
    emulator.push(APP, "main", "a" * 40)
    with command("wait", APP, "main", "--commit", "b" * 40) as process:
        assert process.stderr
        assert process.stderr.readline().endswith(": job 1 SUCCEED reports aaaaaaa\n")
        emulator.push(APP, "main", "b" * 40)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out.splitlines()[0]) == (0, "d1a2b3c4/main/2  SUCCEED  0s")
    assert err.endswith("job 2 SUCCEED in 0s\n")


def test_ctrl_c_ends_the_wait_for_a_commit(emulator: Control) -> None:
    """Where there is no job yet, Ctrl-C ends with 130 and nothing on stdout."""
    code, out, err = interrupted("wait", APP, "main", "--commit", "b" * 40, after="waiting 0s ")
    assert (code, out) == (130, "")
    assert "of waiting for a job that builds bbbbbbb" in err


@contextmanager
def command(*arguments: str, ignored: signal.Signals | None = None) -> Iterator[Command]:
    """A command line that runs in a process of its own; it may inherit that a signal is ignored."""
    ignore = f"import signal; signal.signal({ignored:d}, signal.SIG_IGN)\n" if ignored else ""
    program = f"{ignore}from amplify_job_resource.cli import main; main()"
    with subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def interrupted(
    *arguments: str, after: str, by: signal.Signals = signal.SIGINT
) -> tuple[int, str, str]:
    """Runs a command line, with one signal when its first row is there."""
    with command(*arguments) as process:
        assert process.stderr
        first = process.stderr.readline()
        process.send_signal(by)
        out, err = process.communicate(timeout=60)
    assert first.startswith(after)
    return process.returncode, out, err


def hang(emulator: Control, operation: str, *, skip: int = 0) -> Callable[[], bool]:
    """Let calls of an operation have no answer; whether the first of these is made, and the last."""
    emulator.fault(Fault("slow", operation, times=None, skip=skip, seconds=600))
    before = len(emulator.calls(operation))

    def is_under_way() -> bool:
        statuses = [call["status"] for call in emulator.calls(operation)[before + skip :]]
        return statuses == [None]

    return is_under_way


@pytest.mark.parametrize(
    ("by", "expected"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_signal_ends_a_wait(
    cli: Cli, emulator: Control, by: signal.Signals, expected: int
) -> None:
    """`wait` ends at Ctrl-C, SIGTERM or SIGHUP, with the job as it was last seen; the job goes on."""
    emulator.plan(APP, "main", HELD)
    assert cli("start", APP, "main", "--no-wait")[0] == 0
    code, out, err = interrupted("wait", APP, "main", "--output", "json", after="job 1 ", by=by)
    assert (code, json.loads(out)["status"]) == (expected, "RUNNING")
    assert "The job goes on." in err
    assert "`amplify-job wait d1a2b3c4 main 1 --region us-east-1` keeps waiting for it." in err
    assert emulator.calls("StopJob") == []


def test_a_signal_that_was_ignored_stays_so(cli: Cli, emulator: Control) -> None:
    """Under `nohup`, `wait` survives the end of its terminal."""
    emulator.plan(APP, "main", HELD)
    assert cli("start", APP, "main", "--no-wait")[0] == 0
    with command("wait", APP, "main", ignored=signal.SIGHUP) as process:
        assert process.stderr
        assert process.stderr.readline().startswith("job 1 ")
        process.send_signal(signal.SIGHUP)
        emulator.advance(7200)
        out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert out.startswith("d1a2b3c4/main/1  SUCCEED")


def test_a_signal_ends_a_wait_that_has_no_answer(cli: Cli, emulator: Control) -> None:
    """A GetJob that hangs keeps nobody; sent twice, as `timeout` does, a signal counts once."""
    emulator.plan(APP, "main", HELD)
    assert cli("start", APP, "main", "--no-wait")[0] == 0
    is_under_way = hang(emulator, "GetJob", skip=1)
    with command("wait", APP, "main", "1") as process:
        wait_until(is_under_way, "the call hangs")
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=60)
    assert is_under_way()
    assert (process.returncode, out.splitlines()[0]) == (143, "d1a2b3c4/main/1  RUNNING")
    assert "The job goes on." in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("arguments", "operation"),
    [
        (("status", APP, "main", "1"), "GetJob"),
        (("history", APP, "main"), "ListJobs"),
        (("wait", APP, "main"), "ListJobs"),
        (("stop", APP, "main", "1"), "GetJob"),
        (("start", APP, "main"), "GetBranch"),
        (("start", APP, "main"), "ListJobs"),
    ],
)
def test_a_signal_ends_each_command_that_has_no_answer(
    emulator: Control, arguments: tuple[str, ...], operation: str
) -> None:
    """Before there is a job to show, a command ends with one sentence and nothing on stdout."""
    is_under_way = hang(emulator, operation)
    with command(*arguments) as process:
        wait_until(is_under_way, "the call hangs")
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=60)
    assert is_under_way()
    assert (process.returncode, out) == (143, "")
    assert "nterrupted" in err
    assert "Traceback" not in err
    assert emulator.calls("StartJob") == []


@pytest.mark.parametrize(("skip", "shown"), [(0, ""), (1, "d1a2b3c4/main/1  RUNNING")])
def test_the_timeout_ends_a_wait_that_has_no_answer(
    cli: Cli, emulator: Control, skip: int, shown: str
) -> None:
    """`--timeout` counts also while GetJob hangs, the first one included."""
    emulator.plan(APP, "main", HELD)
    assert cli("start", APP, "main", "--no-wait")[0] == 0
    is_under_way = hang(emulator, "GetJob", skip=skip)
    code, out, err = cli("wait", APP, "main", "1", "--timeout", "3s")
    assert is_under_way()
    assert (code, out.partition("\n")[0]) == (4, shown)
    assert ("TimedOut" in err) is (not shown)


def test_a_signal_during_startjob_waits_for_its_job(emulator: Control, tmp_path: Path) -> None:
    """`start` sees what has become of a StartJob that is under way: there is a job, and no note."""
    emulator.plan(APP, "main", HELD)
    emulator.fault(Fault("slow", "StartJob", seconds=3))
    with command("start", APP, "main") as process:
        wait_until(lambda: bool(emulator.calls("StartJob")), "StartJob is under way")
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out.split()[0]) == (143, "d1a2b3c4/main/1")
    assert "The job goes on." in err
    assert list(tmp_path.glob("amplify-job-resource/*.json")) == []


def test_ctrl_c_ends_waiting_for_a_free_branch(cli: Cli, emulator: Control) -> None:
    """`start` ends with 130 when there is no job of its own yet, and none is started."""
    emulator.plan(APP, "main", HELD)
    emulator.push(APP, "main", "a" * 40)
    code, out, err = interrupted("start", APP, "main", after="waiting ")
    assert (code, out) == (130, "")
    assert "no Amplify job was started" in err
    assert err.rstrip().endswith("`amplify-job start` tries again.")
    assert emulator.calls("StartJob") == []


def test_status_and_history(cli: Cli, emulator: Control, tmp_path: Path) -> None:
    """`status` shows the newest job, `history` all of them, in a table, as JSON, or as a page."""
    assert cli("status", APP, "main")[0] == 1
    for outcome in ("SUCCEED", "FAILED"):
        emulator.plan(APP, "main", Plan.instant(outcome=outcome))
        emulator.push(APP, "main", "a" * 40)
    code, out, _ = cli("status", APP, "main")
    assert (code, out.splitlines()[0]) == (0, "d1a2b3c4/main/2  FAILED  0s")
    assert re.search(r"^  began    20\d\d-\d\d-\d\d \d\d:\d\d UTC$", out, re.MULTILINE)
    assert f"\n  commit   {'a' * 40}\n  message  a push\n" in out
    assert "\n  log      amplify-job logs d1a2b3c4 main 2 --region us-east-1\n" in out
    code, out, _ = cli("history", APP, "main", "--output", "json")
    assert [job["jobId"] for job in json.loads(out)] == ["2", "1"]
    code, out, _ = cli("history", APP, "main")
    assert code == 0
    assert "SUCCEED" in out
    page = tmp_path / "history.html"
    assert cli("history", APP, "main", "--output", "html", "--file", str(page)) == (0, "", "")
    assert "<svg" in page.read_text(encoding="utf-8")


def test_what_a_job_releases_is_in_its_message(cli: Cli, emulator: Control) -> None:
    """AWS reports HEAD for each release: only the message tells them apart."""
    message = "Fix the \x1b[31mgreeting, " + "and all that hangs on it, " * 5 + "\n\nIn detail."
    assert cli("start", APP, "main", "--commit", "1f3c9e2a77")[0] == 0
    assert cli("start", APP, "main", "--message", message)[0] == 0
    _, out, _ = cli("history", APP, "main", "--output", "json")
    newest, oldest = (job["commitMessage"] for job in json.loads(out))
    assert newest.startswith(message)
    assert "Release of 1f3c9e2" in oldest
    _, out, _ = cli("history", APP, "main")
    _, newest, oldest = out.splitlines()
    # No terminal cuts it, and no control character is left of it.
    assert re.search(rf"HEAD +{re.escape(message[:4])}.*all that hangs on it,$", newest)
    assert re.search(r"HEAD +Release of 1f3c9e2 by amplify-job$", oldest)
    assert "\x1b" not in out


def test_a_terminal_has_room_for_so_much(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message is cut where the terminal ends, and the bar leaves room for it."""
    monkeypatch.setenv("COLUMNS", "80")
    job = JobRecord(
        JobId(APP, "main", "199"),
        "SUCCEED",
        reported_commit="HEAD",
        commit_message="Fix the greeting, and all that hangs on it",
        start_time=datetime(2026, 11, 9, 7, tzinfo=timezone.utc),
        end_time=datetime(2026, 11, 9, 7, 6, tzinfo=timezone.utc),
    )
    console = Console(file=io.StringIO(), force_terminal=True, width=80)
    history_table([job])(console)
    assert isinstance(console.file, io.StringIO)
    line = Text.from_ansi(console.file.getvalue().splitlines()[1]).plain
    assert re.search(r"6m00s  █{7}  HEAD    Fix the greeting, and…", line)
    assert len(line) <= 80


def test_status_says_where_to_look(cli: Cli, emulator: Control) -> None:
    """The console's page of the job is in text as in JSON."""
    emulator.push(APP, "main", "a" * 40)
    _, out, _ = cli("status", APP, "main")
    _, data, _ = cli("status", APP, "main", "--output", "json")
    assert out.splitlines()[-1] == f"  console  {json.loads(data)['consoleUrl']}"


def test_a_job_that_has_ended_is_not_stopped_and_that_is_said(cli: Cli, emulator: Control) -> None:
    """Nobody takes its success for the effect of the command."""
    emulator.push(APP, "main", "a" * 40)
    code, out, err = cli("stop", APP, "main", "1")
    assert (code, err) == (0, "job 1 had ended already: SUCCEED\n")
    assert out.startswith("d1a2b3c4/main/1  SUCCEED")
    assert emulator.calls("StopJob") == []


@pytest.mark.parametrize("command", [["history", APP, "main"], ["status", APP, "main"], ["--help"]])
def test_a_reader_that_has_enough_is_fine(cli: Cli, emulator: Control, command: list[str]) -> None:
    """`amplify-job … | head -1` ends well, and without a word."""
    emulator.push(APP, "main", "a" * 40)
    reader, writer = os.pipe()
    os.close(reader)
    program = "import sys; from amplify_job_resource.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program, *command],
        check=False,
        stdout=writer,
        stderr=subprocess.PIPE,
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


def test_nobody_has_to_read_what_is_on_stderr(cli: Cli, emulator: Control) -> None:
    """The job goes on, and its end is what counts."""
    emulator.plan(APP, "main", Plan(pending=0, provisioning=0, build=0.5, outcome="FAILED"))
    reader, writer = os.pipe()
    os.close(reader)
    program = "import sys; from amplify_job_resource.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program, "start", APP, "main"],
        check=False,
        stdout=subprocess.PIPE,
        stderr=writer,
    )
    os.close(writer)
    assert (done.returncode, b"FAILED" in done.stdout) == (3, True)


def test_a_full_disk_is_said_so(cli: Cli, emulator: Control) -> None:
    """Stdout that cannot be written is an error, and no traceback."""
    emulator.push(APP, "main", "a" * 40)
    program = "import sys; from amplify_job_resource.cli import main; main()"
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-c", program, "status", APP, "main"],
            check=False,
            stdout=full,
            stderr=subprocess.PIPE,
        )
    assert done.returncode == 1
    assert done.stderr == b"stdout cannot be written: No space left on device\n"


def test_a_signal_during_the_look_for_the_site_counts(emulator: Control) -> None:
    """The job is known by then and printed; the command ends as with any signal."""
    emulator.push(APP, "main", "a" * 40)
    emulator.fault(Fault("slow", "GetBranch", seconds=60, times=None))
    program = "import sys; from amplify_job_resource.cli import main; main()"
    with subprocess.Popen(
        [sys.executable, "-c", program, "status", APP, "main"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as command:
        wait_until(lambda: bool(emulator.calls("GetBranch")), "the branch is asked for")
        command.terminate()
        out, _ = command.communicate(timeout=20)
    assert command.returncode == 143
    assert out.startswith("d1a2b3c4/main/1  SUCCEED")


def test_a_lost_reply_is_made_good(cli: Cli, emulator: Control) -> None:
    """`start` is as careful as the resource: a lost reply makes no second job."""
    emulator.fault(Fault("500", "StartJob", "after"))
    assert cli("start", APP, "main")[0] == 0
    assert len(emulator.jobs(APP)) == 1


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("start", "MY APP", "main"), 64, "APP_ID 'MY APP' is not of the form"),
        (("status", APP, "main", "x"), 64, "is not a job's number"),
        (("stop", APP, "main", "x"), 64, "is not a job's number"),
        (("wait", APP, "main", "1", "--timeout", "soon"), 64, "is not a duration"),
        (("wait", APP, "main", "1", "--commit", "a" * 40), 64, "--commit, and not both"),
        (("wait", APP, "main", "--commit", ""), 64, "--commit is empty"),
        (("wait", APP, "main", "--commit", "abcdef1\n"), 64, "--commit ends with"),
        (("wait", APP, "main", "--commit", "head"), 64, "--commit head is no commit"),
        (("status", APP, "main", "77"), 1, "Job 77 not found"),
        (("status", APP, "main", "77"), 1, f"`amplify-job history {APP} main --region us-east-1`"),
        (("nonsense",), 64, "No such command"),
    ],
)
def test_wrong_use_is_a_sentence(
    cli: Cli, arguments: tuple[str, ...], code: int, words: str
) -> None:
    """Wrong use ends with 64, what AWS refuses with 1; stdout stays empty."""
    found, out, err = cli(*arguments)
    assert (found, out) == (code, "")
    assert words in err


def test_the_script_says_what_to_install() -> None:
    """Without the extra, the script names it and ends with 1."""
    program = (
        "import sys; sys.modules['click'] = None\nfrom amplify_job_resource.cli import main\nmain()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=False, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "pip install 'amplify-job-resource[cli]'" in done.stderr


@pytest.fixture
def with_mfa(
    emulator: Control, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[AwsServer]:
    """A profile `dev` that asks for an MFA code, and an STS that takes any."""
    (tmp_path / "aws").write_text(MFA_PROFILE, encoding="utf-8")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "aws"))
    with aws_server() as sts:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", sts.url)
        yield sts


def test_without_a_terminal_nobody_is_asked_for_a_code(
    cli: Cli, emulator: Control, with_mfa: AwsServer
) -> None:
    """In a pipeline the command ends with a sentence that says how to sign in."""
    code, out, err = cli("start", APP, "main", "--profile", "dev")
    assert (code, out) == (1, "")
    assert "the credentials need an MFA code" in err
    assert "aws configure export-credentials --profile dev" in err
    assert emulator.calls() == []


@pytest.mark.parametrize(
    ("typed", "expected"), [("123456", 0), ("an end of input", 1), ("Ctrl-C", 130)]
)
def test_at_a_terminal_the_code_is_asked_for(
    cli: Cli,
    emulator: Control,
    with_mfa: AwsServer,
    monkeypatch: pytest.MonkeyPatch,
    typed: str,
    expected: int,
) -> None:
    """A person types it once; who ends the input or presses Ctrl-C starts nothing."""

    def getpass(prompt: str) -> str:
        assert prompt == "Enter MFA code for arn:aws:iam::111122223333:mfa/me: "
        # Only there does Ctrl-C leave the terminal as it was.
        assert threading.current_thread() is threading.main_thread()
        if typed == "an end of input":
            raise EOFError
        if typed == "Ctrl-C":
            signal.raise_signal(signal.SIGINT)
        return typed

    monkeypatch.setattr(shell, "getpass", getpass)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    code, _, _ = cli("start", APP, "main", "--profile", "dev")
    assert code == expected
    assert len(emulator.calls("StartJob")) == (expected == 0)
    assert [asked.get("TokenCode") for _, asked in with_mfa.calls] == ["123456"] * (expected == 0)


def test_a_profile_that_is_not_there_is_told_before_the_region(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is why no region is found."""
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    code, _, err = cli("status", APP, "main")
    assert code == 1
    assert "AWS_PROFILE 'nobody'" in err
    assert "could not be found" in err
