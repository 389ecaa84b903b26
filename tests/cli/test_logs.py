"""`amplify-job logs` against the emulator, and the reason of a failure in `wait` and `start`."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from amplify_job_resource._follow import wait
from amplify_job_resource.cli import logs
from amplify_job_resource.emulator import Control, Fault, Plan

from tests.cli.conftest import APP, Cli

BUILD_LOG = ["first", "[WARNING]: second\nwith more", "[ERROR]: !!! Build failed", "last"]
LOGS = {"BUILD": BUILD_LOG, "DEPLOY": ["deployed"], "VERIFY": None}


@pytest.fixture(autouse=True)
def _short_logs(emulator: Control) -> None:
    emulator.default_plan(Plan.instant(logs=LOGS))


def without_times(text: str) -> list[str]:
    """The lines, without the times at their beginning."""
    return [line.partition(" ")[2] if line.startswith("20") else line for line in text.splitlines()]


def test_all_logs_of_a_job(cli: Cli, emulator: Control) -> None:
    """Each step that has a log, under its name; the data is on stdout and nothing else anywhere."""
    emulator.push(APP, "main", "a" * 40)
    code, out, err = cli("logs", APP, "main")
    assert (code, err) == (0, "")
    assert without_times(out) == [
        "== BUILD",
        "[INFO]: first",
        "[WARNING]: second",
        "  with more",
        "[ERROR]: !!! Build failed",
        "[INFO]: last",
        "== DEPLOY",
        "[INFO]: deployed",
    ]
    assert cli("logs", APP, "main", "1") == (code, out, err)


def test_one_step_and_the_end_of_it(cli: Cli, emulator: Control) -> None:
    """`--step` takes a name in any case, `--tail` the last lines of each step."""
    emulator.push(APP, "main", "a" * 40)
    code, out, _ = cli("logs", APP, "main", "--step", "deploy")
    assert (code, without_times(out)) == (0, ["== DEPLOY", "[INFO]: deployed"])
    code, out, _ = cli("logs", APP, "main", "--tail", "1")
    assert without_times(out) == ["== BUILD", "[INFO]: last", "== DEPLOY", "[INFO]: deployed"]
    code, out, _ = cli("logs", APP, "main", "--tail", "100", "--step", "BUILD")
    assert len(out.splitlines()) == 1 + 5


def test_logs_as_json(cli: Cli, emulator: Control) -> None:
    """One object a line, so that it can be read while it comes."""
    emulator.push(APP, "main", "a" * 40)
    _, out, _ = cli("logs", APP, "main", "--output", "json", "--step", "BUILD")
    first, second, more, *_ = map(json.loads, out.splitlines())
    assert first == {"step": "BUILD", "time": first["time"], "level": "INFO", "text": "first"}
    assert second["level"] == "WARNING"
    assert more == {"step": "BUILD", "time": None, "level": "WARNING", "text": "with more"}


def test_what_a_log_says_is_plain_text(cli: Cli, emulator: Control) -> None:
    """No text of a build reaches the terminal as it is."""
    emulator.default_plan(Plan.instant(logs={"BUILD": ["\x1b[31mred\u202e\x07 bell"]}))
    emulator.push(APP, "main", "a" * 40)
    _, out, _ = cli("logs", APP, "main")
    assert "red" in out
    assert {character for character in out if not character.isprintable()} == {"\n"}


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (
            ("--step", "TEST"),
            1,
            "main has no step TEST: it has BUILD, DEPLOY, VERIFY",
        ),
        (("--step", "VERIFY"), 1, "job 1 of d1a2b3c4/main is SUCCEED and has no log of VERIFY"),
        (("--tail", "0"), 64, "0 is not in the range"),
        (("7",), 1, "Job 7 not found"),
        (("x",), 64, "'x' is not a job's number"),
    ],
)
def test_what_cannot_be_printed_is_said_so(
    cli: Cli, emulator: Control, arguments: tuple[str, ...], code: int, words: str
) -> None:
    """A step that is not there, one without a log, no lines at all."""
    emulator.push(APP, "main", "a" * 40)
    found, out, err = cli("logs", APP, "main", *arguments)
    assert (found, out) == (code, "")
    assert words in err


def test_a_job_that_has_not_begun_has_no_log_yet(cli: Cli, emulator: Control) -> None:
    """The sentence names the way to wait for one."""
    emulator.plan(APP, "main", Plan(pending=3600))
    emulator.push(APP, "main", "a" * 40)
    code, out, err = cli("logs", APP, "main")
    assert (code, out) == (1, "")
    assert "is PENDING and has no log yet; --follow waits for it" in err


@pytest.mark.parametrize(
    ("kind", "words"), [("denied", "AWS denies it (403)"), ("expired", "its address has expired")]
)
def test_a_log_that_cannot_be_read_is_said_so(
    cli: Cli, emulator: Control, kind: str, words: str
) -> None:
    """Why, in a sentence, and without the address."""
    emulator.push(APP, "main", "a" * 40)
    emulator.fault(Fault(kind, "GetLog"))  # type: ignore[arg-type]
    code, out, err = cli("logs", APP, "main")
    assert (code, out) == (1, "")
    assert f"the log of BUILD of job 1 of {APP}/main cannot be read: {words}" in err


def test_a_job_is_followed_to_its_end(
    cli: Cli, emulator: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each line comes once, from all steps; the command ends as `wait` does."""
    monkeypatch.setattr(wait, "pause", lambda _: 0.05)
    plan = Plan(pending=0.1, provisioning=0, build=0.5, deploy=0.2, verify=0.1, logs=LOGS)
    emulator.plan(APP, "main", replace(plan, outcome="FAILED"), plan)
    emulator.push(APP, "main", "a" * 40)
    code, out, err = cli("logs", APP, "main", "--follow")
    lines = without_times(out)
    assert (code, lines[:2], lines.count("[INFO]: first")) == (3, ["== BUILD", "[INFO]: first"], 1)
    assert "Amplify job d1a2b3c4/main/1 FAILED" in err
    emulator.push(APP, "main", "b" * 40)
    code, out, err = cli("logs", APP, "main", "--follow", "--tail", "2")
    assert (code, err) == (0, "")
    assert without_times(out)[-2:] == ["== DEPLOY", "[INFO]: deployed"]


