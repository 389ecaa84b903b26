"""One release's life in six steps, on a branch in memory."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest
from amplify_job_resource import (
    AwsError,
    InvalidId,
    InvalidSettings,
    JobFailed,
    NotFound,
    NotStarted,
    RequestRejected,
    Unanswered,
    Unhealthy,
    WaitFailed,
    WaitTimeout,
)
from amplify_job_resource._amplify.ids import BranchId, JobId
from amplify_job_resource._amplify.records import JobRecord, Step
from amplify_job_resource._inputs.request import ReleaseRequest
from amplify_job_resource._inputs.words import JobType
from amplify_job_resource._kind import DEPLOYMENT
from amplify_job_resource._lifecycle import (
    DEFAULT_TIMEOUT,
    DELETE_TIMEOUT,
    Lifecycle,
    Recorded,
    RecordedFailure,
)
from amplify_job_resource._operation import NO_URN, Front
from amplify_job_resource._plan import Plan
from amplify_job_resource._preview.changes import ChangeKind, compare, taking_over
from amplify_job_resource._preview.sentences import sentence
from amplify_job_resource._start.git_build import GitBuild
from amplify_job_resource._start.notes import Note, Notes
from amplify_job_resource._state import properties_of
from amplify_job_resource._values.unknown import UNKNOWN

from tests.operations import URN
from tests.unit.lifecycles import ARN, ID, INPUTS, SITE, World, own, recorded
from tests.unit.samples import a_job
from tests.unit.start.fakes import DENIED, MISSING, REJECTED, UNANSWERED, UNCLEAR

T = TypeVar("T")

CAMEL = Front(lambda key: key, "The next run", "customTimeouts")


# --- check -----------------------------------------------------------------------------------------


def test_all_problems_come_in_the_users_words(world: World) -> None:
    """Wrong inputs are named as the front's users call them, and nothing is announced."""
    world.operation.front = CAMEL
    news = {"branchName": "main", "verifyCommit": True}
    _, problems = world.lifecycle.check(world.operation, {}, news)
    assert [problem.key for problem in problems] == ["appId", "verifyCommit"]
    assert "commitId" in problems[1].reason
    assert "commit_id" not in problems[1].reason
    assert world.operation.infos == []


def test_a_check_calls_nobody(world: World) -> None:
    """A preview needs no credentials."""
    world.check({})
    assert (world.reached, world.branch.asked) == ([], [])


# --- diff ------------------------------------------------------------------------------------------


def test_equal_inputs_change_nothing(world: World) -> None:
    """A resource whose inputs stay has no line, and its id is kept for the delete."""
    assert world.diff(recorded()) is ChangeKind.NOTHING
    assert world.operation.infos == []
    assert world.plan == Plan(current_job=JobId.parse(ID))


def test_a_label_is_an_update(world: World) -> None:
    """What means no release is announced as such, and is not planned as one."""
    assert world.diff(recorded(), jobReason="r") is ChangeKind.UPDATE
    assert world.operation.infos == ["no release, only job_reason changed"]
    assert world.plan == Plan(current_job=JobId.parse(ID))


def test_another_commit_is_a_release(world: World) -> None:
    """The change and the job in state are kept for the create that follows."""
    olds = recorded(commitId="1f3c9e2")
    assert world.diff(olds, commitId="8b02d4a") is ChangeKind.RELEASE
    assert world.operation.infos == ["release d1a2/main: 1f3c9e2 -> 8b02d4a"]
    assert world.plan.release == compare(olds, {**INPUTS, "commitId": "8b02d4a"})
    assert world.plan.recorded_job is not None
    assert str(world.plan.recorded_job.id) == ID
    assert world.plan.current_job is None


def test_a_diff_uses_the_words_of_the_front(world: World) -> None:
    """A preview in another language names inputs as that language does."""
    world.operation.front = CAMEL
    world.diff(recorded(), jobReason="r")
    assert world.operation.infos == ["no release, only jobReason changed"]


@pytest.mark.parametrize(
    ("id_", "olds"),
    [
        ("site", {"bucket": "b"}),
        (ID, {"appId": 7, "branchName": ["main"], "jobId": {}}),
        ("d1a2/main/41", properties_of(INPUTS, a_job("SUCCEED"), adopted=False, url=None)),
    ],
)
def test_another_resource_is_replaced_by_a_release(
    world: World, id_: str, olds: dict[str, Any]
) -> None:
    """What an alias has led here is no release: a first one takes its place, and notes stay."""
    world.notes.write(Note("a" * 32, "this", job=a_job().id))
    change = world.lifecycle.diff(world.operation, id_, olds, INPUTS)
    assert change == taking_over(INPUTS)
    assert world.plan == Plan(release=change, inputs=INPUTS)
    assert len(world.operation.infos) == 1
    assert world.notes.read() is not None


def test_a_note_of_what_is_in_state_is_deleted(world: World) -> None:
    """A note about the recorded release has done its work; a note about another release stays."""
    trailer = str(GitBuild(URN, ReleaseRequest.from_properties(INPUTS)).trailer)
    world.notes.write(Note(trailer, "this", job=a_job().id))
    world.diff(recorded())
    assert world.notes.read() is None
    world.notes.write(Note("a" * 32, "this", newest_before=41))
    world.diff(recorded())
    assert world.notes.read() is not None


def test_a_note_of_the_same_number_on_a_new_branch_stays(world: World) -> None:
    """A branch that was created again counts its jobs from 1: another release has the number too."""
    world.notes.write(Note("a" * 32, "this", job=a_job().id))
    world.diff(recorded())
    assert world.notes.read() is not None


