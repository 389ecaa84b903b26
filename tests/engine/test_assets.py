"""Files as triggers: their content is in state, and never an asset."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from amplify_job_resource.emulator import Control

from tests.engine.conftest import QUICK
from tests.engine.fronts import BOTH, only_dynamic
from tests.engine.stack import Stack

pytestmark = [pytest.mark.engine, BOTH]

#: By what Pulumi tells an asset or an archive from a map, in state and on the wire.
SIGNATURES = ("c44067f5952c0a294b673a41bacd8c17", "0def7320c3a5731c473e5ecbe6d01bc7")

STUCK = "the native resource never recorded an asset"

FILES = """
import pulumi
from amplify_job_resource import Job

hidden = pulumi.Output.secret(pulumi.FileAsset("hidden.txt"))
Job(
    "site",
    app_id="d1a2b3c4",
    branch_name="main",
    commit_id="1f3c9e2a77",
    triggers={
        "schema": pulumi.FileAsset("schema.graphql"),
        "pages": [{"all": pulumi.Output.from_input(pulumi.FileArchive("pages"))}],
        "both": pulumi.AssetArchive(
            {"a": pulumi.StringAsset("text"), "b": pulumi.FileArchive("pages")}
        ),
        "hidden": hidden,
    },
)
"""


@pytest.fixture
def files(new_stack: Callable[..., Stack], emulator: Control) -> Stack:
    """A stack whose release is triggered by files, and is up; AWS reports its commit."""
    emulator.default_plan(replace(QUICK, commit_id="1f3c9e2a77"))
    stack = new_stack(FILES)
    (stack.cwd / "schema.graphql").write_text("type A")
    (stack.cwd / "hidden.txt").write_text("a secret")
    (stack.cwd / "pages").mkdir()
    (stack.cwd / "pages" / "index.html").write_text("hello")
    stack.up().ok()
    return stack


def test_unchanged_files_are_no_release(files: Stack, emulator: Control) -> None:
    """With the same content each command has nothing to do, also from a checkout elsewhere."""
    emulator.clear_calls()
    assert files.preview().ok().steps("site") == ["same"]
    assert files.up().ok().steps("site") == ["same"]
    elsewhere = files.cwd.with_name("elsewhere")
    shutil.copytree(files.cwd, elsewhere, copy_function=shutil.copyfile)
    files.cwd = elsewhere
    assert files.up().ok().steps("site") == ["same"]
    assert emulator.calls() == []
    files.refresh().ok()
    files.destroy().ok()
    assert files.jobs() == []


def test_changed_files_are_a_release_that_names_them(files: Stack) -> None:
    """The preview names the triggers whose content changed, and `up` releases once."""
    (files.cwd / "pages" / "index.html").write_text("hello again")
    assert files.preview().ok().lines("site") == [
        "release d1a2b3c4/main at 1f3c9e2: triggers both, pages changed"
    ]
    (files.cwd / "hidden.txt").write_text("another secret")
    run = files.up().ok()
    assert "replace" in run.steps("site")
    assert "at 1f3c9e2: triggers both, hidden, pages changed" in run.text
    assert files.job()["id"] == "d1a2b3c4/main/2"
    assert files.up().ok().steps("site") == ["same"]


def test_no_asset_is_recorded(files: Stack) -> None:
    """State has digests, and of a secret file only what the engine encrypted."""
    recorded = files.job()
    assert not any(signature in json.dumps(recorded) for signature in SIGNATURES)
    for part in ("inputs", "outputs"):
        triggers = recorded[part]["triggers"]
        if "ciphertext" not in triggers:
            assert "ciphertext" in triggers["hidden"]
            assert triggers["schema"].startswith("sha256:")


@only_dynamic("Pulumi reads a program's assets before it asks a plugin")
def test_a_missing_file_is_a_sentence(files: Stack, emulator: Control) -> None:
    """A preview says which trigger, which path and what to do, without a traceback."""
    emulator.clear_calls()
    for name, place in (("pages", "['pages'][0]['all']"), ("schema.graphql", "['schema']")):
        (files.cwd / name).rename(files.folder / name)
        run = files.preview().failed()
        said = f"error: site: triggers{place}: cannot read {name}: No such file or directory."
        assert said in run.text
        assert "relative paths begin at" in run.text
        assert "Traceback" not in run.text
    files.up().failed()
    assert emulator.calls() == []


TEXT = """
import pulumi
from amplify_job_resource import Job

