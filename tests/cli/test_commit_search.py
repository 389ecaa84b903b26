"""`amplify-job wait --commit`: the job of a push, which the branch need not have yet."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from typing import Any

import pytest
from amplify_job_resource._amplify.records import JobRecord
from amplify_job_resource._follow.schedule import LONGEST_UNKNOWN
from amplify_job_resource._inputs.request import ReleaseRequest
from amplify_job_resource._inputs.words import JobType
from amplify_job_resource._start.git_build import GitBuild
from amplify_job_resource._values.pauses import MAX_INTERVAL
from amplify_job_resource.cli.commit_search import MAX_LISTED, follow_commit
from amplify_job_resource.cli.shell import SHELL, NoSuchJobYet
from amplify_job_resource.errors import (
    AccessDenied,
    JobFailed,
    NotFound,
    Unreachable,
    WaitTimeout,
    WrongCommit,
)

from tests.operations import URN, FakeOperation
from tests.unit.samples import a_job
from tests.unit.start.fakes import DENIED, MISSING, THROTTLED, UNCLEAR, UNREACHABLE, FakeBranch

WANTED, OTHER = "1f3c9e2" + "a" * 33, "8b02d4a" + "b" * 33
SHELL_URN = "urn:pulumi:shell::amplify-job::amplify:Job::d1a2/main"
HOUR = 3600.0


@pytest.fixture
def operation() -> FakeOperation:
    """A shell's operation, whose time is virtual."""
    return FakeOperation(urn=SHELL_URN, front=SHELL, records_failures=False)


@pytest.fixture
def branch(operation: FakeOperation) -> FakeBranch:
    """A branch whose newest job is an earlier one, which was good."""
    return FakeBranch(operation, pushed(41, "SUCCEED", OTHER))


def pushed(number: int, status: str, commit: str | None, **members: Any) -> JobRecord:
    return a_job(
        status, id=str(number), job_type=JobType.WEB_HOOK, reported_commit=commit, **members
    )


def released(
    number: int,
    status: str,
    *,
    urn: str = URN,
    commit: str = WANTED,
    message: str | None = None,
    reported: str = "HEAD",
) -> JobRecord:
    """A job that this package has started."""
    request = ReleaseRequest("d1a2", "main", commit_id=commit, commit_message=message)
    return a_job(
        status,
        id=str(number),
        job_type=JobType.RELEASE,
        reported_commit=reported,
        commit_message=GitBuild(urn, request).start_job_request()["commitMessage"],
    )


def wait(branch: FakeBranch, operation: FakeOperation, commit: str = WANTED) -> JobRecord:
    return follow_commit(commit, branch, operation, HOUR)


def test_the_job_of_a_push_need_not_be_there_yet(
    branch: FakeBranch, operation: FakeOperation
) -> None:
    """The wait does not end with the green job before the push; it ends with that of the push."""
    branch.add_at(pushed(42, "PENDING", WANTED), 20)
    branch.end(42, 300)
    job = wait(branch, operation)
    assert (job.number, job.status) == (42, "SUCCEED")
    assert 300 <= operation.time <= 300 + LONGEST_UNKNOWN
    assert operation.rows[0] == (
        0.0,
        "waiting 0s for a job that builds 1f3c9e2: job 41 SUCCEED reports 8b02d4a",
    )
    assert operation.infos == ["job 42 SUCCEED"]


def test_a_job_that_is_there_is_waited_for(branch: FakeBranch, operation: FakeOperation) -> None:
    """A job of the commit counts at once, also if it has ended, and also if newer ones have begun."""
    branch.add(pushed(42, "SUCCEED", WANTED))
    branch.add(pushed(43, "RUNNING", OTHER))
    assert wait(branch, operation).number == 42
    assert operation.time == 0


def test_the_newest_of_several_counts(branch: FakeBranch, operation: FakeOperation) -> None:
    """Where the commit was built again, how that went is what counts."""
    branch.add(pushed(42, "FAILED", WANTED))
    branch.add(pushed(43, "SUCCEED", WANTED))
    assert wait(branch, operation).number == 43
    branch.add(pushed(44, "FAILED", WANTED))
    with pytest.raises(JobFailed) as caught:
        wait(branch, operation)
    assert caught.value.job.number == 44


@pytest.mark.parametrize("spelled", [WANTED[:7], WANTED[:12].upper(), WANTED.upper()])
def test_a_short_sha_will_do(spelled: str, branch: FakeBranch, operation: FakeOperation) -> None:
    """A sha is the same commit in each of its spellings."""
    branch.add(pushed(42, "SUCCEED", WANTED))
    assert wait(branch, operation, spelled).number == 42


