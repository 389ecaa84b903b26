"""Takes away what runs have made: branches and apps whose names begin as only a run's do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from tests.live import service
from tests.live.place import ENDED
from tests.live.run import PREFIX, Run
from tests.live.service import Unanswered

if TYPE_CHECKING:
    from mypy_boto3_amplify import AmplifyClient


def clean(
    client: AmplifyClient, app_id: str, say: Callable[[str], None], run: Run | None = None
) -> list[str]:
    """Delete branches and apps that runs have made; their builds are stopped first.

    Args:
        client: Amplify.
        app_id: The connected app; of it only branches are deleted.
        say: Gets a line for each that is deleted.
        run: Whose branch and app are deleted; None for those of all runs.

    Returns:
        What could not be deleted, and why, a line each.
    """
    left = []
    branch, app = (run.builds_on, run.name) if run else (None, None)
    for find, name in ((_branches, branch), (_apps, app)):
        try:
            made = find(client, app_id, name)
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


def found(client: AmplifyClient, app_id: str) -> list[str]:
    """The branches and apps that runs have left, a line each."""
    return [what for find in (_branches, _apps) for what in find(client, app_id, None)]


def _branches(
    client: AmplifyClient, app_id: str, wanted: str | None
) -> dict[str, Callable[[], None]]:
    """What deletes each of these branches."""
    names = [each["branchName"] for each in _all(client, "ListBranches", "branches", appId=app_id)]
    return {
        f"branch {name} of {app_id}": partial(_delete_branch, client, app_id, name)
        for name in names
        if _is_made(name, wanted)
    }


def _apps(client: AmplifyClient, app_id: str, wanted: str | None) -> dict[str, Callable[[], None]]:
    """What deletes each of these apps; one with a repository is none of a run's."""
    return {
        f"app {app['name']} ({app['appId']})": partial(_delete_app, client, app["appId"])
        for app in _all(client, "ListApps", "apps")
        if _is_made(app["name"], wanted) and not app.get("repository") and app["appId"] != app_id
    }


def _is_made(name: str, wanted: str | None) -> bool:
    """Whether a name is the one of a run; without that, whether it begins as only those of runs do."""
    return name.startswith(PREFIX) and wanted in (None, name)


def _delete_app(client: AmplifyClient, app_id: str) -> None:
    _call(client, "DeleteApp", appId=app_id)


def _delete_branch(client: AmplifyClient, app_id: str, name: str) -> None:
    here = {"appId": app_id, "branchName": name}
    for job in _all(client, "ListJobs", "jobSummaries", **here):
        if job["status"] not in ENDED:
            # One that has ended meanwhile cannot be stopped, and need not be.
            service.call(client, "StopJob", {**here, "jobId": job["jobId"]})
    _call(client, "DeleteBranch", **here)


def _all(client: AmplifyClient, operation: str, items: str, **members: Any) -> Iterator[Any]:
    token: dict[str, str] = {}
    while True:
        page = _call(client, operation, **members, **token)
        yield from page[items]
        if not page.get("nextToken"):
            return
        token = {"nextToken": page["nextToken"]}


def _call(client: AmplifyClient, operation: str, **members: Any) -> Any:
    reply = service.call(client, operation, members)
    if not reply.taken:
        raise Unanswered(f"{operation} was refused: {reply}")
    return reply.data
