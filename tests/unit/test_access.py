"""How AWS is reached: the stack's config, the region in force, and guards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from amplify_job_resource import (
    InvalidSettings,
)
from amplify_job_resource._amplify import session
from amplify_job_resource._amplify.setting_names import of_provider
from amplify_job_resource._amplify.settings import Settings
from amplify_job_resource._preview.branch_report import PREFIX
from amplify_job_resource._stack_defaults import LOG_LINES, LOOKAHEAD

from tests.unit.lifecycles import INPUTS, World, own, recorded


def test_settings_without_effect_are_told_once(world: World) -> None:
    """Once a config, and so once a command; not at each resource, and not again by its diff."""
    world.lifecycle.access.config = {"aws:tokenBucketRateLimiterCapacity": "500", "aws:new": "x"}
    for _ in range(3):
        world.check({})
        world.diff(recorded())
    assert [line.partition(" has no effect")[0] for line in world.operation.warnings] == [
        "the stack's aws:new",
        "the stack's aws:tokenBucketRateLimiterCapacity",
    ]
    world.lifecycle.access.config = {"aws:region": "eu-west-1", "aws:defaultTags": '{"tags": {}}'}
    world.check({})
    assert len(world.operation.warnings) == 2


def test_a_malformed_setting_ends_a_preview(world: World) -> None:
    """Each resource fails that would fail at the update, also where nothing is to be released."""
    world.lifecycle.access.config = {"aws:allowedAccountIds": "111122223333"}
    nothing: dict[str, Any] = {}
    for olds in (nothing, recorded()):
        with pytest.raises(InvalidSettings, match="aws:allowedAccountIds is a number: it must be"):
            world.check(olds)


def test_messages_have_the_names_of_the_provider(world: World) -> None:
    """What is malformed, what has no effect and where credentials come from: all is the provider's."""
    access = world.lifecycle.access
    access.names = of_provider("west")
    access.config = {"aws:tokenBucketRateLimiterCapacity": "500"}
    world.check({})
    assert world.operation.warnings == [
        "the provider's tokenBucketRateLimiterCapacity has no effect on releases: botocore limits "
        "retries in its own way; maxRetries is used"
    ]
    for config, said in (
        ({"aws:insecure": "maybe"}, "the provider's insecure is 'maybe'"),
        ({LOOKAHEAD: "maybe"}, "lookahead of the provider west must be true or false"),
        ({LOG_LINES: "x"}, "logLines of the provider west must be a whole number"),
    ):
        access.config = config
        with pytest.raises(InvalidSettings, match=said):
            world.check({})
        if LOG_LINES in config:
            with pytest.raises(InvalidSettings, match=said):
                world.create()
            with pytest.raises(InvalidSettings, match=said):
                world.update(recorded(own("RUNNING")))
    access.config = {"aws:accessKey": "k", "aws:secretKey": "s"}
    settings = access._settings("eu-west-1", None)
    assert settings.chain == "accessKey of the provider west"


def test_a_guard_holds_for_everything_that_calls_aws(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the account is not allowed, no step and no look at AWS comes as far as a call."""

    def refused(settings: Settings) -> None:
        raise InvalidSettings(f"not {settings.allowed_accounts[0]}")

    monkeypatch.setattr(session, "clients_for", refused)
    world.lifecycle.access.config = {"aws:allowedAccountIds": '["111122223333"]'}
    active = recorded(own("RUNNING"))
    steps: list[Callable[[], object]] = [
        world.create,
        lambda: world.read(active),
        lambda: world.update(active),
        lambda: world.delete(active),
    ]
    for step in steps:
        with pytest.raises(InvalidSettings, match="not 111122223333"):
            step()
    world.check({}, lookahead=True)
    assert world.operation.infos[-1] == f"{PREFIX}not 111122223333"
    assert (world.reached, world.branch.asked) == ([], [])


def test_checked_inputs_have_defaults_and_the_region_in_force(world: World) -> None:
    """State says where a release went: the region of the stack is written into the inputs."""
    world.lifecycle.access.config = {"aws:region": "eu-north-1"}
    inputs = world.check({}, region=None)
    assert inputs == {**INPUTS, "region": "eu-north-1"}
    assert world.check({}, region="us-east-1")["region"] == "us-east-1"


def test_a_release_stays_where_it_was_made(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where neither program nor stack names a region, the recorded one counts before this machine's."""
    monkeypatch.setenv("AWS_REGION", "eu-north-1")
    assert world.check({}, region=None)["region"] == "eu-north-1"
    assert world.check(recorded(), region=None)["region"] == "eu-west-1"
    assert world.check(recorded(), region="us-east-1")["region"] == "us-east-1"
    world.lifecycle.access.config = {"aws:region": "ap-southeast-2"}
    assert world.check(recorded(), region=None)["region"] == "ap-southeast-2"


def test_a_replacement_stays_where_the_release_was_made(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second check of a replacement has no old properties: the plan knows the region."""
    monkeypatch.setenv("AWS_REGION", "eu-north-1")
    world.diff(recorded(), commitId="8b02d4a")
    assert world.check({}, region=None)["region"] == "eu-west-1"


def test_without_any_region_none_is_written(world: World) -> None:
    """A machine without AWS settings can preview."""
    assert "region" not in world.check({}, region=None)
