"""`make verify-live` as a person meets it: when it runs, what it says, what it leaves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from amplify_job_resource.emulator import Control, Fault, emulator_state
from amplify_job_resource.emulator.behaviours import Behaviours

from tests.live import __main__ as command
from tests.live import report
from tests.live.catalogue import FACTS
from tests.live.conftest import APP, MovedClock
from tests.live.fact import Answer, Verdict
from tests.live.permission import Refused, announcement, app_of
from tests.live.run import PREFIX, Run

if TYPE_CHECKING:
    from mypy_boto3_amplify import AmplifyClient

ENVIRONMENT = {"AMPLIFY_LIVE_APP": APP, "AWS_REGION": "us-east-1"}


@pytest.fixture(autouse=True)
def scratch(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where the tests' reports go."""
    path = tmp_path / "verify-live.json"
    monkeypatch.setattr(command, "SCRATCH", path)
    return path


def verify(client: AmplifyClient, *arguments: str, clock: Any = None, **environment: str) -> int:
    options = [*arguments, "--endpoint", client.meta.endpoint_url]
    return command.main(options, {**ENVIRONMENT, **environment}, clock or MovedClock())


def branches_and_apps(client: AmplifyClient) -> tuple[list[str], list[str]]:
    branches = client.list_branches(appId=APP)["branches"]
    apps = client.list_apps()["apps"]
    return [branch["branchName"] for branch in branches], [app["appId"] for app in apps]


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({}, "set AMPLIFY_LIVE_APP"),
        ({**ENVIRONMENT, "CI": "true"}, "this is CI"),
        ({**ENVIRONMENT, "AMPLIFY_LIVE_BRANCH": "main"}, "must begin with amplify-job-live-"),
    ],
)
def test_it_does_not_run_by_accident(environment: Mapping[str, str], words: str) -> None:
    """Without an app, in CI, or for a branch that is not a run's, nothing happens."""
    with pytest.raises(Refused, match=words):
        app_of(environment)


def test_it_runs_in_ci_where_it_is_meant() -> None:
    """One more variable lets a pipeline run it."""
    environment = {**ENVIRONMENT, "CI": "true", "AMPLIFY_LIVE_IN_CI": "yes"}
    assert app_of(environment) == APP


def test_settings_that_cannot_be_are_said(
    client: AmplifyClient, capsys: pytest.CaptureFixture[str]
) -> None:
    """What boto3 refuses is one line, and no traceback."""
    assert verify(client, "--yes", AWS_REGION="no region") == 2
    assert "verify-live: there is no client" in capsys.readouterr().err


