"""A folder is deployed exactly once: kills at every point, lost replies, and what blocks a branch."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from itertools import count
from typing import Literal

import pytest
from amplify_job_resource._program.sources import describe
from amplify_job_resource.emulator import Fault, Plan, emulator_state

from tests.machine.engine import APP, BRANCHES
from tests.release.conftest import DeploymentScene

#: A deployment that is over after some looks: few points to be killed at.
BRIEF = Plan(pending=1, provisioning=0, deploy=1, verify=0, cancelling=1)
CALLS = ("CreateDeployment", "StartDeployment", "PutUpload")
When = Literal["before", "after"]
Prepare = Callable[[DeploymentScene], object]


def nothing(_: DeploymentScene) -> None:
    """All is as it is at first."""


def killed_everywhere(
    prepare: Prepare = nothing, *, replace: bool = False, points: int = 20
) -> Iterator[DeploymentScene]:
    """Scenes after an `up` that was killed at its first point, its second and so on to its end."""
    for at in count(1):
        scene = DeploymentScene()
        with scene.running():
            scene.control.default_plan(BRIEF)
            prepare(scene)
            scene.kill_at = at
            killed = scene.up(replace=replace) == "killed"
            scene.heal()
            yield scene
        if not killed:
            assert at > points
            return


def started(scene: DeploymentScene) -> list[str]:
    """The statuses of the jobs of `main` that were started, oldest first."""
    jobs = scene.backend.branch(APP, "main").jobs
    return [
        scene.backend.snapshot(job).status
        for number, job in sorted(jobs.items())
        if scene.has_begun(("main", number))
    ]


def assert_deployed_once(scene: DeploymentScene, page: str = "a") -> None:
    """One deployment was started and is live, the branch is free, and there is nothing left to do."""
    assert started(scene) == ["SUCCEED"]
    assert scene.live() == page
    assert not {"PENDING", "CREATED"} & set(scene.jobs())
    assert not scene.notes
    assert scene.up() == "same"


# --- without a fault -----------------------------------------------------------------------------


def test_a_folder_is_deployed(deploying: DeploymentScene) -> None:
    """One CreateDeployment, one upload, one StartDeployment; a second `up` does nothing."""
    assert deploying.up() == "ok"
    assert [deploying.asked(call) for call in CALLS] == [1, 1, 1]
    assert_deployed_once(deploying)
    assert [deploying.asked(call) for call in CALLS] == [1, 1, 1]


def test_other_content_is_deployed_and_the_same_again(deploying: DeploymentScene) -> None:
    """a, b, a: three deployments, each of which is live after it."""
    for page in ("a", "b", "a"):
        deploying.write(page)
        assert deploying.up() == "ok"
        assert deploying.live() == page
    assert deploying.jobs() == ["SUCCEED"] * 3


def test_replace_deploys_again(deploying: DeploymentScene) -> None:
    """`--replace` is a wish of its own."""
    deploying.up()
    assert deploying.up(replace=True) == "ok"
    assert deploying.jobs() == ["SUCCEED", "SUCCEED"]


def test_a_failed_deployment_is_recorded_and_made_again(deploying: DeploymentScene) -> None:
    """The failure is in state; the next `up` deploys once more."""
    deploying.control.plan(APP, "main", Plan(outcome="FAILED"))
    assert deploying.up() == "recorded failure"
    assert deploying.error.startswith("Amplify job d1/main/1 FAILED")
    assert deploying.up() == "ok"
    assert deploying.jobs() == ["FAILED", "SUCCEED"]
    assert deploying.live() == "a"


def test_a_timeout_records_the_job(deploying: DeploymentScene) -> None:
    """The next `up` goes on with it."""
    deploying.control.plan(APP, "main", Plan(deploy=1000))
    assert deploying.up() == "recorded failure"
    assert deploying.up() == "ok"
    assert_deployed_once(deploying)


def test_ctrl_c_in_the_wait_records_the_job(deploying: DeploymentScene) -> None:
    """It goes on by itself, and the next `up` waits for it."""
    deploying.control.plan(APP, "main", Plan(deploy=400))
    deploying.interrupt_at = 30
    assert deploying.up() == "recorded failure"
    assert deploying.up() == "ok"
    assert_deployed_once(deploying)


def test_destroy_stops_the_own_job(deploying: DeploymentScene) -> None:
    """One that is active and in state; a destroyed resource that is declared again deploys again."""
    deploying.control.plan(APP, "main", Plan(deploy=400))
    deploying.inputs["waitForCompletion"] = False
    deploying.up()
    assert deploying.destroy() == "ok"
    assert deploying.jobs() == ["CANCELLED"]
    deploying.inputs["waitForCompletion"] = True
    assert deploying.up() == "ok"
    assert deploying.jobs() == ["CANCELLED", "SUCCEED"]


@pytest.mark.parametrize(
    ("policy", "outcome", "jobs"),
    [
        ("wait", "ok", ["SUCCEED", "SUCCEED"]),
        ("stop", "ok", ["CANCELLED", "SUCCEED"]),
        ("fail", "refused", ["RUNNING"]),
    ],
)
def test_a_busy_branch(
    deploying: DeploymentScene, policy: str, outcome: str, jobs: list[str]
) -> None:
    """Somebody else's deployment is waited for, stopped, or the end."""
    deploying.control.plan(APP, "main", Plan(deploy=100))
    deploying.foreign_start("main")
    deploying.pass_time(20)
    deploying.inputs["onBusy"] = policy
    assert deploying.up() == outcome
    assert deploying.jobs() == jobs


