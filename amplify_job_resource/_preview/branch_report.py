"""How the branch of a pending release is now: a look at AWS in a preview, for those who ask for it.

It is off by default, since a preview shall need no credentials. It only reads. A read that is denied
is left out, and all of them together take no more than two seconds.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Final

from .._amplify.api import BranchApi
from .._amplify.records import BranchRecord, JobRecord, build_times
from .._amplify.status import Status
from .._values.durations import format_duration
from ..errors import AmplifyJobError

#: Seconds that all reads for one resource may take together.
LIMIT: Final = 2.0
#: How many active jobs are named.
MAX_JOBS: Final = 3
#: What each of these lines begins with.
PREFIX: Final = "looking ahead: "


def branch_report(connect: Callable[[], BranchApi], limit: float = LIMIT) -> str:
    """One line on the branch as it is now.

    Args:
        connect: Makes the branch's API; this may take a while, too.
        limit: Seconds to wait at most; what has not arrived by then is left out.
    """
    newest: list[list[JobRecord]] = []
    branch: list[BranchRecord] = []
    problems: list[str] = []

    def tell(read_one: Callable[[], None]) -> None:
        try:
            read_one()
        except AmplifyJobError as error:
            problems.append(str(error).partition("\n")[0])
        except Exception as error:  # a preview does not fail for what it only looks at
            problems.append(f"{type(error).__name__}: {error}")

    def read() -> None:
        api = connect()
        tell(lambda: newest.append(api.newest()))
        tell(lambda: branch.append(api.branch()))

    # A thread that nobody waits for: a slow network must not hold up the preview.
    reader = threading.Thread(target=tell, args=(read,), daemon=True, name="amplify-job-lookahead")
    reader.start()
    reader.join(limit)
    if reader.is_alive():
        problems.append(f"some of AWS's answers had not arrived after {format_duration(limit)}")
    return describe(newest[0] if newest else None, branch[0] if branch else None, problems)


def describe(
    newest: list[JobRecord] | None,
    branch: BranchRecord | None,
    problems: list[str],
    now: datetime | None = None,
) -> str:
    """The line: busy or not, last success, typical time, pushes, and what could not be read.

    Args:
        newest: The branch's jobs, newest first; None when they could not be read.
        branch: The branch's settings; None when they could not be read.
        problems: Why something could not be read, a sentence each.
        now: The time from which ages count; the time of the call when left out.
    """
    now = now or datetime.now(timezone.utc)
    parts = [] if newest is None else _on_jobs(newest, now)
    if branch and branch.enable_auto_build:
        parts.append("has auto-build enabled")
    if branch and branch.is_pull_request:
        parts.append("is a pull-request preview")
    return PREFIX + "; ".join([*parts, *problems])


def _on_jobs(newest: list[JobRecord], now: datetime) -> list[str]:
    active = [job for job in newest if not job.has_ended]
    parts = [
        f"busy: job {job.id.number_text} {job.status}{_age(job, now, ' for {}')}"
        for job in active[:MAX_JOBS]
    ] or ["not busy"]
    success = next((job for job in newest if job.status == Status.SUCCEED), None)
    if success:
        parts.append(f"last success: job {success.id.number_text}{_age(success, now, ', {} ago')}")
    else:
        parts.append("no successful job yet")
    typical = build_times(newest).typical
    if typical:
        parts.append(f"builds typically take {format_duration(typical)}")
    return parts


def _age(job: JobRecord, now: datetime, form: str) -> str:
    seconds = job.age_seconds(now)
    return "" if seconds is None else form.format(format_duration(seconds))
