"""`Control`: set up an emulator, make things go wrong, see what it was asked."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from typing import Any

from .faults import Fault
from .plans import Plan

#: Where the server's control endpoint is.
PREFIX = "/_emulator/"


class Control:
    """The emulator at a URL, or the one in this process when there is no URL.

    Raises from every method:
        ValueError: the emulator refuses what was asked; the text says why.
    """

    def __init__(self, url: str | None = None) -> None:
        self.url = url

    def create_app(
        self,
        app_id: str,
        branches: Sequence[str] = ("main",),
        *,
        repository: bool = True,
        region: str = "us-east-1",
        branch_settings: Mapping[str, Any] | None = None,
    ) -> None:
        """An app with branches; `branch_settings` as CreateBranch takes them."""
        settings = {"repository": f"https://github.com/example/{app_id}"} if repository else {}
        self._do(
            "create_app",
            app_id=app_id,
            branches=list(branches),
            settings=settings,
            branch_settings=dict(branch_settings or {}),
            region=region,
        )

    def plan(self, app_id: str, branch_name: str, *plans: Plan, region: str = "us-east-1") -> None:
        """How the branch's next jobs go, one plan a job."""
        self._do(
            "plan",
            app_id=app_id,
            branch_name=branch_name,
            plans=[plan.to_json() for plan in plans],
            region=region,
        )

    def default_plan(self, plan: Plan) -> None:
        """How jobs go that have no plan of their own."""
        self._do("default_plan", plan=plan.to_json())

    def fault(self, *faults: Fault) -> None:
        """Have things go wrong."""
        self._do("fault", faults=[fault.to_json() for fault in faults])

    def clear_faults(self) -> None:
        """Have nothing go wrong any more."""
        self._do("clear_faults")

    def push(
        self,
        app_id: str,
        branch_name: str,
        commit_id: str,
        message: str = "a push",
        *,
        region: str = "us-east-1",
    ) -> str:
        """Somebody pushes to a branch that builds on push; returns the job's id."""
        job_id: str = self._do(
            "push",
            app_id=app_id,
            branch_name=branch_name,
            commit_id=commit_id,
            message=message,
            region=region,
        )
        return job_id

    def calls(self, operation: str | None = None) -> list[dict[str, Any]]:
        """The requests so far, oldest first, or those of one operation.

        Each has `operation`, `app_id`, `branch_name`, `job_id`, `body`, `region`, `access_key`,
        `time` and `status` (None when the connection was dropped).
        """
        calls: list[dict[str, Any]] = self._do("calls", operation=operation)
        return calls

    def clear_calls(self) -> None:
        """Forget the requests so far."""
        self._do("clear_calls")

    def jobs(
        self, app_id: str, branch_name: str = "main", *, region: str = "us-east-1"
    ) -> list[dict[str, Any]]:
        """The branch's jobs, newest first.

        Each has `job_id`, `job_type`, `commit_id`, `commit_message`, `status` and `stopped`.
        """
        jobs: list[dict[str, Any]] = self._do(
            "jobs", app_id=app_id, branch_name=branch_name, region=region
        )
        return jobs

    def delete_job(
        self, app_id: str, branch_name: str, job_id: str, *, region: str = "us-east-1"
    ) -> None:
        """Somebody purges the record of a job."""
        self._do("delete_job", app_id=app_id, branch_name=branch_name, job_id=job_id, region=region)

    def stop_job(
        self, app_id: str, branch_name: str, job_id: str, *, region: str = "us-east-1"
    ) -> None:
        """Somebody stops a job in the console."""
        self._do("stop_job", app_id=app_id, branch_name=branch_name, job_id=job_id, region=region)

    def delete_branch(self, app_id: str, branch_name: str, *, region: str = "us-east-1") -> None:
        """Somebody deletes a branch."""
        self._do("delete_branch", app_id=app_id, branch_name=branch_name, region=region)

    def advance(self, seconds: float) -> None:
        """Let time pass at once."""
        self._do("advance", seconds=seconds)

    def run(self, speed: float) -> None:
        """Have time pass that many times as fast as real time; 0 stops it."""
        self._do("run", speed=speed)

    def reset(self) -> None:
        """Forget everything."""
        self._do("reset")

    def _do(self, verb: str, **arguments: Any) -> Any:
        if self.url is None:
            from .controls import perform

            return perform(verb, arguments)
        request = urllib.request.Request(  # noqa: S310 - the URL is the caller's own emulator
            self.url + PREFIX + verb,
            data=json.dumps(arguments).encode(),
            headers={"Content-Type": "application/json"},
        )
        # The emulator is on this machine, whatever proxy the environment names.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise ValueError(json.load(error)["error"]) from None
