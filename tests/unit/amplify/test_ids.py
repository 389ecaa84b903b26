"""The resource id and what is made from its parts."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from amplify_job_resource._amplify.ids import (
    BranchId,
    JobId,
    account_in_arn,
    console_url,
    region_in_arn,
)
from hypothesis import example, given
from hypothesis import strategies as st

APPS = st.from_regex(r"d[a-z0-9]{1,19}", fullmatch=True)
BRANCHES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=255)
JOBS = st.from_regex(r"[0-9]{1,20}", fullmatch=True)


@given(APPS, BRANCHES, JOBS)
@example("d1a2", "feature/2026/7", "12")
@example("d1a2", "/", "1")
@example("d1a2", "1/2/3", "0000000004")
@example("d1a2", "ünï cödé", "7")
@example("d1a2", "two\nlines", "7")
def test_an_id_is_read_back_as_it_was_written(app: str, branch: str, job: str) -> None:
    """Whatever a branch is called, the three parts come back from the text of the id."""
    job_id = JobId(app, branch, job)
    assert JobId.parse(str(job_id)) == job_id
    assert job_id.branch == BranchId(app, branch)
    assert str(job_id) == f"{job_id.branch}/{job}"


#: Texts of another form.
NO_IDS = [
    "",
    "d1a2",
    "d1a2/main",
    "d1a2//1",
    "d1a2/main/",
    "d1a2/main/one",
    "d1a2/main/-1",
    "d1a2/main/1 ",
    "d1a2/main/٣",
    "/main/1",
    "a1a2/main/1",
    "D1A2/main/1",
    "d1a2\n/main/1",
    "d1a2/main/1\n",
    "arn:aws:amplify:eu-west-1:1:apps/d1a2/branches/main/jobs/1",
]


@pytest.mark.parametrize("text", NO_IDS)
def test_another_text_is_no_id(text: str) -> None:
    """What is not appId/branchName/jobId has no parts."""
    assert JobId.parse(text) is None


def test_a_padded_job_id_is_the_same_number() -> None:
    """Job ids count as numbers: zeros in front do not matter, and 10 comes after 9."""
    assert JobId("d1a2", "main", "0000000012").number == 12
    assert JobId("d1a2", "main", "10").number > JobId("d1a2", "main", "9").number


@pytest.mark.parametrize(
    ("arn", "region", "account"),
    [
        (
            "arn:aws:amplify:eu-west-1:123456789012:apps/d1a2/branches/x",
            "eu-west-1",
            "123456789012",
        ),
        ("arn:aws-cn:amplify:cn-north-1:123456789012:apps/d1a2", "cn-north-1", "123456789012"),
        ("arn:aws:amplify::123456789012:apps/d1a2", None, "123456789012"),
        ("arn:aws:amplify:eu-west-1::apps/d1a2", "eu-west-1", None),
        ("arn:aws:amplify:eu-west-1", "eu-west-1", None),
        ("d1a2/main/1", None, None),
        ("", None, None),
        (None, None, None),
    ],
)
def test_region_and_account_come_from_the_arn(
    arn: str | None, region: str | None, account: str | None
) -> None:
    """They stand fourth and fifth in an ARN, and are None where there is none."""
    assert (region_in_arn(arn), account_in_arn(arn)) == (region, account)


@given(APPS, BRANCHES)
def test_the_console_page_names_the_parts(app: str, branch: str) -> None:
    """The console's address holds the branch encoded once, so slashes stay inside its part."""
    url = console_url("eu-west-1", BranchId(app, branch))
    assert url is not None
    parts = url.removeprefix("https://eu-west-1.console.aws.amazon.com/amplify/").split("/")
    names = ["apps", app, "branches", branch, "deployments"]
    assert [unquote(part) for part in parts] == names


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("us-east-1", "us-east-1.console.aws.amazon.com"),
        ("us-gov-west-1", "us-gov-west-1.console.amazonaws-us-gov.com"),
        ("cn-north-1", "cn-north-1.console.amazonaws.cn"),
    ],
)
def test_each_partition_has_its_console(region: str, host: str) -> None:
    """China and GovCloud have hosts of their own."""
    url = console_url(region, BranchId("d1a2", "main"))
    assert url == f"https://{host}/amplify/apps/d1a2/branches/main/deployments"


@pytest.mark.parametrize(
    "region", ["us-iso-east-1", "us-isob-east-1", "eu-isoe-west-1", "eusc-de-east-1"]
)
def test_an_unknown_console_has_no_page(region: str) -> None:
    """Where the host is not known there is no address, instead of a wrong one."""
    assert console_url(region, BranchId("d1a2", "main")) is None


def test_no_region_no_console_page() -> None:
    """Where the region is not known there is no address, instead of a wrong one."""
    assert console_url(None, BranchId("d1a2", "main")) is None
    assert console_url("", BranchId("d1a2", "main")) is None