Job("site", app_id="d1a2b3c4", branch_name="main", commit_message=pulumi.StringAsset("m"))
"""
LATE = """
import pulumi
from amplify_job_resource import Job


def add(args):
    args.props["triggers"] = {"late": [pulumi.StringAsset("x")]}
    return pulumi.ResourceTransformResult(args.props, args.opts)


options = pulumi.ResourceOptions(transforms=[add])
Job("site", options, app_id="d1a2b3c4", branch_name="main")
"""


def refused(stack: Stack, emulator: Control, reason: str) -> None:
    """The program is refused at preview with a sentence, and nothing is started or recorded."""
    for run in (stack.preview().failed(), stack.up().failed()):
        assert reason in run.text
        assert "Traceback" not in run.text
    assert stack.jobs() == []
    assert emulator.calls("StartJob") == []


def test_an_asset_in_another_input_is_refused(
    new_stack: Callable[..., Stack], emulator: Control
) -> None:
    """Only triggers and sources may be files."""
    stack = new_stack(TEXT)
    reason = f"{stack.front.word('commit_message')} must be text, not StringAsset"
    refused(stack, emulator, reason)


@only_dynamic("the plugin makes the digests, after all transforms")
def test_an_asset_that_comes_too_late_to_be_a_digest_is_refused(
    new_stack: Callable[..., Stack], emulator: Control
) -> None:
    """A transform brings it in when the digests are made already."""
    reason = "triggers hold a value of type StringAsset, which cannot be recorded: give a digest"
    refused(new_stack(LATE), emulator, reason)


@pytest.fixture
def stuck(files: Stack) -> Stack:
    """A stack in whose state an asset stands for a file, as an older version recorded it."""
    exported = files.pulumi("stack", "export", "--stack=dev").ok().json
    asset = {"4dabf18193072939515e22adb298388d": SIGNATURES[0], "path": "schema.graphql"}
    for resource in exported["deployment"]["resources"]:
        if resource["type"].endswith(":Job"):
            resource["inputs"]["triggers"] = {"schema": asset}
            resource["outputs"]["triggers"] = {"schema": asset}
    state = files.folder / "state.json"
    state.write_text(json.dumps(exported))
    files.pulumi("stack", "import", "--stack=dev", "--file", str(state)).ok()
    return files


def command_in(text: str) -> list[str]:
    """The command that a message offers."""
    line = next(line.strip() for line in text.splitlines() if "pulumi state delete '" in line)
    urn = line.partition("'")[2].rstrip("'")
    return ["state", "delete", urn, "--stack=dev", "--yes"]


@only_dynamic(STUCK)
def test_a_recorded_asset_is_repaired_as_the_message_says(stuck: Stack, emulator: Control) -> None:
    """The preview says what is wrong, in a sentence; its command frees the stack, and builds once."""
    for run in (stuck.preview().failed(), stuck.up().failed()):
        assert "triggers are recorded with an asset or archive" in run.text
        assert "Traceback" not in run.text
    stuck.pulumi(*command_in(run.text)).ok()
    assert len(emulator.jobs("d1a2b3c4")) == 1
    stuck.up().ok()
    assert len(emulator.jobs("d1a2b3c4")) == 2
    assert stuck.up().ok().steps("site") == ["same"]
    stuck.refresh().ok()
    stuck.destroy().ok()


@only_dynamic(STUCK)
def test_a_recorded_asset_is_repaired_without_a_build(stuck: Stack, emulator: Control) -> None:
    """Where AWS reports the commit, `skip_if_built` takes the job that is there."""
    stuck.pulumi(*command_in(stuck.preview().failed().text)).ok()
    stuck.write(FILES.replace("commit_id=", "skip_if_built=True,\n    commit_id="))
    stuck.up().ok()
    assert len(emulator.jobs("d1a2b3c4")) == 1
    assert stuck.job()["outputs"]["adopted"] is True
    (stuck.cwd / "schema.graphql").write_text("type B")
    stuck.up().ok()
    assert len(emulator.jobs("d1a2b3c4")) == 2


@only_dynamic(STUCK)
@pytest.mark.parametrize("command", ["refresh", "destroy"])
def test_other_commands_fail_in_the_sdk_as_the_page_says(stuck: Stack, command: str) -> None:
    """They come to the SDK before they come to this package; the same command frees them."""
    run: Any = getattr(stuck, command)().failed()
    assert "Invalid asset encountered when unmarshalling resource property" in run.text
    stuck.pulumi(*command_in(stuck.preview().failed().text)).ok()
    getattr(stuck, command)().ok()
    assert stuck.jobs() == []
