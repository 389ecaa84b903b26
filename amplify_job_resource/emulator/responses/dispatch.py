"""A request from its arrival to its answer, with the log of calls and the faults."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from moto.core.responses import ActionResult

from ..exceptions import AmplifyError, ConnectionDropped, NotFoundException, OperationNotEmulated
from ..faults import Fault
from ..s3_answers import recorded, shown_now
from ..state import emulator_state
from .access_logs import AccessLogResponse
from .apps import AppResponse
from .artifacts import ArtifactResponse
from .backend_environments import BackendEnvironmentResponse
from .branches import BranchResponse
from .deployments import DeploymentResponse
from .domains import DomainResponse
from .tags import TagResponse
from .webhooks import WebhookResponse

#: What a fault is answered with: status, code and message.
FAULT_ERRORS = {
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


class AmplifyResponse(
    AppResponse,
    BranchResponse,
    DeploymentResponse,
    ArtifactResponse,
    WebhookResponse,
    DomainResponse,
    BackendEnvironmentResponse,
    TagResponse,
    AccessLogResponse,
):
    """One request to Amplify, with all of Amplify's operations."""

    def _dispatch(self, request: Any, full_url: str | None = None, headers: Any = None) -> Any:
        self.setup_class(request, full_url, headers, use_raw_body=True)
        operation = self._get_action()
        entry = {
            "operation": operation or f"{self.method} {self.path}",
            "app_id": self._get_param("appId"),
            "branch_name": self._get_param("branchName"),
            "job_id": self._get_param("jobId"),
            "body": self._body(),
            "region": self.region,
            "access_key": self.access_key,
            "time": shown_now(),
            "status": None,
        }
        faults = recorded(entry)
        for fault in faults:
            if fault.kind == "slow":
                emulator_state.clock.wait(fault.seconds, real_time=self.is_werkzeug_request)
        try:
            answer = self._fault_response(faults, "before", str(operation))
            if answer is None:
                self.read_ahead(operation)
                with self.backend.lock, emulator_state.clock.moment():
                    answer = self._answer(operation)
                    instead = self._fault_response(faults, "after", str(operation))
                answer = instead or answer
        except AmplifyError as error:  # there is no such region
            answer = self._error(error)
        entry["status"] = answer[0]
        return answer

    def _answer(self, operation: str | None) -> Any:
        try:
            method = getattr(self, method_name(operation), None) if operation else None
            if method is None:
                raise OperationNotEmulated(operation or f"{self.method} {self.path}")
            if self.wrong:
                raise self.wrong
            job_id = self._get_param("jobId") or ""
            if job_id.startswith("0") and not emulator_state.behaviours.padded_id_is_known:
                raise NotFoundException(f"Job {job_id} not found.")
            result = method()
        except AmplifyError as error:
            return self._error(error)
        return self.serialized(ActionResult(result))

    def _error(self, error: AmplifyError) -> Any:
        # moto can serialize only errors that are in the service model.
        status, code = error.status, error.code
        if isinstance(error, NotFoundException):
            status, code = emulator_state.behaviours.missing
        headers = {"Content-Type": "application/json", "x-amzn-ErrorType": code, "status": status}
        return status, headers, json.dumps(error.body)

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
            return self._error(AmplifyError(*FAULT_ERRORS[fault.kind]))
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


@cache
def method_name(operation: str) -> str:
    """The method of `AmplifyResponse` that answers an operation of this name."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower()