# --- kills ---------------------------------------------------------------------------------------


def test_killed_anywhere_one_deployment() -> None:
    """Whatever point a run is killed at, the next one ends well with one deployment."""
    for scene in killed_everywhere():
        assert scene.up() in ("ok", "same")
        assert_deployed_once(scene)


def test_killed_anywhere_and_ended_since_one_deployment() -> None:
    """The same when the next run comes so late that a job that was started has ended."""
    for scene in killed_everywhere():
        scene.pass_time(1000)
        assert scene.up() in ("ok", "same")
        assert_deployed_once(scene)


def test_killed_anywhere_and_too_late_to_start() -> None:
    """A job that has waited for nine hours cannot be started any more; the content is live anyway.

    Where it is not certain whether it was started before, its failure is recorded first.
    """
    for scene in killed_everywhere():
        scene.pass_time(9 * 60 * 60)
        if scene.up() == "recorded failure":
            assert scene.up() == "ok"
        assert scene.live() == "a"
        assert started(scene)[-1] == "SUCCEED"
        assert scene.up() == "same"


def test_killed_anywhere_twice_one_deployment() -> None:
    """The next run is killed as well, early in it, and the third one ends well."""
    for scene in killed_everywhere():
        scene.kill_at = 1 + scene.ticks % 13
        scene.up()
        assert scene.up() in ("ok", "same")
        assert_deployed_once(scene)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("call", CALLS)
def test_killed_anywhere_around_a_lost_reply_one_deployment(call: str, when: When) -> None:
    """A call gets no answer, and the run is killed somewhere: still one deployment."""
    for scene in killed_everywhere(lambda scene: scene.fault(Fault("drop", call, when))):
        assert scene.up() in ("ok", "same")
        assert_deployed_once(scene)


def test_killed_anywhere_in_a_replacement_one_deployment() -> None:
    """One for the content before, and one for the content now."""

    def deployed(scene: DeploymentScene) -> None:
        scene.up()
        scene.write("b")

    for scene in killed_everywhere(deployed):
        assert scene.up() in ("ok", "same")
        assert started(scene) == ["SUCCEED", "SUCCEED"]
        assert scene.live() == "b"
        assert not scene.notes
        assert scene.up() == "same"


