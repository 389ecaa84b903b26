"""The page that says what each operation of the emulator does, and where that is known from."""

from __future__ import annotations

import re

import pytest
from amplify_job_resource.emulator.behaviours import Behaviours
from amplify_job_resource.emulator.limits import operations
from amplify_job_resource.emulator.models import CONCURRENT_BUILDS, quotas

from tests.docs.test_docs import text
from tests.live.catalogue import FACTS
from tests.machine.answers import EXCEPTIONS

PAGE = "docs/emulator-operations.md"
SOURCES = ("model", "documentation", "report", "not confirmed")


def table_rows() -> list[list[str]]:
    """The cells of each row of the tables that have a source."""
    found: list[list[str]] = []
    headed = False
    for line in text(PAGE).splitlines():
        if not line.startswith("|"):
            headed = False
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 4 and cells[2] == "source":
            headed = True
        elif headed and set(cells[0]) != {"-"}:
            found.append(cells)
    return found


ROWS = table_rows()


def test_each_operation_has_a_row() -> None:
    """Each operation of AWS's model is there once, and no other."""
    named = [cells[0] for cells in ROWS if re.fullmatch(r"[A-Z][a-z]+[A-Z][A-Za-z]+", cells[0])]
    assert sorted(named) == sorted(operations())
    assert f"all {len(operations())} operations" in text(PAGE)


@pytest.mark.parametrize("cells", ROWS, ids=lambda cells: f"{cells[0]}: {cells[1][:40]}")
def test_each_behaviour_has_a_source(cells: list[str]) -> None:
    """Of what is not confirmed it is said what would confirm it; facts that are named are asked."""
    _, behaviour, source, confirms = cells
    assert behaviour
    assert source in SOURCES
    assert confirms or source != "not confirmed"
    for name in re.findall(r"`([a-z]+(?:-[a-z]+)+)`", confirms):
        assert name in FACTS


def test_the_quotas_are_those_of_the_code() -> None:
    """What the page says is what is refused."""
    told = {cells[0]: cells[1] for cells in ROWS}
    assert told["apps in a region"] == str(quotas.APPS)
    assert told["branches of an app"] == str(quotas.BRANCHES)
    assert told["domains of an app"] == str(quotas.DOMAINS)
    assert told["subdomains of a domain"] == str(quotas.SUBDOMAINS)
    assert told["webhooks of an app"] == str(quotas.WEBHOOKS)
    assert told["jobs that build at once in a region"] == str(CONCURRENT_BUILDS)


def test_where_the_model_is_not_followed_is_told() -> None:
    """Each place that the checks of answers let pass is on the page."""
    for (_, member), _why in EXCEPTIONS.items():
        assert any(f"`{member}`" in cells[1] for cells in ROWS), member


def test_refusals_are_quoted_as_they_are() -> None:
    """Words that the page has of a switch are the words of the emulator's default."""
    words = [
        Behaviours().start_on_busy_branch,
        Behaviours().start_manual,
        Behaviours().deploy_to_repository,
        Behaviours().start_with_neither,
    ]
    page = text(PAGE)
    for refusal in words:
        assert refusal
        assert refusal.message.replace("{branch}", "…") in page
