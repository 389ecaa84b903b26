"""What the emulator has at one moment, for the page that a server shows."""

from __future__ import annotations

from itertools import islice
from typing import Any

from .exceptions import NotFoundException
from .jobs import Job
from .log_addresses import LogPlace
from .log_server import text_of
from .logs import has_log
from .models import AmplifyBackend, App, Branch, all_backends, backend_of
from .sites import path_of_site
from .state import emulator_state

#: How many of the newest jobs of a branch, and of the last calls, are shown.
JOBS = 10
CALLS = 25
#: How much of a log is shown: its end.
MOST_LOG = 64 * 1024


def overview() -> dict[str, Any]:
    """All apps with their branches, the newest jobs of each branch, and the last calls.

    Times are in seconds since 1970, as clients are shown them; those of ends are None before the end.
    """
    clock, apps = emulator_state.clock, []
    with clock.moment():
        for backend in all_backends():
            with backend.lock:
                apps += [_app(backend, app) for app in backend.apps.values()]
        now = clock.shown(clock.now())
    with emulator_state.lock:
        calls = [dict(call) for call in islice(reversed(emulator_state.calls), CALLS)]
    for call in calls:
        del call["body"], call["access_key"]
    return {"now": now, "speed": clock.speed, "apps": apps, "calls": calls}


def log(account_id: str, region: str, app_id: str, branch_name: str, job_id: str, step: str) -> str:
    """The end of a step's log, as far as it is written.

    Raises:
        NotFoundException: there is no such log.
    """
    backend = backend_of(account_id, region)
    with backend.lock:
        number = f"{backend.job(app_id, branch_name, job_id).number:010d}"
    text = text_of(LogPlace(account_id, region, app_id, branch_name, number, step))
    if text is None:
        raise NotFoundException(f"Job {job_id} of branch {branch_name} has no log of {step}.")
    return text[-MOST_LOG:].decode("utf-8", "replace")


def _app(backend: AmplifyBackend, app: App) -> dict[str, Any]:
    return {
        "account_id": backend.account_id,
        "region": backend.region_name,
        "app_id": app.app_id,
        "name": app.settings.get("name") or app.app_id,
        "branches": [_branch(backend, branch) for branch in app.branches.values()],
    }


def _branch(backend: AmplifyBackend, branch: Branch) -> dict[str, Any]:
    newest = islice(reversed(branch.jobs.values()), JOBS)
    return {
        "name": branch.name,
        "site": path_of_site(branch) if backend.published(branch) else None,
        "job_count": len(branch.jobs),
        "jobs": [_job(backend, job) for job in newest],
    }


def _job(backend: AmplifyBackend, job: Job) -> dict[str, Any]:
    snapshot = backend.snapshot(job)
    return {
        "job_id": job.job_id,
        "job_type": job.job_type,
        "commit_id": job.commit_id,
        "commit_message": job.commit_message,
        "status": snapshot.status,
        **_times(job.created_at, snapshot.end_time),
        "steps": [
            {
                "name": step.name,
                "status": step.status,
                **_times(step.start_time, step.end_time),
                "status_reason": step.status_reason,
                "has_log": has_log(job.plan, step.name),
            }
            for step in snapshot.steps
        ],
    }


def _times(start: float, end: float | None) -> dict[str, float | None]:
    shown = emulator_state.clock.shown
    return {"start_time": shown(start), "end_time": None if end is None else shown(end)}
