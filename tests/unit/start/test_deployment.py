"""What deployments have in common: what they refuse, what they note, and which jobs are theirs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from amplify_job_resource._amplify.records import AppRecord, BranchRecord
from amplify_job_resource._inputs.deployment import DEPLOYMENT_INPUTS
from amplify_job_resource._inputs.words import JobType
from amplify_job_resource._start.address_deployment import AddressDeployment
from amplify_job_resource._start.deployment import Deployment, is_deployment
from amplify_job_resource._start.file_deployment import FileDeployment
from amplify_job_resource._start.trailers import Trailer
from amplify_job_resource.errors import AwsError, NotStarted

from tests.operations import URN, FakeOperation
from tests.unit.samples import NOON, a_job
from tests.unit.start.deployments import ADDRESS, SIGNED, a_folder, a_request
from tests.unit.start.fakes import (
    BAD_CREDENTIALS,
    DENIED,
    MISSING,
    THROTTLED,
    UNANSWERED,
    UNCLEAR,
    FakeBranch,
)

OTHER_URN = URN.replace("dev", "prod")


class Scene:
    """An app without repository, and ways to deploy to it."""

    def __init__(self, folder: Path, kind: str) -> None:
        self.folder, self.kind = folder, kind
        self.operation = FakeOperation()
        self.branch = FakeBranch(self.operation)
        self.branch.repository = None

    def deployment(self, text: str = "one", urn: str = URN, **given: Any) -> Deployment:
        """An attempt to deploy a content that is told apart by a text."""
        if self.kind == "files":
            folder = a_folder(self.folder / text, text)
            return FileDeployment(urn, a_request(folder, **given))
        return AddressDeployment(urn, a_request(ADDRESS.replace("site", text), **given))

    def preflight(self, **given: Any) -> Any:
        """The preflight of such an attempt."""
        return self.deployment(**given).preflight(self.branch, self.operation, 3600)


@pytest.fixture(params=["files", "address"])
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Scene:
    return Scene(tmp_path, request.param)


# --- before anything is sent ---------------------------------------------------------------------


def test_app_and_branch_are_looked_at(scene: Scene) -> None:
    """The preflight reads both once, sends nothing, and hands them on for the site's address."""
    seen = scene.preflight()
    assert seen.app == AppRecord(None, "d1a2.amplifyapp.com")
    assert seen.branch == scene.branch.settings
    assert scene.branch.asked == ["app", "branch"]


def test_a_connected_app_is_refused(scene: Scene) -> None:
    """AWS takes files only for an app without a repository; the sentence says what to declare."""
    scene.branch.repository = "https://git.example/site"
    with pytest.raises(NotStarted) as refused:
        scene.preflight()
    assert str(refused.value) == (
        "Amplify app d1a2 is connected to a repository, and AWS deploys files only to an app without "
        "one. To build the branch, declare a Job. Nothing was deployed."
    )


def test_an_app_that_was_just_disconnected_is_not_refused(scene: Scene) -> None:
    """What another release was told of the app a moment ago is no reason to refuse this one."""
    scene.branch.kept_app = AppRecord("https://git.example/site")
    scene.preflight()
    assert scene.branch.asked == ["app", "app", "branch"]


@pytest.mark.parametrize("call", ["app", "branch"])
@pytest.mark.parametrize("error", [MISSING, UNANSWERED])
def test_what_is_not_there_ends_it(scene: Scene, call: str, error: AwsError) -> None:
    """No app, no branch, or Ctrl-C in the question: AWS's words, and that nothing was deployed."""
    scene.branch.fail(call, error)
    with pytest.raises(NotStarted) as refused:
        scene.preflight()
    assert str(refused.value) == f"{error}\nNothing was deployed."


@pytest.mark.parametrize("error", [DENIED, THROTTLED, UNCLEAR])
def test_what_may_not_be_read_is_left_out(scene: Scene, error: AwsError) -> None:
    """A deployment needs neither permission; AWS refuses by itself what cannot be."""
    scene.branch.fail("app", error)
    scene.branch.fail("branch", error)
    seen = scene.preflight()
    assert (seen.app, seen.branch) == (AppRecord(), BranchRecord())


def test_without_credentials_it_ends(scene: Scene) -> None:
    """Nothing else would be answered either."""
    scene.branch.fail("app", BAD_CREDENTIALS)
    with pytest.raises(type(BAD_CREDENTIALS)):
        scene.preflight()


# --- what a note says ----------------------------------------------------------------------------


