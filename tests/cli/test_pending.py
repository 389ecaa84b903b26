"""`amplify-job pending`: real previews, real git, and every form of the report."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from amplify_job_resource import report as report_package
from amplify_job_resource._inputs.deployment import ALL_INPUTS
from amplify_job_resource._values.marks import KIND, SECRET_KIND, UNKNOWN_TEXT
from amplify_job_resource.cli.command import run
from amplify_job_resource.cli.pending import with_commits
from amplify_job_resource.cli.pulumi_commands import PulumiCommands
from amplify_job_resource.cli.terminal import pending_report, plain
from amplify_job_resource.emulator import Plan, Server
from amplify_job_resource.report import (
    Report,
    StackReport,
    read_preview,
    to_html,
    to_json,
    to_markdown,
)
from amplify_job_resource.report.git import Checkout, Commits
from amplify_job_resource.report.render_markdown import MAX_LENGTH, escaped
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tests.engine.stack import Stack
from tests.pages import browse

GOLDEN = Path(__file__).with_name("golden")
SCHEMA = Path(report_package.__file__).with_name("pending.schema.json")
HOSTILE = "</td><script>alert(1)</script> | `x` [a](http://e.x) @all #1 \x1b[31mred\u202e **b**"

PROGRAM = r"""
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
    Job("after", app_id="d1a2b3c4", branch_name="new", commit_id=site.job_id)
if config.get_bool("fail"):
    raise ValueError("no \x1b[31mcolors\u202e")
