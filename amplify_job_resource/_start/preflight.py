"""What is worth knowing before a job is started; it only reads, and each read is optional."""

from __future__ import annotations

from dataclasses import dataclass

from .._amplify.api import BranchApi
from .._amplify.records import AppRecord, BranchRecord
from .._inputs.request import ReleaseRequest
from .._inputs.words import JobType
from .._operation import Front, Operation
from .._values.commits import HEAD
from ..errors import AccessDenied, NotFound, NotStarted, OutcomeUnclear, Throttled, Unanswered


@dataclass(frozen=True, slots=True)
class Seen:
    """What AWS has told on the way; a record that is empty where it did not tell.

    Attributes:
        app: the app; None if it was not asked for.
        branch: the branch.
    """

    app: AppRecord | None
    branch: BranchRecord


def preflight(request: ReleaseRequest, api: BranchApi, operation: Operation) -> Seen:
    """Refuse what cannot work with a clear sentence, and warn of what may surprise.

    A read that is denied or gets no answer is left out.

    Returns:
        What was read of app and branch.

    Raises:
        errors.NotStarted: app, branch or source job is not there, or the app has no repository; or the
            operation was interrupted, or its time was up.
        errors.BadCredentials: there are no credentials that AWS accepts.
    """
    try:
        app = _check_app(request, api, operation.front)
        branch = _check_branch(request, api, operation)
        _check_source_job(request, api, operation)
        return Seen(app, branch)
    except (NotFound, Unanswered) as error:
        raise _refusal(request, str(error), "\n") from error


def app_seen(api: BranchApi, *, connected: bool) -> AppRecord | None:
    """The app; None where AWS does not tell.

    Args:
        api: The branch's API.
        connected: Whether the app is to have a repository. One that is not as it is to be is about to
            be refused, and a refusal rests on no answer that was kept.
    """
    try:
        app = api.app()
        return app if bool(app.repository) is connected else api.app(anew=True)
    except (AccessDenied, Throttled, OutcomeUnclear):
        return None


def branch_seen(api: BranchApi) -> BranchRecord:
    """The branch; a record that is empty where AWS does not tell."""
    try:
        return api.branch()
    except (AccessDenied, Throttled, OutcomeUnclear):
        return BranchRecord()


def _refusal(request: ReleaseRequest, reason: str, gap: str = " ") -> NotStarted:
    return NotStarted(f"{reason}{gap}No job was started.", request.branch, reason)


def _check_app(request: ReleaseRequest, api: BranchApi, front: Front) -> AppRecord | None:
    if request.job_type == JobType.RETRY:
        return None
    app = app_seen(api, connected=True)
    if app is None:
        return AppRecord()
    if not app.repository:
        raise _refusal(
            request,
            f"Amplify app {request.app_id} is not connected to a repository, so there is nothing that "
            f"a {request.job_type} could build. Connect it to one. To deploy files, "
            f"{front.to_deploy}.",
        )
    return app


def _check_branch(request: ReleaseRequest, api: BranchApi, operation: Operation) -> BranchRecord:
    branch = branch_seen(api)
    if branch.enable_auto_build and not request.skip_if_built:
        operation.warn(
            f"{request.branch} has auto-build enabled (enableAutoBuild): a push and this release may "
            f"build the same commit twice. Turn auto-build off, or set "
            f"{operation.front.input_name('skipIfBuilt')}."
        )
    if branch.is_pull_request:
        operation.warn(
            f"{request.branch} is a pull-request preview. Users report that a RELEASE of one built the "
            "HEAD of another branch (aws/aws-sdk#653): look at the reported commit."
        )
    return branch


def _check_source_job(request: ReleaseRequest, api: BranchApi, operation: Operation) -> None:
    if request.job_type != JobType.RETRY or not request.source_job_id:
        return
    try:
        source = api.get(request.source_job_id)
    except (AccessDenied, Throttled, OutcomeUnclear):
        return
    if source.reported_commit == HEAD:
        operation.warn(
            f"job {request.source_job_id} reports HEAD as its commit: retrying it builds today's "
            f"HEAD of {request.branch_name}, not the commit that it built then."
        )
