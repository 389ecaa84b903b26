"""The text of logs: its forms, how it grows, and what jobs log without a word of their plans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from amplify_job_resource.emulator import Plan
from amplify_job_resource.emulator.jobs import Job, Step
from amplify_job_resource.emulator.logs import has_log, log_of
from hypothesis import given
from hypothesis import strategies as st

#: 2026-04-17T17:57:00Z.
START = 1_776_448_620.0
QUICK = Plan(pending=0, provisioning=0, build=10, deploy=10, verify=10)


def job_of(**changes: Any) -> Job:
    """A job that begins to build at `START`; every step takes ten seconds."""
    plan = Plan.from_json(QUICK.to_json() | changes)
    arn = "arn:aws:amplify:us-east-1:123456789012:apps/d1a2b3c4/branches/a/b/jobs/0000000001"
    return Job(1, "1", arn, "RELEASE", "HEAD", "", 0.0, START, plan, slot_at=START)


def log(job: Job, step: str = "BUILD", at: float = 100.0) -> str | None:
    """The log of a step as it is `at` seconds after the start; the times shown are the clock's."""
    now = START + at
    found = {each.name: each for each in job.snapshot(now).steps}
    text = log_of(job, found[step], now, lambda reading: reading)
    return None if text is None else text.decode("utf-8", "surrogateescape")


def test_lines_have_the_form_of_awss() -> None:
    """Each entry of BUILD has a time and a level, and its further lines are below its text."""
    entries = ["npm ci", "[WARNING]: deprecated\n\nsee there", "[ERROR]: !!! Build failed", ""]
    assert log(job_of(build=2, logs={"BUILD": entries})) == (
        "2026-04-17T17:57:00.000Z [INFO]: npm ci\n"
        "2026-04-17T17:57:00.500Z [WARNING]: deprecated\n"
        "\n" + 36 * " " + "see there\n"
        "2026-04-17T17:57:01.000Z [ERROR]: !!! Build failed\n"
        "2026-04-17T17:57:01.500Z [INFO]: \n"
    )


def test_other_steps_have_a_form_of_their_own() -> None:
    """The times of DEPLOY have no milliseconds and no zone."""
    job = job_of(logs={"DEPLOY": "Starting Deployment\n[ERROR]: Failed to deploy\n"})
    assert log(job, "DEPLOY") == (
        "2026-04-17T17:57:10 [INFO]: Starting Deployment\n"
        "2026-04-17T17:57:15 [ERROR]: Failed to deploy\n"
    )


@pytest.mark.parametrize(
    "copied",
    [
        "2026-01-02T03:04:05.678Z [INFO]: a\n                                 b\nc\r d \x1b[31m\n",
        "2026-01-02T03:04:05 [INFO]: no bytes of UTF-8: \udcff\n",
    ],
)
def test_a_copy_of_a_log_stays_as_it_is(copied: str) -> None:
    """A log that begins with a time gets no other, whatever else is in it."""
    assert log(job_of(logs={"BUILD": copied})) == copied


@pytest.mark.parametrize("logs", [{"BUILD": ""}, {"BUILD": []}])
def test_a_log_can_be_empty(logs: Mapping[str, str | Sequence[str]]) -> None:
    """A step whose log is there can have logged nothing."""
    assert log(job_of(logs=logs)) == ""


def test_a_step_can_have_no_log() -> None:
    """None is no empty log; the other steps have theirs."""
    job = job_of(logs={"BUILD": None})
    assert log(job) is None
    assert log(job, "DEPLOY")
    assert [has_log(job.plan, step) for step in ("BUILD", "DEPLOY")] == [False, True]


def test_lines_appear_evenly() -> None:
    """Four lines of a step of ten seconds come every two and a half, the first at once."""
    job = job_of(logs={"BUILD": "a\nb\nc\nd"})
    seen = [(log(job, at=at) or "").count("\n") for at in (0, 2.4, 2.5, 5, 7.4, 7.5, 10, 100)]
    assert seen == [1, 1, 2, 3, 3, 4, 4, 4]


def test_a_stopped_step_keeps_what_was_there() -> None:
    """After StopJob nothing is logged, neither while the job is cancelled nor afterwards."""
    job = job_of(logs={"BUILD": "a\nb\nc\nd"}, cancelling=60)
    job.stopped_at = START + 6
    texts = {log(job, at=at) for at in (6, 9, 65, 1000)}
    assert len(texts) == 1
    assert [line[-1] for line in (texts.pop() or "").splitlines()] == ["a", "b", "c"]


def test_an_instant_job_has_whole_logs() -> None:
    """Steps that take no time have logged everything."""
    job = job_of(build=0, deploy=0, verify=0)
    assert (log(job, at=0) or "").endswith("[INFO]: # Environment caching completed\n\n\n")
    assert (log(job, "DEPLOY", 0) or "").endswith("[INFO]: Deployment complete\n")


def words(text: str | None) -> list[str]:
    """The lines of a log without their times."""
    return [line.partition(" ")[2] if line[:1] == "2" else line for line in text.splitlines()]  # type: ignore[union-attr]


