"""No report has data of the account."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from amplify_job_resource.emulator import Control, emulator_state
from amplify_job_resource.emulator.behaviours import Behaviours, Refusal

from tests.live.__main__ import ask, placeholders_of
from tests.live.catalogue import FACTS
from tests.live.conftest import APP
from tests.live.fact import Answer
from tests.live.placeholders import Placeholders, parts_of
from tests.live.report import Report, write
from tests.live.run import Run

if TYPE_CHECKING:
    from mypy_boto3_amplify import AmplifyClient

#: All that could be recognised of an account, in an error's message.
TALKATIVE = (
    "User arn:aws:iam::123456789012:user/zebra of account 123456789012 <zebra@example.com> asked for "
    "job 7 of zebra-shop (https://git.example.com/zebra/shop.git, git@example.com:zebra/shop.git) in "
    "app d1a2b3c4, host main.d1a2b3c4.amplifyapp.com, other app dz9y8x7w6v5, key "
    "ASIAZEBRA12345678901, commit 0123456789abcdef0123456789abcdef01234567, request "
    "01234567-89ab-cdef-0123-456789abcdef"
)
DATA = ("zebra", "123456789012", APP, "dz9y8x7w6v5", "ASIA", "0123456789abcdef", "01234567-89ab")


def test_an_account_full_of_data_leaves_none_in_the_report(
    run: Run, client: AmplifyClient, control: Control, tmp_path: Path
) -> None:
    """Names, numbers, addresses and messages are placeholders in both forms of the report."""
    client.update_app(
        appId=APP, name="zebra-shop", repository="https://git.example.com/zebra/shop.git"
    )
    client.update_branch(appId=APP, branchName="main", environmentVariables={"ZEBRA": "zebra"})
    refusal = Refusal(TALKATIVE)
    emulator_state.behaviours = Behaviours(
        stop_of_ended=refusal,
        deploy_to_repository=refusal,
        start_without_repository=refusal,
        start_of_started=refusal,
        files_app_repository="https://git.example.com/zebra/shop.git",
        waiting_status="zebra-shop",
    )
    answers: dict[str, Answer] = {}
    app = client.get_app(appId=APP)["app"]
    ask(run, list(FACTS.values()), app, answers)
    assert set(answers) == set(FACTS)
    assert "<account>" in answers["stop-of-ended"].seen
    path = tmp_path / "report.json"
    write(Report.of("an emulator", answers), path)
    for text in (path.read_text("utf-8"), path.with_suffix(".md").read_text("utf-8")):
        assert [data for data in (*DATA, run.name, run.files_app) if data in text] == []


def test_parts_of_what_is_known_are_hidden_too(run: Run) -> None:
    """The run's own app is, whatever its id, and so are the repository's owner and name."""
    app = {"name": "web", "repository": "https://git.example.com/branch/shop.git"}
    run.made_app = "dxyz"
    hide = placeholders_of(run, app)
    assert hide(f"dxyz, {run.name}, branch/shop, zebra@shop.example.com") == (
        "<app>, <branch>, <owner>/<repository>, <address>"
    )


@pytest.mark.parametrize(
    "address",
    [
        "https://git.example.com/zebra/shop.git",
        "git@git.example.com:zebra/shop",
        "h/v1/zebra/shop/",
    ],
)
def test_an_address_has_an_owner_and_a_name(address: str) -> None:
    """In each form of a repository's address, and not in one that has none."""
    assert parts_of(address) == ("zebra", "shop")
    assert parts_of("https://git.example.com/shop") == ("", "shop")
    assert parts_of("") == ("", "")


@pytest.mark.parametrize(
    "text",
    [
        "400 BadRequestException: Job 12 has ended and cannot be stopped",
        "deployment deployments found after 0.3 s, X-Amz-Expires: 10800",
        "jobId 12, in the ARN 0000000012",
        "…/<branch>/<number>/DEPLOY/log.txt, signed",
    ],
)
def test_what_is_nobodys_stays(text: str) -> None:
    """AWS's own words, numbers of jobs and times stay as they are."""
    assert Placeholders({"d1a2b3c4": "<app>", "": "<nothing>"})(text) == text


def test_a_long_text_is_cut() -> None:
    """A message of any length is one line of a report."""
    assert len(Placeholders({})("word\n" * 500)) == 300