def test_killed_anywhere_in_a_forced_replacement_one_deployment() -> None:
    """`--replace` that is killed and asked for again makes one deployment more."""
    for scene in killed_everywhere(lambda scene: scene.up(), replace=True):
        assert scene.up(replace=True) == "ok"
        assert len(started(scene)) in (2, 3)  # A kill after it is recorded makes it another wish.
        assert scene.up() == "same"
        assert scene.live() == "a"


def test_killed_anywhere_and_other_content_since() -> None:
    """What was left waiting is stopped, what has begun is waited for, and the new content is live."""
    for scene in killed_everywhere():
        scene.write("b")
        assert scene.up() == "ok"
        assert scene.live() == "b"
        assert set(started(scene)) <= {"SUCCEED", "CANCELLED"}
        assert len(started(scene)) <= 2
        assert not {"PENDING", "CREATED"} & set(scene.jobs())
        assert scene.up() == "same"


def test_killed_anywhere_and_back_to_what_is_recorded() -> None:
    """State has a, a run for b was cut off, and the program has a again: a is what is live."""

    def other(scene: DeploymentScene) -> None:
        assert scene.up() == "ok"
        scene.write("b")

    for scene in killed_everywhere(other):
        scene.pass_time(100)
        scene.write("a")
        assert scene.up() in ("ok", "same")
        assert scene.live() == "a"
        assert scene.up() == "same"


def test_killed_anywhere_with_two_contents_and_back() -> None:
    """Killed with `a`, killed with `b`, then `a` again: that is live, and nothing waits."""
    for number, scene in enumerate(killed_everywhere()):
        scene.write("b")
        scene.kill_at = 1 + number * 7 % 25
        scene.up()
        scene.write("a")
        outcome = scene.up()
        # Where `a` was recorded, there is nothing to do: the next deployment frees the branch.
        assert "PENDING" not in scene.jobs() or (outcome == "same" and scene.notes)
        assert scene.up() == "same"
        assert scene.live() == "a"
        scene.write("c")
        assert scene.up() == "ok"
        assert scene.live() == "c"


def test_what_waits_on_another_branch_is_told_of(deploying: DeploymentScene) -> None:
    """A run was killed, and the next one is for another branch: it says how to free the first one."""
    deploying.killed_up("within the upload")
    deploying.inputs["branchName"] = BRANCHES[1]
    assert deploying.up() == "ok"
    assert "job 1 of d1/main was created for a deployment that was cut off" in deploying.said
    command = "aws amplify stop-job --app-id d1 --branch-name main --job-id 1 --region us-east-1"
    assert f"to stop it: {command}" in deploying.said
    assert deploying.live(BRANCHES[1]) == "a"


def test_what_waits_where_the_resource_was_is_stopped(deploying: DeploymentScene) -> None:
    """The resource moves to another branch after a killed run: its old place is left free."""
    deploying.up()
    deploying.write("b")
    deploying.killed_up("within the upload")
    deploying.inputs["branchName"] = BRANCHES[1]
    assert deploying.up() == "ok"
    deploying.pass_time(10)
    assert deploying.jobs() == ["SUCCEED", "CANCELLED"]
    assert deploying.live(BRANCHES[1]) == "b"


def test_killed_anywhere_in_a_destroy_all_is_stopped() -> None:
    """A destroy that is killed is made good by the next one: no job of ours goes on, none waits."""
    for at in range(1, 20):
        scene = DeploymentScene()
        with scene.running():
            scene.up()
            scene.write("b")
            scene.killed_up("PutUpload unsent")
            scene.kill_at = at
            scene.destroy()
            assert scene.destroy() == "ok"
            scene.pass_time(10)
            assert scene.jobs() == ["SUCCEED", "CANCELLED"]
            assert not scene.notes


