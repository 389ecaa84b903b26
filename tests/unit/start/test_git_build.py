"""A build of a connected branch: what is sent, and which jobs are known again by it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from amplify_job_resource._amplify.records import BranchRecord, JobRecord
from amplify_job_resource._inputs.request import JOB_INPUTS, ReleaseRequest
from amplify_job_resource._inputs.words import JobType
from amplify_job_resource._start.git_build import GitBuild
from amplify_job_resource._start.notes import MAX_MESSAGE, Note
from amplify_job_resource._start.trailers import Trailer, default_message, with_trailers
from amplify_job_resource.errors import NotStarted

from tests.operations import URN, FakeOperation
from tests.unit.samples import NOON, a_job
from tests.unit.start.fakes import FakeBranch, keep_nothing

REQUEST = ReleaseRequest("d1a2", "main", commit_id="1f3c9e2a77", commit_message="Fix the header")
RETRY = ReleaseRequest("d1a2", "main", job_type=JobType.RETRY, source_job_id="3")
OTHER_URN = URN.replace("dev", "prod")


def message_of(build: GitBuild, attempt: str | None = None) -> str:
    """The message of a job that an attempt at a build's release has started."""
    return with_trailers("Fix the header", build.trailer, attempt or build.attempt)


THIS = GitBuild(URN, REQUEST)
OTHER_RELEASE = GitBuild(URN, replace(REQUEST, commit_id="8b02d4a111"))
OTHER_RESOURCE = GitBuild(OTHER_URN, REQUEST)


# --- what is sent --------------------------------------------------------------------------------


def test_every_input_that_startjob_takes_is_sent() -> None:
    """All members come from their inputs; app and branch are the API client's to add."""
    request = replace(RETRY, commit_id="1f3c9e2a77", commit_time=NOON, job_reason="a ticket")
    build = GitBuild(URN, replace(request, commit_message=" Fix the header\n"))
    members = build.start_job_request()
    assert members == {
        "jobType": "RETRY",
        "jobId": "3",
        "jobReason": "a ticket",
        "commitId": "1f3c9e2a77",
        "commitMessage": message_of(build),
        "commitTime": NOON,
    }
    assert set(members) == set(JOB_INPUTS.members) - {"appId", "branchName"}


def test_what_is_not_asked_for_is_not_sent() -> None:
    """AWS's own defaults hold where an input was left out."""
    assert set(GitBuild(URN, ReleaseRequest("d1a2", "main")).start_job_request()) == {
        "jobType",
        "commitMessage",
    }


@pytest.mark.parametrize("message", [None, "", " \n"])
def test_without_a_message_the_release_says_what_it_is(message: str | None) -> None:
    """The console's line is made from the request where the user gave none."""
    build = GitBuild(URN, replace(REQUEST, commit_message=message))
    assert build.start_job_request()["commitMessage"] == with_trailers(
        default_message(URN, REQUEST), build.trailer, build.attempt
    )


def test_the_same_release_is_known_by_its_trailer_and_each_attempt_by_its_name() -> None:
    """Two runs of one request carry the same trailer and names of their own."""
    again = GitBuild(URN, REQUEST)
    assert again.trailer == THIS.trailer == Trailer.of(URN, REQUEST)
    assert again.attempt != THIS.attempt


def test_a_build_is_sent_once() -> None:
    """`send` is one StartJob with the members above, and its job is known again."""
    branch = FakeBranch(FakeOperation())
    job = THIS.send(branch, keep_nothing)
    assert branch.requests == [THIS.start_job_request()]
    assert THIS.started(job, THIS.attempt)


def test_what_cannot_be_built_is_refused_before() -> None:
    """The preflight of a build looks at the app, the branch and the job that it repeats."""
    branch = FakeBranch(FakeOperation())
    branch.repository = None
    with pytest.raises(NotStarted):
        THIS.preflight(branch, FakeOperation(), deadline=60)
    assert branch.begun == []


# --- the note ------------------------------------------------------------------------------------


def test_a_note_has_all_that_the_next_run_needs() -> None:
    """Trailer, attempt, the newest job before it, the user's message, and the commit."""
    expected = Note(str(THIS.trailer), THIS.attempt, 41, "Fix the header", commit=REQUEST.commit_id)
    assert THIS.note(41) == expected


def test_secrets_are_noted_as_such() -> None:
    """What is a secret is known to this run, and is not for the disk."""
    secrets = frozenset({"commitMessage", "commitId"})
    note = GitBuild(URN, replace(REQUEST, secret_inputs=secrets)).note(41)
    assert (note.message, note.commit) == ("Fix the header", REQUEST.commit_id)
    assert note.secret_inputs == secrets


