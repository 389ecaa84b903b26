"""The sentences about the start of a release."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import pytest
from amplify_job_resource._amplify.ids import BranchId
from amplify_job_resource._inputs.words import JobType
from amplify_job_resource._operation import PYTHON, Front
from amplify_job_resource._start import messages
from amplify_job_resource._values.commits import SECRET, Commit
from amplify_job_resource.errors import AccessDenied

from tests.unit.samples import a_job
from tests.unit.start.fakes import DENIED

BRANCH = BranchId("d1a2", "main")
OTHER_FRONT = Front(lambda key: key, "The next deployment", "timeouts")
NOTE = Path("/home/ann/.pulumi/note.json")
JOB = a_job("RUNNING", id="41")


def test_a_release_without_a_job_says_so() -> None:
    """The sentence has branch, reason and what comes next; the attributes carry the same."""
    error = messages.not_started(BRANCH, "timed out: it is busy", OTHER_FRONT, JOB)
    assert str(error) == (
        "no Amplify job was started for d1a2/main: timed out: it is busy\n"
        "Nothing is recorded. The next deployment tries again."
    )
    assert (error.branch, error.reason, error.blocking_job) == (
        BRANCH,
        "timed out: it is busy",
        JOB,
    )


@pytest.mark.parametrize(("denied", "permission"), [(None, ""), (DENIED, f"\n{DENIED.advice}")])
def test_an_unknown_start_leads_to_its_note(denied: AccessDenied | None, permission: str) -> None:
    """The sentence has the reason, what is missing, and how to start anew; the note is an attribute."""
    error = messages.start_unknown(BRANCH, "no answer", OTHER_FRONT, denied, NOTE)
    assert str(error) == (
        f"it is unknown whether an Amplify job was started for d1a2/main: no answer{permission}\n"
        "Nothing is recorded, and no second job is started on this machine until that is known. The "
        f"next deployment looks again. To start a new job regardless, delete the note {NOTE}"
    )
    assert (error.branch, error.reason, error.note) == (BRANCH, "no answer", NOTE)


def test_an_unknown_start_without_a_note_promises_nothing() -> None:
    """Where no note could be written, a second job is possible, and that is said."""
    error = messages.start_unknown(BRANCH, "no answer", PYTHON, None, None)
    assert str(error) == (
        "it is unknown whether an Amplify job was started for d1a2/main: no answer\n"
        "Nothing is recorded, and no note about it could be written. Look at the branch first. The "
        "next `pulumi up` may start a second job."
    )
    assert (error.branch, error.reason, error.note) == (BRANCH, "no answer", None)


@pytest.mark.parametrize(
    ("start_time", "since"),
    [(None, ""), (datetime(9999, 1, 1, tzinfo=timezone.utc), ", started 0s ago")],
)
def test_a_job_that_blocks_is_named_with_its_page_and_stop(
    start_time: datetime | None, since: str
) -> None:
    """A person at a busy branch sees which job it is, where to look at it, and how to stop it."""
    job = a_job("RUNNING", id="41", start_time=start_time)
    assert messages.blocked_by(job) == (
        f"the branch is busy: job 41 is RUNNING{since}\n"
        f"  console: {job.console_url}\n"
        f"  to stop it: {job.stop_command}"
    )


@pytest.mark.parametrize("status", ["CREATED", "PENDING"])
def test_a_deployment_that_waits_may_wait_in_vain(status: str) -> None:
    """Nobody may upload its files any more, which a person has to know who waits for it."""
    job = a_job(status, id="41", job_type=JobType.MANUAL)
    assert messages.blocked_by(job) == (
        f"the branch is busy: job 41 is {status}\n"
        "It may wait for files that nobody uploads any more: then stop it.\n"
        f"  console: {job.console_url}\n"
        f"  to stop it: {job.stop_command}"
    )


@pytest.mark.parametrize(("front", "name"), [(PYTHON, "on_busy"), (OTHER_FRONT, "onBusy")])
def test_who_stops_a_job_is_told_by_which_input(front: Front, name: str) -> None:
    """The line names the input as its user writes it."""
    assert messages.stopping(JOB, front) == f"stopping job 41, RUNNING ({name}=stop)"


def test_a_secret_commit_is_not_told_with_an_adopted_job() -> None:
    """The line about somebody else's job of the same commit keeps a secret."""
    line = messages.adopted(JOB, Commit("topsecret1", secret=True))
    assert line == f"job 41 (RUNNING) builds {SECRET}: used instead of a new job"


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (messages.waiting(100, JOB), "waiting 1m40s for job 41 RUNNING"),
        (messages.waited(100, JOB), "waited 1m40s for job 41"),
        (messages.resumed(JOB), "job 41 is this release and still active: resumed"),
        (
            messages.resumed_after_a_kill(JOB),
            "job 41 was started by an earlier run that was cut off: resumed",
        ),
        (
            messages.not_resumed(JOB, DENIED),
            f"an earlier run was cut off while it was starting job 41\nThen: {DENIED}",
        ),
        (
            messages.stopping_left_over(JOB),
            "job 41 was created for a deployment that was cut off, and never started: stopping it",
        ),
        (messages.not_uploaded(str(DENIED)), f"the files were not uploaded: {DENIED}"),
        (
            messages.taken_back("no", JOB),
            "no\nJob 41, which was created for it, was stopped.",
        ),
        (
            messages.left_behind("no", JOB),
            "no\nJob 41, which was created for it, could not be stopped, and blocks the branch until "
            f"it is. The next run on this machine stops it.\n  to stop it: {JOB.stop_command}",
        ),
        (
            messages.left_elsewhere(JOB),
            "job 41 of d1a2/main was created for a deployment that was cut off. If it still waits, it "
            f"blocks that branch.\n  to stop it: {JOB.stop_command}",
        ),
        (
            messages.may_wait_for_ever(JOB),
            "job 41 is a deployment that may wait for its files. If nobody uploads them any more, it "
            f"blocks the branch for hours.\n  to stop it: {JOB.stop_command}",
        ),
        (
            messages.has_no_effect("on_busy", DENIED),
            f"on_busy has no effect, since the branch's jobs cannot be listed: {DENIED}",
        ),
        (messages.answered_so_often(DENIED, 12), f"{DENIED}\nAWS answered this 12 times."),
        (
            messages.never_clear(DENIED, 3),
            f"{DENIED}\nAWS gave no clear answer 3 times, and the branch shows no job of this release",
        ),
        (
            messages.blocked_unseen(DENIED, DENIED),
            f"{DENIED}\nCould not determine which job blocks the branch: {DENIED}",
        ),
    ],
)
def test_each_line_reads_as_meant(line: str, text: str) -> None:
    """Rows, lines that stay and reasons are worded here, and nowhere else."""
    assert line == text
