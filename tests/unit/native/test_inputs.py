from __future__ import annotations

from pathlib import Path
from typing import Any

import pulumi
import pytest
from amplify_job_resource._inputs.rules import Problem
from amplify_job_resource._inputs.secrets import SECRET_INPUTS
from amplify_job_resource._kind import DEPLOYMENT, JOB, Kind
from amplify_job_resource._native.inputs import DERIVED_KEYS, must_be_good, recorded_inputs
from amplify_job_resource._values.unknown import UNKNOWN
from amplify_job_resource.errors import InvalidSettings

BRANCH = {"appId": "d1a2", "branchName": "main"}


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose program is in a folder of its own, with a site beside it."""
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: yaml\nmain: app\n")
    (tmp_path / "app/dist").mkdir(parents=True)
    (tmp_path / "app/dist/index.html").write_text("hello")
    monkeypatch.chdir(tmp_path / "app")
    return tmp_path


def recorded(
    given: dict[str, Any], olds: dict[str, Any] | None = None, kind: Kind = DEPLOYMENT
) -> tuple[dict[str, Any], list[Problem], list[str]]:
    said: list[str] = []
    inputs, found = recorded_inputs({**BRANCH, **given}, olds or {}, kind, said.append)
    return inputs, found, said


def test_plain_inputs_stay(site: Path) -> None:
    """Values without files are recorded as they are."""
    given = {"triggers": {"a": [1.0, UNKNOWN]}, "jobReason": "r", SECRET_INPUTS: ["jobReason"]}
    inputs, found, said = recorded(given, kind=JOB)
    assert inputs == {**BRANCH, **given}
    assert found == []
    assert said == []


def test_an_asset_among_triggers_becomes_a_digest(site: Path) -> None:
    """No asset gets into state, at any depth; equal files have equal digests."""
    triggers = {"a": [pulumi.FileAsset("dist/index.html"), pulumi.StringAsset("hello")]}
    inputs, found, _ = recorded({"triggers": triggers}, kind=JOB)
    first, second = inputs["triggers"]["a"]
    assert first == second
    assert isinstance(first, str)
    assert found == []


@pytest.mark.parametrize(
    ("triggers", "said"),
    [
        ({"a": pulumi.FileAsset("nowhere")}, "triggers['a']: cannot read nowhere: No such file"),
        ([pulumi.RemoteAsset("https://x/y")], "triggers[0]: the content of a RemoteAsset is elsewhere"),
    ],
)  # fmt: skip
def test_an_asset_that_cannot_be_read_is_a_problem(site: Path, triggers: Any, said: str) -> None:
    """It is told which trigger it is; no other rule says the same in other words."""
    inputs, found, _ = recorded({"triggers": triggers}, kind=JOB)
    (problem,) = found
    assert problem.key == "triggers"
    assert said in problem.reason
    assert inputs["triggers"] is UNKNOWN


def test_the_path_of_a_secret_asset_is_not_told(site: Path) -> None:
    """What is wrong with an asset among secret triggers is not shown."""
    given = {"triggers": {"a": pulumi.FileAsset("s3cr3t")}, SECRET_INPUTS: ["triggers.a"]}
    _, (problem,), _ = recorded(given, kind=JOB)
    assert "s3cr3t" not in problem.reason
    assert "not shown" in problem.reason


@pytest.mark.parametrize("kind", [JOB, DEPLOYMENT])
def test_an_input_with_a_letter_wrong_is_a_problem(kind: Kind, site: Path) -> None:
    """An input that there is not does nothing, so it is refused, with those that there are."""
    inputs, (problem,), _ = recorded({"branchname": "main"}, kind=kind)
    assert problem.key == "branchname"
    assert problem.reason.startswith("branchname is no input: the inputs are appId, branchName, ")
    assert not any(key in problem.reason for key in (*DERIVED_KEYS, SECRET_INPUTS))
    assert "branchname" not in inputs


def test_what_others_record_among_inputs_is_left_out(site: Path) -> None:
    """With `ignoreChanges` the inputs are those of the dynamic resource, which have outputs in them."""
    given = {"__provider": "x", "__defaults": [], "url": "", "jobArn": "", "contentDigest": "x"}
    inputs, found, _ = recorded(given)
    assert inputs == BRANCH
    assert found == []


def test_files_are_for_deployments(site: Path) -> None:
    """A Job has no source, and none is read."""
    inputs, (problem,), _ = recorded({"source": "nowhere"}, kind=JOB)
    assert problem.key == "source"
    assert inputs == BRANCH


@pytest.mark.parametrize(
    "source",
    [
        "dist",
        pulumi.FileArchive("./dist"),
        pulumi.RemoteArchive("https://files.example/site.zip"),
        pulumi.AssetArchive({"index.html": pulumi.StringAsset("hello")}),
    ],
)
def test_a_source_is_recorded_with_what_it_holds(site: Path, source: Any) -> None:
    """A path is written from the project on; a digest stands for the files."""
    inputs, found, _ = recorded({"source": source})
    assert found == []
    assert inputs["contentDigest"].startswith("sha256:")
    if not isinstance(source, pulumi.RemoteArchive):
        assert inputs["fileCount"] == 1
        assert inputs["totalBytes"] == 5
        assert "index.html" in inputs["manifest"]
    assert not isinstance(inputs["source"], pulumi.Archive)
    if isinstance(source, (str, pulumi.FileArchive)):
        assert inputs["source"] == "app/dist"


@pytest.mark.parametrize(
    "given", [{"source": UNKNOWN}, {"source": "dist", "exclude": ["x", UNKNOWN]}]
)
def test_what_an_unknown_source_holds_is_unknown(site: Path, given: dict[str, Any]) -> None:
    """A source that is known after the update only is not read."""
    inputs, found, _ = recorded(given)
    assert all(inputs[key] is UNKNOWN for key in DERIVED_KEYS)
    assert inputs["source"] == given["source"]
    assert found == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"source": "nowhere"}, "nowhere"),
        ({"source": pulumi.AssetArchive({})}, "source"),
        ({"source": pulumi.RemoteAsset("https://x/y.zip")}, "not RemoteAsset"),
        ({"source": 5.0}, "not 5"),
        ({"source": ["x"]}, "must be a folder, a .zip, an archive or the address of a .zip"),
        ({"source": "dist", "exclude": "x"}, "exclude must be a list of patterns, not 'x'"),
    ],
)
def test_a_source_that_cannot_be_deployed_is_a_problem(
    site: Path, given: dict[str, Any], said: str
) -> None:
    """It is told what is wrong with the files, and the source counts as not known."""
    inputs, (problem,), _ = recorded(given)
    assert problem.key == "source"
    assert said in problem.reason
    assert inputs["source"] is UNKNOWN


@pytest.mark.parametrize("secret", ["source", "exclude"])
def test_what_is_wrong_with_a_secret_source_is_not_told(site: Path, secret: str) -> None:
    """Neither a secret path nor a secret pattern is in the message."""
    for source in ("s3cr3t", {"k": "s3cr3t"}):
        given = {"source": source, "exclude": [5.0, "s3cr3t"], SECRET_INPUTS: [secret]}
        _, (problem,), said = recorded(given, {"source": {"k": "s3cr3t"}})
        assert "s3cr3t" not in problem.reason
        assert said == []


def test_a_warning_about_files_is_told(site: Path) -> None:
    """What is probably not meant, such as a site without a start page, is said and is no problem."""
    (site / "app/dist/index.html").rename(site / "app/dist/other.html")
    _, found, said = recorded({"source": "dist"})
    assert found == []
    assert any("index.html" in line for line in said)
    assert all(line.startswith("source: ") for line in said)


PARTS = [["index.html", "text", "hello"]]
HELD = {"contentDigest": "d", "fileCount": 1.0, "totalBytes": 5.0, "manifest": "m"}


@pytest.mark.parametrize("source", [PARTS, "app/dist"])
def test_a_source_that_is_ignored_stays_as_it_is(site: Path, source: Any) -> None:
    """With `ignoreChanges` the source is the recorded one, in a form that no program gives."""
    inputs, found, _ = recorded({"source": source}, {**BRANCH, "source": source, **HELD})
    assert found == []
    assert inputs == {**BRANCH, "source": source, **HELD}


def test_a_path_that_reads_the_same_in_both_forms_is_read_again(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The files in a folder that is recorded under the same name may have changed."""
    monkeypatch.chdir(site)
    inputs, found, _ = recorded({"source": "app/dist"}, {"source": "app/dist", **HELD})
    assert found == []
    assert inputs["contentDigest"] != "d"


