"""Why a job failed, in the words of its log."""

from __future__ import annotations

from typing import Any

import pytest
from amplify_job_resource._amplify.records import JobRecord, Step
from amplify_job_resource._amplify.settings import Settings
from amplify_job_resource._logs.explanation import MOST_SECONDS, explain
from amplify_job_resource._logs.failures import LogUnavailable

from tests.operations import FakeOperation
from tests.unit.samples import a_job
from tests.unit.start.fakes import DENIED, MISSING, UNANSWERED, UNCLEAR, FakeBranch

SECRET_URL = "https://logs.example/BUILD?X-Amz-Signature=5ec7e7"
LOG = """\
2026-04-17T17:57:00.932Z [INFO]: # Executing command: npm run build
2026-04-17T17:57:01.932Z [WARNING]: error TS2304: Cannot find name 'x'.
2026-04-17T17:57:02.932Z [ERROR]: !!! Build failed
2026-04-17T17:57:02.933Z [INFO]: # Starting environment caching...
"""
QUIET = "2026-04-17T17:57:00.932Z [INFO]: # Executing command: npm run build\n"


def failed(*steps: tuple[str, str], status: str = "FAILED") -> JobRecord:
    return a_job(status, steps=tuple(Step(name, word) for name, word in steps))


BUILD_FAILED = failed(("BUILD", "FAILED"))


class Told:
    """What is told of a job whose log is as a test says."""

    def __init__(self, *steps: str) -> None:
        self.operation = FakeOperation()
        self.branch = FakeBranch(self.operation)
        self.branch.logs = {step: f"{SECRET_URL}&step={step}" for step in steps or ("BUILD",)}
        self.asked: list[str] = []

    def of(
        self,
        job: JobRecord = BUILD_FAILED,
        log: str | Exception = LOG,
        most: int = 20,
        takes: float = 0,
    ) -> list[str]:
        """The lines that are shown, of a log that takes so many seconds to come."""
        self.branch.add(job)

        def download(url: str, settings: Settings) -> bytes:
            self.asked.append(url)
            self.operation.time += takes
            if isinstance(log, Exception):
                raise log
            return log.encode()

        explain(job, self.branch, self.operation, most, download)
        shown = "\n".join(self.operation.infos)
        assert "5ec7e7" not in shown
        return shown.splitlines()


def test_the_lines_that_matter_are_shown() -> None:
    """What stands above the verdict, and not what AWS does afterwards."""
    told = Told()
    assert told.of() == [
        "From the log of BUILD:",
        "  # Executing command: npm run build",
        "  error TS2304: Cannot find name 'x'.",
        "  !!! Build failed",
    ]
    assert len(told.operation.infos) == 1
    assert Told().of(most=1) == ["From the log of BUILD:", "  !!! Build failed"]


def test_a_log_without_a_cause_is_called_so() -> None:
    """Some failed builds have a log that names no error; an empty one is no log at all."""
    assert Told().of(log=QUIET) == [
        "The log of BUILD names no error. It ends with:",
        "  # Executing command: npm run build",
    ]
    assert Told().of(log="\n\n") == ["The log of BUILD is empty."]


@pytest.mark.parametrize("status", ["SUCCEED", "RUNNING", "CANCELLING"])
def test_only_a_failure_is_explained(status: str) -> None:
    """Of any other job nothing is read."""
    told = Told()
    assert told.of(a_job(status)) == []
    assert told.branch.asked == []


def test_no_lines_cost_no_call() -> None:
    """Who wants none pays for none."""
    told = Told()
    assert told.of(most=0) == []
    assert told.branch.asked == []


@pytest.mark.parametrize(
    ("job", "logs", "step"),
    [
        (failed(("BUILD", "FAILED")), ("BUILD",), "BUILD"),
        (failed(("BUILD", "SUCCEED"), ("DEPLOY", "FAILED")), ("BUILD", "DEPLOY"), "DEPLOY"),
        (failed(("BUILD", "FAILED"), ("DEPLOY", "CANCELLED")), ("BUILD", "DEPLOY"), "BUILD"),
        (failed(("BUILD", "CANCELLED"), status="CANCELLED"), ("BUILD",), "BUILD"),
        # All steps are green, and the job has failed.
        (failed(("BUILD", "SUCCEED"), ("DEPLOY", "SUCCEED")), ("BUILD", "DEPLOY"), "DEPLOY"),
        # The step that failed has no log.
        (failed(("BUILD", "SUCCEED"), ("DEPLOY", "FAILED")), ("BUILD",), "BUILD"),
    ],
)
def test_the_step_that_failed_tells(job: JobRecord, logs: tuple[str, ...], step: str) -> None:
    """The log that is read is that of the step that failed, if it has one."""
    told = Told(*logs)
    assert told.of(job)[0] == f"From the log of {step}:"
    assert told.asked == [f"{SECRET_URL}&step={step}"]


def test_a_job_without_a_log_is_said_so() -> None:
    """A job that fails at once has none."""
    told = Told()
    told.branch.logs = {}
    assert told.of() == ["AWS has no log of job 42."]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (LogUnavailable("its address has expired"), "its address has expired"),
        (LogUnavailable("no answer"), "no answer"),
    ],
)
def test_a_log_that_cannot_be_read_costs_a_sentence(error: Exception, words: str) -> None:
    """The failure itself is told in any case."""
    assert Told().of(log=error) == [f"The log of job 42 cannot be shown: {words}."]


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (DENIED, f"AWS refuses GetJob ({DENIED.code})"),
        (MISSING, f"GetJob failed ({MISSING.code})"),
        (UNCLEAR, f"GetJob failed ({UNCLEAR.code})"),
        (UNANSWERED, "AWS did not answer GetJob in time"),
        (RuntimeError(SECRET_URL), "it cannot be read"),
    ],
)
def test_a_job_that_cannot_be_read_costs_a_sentence(error: Any, reason: str) -> None:
    """Its record may be gone by now, or AWS away; a fault of our own loses no failure either."""
    told = Told()
    told.branch.fail("with_logs", error)
    assert told.of() == [f"The log of job 42 cannot be shown: {reason}."]


def test_a_secret_is_hidden_before_a_line_is_cut() -> None:
    """A part of it would not be known as one."""
    told = Told()
    told.operation.secret = "5ec7e75ec7e7" * 40
    line = f"2026-04-17T17:57:00.932Z [WARNING]: {'x' * 290} {told.operation.secret}\n"
    shown = told.of(log=line + LOG)
    assert f"  {'x' * 290} [secret]" in shown


def test_a_log_that_does_not_come_is_given_up() -> None:
    """After some seconds at most; nobody waits for what explains a failure that is known."""
    (line,) = Told().of(takes=MOST_SECONDS + 1)
    assert line == "The log of job 42 cannot be shown: its address did not answer in time."


def test_an_interrupted_command_shows_no_log() -> None:
    """Ctrl-C means: end now."""
    told = Told()
    told.operation.interrupt_at = 0
    assert told.of() == []
    assert told.branch.asked == []