def test_a_log_that_cannot_be_read_now_is_read_later(
    cli: Cli, emulator: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A passing fault costs a warning, and no line."""
    monkeypatch.setattr(wait, "pause", lambda _: 0.05)
    emulator.push(APP, "main", "a" * 40)
    monkeypatch.setattr(logs, "LAST_PAUSE", 0.05)
    emulator.fault(Fault("expired", "GetLog", times=3))
    code, out, err = cli("logs", APP, "main", "--follow", "--step", "build")
    assert code == 0
    assert [line for line in without_times(out) if "first" in line] == ["[INFO]: first"]
    assert err.count("its address has expired") == 1


def test_following_has_an_end(cli: Cli, emulator: Control) -> None:
    """With the time up the command ends as `wait` does, and names the command that goes on."""
    emulator.plan(APP, "main", Plan(pending=0, provisioning=0, build=3600, logs=LOGS))
    emulator.push(APP, "main", "a" * 40)
    # On a busy machine the time may be up before the first look.
    for seconds in (1, 4, 16, 64):
        code, out, err = cli("logs", APP, "main", "--follow", "--timeout", f"{seconds}s")
        assert code == 4
        if out:
            break
    assert without_times(out) == ["== BUILD", "[INFO]: first"]
    assert "amplify-job wait d1a2b3c4 main 1" in err


def test_wait_and_start_say_why_a_build_failed(cli: Cli, emulator: Control) -> None:
    """The lines that matter are on stderr; the data on stdout has none of them."""
    emulator.default_plan(Plan.instant(outcome="FAILED", logs=LOGS))
    for command in (("start",), ("wait",)):
        code, out, err = cli(*command, APP, "main", "--output", "json")
        assert code == 3
        assert "From the log of BUILD:\n  first\n  second\n  with more\n  !!! Build failed\n" in err
        assert "log: amplify-job logs d1a2b3c4 main 1 --region us-east-1" in err
        assert "with more" not in out
        assert "logUrl" not in out


def test_a_big_log_is_not_read_for_its_end(cli: Cli, emulator: Control) -> None:
    """A failure costs one GET of the end."""
    lines = [f"{number:06} {'x' * 200}" for number in range(5000)]
    emulator.default_plan(
        Plan.instant(outcome="FAILED", logs={"BUILD": [*lines, "[ERROR]: !!! Build failed"]})
    )
    assert cli("start", APP, "main")[0] == 3
    (asked,) = emulator.calls("GetLog")
    assert asked["body"]["range"].startswith("bytes=-")
    _, out, _ = cli("logs", APP, "main", "--tail", "3000")
    assert len(out.splitlines()) == 1 + 3000


def test_a_step_that_is_not_there_is_told_while_the_job_runs(cli: Cli, emulator: Control) -> None:
    """A slip is not found out after a whole build only; a failure counts more in the end."""
    emulator.default_plan(Plan(pending=0, provisioning=0, build=3600, logs=LOGS))
    emulator.push(APP, "main", "a" * 40)
    code, out, err = cli("logs", APP, "main", "--follow", "--step", "BIULD", "--timeout", "1s")
    assert (code, out) == (4, "")
    assert "warning: job 1 of d1a2b3c4/main has no step BIULD so far: it has BUILD" in err
    emulator.advance(7200)
    emulator.default_plan(Plan.instant(outcome="FAILED", logs=LOGS))
    emulator.push(APP, "main", "a" * 40)
    assert cli("logs", APP, "main", "--follow", "--step", "DEPLOY")[0] == 3


def test_tail_counts_also_after_a_fault(cli: Cli, emulator: Control) -> None:
    """A log that could not be read is not read yet."""
    emulator.push(APP, "main", "a" * 40)
    emulator.fault(Fault("503", "GetLog"))
    _, out, _ = cli("logs", APP, "main", "--follow", "--step", "BUILD", "--tail", "1")
    assert without_times(out) == ["== BUILD", "[INFO]: last"]
