"""What stands in the way of a pending release: a look at AWS during a preview, for those who ask.

Off by default, since a preview shall need no credentials. Reads only, each left out when it is
denied, and no more than two seconds for all of them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Final

from .._amplify.api import BranchRecord, JobRecord, Jobs
from .._amplify.status import SUCCEED
from .._follow.rows import age, duration, usual_seconds
from ..errors import AmplifyJobError

#: Seconds that all reads of one resource may take together.
LIMIT: Final = 2.0


def look_ahead(connect: Callable[[], Jobs], limit: float = LIMIT) -> str:
    """One line on the branch as it is now.

    Args:
        connect: Makes the branch's `Jobs`; this may take a while, too.
        limit: Seconds to wait at most; what has not come by then is left out.
    """
    newest: list[list[JobRecord]] = []
    branch: list[BranchRecord] = []
    problems: list[str] = []

    def read() -> None:
        try:
            jobs = connect()
        except AmplifyJobError as error:
            problems.append(str(error).partition("\n")[0])
            return
        asks: list[Callable[[], None]] = [
            lambda: newest.append(jobs.newest()),
            lambda: branch.append(jobs.branch()),
        ]
        for ask in asks:
            try:
                ask()
            except AmplifyJobError as error:
                problems.append(str(error).partition("\n")[0])

    # A thread that nobody waits for: a slow network must not hold up the preview.
    reader = threading.Thread(target=read, daemon=True, name="amplify-job-lookahead")
    reader.start()
    reader.join(limit)
    if reader.is_alive():
        problems.append(f"no more was known after {duration(limit)}")
    return describe(newest[0] if newest else None, branch[0] if branch else None, problems)


def describe(
    newest: list[JobRecord] | None,
    branch: BranchRecord | None,
    problems: list[str],
    now: datetime | None = None,
) -> str:
    """The line: busy or not, last success, usual time, pushes, and what could not be read."""
    now = now or datetime.now(timezone.utc)
    parts = []
    if newest is not None:
        active = [job for job in newest if not job.has_ended]
        parts += [
            f"busy: job {job.id.job_id} {job.status}"
            + (f" for {age(job, now)}" if age(job) else "")
            for job in active[:3]
        ] or ["not busy"]
        success = next((job for job in newest if job.status == SUCCEED), None)
        if success:
            ago = f" {age(success, now)} ago" if age(success) else ""
            parts.append(f"last success job {success.id.job_id}{ago}")
        else:
            parts.append("no successful job yet")
        usual = usual_seconds(newest)
        if usual:
            parts.append(f"builds usually take {duration(usual)}")
    if branch and branch.enable_auto_build:
        parts.append("builds on every push by itself")
    if branch and branch.stage == "PULL_REQUEST":
        parts.append("is a pull-request preview")
    parts += problems
    return f"looking ahead: {'; '.join(parts)}"