@pytest.mark.parametrize(
    ("commit", "reported"), [("v1.2", "v1.2"), ("xyz", "xyz"), ("release 2", "release 2")]
)
def test_other_text_is_compared_as_it_is(
    commit: str, reported: str, branch: FakeBranch, operation: FakeOperation
) -> None:
    """A text that is no sha is no beginning of one either."""
    branch.add(pushed(42, "SUCCEED", reported))
    branch.add(pushed(43, "SUCCEED", "abcdef1" + "0" * 33))
    assert wait(branch, operation, commit).number == 42
    assert operation.warnings == []


def test_a_sha_that_is_too_short_is_told(branch: FakeBranch, operation: FakeOperation) -> None:
    """Fewer than seven digits are a text, and whoever meant a sha reads that at once."""
    branch.add(pushed(42, "SUCCEED", WANTED[:6]))
    branch.add(pushed(43, "SUCCEED", WANTED))
    assert wait(branch, operation, WANTED[:6]).number == 42
    assert operation.warnings == [
        "1f3c9e has fewer than 7 digits, so it is compared as a text, not as a sha"
    ]


@pytest.mark.parametrize("reported", ["HEAD", None, ""])
def test_a_job_that_may_build_anything_is_never_taken(
    reported: str | None, branch: FakeBranch, operation: FakeOperation
) -> None:
    """A job that reports `HEAD`, or nothing, is not green for a commit, also if it began meanwhile."""
    branch.add(pushed(42, "SUCCEED", reported))
    branch.add_at(pushed(43, "RUNNING", reported, start_time=_ago(2 * HOUR + 320)), 30)
    branch.end(43, 200)
    with pytest.raises(NoSuchJobYet) as caught:
        wait(branch, operation)
    assert HOUR <= operation.time <= HOUR + MAX_INTERVAL
    said = "HEAD" if reported else "no commit"
    assert str(caught.value).splitlines() == [
        "no job of d1a2/main is known to build 1f3c9e2 after 1h00m of waiting, which is the timeout "
        "(--timeout).",
        "The branch's newest jobs:",
        f"  job 43 SUCCEED reports {said}, started 2h05m ago",
        f"  job 42 SUCCEED reports {said}",
        "  job 41 SUCCEED reports 8b02d4a",
        "AWS does not say what a job builds that reports HEAD. To wait for such a job: "
        "`amplify-job wait d1a2 main 43 --region eu-west-1`",
    ]
    assert any(
        row.endswith(f"job 43 RUNNING reports {said}, so AWS does not say what it builds")
        for _, row in operation.rows
    )


def test_what_aws_says_later_counts(branch: FakeBranch, operation: FakeOperation) -> None:
    """A job that reports `HEAD` at first and the commit later is the job of the commit."""
    branch.add(pushed(42, "PENDING", "HEAD"))
    branch.add_at(pushed(42, "SUCCEED", WANTED), 60)
    assert wait(branch, operation).number == 42


@pytest.mark.parametrize(
    ("urn", "message"), [(URN, None), (SHELL_URN, None), (SHELL_URN, "Autumn sale")]
)
def test_a_release_of_the_commit_counts(
    urn: str, message: str | None, branch: FakeBranch, operation: FakeOperation
) -> None:
    """What was started for the commit is known by its message, and it is said what that means."""
    branch.add(released(42, "SUCCEED", urn=urn, message=message))
    assert wait(branch, operation).number == 42
    assert operation.infos[0] == (
        "job 42 SUCCEED reports HEAD: it was started as a release of that commit, and builds what the "
        "branch's HEAD was then"
    )


@pytest.mark.parametrize(
    "job",
    [
        released(42, "SUCCEED", commit=OTHER),
        released(42, "SUCCEED", reported=OTHER),
        released(42, "SUCCEED", message=f"Build {WANTED}"),
        replace(released(42, "SUCCEED"), job_type=JobType.RETRY),
        pushed(42, "SUCCEED", "HEAD", commit_message=f"Release of {WANTED} by Pulumi: dev/site"),
    ],
    ids=["of another", "AWS says another", "with a message", "a retry", "somebody's message"],
)
def test_other_releases_do_not_count(
    job: JobRecord, branch: FakeBranch, operation: FakeOperation
) -> None:
    """AWS's word goes before ours, a retry builds HEAD anew, and a push may have any message."""
    branch.add(job)
    with pytest.raises(NoSuchJobYet):
        wait(branch, operation)


