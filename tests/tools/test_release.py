"""`make release` makes the commit and the tag of a version, or says why not and changes nothing."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from tools import changelog, release
from tools.release import Checkout, Refused

CHANGELOG = """\
# Changelog

## [Unreleased]

### Added

- A flag: see [the page](docs/page.md).

## [0.1.0] - 2026-01-31

### Added

- Everything.
"""
FILES = {
    "pyproject.toml": '[project]\nname = "shop"\nversion = "0.1.0"\n',
    "CHANGELOG.md": CHANGELOG,
    "README.md": "pip install amplify_job_resource-0.1.0-py3-none-any.whl # since 0.1.0\n",
    "docs/page.md": "pulumi plugin install resource amplify-job 0.1.0 --file amplify-job-v0.1.0.gz\n",
    "schema.json": "",
    "Makefile": "check states:\n\t@test ! -e wrong\n"
    "schema:\n\t@grep version pyproject.toml > schema.json\n",
    ".gitignore": "/wrong\n",
}


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    """A repository with one release, 0.1.0, and a change since."""
    for name in [name for name in os.environ if name.startswith(("GIT_", "MAKE", "MFLAGS"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "test")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "test@example.com")
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    made = Checkout(tmp_path)
    made.git("init", "--quiet", "--initial-branch", "main")
    commit(made)
    made.git("tag", "v0.1.0")
    made.git("tag", "vote")
    return made


def commit(checkout: Checkout) -> None:
    checkout.git("add", "--all")
    checkout.git("commit", "--quiet", "--allow-empty", "--message", "A change")


def state(checkout: Checkout) -> tuple[str, str, list[str]]:
    """The newest commit, what is not committed, and the versions with a tag."""
    head, changes = checkout.git("rev-parse", "HEAD"), checkout.git("status", "--porcelain")
    return head, changes, checkout.tagged()


def write(checkout: Checkout, name: str, text: str) -> None:
    (checkout.root / name).write_text(text, encoding="utf-8")


def test_a_release_is_a_commit_and_a_tag(
    checkout: Checkout, capsys: pytest.CaptureFixture[str]
) -> None:
    """The version, the day and what is made from them are committed, and the tag says what changed."""
    release.release(checkout, "0.2.0")
    assert not checkout.git("status", "--porcelain")
    assert checkout.git("log", "-1", "--format=%s") == "Release 0.2.0"
    assert checkout.version() == "0.2.0"
    assert checkout.text("schema.json") == 'version = "0.2.0"\n'
    newest, before = changelog.sections(checkout.text("CHANGELOG.md"))
    assert (newest.name, before.name, before.when) == ("0.2.0", "0.1.0", "2026-01-31")
    assert newest.when
    assert date.fromisoformat(newest.when) >= date(2026, 1, 31)
    assert checkout.text("README.md") == FILES["README.md"].replace("-0.1.0", "-0.2.0")
    assert checkout.text("docs/page.md") == FILES["docs/page.md"].replace("0.1.0", "0.2.0")
    assert checkout.git("cat-file", "-t", "v0.2.0") == "tag"
    assert checkout.git("rev-parse", "v0.2.0^{commit}") == checkout.git("rev-parse", "HEAD")
    told = checkout.git("tag", "--list", "--format=%(contents)", "v0.2.0")
    assert told == "amplify-job-resource 0.2.0\n\n### Added\n\n- A flag: see the page."
    assert "git push --atomic origin main v0.2.0" in capsys.readouterr().out


def test_what_it_says_takes_a_release_back(
    checkout: Checkout, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command that is printed at the end leaves no trace of the release."""
    before = checkout.git("rev-parse", "HEAD")
    release.release(checkout, "0.2.0")
    back = capsys.readouterr().out.partition("take it back: ")[2]
    subprocess.run(back, shell=True, cwd=checkout.root, check=True, capture_output=True)
    assert checkout.git("rev-parse", "HEAD") == before
    assert checkout.tagged() == ["0.1.0"]


def test_the_first_release_has_the_version_that_stands_there(checkout: Checkout) -> None:
    """A version without a tag is released as it is, and its section gets the day."""
    checkout.git("tag", "--delete", "v0.1.0")
    write(checkout, "CHANGELOG.md", "## [0.1.0] - unreleased\n\n- Everything.\n")
    commit(checkout)
    release.release(checkout, "0.1.0")
    assert checkout.tagged() == ["0.1.0"]
    assert changelog.sections(checkout.text("CHANGELOG.md"))[0].when


def old_readme(checkout: Checkout) -> None:
    write(checkout, "README.md", f"{release.UNTRUE}: install a checkout.\n")
    commit(checkout)


def test_the_readme_says_it_in_the_words_that_are_looked_for() -> None:
    """While it tells of a first release that is to come, it has the sentence that a release refuses."""
    readme = (release.ROOT / "README.md").read_text(encoding="utf-8")
    assert ("on the package index" in readme) == (release.UNTRUE in readme)