def test_nothing_is_called_where_it_may_not_run(
    client: AmplifyClient, control: Control, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command ends with 2 and the reason, before its first call."""
    assert verify(client, "--yes", CI="true") == 2
    assert "this is CI" in capsys.readouterr().err
    assert control.calls() == []


def test_it_says_what_it_does_and_costs_and_asks(
    client: AmplifyClient,
    control: Control,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Before the answer there is only GetApp; without a yes, nothing else comes after it."""
    monkeypatch.setattr("builtins.input", lambda _: "")
    assert verify(client) == 2
    said = capsys.readouterr().out
    assert f"This asks the emulator at {client.meta.endpoint_url}, in us-east-1" in said
    assert "6 builds" in said
    assert "12 build minutes" in said
    assert "$0.12" in said
    assert f"app {APP}" in said
    assert [call["operation"] for call in control.calls()] == ["GetApp"]


def test_an_app_without_a_repository_is_refused(
    client: AmplifyClient, control: Control, capsys: pytest.CaptureFixture[str]
) -> None:
    """The suite needs an app that builds."""
    control.create_app(APP, repository=False)
    assert verify(client, "--yes") == 2
    assert "not connected to a repository" in capsys.readouterr().err


def test_a_run_leaves_a_report_and_nothing_else(
    client: AmplifyClient, control: Control, scratch: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Facts that are so end the command with 0; what it has made is gone."""
    before = branches_and_apps(client)
    chosen = ["pending-job-blocks", "files-app-repository"]
    assert verify(client, "--yes", "--only", *chosen) == 0
    assert branches_and_apps(client) == before
    data = json.loads(scratch.read_text("utf-8"))
    assert {name: fact["answer"] for name, fact in data["facts"].items()} == dict.fromkeys(
        chosen, "confirmed"
    )
    assert data["service"] == "an emulator"
    assert f"| `{chosen[0]}` |" in scratch.with_suffix(".md").read_text("utf-8")
    assert "/amplify/apps/d1a2b3c4/branches/main/deployments" in capsys.readouterr().out


def test_a_refuted_fact_ends_the_command_with_1(client: AmplifyClient, control: Control) -> None:
    """So a pipeline sees it."""
    emulator_state.behaviours = Behaviours(waiting_status="CREATED")
    assert verify(client, "--yes", "--only", "waiting-status") == 1


class BrokenClock(MovedClock):
    """A clock that a signal, or an error, ends when a run waits."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def sleep(self, seconds: float) -> None:
        raise self.error


def test_ctrl_c_cleans_up(client: AmplifyClient, control: Control, scratch: Path) -> None:
    """A run that is interrupted in the middle stops its build, deletes what it made, and ends 130."""
    before = branches_and_apps(client)
    clock = BrokenClock(KeyboardInterrupt())
    facts = ["files-app-repository", "running-job-blocks"]
    assert verify(client, "--yes", "--only", *facts, clock=clock) == 130
    assert branches_and_apps(client) == before
    assert [call["status"] for call in control.calls("StopJob")] == [200]
    assert not scratch.exists()


def test_clean_deletes_what_a_crashed_run_has_left(client: AmplifyClient, run: Run) -> None:
    """Branches and apps of runs go, also with active jobs; everything else stays."""
    before = branches_and_apps(client)
    run.builds().start()
    run.files("some").create()
    # Not a run's: the name begins so, but the app has a repository.
    client.create_app(name=f"{PREFIX}mine", repository="https://github.com/example/mine")
    kept = [app["appId"] for app in client.list_apps()["apps"] if app["name"] == f"{PREFIX}mine"]
    assert verify(client, "--clean", "--yes") == 0
    branches, apps = branches_and_apps(client)
    assert branches == before[0]
    assert sorted(apps) == sorted([*before[1], *kept])


def test_a_branch_that_was_there_is_left_alone(
    client: AmplifyClient, control: Control, capsys: pytest.CaptureFixture[str]
) -> None:
    """A run builds on no branch that it has not made, and deletes none, whatever its name is."""
    mine = f"{PREFIX}mine"
    control.create_app(APP, [mine, f"{mine}-2"])
    before = branches_and_apps(client)
    facts = ["--only", "manual-is-refused"]
    assert verify(client, "--yes", *facts, AMPLIFY_LIVE_BRANCH=mine) == 2
    assert f"has a branch {mine} already" in capsys.readouterr().err
    # Nor one whose name only begins as that of the run's branch.
    assert verify(client, "--yes", *facts, AMPLIFY_LIVE_BRANCH=PREFIX) == 0
    assert branches_and_apps(client) == before


def test_clean_asks(
    client: AmplifyClient,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It shows what it would delete; where nobody can say yes, it deletes nothing."""

    def nobody(_: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", nobody)
    run.builds()
    before = branches_and_apps(client)
    assert verify(client, "--clean") == 2
    assert f"branch {run.name} of {APP}" in capsys.readouterr().out
    assert verify(client) == 2
    assert branches_and_apps(client) == before


def test_what_cannot_be_deleted_is_said(
    client: AmplifyClient, control: Control, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    """A refused deletion does not keep the others from being deleted, and ends with 1."""
    run.builds()
    assert run.files_app
    control.fault(Fault("denied", "DeleteBranch"))
    assert verify(client, "--clean", "--yes") == 1
    assert "NOT deleted" in capsys.readouterr().err
    assert branches_and_apps(client)[1] == [APP]


def test_a_refused_deletion_is_tried_again(
    client: AmplifyClient, control: Control, run: Run
) -> None:
    """Throttled calls are repeated, and a branch whose job is still stopping is deleted later."""
    run.builds().start()
    throttled = [Fault("throttled", each, times=2) for each in ("ListBranches", "StopJob")]
    control.fault(*throttled, Fault("refused", "DeleteBranch"))
    assert verify(client, "--clean", "--yes") == 0
    assert branches_and_apps(client)[0] == ["main"]
    assert [call["status"] for call in control.calls("DeleteBranch")] == [400, 200]
    # `clean` looks for the branches twice, once to show them.
    assert [call["status"] for call in control.calls("ListBranches")][:4] == [429, 429, 200, 200]


def test_the_console_is_shown_only_where_it_can_be(
    client: AmplifyClient, control: Control, scratch: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A last call that fails is a line; the report is written, and the command ends as it would."""
    # The first call is that of cleaning up.
    control.fault(Fault("500", "ListBranches", skip=1))
    assert verify(client, "--yes", "--only", "files-app-repository") == 0
    assert "no console's address to look at: ListBranches failed" in capsys.readouterr().err
    assert scratch.exists()


def test_only_aws_is_recorded(
    client: AmplifyClient, control: Control, capsys: pytest.CaptureFixture[str]
) -> None:
    """What an emulator answers never becomes part of the documents."""
    assert verify(client, "--yes", "--record") == 2
    assert "AWS itself" in capsys.readouterr().err


def test_the_page_is_made_of_the_facts_and_the_recorded_answers() -> None:
    """docs/not-confirmed.md is current: `make verify-live ARGS=--write-page` makes it."""
    recorded = report.Report.read(report.RECORDED)
    assert report.PAGE.read_text("utf-8") == report.page(recorded)
    assert set(recorded.answers) <= set(FACTS)


def test_one_recorded_run_settles_the_page(tmp_path: Path) -> None:
    """Each fact of the page has the report's answer, but for one that was asked in other words."""
    answers = {name: Answer(Verdict.CONFIRMED, "seen so") for name in FACTS}
    path = tmp_path / "report.json"
    report.write(report.Report.of("AWS", answers), path)
    settled = report.Report.read(path)
    assert "confirmed: `seen so`" in report.page(settled)
    assert "unknown" not in report.page(settled).partition("## A busy branch")[2]
    text = path.read_text("utf-8").replace("while a job of the branch is PENDING", "at times")
    path.write_text(text, "utf-8")
    assert f"1 {Verdict.UNKNOWN.value}" in report.summary(report.Report.read(path))


def test_the_price_is_of_the_builds() -> None:
    """What is announced names the app, the account's region, and the price."""
    said = announcement("AWS", "dapp", "shop", "https://example.com/shop", "eu-west-1")
    assert "asks AWS, in eu-west-1" in said
    assert "dapp (shop, https://example.com/shop)" in said
