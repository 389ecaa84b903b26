"""What stands in everybody's state and on everybody's jobs: never changed without a migration."""

from __future__ import annotations

import base64
import hashlib
import pickletools
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import pytest
from amplify_job_resource import Deployment, DeploymentProvider, Job, JobProvider
from amplify_job_resource._amplify.ids import JobId
from amplify_job_resource._amplify.records import Step
from amplify_job_resource._content.files import Entry
from amplify_job_resource._content.manifest import Manifest
from amplify_job_resource._inputs.deployment import DEPLOYMENT_INPUTS, DeploymentRequest
from amplify_job_resource._inputs.request import JOB_INPUTS, ReleaseRequest
from amplify_job_resource._inputs.schema import Form, Input, OnChange, Row, Schema
from amplify_job_resource._inputs.secrets import SECRET_INPUTS
from amplify_job_resource._inputs.words import JobType, Word
from amplify_job_resource._program.sources import describe
from amplify_job_resource._start import trailers
from amplify_job_resource._start.address_deployment import AddressDeployment
from amplify_job_resource._start.file_deployment import FileDeployment
from amplify_job_resource._start.notes import Note
from amplify_job_resource._start.trailers import Trailer
from amplify_job_resource._state import DEPLOYMENT_OUTPUTS, OUTPUTS, properties_of
from pulumi.dynamic.dynamic import serialize_provider

from tests.unit.samples import NOON, a_job

URN = "urn:pulumi:dev::shop::pulumi-python:dynamic/amplify:Job::site"
#: A request with the inputs that it needs, and one with all inputs.
BARE = ReleaseRequest("d1a2", "main")
FULL = ReleaseRequest(
    app_id="d1a2",
    branch_name="main",
    job_type=JobType.RETRY,
    commit_id="1f3c9e2a77",
    commit_message="m",
    commit_time=NOON,
    job_reason="r",
    source_job_id="41",
    triggers={"a": 1},
    wait_for_completion=False,
    allow_failure=True,
    verify_commit=True,
    skip_if_built=True,
    lookahead=True,
    log_lines=5,
    health_check="/",
    region="eu-west-1",
    profile="ci",
)

# --- what is in state ------------------------------------------------------------------------------


def test_the_keys_of_inputs_stay() -> None:
    """Each input is recorded under this key."""
    assert list(JOB_INPUTS.keys.values()) == [
        "appId",
        "branchName",
        "jobType",
        "commitId",
        "commitMessage",
        "commitTime",
        "jobReason",
        "sourceJobId",
        "triggers",
        "waitForCompletion",
        "onBusy",
        "allowFailure",
        "verifyCommit",
        "skipIfBuilt",
        "lookahead",
        "logLines",
        "healthCheck",
        "region",
        "profile",
    ]
    assert list(DEPLOYMENT_INPUTS.keys.values()) == [
        "appId",
        "branchName",
        "source",
        "contentDigest",
        "exclude",
        "triggers",
        "waitForCompletion",
        "onBusy",
        "allowFailure",
        "lookahead",
        "logLines",
        "healthCheck",
        "region",
        "profile",
        "fileCount",
        "totalBytes",
        "manifest",
    ]
    assert SECRET_INPUTS == "secretInputs"


def test_the_keys_of_outputs_stay() -> None:
    """Each output is recorded under this key, and so is each part of a step."""
    assert list(OUTPUTS.values()) == [
        "jobId",
        "jobArn",
        "status",
        "reportedCommitId",
        "startTime",
        "endTime",
        "durationSeconds",
        "steps",
        "url",
        "consoleUrl",
        "healthy",
        "adopted",
    ]
    of_jobs_only = {"reportedCommitId", "adopted"}
    assert list(DEPLOYMENT_OUTPUTS.values()) == [
        key for key in OUTPUTS.values() if key not in of_jobs_only
    ]
    step = Step("BUILD", "FAILED", NOON, NOON, "exit 1")
    recorded = properties_of({}, a_job(steps=(step,)), adopted=False, url=None)
    assert list(recorded["steps"][0]) == ["name", "status", "startTime", "endTime", "statusReason"]


