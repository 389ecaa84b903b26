"""What is said of pending releases, and what is surprising about them."""

from __future__ import annotations

from typing import Any

import pytest
from amplify_job_resource._preview.branch_report import PREFIX
from amplify_job_resource._stack_defaults import LOOKAHEAD
from amplify_job_resource._values.unknown import UNKNOWN

from tests.unit.lifecycles import World, recorded
from tests.unit.samples import a_job

RIVALS = (
    "two and one both release d1a2/main: they take turns, or do what on_busy says, and the later one "
    "stays live. Declare one resource for each branch."
)


def test_a_diff_that_a_dependency_asks_for_is_no_word_of_ignored_changes(world: World) -> None:
    """Where a dependency is replaced first, the diff is shown recorded inputs with some unknown."""
    world.diff(recorded(commitId="1f3c9e2"), commitId="1f3c9e2", triggers={"x": UNKNOWN})
    world.check({}, commitId="8b02d4a", triggers={"x": 2})
    assert world.operation.warnings == []
    assert world.lifecycle.announcer.releasing == {}


def test_a_new_release_is_announced_once(world: World) -> None:
    """A new resource is announced at its check; a recorded one is left to its diff."""
    world.check({}, commitId="1f3c9e2")
    assert world.operation.infos == ["release d1a2/main: 1f3c9e2"]
    world.check(recorded())
    assert len(world.operation.infos) == 1


def test_the_second_check_of_a_replacement_is_silent(world: World) -> None:
    """A replacement was announced by its diff: its second check says nothing more."""
    world.diff(recorded(), commitId="8b02d4a")
    said = list(world.operation.infos)
    world.check({}, commitId="8b02d4a")
    assert world.operation.infos == said


@pytest.mark.parametrize(
    ("config", "lookahead", "looks"),
    [
        ({}, None, False),
        ({}, True, True),
        ({LOOKAHEAD: "true"}, None, True),
        ({LOOKAHEAD: "True"}, None, True),
        ({LOOKAHEAD: "false"}, None, False),
        ({LOOKAHEAD: "true"}, False, False),
        ({LOOKAHEAD: "false"}, True, True),
        ({LOOKAHEAD: "true"}, UNKNOWN, False),
    ],
)
def test_a_preview_looks_ahead_when_asked(
    world: World, config: dict[str, str], lookahead: Any, looks: bool
) -> None:
    """The resource's own switch comes before the stack's, and without one nobody looks."""
    world.lifecycle.access.config = config
    world.check({}, lookahead=lookahead)
    assert [line.startswith(PREFIX) for line in world.operation.infos] == [False, True][: 1 + looks]
    assert bool(world.reached) is looks


@pytest.mark.parametrize("key", ["appId", "branchName"])
def test_nobody_looks_at_an_unknown_branch(world: World, key: str) -> None:
    """Where app or branch is known only after the update, there is nothing to look at."""
    world.check({}, lookahead=True, **{key: UNKNOWN})
    assert world.reached == []


@pytest.mark.parametrize("key", ["region", "profile"])
def test_nobody_looks_with_unknown_settings(world: World, key: str) -> None:
    """Where region or profile is known only after the update, nobody looks at the branch."""
    world.check({}, lookahead=True, **{key: UNKNOWN})
    assert world.reached == []


def test_a_diff_looks_ahead_for_a_release_only(world: World) -> None:
    """What starts no job needs no look at the branch."""
    world.diff(recorded(), lookahead=True, jobReason="r")
    assert world.reached == []
    world.diff(recorded(), lookahead=True, commitId="8b02d4a")
    assert world.operation.infos[-1].startswith(PREFIX)
    assert len(world.reached) == 1


def test_a_release_tells_what_it_takes_from_the_program(world: World) -> None:
    """Create gets the program's inputs, and diff the recorded ones of what is under ignore_changes."""
    world.diff(recorded(commitId="1f3c9e2", triggers={"a": "1"}), commitId="1f3c9e2")
    world.check({}, commitId="8b02d4a", branchName="dev")
    assert world.operation.warnings == [
        "release d1a2/dev at 8b02d4a: ignore_changes does not hold for a release, which takes the "
        "program's branch_name, commit_id"
    ]