def test_a_note_is_known_by_its_release() -> None:
    """A note of an earlier attempt at this release counts, one of another release does not."""
    assert THIS.wrote(GitBuild(URN, REQUEST).note(None))
    assert not THIS.wrote(OTHER_RELEASE.note(None))
    assert not THIS.wrote(OTHER_RESOURCE.note(None))


@pytest.mark.parametrize(
    ("then", "now", "current"),
    [
        (NOON, NOON, True),
        (NOON, NOON + timedelta(seconds=1), False),
        (NOON + timedelta(seconds=1), NOON, True),
        (None, NOON, True),
        (NOON, None, True),
    ],
)
def test_a_note_of_an_earlier_branch_is_of_no_use(
    then: datetime | None, now: datetime | None, current: bool
) -> None:
    """A branch that was created again has none of the jobs of the one before."""
    branch = FakeBranch(FakeOperation())
    branch.settings = BranchRecord(create_time=now)
    this = GitBuild(URN, REQUEST)
    this.preflight(branch, FakeOperation(), deadline=60)
    note = replace(THIS.note(41), branch_created=then)
    assert this.is_current(note) is current
    assert this.wrote(note) is current
    assert this.note(41).branch_created == now


@pytest.mark.parametrize(("earlier", "later"), [(7, 40), (40, 7), (9, 12), (12, 9)])
def test_a_note_of_the_same_commit_in_another_spelling_is_known(earlier: int, later: int) -> None:
    """A shallow clone abbreviates shorter than a full one: it is the same release all the same."""
    sha = "a1f3c9e2a77b0c1d2e3f4a5b6c7d8e9f0a1b2c3d"
    noted = GitBuild(URN, replace(REQUEST, commit_id=sha[:earlier])).note(41)
    this = GitBuild(URN, replace(REQUEST, commit_id=sha[:later].upper()))
    assert this.wrote(noted)
    assert not this.wrote(replace(noted, commit="b" * 40, trailer="0" * 32))
    other = GitBuild(URN, replace(REQUEST, commit_id=sha[:later], triggers={"a": 2}))
    assert not other.wrote(noted)


def test_an_active_job_of_a_shorter_spelling_is_this_release() -> None:
    """A job that another machine has started with fewer digits of the commit is not another one."""
    sha = "a1f3c9e2a77b0c1d2e3f4a5b6c7d8e9f0a1b2c3d"
    short = GitBuild(URN, replace(REQUEST, commit_id=sha[:8]))
    full = GitBuild(URN, replace(REQUEST, commit_id=sha))
    job = a_job(commit_message=message_of(short))
    assert full.is_this_release(job)
    assert not full.is_other_release(job)


# --- whose a job is ------------------------------------------------------------------------------

NOBODYS = {"started": False, "is_this_release": False, "is_other_release": False, "is_noted": False}


@pytest.mark.parametrize(
    ("message", "told", "owned"),
    [
        (message_of(THIS), {"started": True, "is_this_release": True, "is_noted": True}, True),
        (message_of(THIS, "0a0a0a0a"), {"is_this_release": True, "is_noted": True}, True),
        (message_of(OTHER_RELEASE), {"is_other_release": True}, True),
        # Each attempt has a name of its own; its commit may have been written longer.
        (
            message_of(OTHER_RELEASE, THIS.attempt),
            {"started": True, "is_other_release": True},
            True,
        ),
        (message_of(OTHER_RESOURCE), {}, False),
        (message_of(OTHER_RESOURCE, THIS.attempt), {}, False),
        ("a push", {}, False),
        (f"Revert\n\n{message_of(THIS)}\n\nsince it was wrong", {}, False),
        # Where AWS gives no message back, a job does not say that it is somebody else's.
        (None, {"is_noted": True}, True),
        ("", {"is_noted": True}, True),
    ],
    ids=[
        "this attempt",
        "an earlier attempt",
        "another release",
        "another release by that attempt",
        "another resource",
        "another resource by that attempt",
        "a push",
        "a quotation",
        "no message",
        "an empty message",
    ],
)
def test_a_message_tells_whose_a_job_is(
    message: str | None, told: dict[str, bool], owned: bool
) -> None:
    """By its trailers a job is of this attempt, this release, this resource, or somebody else's."""
    job = a_job(commit_message=message, job_type=JobType.RELEASE)
    assert {
        "started": THIS.started(job, THIS.attempt),
        "is_this_release": THIS.is_this_release(job),
        "is_other_release": THIS.is_other_release(job),
        "is_noted": THIS.is_noted(job, THIS.note(None)),
    } == {**NOBODYS, **told}
    assert GitBuild.owns(job, URN) is owned


@pytest.mark.parametrize(
    ("job_type", "owned"),
    [
        (JobType.RELEASE, True),
        (JobType.RETRY, True),
        (None, True),
        (JobType.WEB_HOOK, False),
        (JobType.MANUAL, False),
    ],
)
def test_what_a_push_or_an_upload_has_started_is_never_ours(
    job_type: JobType | None, owned: bool
) -> None:
    """A job without a message may be stopped unless its kind says that it is somebody else's."""
    assert GitBuild.owns(a_job(job_type=job_type), URN) is owned