def test_a_note_is_about_the_content_and_the_branch_at_hand(scene: Scene) -> None:
    """It has the trailer of the request, the attempt, the newest job, and when the branch was made."""
    scene.branch.settings = BranchRecord(create_time=NOON)
    deployment = scene.deployment()
    deployment.preflight(scene.branch, scene.operation, 3600)
    note = deployment.note(41)
    assert note.trailer == str(Trailer.of(URN, deployment._request, DEPLOYMENT_INPUTS))
    assert (note.attempt, note.newest_before) == (deployment.attempt, 41)
    assert note.branch_created == NOON
    assert note.may_have_begun is (scene.kind == "address")


def test_a_note_is_of_one_content_of_one_resource(scene: Scene) -> None:
    """Another run of the same wrote it; other content, another trigger or resource did not."""
    note = scene.deployment().note(41)
    assert scene.deployment().wrote(note)
    assert not scene.deployment("two").wrote(note)
    assert not scene.deployment(triggers={"env": "2"}).wrote(note)
    assert not scene.deployment(urn=OTHER_URN).wrote(note)


@pytest.mark.parametrize(
    ("noted", "now", "current"),
    [
        (NOON, NOON, True),
        (NOON, NOON + timedelta(seconds=1), False),
        (NOON, None, True),
        (None, NOON, True),
    ],
)
def test_a_note_of_a_branch_that_was_made_anew_is_not_current(
    scene: Scene, noted: Any, now: Any, current: bool
) -> None:
    """The branch's time of creation tells it, where both are known."""
    scene.branch.settings = BranchRecord(create_time=now)
    deployment = scene.deployment()
    deployment.preflight(scene.branch, scene.operation, 3600)
    note = replace(deployment.note(41), branch_created=noted)
    assert deployment.is_current(note) is current
    assert deployment.wrote(note) is current


def test_no_note_has_an_address(scene: Scene, tmp_path: Path) -> None:
    """Neither the one that the files come from nor its signature stands in the file."""
    deployment = AddressDeployment(URN, a_request(SIGNED, secretInputs=["source"]))
    kept = str(deployment.note(41).to_json())
    assert "5ec2e7" not in kept
    assert "builds.example" not in kept


def test_the_signature_of_an_address_makes_no_other_release() -> None:
    """An address that is signed anew on each run is the same content."""
    note = AddressDeployment(URN, a_request(SIGNED)).note(41)
    assert AddressDeployment(URN, a_request(SIGNED + "0")).wrote(note)


# --- whose a job is ------------------------------------------------------------------------------


def test_a_job_does_not_say_what_it_deploys(scene: Scene) -> None:
    """So none is taken for this release by what it shows."""
    assert not scene.deployment().is_this_release(a_job(job_type=JobType.MANUAL))


@pytest.mark.parametrize(
    ("status", "may_be_live"),
    [
        ("RUNNING", True),
        ("SUCCEED", True),
        ("SOMETHING_NEW", True),
        ("CREATED", False),
        ("PENDING", False),
        ("FAILED", False),
        ("CANCELLING", False),
        ("CANCELLED", False),
    ],
)
def test_other_files_may_be_live_since(scene: Scene, status: str, may_be_live: bool) -> None:
    """What waits, is being stopped or has failed has put nothing live."""
    job = a_job(status, job_type=JobType.MANUAL)
    assert scene.deployment().is_other_release(job) is may_be_live


@pytest.mark.parametrize(
    ("job_type", "is_one"),
    [
        (JobType.MANUAL, True),
        (None, True),
        (JobType.RELEASE, False),
        (JobType.RETRY, False),
        (JobType.WEB_HOOK, False),
    ],
)
def test_a_build_is_never_ours(scene: Scene, job_type: JobType | None, is_one: bool) -> None:
    """An app that was connected since has builds, and these belong to others."""
    job = a_job(job_type=job_type)
    assert scene.deployment().owns(job, URN) is is_one
    assert is_deployment(job) is is_one


def test_a_job_that_has_begun_is_resumed_as_it_is(scene: Scene) -> None:
    """Nothing is missing, so nothing is asked."""
    job = a_job("RUNNING", job_type=JobType.MANUAL)
    assert scene.deployment().resume(job, scene.branch) == job
    assert scene.branch.asked == []


def test_each_attempt_has_a_name_of_its_own(scene: Scene) -> None:
    """Two runs of one wish are told apart, and leave no job before they have begun."""
    one, other = scene.deployment(), scene.deployment()
    assert one.attempt != other.attempt
    assert not one.leaves_job
