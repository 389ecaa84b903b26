"""HTTP in and out: read the request, ask the backend, shape the answer; faults and log on the way."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import datetime, timezone
from functools import cache
from typing import Any

from botocore.loaders import Loader
from moto.core.responses import ActionResult, BaseResponse

from .exceptions import AmplifyError, BadRequestException, OperationNotEmulated
from .faults import Fault
from .jobs import Job, Step
from .models import AmplifyBackend, App, Branch, amplify_backends
from .world import world

PAGE = 50
_FAULT_ANSWERS = {
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


class ConnectionDropped(Exception):
    """The connection is to be closed without an answer."""


class AmplifyResponse(BaseResponse):
    """One request to Amplify."""

    def __init__(self) -> None:
        super().__init__(service_name="amplify")
        self.automated_parameter_parsing = True

    @property
    def backend(self) -> AmplifyBackend:
        """The account's and region's Amplify."""
        return amplify_backends[self.current_account][self.region]

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
            "time": world.clock.now(),
            "status": None,
        }
        with world.lock:
            world.calls.append(entry)
            faults = world.faults.due(str(operation), app_id, branch)
        for fault in faults:
            if fault.kind == "slow":
                world.clock.wait(fault.seconds, really=self.is_werkzeug_request)
        answer = self._faulty(faults, "before", str(operation))
        if answer is None:
            with self.backend.lock:
                answer = self._answer(operation, request)
                lost = self._faulty(faults, "after", str(operation))
            answer = lost or answer
        entry["status"] = answer[0]
        return answer

    def _answer(self, operation: str | None, request: Any) -> Any:
        try:
            if operation is None or not hasattr(self, _method(operation)):
                raise OperationNotEmulated(operation or f"{request.method} {request.path}")
            self._validate(operation)
            result = getattr(self, _method(operation))()
        except AmplifyError as error:
            return self._error(error)
        return self.serialized(ActionResult(result))

    def _error(self, error: AmplifyError) -> Any:
        # Written by hand: moto shapes only errors that the service model knows.
        headers = {
            "Content-Type": "application/json",
            "x-amzn-ErrorType": error.code,
            "status": error.status,
        }
        return error.status, headers, json.dumps({"message": error.message})

    def _faulty(self, faults: list[Fault], when: str, operation: str) -> Any:
        for fault in faults:
            if fault.when != when or fault.kind == "slow":
                continue
            if fault.kind == "drop":
                raise self._dropped()
            if fault.kind == "denied":
                return self._error(
                    AmplifyError(403, "AccessDeniedException", self._denial(operation))
                )
            return self._error(AmplifyError(*_FAULT_ANSWERS[fault.kind]))
        return None

    def _dropped(self) -> Exception:
        if self.is_werkzeug_request:
            return ConnectionDropped()
        from botocore.exceptions import ConnectionClosedError

        return ConnectionClosedError(endpoint_url=self.uri)

    def _denial(self, operation: str) -> str:
        resource = self.backend.arn(self._get_param("appId") or "*")
        if self._get_param("branchName"):
            resource += f"/branches/{self._get_param('branchName')}/jobs/*"
        return (
            f"User: arn:aws:iam::{self.current_account}:user/someone is not authorized to perform: "
            f"amplify:{operation} on resource: {resource}"
        )

    def _body(self) -> dict[str, Any]:
        return {
            key: value
            for key, value in dict(self.params or {}).items()
            if key not in ("appId", "branchName")
        }

    def _validate(self, operation: str) -> None:
        """Refuse what AWS's own model of the request refuses."""
        for name, rule in _rules(operation).items():
            value = self._get_param(name)
            if value is None or not isinstance(value, (str, int)):
                continue
            text = str(value)
            if "max" in rule and (len(text) if isinstance(value, str) else value) > rule["max"]:
                raise BadRequestException(f"{name}: '{text[:40]}' is greater than {rule['max']}")
            if "enum" in rule and text not in rule["enum"]:
                raise BadRequestException(f"{name}: '{text}' is not one of {rule['enum']}")
            if "pattern" in rule and not re.fullmatch(rule["pattern"], text):
                raise BadRequestException(f"{name}: '{text}' does not match {rule['pattern']}")

    # --- apps and branches -----------------------------------------------------------------------

    def create_app(self) -> dict[str, Any]:
        """CreateApp."""
        return {"app": self._app(self.backend.create_app(dict(self.params)))}

    def get_app(self) -> dict[str, Any]:
        """GetApp."""
        return {"app": self._app(self.backend.app(self._get_param("appId")))}

    def update_app(self) -> dict[str, Any]:
        """UpdateApp."""
        app = self.backend.app(self._get_param("appId"))
        app.settings.update(self._body())
        app.updated_at = world.clock.now()
        return {"app": self._app(app)}

    def list_apps(self) -> dict[str, Any]:
        """ListApps."""
        page, token = self._page(list(self.backend.apps.values()))
        return {"apps": [self._app(app) for app in page], "nextToken": token}

    def delete_app(self) -> dict[str, Any]:
        """DeleteApp."""
        return {"app": self._app(self.backend.delete_app(self._get_param("appId")))}

    def create_branch(self) -> dict[str, Any]:
        """CreateBranch."""
        branch = self.backend.create_branch(
            self._get_param("appId"), self._get_param("branchName"), self._body()
        )
        return {"branch": self._branch(branch)}

    def get_branch(self) -> dict[str, Any]:
        """GetBranch."""
        return {"branch": self._branch(self._asked_branch())}

    def update_branch(self) -> dict[str, Any]:
        """UpdateBranch."""
        branch = self._asked_branch()
        branch.settings.update(self._body())
        branch.updated_at = world.clock.now()
        return {"branch": self._branch(branch)}

    def list_branches(self) -> dict[str, Any]:
        """ListBranches."""
        branches = list(self.backend.app(self._get_param("appId")).branches.values())
        page, token = self._page(branches)
        return {"branches": [self._branch(branch) for branch in page], "nextToken": token}

    def delete_branch(self) -> dict[str, Any]:
        """DeleteBranch."""
        branch = self.backend.delete_branch(*self._place())
        return {"branch": self._branch(branch)}

    # --- jobs --------------------------------------------------------------------------------------

    def start_job(self) -> dict[str, Any]:
        """StartJob."""
        return {
            "jobSummary": self._summary(self.backend.start_job(*self._place(), dict(self.params)))
        }

    def get_job(self) -> dict[str, Any]:
        """GetJob."""
        job = self.backend.job(*self._place(), self._get_param("jobId"))
        steps = [self._step(job, step) for step in self.backend.look(job).steps]
        return {"job": {"summary": self._summary(job), "steps": steps}}

    def list_jobs(self) -> dict[str, Any]:
        """ListJobs, newest first (AWS promises no order)."""
        page, token = self._page(self.backend.list_jobs(*self._place()))
        return {"jobSummaries": [self._summary(job) for job in page], "nextToken": token}

    def stop_job(self) -> dict[str, Any]:
        """StopJob."""
        job = self.backend.stop_job(*self._place(), self._get_param("jobId"))
        return {"jobSummary": self._summary(job)}

    def delete_job(self) -> dict[str, Any]:
        """DeleteJob."""
        job = self.backend.delete_job(*self._place(), self._get_param("jobId"))
        return {"jobSummary": self._summary(job)}

    # --- shapes --------------------------------------------------------------------------------------

    def _place(self) -> tuple[str, str]:
        return self._get_param("appId"), self._get_param("branchName")

    def _asked_branch(self) -> Branch:
        return self.backend.branch(*self._place())

    def _page(self, items: list[Any]) -> tuple[list[Any], str | None]:
        size = int(self._get_param("maxResults") or PAGE)
        token = self._get_param("nextToken") or "0"
        if not token.isdecimal():
            raise BadRequestException("nextToken is not one that was given out")
        start = int(token)
        end = start + min(size, PAGE)
        return items[start:end], str(end) if end < len(items) else None

    def _app(self, app: App) -> dict[str, Any]:
        return {
            "description": "",
            "environmentVariables": {},
            "enableBranchAutoBuild": False,
            "enableBasicAuth": False,
            "platform": "WEB",
            "repository": "",
            **app.settings,
            "name": app.settings.get("name") or app.app_id,
            "appId": app.app_id,
            "appArn": self.backend.arn(app.app_id),
            "createTime": _time(app.created_at),
            "updateTime": _time(app.updated_at),
            "defaultDomain": f"{app.app_id}.amplifyapp.com",
        }

    def _branch(self, branch: Branch) -> dict[str, Any]:
        # What activeJobId names is unconfirmed; here it is the newest job that succeeded.
        live = next(
            (
                job.job_id
                for job in sorted(branch.jobs.values(), key=lambda one: -one.number)
                if self.backend.look(job).status == "SUCCEED"
            ),
            "",
        )
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
            "displayName": re.sub("[^a-z0-9]+", "-", branch.name.lower()).strip("-"),
            "createTime": _time(branch.created_at),
            "updateTime": _time(branch.updated_at),
            "activeJobId": live,
            "totalNumberOfJobs": str(len(branch.jobs)),
        }

    def _summary(self, job: Job) -> dict[str, Any]:
        look = self.backend.look(job)
        summary = {
            "jobArn": job.job_arn,
            "jobId": job.job_id,
            "commitId": job.commit_id,
            "commitMessage": job.commit_message,
            "commitTime": _time(job.commit_time),
            "startTime": _time(job.created_at),
            "status": look.status,
            "jobType": job.job_type,
        }
        if look.end_time is not None:
            summary["endTime"] = _time(look.end_time)
        return summary

    def _step(self, job: Job, step: Step) -> dict[str, Any]:
        shape = {
            "stepName": step.name,
            "status": step.status,
            "startTime": _time(step.start_time),
            "logUrl": _signed_url(job, step),
        }
        if step.end_time is not None:
            shape["endTime"] = _time(step.end_time)
        if step.status_reason:
            shape["statusReason"] = step.status_reason
        return shape


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, timezone.utc)


def _signed_url(job: Job, step: Step) -> str:
    signature = hashlib.sha256(f"{job.job_arn}/{step.name}".encode()).hexdigest()
    return (
        f"https://aws-amplify-logs.s3.amazonaws.com/{job.number:010d}/{step.name}/log.txt"
        f"?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Security-Token={signature[:24]}"
        f"&X-Amz-Signature={signature}"
    )


def _method(operation: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower()


@cache
def _rules(operation: str) -> dict[str, dict[str, Any]]:
    """The limits of each plain member of a request, from the service model."""
    model = Loader().load_service_model("amplify", "service-2")
    shape = model["shapes"][model["operations"][operation]["input"]["shape"]]
    members = {name: model["shapes"][member["shape"]] for name, member in shape["members"].items()}
    return {
        name: {key: rule[key] for key in ("max", "pattern", "enum") if key in rule}
        for name, rule in members.items()
        if rule["type"] in ("string", "integer")
    }
