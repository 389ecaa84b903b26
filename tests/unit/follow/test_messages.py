"""The sentences about a job that is not what was asked for, or that has not ended."""

from __future__ import annotations

from typing import Any

import pytest
from amplify_job_resource import AccessDenied, NotFound
from amplify_job_resource._amplify.records import Step
from amplify_job_resource._follow import messages
from amplify_job_resource._inputs.request import ReleaseRequest
from amplify_job_resource._operation import Front

from tests.operations import URN, FakeOperation
from tests.unit.samples import a_job

#: A front that records nothing, with a command that waits.
SHELL = Front(lambda key: f"--{key}", "`release`", "--timeout", waits_by_command=True)
DENIED = AccessDenied("reading", "AccessDeniedException", "not you", "Ask for the right.")
GONE = NotFound("reading", "NotFoundException", "no such job")


def shell() -> FakeOperation:
    """An operation of a front that records nothing."""
    return FakeOperation(front=SHELL, records_failures=False)


def request(**inputs: Any) -> ReleaseRequest:
    """A request for a commit."""
    return ReleaseRequest("d1a2", "main", commit_id="1f3c9e2a77", **inputs)


@pytest.mark.parametrize("status", ["FAILED", "CANCELLED"])
def test_a_failure_says_what_failed_and_what_comes_next(status: str) -> None:
    """The error has job, time, step with its reason, console, what is live and what is recorded."""
    steps = (Step("BUILD", "SUCCEED"), Step("DEPLOY", status, status_reason="no\nartifacts"))
    job = a_job(status, took=92, steps=steps)
    text = messages.failed(job, FakeOperation())
    assert text.startswith(f"Amplify job d1a2/main/42 {status} after 1m32s\n")
    assert f"  step DEPLOY {status}: no artifacts\n" in text
    assert "BUILD" not in text
    assert "The previous deployment stays live." in text
    assert f"console: {job.console_url}" in text
    assert "The job is recorded in the stack. The next `pulumi up` releases again." in text
    assert ("AMPLIFY_DIFF_DEPLOY" in text) is (status == "CANCELLED")


def test_where_failures_are_not_recorded_none_is_claimed() -> None:
    """Without a way to record it, the error does not say that the job is in the stack."""
    text = messages.failed(a_job("FAILED"), FakeOperation(records_failures=False))
    assert "recorded" not in text
    assert "The next `pulumi up` releases again." in text


def test_a_reason_of_awss_cannot_flood_the_screen() -> None:
    """AWS's words are cut, and hold no control characters."""
    step = Step("B" * 900, "FAILED", status_reason="\x1b[31m" + "x" * 9000)
    text = messages.failed(a_job("FAILED", steps=(step,)), FakeOperation())
    assert len(text) < 1000
    assert text.replace("\n", "").isprintable()


@pytest.mark.parametrize("reported", ["HEAD", None, "8b02d4a111"])
def test_the_wrong_commit_is_named_with_the_ways_out(reported: str | None) -> None:
    """The error names both commits, what is live, and what to do; it says when AWS tells nothing."""
    job = a_job("SUCCEED", reported_commit=reported)
    text = messages.wrong_commit(job, request(), FakeOperation())
    assert f"reports {reported or 'no commit'}, not 1f3c9e2a77" in text
    assert "The job is live.\nThe job is recorded in the stack.\n" in text
    assert f"pulumi up --replace '{URN}'" in text
    assert "Or set another commit_id, or leave out verify_commit" in text
    assert ("AWS does not say which commit" in text) is (reported != "8b02d4a111")


def test_a_warning_names_both_commits() -> None:
    """The warning says what was built in place of the commit asked for."""
    job = a_job("SUCCEED", reported_commit="8b02d4a111")
    assert messages.warn_of_another(job, request()) == (
        "Amplify job d1a2/main/42 reports 8b02d4a111, not 1f3c9e2a77: the branch's HEAD was another "
        "commit when the job ran."
    )


@pytest.mark.parametrize(
    ("status", "is_queued"),
    [("CREATED", True), ("PENDING", True), ("PROVISIONING", False), ("RUNNING", False)],
)
def test_a_timeout_says_how_to_go_on_and_how_to_stop(status: str, is_queued: bool) -> None:
    """The error has the last status, where the timeout is set, and why a queue may be long."""
    job = a_job(status)
    text = messages.timed_out(job, 90, FakeOperation())
    assert f"has not ended: {status} after 1m30s of waiting" in text
    assert "which is the timeout (custom_timeouts)" in text
    assert ("still queued: by default an account builds 5 jobs" in text) is is_queued
    assert f"to stop it: {job.stop_command}" in text
    assert "is recorded in the stack. The next `pulumi up` keeps waiting for it." in text


