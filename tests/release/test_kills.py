"""Killed runs, and requests made again: which of them builds, and which resumes what is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from typing import Literal

import pytest
from amplify_job_resource.emulator import Fault, Plan

from tests.machine.engine import APP, BRANCHES
from tests.release.conftest import Scene

SHA = "a" * 40
OTHER = "b" * 40
#: A build that is over after some looks: few points to be killed at.
BRIEF = Plan(pending=0, provisioning=0, build=5, deploy=0, verify=0)


def killed_everywhere(prepare: Callable[[Scene], None]) -> Iterator[Scene]:
    """Scenes after an `up` that was killed at its first point, its second and so on to its end."""
    for at in count(1):
        scene = Scene()
        with scene.running():
            scene.control.default_plan(BRIEF)
            prepare(scene)
            scene.kill_at = at
            killed = scene.up() == "killed"
            scene.heal()
            yield scene
        if not killed:
            assert at > 20
            return


def test_killed_anywhere_one_job() -> None:
    """Whatever point a run is killed at, the next one ends well with the one job of the request."""
    for scene in killed_everywhere(lambda scene: None):
        assert scene.up() in ("ok", "same")
        assert scene.jobs() == ["SUCCEED"]
        assert not scene.notes


def test_killed_anywhere_and_ended_since_one_job() -> None:
    """The same when the next run comes so late that the job has ended."""
    for scene in killed_everywhere(lambda scene: None):
        scene.pass_time(1000)
        assert scene.up() in ("ok", "same")
        assert scene.jobs() == ["SUCCEED"]


def test_killed_anywhere_twice_one_job() -> None:
    """The next run is killed as well, early in it, and the third one ends well."""
    for scene in killed_everywhere(lambda scene: None):
        scene.kill_at = 1 + scene.ticks % 9
        scene.up()
        assert scene.up() in ("ok", "same")
        assert scene.jobs() == ["SUCCEED"]


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_anywhere_around_a_lost_reply_one_job(when: Literal["before", "after"]) -> None:
    """StartJob gets no answer, and the run is killed somewhere: still one job."""
    lost = Fault("drop", "StartJob", when)
    for scene in killed_everywhere(lambda scene: scene.fault(lost)):
        assert scene.up() in ("ok", "same")
        assert scene.jobs() == ["SUCCEED"]


def test_killed_anywhere_in_a_replacement_one_job() -> None:
    """A replacement that is killed, its delete of the old one included, makes one job as well."""

    def released(scene: Scene) -> None:
        scene.inputs["waitForCompletion"] = False
        scene.up()
        scene.inputs.update(commitId=OTHER, waitForCompletion=True)

    for scene in killed_everywhere(released):
        assert scene.up() in ("ok", "same")
        assert scene.jobs() == ["SUCCEED", "SUCCEED"]
        assert scene.asked("StopJob") == 0


def test_killed_anywhere_in_a_destroy_all_is_stopped() -> None:
    """A destroy that is killed is made good by the next one: no job of ours goes on."""
    for at in range(1, 20):
        scene = Scene()
        with scene.running():
            scene.inputs["waitForCompletion"] = False
            scene.start_long()
            scene.up()
            scene.kill_at = at
            scene.destroy()
            assert scene.destroy() == "ok"
            assert scene.jobs() == ["CANCELLED"]


def test_an_active_job_is_resumed_on_another_machine(scene: Scene) -> None:
    """Another machine knows an active job of a killed run by its trailer."""
    scene.killed_up("GetJob answered")
    scene.another_machine()
    assert scene.up() == "ok"
    assert "job 1 is this release and still active: resumed" in scene.said
    assert scene.jobs() == ["SUCCEED"]


@pytest.mark.parametrize("point", ["StartJob answered", "GetJob answered"])
def test_an_ended_job_is_resumed_on_the_same_machine(scene: Scene, point: str) -> None:
    """The note leads to the job of a killed run after its end, named in it or not."""
    scene.killed_up(point)
    scene.pass_time(1000)
    assert scene.up() == "ok"
    assert "job 1 was started by an earlier run that was cut off: resumed" in scene.said
    assert scene.jobs() == ["SUCCEED"]


def test_a_failed_job_of_a_killed_run_is_recorded_as_failed(scene: Scene) -> None:
    """A job that failed after the kill is not a success, and the up after that releases again."""
    scene.control.plan(APP, "main", Plan(outcome="FAILED"))
    scene.killed_up("GetJob answered")
    scene.pass_time(1000)
    assert scene.up() == "recorded failure"
    assert scene.error.startswith("Amplify job d1/main/1 FAILED")
    assert scene.up() == "ok"
    assert scene.jobs() == ["FAILED", "SUCCEED"]


def test_an_ended_job_is_built_again_on_another_machine(scene: Scene) -> None:
    """The limit: no note and no active job, so nothing tells that the request has its job."""
    scene.killed_up("GetJob answered")
    scene.pass_time(1000)
    scene.another_machine()
    assert scene.up() == "ok"
    assert scene.jobs() == ["SUCCEED", "SUCCEED"]


def test_skip_if_built_avoids_building_again_on_another_machine(scene: Scene) -> None:
    """Where AWS reports the commit, `skip_if_built` takes the ended job of the killed run."""
    scene.inputs["skipIfBuilt"] = True
    scene.control.plan(APP, "main", Plan(commit_id=SHA))
    scene.killed_up("GetJob answered")
    scene.pass_time(1000)
    scene.another_machine()
    assert scene.up() == "ok"
    assert scene.jobs() == ["SUCCEED"]


def test_replace_builds_anew(scene: Scene) -> None:
    """`--replace` builds although the same inputs succeeded a minute ago."""
    scene.up()
    assert scene.up(replace=True) == "ok"
    assert scene.jobs() == ["SUCCEED", "SUCCEED"]


def test_back_to_an_old_commit_builds_anew(scene: Scene) -> None:
    """A -> B -> A are three releases: the third is not the first."""
    for commit in (SHA, OTHER, SHA):
        scene.inputs["commitId"] = commit
        assert scene.up() == "ok"
    assert scene.jobs() == ["SUCCEED"] * 3


def test_destroy_then_up_builds_anew(scene: Scene) -> None:
    """A resource that was destroyed and is declared again is a new request."""
    scene.up()
    scene.destroy()
    assert scene.up() == "ok"
    assert scene.jobs() == ["SUCCEED", "SUCCEED"]


def test_destroy_ends_the_wish_of_a_killed_replacement(scene: Scene) -> None:
    """The job of a killed replacement is not resumed once the resource was destroyed."""
    scene.up()
    scene.inputs["commitId"] = OTHER
    scene.killed_up("GetJob answered")
    scene.pass_time(1000)
    assert scene.destroy() == "ok"
    assert not scene.notes
    assert scene.up() == "ok"
    assert scene.jobs() == ["SUCCEED"] * 3


@pytest.mark.parametrize("policy", ["wait", "adopt", "stop"])
def test_a_recorded_active_job_is_not_the_new_release(scene: Scene, policy: str) -> None:
    """A changed trigger wants a new job; the active one of the same commit is waited for or stopped."""
    scene.control.plan(APP, "main", Plan(build=600, commit_id=SHA))
    scene.inputs.update(waitForCompletion=False, triggers={"env": "1"})
    scene.up()
    scene.inputs.update(waitForCompletion=True, triggers={"env": "2"}, onBusy=policy)
    assert scene.up() == "ok"
    assert scene.jobs() == ["CANCELLED" if policy == "stop" else "SUCCEED", "SUCCEED"]
    assert scene.resource
    assert scene.resource.id == "d1/main/2"


def test_adopt_does_not_take_a_job_that_began_before_a_trigger_changed(scene: Scene) -> None:
    """A push's job of the same commit may have read the old values: `adopt` waits for its end."""
    scene.inputs["triggers"] = {"env": "1"}
    scene.up()
    scene.start_long()
    scene.push("main", SHA)
    scene.inputs.update(triggers={"env": "2"}, onBusy="adopt")
    assert scene.up() == "ok"
    assert scene.jobs() == ["SUCCEED"] * 3


