"""How the branch of a pending release is now: the line, and the reads behind it."""

from __future__ import annotations

import threading
from datetime import timedelta
from types import SimpleNamespace

import pytest
from amplify_job_resource._amplify.api import BranchApi
from amplify_job_resource._amplify.records import BranchRecord, JobRecord
from amplify_job_resource._preview import branch_report as module
from amplify_job_resource._preview.branch_report import branch_report, describe
from amplify_job_resource.errors import AccessDenied, AwsError, InvalidSettings

from tests.operations import FakeOperation
from tests.unit.samples import NOON, a_job
from tests.unit.start.fakes import DENIED, UNCLEAR, FakeBranch

NOW = NOON + timedelta(hours=1)
RUNNING = a_job("RUNNING", id="43", start_time=NOON + timedelta(minutes=57))
BUILT = a_job("SUCCEED", id="42", took=200)
FAILED = a_job("FAILED", id="41", took=10)
PLAIN = BranchRecord()


@pytest.mark.parametrize(
    ("newest", "branch", "problems", "line"),
    [
        ([], PLAIN, [], "not busy; no successful job yet"),
        ([FAILED], PLAIN, [], "not busy; no successful job yet"),
        (
            [BUILT],
            PLAIN,
            [],
            "not busy; last success: job 42, 1h00m ago; builds typically take 3m20s",
        ),
        (
            [RUNNING, FAILED, BUILT],
            PLAIN,
            [],
            "busy: job 43 RUNNING for 3m00s; last success: job 42, 1h00m ago; "
            "builds typically take 3m20s",
        ),
        # AWS may not say when a job began, and may send a status that is not known here.
        (
            [a_job("BRAND_NEW", id="43"), a_job("SUCCEED", id="42")],
            PLAIN,
            [],
            "busy: job 43 BRAND_NEW; last success: job 42",
        ),
        # Not more jobs are named than a line can take.
        (
            [a_job("PENDING", id=str(number)) for number in (9, 8, 7, 6)],
            None,
            [],
            "busy: job 9 PENDING; busy: job 8 PENDING; busy: job 7 PENDING; no successful job yet",
        ),
        # What is set for the branch.
        (
            [],
            BranchRecord(enable_auto_build=True, stage="PULL_REQUEST"),
            [],
            "not busy; no successful job yet; has auto-build enabled; is a pull-request preview",
        ),
        # What could not be read is said, and nothing is made up in its place.
        (
            None,
            BranchRecord(enable_auto_build=True),
            ["not you"],
            "has auto-build enabled; not you",
        ),
        ([], None, ["not you"], "not busy; no successful job yet; not you"),
        (None, None, ["not you", "nor you"], "not you; nor you"),
    ],
)
def test_a_branch_is_told_in_a_line(
    newest: list[JobRecord] | None, branch: BranchRecord | None, problems: list[str], line: str
) -> None:
    """Busy or not, last success, typical time, settings: as far as it could be read."""
    assert describe(newest, branch, problems, NOW) == f"looking ahead: {line}"


def a_branch() -> FakeBranch:
    """A branch that builds on push, with a job that tells no times."""
    branch = FakeBranch(FakeOperation(), a_job("RUNNING", id="43"))
    branch.settings = BranchRecord(enable_auto_build=True)
    return branch


def test_the_reads_are_jobs_and_settings() -> None:
    """One look at the jobs and one at the branch are all that is asked."""
    branch = a_branch()
    assert branch_report(lambda: branch) == (
        "looking ahead: busy: job 43 RUNNING; no successful job yet; has auto-build enabled"
    )
    assert branch.asked == ["newest", "branch"]


@pytest.mark.parametrize(
    ("call", "line"),
    [
        ("newest", "has auto-build enabled; {}"),
        ("branch", "busy: job 43 RUNNING; no successful job yet; {}"),
    ],
)
@pytest.mark.parametrize("error", [DENIED, UNCLEAR])
def test_a_read_that_fails_leaves_the_other(call: str, error: AwsError, line: str) -> None:
    """What is denied or not answered is left out, and AWS's words say so on the same line."""
    branch = a_branch()
    branch.fail(call, error)
    reason = str(error).splitlines()[0]
    assert branch_report(lambda: branch) == f"looking ahead: {line.format(reason)}"


def test_settings_that_cannot_be_used_are_told() -> None:
    """A preview does not fail for a look ahead that cannot even be begun."""

    def connect() -> BranchApi:
        raise InvalidSettings("there is no profile ci\nProfiles are: dev")

    assert branch_report(connect) == "looking ahead: there is no profile ci"


class Slow(FakeBranch):
    """A branch whose settings are not answered before `answer` is set; `asked_for` is set before."""

    def __init__(self) -> None:
        super().__init__(FakeOperation(), a_job("RUNNING", id="43"))
        self.asked_for = threading.Event()
        self.answer = threading.Event()

    def branch(self) -> BranchRecord:
        self.asked_for.set()
        assert self.answer.wait(60)
        return super().branch()


def test_a_slow_read_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """At the limit the line is made of what is there, and it says that more was not known."""
    branch = Slow()
    readers: list[threading.Thread] = []
    limits: list[float | None] = []

    class Reader(threading.Thread):
        """A thread whose time is up as soon as the slow read has begun."""

        def start(self) -> None:
            readers.append(self)
            super().start()

        def join(self, timeout: float | None = None) -> None:
            limits.append(timeout)
            assert branch.asked_for.wait(60)

    monkeypatch.setattr(module, "threading", SimpleNamespace(Thread=Reader))
    try:
        line = branch_report(lambda: branch, limit=90)
    finally:
        branch.answer.set()
        for reader in readers:
            threading.Thread.join(reader, 60)
    assert line == (
        "looking ahead: busy: job 43 RUNNING; no successful job yet; "
        "some of AWS's answers had not arrived after 1m30s"
    )
    assert limits == [90]
    assert [reader.daemon for reader in readers] == [True]


def test_a_slow_connection_is_given_up() -> None:
    """Where not even credentials come in time, the preview goes on with a line that says so."""
    connected = threading.Event()

    def connect() -> BranchApi:
        assert connected.wait(60)
        raise AccessDenied("asking", "AccessDeniedException", "too late to matter")

    before = set(threading.enumerate())
    try:
        line = branch_report(connect, limit=0)
    finally:
        connected.set()
        for reader in set(threading.enumerate()) - before:
            reader.join(60)
    assert line == "looking ahead: some of AWS's answers had not arrived after 0s"


def test_an_unforeseen_fault_is_told() -> None:
    """A fault of our own is named in the line, and does not end the preview."""

    def connect() -> BranchApi:
        raise KeyError("a bug")

    assert branch_report(connect) == "looking ahead: KeyError: 'a bug'"