def unsaved(checkout: Checkout) -> None:
    write(checkout, "new.txt", "new")


def elsewhere(checkout: Checkout) -> None:
    checkout.git("switch", "--quiet", "--create", "idea")


def detached(checkout: Checkout) -> None:
    checkout.git("switch", "--quiet", "--detach")


def no_section(checkout: Checkout) -> None:
    write(
        checkout,
        "CHANGELOG.md",
        CHANGELOG.partition("## [Un")[0] + "## [0.1.0] - 2026-01-31\n\n- A\n",
    )
    commit(checkout)


def empty_section(checkout: Checkout) -> None:
    write(checkout, "CHANGELOG.md", CHANGELOG.replace("- A flag", "A flag"))
    commit(checkout)


def failing_check(checkout: Checkout) -> None:
    write(checkout, "wrong", "")


def no_tags(checkout: Checkout) -> None:
    checkout.git("tag", "--delete", "v0.1.0")


def nothing(checkout: Checkout) -> None:
    """The repository stays as it is."""


@pytest.mark.parametrize(
    ("spoil", "version", "said"),
    [
        (unsaved, "0.2.0", "there are changes that are not committed"),
        (elsewhere, "0.2.0", "the branch is not main"),
        (detached, "0.2.0", "the branch is not main"),
        (no_section, "0.2.0", "no unreleased section"),
        (empty_section, "0.2.0", "names no change"),
        (old_readme, "0.2.0", "README.md says 'There is no release"),
        (failing_check, "0.2.0", "make check failed"),
        (nothing, "0.1.0", "the tag v0.1.0 exists"),
        (no_tags, "0.1.0", "CHANGELOG.md has 0.1.0 already"),
        (nothing, "0.0.9", "0.0.9 is lower than 0.1.0"),
        (nothing, "0.2", "0.2 is no version such as 1.2.3"),
        (nothing, "v0.2.0", "v0.2.0 is no version"),
        (nothing, "0.2.0-rc.1", "0.2.0-rc.1 is no version"),
        (nothing, "0.2.0rc1", "0.2.0rc1 is no version"),
        (nothing, "0.02.0", "0.02.0 is no version"),
    ],
)
def test_what_speaks_against_it(
    checkout: Checkout, spoil: Callable[[Checkout], None], version: str, said: str
) -> None:
    """A release that should not be is refused with its reason, and nothing is changed."""
    spoil(checkout)
    before = state(checkout)
    with pytest.raises(Refused, match=said):
        release.release(checkout, version)
    assert state(checkout) == before


def test_a_failure_halfway_says_how_to_go_back(checkout: Checkout) -> None:
    """Where something fails after the edits, the command that takes them back is named, and does."""
    write(checkout, "Makefile", "check states:\nschema:\n\t@false\n")
    commit(checkout)
    before = checkout.git("rev-parse", "HEAD")
    with pytest.raises(Refused, match=f"make schema failed; git reset --hard {before} takes"):
        release.release(checkout, "0.2.0")
    checkout.git("reset", "--hard", before)
    assert not checkout.git("status", "--porcelain")


def test_a_dry_run_shows_all_and_does_nothing(
    checkout: Checkout, capsys: pytest.CaptureFixture[str]
) -> None:
    """The edits and the tag's message are printed; files, commits and tags stay as they are."""
    before = checkout.git("rev-parse", "HEAD")
    release.release(checkout, "0.2.0", dry_run=True)
    shown = capsys.readouterr().out
    assert '-version = "0.1.0"\n+version = "0.2.0"\n' in shown
    assert "-## [Unreleased]\n+## [0.2.0] - 20" in shown
    assert "amplify-job-resource 0.2.0\n\n### Added" in shown
    assert checkout.git("rev-parse", "HEAD") == before
    assert not checkout.git("status", "--porcelain")
    assert checkout.tagged() == ["0.1.0"]


def test_notes_are_of_one_version_and_their_links_lead_somewhere() -> None:
    """A release page gets one section, whose links to files have the address in front."""
    text = changelog.released(CHANGELOG, "0.2.0", date(2026, 2, 28))
    assert changelog.notes(text, "0.2.0", "https://example.com/v0.2.0") == (
        "### Added\n\n- A flag: see [the page](https://example.com/v0.2.0/docs/page.md).\n"
    )
    assert changelog.notes(CHANGELOG, "0.2.0", "") is None
    assert changelog.notes(CHANGELOG, "Unreleased", "") is None


def test_the_changelog_here_can_be_read() -> None:
    """Each section of the project's own changelog has a name, and a day unless it is the newest."""
    found = changelog.sections((release.ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    assert found
    assert all(each.body for each in found)
    assert all(date.fromisoformat(str(each.when)) for each in found[1:])
