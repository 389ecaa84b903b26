"""Whether a page of the site answers well after a release: what a job that succeeded does not tell."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from .._amplify.page_status import Unreached, page_status
from .._amplify.records import JobRecord
from .._amplify.settings import Settings
from .._operation import Operation
from .._values.pauses import pause
from ..errors import Unanswered, Unhealthy
from . import messages

#: For how long a page may answer badly, in seconds: the edges of the network learn of a release one by
#: one.
MOST_SECONDS: Final = 60.0

Ask = Callable[[str, Settings], int]


def check_health(
    job: JobRecord,
    page: str,
    shown: str,
    settings: Settings,
    operation: Operation,
    deadline: float,
    ask: Ask = page_status,
) -> None:
    """Look at a page until it answers well: with an HTTP status from 200 to 399.

    Args:
        job: The job that is live.
        page: The page's address.
        shown: The same as people may see it.
        settings: How it is reached.
        operation: The operation at hand.
        deadline: When to give up in any case, on the operation's clock.
        ask: Gives the HTTP status of an address; raises `Unreached`.

    Raises:
        errors.Unhealthy: it did not answer well for a minute, or until the operation was over.
    """
    began = operation.now()
    end = min(deadline, began + MOST_SECONDS)
    while True:
        status, answer = None, "no answer"
        try:
            status = operation.ask(lambda: ask(page, settings), f"reading {shown}", end)
            answer = f"HTTP {status}"
        except Unreached as error:
            answer = str(error)
        except Unanswered:
            pass  # The time is up, or somebody interrupted.
        if status is not None and 200 <= status < 400:
            operation.info(messages.healthy(shown, status))
            return
        operation.status(messages.not_yet_healthy(shown, answer))
        elapsed = operation.now() - began
        left = max(0.0, end - operation.now())
        goes_on = operation.sleep(min(pause(elapsed), left))
        if left <= 0 or not goes_on:
            why = answer if goes_on else f"interrupted, last {answer}"
            raise Unhealthy(job, messages.unhealthy(job, shown, why, elapsed, operation), status)