@pytest.mark.parametrize(
    ("given", "lines"),
    [
        ({}, ["appId is required: give the Amplify app's id", "branchName is required"]),
        ({**BRANCH, "commitId": UNKNOWN}, ["commitId is not known yet"]),
        ({**BRANCH, "triggers": {"a": [UNKNOWN]}}, ["triggers is not known yet"]),
        ({**BRANCH, "typo": 1.0}, ["typo is no input"]),
        ({**BRANCH, "onBusy": "maybe"}, ["onBusy must be one of wait, adopt, stop, fail"]),
        ({**BRANCH, "triggers": {"a": pulumi.FileAsset("x")}}, ["triggers hold a value of type"]),
    ],
)
def test_inputs_that_are_not_good_are_refused(given: dict[str, Any], lines: list[str]) -> None:
    """Whatever is wrong is told at once, a line each, in the names of this front."""
    with pytest.raises(InvalidSettings) as raised:
        must_be_good(given, JOB, later=False)
    told = str(raised.value).split("\n")
    assert len(told) == len(lines)
    assert all(line.startswith(start) for line, start in zip(told, lines, strict=True))


def test_a_preview_may_have_unknown_inputs() -> None:
    """What is known after the update only is no fault in a preview; a wrong value still is."""
    must_be_good({**BRANCH, "commitId": UNKNOWN}, JOB, later=True)
    with pytest.raises(InvalidSettings, match="allowFailure must be true or false"):
        must_be_good({**BRANCH, "commitId": UNKNOWN, "allowFailure": 1.0}, JOB, later=True)
