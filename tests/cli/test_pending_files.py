"""`amplify-job pending` for deployments: the files that would change, in all four forms."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from amplify_job_resource._content.files import Entry
from amplify_job_resource._content.manifest import MOST_LISTED, Manifest
from amplify_job_resource.cli.command import run
from amplify_job_resource.report.files import file_changes
from hypothesis import given
from hypothesis import strategies as st

from tests.cli.test_pending import validate

TYPE = "pulumi-python:dynamic/amplify:Deployment"
URN = f"urn:pulumi:dev::shop::{TYPE}::site"
LIVE = {"index.html": Entry("a" * 32, 10), "old.js": Entry("b" * 32, 2_000)}
WANTED = {"index.html": Entry("c" * 32, 12), "new <b>|_x_.txt": Entry("d" * 32, 1)}


def inputs(files: dict[str, Entry], **more: Any) -> dict[str, Any]:
    """What a program asks for."""
    manifest = Manifest.of(files)
    return {
        "appId": "d1a2b3c4",
        "branchName": "main",
        "source": "dist",
        "contentDigest": manifest.digest,
        "fileCount": manifest.file_count,
        "totalBytes": manifest.total_bytes,
        "manifest": manifest.to_text(),
        **more,
    }


def preview(old: dict[str, Any] | None, new: dict[str, Any]) -> dict[str, Any]:
    """The JSON of a preview of one deployment."""
    recorded = {"jobId": "1", "status": "SUCCEED"}
    step = {
        "op": "replace" if old else "create",
        "urn": URN,
        "newState": {"inputs": new},
        **({"oldState": {"id": "d1a2b3c4/main/1", "outputs": {**old, **recorded}}} if old else {}),
    }
    return {"steps": [step], "changeSummary": {}}


@pytest.fixture
def saved(tmp_path: Path) -> Any:
    """Saves a preview; the options that read it."""

    def save(old: dict[str, Any] | None, new: dict[str, Any]) -> tuple[str, str]:
        file = tmp_path / "preview.json"
        file.write_text(json.dumps(preview(old, new)))
        return "--from", str(file)

    return save


def report(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run(["pending", *arguments]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return str(out)


def test_text_has_a_line_for_each_file(saved: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """As Pulumi has it: `~` changed, `+` added, `-` removed; with sizes."""
    lines = report(capsys, *saved(inputs(LIVE), inputs(WANTED))).splitlines()
    assert lines[2].endswith(
        "deploy d1a2b3c4/main: 1 changed, 1 added, 1 removed of 2 files (13 bytes)"
    )
    assert lines[4:] == [
        "  site: 1 changed, 1 added, 1 removed",
        "    ~ index.html (12 bytes)",
        "    + new <b>|_x_.txt (1 byte)",
        "    - old.js (2 kB)",
    ]


def test_markdown_and_html_take_names_as_text(
    saved: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """A name is neither markup nor a cell of a table."""
    options = saved(inputs(LIVE), inputs(WANTED))
    markdown = report(capsys, *options, "--output", "markdown")
    assert "| Stack | Release | Branch | Why | Files |" in markdown
    assert "<details><summary>site: 1 changed, 1 added, 1 removed</summary>" in markdown
    assert "\n- index.html: changed (12 bytes)\n" in markdown
    assert "<b>" not in markdown
    html = report(capsys, *options, "--output", "html")
    assert "<th>Files</th>" in html
    assert "<code>new &lt;b&gt;|_x_.txt</code>" in html


def test_json_has_the_numbers(saved: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """The data follow the schema, and name as many files as was asked for."""
    options = saved(inputs(LIVE), inputs(WANTED))
    data = json.loads(report(capsys, *options, "--output", "json", "--max-files", "1"))
    validate(data)
    (entry,) = data["stacks"][0]["pending"]
    assert (entry["reason"], entry["commits"], entry["newCommit"]) == ("files", None, None)
    assert entry["files"] == {
        "count": 2,
        "totalBytes": 13,
        "changed": 1,
        "added": 1,
        "removed": 1,
        "listed": [{"name": "index.html", "change": "changed", "bytes": 12}],
    }
    assert "and 2 more" in report(capsys, *options, "--max-files", "1")


def test_the_first_deployment_adds_all(saved: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is recorded, so each file is new."""
    data = json.loads(report(capsys, *saved(None, inputs(WANTED)), "--output", "json"))
    (entry,) = data["stacks"][0]["pending"]
    assert entry["reason"] == "first"
    assert (entry["files"]["added"], entry["files"]["changed"]) == (2, 0)


def test_beyond_the_bound_only_totals_are_known(
    saved: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """State has no names of so many files, so none is made up."""
    many = {f"{number}.txt": Entry("a" * 32, 1) for number in range(MOST_LISTED + 1)}
    for old, new in ((many, WANTED), (LIVE, many)):
        data = json.loads(report(capsys, *saved(inputs(old), inputs(new)), "--output", "json"))
        validate(data)
        (entry,) = data["stacks"][0]["pending"]
        assert entry["files"]["count"] == len(new)
        assert (entry["files"]["changed"], entry["files"]["listed"]) == (None, [])
        assert f"of {len(old):,}" not in entry["summary"]


@pytest.mark.parametrize("manifest", ["x", "", 5, {"a": "b"}, ["x"], None])
def test_a_manifest_that_is_none_names_no_file(
    saved: Any, capsys: pytest.CaptureFixture[str], manifest: Any
) -> None:
    """Whatever stands in state, the report is made."""
    old = {**inputs(LIVE), "manifest": manifest}
    data = json.loads(report(capsys, *saved(old, inputs(WANTED)), "--output", "json"))
    validate(data)


def test_an_address_has_no_files(saved: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """What is behind an address is not looked at."""
    before = {
        "appId": "d1a2b3c4",
        "branchName": "main",
        "source": "s3://b/1.zip",
        "contentDigest": "1",
    }
    after = {**before, "source": "s3://b/2.zip", "contentDigest": "2"}
    data = json.loads(report(capsys, *saved(before, after), "--output", "json"))
    (entry,) = data["stacks"][0]["pending"]
    assert entry["files"] is None
    assert entry["summary"] == "deploy d1a2b3c4/main: from s3://b/2.zip, not s3://b/1.zip"


names = st.text(
    st.characters(exclude_characters="\n", exclude_categories=["Cs"]), min_size=1, max_size=20
)
contents = st.dictionaries(
    names, st.builds(Entry, st.sampled_from(["a" * 32, "b" * 32]), st.integers(0, 9))
)


@given(contents, contents)
def test_the_counts_are_those_of_the_contents(old: dict[str, Entry], new: dict[str, Entry]) -> None:
    """Each file that differs counts once, and what is listed and what is left out is all."""
    found = file_changes(inputs(old), inputs(new), 3)
    assert found
    assert found.changed == sum(old[name] != new[name] for name in old.keys() & new.keys())
    assert (found.added, found.removed) == (
        len(new.keys() - old.keys()),
        len(old.keys() - new.keys()),
    )
    assert found.count == len(new)
    assert len(found.listed) == min(
        3, (found.changed or 0) + (found.added or 0) + (found.removed or 0)
    )