def test_the_type_token_stays() -> None:
    """Every resource in state has this type."""
    assert Job._resource_type_name == "dynamic/amplify:Job"
    assert Deployment._resource_type_name == "dynamic/amplify:Deployment"


def test_the_form_of_ids_stays() -> None:
    """Every resource in state, and every `Job.get`, has an id of this form."""
    assert str(JobId("d1a2", "feature/x", "0000000042")) == "d1a2/feature/x/0000000042"


@pytest.mark.parametrize("provider", [JobProvider, DeploymentProvider])
def test_the_import_path_of_a_provider_stays(provider: type[JobProvider]) -> None:
    """The pickle in every user's state names this module and this class, and nothing else."""
    pickled = base64.b64decode(serialize_provider(provider()))
    texts = [
        argument for _, argument, _ in pickletools.genops(pickled) if isinstance(argument, str)
    ]
    assert texts == ["amplify_job_resource.provider", provider.__name__]
    assert provider.__name__ in ("JobProvider", "DeploymentProvider")


def test_the_digests_of_contents_stay(tmp_path: Path) -> None:
    """Another digest, or line, of the same files would deploy every site again.

    The first 32 digits of a file's line are those that `sha256sum` prints.
    """
    (tmp_path / "index.html").write_bytes(b"hello")
    (tmp_path / "\u00fc").mkdir()
    (tmp_path / "\u00fc" / "a b.txt").write_bytes(b"")
    found = describe(str(tmp_path), None, "s")
    assert found.property("manifest") == (
        "2cf24dba5fb0a30e26e83b2ac5b9e29e 5 index.html\n"
        "e3b0c44298fc1c149afbf4c8996fb924 0 \u00fc/a b.txt\n"
    )
    assert found.content_digest == (
        "sha256:e29ffac8979fc1eb58d734ee1d911863c6643e28d394f392438e4a5a4de024e0"
    )
    assert Manifest.of({}).digest == f"sha256:{hashlib.sha256().hexdigest()}"
    assert Manifest.of({"a": Entry("0" * 32, 1)}).to_text() == f"{'0' * 32} 1 a\n"


def test_the_digest_of_an_address_stays() -> None:
    """It is of the address without its query: a new signature is no new content."""
    address = "https://example.com/site.zip"
    digest = hashlib.sha256(f"address {address}".encode()).hexdigest()
    assert describe(f"{address}?sig=1", None, "s").content_digest == f"sha256:{digest}"


# --- what is on jobs -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inputs", "trailer"),
    [
        ({}, "f57d072398e87830345c6b9ce51d17f9"),
        (
            {
                "appId": "d1a2b3c4d5e6f7",
                "branchName": "release/2026.11",
                "jobType": "RETRY",
                "commitId": "1f3c9e2a77b0c1d2e3f4a5b6c7d8e9f0a1b2c3d4",
                "sourceJobId": "41",
                "triggers": {"config": "v7", "flags": [True, None, 0]},
                "region": "us-gov-west-1",
            },
            "f57d072398e87830b9b8fffb9bc1ca49",
        ),
        (
            {"jobType": "RETRY", "sourceJobId": "0000000042", "region": "eu-west-1"},
            "f57d072398e878307102ca96379cafa7",
        ),
        (
            {"jobType": "WEB_HOOK", "commitId": "1f3c9e2a77", "region": "eu-west-1"},
            "f57d072398e878306fe79c1501d3bf35",
        ),
        (
            {"triggers": ["a", 1, 2.5, False, None], "region": "eu-west-1"},
            "f57d072398e878304427e1d7e67c461e",
        ),
        (
            {"triggers": {"z": 1.0, "a": {"y": 2.0, "b": [3.0, 1.5]}}, "region": "eu-west-1"},
            "f57d072398e8783091ad20ce46d0c581",
        ),
        (
            {"triggers": {"größe": "ü\u2028", "": ""}, "region": "eu-west-1"},
            "f57d072398e87830cea510f139bfb709",
        ),
        ({"triggers": {}, "region": "eu-west-1"}, "f57d072398e87830a677d49ea8f3786a"),
        (
            {
                "branchName": "feature/ünï cödé/日本",
                "commitId": "v1.2.3",
                "region": "ap-southeast-2",
            },
            "f57d072398e878304ab8608978f417d4",
        ),
        (
            {"commitId": "1f3c9e2a77", "region": "eu-west-1", SECRET_INPUTS: ["commitId"]},
            "f57d072398e878309a903c3597950458",
        ),
        (
            {
                "commitId": "1f3c9e2a77",
                "region": "eu-west-1",
                "commitMessage": "m",
                "commitTime": "2026-11-25T12:00:00Z",
                "jobReason": "r",
                "waitForCompletion": False,
                "onBusy": "stop",
                "allowFailure": True,
                "verifyCommit": True,
                "skipIfBuilt": True,
                "lookahead": True,
                "logLines": 5.0,
                "profile": "ci",
            },
            "f57d072398e878309a903c3597950458",
        ),
    ],
)
def test_the_trailers_of_earlier_versions_stay(inputs: dict[str, Any], trailer: str) -> None:
    """A job that an earlier version started for a request is found by the same trailer today."""
    request = ReleaseRequest.from_properties({"appId": "d1a2", "branchName": "main", **inputs})
    assert str(Trailer.of(URN, request)) == trailer


