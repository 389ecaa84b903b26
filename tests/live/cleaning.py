"""Takes away what runs have made: branches and apps whose names begin as only a run's do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Final

from tests.live.place import ENDED
from tests.live.run import PREFIX, Run
from tests.live.service import Unanswered

#: The longest wait for the end of jobs that were stopped, in seconds.
STOPPING: Final = 60.0


def clean(run: Run, say: Callable[[str], None], *, of_all_runs: bool = False) -> list[str]:
    """Delete branches and apps that runs have made; their builds are stopped first.

    Args:
        run: What calls and waits, and whose branch and app are deleted. Of its connected app only
            branches are deleted.
        say: Gets a line for each that is deleted.
        of_all_runs: Whether those of all other runs are deleted, too.

    Returns:
        What could not be deleted, and why, a line each.
    """
    left = []
    branch, app = (None, None) if of_all_runs else (run.builds_on, run.name)
    for find, name in ((_branches, branch), (_apps, app)):
        try:
            made = find(run, name)
        except Unanswered as error:
            left.append(str(error))
            continue
        for what, delete in made.items():
            try:
                delete()
                say(f"deleted {what}")
            except Unanswered as error:
                left.append(f"{what}: {error}")
    return left


def found(run: Run) -> list[str]:
    """The branches and apps that runs have left, a line each."""
    return [what for find in (_branches, _apps) for what in find(run, None)]


def _branches(run: Run, wanted: str | None) -> dict[str, Callable[[], None]]:
    """What deletes each of these branches."""
    branches = _all(run, "ListBranches", "branches", appId=run.app_id)
    names = [each["branchName"] for each in branches]
    return {
        f"branch {name} of {run.app_id}": partial(_delete_branch, run, name)
        for name in names
        if _is_made(name, wanted)
    }


def _apps(run: Run, wanted: str | None) -> dict[str, Callable[[], None]]:
    """What deletes each of these apps; one with a repository is none of a run's."""
    return {
        f"app {app['name']} ({app['appId']})": partial(_delete_app, run, app["appId"])
        for app in _all(run, "ListApps", "apps")
        if _is_made(app["name"], wanted)
        and not app.get("repository")
        and app["appId"] != run.app_id
    }


def _is_made(name: str, wanted: str | None) -> bool:
    """Whether a name is the one of a run; without that, whether it begins as only those of runs do."""
    return name.startswith(PREFIX) and wanted in (None, name)


def _delete_app(run: Run, app_id: str) -> None:
    _call(run, "DeleteApp", appId=app_id)


def _delete_branch(run: Run, name: str) -> None:
    here = {"appId": run.app_id, "branchName": name}
    for job in _active(run, here):
        # One that has ended meanwhile cannot be stopped, and need not be.
        run.call("StopJob", **here, jobId=job["jobId"])
    if not run.call("DeleteBranch", **here).taken:
        # A job that was stopped may need a moment, in which its branch cannot be deleted.
        run.until(lambda: None if _active(run, here) else True, STOPPING)
        _call(run, "DeleteBranch", **here)


def _active(run: Run, here: Mapping[str, str]) -> list[Any]:
    """The jobs of a branch that have not ended."""
    return [
        job for job in _all(run, "ListJobs", "jobSummaries", **here) if job["status"] not in ENDED
    ]


def _all(run: Run, operation: str, items: str, **members: Any) -> Iterator[Any]:
    token: dict[str, str] = {}
    while True:
        page = _call(run, operation, **members, **token)
        yield from page[items]
        if not page.get("nextToken"):
            return
        token = {"nextToken": page["nextToken"]}


def _call(run: Run, operation: str, **members: Any) -> Any:
    reply = run.call(operation, **members)
    if not reply.taken:
        raise Unanswered(f"{operation} was refused: {reply}")
    return reply.data