# --- a job that does not say who started it ------------------------------------------------------


def unclear_job(**members: Any) -> JobRecord:
    """Job 42, as AWS may show a RELEASE of ours."""
    return a_job(**{"job_type": JobType.RELEASE, **members})


@pytest.mark.parametrize(
    ("job", "may_be"),
    [
        # AWS gave back no message, or only the begin of it.
        (unclear_job(), True),
        (unclear_job(commit_message=""), True),
        (unclear_job(commit_message="Fix"), True),
        (unclear_job(commit_message="Fix…"), True),
        (unclear_job(commit_message="Fix ..."), True),
        (unclear_job(commit_message="Fix the header"), True),
        (unclear_job(commit_message="Fix  the\nheader\n\nPulumi-Attempt: 0a"), True),
        (unclear_job(job_type=None), True),
        # It says that it is another one.
        (unclear_job(commit_message="Fix the footer"), False),
        (unclear_job(commit_message=message_of(THIS, "0a0a0a0a")), False),
        (unclear_job(commit_message=message_of(OTHER_RESOURCE)), False),
        (unclear_job(job_type=JobType.WEB_HOOK), False),
        (unclear_job(job_type=JobType.MANUAL), False),
        # It was there before.
        (unclear_job(id="41"), False),
        (unclear_job(id="9"), False),
    ],
)
def test_a_job_without_trailers_may_be_ours(job: JobRecord, may_be: bool) -> None:
    """A newer job of the right kind, whose message begins like ours, leaves doubt; others do not."""
    assert THIS.may_be(job, THIS.note(41)) is may_be


def test_where_nothing_could_be_listed_before_any_job_may_be_ours() -> None:
    """Without a number to compare with, an old job leaves doubt as well."""
    assert THIS.may_be(unclear_job(id="1"), THIS.note(None))


def test_a_note_is_compared_as_far_as_it_goes() -> None:
    """A note holds the begin of a long message, and nothing of a secret one: both leave doubt."""
    build = GitBuild(URN, replace(REQUEST, commit_message="m" * 10 * MAX_MESSAGE))
    kept = Note.from_json(build.note(41).to_json())
    assert build.may_be(unclear_job(commit_message="m" * 5 * MAX_MESSAGE), kept)
    assert not build.may_be(unclear_job(commit_message="n"), kept)
    assert build.may_be(unclear_job(commit_message="anything"), replace(kept, message=""))


def test_the_begin_of_a_message_that_had_to_be_cut_is_enough() -> None:
    """A release shortens the longest messages, and AWS may cut them once more."""
    build = GitBuild(URN, replace(REQUEST, commit_message="m" * 10_000))
    sent: str = build.start_job_request()["commitMessage"]
    assert build.may_be(unclear_job(commit_message=sent[:-20]), build.note(41))


@pytest.mark.parametrize(
    ("job_type", "may_be"),
    [(JobType.RETRY, True), (JobType.RELEASE, False), (JobType.WEB_HOOK, False), (None, False)],
)
def test_a_retry_may_show_the_message_of_another_job(job_type: JobType, may_be: bool) -> None:
    """Should AWS give a RETRY the message of the job that it repeats, only its kind tells."""
    build = GitBuild(URN, RETRY)
    job = a_job(job_type=job_type, commit_message=message_of(OTHER_RESOURCE))
    assert build.may_be(job, build.note(41)) is may_be
    assert not build.may_be(replace(job, id=a_job(id="41").id), build.note(41))


def test_a_retry_that_shows_our_message_is_another_job() -> None:
    """Somebody who retries a job in the console starts no job of a release that asks for a build."""
    job = a_job(commit_message=message_of(THIS), job_type=JobType.RETRY)
    assert not THIS.is_this_release(job)
    assert THIS.is_other_release(job)
    retry = GitBuild(URN, replace(REQUEST, job_type=JobType.RETRY, source_job_id="3"))
    own = a_job(commit_message=message_of(retry), job_type=JobType.RETRY)
    assert retry.is_this_release(own)


def test_each_job_that_startjob_makes_is_started() -> None:
    """So none is left over, nothing is missing in one that is resumed, and notes tell nothing more."""
    branch = FakeBranch(FakeOperation())
    THIS.recall([THIS.note(41)])
    for status in ("PENDING", "RUNNING"):
        job = a_job(status, commit_message=message_of(THIS))
        assert not THIS.is_left_over(job)
        assert THIS.resume(job, branch) == job
    assert not THIS.leaves_job
    assert THIS.note(41).may_have_begun
    assert branch.asked == []
