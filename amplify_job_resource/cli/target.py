"""What a command is about: a branch and maybe one of its jobs, and how AWS is reached there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial, wraps
from pathlib import Path
from typing import Any

import click

from .._amplify import setting_names
from .._amplify.api import BranchApi
from .._amplify.ids import BranchId
from .._amplify.records import JobRecord
from .._amplify.session import clients_by, clients_for, require_profile, resolve_region
from .._amplify.settings import Settings, settings_from
from .._follow.refresh import Where, look_up
from .._inputs.request import JOB_INPUTS, Properties
from .._inputs.rules import problems
from .._inputs.schema import Schema
from .._operation import Front
from .._stack_defaults import DEFAULT_LINES, lines_wanted
from .._start.trailers import SHELL_PROJECT
from ..errors import InvalidSettings, NotFound
from .options import aws, project, stack_name
from .pulumi_commands import PulumiCommands
from .shell import OF_STACK, SHELL, ShellOperation, prompter
from .signals import Signals
from .stack_jobs import config_for, read_job

Command = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Target:
    """What a command is about.

    Attributes:
        branch: the branch.
        number: the number of a job, None for the branch's newest.
        settings: how AWS is reached.
        recorded: the job as a stack has recorded it, None where no stack has told it.
        log_lines: how many lines of a failed build's log to show where no option says it.
    """

    branch: BranchId
    number: str | None
    settings: Settings
    recorded: JobRecord | None = None
    log_lines: int = DEFAULT_LINES

    def lines_of(self, option: int | None) -> int:
        """How many lines of a failed build's log to show."""
        return self.log_lines if option is None else option

    def operation(self, kind: str = "Job", front: Front = SHELL) -> ShellOperation:
        """The operation of the command.

        Args:
            kind: What the command starts: a `Job` or a `Deployment`.
            front: The words of the command, where no stack has recorded what it is about.
        """
        signals = click.get_current_context().ensure_object(Signals)
        urn = f"urn:pulumi:shell::{SHELL_PROJECT}::amplify:{kind}::{self.branch}"
        return ShellOperation(urn, signals, OF_STACK if self.recorded else front)

    def api(self, operation: ShellOperation, deadline: float | None = None) -> BranchApi:
        """The calls for the branch; a person at the terminal may be asked for an MFA code.

        Raises:
            errors.InvalidSettings: no region is known, or there is no such profile.
        """
        require_profile(self.settings)
        settings = replace(self.settings, region=resolve_region(self.settings))
        if not settings.region:
            raise InvalidSettings("no AWS region is set: give --region, or set AWS_REGION")
        ask = partial(operation.ask, deadline=deadline)
        person = prompter()
        if person:
            # On this thread, so that Ctrl-C leaves the terminal as it was.
            with operation.impatient():
                clients = clients_for(settings, person)
                clients.sign_in()
        else:
            clients = clients_by(ask, settings, self.branch)
        return BranchApi(clients, self.branch, ask)

    def job(self, api: BranchApi) -> JobRecord:
        """The job, with its steps.

        Raises:
            errors.NotFound: the branch has no such job, or none at all; or the number names another job
                than the stack has recorded.
            errors.AwsError: it could not be read.
        """
        return self._recorded_job(api) or api.get(self.number_in(api))

    def number_in(self, api: BranchApi) -> str:
        """The number of the job; that of a job which was given is not looked at yet.

        Raises:
            errors.NotFound, errors.AwsError: as for `job`.
        """
        job = self._recorded_job(api)
        if job:
            return job.id.number_text
        if self.number is not None:
            return self.number
        newest = api.newest()
        if not newest:
            raise NotFound(f"reading Amplify jobs ({self.branch})", "none", "the branch has no job")
        return newest[0].id.number_text

    def _recorded_job(self, api: BranchApi) -> JobRecord | None:
        if self.recorded is None or self.number is None:
            return None
        where, job = look_up(self.recorded, api)
        if where is Where.THERE:
            return job
        raise NotFound(
            f"reading Amplify job ({self.recorded.id})",
            "NotFoundException",
            "AWS has no such job any more, or its branch was created again since",
            "`pulumi refresh` brings the stack up to date.",
        )