def test_replace_of_a_running_job_takes_it_and_does_not_stop_it(scene: Scene) -> None:
    """`--replace` alone takes the running job; deleting the old resource leaves that job alone."""
    scene.inputs["waitForCompletion"] = False
    scene.start_long()
    scene.up()
    assert scene.up(replace=True) == "ok"
    assert not scene.pending_deletes
    assert scene.asked("StopJob") == 0
    scene.pass_time(1000)
    assert scene.jobs() == ["SUCCEED"]


def test_a_killed_replace_of_a_running_job_does_not_stop_it_later(scene: Scene) -> None:
    """When the old resource is deleted by a later command, the job of the new one goes on."""
    scene.inputs["waitForCompletion"] = False
    scene.start_long()
    scene.up()
    scene.kill_point = "the end of a step"
    assert scene.up(replace=True) == "killed"
    assert scene.pending_deletes
    assert scene.up() == "same"
    assert not scene.pending_deletes
    assert scene.asked("StopJob") == 0


def test_an_active_job_of_an_earlier_request_is_not_resumed(scene: Scene) -> None:
    """A, then B elsewhere, killed before the old resource is deleted, then A again: built anew."""
    scene.inputs["waitForCompletion"] = False
    scene.start_long(600)
    scene.up()
    scene.pass_time(10)
    scene.inputs["branchName"] = BRANCHES[1]
    scene.killed_up("the end of a step")
    assert scene.pending_deletes
    scene.inputs.update(branchName=BRANCHES[0], waitForCompletion=True)
    assert scene.up() == "ok"
    assert scene.jobs() == ["SUCCEED", "SUCCEED"]
    assert scene.asked("StopJob") == 0


