"""For all plans: a job never goes back, and its parts fit together."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from amplify_job_resource._amplify.status import Status
from amplify_job_resource.emulator import Control, Plan, emulator_state
from amplify_job_resource.emulator.jobs import ENDED, Job, Snapshot
from amplify_job_resource.emulator.models import CONCURRENT_BUILDS, AmplifyBackend, amplify_backends
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.emulator.conftest import APP

SECONDS = st.integers(0, 40).map(float) | st.floats(0, 100)
PLANS = st.builds(
    Plan,
    created=SECONDS,
    pending=SECONDS,
    provisioning=SECONDS,
    build=SECONDS,
    deploy=SECONDS,
    verify=SECONDS,
    cancelling=SECONDS,
    outcome=st.sampled_from(("SUCCEED", "FAILED", "CANCELLED")),
    step=st.sampled_from(("BUILD", "DEPLOY", "VERIFY")),
)
ORDER = ("CREATED", "PENDING", "PROVISIONING", "RUNNING", "CANCELLING", "ended")
START = 1000.0


def progress(snapshot: Snapshot) -> int:
    """How far the job is, as an index of `ORDER`."""
    return ORDER.index("ended" if snapshot.ended else snapshot.status)


def assert_follows(before: Snapshot, after: Snapshot) -> None:
    """Fail unless `after` can come later than `before` for one job."""
    assert progress(before) <= progress(after)
    if before.ended:
        assert after == before
    assert len(before.steps) <= len(after.steps)
    for earlier, later in zip(before.steps, after.steps, strict=False):
        assert (earlier.name, earlier.start_time) == (later.name, later.start_time)
        if earlier.end_time is not None:
            assert later == earlier


def assert_sound(snapshot: Snapshot, created_at: float, now: float) -> None:
    """Fail unless steps follow each other within the job, and no time is later than `now`."""
    assert snapshot.status in set(Status)
    assert (snapshot.end_time is not None) is snapshot.ended
    assert snapshot.end_time is None or created_at <= snapshot.end_time <= now
    earliest = created_at
    for number, step in enumerate(snapshot.steps):
        assert earliest <= step.start_time <= now
        if step.end_time is None:
            assert (step.status, number) == ("RUNNING", len(snapshot.steps) - 1)
        else:
            assert step.start_time <= step.end_time <= (snapshot.end_time or now)
            earliest = step.end_time
    if snapshot.ended:
        assert all(step.end_time is not None for step in snapshot.steps)
        assert {step.status for step in snapshot.steps[:-1]} <= {"SUCCEED"}


@given(
    plan=PLANS,
    wait=SECONDS,
    stop=st.none() | st.floats(0, 1) | st.integers(0, 300).map(float),
    moments=st.lists(st.integers(0, 700).map(float) | st.floats(0, 700), min_size=2, max_size=20),
)
def test_a_job_is_a_function_of_plan_and_times(
    plan: Plan, wait: float, stop: float | None, moments: list[float]
) -> None:
    """Snapshots of any times, with a stop at any time, are sound and follow each other."""
    job = Job(1, "1", "arn", "RELEASE", "HEAD", "", 0.0, START, plan)
    job.slot_at = job.ready_at + wait
    if stop is not None and START + stop < job.ends_at:
        job.stopped_at = START + stop
        if job.stopped_at < job.slot_at:
            job.slot_at = None
    times = sorted([START + moment for moment in moments] + [job.ends_at])
    snapshots = [job.snapshot(now) for now in times]
    for snapshot, now in zip(snapshots, times, strict=True):
        assert_sound(snapshot, START, now)
    for before, after in pairwise(snapshots):
        assert_follows(before, after)
    assert snapshots[-1].status in ENDED
    assert snapshots[-1].status == ("CANCELLED" if job.stopped_at is not None else plan.outcome)


@given(plan=PLANS, stop=st.floats(0, 1))
def test_a_stop_changes_nothing_that_was_shown(plan: Plan, stop: float) -> None:
    """The snapshot just after StopJob can follow the one just before it."""
    job = Job(1, "1", "arn", "RELEASE", "HEAD", "", 0.0, START, plan)
    job.slot_at = job.ready_at
    now = START + stop * (job.ends_at - START)
    before = job.snapshot(now)
    assume(not before.ended)
    job.stopped_at = now
    assert_follows(before, job.snapshot(now))
    for step in job.snapshot(now).steps[:-1]:
        assert step.status == "SUCCEED"


#: Events: what happens, to which of nine branches, and how many seconds pass afterwards.
EVENTS = st.lists(
    st.tuples(st.sampled_from(("start", "stop", "push")), st.integers(0, 8), st.integers(0, 60)),
    max_size=40,
)


@given(plans=st.lists(PLANS, min_size=1, max_size=4), events=EVENTS)
def test_a_busy_account_is_sound(plans: list[Plan], events: list[tuple[str, int, int]]) -> None:
    """With any starts, stops and pushes, at most five jobs build, and no job goes back."""
    control = Control()
    control.reset()
    control.run(0)
    control.create_app(APP, [f"b{number}" for number in range(9)])
    backend: AmplifyBackend = amplify_backends["123456789012"]["us-east-1"]
    seen: dict[int, Snapshot] = {}
    made: list[Job] = []

    def check_all_jobs() -> None:
        snapshots = {id(job): backend.snapshot(job) for job in made}
        now = emulator_state.clock.now()
        for job in made:
            snapshot = snapshots[id(job)]
            assert_sound(snapshot, job.created_at, now)
            if id(job) in seen:
                assert_follows(seen[id(job)], snapshot)
        statuses = [snapshot.status for snapshot in snapshots.values()]
        building = [status for status in statuses if status in ("PROVISIONING", "RUNNING")]
        assert len(building) <= CONCURRENT_BUILDS
        seen.update(snapshots)

    for number, (event, branch, seconds) in enumerate(events):
        name = f"b{branch}"
        control.plan(APP, name, plans[number % len(plans)])
        _apply(backend, event, name, made)
        check_all_jobs()
        emulator_state.clock.advance(seconds)
        check_all_jobs()
    emulator_state.clock.advance(10**6)
    check_all_jobs()
    assert all(snapshot.ended for snapshot in seen.values())
    control.reset()


def _apply(backend: AmplifyBackend, event: str, name: str, made: list[Job]) -> None:
    active = backend.branch(APP, name).active(backend.assign_build_slots())
    if event == "start" and not active:
        request: dict[str, Any] = {"jobType": "RELEASE"}
        made.append(backend.start_job(APP, name, request))
    elif event == "stop" and active:
        backend.stop_job(APP, name, active[0].job_id)
    elif event == "push":
        job = backend.push(APP, name, "a" * 40, "a push")
        if job not in made:
            made.append(job)