# --- the health of the site ------------------------------------------------------------------------


class Page:
    """Looks at pages: what it was asked for, and how the page answers."""

    def __init__(self, world: World, *, answers: bool = True) -> None:
        self.asked: list[str] = []
        self.shown = ""
        self.answers = answers
        self.lifecycle = Lifecycle(lambda *_: world.branch, check_health=self.look)

    def look(self, job: JobRecord, page: str, shown: str, *_: Any) -> None:
        self.asked.append(page)
        self.shown = shown
        if not self.answers:
            raise Unhealthy(job, "it does not answer well", 403)


def test_a_page_is_looked_at_once_the_job_has_succeeded(world: World) -> None:
    """The page of `health_check` on the branch's site; what was seen is recorded."""
    page = Page(world)
    world.branch.end(1, at=60)
    made = page.lifecycle.create(world.operation, {**INPUTS, "healthCheck": "/health?x"})
    assert page.asked == [f"{SITE}/health?x"]
    assert made.properties["healthy"] is True


def test_nobody_looks_without_being_asked(world: World) -> None:
    """Neither without the input, nor where the job failed and may."""
    page = Page(world)
    world.branch.end(1, at=60)
    assert page.lifecycle.create(world.operation, INPUTS).properties["healthy"] is None
    world.branch.end(2, at=500, status="FAILED")
    inputs = {**INPUTS, "commitId": "8b02d4a", "healthCheck": "/", "allowFailure": True}
    assert page.lifecycle.create(world.operation, inputs).properties["healthy"] is None
    assert page.asked == []


def test_a_site_without_an_address_is_said(world: World) -> None:
    """AWS may not tell it; that is no failure."""
    page = Page(world)
    world.branch.fail("branch", DENIED)
    world.branch.end(1, at=60)
    made = page.lifecycle.create(world.operation, {**INPUTS, "healthCheck": "/"})
    assert (made.properties["healthy"], page.asked) == (None, [])
    assert "health_check was left out" in world.operation.warnings[-1]


def test_a_site_that_is_not_well_is_recorded_with_its_job(world: World) -> None:
    """The release stays; the next `up` looks again, and releases nothing."""
    page = Page(world, answers=False)
    world.branch.end(1, at=60)
    inputs = {**INPUTS, "healthCheck": "/"}
    with pytest.raises(RecordedFailure) as caught:
        page.lifecycle.create(world.operation, inputs)
    kept = caught.value.properties
    assert (kept["status"], kept["healthy"]) == ("SUCCEED", False)
    change = compare(kept, inputs)
    assert (change.kind, change.keys) == (ChangeKind.UPDATE, ("healthy",))
    assert sentence(change) == "health_check: look at / again"

    with pytest.raises(RecordedFailure):
        page.lifecycle.update(world.operation, caught.value.id, kept, inputs)
    page.answers = True
    made = page.lifecycle.update(world.operation, caught.value.id, kept, inputs)
    assert made.properties["healthy"] is True
    assert compare(made.properties, inputs).kind is ChangeKind.NOTHING
    assert (len(page.asked), len(world.branch.requests)) == (3, 1)


def test_a_secret_page_is_looked_at_and_not_shown(world: World) -> None:
    """A path is a part of the address, so it is hidden where it is put there."""
    page = Page(world)
    world.branch.end(1, at=60)
    page.lifecycle.create(
        world.operation, {**INPUTS, "healthCheck": "/k3y", "secretInputs": ["healthCheck"]}
    )
    assert (page.asked, page.shown) == ([f"{SITE}/k3y"], f"{SITE}[secret]")


def test_a_refresh_that_sees_the_end_leaves_the_look_to_the_next_update(world: World) -> None:
    """A wait was interrupted, and the job has succeeded since: nobody has looked at the page."""
    page = Page(world)
    world.branch.add(a_job("SUCCEED", took=92))
    olds = {**recorded(a_job("RUNNING")), "healthCheck": "/", "healthy": None}
    read = page.lifecycle.read(world.operation, ID, olds)
    assert read
    assert (read.properties["healthy"], page.asked) == (False, [])
    inputs = {**INPUTS, "healthCheck": "/"}
    assert compare(read.properties, inputs).kind is ChangeKind.UPDATE
    made = page.lifecycle.update(world.operation, ID, read.properties, inputs)
    assert (made.properties["healthy"], page.asked) == (True, [f"{SITE}/"])


def test_a_look_is_at_the_address_of_today(world: World) -> None:
    """A custom domain that was removed since is no reason to fail for ever."""
    page = Page(world)
    world.branch.add(a_job("SUCCEED", took=92))
    olds = {**recorded(), "healthCheck": "/", "healthy": False, "url": "https://old.example"}
    made = page.lifecycle.update(world.operation, ID, olds, {**INPUTS, "healthCheck": "/"})
    assert (made.properties["url"], page.asked) == (SITE, [f"{SITE}/"])


@pytest.mark.parametrize(
    ("note", "is_told"),
    [
        (Note("b" * 32, "this", job=JobId.parse("d1a2/main/43")), True),
        (Note("b" * 32, "this", job=JobId.parse("d1a2/main/43"), may_have_begun=False), False),
        (Note("b" * 32, "this", job=JobId.parse("d1a2/main/40")), False),
        (Note("b" * 32, "this", job=JobId.parse("d1a2/dev/43")), False),
        (Note("b" * 32, "this", newest_before=42), True),
        (Note("b" * 32, "this", newest_before=41), False),
        (Note("b" * 32, "this"), True),
    ],
)
def test_what_a_cut_off_run_has_begun_is_told_and_hidden(
    world: World, note: Note, is_told: bool
) -> None:
    """The program is back at what is recorded, and a newer deployment may be live: it is made again."""
    lifecycle = Lifecycle(lambda *_: world.branch, kind=DEPLOYMENT)
    inputs = {"appId": "d1a2", "branchName": "main", "source": "dist", "contentDigest": "sha256:a"}
    olds = {**inputs, "jobId": "42", "status": "SUCCEED"}
    world.notes.write(note)
    found = lifecycle.diff(world.operation, ID, olds, inputs)
    assert found.kind is (ChangeKind.RELEASE if is_told else ChangeKind.NOTHING)
    line = "deploy d1a2/main: a run that was cut off has begun to deploy other files"
    assert world.operation.infos == [line] * is_told


