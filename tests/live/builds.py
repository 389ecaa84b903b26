"""Facts of jobs that build, asked on a branch of the connected app."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from amplify_job_resource.emulator.behaviours import Refusal

from tests.live.build_stories import (
    COMMIT,
    LONG,
    MESSAGE,
    SOON,
    begun,
    long_message,
    retried,
    running,
    short,
    stopped,
)
from tests.live.fact import (
    Answer,
    Topic,
    decided,
    is_bad_request,
    is_refused,
    is_taken,
    refuted,
    unknown,
)
from tests.live.run import Run
from tests.live.service import Reply, Unanswered

BUSY = Topic("A busy branch")
BUILD = Topic("What a build reports")
RETRY = Topic("RETRY and other types")
LOOKS = Topic("When a job can be seen")
STOP = Topic("Stopping a build")


def _blocks(reply: Reply | None, status: str) -> Answer:
    if reply is None:
        return unknown(f"the job was not seen to be {status} before and after the call")
    return decided(not reply.taken, f"StartJob: {reply}")


@BUSY.fact(
    "StartJob is refused while a job of the branch is PENDING.",
    statuses_that_let_start=frozenset({"PENDING"}),
)
def pending_job_blocks(run: Run) -> Answer:
    return _blocks(run.once(begun).again, "PENDING")


@BUSY.fact(
    'It is refused with 429 LimitExceededException: "The requested branch … already '
    'have pending or running jobs".',
    start_on_busy_branch=Refusal("You already have pending or running jobs"),
)
def busy_words(run: Run) -> Answer:
    reply = run.once(begun).again
    if reply is None or reply.taken:
        return unknown("no StartJob was refused because of an active job")
    words = f"The requested branch {run.builds().name} already have pending or running jobs"
    return is_refused("StartJob", reply, 429, "LimitExceededException", words)


@BUSY.fact(
    "StartJob is refused while a job of the branch is PROVISIONING.",
    statuses_that_let_start=frozenset({"PROVISIONING"}),
)
def provisioning_job_blocks(run: Run) -> Answer:
    return _blocks(run.once(running).provisioning, "PROVISIONING")


@BUSY.fact(
    "StartJob is refused while a job of the branch is RUNNING.",
    statuses_that_let_start=frozenset({"RUNNING"}),
)
def running_job_blocks(run: Run) -> Answer:
    return _blocks(run.once(running).running, "RUNNING")


@BUSY.fact(
    "StartJob is refused while a job of the branch is CANCELLING.",
    statuses_that_let_start=frozenset({"CANCELLING"}),
)
def cancelling_job_blocks(run: Run) -> Answer:
    run.once(running)
    return _blocks(run.once(stopped).start, "CANCELLING")


@LOOKS.fact(
    "GetJob finds a job right after the answer of StartJob.",
    get_delay=4.0,
)
def get_job_delay(run: Run) -> Answer:
    told = run.once(begun)
    if told.found_after is None:
        return refuted(f"not found within {SOON:.0f} s")
    return decided(told.found.taken, f"found after {told.found_after:.1f} s")


@LOOKS.fact(
    "ListJobs shows a job within 10 seconds of the answer of StartJob.",
    list_delay=3600.0,
)
def list_jobs_delay(run: Run) -> Answer:
    after = run.once(begun).listed_after
    return decided(
        after is not None,
        f"not shown within {SOON:.0f} s" if after is None else f"shown after {after:.1f} s",
    )


@LOOKS.fact(
    "The step BUILD has a `logUrl` while it runs.",
    running_step_has_log=False,
)
def log_while_running(run: Run) -> Answer:
    has_log = run.once(running).log_while_running
    if has_log is None:
        return unknown("the step BUILD was not seen to run")
    return decided(has_log, f"logUrl while BUILD is RUNNING: {'yes' if has_log else 'no'}")


@BUILD.fact(
    "A RELEASE reports the commit `HEAD`, whatever `commitId` StartJob got.",
    release_reports_head=False,
)
def release_reports_head(run: Run) -> Answer:
    commit = run.once(begun).summary.get("commitId")
    if commit == COMMIT:
        return refuted("the commitId of StartJob comes back")
    return decided(commit == "HEAD", f"commitId: {commit!r}")


@BUILD.fact(
    "The commit message of StartJob comes back unchanged: its lines, its trailers, and "
    "characters beyond ASCII.",
    echo_message=False,
)
def message_returns(run: Run) -> Answer:
    return _message(run.once(begun).summary.get("commitMessage"), MESSAGE)


@BUILD.fact(
    "A commit message of 10,000 characters comes back whole.",
    message_length=1000,
)
def long_message_returns(run: Run) -> Answer:
    told = run.once(long_message)
    if not told.reply.taken:
        return refuted(f"StartJob: {told.reply}")
    return _message(told.summary.get("commitMessage"), LONG)


def _message(returned: str | None, given: str) -> Answer:
    length = len(returned or "")
    if returned != given and length == len(given):
        return refuted(f"{length} characters come back, and they are others")
    return decided(returned == given, f"{length} of {len(given)} characters come back")


@BUILD.fact(
    "StartJob starts a job also where the commit message ends with `[skip-cd]`.",
    start_with_skip_cd=Refusal("The commit is skipped"),
)
def skip_cd_is_ignored(run: Run) -> Answer:
    return is_taken("StartJob", short(run, commitMessage="A fact is asked [skip-cd]").reply)


@STOP.fact(
    "StopJob is taken a second time, while the job is CANCELLING, and changes nothing.",
    stop_of_stopping=Refusal("The job is being stopped"),
)
def stop_twice(run: Run) -> Answer:
    told = run.once(stopped)
    if told.twice is None:
        return unknown("the job was not seen to be CANCELLING before and after the call")
    so = told.twice.taken and told.status == "CANCELLED"
    return decided(so, f"StopJob: {told.twice}; the job ends {told.status}")


@STOP.fact(
    "DeleteJob of a job that has not ended is refused with 400 BadRequestException.",
    delete_of_active=None,
)
def delete_of_active(run: Run) -> Answer:
    place = run.builds()
    job_id = place.start_idle()
    reply = place.delete(job_id)
    place.make_idle()
    return is_bad_request("DeleteJob", reply)


@RETRY.fact(
    "RETRY is taken for a job that is CANCELLED.",
    retry_of_cancelled=Refusal("The job was cancelled"),
)
def retry_of_cancelled(run: Run) -> Answer:
    reply, status = run.once(retried).reply, run.once(long_message).status
    if status != "CANCELLED":
        return unknown(f"the job to retry ended {status}")
    return is_taken("StartJob", reply)


@RETRY.fact("A RETRY makes a job of its own, with a new number.", retry_has_new_id=False)
def retry_has_new_id(run: Run) -> Answer:
    retry, repeated = _retry(run)["jobId"], run.once(long_message).summary["jobId"]
    return decided(int(retry) > int(repeated), f"job {repeated} is retried as job {retry}")


@RETRY.fact(
    "A RETRY reports the commit of the job that it repeats.",
    retry_reports_commit=False,
)
def retry_reports_commit(run: Run) -> Answer:
    same = _retry(run).get("commitId") == run.once(long_message).summary.get("commitId")
    return decided(same, "the same commitId" if same else "another commitId")


def _retry(run: Run) -> Mapping[str, Any]:
    told = run.once(retried)
    if not told.reply.taken:
        raise Unanswered("a RETRY was refused")
    return told.summary


@RETRY.fact(
    "StartJob takes the type WEB_HOOK, and starts a job.",
    start_web_hook=Refusal("The requested jobType WEB_HOOK does not support."),
)
def web_hook_is_taken(run: Run) -> Answer:
    return is_taken("StartJob", short(run, jobType="WEB_HOOK").reply)


@RETRY.fact(
    'StartJob refuses the type MANUAL with 400 BadRequestException: "The requested jobType '
    'MANUAL does not support."',
    start_manual=None,
)
def manual_is_refused(run: Run) -> Answer:
    reply = run.builds().start(jobType="MANUAL")
    run.builds().make_idle()
    return is_bad_request("StartJob", reply, "The requested jobType MANUAL does not support.")


CONNECTED = Topic("Files for a connected app")
CONNECTED_WORDS: Final = "Operation not supported. App is already connected a repository"


@CONNECTED.fact(
    "CreateDeployment for an app with a repository is refused with 400 BadRequestException:"
    ' "Operation not supported. App is already connected a repository".',
    deploy_to_repository=None,
)
def create_on_connected(run: Run) -> Answer:
    return is_bad_request("CreateDeployment", run.builds().create(), CONNECTED_WORDS)


@CONNECTED.fact(
    "StartDeployment with a source is refused in the same words.",
    deploy_to_repository=None,
)
def source_on_connected(run: Run) -> Answer:
    reply = run.builds().begin(sourceUrl="https://site.invalid/a.zip")
    return is_bad_request("StartDeployment", reply, CONNECTED_WORDS)


TOPICS: Final = (BUSY, LOOKS, BUILD, STOP, RETRY, CONNECTED)
