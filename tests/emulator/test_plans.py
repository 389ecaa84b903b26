"""Whatever the plans: jobs only go forward, and their parts fit together."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from amplify_job_resource._amplify.status import KNOWN_STATUSES
from amplify_job_resource.emulator import Control, Plan, world
from amplify_job_resource.emulator.jobs import ENDED, Job, Look
from amplify_job_resource.emulator.models import CONCURRENT_BUILDS, AmplifyBackend, amplify_backends
from hypothesis import given
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


def place(look: Look) -> int:
    """How far a job is."""
    return ORDER.index("ended" if look.ended else look.status)


def assert_follows(before: Look, after: Look) -> None:
    """The later look is one that can come after the earlier one."""
    assert place(before) <= place(after)
    if before.ended:
        assert after == before
    assert len(before.steps) <= len(after.steps)
    for earlier, later in zip(before.steps, after.steps, strict=False):
        assert (earlier.name, earlier.start_time) == (later.name, later.start_time)
        if earlier.end_time is not None:
            assert later == earlier


def assert_sound(look: Look, created_at: float, now: float) -> None:
    """The steps lie one behind the other within their job, and nothing lies in the future."""
    assert look.status in KNOWN_STATUSES
    assert (look.end_time is not None) is look.ended
    assert look.end_time is None or created_at <= look.end_time <= now
    edge = created_at
    for number, step in enumerate(look.steps):
        assert edge <= step.start_time <= now
        if step.end_time is None:
            assert (step.status, number) == ("RUNNING", len(look.steps) - 1)
        else:
            assert step.start_time <= step.end_time <= (look.end_time or now)
            edge = step.end_time
    if look.ended:
        assert all(step.end_time is not None for step in look.steps)
        good = [step.status for step in look.steps[:-1]]
        assert set(good) <= {"SUCCEED"}


@given(
    plan=PLANS,
    wait=SECONDS,
    stop=st.none() | st.floats(0, 1) | st.integers(0, 300).map(float),
    moments=st.lists(st.integers(0, 700).map(float) | st.floats(0, 700), min_size=2, max_size=20),
)
def test_a_job_is_a_function_of_plan_and_times(
    plan: Plan, wait: float, stop: float | None, moments: list[float]
) -> None:
    """At any moments, with a stop at any time: the looks follow each other and are sound."""
    job = Job(1, "1", "arn", "RELEASE", "HEAD", "", 0.0, START, plan)
    job.slot_at = job.ready_at + wait
    if stop is not None and START + stop < job.ends_at:
        job.stopped_at = START + stop
        if job.stopped_at < job.slot_at:
            job.slot_at = None
    times = sorted([START + moment for moment in moments] + [job.ends_at])
    looks = [job.look(now) for now in times]
    for look, now in zip(looks, times, strict=True):
        assert_sound(look, START, now)
    for before, after in pairwise(looks):
        assert_follows(before, after)
    assert looks[-1].status in ENDED
    assert looks[-1].status == ("CANCELLED" if job.stopped_at is not None else plan.outcome)


@given(plan=PLANS, stop=st.floats(0, 1))
def test_stopping_a_job_changes_nothing_that_was_seen(plan: Plan, stop: float) -> None:
    """What a look showed just before a StopJob follows into the look just after it."""
    job = Job(1, "1", "arn", "RELEASE", "HEAD", "", 0.0, START, plan)
    job.slot_at = job.ready_at
    now = START + stop * (job.ends_at - START)
    before = job.look(now)
    if before.ended:
        return
    job.stopped_at = now
    assert_follows(before, job.look(now))
    for step in job.look(now).steps[:-1]:
        assert step.status == "SUCCEED"


#: What happens to one of nine branches, and how many seconds pass then.
EVENTS = st.lists(
    st.tuples(st.sampled_from(("start", "stop", "push")), st.integers(0, 8), st.integers(0, 60)),
    max_size=40,
)


@given(plans=st.lists(PLANS, min_size=1, max_size=4), events=EVENTS)
def test_a_busy_account_is_sound(plans: list[Plan], events: list[tuple[str, int, int]]) -> None:
    """Through any starts, stops and pushes: at most five build, and each job only goes forward."""
    control = Control()
    control.reset()
    control.run(0)
    control.create_app(APP, [f"b{number}" for number in range(9)])
    backend: AmplifyBackend = amplify_backends["123456789012"]["us-east-1"]
    seen: dict[int, Look] = {}
    made: list[Job] = []

    def look_at_all() -> None:
        looks = {id(job): backend.look(job) for job in made}
        now = world.clock.now()
        for job in made:
            look = looks[id(job)]
            assert_sound(look, job.created_at, now)
            if id(job) in seen:
                assert_follows(seen[id(job)], look)
        building = [look for look in looks.values() if look.status in ("PROVISIONING", "RUNNING")]
        assert len(building) <= CONCURRENT_BUILDS
        seen.update(looks)

    for number, (event, branch, seconds) in enumerate(events):
        name = f"b{branch}"
        control.plan(APP, name, plans[number % len(plans)])
        _happen(backend, event, name, made)
        look_at_all()
        world.clock.advance(seconds)
        look_at_all()
    world.clock.advance(10**6)
    look_at_all()
    assert all(look.ended for look in seen.values())
    control.reset()


def _happen(backend: AmplifyBackend, event: str, name: str, made: list[Job]) -> None:
    active = backend.branch(APP, name).active(backend.settle())
    if event == "start" and not active:
        request: dict[str, Any] = {"jobType": "RELEASE"}
        made.append(backend.start_job(APP, name, request))
    elif event == "stop" and active:
        backend.stop_job(APP, name, active[0].job_id)
    elif event == "push":
        job = backend.push(APP, name, "a" * 40, "a push")
        if job not in made:
            made.append(job)
