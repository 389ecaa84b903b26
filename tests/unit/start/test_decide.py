"""What follows from what a look at the branch has shown."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from amplify_job_resource._amplify.ids import JobId
from amplify_job_resource._amplify.records import JobRecord
from amplify_job_resource._amplify.status import Status
from amplify_job_resource._inputs.request import ReleaseRequest
from amplify_job_resource._inputs.words import OnBusy
from amplify_job_resource._start.decide import (
    WHEN_BUSY,
    Decision,
    Refuse,
    Start,
    Stop,
    Take,
    TakenAs,
    Wait,
    Why,
    decide,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.operations import URN
from tests.unit.samples import a_job
from tests.unit.start.fakes import an_upload

SHA = "1f3c9e2a77"
OTHER_SHA = "8b02d4a111"
THIS = an_upload()
EARLIER = an_upload(attempt="earlier")
OTHER_RELEASE = an_upload(files="files-0", attempt="earlier")
OTHER_RESOURCE = an_upload(urn=URN.replace("dev", "prod"), attempt="theirs")
WORKERS = {
    "this attempt": THIS,
    "an earlier attempt": EARLIER,
    "another release": OTHER_RELEASE,
    "another resource": OTHER_RESOURCE,
}

WAIT, ADOPT, STOP, FAIL = OnBusy.WAIT, OnBusy.ADOPT, OnBusy.STOP, OnBusy.FAIL
STARTED, RESUMED = TakenAs.STARTED, TakenAs.RESUMED
FINISHED, ADOPTED = TakenAs.FINISHED, TakenAs.ADOPTED

PUSH = a_job("RUNNING", id="9", reported_commit=OTHER_SHA)
SAME_COMMIT = a_job("RUNNING", id="9", reported_commit=SHA)
CANCELLING = a_job("CANCELLING", id="9", reported_commit=SHA)
OLDER = a_job("PENDING", id="8", reported_commit=OTHER_SHA)
BUILT = a_job("SUCCEED", id="9", reported_commit=SHA)
BUILT_OTHER = a_job("SUCCEED", id="9", reported_commit=OTHER_SHA)
BUILT_BEFORE = a_job("SUCCEED", id="8", reported_commit=SHA)
FAILED = a_job("FAILED", id="9", reported_commit=SHA)
OURS = EARLIER.job("RUNNING", id="9", reported_commit=SHA)
OURS_ENDED = THIS.job("FAILED", id="9")
OURS_BUILT = EARLIER.job("SUCCEED", id="9")
RECORDED = OTHER_RELEASE.job("SUCCEED", id="7")
OURS_OF_OTHER_INPUTS = OTHER_RELEASE.job("RUNNING", id="9", reported_commit=SHA)
THEIRS = OTHER_RESOURCE.job("RUNNING", id="9", reported_commit=SHA)


def decided(jobs: list[JobRecord], **given: Any) -> Decision:
    """The decision of `files-1`, at its first look unless something else is given."""
    asked = {
        "commit_id": given.pop("commit_id", SHA),
        "on_busy": given.pop("on_busy", WAIT),
        "skip_if_built": given.pop("skip_if_built", False),
    }
    request = ReleaseRequest("d1a2", "main", **asked)
    return decide(jobs, request, THIS, **{"sent": False, "resumes": True, **given})


@pytest.mark.parametrize(
    ("jobs", "given", "decision"),
    [
        # A free branch.
        ([], {}, Start()),
        ([BUILT, a_job("FAILED", id="8")], {}, Start()),
        ([], {"on_busy": FAIL}, Start()),
        ([OURS_ENDED], {}, Start()),
        # Somebody else's job is active: each policy has its way.
        ([PUSH], {"on_busy": WAIT}, Wait(PUSH)),
        ([PUSH], {"on_busy": ADOPT}, Wait(PUSH)),
        ([PUSH], {"on_busy": STOP}, Stop((PUSH,), PUSH)),
        ([PUSH], {"on_busy": FAIL}, Refuse(PUSH)),
        # The newest active job is the one that blocks, and `stop` stops all that go on.
        ([BUILT, OLDER], {}, Wait(OLDER)),
        ([PUSH, OLDER], {"on_busy": FAIL}, Refuse(PUSH)),
        ([PUSH, OLDER], {"on_busy": STOP}, Stop((PUSH, OLDER), PUSH)),
        # A job that is being stopped is busy, and is neither stopped again nor taken.
        ([CANCELLING], {"on_busy": WAIT}, Wait(CANCELLING)),
        ([CANCELLING], {"on_busy": ADOPT}, Wait(CANCELLING)),
        ([CANCELLING], {"on_busy": STOP}, Stop((), CANCELLING)),
        ([CANCELLING, OLDER], {"on_busy": STOP}, Stop((OLDER,), CANCELLING)),
        ([CANCELLING], {"on_busy": FAIL}, Refuse(CANCELLING)),
        # `adopt` and `skip_if_built` take an active job of exactly the commit.
        ([SAME_COMMIT], {"on_busy": ADOPT}, Take(SAME_COMMIT, ADOPTED)),
        ([SAME_COMMIT], {"skip_if_built": True}, Take(SAME_COMMIT, ADOPTED)),
        ([THEIRS], {"on_busy": ADOPT}, Take(THEIRS, ADOPTED)),
        ([SAME_COMMIT], {"on_busy": WAIT}, Wait(SAME_COMMIT)),
        ([SAME_COMMIT], {"on_busy": ADOPT, "commit_id": None}, Wait(SAME_COMMIT)),
        ([SAME_COMMIT], {"on_busy": ADOPT, "commit_id": SHA[:7]}, Take(SAME_COMMIT, ADOPTED)),
        ([SAME_COMMIT], {"on_busy": ADOPT, "commit_id": SHA[:6]}, Wait(SAME_COMMIT)),
        ([a_job(id="9")], {"on_busy": ADOPT, "commit_id": None}, Wait(a_job(id="9"))),
        # A job of this resource for other inputs has built with those, whatever its commit.
        ([OURS_OF_OTHER_INPUTS], {"on_busy": ADOPT}, Wait(OURS_OF_OTHER_INPUTS)),
        (
            [OURS_OF_OTHER_INPUTS],
            {"on_busy": FAIL, "skip_if_built": True},
            Refuse(OURS_OF_OTHER_INPUTS),
        ),
        # `skip_if_built` takes the newest success, and no older one.
        ([BUILT], {"skip_if_built": True}, Take(BUILT, ADOPTED)),
        ([FAILED, BUILT_BEFORE], {"skip_if_built": True}, Take(BUILT_BEFORE, ADOPTED)),
        ([PUSH, BUILT_BEFORE], {"skip_if_built": True}, Take(BUILT_BEFORE, ADOPTED)),
        ([BUILT_OTHER, BUILT_BEFORE], {"skip_if_built": True}, Start()),
        ([FAILED], {"skip_if_built": True}, Start()),
        ([BUILT], {"on_busy": ADOPT}, Start()),
        # An active job of an earlier run for this release is the one asked for, where that can be.
        ([OURS], {}, Take(OURS, RESUMED)),
        ([OURS], {"on_busy": FAIL}, Take(OURS, RESUMED)),
        ([OURS], {"on_busy": STOP}, Take(OURS, RESUMED)),
        ([OURS], {"recorded": RECORDED}, Take(OURS, RESUMED)),
        # One that is recorded, or older, is that of an earlier request.
        ([OURS], {"recorded": OURS}, Wait(OURS)),
        ([OURS], {"recorded": replace(RECORDED, id=a_job(id="10").id)}, Wait(OURS)),
        ([OURS], {"resumes": False}, Wait(OURS)),
        ([OURS], {"resumes": False, "on_busy": STOP}, Stop((OURS,), OURS)),
        ([replace(OURS, status="CANCELLING")], {}, Wait(replace(OURS, status="CANCELLING"))),
        ([PUSH, replace(OURS, id=OLDER.id)], {}, Take(replace(OURS, id=OLDER.id), RESUMED)),
        # So is a newer one than the recorded job that has succeeded: its run was cut off.
        ([OURS_BUILT], {"recorded": RECORDED}, Take(OURS_BUILT, FINISHED)),
        ([a_job("SUCCEED"), OURS_BUILT], {"recorded": RECORDED}, Take(OURS_BUILT, FINISHED)),
        ([OURS_BUILT], {"recorded": RECORDED, "on_busy": FAIL}, Take(OURS_BUILT, FINISHED)),
        ([OURS_BUILT], {}, Start()),
        ([OURS_BUILT], {"recorded": RECORDED, "sent": True}, Start()),
        ([OURS_BUILT], {"recorded": OURS_BUILT}, Start()),
        ([OURS_BUILT], {"recorded": replace(RECORDED, id=a_job(id="10").id)}, Start()),
        ([OURS_ENDED], {"recorded": RECORDED}, Start()),
        ([OURS_ENDED, replace(OURS_BUILT, id=OLDER.id)], {"recorded": RECORDED}, Start()),
        # Since then this resource was released for other inputs, or it was on another branch.
        ([OTHER_RELEASE.job("SUCCEED"), OURS_BUILT], {"recorded": RECORDED}, Start()),
        ([OURS_BUILT], {"recorded": replace(RECORDED, id=JobId("d1a2", "dev", "7"))}, Start()),
        # What this attempt has started is its job, also one that has ended.
        ([OURS_ENDED], {"sent": True}, Take(OURS_ENDED, STARTED)),
        ([OURS_ENDED], {"sent": True, "resumes": False}, Take(OURS_ENDED, STARTED)),
        ([EARLIER.job("FAILED", id="9")], {"sent": True}, Start()),
        # A status that is not known here is an active one.
        ([a_job("BRAND_NEW", id="9")], {}, Wait(a_job("BRAND_NEW", id="9"))),
    ],
)
def test_each_sight_has_its_decision(
    jobs: list[JobRecord], given: dict[str, Any], decision: Decision
) -> None:
    """From the jobs that were seen, the inputs and what was sent follows exactly one thing to do."""
    assert decided(jobs, **given) == decision


def test_each_policy_says_what_it_does() -> None:
    """No word of `on_busy` is without a row."""
    assert set(WHEN_BUSY) == set(OnBusy)


@st.composite
def branches(draw: st.DrawFn) -> list[JobRecord]:
    """Whatever a look may show, newest first: jobs of ours and of others, in any status."""
    jobs = []
    for number in range(draw(st.integers(0, 4)), 0, -1):
        status = draw(st.sampled_from([*Status, "BRAND_NEW"]))
        commit = draw(st.sampled_from([None, "HEAD", SHA, OTHER_SHA]))
        worker = draw(st.sampled_from([None, *WORKERS]))
        members: dict[str, Any] = {"id": str(number), "reported_commit": commit}
        jobs.append(WORKERS[worker].job(status, **members) if worker else a_job(status, **members))
    return jobs


ASKED = st.fixed_dictionaries(
    {
        "on_busy": st.sampled_from(OnBusy),
        "skip_if_built": st.booleans(),
        "commit_id": st.sampled_from([None, SHA]),
        "sent": st.booleans(),
        "resumes": st.booleans(),
        "recorded": st.none()
        | st.integers(0, 4).map(lambda number: OTHER_RELEASE.job("SUCCEED", id=str(number))),
    }
)


@given(branches(), ASKED)
def test_a_job_is_started_on_a_free_branch_only(
    jobs: list[JobRecord], asked: dict[str, Any]
) -> None:
    """Nothing is started beside an active job, and a free branch leads to a job in any case."""
    decision = decided(jobs, **asked)
    if all(job.has_ended for job in jobs):
        assert isinstance(decision, Start | Take)
    else:
        assert not isinstance(decision, Start)


@given(branches(), ASKED)
def test_only_active_jobs_block(jobs: list[JobRecord], asked: dict[str, Any]) -> None:
    """What is waited for, stopped or refused for is the newest active job of the branch."""
    decision = decided(jobs, **asked)
    if isinstance(decision, Wait | Stop | Refuse):
        assert decision.blocking == next(job for job in jobs if not job.has_ended)


@given(branches(), ASKED)
def test_only_stop_stops_and_never_twice(jobs: list[JobRecord], asked: dict[str, Any]) -> None:
    """`stop` stops every active job once: none that has ended, and none that is CANCELLING."""
    decision = decided(jobs, **asked)
    if isinstance(decision, Stop):
        assert asked["on_busy"] is STOP
        goes_on = [job for job in jobs if not job.has_ended and job.status != "CANCELLING"]
        assert list(decision.jobs) == goes_on


@given(branches(), ASKED)
def test_fail_never_waits(jobs: list[JobRecord], asked: dict[str, Any]) -> None:
    """`fail` takes, starts or refuses at once."""
    decision = decided(jobs, **{**asked, "on_busy": FAIL})
    assert isinstance(decision, Take | Start | Refuse)


@given(branches(), ASKED)
def test_each_way_to_take_a_job_has_its_bounds(
    jobs: list[JobRecord], asked: dict[str, Any]
) -> None:
    """A job is taken as started, resumed, finished or adopted only where it is that."""
    decision = decided(jobs, **asked)
    if not isinstance(decision, Take):
        return
    job = decision.job
    if decision.taken_as is STARTED:
        assert asked["sent"]
        assert job.arn == THIS.label
    if decision.taken_as is RESUMED:
        assert asked["resumes"]
        assert asked["recorded"] is None or asked["recorded"].number < job.number
        assert job.arn in (THIS.label, EARLIER.label)
    if decision.taken_as is FINISHED:
        assert not asked["sent"]
        assert job.status == "SUCCEED"
        assert job.arn in (THIS.label, EARLIER.label)
        assert asked["recorded"].number < job.number
    if decision.taken_as is ADOPTED:
        assert job.reported_commit == asked["commit_id"] == SHA
        assert asked["skip_if_built"] or (asked["on_busy"] is ADOPT and not job.has_ended)
    if decision.taken_as is not STARTED:
        assert job.status not in ("CANCELLING", "CANCELLED", "FAILED")


@given(branches(), ASKED)
def test_an_active_job_of_other_inputs_is_never_taken(
    jobs: list[JobRecord], asked: dict[str, Any]
) -> None:
    """What this resource is building for other inputs is not the release that is asked for."""
    decision = decided(jobs, **asked)
    if isinstance(decision, Take) and not decision.job.has_ended:
        assert decision.job.arn != OTHER_RELEASE.label


@pytest.mark.parametrize(
    ("on_busy", "then"), [(WAIT, WAIT), (ADOPT, WAIT), (STOP, STOP), (FAIL, FAIL)]
)
def test_a_changed_trigger_wants_a_job_of_its_own(on_busy: OnBusy, then: OnBusy) -> None:
    """What others build or have built had the old values, so nothing of it is taken."""
    request = ReleaseRequest("d1a2", "main", commit_id=SHA, on_busy=on_busy, skip_if_built=True)
    assert request.for_changed_triggers() == replace(request, on_busy=then, skip_if_built=False)


def test_a_finished_job_is_not_resumed_where_failures_are_not_recorded() -> None:
    """There it may be one that was followed to its end and was not good enough: a new one is due."""
    newer = THIS.job("SUCCEED", id="43")
    recorded = a_job("SUCCEED", id="42")
    assert decided([newer], recorded=recorded) == Take(newer, TakenAs.FINISHED)
    assert decided([newer], recorded=recorded, resumes_finished=False) == Start()


# --- what was made and is never started ----------------------------------------------------------


@pytest.mark.parametrize("policy", [WAIT, STOP, FAIL])
@pytest.mark.parametrize("sent", [False, True])
def test_what_is_left_over_is_stopped_under_each_policy(policy: OnBusy, sent: bool) -> None:
    """It is this resource's own, and in the way of every deployment; a job of others is left alone."""
    method = an_upload()
    method.left_over = frozenset({10})
    left = a_job("PENDING", id="10")
    found = decide(
        [left, PUSH],
        ReleaseRequest("d1a2", "main", on_busy=policy),
        method,
        sent=sent,
        resumes=True,
    )
    assert found == Stop((left,), left, Why.LEFT_OVER)


def test_what_is_left_over_and_is_being_stopped_is_waited_for() -> None:
    """A second StopJob would change nothing."""
    method = an_upload()
    method.left_over = frozenset({10})
    ending = a_job("CANCELLING", id="10")
    request = ReleaseRequest("d1a2", "main")
    assert decide([ending], request, method, sent=False, resumes=True) == Wait(ending)


def test_the_job_of_this_attempt_comes_before_what_is_left_over() -> None:
    """A job that is found late is the release; what waits beside it is no reason to lose it."""
    method = an_upload()
    method.left_over = frozenset({10})
    late = method.job("SUCCEED", id="9")
    request = ReleaseRequest("d1a2", "main")
    found = decide([a_job("PENDING", id="10"), late], request, method, sent=True, resumes=True)
    assert found == Take(late, STARTED)
