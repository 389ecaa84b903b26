"""Why a deployment is pending, in files and bytes."""

from __future__ import annotations

from typing import Any

import pytest
from amplify_job_resource._content.files import Entry
from amplify_job_resource._content.manifest import ContentChanges, Manifest
from amplify_job_resource._inputs.deployment import DEPLOYMENT_INPUTS
from amplify_job_resource._inputs.secrets import SECRET_INPUTS
from amplify_job_resource._preview.changes import ChangeKind, compare, first_release
from amplify_job_resource._preview.file_reasons import Files, FilesChanged
from amplify_job_resource._preview.reasons import First
from amplify_job_resource._preview.sentences import sentence
from amplify_job_resource._values.unknown import UNKNOWN
from hypothesis import given
from hypothesis import strategies as st

RELEASE, UPDATE, NOTHING = ChangeKind.RELEASE, ChangeKind.UPDATE, ChangeKind.NOTHING
PLACE = {"appId": "d1a2", "branchName": "main", "region": "eu-west-1"}


def files(**sizes: int) -> dict[str, Any]:
    """A deployment of files as it is in state; the same name and size are the same file."""
    manifest = Manifest.of({name: Entry(f"{size:032x}", size) for name, size in sizes.items()})
    return {
        **PLACE,
        **DEPLOYMENT_INPUTS.defaults,
        "source": "dist",
        "contentDigest": manifest.digest,
        # As Pulumi hands them over.
        "fileCount": float(manifest.file_count),
        "totalBytes": float(manifest.total_bytes),
        "manifest": manifest.to_text(),
    }


def at(address: str, digest: str = "sha256:there") -> dict[str, Any]:
    """A deployment from an address as it is in state."""
    return {
        **PLACE,
        **DEPLOYMENT_INPUTS.defaults,
        "source": address,
        "contentDigest": digest,
    }


def recorded(properties: dict[str, Any], status: str = "SUCCEED") -> dict[str, Any]:
    return {**properties, "jobId": "41", "status": status}


BEFORE = files(a=1, b=1000, c=3)


@pytest.mark.parametrize(
    ("new", "line"),
    [
        (files(a=2, b=1000, c=3), "1 changed of 3 files (1 kB)"),
        (files(a=1, b=1000, c=3, d=0), "1 added of 4 files (1 kB)"),
        (files(a=1), "2 removed of 1 file (1 byte)"),
        (files(a=2, x=1, y=2), "1 changed, 2 added, 2 removed of 3 files (5 bytes)"),
        (at("s3://bucket/site/"), "from s3://bucket/site/, not 3 files (1 kB)"),
        ({**files(a=2, b=1000, c=3), "manifest": None}, "3 files (1 kB), before 3 files (1 kB)"),
        ({**files(a=2, b=1000, c=3), "manifest": "?"}, "3 files (1 kB), before 3 files (1 kB)"),
        ({**BEFORE, "contentDigest": "sha256:x"}, "3 files (1 kB), before 3 files (1 kB)"),
        ({**BEFORE, "contentDigest": UNKNOWN, "manifest": UNKNOWN}, "files are known after"),
    ],
)
def test_other_content_is_a_release_that_says_how_much(new: dict[str, Any], line: str) -> None:
    """The line counts what differs; where no list of files is recorded, it has both totals."""
    found = compare(recorded(BEFORE), new)
    assert (found.kind, found.keys) == (RELEASE, ("contentDigest",))
    assert sentence(found).startswith(f"deploy d1a2/main: {line}")


@pytest.mark.parametrize(
    ("new", "line"),
    [
        (files(a=1), "deploy d1a2/main: 1 file (1 byte)"),
        (files(a=1, b=4_100_000), "deploy d1a2/main: 2 files (4.1 MB)"),
        ({**files(a=1), "fileCount": 12_345.0}, "deploy d1a2/main: 12,345 files (1 byte)"),
        (at("https://example.com/a.zip"), "deploy d1a2/main: from https://example.com/a.zip"),
        ({**files(a=1), "source": UNKNOWN}, "deploy d1a2/main: files are known after the update"),
    ],
)
def test_a_first_deployment_says_how_much_it_is(new: dict[str, Any], line: str) -> None:
    """Nothing is recorded, or `--replace` asks for it: the line has all of the content."""
    found = first_release(new)
    assert isinstance(found.reasons[0], First)
    assert (found.kind, sentence(found)) == (RELEASE, line)


