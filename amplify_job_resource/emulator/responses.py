"""HTTP requests and responses, with the log of calls and the faults."""

from __future__ import annotations

import json
import re
from datetime import datetime, timezone
from functools import cache, cached_property
from typing import Any

from moto.core.responses import ActionResult, BaseResponse

from . import deployments, local_server, log_addresses, sources, uploads
from .behaviours import refuse
from .content import Content
from .exceptions import (
    AmplifyError,
    BadRequestException,
    ConnectionDropped,
    NotFoundException,
    OperationNotEmulated,
)
from .faults import Fault
from .jobs import Job, Step
from .limits import check, operations
from .log_addresses import LogPlace
from .logs import has_log
from .models import AmplifyBackend, App, Branch, backend_of
from .plans import STEPS
from .s3_answers import shown_now
from .sites import as_host
from .state import emulator_state
from .uploads import UploadPlace

PAGE_SIZE = 50
_FAULT_ERRORS = {
    "500": (500, "InternalFailureException", "The service failed to perform an operation"),
    "503": (503, "ServiceUnavailableException", "Service is unavailable"),
    "throttled": (429, "TooManyRequestsException", "Too Many Requests"),
    "limit": (429, "LimitExceededException", "A service quota was exceeded"),
    "expired": (
        403,
        "ExpiredTokenException",
        "The security token included in the request is expired",
    ),
    "refused": (400, "BadRequestException", "The request is refused by plan"),
}


