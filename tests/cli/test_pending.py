"""`amplify-job pending`: real previews, real git, and every form of the report."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from amplify_job_resource.cli.command import run
from amplify_job_resource.cli.pending import with_commits
from amplify_job_resource.emulator import Plan, Server
from amplify_job_resource.report import Report, read_preview, to_html, to_json, to_markdown
from amplify_job_resource.report.git import Checkout, Commits, compare_url
from amplify_job_resource.report.render_markdown import escaped

from tests.engine.stack import Stack

HOSTILE = "</td><script>alert(1)</script> | `x` [a](http://e.x) @all #1 \x1b[31mred\u202e **b**"

PROGRAM = """
import pulumi
from amplify_job_resource import Job

config = pulumi.Config()
site = Job(
    "site",
    app_id="d1a2b3c4",
    branch_name="main",
    commit_id=config.get("commitId"),
    triggers={"env": config.get("env")},
)
Job("secret", app_id="d1a2b3c4", branch_name="secret", commit_id=config.require_secret("token"))
if config.get_bool("more"):
    Job("new", app_id="d1a2b3c4", branch_name="new", commit_id="abcdef1234")
"""


class Repository:
    """A git repository for a test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str) -> str:
        command = ["git", "-c", "user.name=A <b>", "-c", "user.email=a@example.com", *arguments]
        done = subprocess.run(command, cwd=self.folder, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def commit(self, subject: str) -> str:
        self.git("commit", "--quiet", "--allow-empty", "--message", subject)
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """An empty repository."""
    (tmp_path / "repository").mkdir()
    return Repository(tmp_path / "repository")


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    """A stack with two releases, of which one has a secret commit."""
    with Server() as server:
        server.control.reset()
        server.control.create_app("d1a2b3c4", ["main", "secret", "new"])
        server.control.default_plan(Plan.instant())
        stack = Stack(tmp_path / "stack", PROGRAM, emulator_url=server.url)
        stack.config_set("token", "5ec7e75ec7e7", secret=True)
        yield stack
        stack.close()


@pytest.fixture
def pending(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Runs `amplify-job pending` for the stack: exit code, stdout, stderr."""
    for name, value in stack.environment.items():
        monkeypatch.setenv(name, value)

    def pending(*arguments: str) -> tuple[int, str, str]:
        code = run(["pending", "--cwd", str(stack.cwd), *arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return pending


@pytest.mark.engine
def test_the_report_of_a_real_preview(
    stack: Stack, repository: Repository, pending: Callable[..., tuple[int, str, str]]
) -> None:
    """Each form tells the releases, the reasons, and the commits in between; secrets stay secret."""
    old = repository.commit("One")
    git = ("--git", str(repository.folder))
    stack.up(config={"commitId": old}).ok()
    assert pending("--exit-code", *git) == (0, "Nothing pending.\n", "")

    repository.commit("Two")
    new = repository.commit(HOSTILE)
    stack.config_set("commitId", new)
    stack.config_set("token", "7e7ce57e7ce5", secret=True)
    stack.config_set("more", "true")
    code, out, _ = pending("--exit-code", "--format", "json", *git)
    assert code == 2
    report = json.loads(out)
    _matches_schema(report)
    (entries,) = (found["pending"] for found in report["stacks"])
    assert [(entry["name"], entry["reason"]) for entry in entries] == [
        ("new", "first"),
        ("secret", "commit"),
        ("site", "commit"),
    ]
    site = entries[2]
    assert (site["oldCommit"], site["newCommit"]) == (old, new)
    assert site["summary"] == f"release d1a2b3c4/main: {old[:7]} -> {new[:7]}"
    assert (site["commits"]["count"], site["commits"]["direction"]) == (2, "forward")
    assert [commit["subject"] for commit in site["commits"]["listed"]][1] == "Two"
    assert "7e7ce5" not in out
    assert "5ec7e7" not in out

    code, out, err = pending("--format", "markdown", "--no-authors", *git)
    assert (code, err) == (0, "")
    assert out.splitlines()[:2] == ["<!-- amplify-job pending -->", "### 3 pending releases"]
    assert f"| dev | site | d1a2b3c4/main | commit | {old[:7]} → {new[:7]} (2) |" in out
    assert "<script>" not in out
    assert "\x1b" not in out
    assert "- `" in out
    assert "Two\n" in out

    for form in ("html", "terminal"):
        code, out, _ = pending("--format", form, *git)
        assert code == 0
        assert "Two" in out
        assert "<script>" not in out or form == "terminal"
        assert "\x1b" not in out

    code, out, _ = pending("--stack", "dev", "--stack", "nope", *git)
    assert code == 1
    assert "release d1a2b3c4/main" in out


@pytest.mark.engine
def test_a_saved_preview_and_a_forced_replacement(
    stack: Stack, tmp_path: Path, pending: Callable[..., tuple[int, str, str]]
) -> None:
    """`--from` reads what was saved; a replacement that nothing asked for is called forced."""
    stack.up(config={"commitId": "1f3c9e2a77"}).ok()
    urn = stack.job()["urn"]
    saved = tmp_path / "preview.json"
    saved.write_text(stack.pulumi("preview", "--json", "--replace", urn).stdout, encoding="utf-8")
    code, out, _ = pending("--from", str(saved), "--format", "json")
    (entry,) = json.loads(out)["stacks"][0]["pending"]
    assert (code, entry["reason"]) == (0, "forced")
    assert entry["summary"] == "release d1a2b3c4/main: 1f3c9e2 (forced)"
    (tmp_path / "broken.json").write_text("[]", encoding="utf-8")
    code, _, err = pending("--from", str(tmp_path / "broken.json"))
    assert code == 1
    assert "is not the output of `pulumi preview --json`" in err


@pytest.mark.engine
def test_a_folder_without_a_project_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where there is no stack, the report says that and ends with 1."""
    assert run(["pending", "--cwd", str(tmp_path)]) == 1
    assert "could not be previewed" in capsys.readouterr().err


def test_commits_in_every_kind_of_history(repository: Repository, tmp_path: Path) -> None:
    """Forward, back, rewritten, missing, shallow, the same, and what is no sha at all."""
    one, two = repository.commit("One"), repository.commit("Two")
    repository.git("checkout", "--quiet", "-b", "other", one)
    other = repository.commit("Other")
    checkout = Checkout(repository.folder)

    def between(old: str, new: str) -> Commits:
        found = checkout.between(old, new)
        assert found
        return found

    assert (between(one, two).count, between(one, two).direction) == (1, "forward")
    assert (between(two, one).count, between(two, one).direction) == (1, "back")
    assert (between(two, other).count, between(two, other).direction) == (1, "diverged")
    assert "was rewritten" in between(two, other).note
    assert "not in this checkout (fetch it)" in between(one, "0" * 40).note
    assert between(one[:7], two).count == 1
    for old, new in ((one, one), ("HEAD", two), (one, "main"), ("--all", two), (None, two)):
        assert checkout.between(old, new) is None
    shallow = tmp_path / "shallow"
    repository.git("clone", "--quiet", "--depth=1", f"file://{repository.folder}", str(shallow))
    found = Checkout(shallow).between(one, other)
    assert found
    assert "a shallow clone" in found.note
    (tmp_path / "none").mkdir()
    assert Checkout(tmp_path / "none").between(one, two) is None


def test_long_histories_are_capped(repository: Repository) -> None:
    """All commits are counted, and so many are listed."""
    first = repository.commit("first")
    for number in range(12):
        last = repository.commit(f"number {number}")
    found = Checkout(repository.folder).between(first, last, most=5)
    assert found
    assert (found.count, len(found.listed)) == (12, 5)


@pytest.mark.parametrize(
    ("remote", "url"),
    [
        ("git@github.com:o/r.git", "https://github.com/o/r/compare/1111111...2222222"),
        ("https://user:tok@github.com/o/r", "https://github.com/o/r/compare/1111111...2222222"),
        ("ssh://git@gitlab.com/g/s/r.git", "https://gitlab.com/g/s/r/-/compare/1111111...2222222"),
        (
            "git@bitbucket.org:o/r.git",
            "https://bitbucket.org/o/r/branches/compare/2222222..1111111",
        ),
        (
            "https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/shop",
            (
                "https://eu-west-1.console.aws.amazon.com/codesuite/codecommit/repositories/shop"
                "/compare/1111111/.../2222222?region=eu-west-1"
            ),
        ),
        ("/srv/git/r.git", None),
        ("https://example.com/o/r", None),
        ("", None),
    ],
)
def test_compare_links(remote: str, url: str | None) -> None:
    """Known hosts have a link, without credentials; others have none."""
    assert compare_url(remote, "1111111", "2222222") == url


def test_hostile_text_is_harmless_in_markdown() -> None:
    """No tag, link, mention, reference, table cell, code or escape survives."""
    text = escaped(HOSTILE)
    for bad in ("<", "|", "`", "@", "\x1b", "\u202e", "http://", "**", " ["):
        assert bad not in text
    assert len(escaped("x" * 5000)) <= 1000


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)


def test_hostile_text_is_harmless_in_html() -> None:
    """A page has only the tags that it is made of, and asks for nothing from outside."""
    report = Report((read_preview(_preview(HOSTILE, HOSTILE)),))
    tags = _Tags()
    page = to_html(report)
    tags.feed(page)
    assert "script" not in tags.seen
    allowed = "html head meta title style body h1 h2 table tr th td code ul li div p span a"
    assert tags.seen <= set(allowed.split())
    assert "src=" not in page.replace("default-src", "").replace("style-src", "")


def test_many_stacks_stay_linear(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three hundred stacks cost a fixed number of git calls each, and one table row."""
    one, two = repository.commit("One"), repository.commit("Two")
    calls: list[Any] = []
    real = subprocess.run

    def counted(command: list[str], **options: Any) -> Any:
        calls.append(command)
        return real(command, **options)

    monkeypatch.setattr(subprocess, "run", counted)
    stacks = tuple(read_preview(_preview(one, two), f"stack-{number}") for number in range(300))
    report = with_commits(Report(stacks), Checkout(repository.folder), 5)
    assert len(calls) <= 300 * 6 + 2
    assert to_markdown(report).count("\n| stack-") == 300
    _matches_schema(to_json(report))


def test_a_page_in_a_browser(tmp_path: Path, repository: Repository) -> None:
    """Chromium renders the page with its table, and shows the hostile subject as text."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("there is no chromium on this machine")
    one, two = repository.commit("One"), repository.commit(HOSTILE)
    report = with_commits(
        Report((read_preview(_preview(one, two)),)), Checkout(repository.folder), 5
    )
    page = tmp_path / "page.html"
    page.write_text(to_html(report), encoding="utf-8")
    shot = tmp_path / "page.png"
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
    flags += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    flags += [f"--user-data-dir={tmp_path / 'profile'}", f"--screenshot={shot}", "--dump-dom"]
    command = [chromium, *flags, "--window-size=1000,500", page.as_uri()]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)
    assert "alert(1)" in done.stdout
    assert "<script" not in done.stdout
    assert shot.stat().st_size > 5000


def _preview(old: str, new: str) -> dict[str, Any]:
    """A preview of one release from one commit to another, as the CLI writes it."""
    urn = "urn:pulumi:dev::site::pulumi-python:dynamic/amplify:Job::site"
    inputs = {"appId": "d1a2b3c4", "branchName": "main", "jobType": "RELEASE"}
    return {
        "steps": [
            {
                "op": "replace",
                "urn": urn,
                "replaceReasons": ["commitId"],
                "oldState": {"outputs": {**inputs, "commitId": old, "jobId": "1"}},
                "newState": {"inputs": {**inputs, "commitId": new}},
            }
        ]
    }


def _matches_schema(report: dict[str, Any]) -> None:
    from amplify_job_resource import report as package

    path = Path(package.__file__).with_name("pending.schema.json")
    jsonschema.validate(report, json.loads(path.read_text(encoding="utf-8")))