def test_the_trailer_of_a_child_stays() -> None:
    """The whole URN is hashed, with the types of parents and a name that holds colons."""
    urn = "urn:pulumi:prod::shop::my:site:Site$pulumi-python:dynamic/amplify:Job::site::eu"
    assert str(Trailer.of(urn, BARE)) == "051b3777b0ee91d2345c6b9ce51d17f9"


def another(row: Row, request: ReleaseRequest) -> ReleaseRequest:
    """The request with another value of one input, of the input's own kind."""
    value = getattr(request, row.name)
    if isinstance(row.default, Word):
        other: Any = next(word for word in type(row.default) if word != value)
    else:
        other = {
            Form.TEXT: f"{value}-other",
            Form.PROSE: f"{value}-other",
            Form.FLAG: not value,
            Form.TIME: NOON + timedelta(days=1),
            Form.COUNT: 7,
            Form.TRIGGERS: {"another": 2},
        }[row.input.form]
    return replace(request, **{row.name: other})


@pytest.mark.parametrize("request_", [BARE, FULL], ids=["bare", "full"])
@pytest.mark.parametrize("row", JOB_INPUTS.rows, ids=lambda row: row.name)
def test_the_trailer_tells_releases_apart(row: Row, request_: ReleaseRequest) -> None:
    """A request that differs in one input has another trailer if that input means a release.

    Otherwise it has the same: a job of a run that was cut off is found although a label has changed.
    """
    changed = another(row, request_)
    assert changed != request_
    before, after = Trailer.of(URN, request_), Trailer.of(URN, changed)
    assert (after.release != before.release) is row.releases
    assert after.resource == before.resource


def test_a_value_counts_for_its_own_input_only() -> None:
    """The same text in another input is another release."""
    texts = [row for row in JOB_INPUTS.rows if row.releases and row.input.form is Form.TEXT]
    optional = [row.name for row in texts if row.default is None and not row.required]
    given: list[dict[str, Any]] = [{name: "41"} for name in optional]
    requests = [replace(BARE, **inputs) for inputs in given]
    assert len({Trailer.of(URN, request).release for request in requests}) == len(optional) > 1


@dataclass(frozen=True, slots=True)
class LaterRequest(ReleaseRequest):
    """The request of a later version, which has one more input that means a release."""

    framework: Annotated[str | None, Input(Form.TEXT, OnChange.RELEASE)] = None


def test_an_input_of_a_later_version_leaves_the_trailers(monkeypatch: pytest.MonkeyPatch) -> None:
    """An input that is added later is hashed where it is set, and nowhere else."""
    before = [(request, Trailer.of(URN, request)) for request in (BARE, FULL)]
    monkeypatch.setattr(trailers, "JOB_INPUTS", Schema.of(LaterRequest))
    for request, trailer in before:
        inputs = {row.name: getattr(request, row.name) for row in JOB_INPUTS.rows}
        assert Trailer.of(URN, LaterRequest(**inputs)) == trailer
        with_it = Trailer.of(URN, LaterRequest(**inputs, framework="next"))
        with_another = Trailer.of(URN, LaterRequest(**inputs, framework="vue"))
        assert len({trailer, with_it, with_another}) == 3


