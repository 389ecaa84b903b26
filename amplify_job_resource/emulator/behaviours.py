"""What AWS has not confirmed: each answer that the emulator gives on its own judgement, as a switch.

`docs/not-confirmed.md` lists the facts behind them, and `make verify-live` asks AWS. Where AWS answers
otherwise, the default here is what has to change.
"""

from __future__ import annotations

from dataclasses import dataclass

from .exceptions import AmplifyError


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer with an error; `message` can have `{branch}` and `{job}`, which stand for names."""

    message: str
    code: str = "BadRequestException"
    status: int = 400


def refuse(refusal: Refusal | None, **names: str) -> None:
    """Refuse a request as a switch says.

    Args:
        refusal: The switch; with None the request is taken, and nothing happens here.
        names: What stands in the message.

    Raises:
        AmplifyError: the refusal.
    """
    if refusal:
        message = refusal.message.format(**names)
        raise AmplifyError(refusal.status, refusal.code, message)


_BUSY = Refusal(
    "The last job(deployment) {job} was not finished, please wait until it finish or use "
    "StopJob operation to cancel it before creating a new deployment."
)


@dataclass(frozen=True, slots=True)
class Behaviours:
    """The switches; the fact that settles one is in brackets, and its default is what is assumed.

    A `Refusal` is what AWS is thought to answer, with None where it is thought to take the request.

    Attributes:
        start_on_busy_branch: StartJob while a job of the branch has not ended [busy-words]. Users quote
            this text.
        statuses_that_let_start: Statuses of a job that has not ended, and yet keeps no StartJob out
            [pending-job-blocks, provisioning-job-blocks, running-job-blocks, cancelling-job-blocks].
        start_manual: StartJob with the type MANUAL [manual-is-refused]. Users quote this text.
        start_web_hook: StartJob with the type WEB_HOOK [web-hook-is-taken].
        start_without_repository: StartJob for an app without a repository [release-needs-repository].
        start_with_skip_cd: StartJob with a message that says that pushes are not to be built
            [skip-cd-is-ignored].
        release_reports_head: A RELEASE reports the commit `HEAD`, whatever commitId StartJob got
            [release-reports-head].
        message_length: How many characters of a commit message come back [long-message-returns].
        retry_has_new_id: A RETRY makes a job of its own [retry-has-new-id].
        retry_reports_commit: A RETRY reports the commit of the job that it repeats
            [retry-reports-commit].
        retry_of_cancelled: RETRY of a job that is CANCELLED [retry-of-cancelled].
        retry_of_files: RETRY of a deployment of files [retry-of-files].
        get_delay: Seconds until GetJob finds a new job [get-job-delay].
        list_delay: Seconds until ListJobs shows a new job [list-jobs-delay].
        padded_id_is_known: A job's id may be given with leading zeros [padded-id].
        shows_coming_steps: GetJob also lists steps that have not begun [only-begun-steps].
        stop_of_ended: StopJob for a job that has ended [stop-of-ended].
        stop_of_stopping: StopJob for a job that is CANCELLING [stop-twice].
        stop_of_waiting: StopJob for a deployment that was never started [stop-of-waiting].
        delete_of_active: DeleteJob for a job that has not ended [delete-of-active].
        deleted_is_listed: A deleted job is still there [deleted-job-is-gone].
        deleted_number_returns: The number of a deleted job is used again [deleted-number].
        deleted_stays_live: Files stay live when the record of their job is deleted
            [deleted-stays-live].
        missing: The HTTP status and code for an app, branch or job that does not exist [missing-job,
            missing-branch].
        missing_branch_has_no_jobs: ListJobs for a branch that does not exist has an empty list
            [jobs-of-missing-branch].
        deleted_branch_keeps: What a branch that is made anew takes over from the deleted one of its
            name: `count`, `jobs`, `created_at` [ids-begin-again, old-jobs-are-gone,
            branch-has-new-age].
        active_is_newest_success: A branch's activeJobId is its newest job that succeeded
            [active-job-id].
        display_name_is_host: The displayName of a branch is its name as a host has it [display-name].
        files_app_repository: The `repository` of an app that has none [files-app-repository].
        waiting_status: What a deployment shows before its start [waiting-status].
        create_on_busy_branch: CreateDeployment while a job of the branch has not ended
            [waiting-job-blocks]. Users quote this text.
        source_on_busy_branch: StartDeployment with a source meanwhile [source-on-busy].
        deploy_to_repository: CreateDeployment for an app with a repository, and StartDeployment
            [create-on-connected, source-on-connected]. Users quote this text.
        start_with_neither: StartDeployment without a job and a source [start-with-neither]. Users quote
            this text.
        start_with_both: StartDeployment with both [start-with-both].
        start_of_started: StartDeployment for a job that was started, or is none of CreateDeployment
            [start-twice].
        start_of_stopped: StartDeployment for a job that was stopped [start-of-stopped].
        start_without_upload: StartDeployment before all is uploaded [start-without-upload,
            start-with-missing-file].
        start_with_broken_zip: StartDeployment for what is no zip; the job fails where it is taken
            [broken-zip].
        start_from_unreadable: StartDeployment with a source that cannot be read; the job fails where it
            is taken [unreadable-source].
        shows_source: A job shows its sourceUrl [source-is-shown].
        compares_sums: A file whose MD5 is not the one in `fileMap` fails the job [file-sums].
        address_lifetime: Seconds for which the address of a log or an upload is valid
            [log-lifetime, upload-lifetime].
        log_file: The last part of a log's address [log-form].
        running_step_has_log: A step has its log while it runs [log-while-running].
        log_ranges: The address of a log takes `Range` headers [log-ranges].
    """

    start_on_busy_branch: Refusal | None = Refusal(
        "The requested branch {branch} already have pending or running jobs",
        "LimitExceededException",
        429,
    )
    statuses_that_let_start: frozenset[str] = frozenset()
    start_manual: Refusal | None = Refusal("The requested jobType MANUAL does not support.")
    start_web_hook: Refusal | None = None
    start_without_repository: Refusal | None = Refusal(
        "Operation not supported. App is not connected a repository"
    )
    start_with_skip_cd: Refusal | None = None
    release_reports_head: bool = True
    message_length: int = 10_000
    retry_has_new_id: bool = True
    retry_reports_commit: bool = True
    retry_of_cancelled: Refusal | None = None
    retry_of_files: Refusal | None = None
    get_delay: float = 0.0
    list_delay: float = 0.0
    padded_id_is_known: bool = True
    shows_coming_steps: bool = False
    stop_of_ended: Refusal | None = Refusal("Job {job} has ended and cannot be stopped")
    stop_of_stopping: Refusal | None = None
    stop_of_waiting: Refusal | None = None
    delete_of_active: Refusal | None = Refusal("Job {job} has not ended and cannot be deleted")
    deleted_is_listed: bool = False
    deleted_number_returns: bool = False
    deleted_stays_live: bool = True
    missing: tuple[int, str] = (404, "NotFoundException")
    missing_branch_has_no_jobs: bool = False
    deleted_branch_keeps: frozenset[str] = frozenset()
    active_is_newest_success: bool = True
    display_name_is_host: bool = True
    files_app_repository: str = ""
    waiting_status: str = "PENDING"
    create_on_busy_branch: Refusal | None = _BUSY
    source_on_busy_branch: Refusal | None = _BUSY
    deploy_to_repository: Refusal | None = Refusal(
        "Operation not supported. App is already connected a repository"
    )
    start_with_neither: Refusal | None = Refusal(
        "Must specify jobId or sourceUrl for StartDeploymentRequest."
    )
    start_with_both: Refusal | None = Refusal("Must specify jobId or sourceUrl, and not both.")
    start_of_started: Refusal | None = Refusal(
        "Job {job} is not a deployment that waits for its start"
    )
    start_of_stopped: Refusal | None = Refusal("Job {job} was stopped and cannot be started")
    start_without_upload: Refusal | None = Refusal(
        "The files of job {job} are not uploaded: {count} missing"
    )
    start_with_broken_zip: Refusal | None = None
    start_from_unreadable: Refusal | None = None
    shows_source: bool = True
    compares_sums: bool = False
    address_lifetime: int = 3 * 60 * 60
    log_file: str = "log.txt"
    running_step_has_log: bool = True
    log_ranges: bool = True