@pytest.mark.parametrize(
    ("planned", "taken"),
    [
        ({"commitId": "1f3c9e2"}, {"commitId": "1F3C9E2A77"}),
        ({"commitMessage": "a"}, {"commitMessage": "b"}),
        ({"triggers": {"a": UNKNOWN}}, {"triggers": {"a": UNKNOWN}}),
        ({"triggers": UNKNOWN}, {"triggers": {"a": "1"}}),
        ({"appId": UNKNOWN}, {}),
    ],
)
def test_what_was_planned_is_not_told_again(
    world: World, planned: dict[str, Any], taken: dict[str, Any]
) -> None:
    """Another spelling, a label, and what has become known since are no news."""
    world.diff(recorded(jobType="RETRY", sourceJobId="7"), **planned)
    assert world.plan.release is not None
    world.check({}, **taken)
    assert world.operation.warnings == []


def test_a_trigger_that_is_not_known_yet_is_told(world: World) -> None:
    """An ignored value that the program knows only after the update is taken all the same."""
    world.diff(recorded(commitId="1f3c9e2", triggers={"a": "1"}), triggers={"a": "1"})
    world.check({}, triggers={"a": UNKNOWN})
    (said,) = world.operation.warnings
    assert said.endswith("which takes the program's triggers")


def of(world: World, name: str) -> World:
    """The same command, at work on another resource."""
    world.operation.urn = f"urn:pulumi:dev::site::pulumi-python:dynamic/amplify:Job::{name}"
    return world


def test_two_releases_of_one_branch_are_told(world: World) -> None:
    """The second one names both, whether it is new or replaced, and of whatever type its job is."""
    of(world, "one").check({}, commitId="1f3c9e2")
    of(world, "two").diff(recorded(), jobType="RETRY", sourceJobId="7")
    world.check({}, jobType="RETRY", sourceJobId="7")
    assert world.operation.warnings == [RIVALS]
    of(world, "three").check({})
    assert world.operation.warnings[1:] == [RIVALS.replace("two", "three")]


def test_two_resources_of_one_name_are_told_apart(world: World) -> None:
    """Of two components with a resource of the same name the URNs are shown."""
    of(world, "site").check({})
    world.operation.urn = world.operation.urn.replace(
        "pulumi-python:", "my:index:Site$pulumi-python:"
    )
    world.check({})
    (said,) = world.operation.warnings
    assert (
        "my:index:Site$pulumi-python:dynamic/amplify:Job::site and urn:pulumi:dev::site::" in said
    )


@pytest.mark.parametrize(
    "inputs", [{"branchName": "dev"}, {"appId": "d9"}, {"branchName": UNKNOWN}, {"appId": UNKNOWN}]
)
def test_other_branches_are_no_rivals(world: World, inputs: dict[str, Any]) -> None:
    """Another branch, and one that is not known yet, is nothing to warn about."""
    for name, given in (("one", inputs), ("two", {}), ("three", inputs)):
        if name != "three" or UNKNOWN in inputs.values():
            of(world, name).check({}, **given)
    assert world.operation.warnings == []


def test_a_resource_that_releases_nothing_is_no_rival(world: World) -> None:
    """Two Jobs of a branch are told of where both have a release to make in this command."""
    of(world, "one").diff(recorded())
    of(world, "two").check({})
    of(world, "three").diff(recorded(a_job("RUNNING")))
    assert world.operation.warnings == []


def test_a_replaced_resource_is_no_rival_of_itself(world: World) -> None:
    """The engine checks a replacement twice, and a forced one without a diff."""
    world.check(recorded(), commitId="8b02d4a")
    world.diff(recorded(), commitId="8b02d4a")
    world.check({}, commitId="8b02d4a")
    world.diff(recorded(), commitId="8b02d4a")
    assert world.operation.warnings == []