def test_a_branch_that_was_made_anew_has_nothing_of_the_killed_run() -> None:
    """Numbers begin again: the note of a killed run names a job of the branch before."""
    for scene in killed_everywhere():
        scene.make_anew("main")
        scene.foreign_start("main")
        scene.pass_time(100)
        scene.refresh()
        assert scene.up() == "ok"
        assert scene.live() == "a"
        assert started(scene) == ["SUCCEED", "SUCCEED"]


def test_another_machine_is_told_how_to_free_the_branch(deploying: DeploymentScene) -> None:
    """The limit: it has no note, so it waits, and says what to do; after that it deploys."""
    deploying.killed_up("within the upload")
    deploying.another_machine()
    assert deploying.up() == "refused"
    assert "timed out: the branch is busy: job 1 is PENDING" in deploying.error
    assert "It may wait for files that nobody uploads any more: then stop it." in deploying.error
    command = "aws amplify stop-job --app-id d1 --branch-name main --job-id 1 --region us-east-1"
    assert f"to stop it: {command}" in deploying.error
    assert f"to stop it: {command}" in deploying.said
    deploying.stop_waiting()
    assert deploying.up() == "ok"
    assert_deployed_once(deploying)


# --- lost replies and refusals -------------------------------------------------------------------


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("kind", ["500", "503", "drop"])
@pytest.mark.parametrize("call", CALLS)
def test_a_lost_reply_makes_no_second_deployment(
    deploying: DeploymentScene, call: str, kind: Literal["500", "503", "drop"], when: When
) -> None:
    """Whichever call has no answer, with or without its effect, one deployment is started."""
    deploying.fault(Fault(kind, call, when))
    assert deploying.up() == "ok"
    assert_deployed_once(deploying)


@pytest.mark.parametrize("pending", [0, 300])
@pytest.mark.parametrize("times", [1, 2, 3])
def test_lost_starts_are_one_deployment(
    deploying: DeploymentScene, pending: int, times: int
) -> None:
    """Also where the job waits for a free build slot, so that nothing shows that it has begun."""
    deploying.control.plan(APP, "main", Plan(pending=pending))
    deploying.fault(Fault("drop", "StartDeployment", "after", times=times))
    assert deploying.up() == "ok"
    assert_deployed_once(deploying)
    assert deploying.asked("StopJob") == 0


def test_what_lost_creates_have_made_is_stopped(deploying: DeploymentScene) -> None:
    """Two replies are lost: two jobs are stopped, the third is deployed."""
    deploying.fault(Fault("drop", "CreateDeployment", "after", times=2))
    assert deploying.up() == "ok"
    assert deploying.jobs() == ["CANCELLED", "CANCELLED", "SUCCEED"]
    assert_deployed_once(deploying)


def test_creates_that_are_never_answered_leave_a_free_branch(deploying: DeploymentScene) -> None:
    """The run gives up, and nothing waits."""
    deploying.fault(Fault("drop", "CreateDeployment", "after", times=None))
    assert deploying.up() == "refused"
    assert "AWS gave no clear answer 3 times" in deploying.error
    assert set(deploying.jobs()) == {"CANCELLED"}
    deploying.heal()
    assert deploying.up() == "ok"
    assert_deployed_once(deploying)


def test_credentials_that_expire_after_a_lost_create(deploying: DeploymentScene) -> None:
    """It is unknown what there is; the next run stops it, and deploys."""
    deploying.fault(Fault("drop", "CreateDeployment", "after"))
    deploying.fault(Fault("expired", "ListJobs", skip=1, times=None))
    assert deploying.up() == "unknown"
    assert deploying.notes
    deploying.heal()
    assert deploying.up() == "ok"
    assert deploying.jobs() == ["CANCELLED", "SUCCEED"]
    assert_deployed_once(deploying)