@pytest.mark.parametrize(
    "odd", [{"onBusy": "later"}, {"fileCount": float("inf")}, {"exclude": 5}, {"manifest": []}]
)
def test_what_another_version_has_recorded_is_compared(world: World, odd: dict[str, Any]) -> None:
    """A recorded value that this version cannot use ends no diff: the new inputs are what counts."""
    lifecycle = Lifecycle(lambda *_: world.branch, kind=DEPLOYMENT)
    inputs = {"appId": "d1a2", "branchName": "main", "source": "dist", "contentDigest": "sha256:a"}
    olds = {**inputs, "jobId": "42", "status": "SUCCEED", **odd}
    assert lifecycle.diff(world.operation, ID, olds, inputs).kind is not ChangeKind.RELEASE
    world.notes.write(Note("b" * 32, "this", job=JobId.parse("d1a2/main/43")))
    assert lifecycle.diff(world.operation, ID, olds, inputs).kind is ChangeKind.RELEASE


def test_a_profile_of_another_form_is_none(world: World) -> None:
    """State that somebody has edited is read, and deleted, by the credentials that there are."""
    world.branch.add(a_job("RUNNING"))
    olds = {**recorded(a_job("RUNNING")), "profile": ["ci"]}
    assert world.read(olds)
    world.delete(olds)
    assert {settings.profile for settings, _ in world.reached} == {None}


def test_what_was_seen_of_a_page_holds_until_another_is_asked_for(world: World) -> None:
    """An update of a label looks at no page; a refresh keeps what was seen."""
    page = Page(world)
    world.branch.add(a_job("SUCCEED", took=92))
    olds = {**recorded(healthCheck="/"), "healthy": True}
    for inputs, asked in (({"jobReason": "r", "healthCheck": "/"}, 0), ({"healthCheck": "/b"}, 1)):
        made = page.lifecycle.update(world.operation, ID, olds, {**INPUTS, **inputs})
        assert (made.properties["healthy"], len(page.asked)) == (True, asked)
    read = page.lifecycle.read(world.operation, ID, olds)
    assert read
    assert read.properties["healthy"] is True


# --- create ----------------------------------------------------------------------------------------


def test_a_release_is_one_job_followed_to_its_end(world: World) -> None:
    """Create sends one StartJob, and records the job as it ended under the inputs."""
    world.branch.end(1, at=60)
    made = world.create(commitMessage="m")
    assert made.id == "d1a2/main/1"
    assert (made.properties["status"], made.properties["adopted"]) == ("SUCCEED", False)
    assert made.properties["commitMessage"] == "m"
    assert len(world.branch.requests) == 1
    assert made.properties["url"] == SITE
    assert world.operation.infos == [f"job 1 SUCCEED  {SITE}"]


@pytest.mark.parametrize("key", ["appId", "branchName"])
def test_an_address_that_is_made_of_a_secret_is_recorded_and_not_shown(
    world: World, key: str
) -> None:
    """The output is a secret, since the program says so; no line has it."""
    world.branch.end(1, at=60)
    assert world.create(secretInputs=[key]).properties["url"] == SITE
    assert world.operation.infos == ["job 1 SUCCEED"]


def test_the_address_is_asked_for_after_the_job_is_started(world: World) -> None:
    """A look that hangs costs no release."""
    world.branch.end(1, at=60)
    world.create()
    asked = world.branch.asked
    assert asked.index("start") < asked.index("domains")


def test_a_release_reaches_aws_as_its_inputs_say(world: World) -> None:
    """Region and profile of the resource come before the stack's."""
    world.lifecycle.access.config = {"aws:region": "eu-north-1", "aws:profile": "stack"}
    world.branch.end(1, at=1)
    world.create(region="us-east-1", profile="own")
    ((settings, branch),) = world.reached
    assert (settings.region, settings.profile) == ("us-east-1", "own")
    assert branch == BranchId("d1a2", "main")


def test_a_note_is_kept_until_the_engine_has_recorded(world: World) -> None:
    """A process killed after create has a note that names the job; a recorded one needs none."""
    world.branch.end(1, at=1)
    made = world.create()
    note = world.notes.read()
    assert note is not None
    assert str(note.job) == made.id
    world.operation.record()
    assert world.notes.read() is None


def test_a_failure_is_recorded_with_its_job(world: World) -> None:
    """A job that fails is in state with the error as the cause, and its note goes as well."""
    world.branch.end(1, at=60, status="FAILED")
    with pytest.raises(RecordedFailure) as caught:
        world.create(commitId="1f3c9e2")
    failure = caught.value
    assert failure.id == "d1a2/main/1"
    assert (failure.properties["status"], failure.properties["commitId"]) == ("FAILED", "1f3c9e2")
    assert type(failure.cause) is JobFailed
    assert failure.__cause__ is failure.cause
    assert str(failure) == str(failure.cause)
    world.operation.record()
    assert world.notes.read() is None


