"""What was deployed, file by file."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from amplify_job_resource._content.digest_cache import DigestCache
from amplify_job_resource._content.files import Entry
from amplify_job_resource._content.manifest import (
    MOST_LISTED,
    Manifest,
    changes,
    from_text,
    manifest_of,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.content.sites import SITE, content_of, read_folder, settle, write_folder

NAMES = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12)
DIGESTS = st.text("0123456789abcdef", min_size=32, max_size=32)
ENTRIES = st.dictionaries(NAMES, st.builds(Entry, DIGESTS, st.integers(0, 5 << 30)))
SMALL = st.dictionaries(
    st.sampled_from("abcdef"), st.builds(Entry, st.sampled_from("xy"), st.just(1))
)


def test_the_manifest_of_a_site_is_known() -> None:
    """It stands in users' state: another one would mean a deployment of every site."""
    manifest = manifest_of(content_of({"index.html": b"hello", "a/é.txt": b""}))
    hello = hashlib.sha256(b"hello").hexdigest()[:32]
    nothing = hashlib.sha256().hexdigest()[:32]
    text = f"{nothing} 0 a/é.txt\n{hello} 5 index.html\n"
    assert manifest.to_text() == text
    assert manifest == Manifest(
        {"index.html": Entry(hello, 5), "a/é.txt": Entry(nothing, 0)},
        f"sha256:{hashlib.sha256(text.encode()).hexdigest()}",
        2,
        5,
    )


def test_only_names_and_bytes_count(tmp_path: Path) -> None:
    """Neither place, nor times, nor modes, nor the order in which files were written."""
    one = write_folder(tmp_path / "one", SITE)
    other = write_folder(tmp_path / "deep" / "other", dict(reversed(SITE.items())))
    settle(other)
    (other / "index.html").chmod(0o777)
    (other / "empty").mkdir()
    assert manifest_of(read_folder(one)) == manifest_of(read_folder(other))


@pytest.mark.parametrize(
    "change",
    [
        {"index.html": b"Hello"},
        {"index.htm": b"hello"},
        {"index.html": b"hello "},
        {"more": b""},
    ],
)
def test_any_change_counts(change: dict[str, bytes]) -> None:
    """A byte, a name, a length, an empty file."""
    before = {"index.html": b"hello", "b": b""}
    assert manifest_of(content_of(before | change)).digest != manifest_of(content_of(before)).digest


@given(ENTRIES)
def test_a_text_gives_the_same_entries(entries: dict[str, Entry]) -> None:
    """Whatever the names are, one line a file."""
    text = Manifest.of(entries).to_text()
    assert text is not None
    assert from_text(text) == entries
    assert Manifest.of(from_text(text)) == Manifest.of(entries)
    assert text.count("\n") == len(entries)


@given(ENTRIES)
def test_the_digest_is_that_of_the_text(entries: dict[str, Entry]) -> None:
    """Whoever has the text can check it."""
    manifest = Manifest.of(entries)
    text = manifest.to_text()
    assert text is not None
    assert manifest.digest == f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
    assert Manifest.of(dict(reversed(entries.items()))).digest == manifest.digest


DIGEST = "0123456789abcdef" * 2


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "\n",
        f"{DIGEST} 1 a",
        f"{DIGEST} 1 \n",
        f"{DIGEST} -1 a\n",
        f"{DIGEST} 01 a\n",
        f"{DIGEST} 1  \n\n",
        f"{DIGEST.upper()} 1 a\n",
        f"{DIGEST}0 1 a\n",
        f"{DIGEST} a\n",
        f"{DIGEST} 1 a\n{DIGEST} 2 a\n",
        f"{DIGEST} {'9' * 17} a\n",
    ],
)
def test_another_text_is_refused(text: str) -> None:
    """State that somebody edited is not taken for a manifest."""
    with pytest.raises(ValueError, match="line"):
        from_text(text)


def test_a_large_content_is_known_by_its_totals() -> None:
    """State has no line for each of its files."""
    entries = {f"{number}": Entry(DIGEST, 1) for number in range(MOST_LISTED)}
    assert Manifest.of(entries).to_text() is not None
    larger = Manifest.of({**entries, "more": Entry(DIGEST, 1)})
    assert larger.to_text() is None
    assert (larger.file_count, larger.total_bytes) == (MOST_LISTED + 1, MOST_LISTED + 1)
    assert Manifest(None, larger.digest, 1, 1).to_text() is None


def test_changes_are_sorted_and_a_renamed_file_is_two() -> None:
    """One that is gone, and one that is new."""
    before = {"z": Entry("1", 1), "b": Entry("2", 1), "a": Entry("3", 1), "same": Entry("4", 1)}
    after = {"y": Entry("1", 1), "b": Entry("0", 1), "a": Entry("3", 2), "same": Entry("4", 1)}
    assert changes(before, after) == (("a", "b"), ("y",), ("z",))


@given(SMALL, SMALL)
def test_changes_lead_from_one_content_to_the_other(
    before: dict[str, Entry], after: dict[str, Entry]
) -> None:
    """A naive model: file by file."""
    found = changes(before, after)
    names = sorted(before.keys() | after.keys())
    assert found.added == tuple(name for name in names if name not in before)
    assert found.removed == tuple(name for name in names if name not in after)
    assert found.changed == tuple(
        name for name in names if name in before and name in after and before[name] != after[name]
    )
    assert (before == after) == (found == ((), (), ()))


def test_digests_come_from_the_cache_where_there_is_one(tmp_path: Path) -> None:
    """It is saved with what was read, and the manifest is the same."""
    site = write_folder(tmp_path / "site", SITE)
    later = max(path.stat().st_ctime_ns for path in site.rglob("*")) + 10**10
    told: list[int] = []
    manifests = [
        manifest_of(
            read_folder(site),
            DigestCache(tmp_path / "cache", "site", now=lambda: later),
            told.append,
        )
        for _ in range(2)
    ]
    assert manifests == [manifest_of(read_folder(site))] * 2
    assert sum(told) == sum(map(len, SITE.values()))


def test_a_whole_run_can_be_given_up(tmp_path: Path) -> None:
    """Nothing is saved of it."""

    def give_up(length: int) -> None:
        raise InterruptedError

    site = write_folder(tmp_path / "site", SITE)
    with pytest.raises(InterruptedError):
        manifest_of(read_folder(site), DigestCache(tmp_path / "cache", "x"), give_up)
    assert not (tmp_path / "cache").exists()
