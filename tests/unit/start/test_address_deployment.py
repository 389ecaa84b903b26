"""A deployment from an address: what is sent, and which jobs may be those of an unclear answer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from amplify_job_resource._amplify.records import JobRecord
from amplify_job_resource._inputs.words import JobType
from amplify_job_resource._start.address_deployment import AddressDeployment, is_zip
from amplify_job_resource._start.notes import Note, Notes
from amplify_job_resource._start.release import Release, release
from amplify_job_resource.errors import NotStarted, StartUnknown

from tests.operations import URN, FakeOperation
from tests.unit.samples import a_job
from tests.unit.start.deployments import ADDRESS, SIGNED, a_request
from tests.unit.start.fakes import DENIED, REJECTED, UNCLEAR, FakeBranch, keep_nothing

OTHER_ADDRESS = "https://builds.example/other.zip"


def deployment(address: str = SIGNED, **given: Any) -> AddressDeployment:
    return AddressDeployment(URN, a_request(address, **given))


def job(status: str = "RUNNING", **members: Any) -> JobRecord:
    """Job 42, as AWS shows one that was started for the address."""
    return a_job(status, **{"job_type": JobType.MANUAL, "source": ADDRESS, **members})


# --- what is sent --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("https://builds.example/site.zip", "ZIP"),
        ("https://builds.example/site?format=zip", "ZIP"),
        ("https://builds.example/site/", "ZIP"),
        ("s3://builds/site.zip", "ZIP"),
        ("S3://builds/SITE.ZIP", "ZIP"),
        ("s3://builds/site.zip?versionId=3", "ZIP"),
        ("s3://builds/site/", "BUCKET_PREFIX"),
        ("s3://builds/site", "BUCKET_PREFIX"),
        ("s3://builds", "BUCKET_PREFIX"),
    ],
)
def test_the_address_tells_what_is_there(address: str, kind: str) -> None:
    """A bucket's prefix is all that lies below it; everything else is one zip."""
    assert deployment(address).start_deployment_request() == {
        "sourceUrl": address,
        "sourceUrlType": kind,
    }
    assert is_zip(address) is (kind == "ZIP")


def test_it_is_sent_once() -> None:
    """`send` is one StartDeployment with the whole address, signature included."""
    this = deployment()
    branch = FakeBranch(FakeOperation())
    this.note(0)
    made = this.send(branch, keep_nothing)
    assert branch.requests == [{"sourceUrl": SIGNED, "sourceUrlType": "ZIP"}]
    assert this.started(made, this.attempt)


# --- which jobs may be it ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seen", "started", "may_be"),
    [
        (job(), True, True),
        (job("SUCCEED"), True, True),
        (job(job_type=None), True, True),
        # AWS does not say where it has its files from.
        (job(source=None), False, True),
        # It says that it is another one.
        (job(source=OTHER_ADDRESS), False, False),
        (job(job_type=JobType.RELEASE), False, False),
        (job(job_type=JobType.RETRY, source=None), False, False),
        # It was there before.
        (job(id="41"), False, False),
        (job(id="9"), False, False),
    ],
)
def test_a_newer_job_from_the_address_is_it(seen: JobRecord, started: bool, may_be: bool) -> None:
    """The number and the address tell, and where AWS shows no address, there is doubt."""
    this = deployment()
    note = this.note(41)
    assert this.started(seen, this.attempt) is started
    assert this.may_be(seen, note) is may_be


def test_without_a_number_to_compare_with_there_is_doubt() -> None:
    """Where the jobs could not be listed before, an old one from the address may be it."""
    this = deployment()
    note = this.note(None)
    assert not this.started(job(), this.attempt)
    assert this.may_be(job(id="1"), note)


def test_an_earlier_attempt_is_known_by_its_note() -> None:
    """The job of a killed run is newer than what its note had seen, and not than what this one has."""
    this, earlier = deployment(), deployment()
    this.recall([earlier.note(41)])
    this.note(43)
    assert this.started(job(), earlier.attempt)
    assert not this.started(job(), this.attempt)
    assert not this.started(job(id="41"), earlier.attempt)


@pytest.mark.parametrize(
    ("seen", "may_be"),
    [
        (job(source=OTHER_ADDRESS), True),
        (job(source=None), True),
        (job(), False),
        (job(id="41", source=OTHER_ADDRESS), False),
        (job(job_type=JobType.RELEASE, source=None), False),
    ],
)
def test_a_note_of_another_release_is_about_another_address(seen: JobRecord, may_be: bool) -> None:
    """Such a note does not say which; a job from this address is not that of the other release."""
    this, note = deployment(), deployment(OTHER_ADDRESS).note(41)
    assert this.may_be(seen, note) is may_be
    named = replace(note, job=seen.id)
    assert this.is_noted(seen, named) is (may_be or seen.number == 41)