def test_a_timeout_is_recorded_with_the_running_job(world: World) -> None:
    """The next run keeps waiting for the recorded job, so its note is not needed."""
    world.operation.timeout = 90
    with pytest.raises(RecordedFailure) as caught:
        world.create()
    assert type(caught.value.cause) is WaitTimeout
    assert caught.value.properties["status"] == "PENDING"
    assert world.operation.now() == pytest.approx(90)
    world.operation.record()
    assert world.notes.read() is None


@pytest.mark.parametrize(("status", "kept"), [("FAILED", False), ("RUNNING", True)])
def test_where_failures_are_not_recorded_the_note_of_an_active_job_stays(
    world: World, status: str, kept: bool
) -> None:
    """Nothing is in state then, so by its note alone the next run finds a job that goes on."""
    world.operation.records_failures = False
    world.operation.timeout = 90
    world.branch.end(1, at=30, status=status)
    with pytest.raises(RecordedFailure):
        world.create()
    world.operation.record()
    assert (world.notes.read() is not None) is kept


def test_a_release_has_an_hour_by_default(world: World) -> None:
    """Without a timeout of the user's, start and wait together end after an hour."""
    with pytest.raises(RecordedFailure):
        world.create()
    assert world.operation.now() == pytest.approx(DEFAULT_TIMEOUT) == 3600


def test_without_a_job_nothing_is_recorded(world: World) -> None:
    """What started no job is a plain error, and neither plan nor note says otherwise."""
    world.branch.fail("start", REJECTED)
    with pytest.raises(NotStarted):
        world.create()
    assert URN not in world.lifecycle.plans
    assert world.notes.read() is None


def test_a_preflight_comes_first(world: World) -> None:
    """What cannot work is refused before StartJob."""
    world.branch.repository = None
    with pytest.raises(NotStarted):
        world.create()
    assert world.branch.count("start") == 0


def test_the_new_id_is_known_to_the_delete_that_follows(world: World) -> None:
    """After a create the resource's id is the new one, and the plan of its diff stays."""
    world.branch.end(1, at=1)
    world.diff(recorded(), commitId="8b02d4a")
    world.create(commitId="8b02d4a")
    assert str(world.plan.current_job) == "d1a2/main/1"
    assert world.plan.release is not None


def test_an_id_is_known_even_if_the_job_fails(world: World) -> None:
    """A failed replacement is recorded under the new id, and so is not deleted as the old one."""
    world.branch.end(1, at=1, status="FAILED")
    with pytest.raises(RecordedFailure):
        world.create()
    assert str(world.plan.current_job) == "d1a2/main/1"


@pytest.mark.parametrize(("triggers", "adopts"), [({"a": 1}, True), ({"a": 2}, False)])
def test_changed_triggers_take_no_job_that_was_built_before(
    world: World, triggers: dict[str, int], adopts: bool
) -> None:
    """What was built with the old value of a trigger is not the release that is asked for."""
    built = a_job("SUCCEED", reported_commit="8b02d4a")
    world.branch.add(built)
    world.branch.end(43, at=1)
    inputs = {"commitId": "8b02d4a", "skipIfBuilt": True, "triggers": triggers}
    world.diff(recorded(triggers={"a": 1}, commitId="1f3c9e2"), **inputs)
    made = world.create(**inputs)
    assert made.properties["adopted"] is adopts
    assert made.id == (ID if adopts else "d1a2/main/43")


def test_the_job_of_a_killed_run_is_resumed(world: World) -> None:
    """A note that names a job of this release leads to it, and nothing is started."""
    job = own("SUCCEED")
    world.branch.add(job)
    trailer = str(GitBuild(URN, ReleaseRequest.from_properties(INPUTS)).trailer)
    world.notes.write(Note(trailer, "earlier", newest_before=41, job=job.id))
    assert world.create().id == ID
    assert world.branch.requests == []


def test_a_job_that_is_in_state_is_no_job_of_a_killed_run(world: World) -> None:
    """A note about a job that state had at the diff is outdated: `--replace` starts a new one."""
    job = own("SUCCEED")
    world.branch.add(job)
    world.branch.end(43, at=1)
    world.lifecycle.plans[URN] = Plan(recorded_job=job)
    trailer = str(GitBuild(URN, ReleaseRequest.from_properties(INPUTS)).trailer)
    world.notes.write(Note(trailer, "earlier", newest_before=41, job=job.id))
    assert world.create().id == "d1a2/main/43"


# --- read ------------------------------------------------------------------------------------------


def test_a_refresh_brings_the_outputs_up_to_date(world: World) -> None:
    """Status and commit are those of now; inputs and `adopted` stay as they were recorded."""
    world.branch.add(a_job("SUCCEED", reported_commit="HEAD", took=92))
    props = recorded(a_job("RUNNING"), adopted=True, commitId="1f3c9e2")
    found = world.read(props)
    assert found is not None
    assert found.id == ID
    changed = {key for key, value in found.properties.items() if props.get(key) != value}
    assert changed == {"status", "reportedCommitId", "startTime", "endTime", "durationSeconds"}
    assert found.properties["status"] == "SUCCEED"


def test_a_refresh_starts_and_stops_nothing(world: World) -> None:
    """Reading has no effect on AWS."""
    world.branch.add(a_job("RUNNING"))
    world.read(recorded(a_job("RUNNING")))
    assert world.branch.asked == ["get 42", "branch", "app", "domains"]


