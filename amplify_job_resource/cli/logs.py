"""`amplify-job logs`: the build log of a job, all of it, its end, or as it grows."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import click

from .._amplify.api import BranchApi
from .._amplify.records import JobRecord, Step
from .._amplify.status import has_ended
from .._follow.follow import accept, wait_for_end
from .._inputs.request import ReleaseRequest
from .._logs.address import LogSession
from .._logs.failures import LogUnavailable
from .._logs.lines import LogLine
from .._logs.step_log import StepLog, last_lines
from .._values.text import printable
from ..errors import Unanswered
from .options import output, print_lines, timeout
from .shell import ShellOperation
from .target import Target, stack_target

#: How often to look once more for what could not be read when the job ended; seconds before each look.
LAST_LOOKS: Final = 3
LAST_PAUSE: Final = 1.0


@click.command()
@stack_target(of_job=True)
@click.option("--step", help="The log of this step only, such as BUILD. Default: all steps.")
@click.option(
    "--tail", type=click.IntRange(1), help="Only so many last lines of each step. Default: all."
)
@click.option("--follow", is_flag=True, help="Print what is new, too, until the job has ended.")
@timeout
@output("text", "json")
def logs(
    target: Target, output: str, step: str | None, tail: int | None, follow: bool, timeout: float
) -> None:
    """Print the build log of a job: JOB_ID, or the branch's newest one.

    With --stack it is the job that the stack has recorded. JSON has one object a line. With --follow
    it exits as `wait` does; only then the timeout counts.
    """
    wanted = step.upper() if step else None
    with target.operation() as operation:
        deadline = operation.now() + timeout
        api = target.api(operation, deadline if follow else None)
        number = target.number_in(api)
        with LogSession(api.client_settings) as session:
            reading = _Reading(number, api, operation, session, _Printer(output))
            if follow:
                reading.follow(wanted, tail, deadline)
            else:
                reading.once(wanted, tail)


class _Printer:
    """Prints lines, with a heading where those of another step begin."""

    def __init__(self, output: str) -> None:
        self._is_json = output == "json"
        self._step = ""

    def show(self, step: Step, lines: Iterable[LogLine]) -> None:
        for line in lines:
            if self._is_json:
                print_lines(json.dumps({"step": step.name, **line._asdict()}))
                continue
            if step.name != self._step:
                print_lines(f"== {printable(step.name, 40)}")
                self._step = step.name
            prefix = f"{line.time} [{line.level}]: " if line.time else "  "
            print_lines((prefix + line.text).rstrip())


class _Reading:
    """Reads the logs of one job."""

    def __init__(
        self,
        number: str,
        api: BranchApi,
        operation: ShellOperation,
        session: LogSession,
        printer: _Printer,
    ) -> None:
        self._number = number
        self._api = api
        self._operation = operation
        self._session = session
        self._printer = printer
        self._deadline: float | None = None
        self._logs: dict[str, StepLog] = {}
        self._complaints: set[str] = set()
        self._is_complete = True

    def once(self, wanted: str | None, tail: int | None) -> None:
        """Print what there is."""
        job, addresses = self._api.with_logs(self._number)
        _refuse_step(job, wanted)
        steps = [
            step for step in job.steps if step.name in addresses and wanted in (None, step.name)
        ]
        if not steps:
            of = f" of {wanted}" if wanted else ""
            yet = "" if job.has_ended else " yet; --follow waits for it"
            raise click.ClickException(
                f"{_name(job)} is {printable(job.status, 40)} and has no log{of}{yet}"
            )
        for step in steps:
            url = addresses[step.name]
            try:
                if tail is None:
                    self._show_news(step, url)
                    self._printer.show(step, self._logs[step.name].rest())
                else:
                    self._printer.show(step, self._last_lines(step, url, tail))
            except LogUnavailable as error:
                raise click.ClickException(_unreadable(job, step, error)) from None

    def follow(self, wanted: str | None, tail: int | None, deadline: float) -> None:
        """Print what there is and what comes, until the job has ended.

        Raises:
            errors.JobError: the job has failed, or has not ended in time.
        """
        self._deadline = deadline
        addresses: Mapping[str, str] = {}

        def look() -> JobRecord:
            nonlocal addresses
            found, addresses = self._api.with_logs(self._number)
            return found

        def show(found: JobRecord, error: Exception | None = None) -> None:
            if error is None:
                self._show_all(found, addresses, wanted, tail)
                if found.steps and wanted not in (None, *(step.name for step in found.steps)):
                    self._complain(f"{_name(found)} has no step {wanted} so far: {_steps(found)}")

        now = look()
        show(now)
        ended = wait_for_end(now, look, self._operation, deadline, show)
        # What could not be read at the last look may be there a moment later.
        for _ in range(LAST_LOOKS):
            if self._is_complete or not self._operation.sleep(LAST_PAUSE):
                break
            show(look())
        for step in ended.steps:
            if step.name in self._logs:
                self._printer.show(step, self._logs[step.name].rest())
        accept(ended, ReleaseRequest(ended.id.app_id, ended.id.branch_name), self._operation)
        _refuse_step(ended, wanted)

    def _show_all(
        self, job: JobRecord, addresses: Mapping[str, str], wanted: str | None, tail: int | None
    ) -> None:
        """Print what is new of each step; a log that cannot be read now is told of once."""
        self._is_complete = True
        for step in job.steps:
            if step.name not in addresses or wanted not in (None, step.name):
                continue
            try:
                self._show_news(step, addresses[step.name], tail)
                if has_ended(step.status):
                    self._printer.show(step, self._logs[step.name].rest())
            except LogUnavailable as error:
                self._is_complete = False
                self._complain(_unreadable(job, step, error))
            except Unanswered:
                return  # The wait ends at once, for the same reason.

    def _complain(self, text: str) -> None:
        if text not in self._complaints:
            self._complaints.add(text)
            self._operation.warn(text)

    def _show_news(self, step: Step, url: str, tail: int | None = None) -> None:
        log = self._logs.get(step.name, StepLog())
        portions = self._asked(log.news(url, self._session), step)
        if step.name not in self._logs and tail is not None:
            last = deque[LogLine](maxlen=tail)
            for portion in portions:
                last.extend(line for line in portion if line.text)
            portions = iter([list(last)])
        for portion in portions:
            self._logs[step.name] = log
            self._printer.show(step, portion)
        self._logs[step.name] = log

    def _last_lines(self, step: Step, url: str, tail: int) -> list[LogLine]:
        return self._operation.ask(
            lambda: last_lines(url, self._session, tail), f"reading the log of {step.name}"
        )

    def _asked(self, portions: Iterator[list[LogLine]], step: Step) -> Iterator[list[LogLine]]:
        """The portions of a log, each read in a way that can be given up."""
        while portion := self._operation.ask(
            lambda: next(portions, None), f"reading the log of {step.name}", self._deadline
        ):
            yield portion


def _refuse_step(job: JobRecord, wanted: str | None) -> None:
    if wanted not in (None, *(step.name for step in job.steps)):
        raise click.ClickException(f"{_name(job)} has no step {wanted}: {_steps(job)}")


def _steps(job: JobRecord) -> str:
    names = ", ".join(printable(step.name, 40) for step in job.steps)
    return f"it has {names}" if names else "it has none yet"


def _unreadable(job: JobRecord, step: Step, error: LogUnavailable) -> str:
    return f"the log of {printable(step.name, 40)} of {_name(job)} cannot be read: {error.reason}"


def _name(job: JobRecord) -> str:
    return f"job {job.id.number_text} of {job.id.branch}"