def test_credentials_that_expire_after_a_lost_start(deploying: DeploymentScene) -> None:
    """The job has begun, and nobody says that it has not; the next run goes on with it."""
    deploying.fault(Fault("drop", "StartDeployment", "after"))
    for call in ("GetJob", "StopJob"):
        deploying.fault(Fault("expired", call, times=None))
    deploying.fault(Fault("expired", "StartDeployment", skip=1, times=None))
    deploying.fault(Fault("expired", "ListJobs", skip=1, times=None))
    assert deploying.up() == "unknown"
    deploying.heal()
    assert deploying.up() == "ok"
    assert deploying.jobs() == ["SUCCEED"]
    assert_deployed_once(deploying)


@pytest.mark.parametrize("kind", ["denied", "expired", "refused", "throttled", "limit"])
@pytest.mark.parametrize("call", ["CreateDeployment", "StartDeployment"])
def test_what_is_refused_for_good_leaves_nothing(
    deploying: DeploymentScene, call: str, kind: Literal["denied"]
) -> None:
    """No job waits, no note stays, and the sentence has AWS's words."""
    deploying.fault(Fault(kind, call, times=None))
    assert deploying.up() == "refused"
    assert "no Amplify job was started for d1/main" in deploying.error
    if call == "StartDeployment":
        assert "Job 1, which was created for it, was stopped." in deploying.error
    deploying.pass_time(10)
    assert deploying.jobs() == ["CANCELLED"] * (call == "StartDeployment")
    assert started(deploying) == []
    deploying.heal()
    assert deploying.up() == "ok"
    assert_deployed_once(deploying)


@pytest.mark.parametrize("kind", ["denied", "expired", "500", "drop"])
def test_an_upload_that_fails_for_good_leaves_nothing(
    deploying: DeploymentScene, kind: Literal["denied", "expired", "500", "drop"]
) -> None:
    """The job is stopped, and nothing is recorded."""
    deploying.fault(Fault(kind, "PutUpload", times=None))
    assert deploying.up() == "refused"
    assert "the files were not uploaded" in deploying.error
    assert "Job 1, which was created for it, was stopped." in deploying.error
    assert not deploying.notes
    deploying.pass_time(10)
    assert deploying.jobs() == ["CANCELLED"]
    deploying.heal()
    assert deploying.up() == "ok"
    assert_deployed_once(deploying)


def test_an_upload_whose_answer_is_lost_counts(deploying: DeploymentScene) -> None:
    """S3 refuses a second one; StartDeployment tells that the files are there."""
    deploying.fault(Fault("drop", "PutUpload", "after"))
    assert deploying.up() == "ok"
    assert deploying.asked("PutUpload") == 2
    assert_deployed_once(deploying)


def test_content_that_changes_before_the_run_is_not_deployed(deploying: DeploymentScene) -> None:
    """Nothing is made in AWS."""
    deploying.write("b", seen=False)
    assert deploying.up() == "refused"
    assert "'index.html' has changed while it was being deployed" in deploying.error
    assert "Nothing was deployed to d1/main." in deploying.error
    assert deploying.jobs() == []
    deploying.write("b")
    assert deploying.up() == "ok"
    assert_deployed_once(deploying, "b")


def test_content_that_changes_in_the_upload_is_not_deployed(deploying: DeploymentScene) -> None:
    """A file too large to be kept in memory: the job is stopped."""
    large = deploying.folder / "large.png"
    large.write_bytes(bytes(300_000))
    deploying.write("a")
    real = deploying.tick

    def tick(point: str) -> None:
        if point == "CreateDeployment answered":
            large.write_bytes(bytes(299_999) + b"1")
        real(point)

    deploying.tick = tick  # type: ignore[method-assign]
    assert deploying.up() == "refused"
    assert "'large.png' has changed while it was being deployed" in deploying.error
    deploying.pass_time(10)
    assert deploying.jobs() == ["CANCELLED"]
    assert started(deploying) == []