def test_a_refresh_fills_the_address(world: World) -> None:
    """State of a version that had none gets it, and an update without a release asks for nothing."""
    world.branch.add(a_job("SUCCEED", took=92))
    without = {key: value for key, value in recorded().items() if key != "url"}
    assert world.diff(without) is ChangeKind.NOTHING
    found = world.read(without)
    assert found
    assert found.properties["url"] == SITE
    assert world.update(found.properties, onBusy="fail").properties["url"] == SITE
    assert world.update(without, onBusy="fail").properties["url"] is None


def test_a_refresh_keeps_an_address_that_cannot_be_read(world: World) -> None:
    """A right that nobody needs, and that is missing today, takes nothing out of state."""
    world.branch.add(a_job("SUCCEED", took=92))
    world.branch.fail("branch", DENIED)
    found = world.read({**recorded(), "url": "https://example.com"})
    assert found
    assert found.properties["url"] == "https://example.com"


@pytest.mark.parametrize("question", ["branch", "app", "domains"])
def test_a_passing_error_keeps_the_recorded_address(world: World, question: str) -> None:
    """The default address is no news as long as it is not known that there is no other."""
    world.branch.add(a_job("SUCCEED", took=92))
    world.branch.fail(question, UNCLEAR)
    found = world.read({**recorded(), "url": "https://example.com"})
    assert found
    assert found.properties["url"] == "https://example.com"


@pytest.mark.parametrize("key", ["appId", "branchName"])
def test_a_refresh_fills_no_address_that_is_made_of_a_secret(world: World, key: str) -> None:
    """The engine would keep it in clear: it has no secret of that name in state."""
    world.branch.add(a_job("SUCCEED", took=92))
    props = {**recorded(secretInputs=[key])}
    del props["url"]
    found = world.read(props)
    assert found
    assert found.properties["url"] is None
    found = world.read({**props, "url": None})
    assert found
    assert found.properties["url"] == SITE


def test_the_words_of_a_step_are_kept_without_secrets(world: World) -> None:
    """What a build says may repeat a secret, and Pulumi keeps it in clear."""
    world.operation.secret = "hunter22"
    step = Step("BUILD", "FAILED", status_reason="token hunter22 <{%red%}>")
    world.branch.add(a_job("FAILED", steps=(step,)))
    found = world.read(recorded(a_job("RUNNING")))
    assert found
    assert found.properties["steps"][0]["statusReason"] == "token [secret] < {%red%}>"
    with pytest.raises(RecordedFailure) as caught:
        world.update(recorded(a_job("RUNNING")))
    assert "hunter22" not in str(caught.value.properties)


def test_a_refresh_asks_the_region_of_the_job(world: World) -> None:
    """Today's settings do not move a job: its ARN says where it is."""
    world.lifecycle.access.config = {"aws:region": "eu-north-1"}
    world.branch.add(a_job("SUCCEED", arn=ARN))
    world.read(recorded(a_job("SUCCEED", arn=ARN), region="us-east-1", profile="own"))
    ((settings, _),) = world.reached
    assert (settings.region, settings.profile) == ("eu-south-1", "own")


def test_a_named_job_takes_its_place_from_the_id(world: World) -> None:
    """A job that a program names has app and branch, and is nobody's to adopt."""
    world.branch.add(a_job("SUCCEED", job_type="RETRY"))
    found = world.read({})
    assert found is not None
    assert (found.properties["appId"], found.properties["branchName"]) == ("d1a2", "main")
    assert (found.properties["jobId"], found.properties["adopted"]) == ("42", False)
    assert (found.properties["jobType"], found.properties["region"]) == ("RETRY", "eu-west-1")


def test_a_named_job_is_read_where_the_program_says(world: World) -> None:
    """Region and profile of the program come before the stack's; a later refresh asks there, too."""
    world.lifecycle.access.config = {"aws:region": "eu-north-1", "aws:profile": "stack"}
    world.branch.add(a_job("SUCCEED"))
    found = world.read({"region": "ap-south-1", "profile": "own"})
    assert found is not None
    assert (found.properties["profile"], "onBusy" in found.properties) == ("own", False)
    again = world.read({**found.properties, "region": "ap-south-1"})
    assert again is not None
    world.read({})
    assert [(settings.region, settings.profile) for settings, _ in world.reached] == [
        ("ap-south-1", "own"),
        ("ap-south-1", "own"),
        ("eu-north-1", "stack"),
    ]


@pytest.mark.parametrize(
    ("props", "reason"),
    [
        ({"region": "Ireland"}, "region 'Ireland' is not the name of a region such as eu-west-1"),
        ({"region": "eu-west-1\n"}, "is not the name of a region"),
        ({"profile": ""}, "profile is empty: give a value or leave it out"),
    ],
)
def test_a_named_job_has_rules_as_well(world: World, props: dict[str, Any], reason: str) -> None:
    """No check comes before such a read, and AWS would answer in its own odd words."""
    with pytest.raises(InvalidSettings, match=re.escape(reason)):
        world.read(props)
    assert world.reached == []


def test_a_named_job_that_is_not_there_is_an_error(world: World) -> None:
    """AWS's error stays as it is, and says how to look elsewhere."""
    with pytest.raises(NotFound) as caught:
        world.read({})
    assert caught.value.advice.endswith("For an app in another region, give its `region`.")
    assert (caught.value.action, caught.value.code) == (MISSING.action, MISSING.code)


@pytest.mark.parametrize("id_", ["d1a2", "d1a2/main/one", ""])
def test_another_id_is_an_error(world: World, id_: str) -> None:
    """What names no job is refused before AWS is asked."""
    with pytest.raises(InvalidId):
        world.read({}, id_)
    assert world.reached == []


def test_a_purged_job_that_had_ended_stays(world: World) -> None:
    """It was released: that AWS forgets old jobs is no reason to build again."""
    props = recorded(a_job("SUCCEED", took=92))
    found = world.read(props)
    assert found is not None
    assert found.properties == props


