"""The properties that Pulumi keeps."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from amplify_job_resource import InvalidId
from amplify_job_resource._amplify.ids import JobId
from amplify_job_resource._amplify.records import JobRecord, Step
from amplify_job_resource._inputs.request import JOB_INPUTS, Properties
from amplify_job_resource._inputs.secrets import SECRET_INPUTS
from amplify_job_resource._state import (
    OUTPUTS,
    is_release,
    properties_of,
    recorded_id,
    recorded_job,
    recorded_profile,
    recorded_region,
    shown_url,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.amplify.test_ids import NO_IDS
from tests.unit.samples import NOON, a_job

ARN = "arn:aws:amplify:eu-west-1:123456789012:apps/d1a2/branches/main/jobs/0000000042"
INPUTS = {"appId": "d1a2", "branchName": "main", "jobType": "RELEASE", "region": "eu-west-1"}


def made(inputs: Properties, job: JobRecord, *, adopted: bool, url: Any = None) -> dict[str, Any]:
    """The properties of a job; most tests have no site."""
    return properties_of(inputs, job, adopted=adopted, url=url)


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
def test_a_job_comes_back_from_its_properties(job: JobRecord, adopted: bool) -> None:
    """What is written to state is read back as the same job, and is JSON that has no nulls in steps."""
    properties = made(INPUTS, job, adopted=adopted)
    travelled = json.loads(json.dumps(properties))
    assert recorded_job(job.id, travelled) == job
    assert travelled["adopted"] is adopted
    assert travelled["durationSeconds"] == job.duration_seconds
    assert all(value is not None for step in travelled["steps"] for value in step.values())


@given(JOBS)
def test_properties_have_the_known_keys_only(job: JobRecord) -> None:
    """All inputs that were given and every output: no more, and nothing of older properties."""
    old = {**INPUTS, "jobId": "7", "status": "FAILED", "__provider": "x", "logUrl": "x"}
    properties = made(old, job, adopted=False)
    assert set(properties) == set(INPUTS) | set(OUTPUTS.values())
    assert (properties["jobId"], properties["status"]) == ("42", job.status)


def test_the_address_of_the_site_is_kept() -> None:
    """It may be shown unless it is made of a secret, or is not known."""
    site = "https://example.com"
    properties = made(INPUTS, a_job(), adopted=False, url=site)
    assert properties["url"] == site
    assert shown_url(properties, site) == site
    assert shown_url(properties, None) is None
    assert shown_url({**properties, SECRET_INPUTS: ["appId"]}, site) is None
    assert shown_url({**properties, SECRET_INPUTS: ["commitId"]}, site) == site


def test_every_input_is_kept() -> None:
    """An input of any kind is kept, false ones too; those that are None are left out."""
    inputs: dict[str, Any] = dict.fromkeys(JOB_INPUTS.keys.values(), False)
    properties = made({**inputs, SECRET_INPUTS: ["commitId"]}, a_job(), adopted=False)
    assert {key: properties[key] for key in inputs} == inputs
    assert properties[SECRET_INPUTS] == ["commitId"]
    assert "commitId" not in made({**inputs, "commitId": None}, a_job(), adopted=False)


def test_no_signed_address_is_kept() -> None:
    """The one address in state is the console's: who holds a signed one can read the build log."""
    step = Step("BUILD", "FAILED", NOON, NOON, "exit 1")
    text = json.dumps(made(INPUTS, a_job("FAILED", took=3, steps=(step,)), adopted=False))
    assert text.count("http") == 1
    assert "https://eu-west-1.console.aws.amazon.com/amplify/" in text
    assert "X-Amz" not in text


def test_times_are_rfc_3339() -> None:
    """Times stand in state as text in UTC, and the duration as seconds."""
    properties = made(INPUTS, a_job("SUCCEED", took=90.5), adopted=False)
    assert properties["startTime"] == "2026-11-25T12:00:00Z"
    assert properties["endTime"] == "2026-11-25T12:01:30.500000Z"
    assert properties["durationSeconds"] == 90.5


def test_few_properties_are_a_job() -> None:
    """Keys that are not there, or were dropped as None, mean that nothing is known."""
    job = recorded_job(a_job().id, {"status": "RUNNING", "steps": [{}]})
    assert (job.status, job.start_time, job.region) == ("RUNNING", None, None)
    assert job.steps == (Step("?", "UNKNOWN"),)
    assert recorded_job(a_job().id, {}).has_ended is False


def test_the_region_of_a_recorded_job_is_that_of_its_arn() -> None:
    """Today's settings do not move a job that exists; without an ARN the recorded region counts."""
    assert recorded_region({"jobArn": ARN, "region": "us-east-1"}) == "eu-west-1"
    assert recorded_region({"region": "us-east-1"}) == "us-east-1"
    assert recorded_region({}) is None


def test_an_id_in_state_has_its_parts() -> None:
    """The id of a resource names app, branch and job."""
    assert recorded_id("d1a2/feature/x/42") == JobId("d1a2", "feature/x", "42")


@pytest.mark.parametrize("text", NO_IDS)
def test_another_id_in_state_is_refused(text: str) -> None:
    """What is not appId/branchName/jobId is refused, and the error shows the form and the text."""
    with pytest.raises(InvalidId, match="expected appId/branchName/jobId") as caught:
        recorded_id(text)
    assert caught.value.text == text
    assert f"'{text}'" in str(caught.value)


@pytest.mark.parametrize("key", ["status", "jobArn", "jobType", "reportedCommitId", "region"])
@pytest.mark.parametrize("value", [7.0, ["x"], {"x": 1}, True])
def test_a_text_of_another_kind_is_unknown(key: str, value: Any) -> None:
    """State may be of another resource, or edited by hand: what is no text says nothing."""
    assert recorded_job(a_job().id, {key: value}) == recorded_job(a_job().id, {})


@pytest.mark.parametrize(
    "properties",
    [
        {"startTime": "soon", "endTime": [1]},
        {"steps": "BUILD"},
        {"steps": {"name": "BUILD"}},
        {"steps": ["BUILD", None]},
    ],
)
def test_what_cannot_be_read_is_unknown(properties: dict[str, Any]) -> None:
    """A time or a step of another form counts as not there."""
    assert recorded_job(a_job().id, properties) == recorded_job(a_job().id, {})


@pytest.mark.parametrize(
    ("value", "profile"), [("ci", "ci"), (None, None), ([], None), (5.0, None)]
)
def test_the_profile_of_a_recorded_job_is_a_text(value: Any, profile: str | None) -> None:
    """A profile of another form counts as not there."""
    assert recorded_profile({"profile": value}) == profile


#: The properties of job 42 of d1a2/main.
RELEASE = {"appId": "d1a2", "branchName": "main", "jobId": "42"}


@pytest.mark.parametrize(
    ("id_", "changes", "ours"),
    [
        ("d1a2/main/42", {}, True),
        ("d1a2/main/0000000042", {}, True),
        ("d1a2/main/43", {}, False),
        ("d1a2/dev/42", {}, False),
        ("main", {}, False),
        ("d1a2/main/42", {"jobId": 42.0}, False),
        ("d1a2/main/42", {"jobId": None}, False),
        ("d1a2/main/42", {"jobId": "x"}, False),
        ("d1a2/main/42", {"appId": ["d1a2"]}, False),
    ],
)
def test_a_release_is_known_by_its_id(id_: str, changes: dict[str, Any], ours: bool) -> None:
    """A recorded resource is a release of this package when its id names what its properties do."""
    assert is_release(id_, {**RELEASE, **changes}) is ours


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