def test_the_inputs_that_are_always_hashed_are_those_of_the_first_version() -> None:
    """A later input among them would change the trailer of every request that does not set it."""
    always = {
        row.key for row in JOB_INPUTS.rows if row.input.on_change is OnChange.RELEASE_ALWAYS_HASHED
    }
    assert always == {
        "appId",
        "branchName",
        "commitId",
        "jobType",
        "sourceJobId",
        "triggers",
        "region",
    }


# --- what is in notes of deployments ---------------------------------------------------------------

DEPLOYMENT_URN = "urn:pulumi:dev::shop::pulumi-python:dynamic/amplify:Deployment::site"
PLACE = {"appId": "d1a2", "branchName": "main"}


@pytest.mark.parametrize(
    ("inputs", "trailer"),
    [
        ({"source": "dist", "contentDigest": "sha256:abc"}, "638d3e18b06c61eb93e789d446a15371"),
        (
            {
                "source": [["index.html", "text", "<h1>"]],
                "contentDigest": "sha256:abc",
                "exclude": ["*.map"],
                "onBusy": "stop",
                "waitForCompletion": False,
                "allowFailure": True,
                "lookahead": True,
                "logLines": 5.0,
                "profile": "ci",
                "fileCount": 1.0,
                "totalBytes": 4.0,
                "manifest": "",
                SECRET_INPUTS: ["source"],
            },
            "638d3e18b06c61eb93e789d446a15371",
        ),
        (
            {
                "source": "https://example.com/site.zip",
                "contentDigest": "sha256:abc",
                "triggers": {"v": 2.0},
                "region": "eu-west-1",
            },
            "638d3e18b06c61ebb2cd0a0c4a8c2e62",
        ),
        ({"source": "dist"}, "638d3e18b06c61ebf1df7a39c2243767"),
    ],
)
def test_the_trailers_of_deployments_stay(inputs: dict[str, Any], trailer: str) -> None:
    """A note of an earlier version is known by the same text; labels and policies do not count."""
    request = DeploymentRequest.from_properties({**PLACE, **inputs})
    kind = FileDeployment if "dist" in inputs["source"] else AddressDeployment
    assert kind(DEPLOYMENT_URN, request).note(41).trailer == trailer
    assert str(Trailer.of(DEPLOYMENT_URN, request, DEPLOYMENT_INPUTS)) == trailer


def test_the_keys_in_the_note_of_a_deployment_stay() -> None:
    """One that tells of CreateDeployment has a time, and one that was not started says so."""
    job = JobId("d1a2", "main", "42")
    note = Note("t", "a", 41, job=job, branch_created=NOON, may_have_begun=False, sent_at=NOON)
    written = {
        "mayHaveBegun": False,
        "sentAt": "2026-11-25T12:00:00Z",
        "marker": "t",
        "attempt": "a",
        "after": 41,
        "message": "",
        "job": "d1a2/main/42",
        "commit": None,
        "branchCreated": "2026-11-25T12:00:00Z",
    }
    assert note.to_json() == written
    assert Note.from_json(written) == note
    begun = replace(note, may_have_begun=True)
    assert begun.to_json() == {
        key: value for key, value in written.items() if key != "mayHaveBegun"
    }


@pytest.mark.parametrize("row", DEPLOYMENT_INPUTS.rows, ids=lambda row: row.name)
def test_the_trailer_tells_deployments_apart(row: Row) -> None:
    """One input more makes another trailer exactly if it means a release."""
    bare = DeploymentRequest("d1a2", "main", "dist", "sha256:abc")
    changed: dict[str, Any] = {row.name: "other"}
    other = replace(bare, **changed)
    before, after = (
        Trailer.of(DEPLOYMENT_URN, request, DEPLOYMENT_INPUTS) for request in (bare, other)
    )
    assert (after.release != before.release) is row.releases