@pytest.mark.parametrize(
    ("seen", "is_noted"),
    [
        (job("SUCCEED"), True),
        (job(source=None), True),
        (job(job_type=None), True),
        (job(source=OTHER_ADDRESS), False),
        (job(job_type=JobType.RELEASE, source=None), False),
    ],
)
def test_the_job_of_a_note_is_still_that(seen: JobRecord, is_noted: bool) -> None:
    """Numbers begin again on a branch that was made anew: the address must not be another one."""
    this = deployment()
    assert this.is_noted(seen, replace(this.note(41), job=seen.id)) is is_noted


@pytest.mark.parametrize("status", ["PENDING", "RUNNING"])
def test_nothing_is_left_over(status: str) -> None:
    """StartDeployment with an address starts the job that it makes."""
    this = deployment()
    this.recall([replace(this.note(41), job=job().id)])
    assert not this.is_left_over(job(status))
    assert not this.leaves_job


# --- the way to the job --------------------------------------------------------------------------


class Scene:
    """A branch without jobs, an hour of time, and no note on disk."""

    def __init__(self) -> None:
        self.operation = FakeOperation()
        self.branch = FakeBranch(self.operation)
        self.branch.repository = None
        self.notes = Notes(URN)

    def release(self, address: str = SIGNED) -> Release:
        """A run for an address, from its begin."""
        request = a_request(address)
        method = AddressDeployment(URN, request)
        deadline = self.operation.now() + 3600
        method.preflight(self.branch, self.operation, deadline)
        return release(request, method, self.branch, self.operation, self.notes, deadline)

    @property
    def said(self) -> str:
        """All that was shown."""
        lines = [row for _, row in self.operation.rows]
        return "\n".join(lines + self.operation.infos + self.operation.warnings)


@pytest.fixture
def scene() -> Scene:
    return Scene()


@pytest.mark.parametrize("lists_after", [0, 5])
def test_a_lost_reply_makes_no_second_deployment(scene: Scene, lists_after: float) -> None:
    """The job from the address is found, at once or some seconds later."""
    scene.branch.lists_after = lists_after
    scene.branch.lose_reply(UNCLEAR)
    found = scene.release()
    assert scene.branch.begun == [found.job.number] == [1]
    note = scene.notes.read()
    assert note
    assert (note.job, note.may_have_begun) == (found.job.id, True)


def test_a_lost_request_is_sent_again(scene: Scene) -> None:
    """Several looks show no job from the address, so there is none."""
    scene.branch.fail("start", UNCLEAR)
    assert scene.release().job.number == 1
    assert scene.branch.count("start") == 2


def test_a_job_that_shows_no_address_leaves_doubt(scene: Scene) -> None:
    """It is not started a second time: a person decides."""
    scene.branch.shows_sources = False
    scene.branch.lose_reply(UNCLEAR)
    with pytest.raises(StartUnknown, match="job 1 began at about that time"):
        scene.release()
    assert scene.branch.begun == [1]
    assert scene.notes.read()


@pytest.mark.parametrize("status", ["RUNNING", "SUCCEED"])
def test_the_job_of_a_killed_run_is_resumed(scene: Scene, status: str) -> None:
    """A note that was written before StartDeployment leads to its job, active or ended."""
    scene.notes.write(deployment().note(41))
    scene.branch.add(job(status))
    assert scene.release().job.number == 42
    assert scene.branch.begun == []


def test_another_address_since_makes_the_note_outdated(scene: Scene) -> None:
    """One address, then another, both killed, then the first again: that is deployed anew."""
    scene.notes.write(deployment().note(41))
    scene.notes.write(deployment(OTHER_ADDRESS).note(42))
    scene.branch.add(job("SUCCEED"))
    scene.branch.add(job("SUCCEED", id="43", source=OTHER_ADDRESS))
    assert scene.release().job.number == 44


@pytest.mark.parametrize("error", [DENIED, REJECTED])
def test_a_refusal_is_the_end(scene: Scene, error: Any) -> None:
    """Nothing is started, no note stays."""
    scene.branch.fail("start", error)
    with pytest.raises(NotStarted):
        scene.release()
    assert scene.notes.read() is None


def test_no_signature_is_shown(scene: Scene) -> None:
    """Rows, lines and notes of a run with an unclear answer have no part of the query."""
    scene.branch.lose_reply(UNCLEAR)
    kept: list[Note] = []
    scene.release()
    kept += scene.notes.read_all()
    assert "5ec2e7" not in scene.said
    assert "5ec2e7" not in str([note.to_json() for note in kept])
