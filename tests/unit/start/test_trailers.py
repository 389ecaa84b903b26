"""The mark in the commit message by which our own jobs are found again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from amplify_job_resource._inputs.request import ReleaseRequest
from amplify_job_resource._start.trailers import (
    KEY,
    MAX_MESSAGE,
    Trailer,
    attempt_of,
    commit_in_message,
    default_message,
    resource_hash,
    trailer_of,
    with_trailers,
)
from hypothesis import example, given
from hypothesis import strategies as st

from tests.unit.samples import a_job

URN = "urn:pulumi:dev::shop::pulumi-python:dynamic/amplify:Job::site"
REQUEST = ReleaseRequest(
    "d1a2", "main", commit_id="1f3c9e2a77", triggers={"a": 1}, region="eu-west-1"
)
THIS = Trailer.of(URN, REQUEST)
TRAILER = f"Pulumi-Attempt: 5a5a5a5a\n{KEY}: {THIS}"

PARTS = st.sampled_from(
    [
        "\n",
        "\n\n",
        " ",
        "\r\n",
        "Fixes: #12",
        "Signed-off-by: A <a@b>",
        f"{KEY}: {'0' * 32}",
        "x" * 999,
    ]
)
MESSAGES = st.text(max_size=200) | st.lists(PARTS | st.text(max_size=20)).map("".join)


@given(MESSAGES)
@example("")
@example("x" * MAX_MESSAGE)
@example("ü" * (MAX_MESSAGE + 5))
@example("a\n\n" + "Fixes: #1\n" * 2000)
@example(f"mine\n\n{KEY}: {'a' * 32}")
def test_a_marked_message_is_found_again(message: str) -> None:
    """Whatever the user writes: within AWS's limit, ended by the trailer, and found."""
    marked = with_trailers(message, THIS, "5a5a5a5a")
    assert len(marked) <= MAX_MESSAGE
    assert marked.endswith(f"\n{TRAILER}")
    assert Trailer.find(marked) == THIS
    assert Trailer.find(marked + "\n") == THIS
    assert trailer_of(a_job(commit_message=marked)) == THIS
    assert attempt_of(a_job(commit_message=marked)) == "5a5a5a5a"


@given(MESSAGES.filter(lambda text: len(text) < 9000))
def test_the_users_text_stays(message: str) -> None:
    """A message that has room is kept from its first character to its last word."""
    assert with_trailers(message, THIS, "5a5a5a5a").startswith(message.rstrip())


def test_a_long_message_is_cut_with_a_sign() -> None:
    """What does not fit is cut at its end, and an ellipsis says so."""
    marked = with_trailers("head\n" + "x" * MAX_MESSAGE, THIS, "5a5a5a5a")
    assert len(marked) == MAX_MESSAGE
    assert marked.startswith("head\nxxx")
    assert marked.endswith(f"x…\n\n{TRAILER}")


@pytest.mark.parametrize(
    ("message", "marked"),
    [
        ("Fix it", f"Fix it\n\n{TRAILER}"),
        ("Fix it\n", f"Fix it\n\n{TRAILER}"),
        ("Fix it\n\nFixes: #1", f"Fix it\n\nFixes: #1\n{TRAILER}"),
        ("Fix it\n\nFixes: #1\nRefs: #2\n", f"Fix it\n\nFixes: #1\nRefs: #2\n{TRAILER}"),
        ("Fix it\n\nBecause: it\nwas broken", f"Fix it\n\nBecause: it\nwas broken\n\n{TRAILER}"),
        ("docs: a title", f"docs: a title\n\n{TRAILER}"),
    ],
)
def test_the_trailer_joins_the_users_trailers(message: str, marked: str) -> None:
    """As git does: one block of trailers at the end, apart from the text by an empty line."""
    assert with_trailers(message, THIS, "5a5a5a5a") == marked