def test_a_purged_job_that_had_not_ended_is_gone(world: World) -> None:
    """Nobody knows how it would have ended, so the resource leaves the stack."""
    assert world.read(recorded(a_job("RUNNING"))) is None


@pytest.mark.parametrize("error", [DENIED, UNCLEAR])
def test_a_refresh_that_cannot_look_forgets_nothing(world: World, error: AwsError) -> None:
    """Only a job that AWS says is not there is gone: any other error ends the refresh."""
    world.branch.fail("get", error)
    with pytest.raises(type(error)):
        world.read(recorded())


# --- update ----------------------------------------------------------------------------------------


def test_an_update_records_labels_and_starts_nothing(world: World) -> None:
    """The new inputs stand in state with the same job, and AWS is only read."""
    world.branch.add(a_job("SUCCEED", took=92))
    made = world.update(recorded(), jobReason="r")
    assert made.id == ID
    assert (made.properties["jobReason"], made.properties["status"]) == ("r", "SUCCEED")
    assert set(world.branch.asked) == {"get 42"}


def test_an_update_keeps_waiting(world: World) -> None:
    """A job that had not ended when it was recorded is followed to its end."""
    world.branch.add(a_job("RUNNING"))
    world.branch.end(42, at=60)
    made = world.update(recorded(a_job("RUNNING"), adopted=True))
    assert (made.properties["status"], made.properties["adopted"]) == ("SUCCEED", True)
    assert world.operation.now() >= 60


def test_an_update_records_a_failure(world: World) -> None:
    """A job that fails while it is waited for again is recorded with its failure."""
    world.branch.add(a_job("RUNNING"))
    world.branch.end(42, at=60, status="CANCELLED")
    with pytest.raises(RecordedFailure) as caught:
        world.update(recorded(a_job("RUNNING")))
    assert caught.value.id == ID
    assert caught.value.properties["status"] == "CANCELLED"


def test_an_update_that_fails_keeps_the_note_of_a_later_attempt(world: World) -> None:
    """`--replace` may have started a job of which nobody knows; the failure is of the recorded one."""
    world.branch.add(a_job("FAILED"))
    note = Note("a" * 32, "this", newest_before=42)
    world.notes.write(note)
    with pytest.raises(RecordedFailure):
        world.update(recorded(a_job("RUNNING")))
    world.operation.record()
    assert world.notes.read() == note


def test_an_update_of_a_purged_release_keeps_it(world: World) -> None:
    """A job that had ended is not needed at AWS to change a label."""
    made = world.update(recorded(), jobReason="r")
    assert (made.properties["status"], made.properties["jobReason"]) == ("SUCCEED", "r")


def test_an_update_of_a_lost_job_says_so(world: World) -> None:
    """A job that AWS forgot before it had ended cannot be waited for."""
    with pytest.raises(RecordedFailure) as caught:
        world.update(recorded(a_job("RUNNING")))
    assert type(caught.value.cause) is WaitFailed


def test_an_update_has_its_timeout(world: World) -> None:
    """The user's timeout bounds the wait of an update; else it is that of a create."""
    world.branch.add(a_job("RUNNING"))
    world.operation.timeout = 30
    with pytest.raises(RecordedFailure):
        world.update(recorded(a_job("RUNNING")))
    assert world.operation.now() == pytest.approx(30)
    world.operation.timeout = None
    with pytest.raises(RecordedFailure):
        world.update(recorded(a_job("RUNNING")))
    assert world.operation.now() == pytest.approx(30 + DEFAULT_TIMEOUT)


# --- delete ----------------------------------------------------------------------------------------


def test_an_own_active_job_is_stopped(world: World) -> None:
    """A destroy gives up what runs: the job is stopped and seen to end."""
    world.branch.add(own("RUNNING"))
    world.delete(recorded(a_job("RUNNING")))
    assert world.branch.count("stop") == 1
    assert world.branch.get("42").status == "CANCELLED"


def test_history_is_not_touched(world: World) -> None:
    """A job that has ended needs no call at all."""
    world.delete(recorded())
    assert world.reached == []


def test_an_adopted_job_is_not_ours_to_stop(world: World) -> None:
    """Somebody else started it."""
    world.delete(recorded(a_job("RUNNING"), adopted=True))
    assert world.reached == []


def test_a_job_without_our_trailer_is_left_alone(world: World) -> None:
    """What another resource or person has started under this id goes on, with a warning."""
    world.branch.add(a_job("RUNNING", commit_message="a push"))
    world.delete(recorded(a_job("RUNNING")))
    assert world.branch.count("stop") == 0
    assert len(world.operation.warnings) == 1


def test_a_replacement_that_took_the_job_keeps_it(world: World) -> None:
    """`--replace` may take the active job again: then the delete of the old one stops nothing."""
    world.branch.add(own("RUNNING"))
    world.branch.end(42, at=60)
    assert world.create().id == ID
    world.delete(recorded(a_job("RUNNING")))
    assert world.branch.count("stop") == 0
    # AWS writes the number with zeros now and then.
    world.delete(recorded(a_job("RUNNING")), "d1a2/main/0000000042")
    assert world.branch.count("stop") == 0


def test_the_old_job_of_a_replacement_is_stopped(world: World) -> None:
    """A job that the new release did not take is given up with its resource."""
    world.branch.add(own("RUNNING"))
    world.lifecycle.plans[URN] = Plan(current_job=JobId.parse("d1a2/main/43"))
    world.delete(recorded(a_job("RUNNING")))
    assert world.branch.count("stop") == 1


