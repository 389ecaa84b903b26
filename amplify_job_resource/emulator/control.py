"""`Control`: set up an emulator, make its calls go wrong, see which calls it got."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from .faults import Fault
from .plans import Plan

#: The path of a server's control endpoint, with the version of its contract; a verb follows.
PREFIX = "/_emulator/v1/"


class Control:
    """The emulator server at `url`, or the emulator of this process if `url` is None.

    Attributes:
        url: The server's address, or None.

    Raises from every method:
        ValueError: the emulator refuses the request; the message says why.
        emulator.exceptions.AmplifyError: without a `url`: AWS would refuse this, for example
            because the app does not exist. With a `url` this is a ValueError, too.
        urllib.error.URLError: no emulator can be reached at `url`.
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
        """Create an app with branches; an app of the same id is replaced, and its jobs are lost.

        Args:
            app_id: The app's id.
            branches: The names of its branches.
            repository: Whether a repository is connected; without one, StartJob takes only RETRY,
                and files can be deployed.
            region: The app's region.
            branch_settings: Members of CreateBranch, such as `enableAutoBuild`, for each branch.
        """
        settings = {"repository": f"https://github.com/example/{app_id}"} if repository else {}
        self._perform(
            "create_app",
            app_id=app_id,
            branches=list(branches),
            settings=settings,
            branch_settings=dict(branch_settings or {}),
            region=region,
        )

    def plan(self, app_id: str, branch_name: str, *plans: Plan, region: str = "us-east-1") -> None:
        """Set how the branch's next jobs run: one plan for each job, after any earlier plans."""
        self._perform(
            "plan",
            app_id=app_id,
            branch_name=branch_name,
            plans=[plan.to_json() for plan in plans],
            region=region,
        )

    def default_plan(self, plan: Plan) -> None:
        """Set how jobs run for which there is no plan of `plan`, and no rule of `plan_file`."""
        self._perform("default_plan", plan=plan.to_json())

    def plan_file(self, path: str | os.PathLike[str]) -> None:
        """Set how jobs run for which `plan` gave no plan, by the rules of a file.

        They take the place of the rules of an earlier file. The default plan of the file, if it has
        one, becomes that of the emulator.

        Raises:
            ValueError: the file is wrong; the message has its name, the line and the key.
            OSError: it cannot be read.
        """
        from .plan_file import read

        found = read(Path(path))
        default = None if found.default is None else found.default.to_json()
        self._perform("rules", rules=[rule.to_json() for rule in found.rules], default=default)

    def domain(
        self,
        app_id: str,
        name: str,
        subdomains: Mapping[str, str],
        *,
        status: str = "AVAILABLE",
        verified: bool | Collection[str] = True,
        status_reason: str = "",
        region: str = "us-east-1",
    ) -> None:
        """Give an app a domain of its own; one of the same name is replaced.

        Args:
            app_id: The app's id.
            name: The domain, such as `example.com`.
            subdomains: The branch that each prefix leads to: `{"www": "main", "": "main"}`. The
                branches need not exist.
            status: A status of a domain, as AWS has it.
            verified: Whether the subdomains are verified, or the prefixes of those that are.
            status_reason: Why the domain has this status.
            region: The app's region.
        """
        prefixes = (subdomains if verified else ()) if isinstance(verified, bool) else verified
        self._perform(
            "domain",
            app_id=app_id,
            name=name,
            subdomains=dict(subdomains),
            status=status,
            verified=sorted(prefixes),
            status_reason=status_reason,
            region=region,
        )

    def fault(self, *faults: Fault) -> None:
        """Make calls go wrong; of several faults of one call, the first one decides the answer."""
        self._perform("fault", faults=[fault.to_json() for fault in faults])

    def clear_faults(self) -> None:
        """Remove all faults, so that calls succeed again."""
        self._perform("clear_faults")

    def push(
        self,
        app_id: str,
        branch_name: str,
        commit_id: str,
        message: str = "a push",
        *,
        region: str = "us-east-1",
    ) -> str:
        """Act like a push to a branch that Amplify builds on every push.

        Returns:
            The id of the job that builds the commit: a new one, which waits until a running one has
            ended. If a job is waiting already, that job builds this commit instead of its own.
        """
        job_id: str = self._perform(
            "push",
            app_id=app_id,
            branch_name=branch_name,
            commit_id=commit_id,
            message=message,
            region=region,
        )
        return job_id

    def site(self, app_id: str, branch_name: str = "main", *, region: str = "us-east-1") -> str:
        """The address of a branch's site, with a slash at its end.

        There, any HTTP client gets the files of the branch's last deployment that succeeded. Without
        a `url`, a server on 127.0.0.1 serves them until `reset`.
        """
        path: str = self._perform("site", app_id=app_id, branch_name=branch_name, region=region)
        if self.url is not None:
            return self.url + path
        from .local_server import url

        return url() + path

    def calls(self, operation: str | None = None) -> list[dict[str, Any]]:
        """The requests so far, oldest first; with `operation`, only that operation's.

        Returns:
            One dict for each of the last 10,000 requests.

            - operation, app_id, branch_name, job_id: What was called; None where not given. The
              operation of a GET of a log's address is `GetLog`, that of an upload `PutUpload`.
            - body: All members of the request but the app and the branch; for `GetLog` the step, and
              the Range header if there was one; for `PutUpload` how many `bytes` there were, and
              the `file` if it is not a zip of all. Of a body with more than 100,000 characters of
              JSON the first 100 members are kept, long ones as the first 1,000 characters of theirs.
            - region: The region of the request.
            - access_key: The key that signed it; `AKIAEXAMPLE` if it has not the form of AWS's
              keys, which are 20 capital letters and digits; None for `GetLog` and `PutUpload`.
            - time: When it came, in seconds since 1970, as clients are shown times.
            - status: The HTTP status of the answer; None if there was none.

        Raises:
            ValueError: Amplify has no such operation.
        """
        calls: list[dict[str, Any]] = self._perform("calls", operation=operation)
        return calls

    def clear_calls(self) -> None:
        """Forget the requests so far."""
        self._perform("clear_calls")

    def jobs(
        self, app_id: str, branch_name: str = "main", *, region: str = "us-east-1"
    ) -> list[dict[str, Any]]:
        """The branch's jobs, newest first.

        Returns:
            One dict for each job: `job_id`, `job_type`, `commit_id`, `commit_message`, `status`
            and `stopped` (whether StopJob was called for it).
        """
        jobs: list[dict[str, Any]] = self._perform(
            "jobs", app_id=app_id, branch_name=branch_name, region=region
        )
        return jobs

    def delete_job(
        self, app_id: str, branch_name: str, job_id: str, *, region: str = "us-east-1"
    ) -> None:
        """Delete the record of a job that has ended, as another user could."""
        self._perform(
            "delete_job", app_id=app_id, branch_name=branch_name, job_id=job_id, region=region
        )

    def stop_job(
        self, app_id: str, branch_name: str, job_id: str, *, region: str = "us-east-1"
    ) -> None:
        """Stop a job, as another user could in the console."""
        self._perform(
            "stop_job", app_id=app_id, branch_name=branch_name, job_id=job_id, region=region
        )

    def delete_branch(self, app_id: str, branch_name: str, *, region: str = "us-east-1") -> None:
        """Delete a branch with its jobs, as another user could."""
        self._perform("delete_branch", app_id=app_id, branch_name=branch_name, region=region)

    def advance(self, seconds: float) -> None:
        """Move the emulator's clock forward by `seconds` at once.

        The times that clients are shown move on as well, ahead of the machine's clock: an age that a
        client works out with its own clock is then too short.
        """
        self._perform("advance", seconds=seconds)

    def run(self, speed: float) -> None:
        """Let jobs go `speed` times as fast as real time from now on; 0 stops the clock.

        The times that clients are shown are real ones at every speed. While the clock is stopped they
        stand still; when it runs again, they catch up.
        """
        self._perform("run", speed=speed)

    def reset(self) -> None:
        """Forget all apps, jobs, plans, faults and calls, and set the clock to real time and speed."""
        self._perform("reset")

    def _perform(self, verb: str, **arguments: Any) -> Any:
        if self.url is None:
            from .verbs import perform

            return perform(verb, arguments)
        request = urllib.request.Request(  # noqa: S310 - the URL is the caller's own emulator
            self.url + PREFIX + verb,
            data=json.dumps(arguments).encode(),
            headers={"Content-Type": "application/json"},
        )
        # The emulator is on this machine, so no proxy of the environment is used.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise ValueError(json.load(error)["error"]) from None
