"""The bag that Pulumi keeps."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from amplify_job_resource._amplify.records import JobRecord, Step
from amplify_job_resource._inputs.request import JOB_INPUTS
from amplify_job_resource._inputs.secrets import SECRET_INPUTS
from amplify_job_resource._state import OUTPUTS, properties_of, recorded_job, recorded_region
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.samples import NOON, a_job

ARN = "arn:aws:amplify:eu-west-1:123456789012:apps/d1a2/branches/main/jobs/0000000042"
INPUT_BAG = {"appId": "d1a2", "branchName": "main", "jobType": "RELEASE", "region": "eu-west-1"}

TIMES = st.none() | st.integers(0, 10**6).map(lambda seconds: NOON + timedelta(seconds=seconds))
STEPS = st.builds(
    Step,
    name=st.sampled_from(["BUILD", "DEPLOY"]),
    status=st.sampled_from(["RUNNING", "SUCCEED", "FAILED"]),
    start_time=TIMES,
    end_time=TIMES,
    status_reason=st.none() | st.text(min_size=1),
)
JOBS = st.builds(
    lambda status, **members: a_job(status, arn=ARN, job_type="RELEASE", **members),
    st.sampled_from(["PENDING", "RUNNING", "SUCCEED", "FAILED", "BRAND_NEW"]),
    reported_commit=st.none() | st.text(min_size=1, max_size=40),
    start_time=TIMES,
    end_time=TIMES,
    steps=st.lists(STEPS, max_size=3).map(tuple),
)


@given(JOBS, st.booleans())
def test_a_job_comes_back_from_its_bag(job: JobRecord, adopted: bool) -> None:
    """What is written to state is read back as the same job, and is JSON that has no nulls in steps."""
    bag = properties_of(INPUT_BAG, job, adopted=adopted)
    travelled = json.loads(json.dumps(bag))
    assert recorded_job(job.id, travelled) == job
    assert travelled["adopted"] is adopted
    assert travelled["durationSeconds"] == job.duration_seconds
    assert all(value is not None for step in travelled["steps"] for value in step.values())


@given(JOBS)
def test_the_bag_has_the_known_keys_only(job: JobRecord) -> None:
    """All inputs that were given and every output: no more, and nothing of an older bag."""
    old = {**INPUT_BAG, "jobId": "7", "status": "FAILED", "__provider": "x", "logUrl": "x"}
    bag = properties_of(old, job, adopted=False)
    assert set(bag) == set(INPUT_BAG) | set(OUTPUTS.values())
    assert (bag["jobId"], bag["status"]) == ("42", job.status)


def test_every_input_is_kept() -> None:
    """An input of any kind survives in the bag, false ones too; those that are None are left out."""
    inputs: dict[str, Any] = dict.fromkeys(JOB_INPUTS.keys.values(), False)
    bag = properties_of({**inputs, SECRET_INPUTS: ["commitId"]}, a_job(), adopted=False)
    assert {key: bag[key] for key in inputs} == inputs
    assert bag[SECRET_INPUTS] == ["commitId"]
    assert "commitId" not in properties_of({**inputs, "commitId": None}, a_job(), adopted=False)


def test_no_signed_address_is_kept() -> None:
    """The one address in a bag is the console's: who holds a signed one can read the build log."""
    step = Step("BUILD", "FAILED", NOON, NOON, "exit 1")
    text = json.dumps(
        properties_of(INPUT_BAG, a_job("FAILED", took=3, steps=(step,)), adopted=False)
    )
    assert text.count("http") == 1
    assert "https://eu-west-1.console.aws.amazon.com/amplify/" in text
    assert "X-Amz" not in text


def test_times_are_rfc_3339() -> None:
    """Times stand in the bag as text in UTC, and the duration as seconds."""
    bag = properties_of(INPUT_BAG, a_job("SUCCEED", took=90.5), adopted=False)
    assert bag["startTime"] == "2026-11-25T12:00:00Z"
    assert bag["endTime"] == "2026-11-25T12:01:30.500000Z"
    assert bag["durationSeconds"] == 90.5


def test_a_bag_of_little_is_a_job() -> None:
    """Keys that are not there, or were dropped as None, mean that nothing is known."""
    job = recorded_job(a_job().id, {"status": "RUNNING", "steps": [{}]})
    assert (job.status, job.start_time, job.region) == ("RUNNING", None, None)
    assert job.steps == (Step("?", "UNKNOWN"),)
    assert recorded_job(a_job().id, {}).has_ended is False


def test_the_region_of_a_recorded_job_is_that_of_its_arn() -> None:
    """Today's settings do not move a job that exists; without an ARN the bag's region counts."""
    assert recorded_region({"jobArn": ARN, "region": "us-east-1"}) == "eu-west-1"
    assert recorded_region({"region": "us-east-1"}) == "us-east-1"
    assert recorded_region({}) is None


def test_names_and_keys_pair_up() -> None:
    """No output shares its name or key with an input, nor with what Pulumi reserves."""
    assert not set(OUTPUTS) & set(JOB_INPUTS.keys)
    assert not set(OUTPUTS.values()) & set(JOB_INPUTS.keys.values())
    assert not {"id", "urn"} & {
        *OUTPUTS,
        *OUTPUTS.values(),
        *JOB_INPUTS.keys,
        *JOB_INPUTS.keys.values(),
    }