def test_a_stop_has_ten_minutes_by_default(world: World) -> None:
    """A stopped job that does not end is an error after the timeout."""
    world.branch.add(own("RUNNING"))
    world.branch.stop_takes = 10_000
    with pytest.raises(WaitTimeout):
        world.delete(recorded(a_job("RUNNING")))
    assert world.operation.now() == pytest.approx(DELETE_TIMEOUT) == 600
    world.operation.timeout = 30
    with pytest.raises(WaitTimeout):
        world.delete(recorded(a_job("RUNNING")))
    assert world.operation.now() == pytest.approx(630)


@pytest.mark.parametrize(
    ("plan", "kept"),
    [
        (None, False),
        (Plan(current_job=JobId.parse(ID)), False),
        (Plan(current_job=JobId.parse("d1a2/main/43")), False),
        (Plan(release=compare(recorded(), {**INPUTS, "commitId": "1"})), True),
    ],
)
def test_a_destroy_deletes_the_note(world: World, plan: Plan | None, kept: bool) -> None:
    """A note outlives the delete of the old resource only while the new one is not recorded."""
    if plan:
        world.lifecycle.plans[URN] = plan
    world.notes.write(Note("a" * 32, "this"))
    world.delete(recorded())
    assert (world.notes.read() is not None) is kept


@pytest.mark.parametrize(
    ("plan", "stops"),
    [
        (None, 1),
        (Plan(current_job=JobId.parse("d1a2/main/44")), 1),
        (Plan(current_job=JobId.parse("d1a2/main/43")), 0),
        (Plan(release=compare(recorded(), {**INPUTS, "commitId": "1"})), 0),
    ],
)
def test_a_destroy_stops_what_a_killed_run_left_waiting(
    world: World, plan: Plan | None, stops: int
) -> None:
    """Also where the job in state has ended; not the job that takes its place."""
    lifecycle = Lifecycle(lambda *_: world.branch, kind=DEPLOYMENT)
    if plan:
        lifecycle.plans[URN] = plan
    world.branch.add(a_job("PENDING", id="43", job_type=JobType.MANUAL))
    world.notes.write(Note("a" * 32, "this", job=JobId.parse("d1a2/main/43"), may_have_begun=False))
    lifecycle.delete(world.operation, ID, recorded())
    assert world.branch.count("stop") == stops


def test_a_destroy_of_a_build_asks_nothing_about_notes(world: World) -> None:
    """StartJob starts what it makes, so there is nothing that waits."""
    world.notes.write(Note("a" * 32, "this", job=JobId.parse("d1a2/main/43")))
    world.delete(recorded())
    assert (world.branch.asked, world.notes.read()) == ([], None)


def test_an_id_that_names_no_job_is_an_error(world: World) -> None:
    """A resource whose id was edited by hand is not deleted by guess."""
    with pytest.raises(InvalidId):
        world.delete(recorded(), "d1a2/main")


# --- between the steps -----------------------------------------------------------------------------


def test_each_resource_has_its_own_plan(world: World) -> None:
    """What is known of one resource says nothing of another."""
    world.diff(recorded(), commitId="8b02d4a")
    world.operation.urn = f"{URN}-2"
    world.diff(recorded())
    assert world.lifecycle.plans[URN].release is not None
    assert world.lifecycle.plans[f"{URN}-2"] == Plan(current_job=JobId.parse(ID))


def test_a_second_diff_forgets_the_first(world: World) -> None:
    """A preview's plan does not outlive a program that was changed back in the same process."""
    world.diff(recorded(), commitId="8b02d4a")
    world.diff(recorded())
    world.check({})
    world.branch.end(1, at=1)
    assert world.create().properties["status"] == "SUCCEED"
    assert str(world.plan.current_job) == "d1a2/main/1"


def test_notes_can_be_kept_elsewhere(world: World, tmp_path: Path) -> None:
    """A front with other notes hands over how to find them."""

    class Elsewhere(Notes):
        def __init__(self, urn: str) -> None:
            super().__init__(urn)
            self.folder = tmp_path / "elsewhere"

    lifecycle = Lifecycle(lambda *_: world.branch, Elsewhere)
    world.branch.end(1, at=1)
    lifecycle.create(world.operation, INPUTS)
    assert list((tmp_path / "elsewhere").iterdir())
    assert world.notes.read() is None
    world.operation.record()
    assert not list((tmp_path / "elsewhere").iterdir())


def test_a_recorded_failure_keeps_its_own_properties() -> None:
    """What is saved cannot be changed from outside, and reads as its cause."""
    properties = {"status": "FAILED"}
    cause = JobFailed(a_job("FAILED"), "it failed")
    failure = RecordedFailure(ID, properties, cause)
    properties["status"] = "SUCCEED"
    assert failure.properties == {"status": "FAILED"}
    assert str(failure) == "it failed"
    assert replace(Recorded(ID, {}), id="x").id == "x"


# --- secrets -------------------------------------------------------------------------------------


def test_what_aws_says_of_a_secret_is_not_shown(world: World) -> None:
    """AWS repeats values that it refuses; neither the error nor what led to it does."""
    refusal = RequestRejected("starting", "ValidationException", "Value 'hush-hush' at 'jobReason'")
    world.branch.fail("start", refusal)
    with pytest.raises(NotStarted) as caught:
        world.create(jobReason="hush-hush", secretInputs=["jobReason"])
    assert "Value '[secret]' at 'jobReason'" in str(caught.value)
    texts = [
        str(error) for error in (caught.value, caught.value.__cause__, caught.value.__context__)
    ]
    assert "hush" not in "".join(texts)
    assert world.branch.begun == []