@pytest.mark.parametrize("outcome", ["SUCCEED", "FAILED"])
def test_a_later_push_that_takes_the_place_is_told(
    outcome: str, branch: FakeBranch, operation: FakeOperation
) -> None:
    """A queued job goes over to a later push: neither its green nor its red is that of the commit."""
    branch.add(pushed(42, "PENDING", WANTED))
    branch.add_at(pushed(42, "PENDING", OTHER), 5)
    branch.end(42, 60, outcome)
    with pytest.raises(WrongCommit) as caught:
        wait(branch, operation)
    assert (caught.value.wanted, caught.value.reported) == (WANTED, OTHER)
    assert str(caught.value) == (
        f"job 42 {outcome} reports 8b02d4a and no longer 1f3c9e2: before it began, a later push took "
        "the place of that commit."
    )


def test_a_branch_without_jobs_is_told(operation: FakeOperation) -> None:
    """Where nothing ever comes, the error says what the reason may be."""
    with pytest.raises(NoSuchJobYet) as caught:
        wait(FakeBranch(operation), operation)
    assert str(caught.value).splitlines()[1:] == [
        "The branch has no job.",
        "A push makes a job only where auto-build is on for the branch.",
    ]


def test_an_error_lists_a_few_jobs(operation: FakeOperation) -> None:
    """Of many jobs, the error has the newest ones."""
    jobs = [pushed(number, "SUCCEED", OTHER) for number in range(1, 40)]
    with pytest.raises(NoSuchJobYet) as caught:
        wait(FakeBranch(operation, *jobs), operation)
    assert str(caught.value).count("\n  job ") == MAX_LISTED
    assert "  job 39 " in str(caught.value)


def test_the_timeout_is_for_both_waits(branch: FakeBranch, operation: FakeOperation) -> None:
    """A job that came late is waited for no longer than the whole timeout."""
    branch.add_at(pushed(42, "RUNNING", WANTED), HOUR - 60)
    with pytest.raises(WaitTimeout):
        wait(branch, operation)
    assert operation.time <= HOUR + MAX_INTERVAL


def test_rows_are_few(branch: FakeBranch, operation: FakeOperation) -> None:
    """In a log, a wait of an hour is a line at each change, and one every half minute at most."""
    with pytest.raises(NoSuchJobYet):
        wait(branch, operation)
    assert len(operation.rows) <= 15 + HOUR / 30
    times = [time for time, _ in operation.rows]
    assert max(later - time for time, later in pairwise(times)) <= 45


def test_ctrl_c_ends_the_search(branch: FakeBranch, operation: FakeOperation) -> None:
    """Ctrl-C ends the wait for a job that is not there."""
    operation.interrupt_at = 15
    with pytest.raises(NoSuchJobYet, match="for a job that builds 1f3c9e2"):
        wait(branch, operation)


def test_aws_may_be_away_for_a_while(branch: FakeBranch, operation: FakeOperation) -> None:
    """Errors that pass do not end the search, and the row names them."""
    branch.fail("newest", THROTTLED, UNCLEAR, None, UNREACHABLE)
    branch.add_at(pushed(42, "SUCCEED", WANTED), 8)
    assert wait(branch, operation).number == 42
    assert "(AWS does not answer: ReadTimeoutError; trying again)" in operation.rows[1][1]


def test_errors_that_stay_end_the_search(branch: FakeBranch, operation: FakeOperation) -> None:
    """No network at all, and no permission, are said at once."""
    branch.fail("newest", UNREACHABLE)
    with pytest.raises(Unreachable):
        wait(branch, operation)
    branch.fail("newest", None, DENIED)
    with pytest.raises(AccessDenied):
        wait(branch, operation)
    assert operation.time < 5


def test_the_branch_may_be_as_new_as_the_push(branch: FakeBranch, operation: FakeOperation) -> None:
    """A branch that Amplify makes for the push has half a minute to appear; a typo ends after it."""
    branch.fail("newest", *[MISSING] * 5)
    branch.add_at(pushed(42, "SUCCEED", WANTED), 3)
    assert wait(branch, operation).number == 42
    branch.fail("newest", *[MISSING] * 1000)
    operation.time = 0
    with pytest.raises(NotFound):
        wait(branch, operation)
    assert 30 <= operation.time <= 40
    assert operation.rows[-1][1].endswith("for a job that builds 1f3c9e2: the branch is not there")
    with pytest.raises(NotFound):
        follow_commit(WANTED, branch, operation, operation.time)


def _ago(seconds: float) -> datetime:
    return datetime.now(timezone.utc) - timedelta(seconds=seconds)