class AmplifyResponse(BaseResponse):
    """One request to Amplify.

    The public methods below handle the operations of the same names. Each reads the members of the
    request, and returns the members of the response as its docstring says.

    Raises from every operation that names an app, branch or job:
        NotFoundException: it does not exist.
    """

    def __init__(self) -> None:
        super().__init__(service_name="amplify")
        self.automated_parameter_parsing = True
        # Moto sets them where the request is an operation of Amplify's.
        self.params: Any = {}
        self._source: Content | None = None

    @property
    def backend(self) -> AmplifyBackend:
        """Amplify in the account and region of the request."""
        return backend_of(self.current_account, self.region)

    def _dispatch(self, request: Any, full_url: str | None = None, headers: Any = None) -> Any:
        self.setup_class(request, full_url, headers)
        operation = self._get_action()
        app_id, branch = self._get_param("appId"), self._get_param("branchName")
        entry = {
            "operation": operation or f"{request.method} {request.path}",
            "app_id": app_id,
            "branch_name": branch,
            "job_id": self._get_param("jobId"),
            "body": self._body(),
            "region": self.region,
            "access_key": self.access_key,
            "time": emulator_state.clock.shown(emulator_state.clock.now()),
            "status": None,
        }
        with emulator_state.lock:
            emulator_state.calls.append(entry)
            faults = emulator_state.faults.matching(str(operation), app_id, branch)
        for fault in faults:
            if fault.kind == "slow":
                emulator_state.clock.wait(fault.seconds, real_time=self.is_werkzeug_request)
        try:
            answer = self._fault_response(faults, "before", str(operation))
            if answer is None:
                self._source = self._read_source(operation)
                with self.backend.lock, emulator_state.clock.moment():
                    answer = self._answer(operation, request)
                    instead = self._fault_response(faults, "after", str(operation))
                answer = instead or answer
        except AmplifyError as error:  # there is no such region
            answer = self._error(error)
        entry["status"] = answer[0]
        return answer

    def _get_action(self) -> Any:
        return self._action

    @cached_property
    def _action(self) -> str | None:
        action: str | None = super()._get_action()
        # What another service would read out of a form or a header is no operation of Amplify's.
        return action if action in operations() else None

    def _answer(self, operation: str | None, request: Any) -> Any:
        try:
            if operation not in implemented():
                raise OperationNotEmulated(
                    operation or f"{request.method} {request.path}", ", ".join(implemented())
                )
            check(operation, self._get_param)
            job_id = self._get_param("jobId") or ""
            if job_id.startswith("0") and not emulator_state.behaviours.padded_id_is_known:
                raise NotFoundException(f"Job {job_id} not found.")
            result = getattr(self, _method_name(operation))()
        except AmplifyError as error:
            return self._error(error)
        return self.serialized(ActionResult(result))

    def _read_source(self, operation: str | None) -> Content | None:
        """What StartDeployment is to deploy, if it names a source.

        It is read while no lock is held: this emulator may be the one that serves it.
        """
        source = self._get_param("sourceUrl")
        if operation != "StartDeployment" or not source or self._get_param("jobId"):
            return None
        kind = self._get_param("sourceUrlType") or "ZIP"
        return sources.content_of(source, kind, self.current_account)

    def _error(self, error: AmplifyError) -> Any:
        # moto can serialize only errors that are in the service model.
        status, code = error.status, error.code
        if isinstance(error, NotFoundException):
            status, code = emulator_state.behaviours.missing
        headers = {"Content-Type": "application/json", "x-amzn-ErrorType": code, "status": status}
        return status, headers, json.dumps({"message": error.message})

    def _fault_response(self, faults: list[Fault], when: str, operation: str) -> Any:
        for fault in faults:
            if fault.when != when or fault.kind == "slow":
                continue
            if fault.kind == "drop":
                raise self._dropped()
            if fault.kind == "denied":
                return self._error(
                    AmplifyError(403, "AccessDeniedException", self._denied_message(operation))
                )
            return self._error(AmplifyError(*_FAULT_ERRORS[fault.kind]))
        return None

    def _dropped(self) -> Exception:
        if self.is_werkzeug_request:
            return ConnectionDropped()
        from botocore.exceptions import ConnectionClosedError

        return ConnectionClosedError(endpoint_url=self.uri)

    def _denied_message(self, operation: str) -> str:
        resource = self.backend.arn(self._get_param("appId") or "*")
        if self._get_param("branchName"):
            resource += f"/branches/{self._get_param('branchName')}"
            resource += "" if operation.endswith("Deployment") else "/jobs/*"
        return (
            f"User: arn:aws:iam::{self.current_account}:user/someone is not authorized to perform: "
            f"amplify:{operation} on resource: {resource}"
        )

    def _body(self) -> dict[str, Any]:
        return {
            key: _seconds(value) if isinstance(value, datetime) else value
            for key, value in dict(self.params or {}).items()
            if key not in ("appId", "branchName")
        }

    # --- apps and branches -----------------------------------------------------------------------

    def create_app(self) -> dict[str, Any]:
        """CreateApp: the new app."""
        return {"app": self._app(self.backend.create_app(dict(self.params)))}

    def get_app(self) -> dict[str, Any]:
        """GetApp: the app."""
        return {"app": self._app(self.backend.app(self._get_param("appId")))}

    def update_app(self) -> dict[str, Any]:
        """UpdateApp: the app with the changed settings; settings that are not given stay."""
        app = self.backend.app(self._get_param("appId"))
        app.settings.update(self._body())
        app.updated_at = emulator_state.clock.now()
        return {"app": self._app(app)}

    def list_apps(self) -> dict[str, Any]:
        """ListApps: one page of the region's apps, oldest first."""
        page, token = self._page(list(self.backend.apps.values()))
        return {"apps": [self._app(app) for app in page], "nextToken": token}

    def delete_app(self) -> dict[str, Any]:
        """DeleteApp: the deleted app."""
        return {"app": self._app(self.backend.delete_app(self._get_param("appId")))}

    def create_branch(self) -> dict[str, Any]:
        """CreateBranch: the new branch.

        Raises:
            BadRequestException: the app has a branch of this name.
        """
        branch = self.backend.create_branch(
            self._get_param("appId"), self._get_param("branchName"), self._body()
        )
        return {"branch": self._branch(branch)}

    def get_branch(self) -> dict[str, Any]:
        """GetBranch: the branch."""
        return {"branch": self._branch(self._requested_branch())}

    def update_branch(self) -> dict[str, Any]:
        """UpdateBranch: the branch with the changed settings; settings that are not given stay."""
        branch = self._requested_branch()
        branch.settings.update(self._body())
        branch.updated_at = emulator_state.clock.now()
        return {"branch": self._branch(branch)}

    def list_branches(self) -> dict[str, Any]:
        """ListBranches: one page of the app's branches, oldest first."""
        branches = list(self.backend.app(self._get_param("appId")).branches.values())
        page, token = self._page(branches)
        return {"branches": [self._branch(branch) for branch in page], "nextToken": token}

    def delete_branch(self) -> dict[str, Any]:
        """DeleteBranch: the deleted branch."""
        branch = self.backend.delete_branch(*self._app_and_branch())
        return {"branch": self._branch(branch)}

    def list_domain_associations(self) -> dict[str, Any]:
        """ListDomainAssociations: one page of the app's domains, oldest first."""
        app = self.backend.app(self._get_param("appId"))
        page, token = self._page(list(app.domains.values()))
        arn = self.backend.arn(app.app_id)
        return {"domainAssociations": [each.shape(arn) for each in page], "nextToken": token}

    # --- jobs --------------------------------------------------------------------------------------

    def start_job(self) -> dict[str, Any]:
        """StartJob: the summary of the new job.

        Raises:
            AmplifyError: a job of the branch has not ended; or the jobType is MANUAL, or RETRY without
                a jobId; or it is another one, and the app has no repository.
        """
        return {
            "jobSummary": self._summary(
                self.backend.start_job(*self._app_and_branch(), self._body())
            )
        }

    def get_job(self) -> dict[str, Any]:
        """GetJob: the job's summary, and the steps that have begun."""
        job = self.backend.job(*self._app_and_branch(), self._get_param("jobId"))
        steps = [self._step(job, step) for step in self.backend.snapshot(job).steps]
        if emulator_state.behaviours.shows_coming_steps:
            coming = STEPS[len(steps) + (job.content is not None) :]
            steps += [{"stepName": name, "status": "PENDING"} for name in coming]
        return {"job": {"summary": self._summary(job), "steps": steps}}

    def list_jobs(self) -> dict[str, Any]:
        """ListJobs: one page of job summaries, newest first (AWS promises no order)."""
        page, token = self._page(self.backend.list_jobs(*self._app_and_branch()))
        return {"jobSummaries": [self._summary(job) for job in page], "nextToken": token}

    def stop_job(self) -> dict[str, Any]:
        """StopJob: the job's summary after the stop, usually with the status CANCELLING.

        Raises:
            AmplifyError: the job has ended.
        """
        job = self.backend.stop_job(*self._app_and_branch(), self._get_param("jobId"))
        return {"jobSummary": self._summary(job)}

    def delete_job(self) -> dict[str, Any]:
        """DeleteJob: the summary of the deleted job.

        Raises:
            AmplifyError: the job has not ended.
        """
        job = self.backend.delete_job(*self._app_and_branch(), self._get_param("jobId"))
        return {"jobSummary": self._summary(job)}

    def create_deployment(self) -> dict[str, Any]:
        """CreateDeployment: the id of the new job, and where its files are to be uploaded.

        Raises:
            AmplifyError: a job of the branch has not ended, the app has a repository, or a name of a
                file is none.
        """
        file_map = self._get_param("fileMap")
        job = deployments.create(self.backend, *self._app_and_branch(), file_map)
        files = {name: self._upload_address(job, name) for name in file_map or ()}
        answer = {"jobId": job.job_id, "fileUploadUrls": files}
        return answer if files else {**answer, "zipUploadUrl": self._upload_address(job)}

    def start_deployment(self) -> dict[str, Any]:
        """StartDeployment: the summary of the job, which is a new one for a source.

        Raises:
            AmplifyError: there is a source, and a job of the branch has not ended; the app has a
                repository; neither a job nor a source is named, or both are; or the job cannot be
                started.
        """
        place, job_id = self._app_and_branch(), self._get_param("jobId")
        if job_id and self._get_param("sourceUrl"):
            refuse(emulator_state.behaviours.start_with_both)
        if job_id:
            job = deployments.start(self.backend, *place, job_id)
        elif self._source:
            job = deployments.start_from(self.backend, *place, self._source)
        else:
            refuse(emulator_state.behaviours.start_with_neither)
            job = deployments.start_from(self.backend, *place, Content())
        return {"jobSummary": self._summary(job)}

    # --- shapes --------------------------------------------------------------------------------------

    def _app_and_branch(self) -> tuple[str, str]:
        return self._get_param("appId"), self._get_param("branchName")

    def _requested_branch(self) -> Branch:
        return self.backend.branch(*self._app_and_branch())

    def _page(self, items: list[Any]) -> tuple[list[Any], str | None]:
        size = int(self._get_param("maxResults") or PAGE_SIZE)
        token = self._get_param("nextToken") or "0"
        if not token.isdecimal():
            raise BadRequestException("nextToken is invalid")
        start = int(token)
        end = start + min(size, PAGE_SIZE)
        return items[start:end], str(end) if end < len(items) else None

    def _app(self, app: App) -> dict[str, Any]:
        return {
            "description": "",
            "environmentVariables": {},
            "enableBranchAutoBuild": False,
            "enableBasicAuth": False,
            "platform": "WEB",
            "repository": emulator_state.behaviours.files_app_repository,
            **app.settings,
            "name": app.settings.get("name") or app.app_id,
            "appId": app.app_id,
            "appArn": self.backend.arn(app.app_id),
            "createTime": _shown(app.created_at),
            "updateTime": _shown(app.updated_at),
            "defaultDomain": f"{app.app_id}.amplifyapp.com",
        }

    def _branch(self, branch: Branch) -> dict[str, Any]:
        behaviours = emulator_state.behaviours
        active_job_id = next(
            (
                job.job_id
                for job in sorted(branch.jobs.values(), key=lambda job: -job.number)
                if not behaviours.active_is_newest_success
                or self.backend.snapshot(job).status == "SUCCEED"
            ),
            "",
        )
        host = as_host(branch.name) if behaviours.display_name_is_host else branch.name
        return {
            "description": "",
            "stage": "NONE",
            "enableNotification": False,
            "environmentVariables": {},
            "enableAutoBuild": False,
            "customDomains": [],
            "framework": "",
            "enableBasicAuth": False,
            "ttl": "5",
            "enablePullRequestPreview": False,
            **branch.settings,
            "branchName": branch.name,
            "branchArn": f"{self.backend.arn(branch.app_id)}/branches/{branch.name}",
            "displayName": branch.settings.get("displayName") or host,
            "createTime": _shown(branch.created_at),
            "updateTime": _shown(branch.updated_at),
            "activeJobId": active_job_id,
            "totalNumberOfJobs": str(len(branch.jobs)),
        }

    def _summary(self, job: Job) -> dict[str, Any]:
        snapshot = self.backend.snapshot(job)
        summary = {
            "jobArn": job.job_arn,
            "jobId": job.job_id,
            "commitId": job.commit_id,
            "commitMessage": job.commit_message,
            "commitTime": _datetime(job.commit_time),
            "startTime": _shown(job.created_at),
            "status": snapshot.status,
            "jobType": job.job_type,
        }
        if job.content and job.content.source_url and emulator_state.behaviours.shows_source:
            summary["sourceUrl"] = job.content.source_url
            summary["sourceUrlType"] = job.content.source_url_type
        if snapshot.end_time is not None:
            summary["endTime"] = _shown(snapshot.end_time)
        return summary

    def _step(self, job: Job, step: Step) -> dict[str, Any]:
        shape = {
            "stepName": step.name,
            "status": step.status,
            "startTime": _shown(step.start_time),
        }
        ended = step.end_time is not None
        if has_log(job.plan, step.name) and (
            ended or emulator_state.behaviours.running_step_has_log
        ):
            shape["logUrl"] = self._log_address(job, step)
        if step.end_time is not None:
            shape["endTime"] = _shown(step.end_time)
        if step.status_reason:
            shape["statusReason"] = step.status_reason
        return shape

    def _log_address(self, job: Job, step: Step) -> str:
        place = LogPlace(
            self.current_account,
            self.region,
            *self._app_and_branch(),
            f"{job.number:010d}",
            step.name,
        )
        return log_addresses.sign(self._server(), place, shown_now())

    def _upload_address(self, job: Job, file: str | None = None) -> str:
        place = UploadPlace(
            self.current_account, self.region, *self._app_and_branch(), f"{job.number:010d}", file
        )
        return uploads.sign(self._server(), place, shown_now())

    def _server(self) -> str:
        """The address of the server that was asked; in process, of one that is for this."""
        asked = self.parsed_url
        return (
            f"{asked.scheme}://{asked.netloc}" if self.is_werkzeug_request else local_server.url()
        )


def _shown(reading: float) -> datetime:
    """The time that a client is shown for a reading of the emulator's clock."""
    return _datetime(emulator_state.clock.shown(reading))


def _seconds(time: datetime) -> float:
    """A time of a request as seconds since 1970; moto reads it in UTC, without saying so."""
    return time.replace(tzinfo=timezone.utc).timestamp()


def _datetime(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, timezone.utc)


@cache
def implemented() -> tuple[str, ...]:
    """The names of Amplify's operations that the emulator implements, in alphabetical order."""
    return tuple(
        sorted(name for name in operations() if hasattr(AmplifyResponse, _method_name(name)))
    )


def _method_name(operation: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower()