@pytest.mark.parametrize(
    ("secret", "warnings"),
    [
        (["appId", "branchName"], 1),
        (["branchName"], 1),
        (["commitId", "region", "profile"], 0),
    ],
)
def test_a_secret_that_is_in_the_id_is_warned_of(
    world: World, secret: list[str], warnings: int
) -> None:
    """Where a release is pending, and only there: what is in the id cannot stay a secret."""
    world.check({}, secretInputs=secret)
    assert len(world.operation.warnings) == warnings
    assert all("the resource's id" in line for line in world.operation.warnings)
    assert not any("d1a2" in line for line in world.operation.warnings)
    recorded = properties_of(INPUTS, a_job("SUCCEED"), adopted=False, url=None)
    assert world.diff(recorded, secretInputs=secret) is ChangeKind.NOTHING
    assert len(world.operation.warnings) == warnings


def test_a_recorded_failure_keeps_its_secrets(world: World) -> None:
    """What is hidden in the message stays in the id and in the properties, which Pulumi keeps."""
    world.branch.end(1, at=1, status="FAILED")
    with pytest.raises(RecordedFailure) as caught:
        world.create(secretInputs=["branchName"])
    assert "d1a2/[secret]/1 FAILED" in str(caught.value)
    assert caught.value.id == "d1a2/main/1"
    assert caught.value.properties["branchName"] == "main"
    assert caught.value.properties["secretInputs"] == ["branchName"]


def test_an_unknown_region_stays_unknown(world: World) -> None:
    """A region that is known only after the update may be another one: the preview says so."""
    world.lifecycle.access.config = {"aws:region": "eu-west-1"}
    inputs = world.check(recorded(), region=UNKNOWN)
    assert inputs["region"] is UNKNOWN
    assert world.diff(recorded(), **inputs) is ChangeKind.RELEASE


def test_another_app_is_released_where_this_machine_says(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A recorded release stays in its region; an app that was never released has none yet."""
    monkeypatch.setenv("AWS_REGION", "eu-north-1")
    assert world.check(recorded(), appId="d9", region=None)["region"] == "eu-north-1"
    assert world.diff(recorded(), appId="d9", region="eu-north-1") is ChangeKind.RELEASE
    assert world.check({}, appId="d9", region=None)["region"] == "eu-north-1"


def test_an_unknown_app_has_no_region_yet(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as the app is not known, the preview writes no region that the update would change."""
    monkeypatch.setenv("AWS_REGION", "eu-north-1")
    inputs = world.check(recorded(), appId=UNKNOWN, region=None)
    assert inputs.get("region") is None


def test_operations_without_a_resource_share_no_plan(world: World) -> None:
    """Where nobody names the resource, the branch does: no resource gets another one's plan."""
    world.operation.urn = NO_URN
    assert world.diff(recorded(), commitId="8b02d4a") is ChangeKind.RELEASE
    assert world.lifecycle.plans["d1a2/main"].release
    world.check({}, branchName="dev")
    assert world.operation.infos[-1] == "release d1a2/dev"


@pytest.mark.parametrize(
    ("step", "timeout", "deadline"),
    [
        ("create", None, 1000 + DEFAULT_TIMEOUT),
        ("create", 90.0, 1090.0),
        ("update", None, 1000 + DEFAULT_TIMEOUT),
        ("update", 90.0, 1090.0),
        ("delete", None, 1000 + DELETE_TIMEOUT),
        ("delete", 90.0, 1090.0),
        ("read", None, None),
    ],
)
def test_what_is_asked_of_aws_ends_with_the_step(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    timeout: float | None,
    deadline: float | None,
) -> None:
    """Credentials and calls alike are given up at the deadline of the step; a refresh has none."""
    asked: list[tuple[str, float | None]] = []

    def ask(call: Callable[[], T], action: str, deadline: float | None = None) -> T:
        asked.append((action, deadline))
        raise UNANSWERED

    world.operation.time, world.operation.timeout = 1000, timeout
    monkeypatch.setattr(world.operation, "ask", ask)
    active = recorded(own("RUNNING"))
    steps: dict[str, Callable[[], object]] = {
        "create": world.create,
        "update": lambda: world.update(active),
        "delete": lambda: world.delete(active),
        "read": lambda: world.read(active),
    }
    with pytest.raises(Unanswered):
        steps[step]()
    assert asked == [("finding AWS credentials (d1a2/main)", deadline)]
    assert world.reached == []


def test_the_api_asks_as_the_operation_does(world: World) -> None:
    """A call of the API that outlasts the deadline is given up."""
    world.branch.add(own("SUCCEED"))
    world.operation.timeout = 90
    world.update(recorded(own("SUCCEED")))

    def slow() -> None:
        world.operation.sleep(100)

    with pytest.raises(Unanswered, match="TimedOut"):
        world.asks[-1](slow, "asking")


def test_a_refresh_that_is_interrupted_forgets_nothing(world: World) -> None:
    """Without an answer nothing is known of the job, so it stays as it is in state."""
    world.branch.fail("get", UNANSWERED)
    with pytest.raises(Unanswered):
        world.read(recorded(own("RUNNING")))


def test_an_interrupted_wait_is_recorded_while_aws_does_not_answer(world: World) -> None:
    """Ctrl-C while GetJob has no answer records the job as last seen."""
    world.operation.interrupt_at = 0.5
    world.branch.fail("get", UNANSWERED)
    with pytest.raises(RecordedFailure, match="interrupted after") as caught:
        world.create()
    assert caught.value.id == "d1a2/main/1"
    assert caught.value.properties["status"] == "PENDING"