def test_an_interrupt_says_that_the_job_goes_on() -> None:
    """Ctrl-C ends the wait and not the job."""
    text = messages.interrupted(a_job("RUNNING"), 5, FakeOperation())
    assert text.startswith("interrupted after 5s of waiting for Amplify job d1a2/main/42, RUNNING.")
    assert "The job goes on." in text
    assert "The next `pulumi up` keeps waiting for it." in text


def test_a_front_with_a_command_that_waits_offers_it() -> None:
    """In a shell nothing is recorded, and the command to keep waiting names the job."""
    for text in (
        messages.timed_out(a_job(), 5, shell()),
        messages.interrupted(a_job(), 5, shell()),
        messages.unreadable(a_job(), DENIED, shell()),
    ):
        assert "recorded" not in text
        assert text.endswith(
            "\n`amplify-job wait d1a2 main 42 --region eu-west-1` keeps waiting for it."
        )


def test_what_is_not_recorded_is_resumed_while_it_is_active() -> None:
    """An engine that saves no failure looks for the active job in its next run."""
    text = messages.interrupted(a_job(), 5, FakeOperation(records_failures=False))
    assert text.endswith("\nThe next `pulumi up` resumes it while it is active.")


def test_a_job_that_cannot_be_read_is_told_as_last_seen() -> None:
    """The error has the last status, AWS's words with their advice, and what comes next."""
    text = messages.unreadable(a_job("RUNNING"), DENIED, FakeOperation())
    assert text.startswith(
        "Amplify job d1a2/main/42 was RUNNING when last seen, and can no longer be read.\n"
    )
    assert str(DENIED) in text
    assert text.endswith("The next `pulumi up` keeps waiting for it.")


def test_a_job_that_is_gone_can_be_forgotten() -> None:
    """A recorded job that AWS no longer knows leaves the stack by a refresh."""
    text = messages.unreadable(a_job("RUNNING"), GONE, FakeOperation())
    assert text.endswith("If it is gone for good, `pulumi refresh` removes it from state.")
    assert "waiting" not in text
    assert "refresh" not in messages.unreadable(a_job("RUNNING"), GONE, shell())


@pytest.mark.parametrize("records", [True, False])
def test_a_stop_that_does_not_come_to_its_end_can_be_repeated(records: bool) -> None:
    """Both errors of a stop say how the job is, and that the same command waits again."""
    operation = FakeOperation(records_failures=records)
    for text in (
        messages.stop_timed_out(a_job("CANCELLING"), 600, operation),
        messages.stop_interrupted(a_job("CANCELLING"), operation),
    ):
        assert "CANCELLING" in text
        assert "Run the command again" in text
        assert ("It stays recorded." in text) is records


def test_a_job_of_somebody_else_is_left_alone_with_a_reason() -> None:
    """The warning says why the job is not stopped."""
    assert "job 42 does not carry this resource's trailer and is left alone" in messages.not_ours(
        a_job()
    )


@pytest.mark.parametrize("reported", ["8b02d4a111", "1f3c9e2", "HEAD", None])
def test_no_sentence_holds_a_secret_commit(reported: str | None) -> None:
    """Of a secret commit, and of what the job reports of it, no sentence tells a digit."""
    secret = request(secret_inputs=frozenset({"commitId"}))
    job = a_job("SUCCEED", reported_commit=reported)
    for text in (
        messages.wrong_commit(job, secret, FakeOperation()),
        messages.warn_of_another(job, secret),
    ):
        assert "1f3c9e2" not in text
        assert "8b02d4a" not in text
        assert "another commit than the secret one" in text


def test_another_front_has_its_own_words() -> None:
    """Inputs, the next run and the timeout are called what the user calls them."""
    job = a_job("SUCCEED", reported_commit="8b02d4a111")
    assert "Or set another --commitId, or leave out --verifyCommit" in messages.wrong_commit(
        job, request(), shell()
    )
    assert "`release` releases again." in messages.failed(a_job("FAILED"), shell())
    assert "the timeout (--timeout)" in messages.timed_out(a_job(), 5, shell())