def test_ctrl_c_anywhere_leaves_no_job_that_waits() -> None:
    """Each point: what was not started is stopped, what was started is recorded, and `up` goes on."""
    for at in count(1):
        scene = DeploymentScene()
        with scene.running():
            scene.control.default_plan(BRIEF)
            scene.interrupt_at = at
            begun = emulator_state.clock.now()
            outcome = scene.up()
            assert outcome in ("refused", "recorded failure", "ok")
            if outcome == "refused":
                assert emulator_state.clock.now() - begun < 60
                assert started(scene) == []
                scene.pass_time(10)
                assert set(scene.jobs()) <= {"CANCELLED"}
                assert not scene.notes
            assert scene.up() in ("ok", "same")
            assert_deployed_once(scene)
        if outcome == "ok":
            assert at > 20
            return


def test_no_address_is_shown_anywhere(
    deploying: DeploymentScene, caplog: pytest.LogCaptureFixture
) -> None:
    """Lines and notes are watched in each of these tests; here also what libraries log."""
    deploying.fault(Fault("drop", "PutUpload", "after"), Fault("drop", "StartDeployment", "after"))
    names = [name for name in logging.root.manager.loggerDict if "botocore" not in name]
    with caplog.at_level(logging.DEBUG):
        for name in names:
            logging.getLogger(name).setLevel(logging.DEBUG)
        assert deploying.up() == "ok"
    shown = [
        record.getMessage() for record in caplog.records if not record.name.startswith("botocore")
    ]
    assert "X-Amz-Signature" not in "\n".join(shown)


# --- from an address -----------------------------------------------------------------------------


class Elsewhere(DeploymentScene):
    """A program that gives an address with a signature; nobody has to answer at it here."""

    def deploy_from(self, address: str) -> None:
        """Let the program give this address as its source."""
        for key in ("contentDigest", "fileCount", "totalBytes", "manifest"):
            self.inputs.pop(key, None)
        self.inputs["source"] = address
        self.inputs["contentDigest"] = describe(address, None, "source").content_digest
        self.inputs["secretInputs"] = ["source"]


SIGNED = "https://127.0.0.1:9/site.zip?X-Amz-Signature=5ec2e7"


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[Elsewhere]:
    scene = Elsewhere()
    with scene.running():
        # What is at the address does not matter: the job that reads it is one all the same.
        scene.deploy_from(SIGNED)
        scene.inputs["allowFailure"] = True
        yield scene


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_lost_start_from_an_address_is_one_job(elsewhere: Elsewhere, when: When) -> None:
    """The job from the address is found, or it is sent again."""
    elsewhere.fault(Fault("drop", "StartDeployment", when))
    assert elsewhere.up() == "ok"
    assert len(elsewhere.jobs()) == 1
    assert elsewhere.up() in ("ok", "same")


def test_killed_anywhere_from_an_address_one_job() -> None:
    """The note leads to the job from the address, which is the one since then."""
    for at in count(1):
        scene = Elsewhere()
        with scene.running():
            scene.deploy_from(SIGNED)
            scene.inputs["allowFailure"] = True
            scene.control.default_plan(BRIEF)
            scene.kill_at = at
            killed = scene.up() == "killed"
            assert scene.up() in ("ok", "same")
            assert len(scene.jobs()) == 1
            assert not scene.notes
        if not killed:
            assert at > 10
            return


def test_no_part_of_the_signature_is_shown(elsewhere: Elsewhere) -> None:
    """Not in lines, errors, notes or outputs; in state it is a secret input."""
    elsewhere.killed_up("StartDeployment answered")
    notes = [note.read_text(encoding="utf-8") for note in elsewhere.notes]
    said = elsewhere.said
    elsewhere.fault(Fault("refused", "GetJob"))
    elsewhere.up()
    assert elsewhere.resource
    outputs = {key: text for key, text in elsewhere.resource.outputs.items() if key != "source"}
    shown = "\n".join([said, elsewhere.said, elsewhere.error, str(outputs), *notes])
    assert "5ec2e7" not in shown