def test_an_old_note_is_not_followed_when_state_knows_better(scene: Scene) -> None:
    """A note whose job another machine has recorded does not keep `--replace` from building."""
    scene.killed_up("StartJob answered")
    scene.another_machine()
    scene.up()
    scene.another_machine()
    (left,) = scene.notes
    assert scene.up() == "same"
    assert not left.exists()
    assert scene.up(replace=True) == "ok"
    assert scene.jobs() == ["SUCCEED", "SUCCEED"]


def test_an_old_note_is_not_followed_after_other_releases(scene: Scene) -> None:
    """A killed run's job is no answer to the same request once another release was recorded."""
    scene.up()
    scene.inputs["commitId"] = OTHER
    scene.control.plan(APP, "main", Plan(echo_message=False), Plan(echo_message=False))
    scene.killed_up("GetJob answered")
    scene.pass_time(1000)
    scene.another_machine()
    scene.inputs["commitId"] = "c" * 40
    scene.up()
    scene.another_machine()
    scene.inputs["commitId"] = OTHER
    assert scene.up() == "ok"
    assert scene.jobs() == ["SUCCEED"] * 4


def test_ctrl_c_records_the_job_and_the_next_up_waits_on(scene: Scene) -> None:
    """Interrupted in the wait: the job is in state, goes on, and is waited for by the next up."""
    scene.interrupt_at = 20
    assert scene.up() == "recorded failure"
    assert "interrupted after" in scene.error
    assert scene.up() == "ok"
    assert scene.asked("StartJob") == 1


def test_ctrl_c_before_the_start_starts_nothing(scene: Scene) -> None:
    """Interrupted while it waits for a busy branch: no job, and the next up makes it."""
    scene.start_long()
    scene.push("main", OTHER)
    scene.interrupt_at = 12
    assert scene.up() == "refused"
    assert "interrupted: the branch is busy: job 1 is RUNNING" in scene.error
    assert scene.asked("StartJob") == 0
    assert not scene.notes
    assert scene.up() == "ok"


def test_a_wish_given_up_and_made_again_finds_its_job(scene: Scene) -> None:
    """The limit: a killed release, its commit set back and asked for again, is resumed."""
    scene.up()
    first = scene.inputs["commitId"]
    scene.inputs["commitId"] = "b" * 40
    scene.killed_up("StartJob answered")
    scene.inputs["commitId"] = first
    assert scene.up() == "same"
    scene.pass_time(1000)
    scene.inputs["commitId"] = "b" * 40
    assert scene.up() == "ok"
    assert scene.jobs() == ["SUCCEED", "SUCCEED"]


def test_a_person_who_removes_the_note_builds_anew(scene: Scene) -> None:
    """Nothing but the note leads to a job that has ended."""
    scene.killed_up("StartJob answered")
    scene.pass_time(1000)
    scene.forget_notes()
    assert scene.up() == "ok"
    assert scene.jobs() == ["SUCCEED", "SUCCEED"]


def test_replace_after_a_kill_at_the_end_takes_the_recorded_job(scene: Scene) -> None:
    """The limit: killed between record and end, `--replace` takes that job; after an up it does not."""
    scene.killed_up("the end of a step")
    assert scene.up(replace=True) == "ok"
    assert scene.jobs() == ["SUCCEED"]
    assert scene.up() == "same"
    assert scene.up(replace=True) == "ok"
    assert scene.jobs() == ["SUCCEED", "SUCCEED"]


def test_of_two_builds_of_one_wish_the_newer_is_taken(scene: Scene) -> None:
    """Killed here, built again and killed elsewhere: back here, the newer job is the live one."""
    scene.killed_up("StartJob answered")
    scene.pass_time(1000)
    scene.another_machine()
    scene.killed_up("StartJob answered")
    scene.pass_time(1000)
    scene.another_machine()
    assert scene.up() == "ok"
    assert scene.resource
    assert scene.resource.id == "d1/main/2"
    assert scene.jobs() == ["SUCCEED", "SUCCEED"]


def test_an_old_note_is_outdated_by_a_release_of_another_branch(scene: Scene) -> None:
    """Resumed elsewhere, then another branch: back here and at the first branch, it builds anew."""
    scene.killed_up("GetJob answered")
    scene.another_machine()
    assert scene.up() == "ok"
    scene.inputs["branchName"] = BRANCHES[1]
    scene.pass_time(10)
    assert scene.up() == "ok"
    scene.another_machine()
    scene.inputs["branchName"] = BRANCHES[0]
    assert scene.up() == "ok"
    assert scene.jobs() == ["SUCCEED", "SUCCEED"]


def test_the_job_of_a_note_is_not_given_up_for_an_older_one(scene: Scene) -> None:
    """A job that AWS shows without a message is still the newer one of two of the same request."""
    scene.up()
    scene.destroy()
    scene.control.plan(APP, "main", Plan(echo_message=False))
    scene.killed_up("GetJob answered")
    scene.pass_time(1000)
    assert scene.up() == "ok"
    assert scene.resource
    assert scene.resource.id == "d1/main/2"