def test_a_successful_job_logs_what_npm_does() -> None:
    """The build clones, installs, builds and packs, and no line is an error; then it is deployed."""
    job = job_of()
    build = words(log(job))
    for line in (
        "[INFO]: # Cloning repository: git@github.com:example/d1a2b3c4.git",
        33 * " " + "# Executing command: npm ci",
        33 * " " + "# Executing command: npm run build",
        33 * " " + "## Build completed successfully",
        '[INFO]: SSM params {"Path":"/amplify/d1a2b3c4/a/b/","WithDecryption":true}',
    ):
        assert line in build
    assert not [line for line in build if "[ERROR]" in line or "!!!" in line]
    assert words(log(job, "DEPLOY")) == [
        "[INFO]: Starting Deployment",
        "[INFO]: Updating Edge config",
        "[INFO]: Got archive: 7602706 bytes",
        "[INFO]: Deployment complete",
    ]
    assert len(words(log(job, "VERIFY"))) == 2


def test_a_failed_build_ends_as_awss_does() -> None:
    """The cause is in the tool's words, then come two errors, and what AWS does afterwards."""
    reason = "npm error code ELIFECYCLE\nnpm error errno 1"
    job = job_of(outcome="FAILED", status_reason=reason)
    assert words(log(job))[-8:] == [
        "[WARNING]: npm error code ELIFECYCLE",
        "[WARNING]: npm error errno 1",
        "[ERROR]: !!! Build failed",
        "[ERROR]: !!! Error: Command failed with exit code 1",
        "[INFO]: # Starting environment caching...",
        "[INFO]: # Environment caching completed",
        "",
        "",
    ]
    without = words(log(job_of(outcome="FAILED")))
    assert without[-7].startswith("[INFO]: src/App.tsx(12,9): error ")
    assert without[-6:] == words(log(job))[-6:]


@pytest.mark.parametrize("reason", [None, "no archive"])
def test_a_failed_deployment_says_little(reason: str | None) -> None:
    """DEPLOY says that it has failed, and the reason if the plan has one; BUILD was a success."""
    job = job_of(outcome="FAILED", step="DEPLOY", status_reason=reason)
    assert words(log(job, "DEPLOY"))[2:] == [
        *([f"[INFO]: {reason}"] if reason else []),
        "[ERROR]: Failed to deploy",
    ]
    assert "Build completed successfully" in (log(job) or "")
    verify = job_of(outcome="FAILED", step="VERIFY", status_reason=reason)
    assert words(log(verify, "VERIFY"))[-1] == "[ERROR]: Failed to verify"


@pytest.mark.parametrize("step", ["BUILD", "DEPLOY", "VERIFY"])
def test_a_step_that_does_not_end_by_itself_just_stops(step: Any) -> None:
    """A step that hangs, and one that AWS cancels, have no last words but the reason."""
    whole = words(log(job_of(), step))
    hanging = words(log(job_of(stuck="RUNNING", step=step), step))
    assert hanging == whole[: len(hanging)]
    assert len(hanging) < len(whole)
    cancelled = words(log(job_of(outcome="CANCELLED", step=step, status_reason="none"), step))
    assert cancelled[:-1] == whole[: len(cancelled) - 1]
    assert cancelled[-1] == "[INFO]: none"


LOGS = st.none() | st.fixed_dictionaries(
    {}, optional={"BUILD": st.lists(st.text(max_size=5), max_size=9), "DEPLOY": st.just("a\nb")}
)


@given(
    plan=st.fixed_dictionaries(
        {
            "build": st.floats(0, 60),
            "deploy": st.floats(0, 60),
            "outcome": st.sampled_from(("SUCCEED", "FAILED", "CANCELLED")),
            "step": st.sampled_from(("BUILD", "DEPLOY", "VERIFY")),
            "status_reason": st.none() | st.text(max_size=20),
        }
    ),
    logs=LOGS,
    moments=st.lists(st.floats(0, 150), min_size=2, max_size=10),
    stop=st.none() | st.floats(0, 150),
)
def test_a_log_only_grows(
    plan: dict[str, Any],
    logs: dict[str, Any] | None,
    moments: list[float],
    stop: float | None,
) -> None:
    """What was read once stays the beginning, whatever happens to the job; an ended step is whole."""
    job = job_of(**plan, logs=logs)
    seen: dict[str, bytes] = {}
    ended: dict[str, Step] = {}
    for moment in sorted(moments):
        now = START + moment
        if stop is not None and moment >= stop and not job.ended(now) and job.stopped_at is None:
            job.stopped_at = now
        for step in job.snapshot(now).steps:
            text = log_of(job, step, now, lambda reading: reading)
            assert text is not None
            assert text.startswith(seen.get(step.name, b""))
            if step.name in ended:
                assert text == seen[step.name]
            seen[step.name] = text
            if step.end_time is not None:
                ended[step.name] = step


@pytest.mark.parametrize(
    ("logs", "words"),
    [
        ({"TEST": "a"}, "a log is that of one of BUILD, DEPLOY, VERIFY, not of 'TEST'"),
        ({"BUILD": 7}, "the log of BUILD is no text"),
        ({"BUILD": [7]}, "the log of BUILD is no text"),
        ({"BUILD": "\ud800"}, "the log of BUILD is no text"),
    ],
)
def test_a_wrong_log_is_refused(logs: Any, words: str) -> None:
    """A misspelt step or what no file can hold is an error of the plan."""
    with pytest.raises(ValueError, match=words):
        Plan(logs=logs)


def test_logs_travel_as_json() -> None:
    """The plan that a server gets has the same logs, and a plan stays hashable."""
    plan = Plan(logs={"BUILD": "a\nb\n", "DEPLOY": ["a", "b\nc"], "VERIFY": None})
    assert plan.logs == {"BUILD": ("a", "b"), "DEPLOY": ("a", "b\nc"), "VERIFY": None}
    assert Plan.from_json(plan.to_json()) == plan
    assert len({plan, Plan(), Plan()}) == 2