"""


class Repository:
    """A git repository for a test; its shas are the same everywhere and always."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str) -> str:
        who = {"NAME": "A <b>", "EMAIL": "a@example.com", "DATE": "2026-11-25T12:00:00Z"}
        made = {f"GIT_{role}_{key}": who[key] for role in ("AUTHOR", "COMMITTER") for key in who}
        alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.folder,
            env={**os.environ, **made, **alone},
            check=True,
            capture_output=True,
            text=True,
        )
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
    stack: Stack,
    repository: Repository,
    tmp_path: Path,
    pending: Callable[..., tuple[int, str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each form tells the releases, the reasons, and the commits in between; secrets stay secret.

    The forms are files in `golden`; with UPDATE_GOLDEN=1 the test writes them anew.
    """
    old = repository.commit("One")
    repository.git("remote", "add", "origin", "git@github.com:example/site.git")
    git = ("--git", str(repository.folder))
    stack.up(config={"commitId": old}).ok()
    assert pending("--exit-code", *git) == (0, "Nothing pending.\n", "")

    repository.commit("Two")
    new = repository.commit(HOSTILE)
    stack.config_set("commitId", new)
    stack.config_set("token", "7e7ce57e7ce5", secret=True)
    stack.config_set("env", "2")
    stack.config_set("more", "true")
    # Whatever the shell has set, the preview is one JSON text.
    monkeypatch.setenv("PULUMI_ENABLE_STREAMING_JSON_PREVIEW", "true")
    saved = tmp_path / "preview.json"
    preview = stack.pulumi("preview", "--json", "--stack", "dev").ok().stdout
    saved.write_text(preview, encoding="utf-8")
    code, out, _ = pending("--exit-code", "--output", "json", *git)
    assert code == 2
    report = json.loads(out)
    validate(report)
    (entries,) = (found["pending"] for found in report["stacks"])
    assert [(entry["name"], entry["reason"]) for entry in entries] == [
        ("after", "first"),
        ("new", "first"),
        ("secret", "commit"),
        ("site", "commit"),
    ]
    rows = {
        line["urn"].rpartition("::")[2]: line["message"].strip()
        for line in json.loads(preview)["diagnostics"]
        if line["severity"]
        == "info"  # two of these releases are for one branch, which is warned of
    }
    assert rows["site"] == entries[3]["summary"]
    assert rows["after"] == entries[0]["summary"]
    for form, ending in (
        ("json", "json"),
        ("markdown", "markdown"),
        ("html", "html"),
        ("text", "txt"),
    ):
        file = tmp_path / f"report.{ending}"
        read = ("--from", str(saved), "--output", form, "--file", str(file), *git)
        assert pending(*read) == (0, "", "")
        found = file.read_text(encoding="utf-8")
        assert {c for c in found if not c.isprintable()} == {"\n"}
        assert "7e7ce5" not in found
        assert "5ec7e7" not in found
        golden = GOLDEN / file.name
        if os.environ.get("UPDATE_GOLDEN"):
            golden.parent.mkdir(exist_ok=True)
            golden.write_text(found, encoding="utf-8")
        assert found == golden.read_text(encoding="utf-8")

    code, out, err = pending("--stack", "dev", "--stack", "nope", *git)
    assert code == 1
    assert "site: " in out
    assert err.startswith("nope could not be previewed: ")


@pytest.mark.engine
def test_a_saved_preview_and_a_forced_replacement(
    stack: Stack, tmp_path: Path, pending: Callable[..., tuple[int, str, str]]
) -> None:
    """`--from` reads what was saved; a replacement that nothing asked for is called forced."""
    stack.up(config={"commitId": "1f3c9e2a77"}).ok()
    urn = stack.job()["urn"]
    saved = tmp_path / "preview.json"
    saved.write_text(stack.pulumi("preview", "--json", "--replace", urn).stdout, encoding="utf-8")
    code, out, _ = pending("--from", str(saved), "--output", "json")
    (entry,) = json.loads(out)["stacks"][0]["pending"]
    assert (code, entry["reason"]) == (0, "forced")
    assert entry["summary"] == "release d1a2b3c4/main: 1f3c9e2 (forced)"


@pytest.mark.engine
def test_a_program_that_fails_is_told_of_in_plain_text(
    stack: Stack, pending: Callable[..., tuple[int, str, str]]
) -> None:
    """What an error of the program has in it reaches no terminal and no comment as it is."""
    stack.config_set("fail", "true")
    code, out, err = pending("--output", "markdown")
    assert code == 1
    assert "### Pending releases\n\n**dev** could not be previewed: " in out
    for text in (out, err):
        assert "no" in text
        assert "ValueError" in text
        assert "\x1b" not in text
        assert "\u202e" not in text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"steps": []}',
        '{"steps": "x"}',
        '{"steps": [5]}',
        '{"sequence": 0}\n{"sequence": 1}',
        "[" * 100_000,
        json.dumps(
            {
                "steps": [
                    {
                        "op": "create",
                        "urn": "urn:pulumi:d::s::pulumi-python:dynamic/amplify:Job::n",
                        "newState": {"inputs": {"commitId": 5}},
                    }
                ]
            }
        ),
    ],
)
def test_what_is_no_preview_is_said_so(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Another JSON than a preview's is an error and never "nothing pending"."""
    (tmp_path / "saved.json").write_text(text, encoding="utf-8")
    assert run(["pending", "--from", str(tmp_path / "saved.json")]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "is not the output of `pulumi preview --json`" in err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--stack", "a", "--all-stacks"), "give one of"),
        (("--from", "-", "--stack", "a"), "give one of"),
        (("--comment", "-->"), "letters, digits"),
    ],
)
def test_wrong_use(
    arguments: tuple[str, ...], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Options that contradict each other are wrong use, and so is a comment's name that is none."""
    assert run(["pending", *arguments]) == 64
    assert words in capsys.readouterr().err


def test_a_folder_that_is_no_checkout_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who names a checkout wants its commits; without the option there may be none."""
    saved = tmp_path / "preview.json"
    saved.write_text(json.dumps(_preview("a" * 40, "b" * 40)), encoding="utf-8")
    assert run(["pending", "--from", str(saved), "--git", str(tmp_path)]) == 64
    assert "is no git checkout" in capsys.readouterr().err
    assert run(["pending", "--from", str(saved), "--cwd", str(tmp_path)]) == 0


def test_unknown_and_secret_commits() -> None:
    """What is known later is called so; what may be a secret is one until that is known."""
    unknown = UNKNOWN_TEXT
    (entry,) = read_preview(_preview("a" * 40, unknown)).pending
    assert entry.shown_change == "aaaaaaa -> a commit known after the update"
    assert (entry.new_commit, entry.unknown) == (None, True)
    preview = _preview("a" * 40, "b" * 40)
    preview["steps"][0]["newState"]["inputs"]["secretInputs"] = unknown
    (entry,) = read_preview(preview).pending
    assert (entry.shown_change, entry.secret) == ("[secret]", True)
    wrapped = {KIND: SECRET_KIND, "plaintext": "b" * 40}
    preview = _preview("a" * 40, "b" * 40)
    preview["steps"][0]["newState"]["inputs"]["commitId"] = wrapped
    report = Report((read_preview(preview),))
    for text in (to_markdown(report), to_html(report), json.dumps(to_json(report))):
        assert "bbbbbbb" not in text
        assert "aaaaaaa" not in text


@pytest.mark.parametrize("masked", [True, False])
@pytest.mark.parametrize("key", ["appId", "branchName", "commitId", "region", "triggers"])
def test_no_report_shows_a_secret_input(key: str, masked: bool) -> None:
    """Neither where Pulumi masks it, nor with `--show-secrets`, when its name tells."""
    secret = {"hush": 1} if key == "triggers" else "hushhush"
    mask = {KIND: SECRET_KIND, "plaintext": json.dumps(secret)}
    preview = _preview("a" * 40, "b" * 40)
    inputs = preview["steps"][0]["newState"]["inputs"]
    inputs |= {key: mask} if masked else {key: secret, "secretInputs": [key]}
    report = Report((read_preview(preview),))
    assert len(report.pending) == 1
    for text in (
        to_markdown(report),
        to_html(report),
        json.dumps(to_json(report)),
        plain(pending_report(report, authors=True)),
    ):
        assert "hush" not in text


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
    assert "is not in this checkout: fetch it" in between(one, "0" * 40).note
    assert between(one[:7], two).count == 1
    for old, new in ((one, one), ("HEAD", two), (one, "main"), ("--all", two), (None, two)):
        assert checkout.between(old, new) is None
    shallow = tmp_path / "shallow"
    repository.git("clone", "--quiet", "--depth=1", f"file://{repository.folder}", str(shallow))
    found = Checkout(shallow).between(one, other)
    assert found
    assert "this shallow clone" in found.note
    (tmp_path / "none").mkdir()
    assert Checkout(tmp_path / "none").between(one, two) is None


def test_a_cut_off_history_is_not_called_rewritten(repository: Repository, tmp_path: Path) -> None:
    """A shallow clone that has both commits and not what links them says that it cannot tell."""
    old = repository.commit("One")
    middle = repository.commit("Two")
    new = repository.commit("Three")
    repository.git("config", "uploadpack.allowAnySHA1InWant", "true")
    shallow = tmp_path / "shallow"
    origin = f"file://{repository.folder}"
    repository.git("clone", "--quiet", "--depth=1", origin, str(shallow))
    repository.git("-C", str(shallow), "fetch", "--quiet", "--depth=1", "origin", old)
    found = Checkout(shallow).between(old, new)
    assert found
    assert (found.count, found.direction, found.listed) == (None, "unknown", ())
    assert "fetch more" in found.note
    repository.git("-C", str(shallow), "fetch", "--quiet", "--depth=2", "origin", new)
    found = Checkout(shallow).between(middle, new)
    assert found
    assert (found.count, found.direction) == (1, "forward")
    assert "the list may be incomplete" in found.note


def test_a_branch_named_like_a_sha_is_not_that_commit(repository: Repository) -> None:
    """A name that only looks like a commit is a commit that is missing."""
    one = repository.commit("One")
    repository.commit("Two")
    repository.git("branch", "abcdef1")
    found = Checkout(repository.folder).between(one, "abcdef1")
    assert found
    assert (found.count, found.note) == (None, "abcdef1 is not in this checkout: fetch it")


def test_the_checkout_is_the_folder_s(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a git hook, whose variables name another repository, the folder asked for is looked at."""
    one, two = repository.commit("One"), repository.commit("Two")
    monkeypatch.setenv("GIT_DIR", str(tmp_path))
    found = Checkout(repository.folder).between(one, two)
    assert found
    assert found.count == 1


def test_a_checkout_of_another_user_is_told(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a container, where git refuses to look at another user's files, the report says so."""
    one, two = repository.commit("One"), repository.commit("Two")
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    found = Checkout(repository.folder).between(one, two)
    assert found
    assert "safe.directory" in found.note


def test_a_link_goes_the_way_in_which_there_is_something(repository: Repository) -> None:
    """Hosts show what the second commit has more than the first: of a way back, what is taken back."""
    one, two = repository.commit("One"), repository.commit("Two")
    repository.git("remote", "add", "upstream", "https://token@github.com/o/r.git")
    checkout = Checkout(repository.folder)
    for old, new in ((one, two), (two, one)):
        found = checkout.between(old, new)
        assert found
        assert found.compare_url == f"https://github.com/o/r/compare/{one}...{two}"


def test_long_histories_are_capped(repository: Repository) -> None:
    """All commits are counted, and so many are listed."""
    first = repository.commit("first")
    for number in range(12):
        last = repository.commit(f"number {number}")
    found = Checkout(repository.folder).between(first, last, most=5)
    assert found
    assert (found.count, len(found.listed)) == (12, 5)


def test_hostile_text_is_harmless_in_markdown() -> None:
    """No tag, link, mention, reference, table cell, code or escape survives."""
    text = escaped(HOSTILE)
    for bad in ("<", "|", "`", "@", "\x1b", "\u202e", "http://", "**", " ["):
        assert bad not in text
    assert len(escaped("x" * 5000)) <= 1000
    shown = MarkdownIt("gfm-like", {"linkify": False}).render(text)
    # What GitHub and GitLab look for after rendering: mentions, issues, addresses.
    for reference in ("@all", "#1", "http:"):
        assert reference in HOSTILE
        assert reference not in shown


@given(st.text(max_size=200))
def test_any_text_stays_one_cell_of_text(text: str) -> None:
    """Whatever a subject is, a row keeps its cells, and no element comes of it."""
    row = f"| a | b |\n| --- | --- |\n| {escaped(text)} | c |\n"
    shown = MarkdownIt("gfm-like", {"linkify": False}).render(row)
    tags = _Tags()
    tags.feed(shown)
    assert tags.seen == {"table", "thead", "tbody", "tr", "th", "td"}
    assert shown.count("<td>") == 2


def test_a_comment_has_a_limit() -> None:
    """What does not fit is left out and said; failed stacks are always named."""
    stacks = [read_preview(_preview("a" * 40, "b" * 40), f"stack-{n}") for n in range(900)]
    stacks.append(StackReport("broken", error="x" * 5000))
    text = to_markdown(Report(tuple(stacks)))
    assert len(text) <= MAX_LENGTH
    assert "more releases, which do not fit here" in text
    assert "**broken** could not be previewed" in text
    many = to_markdown(Report(tuple(StackReport(f"s{n}", error="x" * 400) for n in range(300))))
    assert len(many) <= MAX_LENGTH
    assert "300 stacks could not be previewed: s0, s1, " in many


def test_comments_are_told_apart() -> None:
    """With a name, the hidden first line is another one."""
    report = Report((read_preview(_preview("a" * 40, "b" * 40)),))
    assert to_markdown(report).splitlines()[0] == "<!-- amplify-job pending -->"
    named = to_markdown(report, key="shop/prod").splitlines()[0]
    assert named == "<!-- amplify-job pending shop/prod -->"


def test_jobs_to_wait_for_are_no_releases() -> None:
    """A job that goes on is counted by itself."""
    preview = _preview("a" * 40, "a" * 40)
    step = preview["steps"][0]
    step["op"] = "update"
    step["oldState"]["outputs"]["status"] = "RUNNING"
    report = Report((read_preview(preview), read_preview(_preview("a" * 40, "b" * 40))))
    assert report.title == "1 pending release, 1 job to wait for"
    assert "| keep waiting for job 1 |" in to_markdown(report)


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
    """Three hundred stacks cost a row each, and git is asked once for each pair of commits."""
    one, two = repository.commit("One"), repository.commit("Two")
    calls: list[Any] = []
    real = subprocess.run

    def counted(command: list[str], **options: Any) -> Any:
        calls.append(command)
        return real(command, **options)

    monkeypatch.setattr(subprocess, "run", counted)
    stacks = tuple(read_preview(_preview(one, two), f"stack-{number}") for number in range(300))
    report = with_commits(Report(stacks), Checkout(repository.folder), 5)
    assert len(calls) <= 10
    assert to_markdown(report).count("\n| stack-") == 300
    validate(to_json(report))


def test_many_previews_are_run_once_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Three hundred stacks cost three hundred previews and one listing, a few at a time."""
    names = [f"stack-{number}" for number in range(300)]
    commands: list[list[str]] = []

    def pulumi(_: PulumiCommands, command: list[str]) -> subprocess.CompletedProcess[str]:
        commands.append(command)
        if command[0] == "stack":
            answer = json.dumps([{"name": name} for name in names])
        elif command[-1] == "stack-7":
            return subprocess.CompletedProcess(command, 255, "", "error: it broke\n")
        else:
            answer = json.dumps(_preview("a" * 40, "b" * 40))
        return subprocess.CompletedProcess(command, 0, answer, "")

    monkeypatch.setattr(PulumiCommands, "_run", pulumi)
    assert run(["pending", "--all-stacks", "--cwd", str(tmp_path), "--output", "json"]) == 1
    out, err = capsys.readouterr()
    assert [stack["stack"] for stack in json.loads(out)["stacks"]] == names
    assert err == "stack-7 could not be previewed: it broke\n"
    assert len(commands) == 301
    names.clear()
    assert run(["pending", "--all-stacks", "--cwd", str(tmp_path)]) == 1
    assert "the project has no stack" in capsys.readouterr().err


def test_a_reader_that_has_enough_is_fine(tmp_path: Path) -> None:
    """In `amplify-job pending | head` the end of the pipe is no error."""
    saved = tmp_path / "saved.json"
    preview = _preview("a" * 40, "b" * 40)
    first = preview["steps"][0]
    preview["steps"] = [{**first, "urn": f"{first['urn']}{n}"} for n in range(2000)]
    saved.write_text(json.dumps(preview), encoding="utf-8")
    script = "from amplify_job_resource.cli import main; main()"
    command = [sys.executable, "-c", script, "pending", "--output", "json", "--from", str(saved)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_a_page_in_a_browser(tmp_path: Path, repository: Repository) -> None:
    """Chromium renders the page with its table, and shows the hostile subject as text."""
    one, two = repository.commit("One"), repository.commit(HOSTILE)
    report = with_commits(
        Report((read_preview(_preview(one, two)),)), Checkout(repository.folder), 5
    )
    page = tmp_path / "page.html"
    page.write_text(to_html(report), encoding="utf-8")
    shot = tmp_path / "page.png"
    done = browse(page.as_uri(), tmp_path, f"--screenshot={shot}", "--window-size=1000,500")
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


def test_a_place_that_is_not_known_yet_is_null_in_json() -> None:
    """People read words, programs null; the report says that something is unknown."""
    preview = _preview("a" * 40, "a" * 40)
    preview["steps"][0]["newState"]["inputs"]["appId"] = UNKNOWN_TEXT
    report = Report((read_preview(preview),))
    data = to_json(report)
    validate(data)
    entry = data["stacks"][0]["pending"][0]
    assert (entry["appId"], entry["branchName"], entry["unknown"]) == (None, "main", True)
    assert "(app known after the update)/main" in to_markdown(report)


def test_a_secret_trigger_is_named_as_in_the_preview() -> None:
    """Its value looks the same before and after: the preview's own line tells which one changed."""
    preview = _preview("a" * 40, "a" * 40)
    (step,) = preview["steps"]
    step["replaceReasons"] = ["triggers"]
    wrapped = {KIND: SECRET_KIND, "ciphertext": "x"}
    for properties in (step["oldState"]["outputs"], step["newState"]["inputs"]):
        properties["triggers"] = {"API_KEY": wrapped}
    line = "release d1a2b3c4/main at aaaaaaa: trigger API_KEY changed"
    told = {"urn": step["urn"], "message": f"{line}\n", "severity": "info"}
    (entry,) = read_preview({**preview, "diagnostics": [told]}).pending
    assert (entry.reason, entry.why, entry.summary) == ("triggers", "trigger API_KEY changed", line)
    (entry,) = read_preview(preview).pending
    assert entry.why == "triggers changed"


def test_the_documented_json_is_of_the_schema() -> None:
    """The example in docs/cli.md is a report."""
    page = (Path(__file__).parents[2] / "docs" / "cli.md").read_text(encoding="utf-8")
    validate(json.loads(page.partition("```json\n")[2].partition("```")[0]))


def validate(report: dict[str, Any]) -> None:
    """A report as data is of the schema."""
    jsonschema.validate(report, json.loads(SCHEMA.read_text(encoding="utf-8")))


def test_the_schema_has_every_reason() -> None:
    """Each input that leads to a release is a reason of the report."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    reasons = set(schema["$defs"]["pending"]["properties"]["reason"]["enum"])
    words = {"commitId": "commit", "contentDigest": "files"}
    assert {words.get(key, key) for key in ALL_INPUTS.release_keys} <= reasons