@pytest.mark.parametrize(
    ("old", "new", "kind", "line"),
    [
        (BEFORE, BEFORE, NOTHING, ""),
        (BEFORE, {**BEFORE, "source": "out"}, UPDATE, "no release, only source changed"),
        (BEFORE, {**BEFORE, "exclude": ["*.map"]}, UPDATE, "no release, only exclude changed"),
        (BEFORE, {**BEFORE, "triggers": {"v": 1}}, RELEASE, "deploy d1a2/main: triggers changed"),
        (
            BEFORE,
            {**files(a=1, b=1000), "branchName": "dev"},
            RELEASE,
            "deploy d1a2/main -> d1a2/dev: 2 files (1 kB)",
        ),
        (
            at("s3://bucket/a/"),
            at("s3://bucket/b/", "sha256:b"),
            RELEASE,
            "deploy d1a2/main: from s3://bucket/b/, not s3://bucket/a/",
        ),
        (
            at("s3://bucket/a/"),
            files(a=1),
            RELEASE,
            "deploy d1a2/main: 1 file (1 byte), before s3://bucket/a/",
        ),
        (
            at("https://a.example/x.zip?sig=1"),
            at("https://a.example/x.zip?sig=2"),
            ChangeKind.NOTHING,
            "",
        ),
        (
            {**files(a=1), "commitId": "1f3c9e2a77"},
            files(a=2),
            RELEASE,
            "deploy d1a2/main: 1 changed of 1 file (2 bytes)",
        ),
    ],
)
def test_what_a_change_of_a_source_means(
    old: dict[str, Any], new: dict[str, Any], kind: ChangeKind, line: str
) -> None:
    """The content counts, and not where it lies; of an address all but its signature.

    Another branch has none of the files.
    """
    found = compare(recorded(old), new)
    assert (found.kind, sentence(found)) == (kind, line)


def test_a_failed_deployment_is_made_again() -> None:
    """The same content is deployed again; other content is a reason of its own."""
    assert sentence(compare(recorded(BEFORE, "FAILED"), BEFORE)) == "deploy again: job 41 FAILED"
    assert "1 changed" in sentence(compare(recorded(BEFORE, "FAILED"), files(a=2, b=1000, c=3)))


@pytest.mark.parametrize("side", ["old", "new"])
@pytest.mark.parametrize("secrets", [["source"], UNKNOWN])
def test_a_secret_address_is_never_told(side: str, secrets: Any) -> None:
    """An address that is a secret on one side of a change is hidden on both."""
    old, new = recorded(at("s3://hidden/a/")), at("s3://hidden/b/", "sha256:b")
    (old if side == "old" else new)[SECRET_INPUTS] = secrets
    line = sentence(compare(old, new))
    assert line.endswith(": from another secret address")
    assert "hidden" not in line


def test_a_secret_address_and_files_are_told_apart() -> None:
    """Where one of the two is an address, the line says so."""
    secret = {**at("s3://hidden/a/"), SECRET_INPUTS: ["source"]}
    assert sentence(first_release(secret)) == "deploy d1a2/main: from a secret address"
    assert sentence(compare(recorded(BEFORE), secret)) == (
        "deploy d1a2/main: from a secret address, not 3 files (1 kB)"
    )
    assert sentence(compare(recorded(secret), BEFORE)) == (
        "deploy d1a2/main: 3 files (1 kB), before a secret address"
    )


def test_a_signature_is_never_told() -> None:
    """Also where nobody has said that the address is a secret; and a line stays a line."""
    line = sentence(first_release(at("https://a.example/x\ny.zip?X-Amz-Signature=abc#def")))
    assert line == "deploy d1a2/main: from https://a.example/x y.zip"
    assert len(sentence(first_release(at(f"https://a.example/{'x' * 999}")))) < 300


@pytest.mark.parametrize(
    ("properties", "words"),
    [
        ({"fileCount": 1.0, "totalBytes": 0.0}, "1 file (0 bytes)"),
        ({"fileCount": 0, "totalBytes": 0}, "0 files (0 bytes)"),
        ({"fileCount": True, "totalBytes": 1}, "files"),
        ({"fileCount": "3", "totalBytes": 1}, "files"),
        ({"fileCount": 3}, "files"),
        ({}, "files"),
    ],
)
def test_files_are_counted_as_far_as_they_are_known(properties: dict[str, Any], words: str) -> None:
    """What is not known, or no number, is not told."""
    assert str(Files.of(properties)) == words


def test_the_names_of_files_are_facts_of_the_reason() -> None:
    """A line counts them, and whoever shows more has them."""
    (reason,) = compare(recorded(BEFORE), files(a=2, d=1, b=1000)).reasons
    assert isinstance(reason, FilesChanged)
    assert reason.changes == ContentChanges(("a",), ("d",), ("c",))
    assert (reason.files, reason.before) == (Files(3, 1003), "3 files (1 kB)")


SIZES = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 3), min_size=1)


@given(SIZES, SIZES)
def test_a_deployment_is_pending_exactly_if_the_files_differ(
    before: dict[str, int], after: dict[str, int]
) -> None:
    """And its line counts each file that differs once."""
    found = compare(recorded(files(**before)), files(**after))
    assert (found.kind is RELEASE) is (before != after)
    if before == after:
        assert found.kind is NOTHING
        return
    (reason,) = found.reasons
    assert isinstance(reason, FilesChanged)
    assert reason.changes is not None
    names = [name for part in reason.changes for name in part]
    assert sorted(names) == sorted(
        name for name in before.keys() | after.keys() if before.get(name) != after.get(name)
    )


@pytest.mark.parametrize("status", ["FAILED", "CANCELLED"])
def test_what_a_failed_deployment_had_is_not_live(status: str) -> None:
    """The comparison is with what is recorded, so the line says whose that is."""
    old = {**recorded(BEFORE), "status": status, "jobId": "4"}
    line = sentence(compare(old, files(a=2)))
    assert line.startswith("deploy d1a2/main: ")
    assert line.endswith(f" since job 4, which {status}")