@pytest.mark.parametrize(
    "message",
    [
        None,
        "",
        "a push",
        f"{TRAILER}\n\nReverts the above",
        f"see {KEY}: {THIS}",
        f"{KEY}: {'a' * 31}",
        f"{KEY}: {'a' * 33}",
        f"{KEY}: {'A' * 32}",
        f"{KEY.lower()}: {'a' * 32}",
    ],
)
def test_other_messages_have_no_trailer(message: str | None) -> None:
    """Only a last line of the exact form is a trailer; a quoted one is none."""
    assert Trailer.find(message) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"app_id": "d9"},
        {"branch_name": "dev"},
        {"commit_id": "8b02d4a111"},
        {"commit_id": None},
        {"job_type": "WEB_HOOK"},
        {"job_type": "RETRY", "source_job_id": "3"},
        {"triggers": {"a": 2}},
        {"triggers": {"a": True}},
        {"triggers": None},
        {"region": "us-east-1"},
    ],
)
def test_another_release_has_another_trailer(changes: dict[str, Any]) -> None:
    """Every input that means "release again" is in the release's half, and the other half stays."""
    other = Trailer.of(URN, replace(REQUEST, **changes))
    assert other.release != THIS.release
    assert other.resource == THIS.resource == resource_hash(URN)


@pytest.mark.parametrize(
    "changes",
    [
        {"commit_message": "m"},
        {"job_reason": "r"},
        {"on_busy": "fail"},
        {"wait_for_completion": False},
        {"allow_failure": True},
        {"verify_commit": True},
        {"skip_if_built": True},
        {"profile": "ci"},
        {"triggers": {"a": 1.0}},
    ],
)
def test_the_same_release_has_the_same_trailer(changes: dict[str, Any]) -> None:
    """Labels and policies are not in it, nor whether a number came as a float."""
    assert Trailer.of(URN, replace(REQUEST, **changes)) == THIS


def test_another_resource_has_another_trailer() -> None:
    """The same release of two resources carries two marks."""
    assert Trailer.of(URN.replace("dev", "prod"), REQUEST).resource != THIS.resource


def test_the_trailer_is_the_same_for_ever() -> None:
    """Jobs started by earlier versions must be found: the hashes are part of the contract."""
    assert str(THIS) == "f57d072398e87830d8a306df802ff4e2"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({}, "Release of 1f3c9e2 by Pulumi: dev/site"),
        ({"commit_id": None}, "Release by Pulumi: dev/site"),
        ({"secret_inputs": frozenset({"commitId"})}, "Release by Pulumi: dev/site"),
        ({"job_type": "RETRY", "source_job_id": "3"}, "Retry of job 3 by Pulumi: dev/site"),
        (
            {
                "job_type": "RETRY",
                "source_job_id": "3",
                "secret_inputs": frozenset({"sourceJobId"}),
            },
            "Retry by Pulumi: dev/site",
        ),
        ({"job_type": "WEB_HOOK"}, "WEB_HOOK of 1f3c9e2 by Pulumi: dev/site"),
    ],
)
def test_a_release_says_what_it_is(changes: dict[str, Any], message: str) -> None:
    """Without a message of the user's, the console's line names commit, stack and resource."""
    assert default_message(URN, replace(REQUEST, **changes)) == message


def test_a_release_says_which_commit_it_was_started_for() -> None:
    """The first line that we write is read again; a text of the user's says nothing."""

    def found(request: ReleaseRequest, message: str = "", job_type: str = "RELEASE") -> str | None:
        text = with_trailers(
            message or default_message(URN, request), Trailer.of(URN, request), "5a"
        )
        # Line breaks may come back as spaces.
        assert commit_in_message(
            a_job(job_type=job_type, commit_message=" ".join(text.split()))
        ) == (commit_in_message(a_job(job_type=job_type, commit_message=text)))
        return commit_in_message(a_job(job_type=job_type, commit_message=text))

    assert found(REQUEST) == "1f3c9e2"
    assert found(replace(REQUEST, commit_id="v1 of May")) == "v1 of May"
    assert found(replace(REQUEST, commit_id=None)) is None
    assert found(replace(REQUEST, secret_inputs=frozenset({"commitId"}))) is None
    assert found(REQUEST, "Release of 1f3c9e2") is None
    # It may be the message of the job that it repeats.
    assert found(REQUEST, job_type="RETRY") is None
    assert commit_in_message(a_job(commit_message=default_message(URN, REQUEST))) is None
    assert commit_in_message(a_job()) is None
