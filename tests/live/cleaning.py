"""Takes away what runs have made: branches and apps whose names begin as only a run's do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from tests.live import service
from tests.live.place import ENDED
from tests.live.run import PREFIX
from tests.live.service import Unanswered

if TYPE_CHECKING:
    from mypy_boto3_amplify import AmplifyClient


def clean(client: AmplifyClient, app_id: str, say: Callable[[str], None], name: str) -> list[str]:
    """Delete the branches and apps of runs; their builds are stopped first.

    Args:
        client: Amplify.
        app_id: The connected app; of it only branches are deleted.
        say: Gets a line for each that is deleted.
        name: How the names of what is deleted begin: `PREFIX`, or more of it.

    Returns:
        What could not be deleted, and why, a line each.
    """
    if not name.startswith(PREFIX):
        raise ValueError(f"{name} is no name of a run")
    left = []
    for what, delete in _found(client, app_id, name):
        try:
            delete()
            say(f"deleted {what}")
        except Unanswered as error:
            left.append(f"{what}: {error}")
    return left


def _found(
    client: AmplifyClient, app_id: str, name: str
) -> Iterator[tuple[str, Callable[[], None]]]:
    branches = _all(client, "ListBranches", "branches", appId=app_id)
    for branch in [each["branchName"] for each in branches]:
        if branch.startswith(name):
            yield f"branch {branch} of {app_id}", lambda: _delete_branch(client, app_id, branch)  # noqa: B023 - called at once
    for app in list(_all(client, "ListApps", "apps")):
        if app["name"].startswith(name) and not app.get("repository"):
            yield f"app {app['name']}", lambda: _call(client, "DeleteApp", appId=app["appId"])  # noqa: B023 - called at once


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
