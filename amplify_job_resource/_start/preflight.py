"""What is worth knowing before a job is started; reads only, and each read is optional."""

from __future__ import annotations

from .._amplify.api import Jobs
from .._inputs.inputs import Wish
from .._operation import Call
from ..errors import AccessDenied, NotFound, NotStarted, OutcomeUnclear, Throttled


def preflight(wish: Wish, jobs: Jobs, call: Call) -> None:
    """Refuse what cannot work with a clear sentence, and warn of what may surprise.

    A read that is denied or gets no answer is left out.

    Raises:
        errors.NotStarted: app, branch or source job is not there, or the app has no repository.
        errors.BadCredentials: there is no way in.
    """
    try:
        _check_app(wish, jobs)
        _check_branch(wish, jobs, call)
        _check_source_job(wish, jobs, call)
    except NotFound as error:
        raise NotStarted(f"{error}\nNo job was started.") from error


def _check_app(wish: Wish, jobs: Jobs) -> None:
    if wish.job_type == "RETRY":
        return
    try:
        repository = jobs.app_repository()
    except (AccessDenied, Throttled, OutcomeUnclear):
        return
    if not repository:
        raise NotStarted(
            f"Amplify app {wish.app_id} is not connected to a repository, so there is nothing that "
            f"a {wish.job_type} could build. Connect it to one, or deploy its files with "
            "CreateDeployment and StartDeployment. No job was started."
        )


def _check_branch(wish: Wish, jobs: Jobs, call: Call) -> None:
    try:
        branch = jobs.branch()
    except (AccessDenied, Throttled, OutcomeUnclear):
        return
    if branch.enable_auto_build and not wish.skip_if_built:
        call.warn(
            f"{wish.branch} builds on every push by itself (enableAutoBuild): a push and this release "
            "may build the same commit twice. Turn one of them off, or set skip_if_built."
        )
    if branch.stage == "PULL_REQUEST" or branch.source_branch:
        call.warn(
            f"{wish.branch} is a pull-request preview: a RELEASE of it has been seen to build the "
            "HEAD of another branch. Look at the reported commit."
        )


def _check_source_job(wish: Wish, jobs: Jobs, call: Call) -> None:
    if wish.job_type != "RETRY" or not wish.source_job_id:
        return
    try:
        source = jobs.get(wish.source_job_id)
    except (AccessDenied, Throttled, OutcomeUnclear):
        return
    if source.commit_id == "HEAD":
        call.warn(
            f"job {wish.source_job_id} was started as HEAD: retrying it builds today's HEAD of "
            f"{wish.branch_name}, not the commit that it built then."
        )