def branch_target(command: Command) -> Command:
    """Give a command its target by `APP_ID BRANCH_NAME`."""

    @wraps(command)
    def targeted(
        app_id: str, branch_name: str, region: str | None, profile: str | None, **options: Any
    ) -> Any:
        return command(_named((app_id, branch_name), region, profile), **options)

    return click.argument("app_id")(click.argument("branch_name")(aws(targeted)))


def job_target(command: Command) -> Command:
    """Give a command its target by `APP_ID BRANCH_NAME JOB_ID`."""

    @wraps(command)
    def targeted(
        app_id: str,
        branch_name: str,
        job_id: str,
        region: str | None,
        profile: str | None,
        **options: Any,
    ) -> Any:
        return command(_named((app_id, branch_name, job_id), region, profile), **options)

    job = click.argument("job_id")(aws(targeted))
    return click.argument("app_id")(click.argument("branch_name")(job))


def stack_target(*, of_job: bool) -> Callable[[Command], Command]:
    """Give a command its target by `APP_ID BRANCH_NAME [JOB_ID]`, or as a stack has recorded it.

    Args:
        of_job: Whether the command is about one job of the branch.
    """
    form = f"APP_ID BRANCH_NAME{' [JOB_ID]' if of_job else ''}"

    def decorated(command: Command) -> Command:
        @wraps(command)
        def targeted(
            names: Sequence[str],
            stack: str | None,
            cwd: Path,
            region: str | None,
            profile: str | None,
            **options: Any,
        ) -> Any:
            most = 1 if stack is not None else 3 if of_job else 2
            if len(names) > most or (stack is None and len(names) < 2):
                raise click.UsageError(f"give {form}, or --stack STACK and the name of one Job")
            if stack is None:
                found = _named(names, region, profile)
            else:
                found = _recorded(stack, *names, cwd=cwd, region=region, profile=profile)
                found = found if of_job else replace(found, number=None)
            return command(found, **options)

        option = click.option(
            "--stack",
            callback=stack_name,
            help="Take what is needed from this stack: from its Job NAME, or from the only one.",
        )
        names = click.argument("names", nargs=-1, metavar=f"{{{form} | --stack STACK [NAME]}}")
        return names(aws(option(project(targeted))))

    return decorated


def refuse_problems(properties: Properties, inputs: Schema = JOB_INPUTS) -> None:
    """Refuse inputs that AWS would refuse.

    Raises:
        click.UsageError: it has a sentence for each of them.
    """
    wrong = problems(properties, SHELL.input_name, inputs)
    if wrong:
        raise click.UsageError("; ".join(problem.reason for problem in wrong))


def _named(names: Sequence[str], region: str | None, profile: str | None) -> Target:
    """What arguments name: an app, a branch, and maybe a job's number."""
    app_id, branch_name, *rest = names
    number = rest[0] if rest else None
    refuse_problems({"appId": app_id, "branchName": branch_name, "region": region})
    if number is not None and not number.isdecimal():
        raise click.UsageError(f"{number!r} is not a job's number")
    settings = settings_from({}, region=region, profile=profile, names=setting_names.SHELL)
    return Target(BranchId(app_id, branch_name), number, settings)


def _recorded(
    stack: str, name: str | None = None, *, cwd: Path, region: str | None, profile: str | None
) -> Target:
    """What a stack has recorded; options count more."""
    pulumi = PulumiCommands(cwd)
    job = read_job(pulumi, stack, name)
    config = config_for(job, pulumi, stack)
    settings = settings_from(
        config,
        region=region or job.region,
        profile=profile or job.profile,
        names=job.setting_names,
    )
    # A build log may hold the secrets of the stack, and what is encrypted cannot be hidden in it.
    log_lines = (
        0
        if job.has_secrets
        else lines_wanted(config, {"logLines": job.log_lines}, job.setting_names)
    )
    return Target(job.id.branch, job.id.number_text, settings, job.recorded, log_lines)
