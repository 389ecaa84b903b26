"""What is looked at before a job is started."""

from __future__ import annotations

from typing import Any

import pytest
from amplify_job_resource._amplify.records import AppRecord, BranchRecord
from amplify_job_resource._inputs.request import ReleaseRequest
from amplify_job_resource._inputs.words import JobType
from amplify_job_resource._operation import Front
from amplify_job_resource._start.preflight import preflight
from amplify_job_resource.errors import AwsError, NotStarted

from tests.operations import FakeOperation
from tests.unit.samples import a_job
from tests.unit.start.fakes import (
    BAD_CREDENTIALS,
    DENIED,
    MISSING,
    REJECTED,
    THROTTLED,
    UNANSWERED,
    UNCLEAR,
    UNREACHABLE,
    FakeBranch,
)

RETRY = {"job_type": JobType.RETRY, "source_job_id": "3"}
CALLS = ["app", "branch", "get"]


class Scene:
    """A branch as most are, whose job 3 has built a commit."""

    def __init__(self, front: Front | None = None) -> None:
        self.operation = FakeOperation(front=front) if front else FakeOperation()
        self.branch = FakeBranch(
            self.operation, a_job("SUCCEED", id="3", reported_commit="1f3c9e2a77")
        )

    def preflight(self, **inputs: Any) -> list[str]:
        """The warnings about a release with these inputs."""
        preflight(ReleaseRequest("d1a2", "main", **inputs), self.branch, self.operation)
        return self.operation.warnings


@pytest.fixture
def scene() -> Scene:
    return Scene()


@pytest.mark.parametrize(
    ("inputs", "asked"),
    [({}, ["app", "branch"]), (RETRY, ["branch", "get 3"])],
    ids=["release", "retry"],
)
def test_what_is_well_is_not_spoken_of(
    scene: Scene, inputs: dict[str, Any], asked: list[str]
) -> None:
    """Each fact is read once, and only where the kind of job needs it."""
    assert scene.preflight(**inputs) == []
    assert scene.branch.asked == asked


@pytest.mark.parametrize("job_type", [JobType.RELEASE, JobType.WEB_HOOK])
def test_an_app_without_a_repository_is_refused(scene: Scene, job_type: JobType) -> None:
    """There is nothing to build, whatever the kind; the sentence says how to go on."""
    scene.branch.repository = None
    with pytest.raises(NotStarted) as caught:
        scene.preflight(job_type=job_type)
    error = caught.value
    assert error.branch == scene.branch.branch_id
    assert error.reason == (
        "Amplify app d1a2 is not connected to a repository, so there is nothing that a "
        f"{job_type} could build. Connect it to one. To deploy files, declare a Deployment."
    )
    assert str(error) == f"{error.reason} No job was started."


def test_an_app_that_was_just_connected_is_not_refused(scene: Scene) -> None:
    """What another release was told of the app a moment ago is no reason to refuse this one."""
    scene.branch.kept_app = AppRecord(None)
    scene.preflight()
    assert scene.branch.asked == ["app", "app", "branch"]


def test_a_retry_needs_no_repository_of_the_app(scene: Scene) -> None:
    """What a job has built before can be built again, as far as is known here."""
    scene.branch.repository = None
    assert scene.preflight(**RETRY) == []


@pytest.mark.parametrize("call", CALLS)
def test_what_is_not_there_is_refused(scene: Scene, call: str) -> None:
    """An app, branch or source job that AWS does not know is named in AWS's words."""
    scene.branch.fail(call, MISSING)
    with pytest.raises(NotStarted) as caught:
        scene.preflight(**(RETRY if call == "get" else {}))
    assert caught.value.reason == str(MISSING)
    assert caught.value.__cause__ is MISSING
    assert str(caught.value) == f"{MISSING}\nNo job was started."


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("error", [DENIED, THROTTLED, UNCLEAR, UNREACHABLE])
def test_a_read_is_a_comfort(scene: Scene, call: str, error: AwsError) -> None:
    """A read that is denied or not answered keeps no release from being tried."""
    scene.branch.fail(call, error)
    assert scene.preflight(**(RETRY if call == "get" else {})) == []
    assert len(scene.branch.asked) == 2


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("error", [BAD_CREDENTIALS, REJECTED])
def test_what_would_fail_later_fails_now(scene: Scene, call: str, error: AwsError) -> None:
    """Bad credentials and other refusals end it as they are, before anything was begun."""
    scene.branch.fail(call, error)
    with pytest.raises(type(error)) as caught:
        scene.preflight(**(RETRY if call == "get" else {}))
    assert caught.value is error


@pytest.mark.parametrize("name", ["skip_if_built", "skipIfBuilt"])
def test_auto_build_is_warned_of_in_the_users_words(name: str) -> None:
    """A push may build the same commit: the way out is named as the user writes it."""
    scene = Scene(Front(lambda key: name if key == "skipIfBuilt" else key, "The next run", "time"))
    scene.branch.settings = BranchRecord(enable_auto_build=True)
    assert scene.preflight() == [
        "d1a2/main has auto-build enabled (enableAutoBuild): a push and this release may build the "
        f"same commit twice. Turn auto-build off, or set {name}."
    ]


def test_who_skips_what_is_built_needs_no_warning(scene: Scene) -> None:
    """With `skip_if_built` a push and a release share their job."""
    scene.branch.settings = BranchRecord(enable_auto_build=True)
    assert scene.preflight(skip_if_built=True, commit_id="1f3c9e2a77") == []


@pytest.mark.parametrize(
    "settings", [BranchRecord(stage="PULL_REQUEST"), BranchRecord(source_branch="feature")]
)
def test_a_pull_request_preview_is_warned_of(scene: Scene, settings: BranchRecord) -> None:
    """AWS may build another branch there, which is told before and with its source."""
    scene.branch.settings = settings
    (warning,) = scene.preflight()
    assert warning.startswith("d1a2/main is a pull-request preview. ")
    assert "aws/aws-sdk#653" in warning


@pytest.mark.parametrize(
    ("reported", "warns"), [("HEAD", True), ("1f3c9e2a77", False), (None, False)]
)
def test_a_retry_of_head_is_warned_of(scene: Scene, reported: str | None, warns: bool) -> None:
    """A job that reports HEAD as its commit is built again from what HEAD is today."""
    scene.branch.add(a_job("SUCCEED", id="3", reported_commit=reported))
    expected = (
        "job 3 reports HEAD as its commit: retrying it builds today's HEAD of main, not the commit "
        "that it built then."
    )
    assert scene.preflight(**RETRY) == [expected] * warns


@pytest.mark.parametrize("call", CALLS)
def test_a_read_that_is_given_up_ends_it(scene: Scene, call: str) -> None:
    """After Ctrl-C, or when the time is up, no other fact is read, and no job is started."""
    scene.branch.fail(call, UNANSWERED)
    with pytest.raises(NotStarted) as caught:
        scene.preflight(**(RETRY if call == "get" else {}))
    assert str(caught.value) == f"{UNANSWERED}\nNo job was started."
    assert scene.branch.asked[-1].split()[0] == call
