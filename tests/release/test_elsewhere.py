"""Releases of other machines, other branches of the same name, and commits in other spellings."""

from __future__ import annotations

from typing import Any

import pytest
from amplify_job_resource.emulator import Plan

from tests.machine.engine import APP, BRANCHES
from tests.release.conftest import Scene

SHA = "a1f3c9e2a77b0c1d2e3f4a5b6c7d8e9f0a1b2c3d"
OTHER = "b" * 40


def killed_and_ended(scene: Scene, outcome: str = "SUCCEED") -> None:
    """A first release is recorded; that of another commit is killed, and its job has ended."""
    scene.up()
    scene.inputs["commitId"] = OTHER
    scene.control.plan(APP, "main", Plan(outcome=outcome))  # type: ignore[arg-type]
    scene.killed_up("GetJob answered")
    scene.pass_time(1000)


def test_a_finished_job_of_a_killed_run_is_resumed_on_another_machine(scene: Scene) -> None:
    """With an older job in state, a newer one of this release can only be the killed run's."""
    killed_and_ended(scene)
    scene.another_machine()
    assert scene.up() == "ok"
    assert "job 2 was started by an earlier run that was cut off: resumed" in scene.said
    assert scene.jobs() == ["SUCCEED", "SUCCEED"]
    assert scene.up() == "same"


def test_a_failed_job_of_a_killed_run_is_released_again_on_another_machine(scene: Scene) -> None:
    """A failure is no release: the other machine builds."""
    killed_and_ended(scene, "FAILED")
    scene.another_machine()
    assert scene.up() == "ok"
    assert scene.jobs() == ["SUCCEED", "FAILED", "SUCCEED"]


def test_a_finished_job_is_not_resumed_after_another_release(scene: Scene) -> None:
    """Another machine has released something else since: the same request builds anew."""
    killed_and_ended(scene)
    scene.another_machine()
    scene.inputs["commitId"] = "c" * 40
    scene.killed_up("StartJob answered")
    scene.pass_time(1000)
    scene.another_machine()
    scene.forget_notes()
    scene.inputs["commitId"] = OTHER
    assert scene.up() == "ok"
    assert scene.jobs() == ["SUCCEED"] * 4


def test_an_old_note_counts_again_after_another_machine_has_destroyed(scene: Scene) -> None:
    """With nothing in state, it cannot be told from the note of a run that was killed just now."""
    scene.killed_up("GetJob answered")
    scene.another_machine()
    scene.inputs["branchName"] = BRANCHES[1]
    assert scene.up() == "ok"
    scene.destroy()
    scene.another_machine()
    scene.inputs["branchName"] = BRANCHES[0]
    assert scene.up() == "ok"
    assert scene.asked("StartJob") == 2


def test_an_active_job_of_another_machine_is_resumed_before_it_ends(scene: Scene) -> None:
    """An old note here makes a search that lasts longer than the job of the other machine."""
    scene.killed_up("StartJob unsent")
    scene.another_machine()
    scene.control.plan(APP, "main", Plan(pending=0, provisioning=0, build=8, deploy=0, verify=0))
    scene.killed_up("StartJob answered")
    scene.another_machine()
    assert scene.up() == "ok"
    assert scene.asked("StartJob") == 1


@pytest.mark.parametrize("padded", [False, True])
def test_the_job_of_a_new_branch_is_not_stopped_with_the_old_one(
    scene: Scene, padded: bool
) -> None:
    """The recorded job and its replacement have one number, since the branch was made anew between."""
    scene.inputs["waitForCompletion"] = False
    scene.control.plan(APP, "main", Plan(build=3000, padded_id=padded))
    assert scene.up() == "ok"
    scene.make_anew("main")
    scene.control.plan(APP, "main", Plan(build=3000))
    assert scene.up(replace=True) == "ok"
    assert scene.asked("StopJob") == 0
    assert scene.jobs() == ["PENDING"]


@pytest.mark.parametrize(
    "change", [{"triggers": {"env": "2"}}, {"sourceJobId": "1", "jobType": "RETRY"}]
)
def test_another_request_is_not_answered_by_a_finished_job(
    scene: Scene, change: dict[str, Any]
) -> None:
    """A job of other inputs is another release, however new it is."""
    killed_and_ended(scene)
    scene.another_machine()
    scene.inputs.update(change)
    assert scene.up() == "ok"
    assert len(scene.jobs()) == 3


def test_replace_builds_anew_on_another_machine(scene: Scene) -> None:
    """`--replace` on a recorded release builds, since its own job is not newer than itself."""
    scene.up()
    scene.another_machine()
    assert scene.up(replace=True) == "ok"
    assert scene.jobs() == ["SUCCEED", "SUCCEED"]


def test_a_branch_that_was_made_anew_is_released_after_a_refresh(scene: Scene) -> None:
    """The site went with the old branch, so refresh finds the release gone, and `up` releases."""
    scene.up()
    scene.pass_time(100)
    scene.control.delete_branch(APP, "main")
    scene.backend.create_branch(APP, "main", {})
    assert scene.refresh() == "gone"
    assert scene.up() == "ok"
    assert scene.jobs() == ["SUCCEED"]


@pytest.mark.parametrize(
    "spelled", [SHA[:7], SHA[:8], SHA[:9], SHA[:12].upper(), SHA.upper(), SHA[:-1]]
)
def test_the_same_commit_in_another_spelling_is_no_release(scene: Scene, spelled: str) -> None:
    """Longer, shorter or in another case: the new spelling is recorded, and no job is started."""
    scene.inputs["commitId"] = SHA
    scene.up()
    for commit in (spelled, SHA):
        scene.inputs["commitId"] = commit
        assert scene.up() == "ok"
        assert "no release, commit_id is the same commit, written otherwise" in scene.said
        assert scene.resource
        assert scene.resource.outputs["commitId"] == commit
        assert scene.up() == "same"
    assert scene.asked("StartJob") == 1


@pytest.mark.parametrize("policy", [{"skipIfBuilt": True}, {"onBusy": "adopt"}])
def test_the_build_of_a_push_is_known_by_a_short_commit(
    scene: Scene, policy: dict[str, Any]
) -> None:
    """A push's job reports the full sha, and a pipeline may give seven digits of it."""
    scene.start_long(100)
    scene.push("main", SHA)
    assert scene.create(commitId=SHA[:7], **policy)["adopted"] is True
    assert scene.asked("StartJob") == 0
