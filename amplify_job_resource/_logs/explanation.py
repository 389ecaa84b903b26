"""Why a job failed, in the words of its log: lines for people, which are kept nowhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from .._amplify.api import BranchApi
from .._amplify.records import JobRecord
from .._amplify.settings import Settings
from .._amplify.status import Status
from .._ask import Ask
from .._operation import Operation, within
from .._values.text import printable
from ..errors import AccessDenied, AwsError, Unanswered
from .address import LogSession
from .download import tail_of
from .failures import LogUnavailable
from .lines import clean_lines
from .reason import excerpt

#: How long reading a log may take, in seconds: the failure itself is known already.
MOST_SECONDS: Final = 8.0

Download = Callable[[str, Settings], bytes]


def explain(
    job: JobRecord,
    api: BranchApi,
    operation: Operation,
    most: int,
    download: Download | None = None,
) -> None:
    """Show the lines of a failed job's log that tell why it failed; never fails.

    Where they cannot be had, a sentence says so, after ten seconds at most.

    Args:
        job: A job that has ended; of one that did not fail nothing is shown.
        api: The branch's API.
        operation: The operation at hand.
        most: How many lines to show at most; nothing is read for 0.
        download: Reads the end of a log from its signed address.
    """
    if most <= 0 or not job.has_failed or not operation.sleep(0):
        return
    ask = within(operation, MOST_SECONDS)
    try:
        text = "\n".join(_lines(job, api, ask, operation.hide, most, download or _download))
    except Exception as error:  # the failure has to be recorded, whatever happens here
        if not operation.sleep(0):
            return  # Somebody wants the command to end.
        reason = error.reason if isinstance(error, LogUnavailable) else "it cannot be read"
        text = f"The log of job {job.id.number_text} cannot be shown: {reason}."
    operation.info(text)


def _lines(
    job: JobRecord,
    api: BranchApi,
    ask: Ask,
    hide: Callable[[str], str],
    most: int,
    download: Download,
) -> list[str]:
    try:
        found, addresses = api.bounded(ask).with_logs(job.id.number_text)
    except Unanswered:
        raise LogUnavailable("AWS did not answer GetJob in time") from None
    except AccessDenied as error:
        raise LogUnavailable(f"AWS refuses GetJob ({error.code})") from None
    except AwsError as error:
        raise LogUnavailable(f"GetJob failed ({error.code})") from None
    step = _telling_step(found, addresses)
    if step is None:
        return [f"AWS has no log of job {job.id.number_text}."]
    name = printable(step, 40)
    url, settings = addresses[step], api.client_settings
    try:
        content = ask(lambda: download(url, settings), f"reading the log of {name}")
    except Unanswered:
        raise LogUnavailable("its address did not answer in time") from None
    # Before anything is cut: a part of a secret would not be known as one.
    lines = [line._replace(text=hide(line.text)) for line in clean_lines(content)]
    shown = excerpt(lines, most)
    if not shown.lines:
        return [f"The log of {name} is empty."]
    if shown.names_a_cause:
        title = f"From the log of {name}:"
    else:
        title = f"The log of {name} names no error. It ends with:"
    return [title, *(f"  {line}" for line in shown.lines)]


def _telling_step(job: JobRecord, addresses: Mapping[str, str]) -> str | None:
    """The step whose log tells most: the last one that failed, else the last one that has a log."""
    failed = [step.name for step in job.failed_steps if step.status == Status.FAILED]
    candidates = [*(step.name for step in job.steps), *(s.name for s in job.failed_steps), *failed]
    with_log = [name for name in candidates if name in addresses]
    return with_log[-1] if with_log else None


def _download(url: str, settings: Settings) -> bytes:
    with LogSession(settings) as session:
        return tail_of(url, session)
