"""`Job`: what a program declares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeAlias

from pulumi import Input, Output, ResourceOptions
from pulumi.dynamic import Resource

from ._inputs.request import JOB_INPUTS
from ._program.declaration import Declaration, get_options, types_read_once
from ._program.options import accepted, warn_if_protected
from ._state import OUTPUTS
from ._values.times import format_time
from .provider import JobProvider

#: Text, numbers, flags, maps, lists, files as Pulumi's assets and archives, and outputs of all these.
Triggers: TypeAlias = Mapping[str, Any] | Sequence[Any]


@dataclass
class JobArgs:
    """The inputs of a `Job`; docs/reference.md says what each one refuses.

    Attributes:
        app_id: The Amplify app's id, such as `d1a2b3c4`. Required.
        branch_name: The branch's name as it is, not encoded. Required.
        job_type: The kind of job: `RELEASE` (the default), `RETRY` or `WEB_HOOK`.
        commit_id: The commit that this release is for: a change of it means a new release. A RELEASE
            builds the branch's HEAD, whatever commit is named here.
        commit_message: A label; the console shows its first line.
        commit_time: A label: RFC 3339 text with a time zone, or seconds since 1970. In Python also a
            `datetime` with a time zone.
        job_reason: A label, at most 255 characters.
        source_job_id: The job that a `RETRY` re-runs; required for it, refused otherwise.
        triggers: A map or list; any change of value means a new release. An asset or archive in it
            stands for its content.
        wait_for_completion: Whether `pulumi up` waits until the job has ended. Default true.
        on_busy: What to do while the branch has an active job: `wait` (the default) for its end,
            `adopt` it when it builds the same commit, `stop` it, or `fail`.
        allow_failure: Whether a FAILED or CANCELLED job is a result and not an error. Default false.
        verify_commit: Whether a job that built another commit than `commit_id` is an error. Default
            false.
        skip_if_built: Whether a job that has built, or is building, exactly `commit_id` is taken
            instead of building again. Default false.
        lookahead: Whether previews look at AWS: is the branch busy, what was its last success.
            Default: the stack's `amplify-job:lookahead`, else false.
        log_lines: How many lines of the build log are shown when a job has failed, 0 for none. Default:
            the stack's `amplify-job:logLines`, else 20.
        health_check: The path of a page of the site, such as `/`, that has to answer with an HTTP
            status from 200 to 399 within a minute after the job has succeeded. Default: nobody looks.
        region: The app's region. Default: the stack's `aws:region`, else boto3's own chain.
        profile: The profile of the shared AWS config. Default: the stack's `aws:profile`, else
            boto3's own chain.
    """

    app_id: Input[str] | None = None
    branch_name: Input[str] | None = None
    job_type: Input[str] | None = None
    commit_id: Input[str] | None = None
    commit_message: Input[str] | None = None
    commit_time: Input[str] | Input[float] | Input[datetime] | None = None
    job_reason: Input[str] | None = None
    source_job_id: Input[str] | None = None
    triggers: Input[Triggers] | None = None
    wait_for_completion: Input[bool] | None = None
    on_busy: Input[str] | None = None
    allow_failure: Input[bool] | None = None
    verify_commit: Input[bool] | None = None
    skip_if_built: Input[bool] | None = None
    lookahead: Input[bool] | None = None
    log_lines: Input[int] | None = None
    health_check: Input[str] | None = None
    region: Input[str] | None = None
    profile: Input[str] | None = None


_DECLARED: Final = Declaration("Job", JobArgs, JOB_INPUTS, OUTPUTS)


@types_read_once
class Job(Resource, module="amplify", name="Job"):
    """An Amplify Hosting job: `pulumi up` releases a branch, and waits until it is live.

    Every input is an output of the same name as well.
    """

    app_id: Output[str]
    branch_name: Output[str]
    job_type: Output[str]
    commit_id: Output[str | None]
    commit_message: Output[str | None]
    commit_time: Output[str | None]
    job_reason: Output[str | None]
    source_job_id: Output[str | None]
    triggers: Output[Any]
    wait_for_completion: Output[bool]
    on_busy: Output[str]
    allow_failure: Output[bool]
    verify_commit: Output[bool]
    skip_if_built: Output[bool]
    lookahead: Output[bool | None]
    log_lines: Output[float | None]
    health_check: Output[str | None]
    region: Output[str]
    profile: Output[str | None]

    job_id: Output[str]
    """The job's number on its branch, as text."""
    job_arn: Output[str]
    """The job's ARN."""
    status: Output[str]
    """The job's status: CREATED, PENDING, PROVISIONING, RUNNING, SUCCEED, FAILED, CANCELLING or
    CANCELLED; or a word that AWS has added since."""
    reported_commit_id: Output[str | None]
    """The commit that AWS says the job built; often `HEAD`."""
    start_time: Output[str | None]
    """When the job began, RFC 3339 in UTC."""
    end_time: Output[str | None]
    """When the job ended, RFC 3339 in UTC."""
    duration_seconds: Output[float | None]
    """How many seconds the job took."""
    steps: Output[list[dict[str, Any]]]
    """The job's steps: `name`, `status`, `start_time`, `end_time`, `status_reason`."""
    url: Output[str | None]
    """The address of the branch's site: under a custom domain that works, else its default one."""
    console_url: Output[str | None]
    """The page of the branch's deployments in the AWS console."""
    healthy: Output[bool | None]
    """Whether the page of `health_check` answered well; also false when the next update is to look, and
    not set when nobody does."""
    adopted: Output[bool]
    """Whether somebody else started the job: see `on_busy` and `skip_if_built`."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Keep the type token: a subclass is the same kind of resource in everybody's state."""
        super().__init_subclass__(module="amplify", name="Job", **kwargs)

    def __init__(  # noqa: PLR0913 - one keyword an input
        self,
        resource_name: str,
        args: JobArgs | Mapping[str, Any] | ResourceOptions | None = None,
        opts: ResourceOptions | None = None,
        *,
        app_id: Input[str] | None = None,
        branch_name: Input[str] | None = None,
        job_type: Input[str] | None = None,
        commit_id: Input[str] | None = None,
        commit_message: Input[str] | None = None,
        commit_time: Input[str] | Input[float] | Input[datetime] | None = None,
        job_reason: Input[str] | None = None,
        source_job_id: Input[str] | None = None,
        triggers: Input[Triggers] | None = None,
        wait_for_completion: Input[bool] | None = None,
        on_busy: Input[str] | None = None,
        allow_failure: Input[bool] | None = None,
        verify_commit: Input[bool] | None = None,
        skip_if_built: Input[bool] | None = None,
        lookahead: Input[bool] | None = None,
        log_lines: Input[int] | None = None,
        health_check: Input[str] | None = None,
        region: Input[str] | None = None,
        profile: Input[str] | None = None,
    ) -> None:
        """Declare a release.

        Args:
            resource_name: The resource's name in the stack.
            args: All inputs in one object, or in a map by the names of the keywords; or give them by
                keyword, which wins.
            opts: Pulumi's resource options; `custom_timeouts` bounds waiting and building, and
                docs/behaviour.md says what the others do.
            app_id: See `JobArgs`, as for all other keywords.
            branch_name: See `JobArgs`.
            job_type: See `JobArgs`.
            commit_id: See `JobArgs`.
            commit_message: See `JobArgs`.
            commit_time: See `JobArgs`.
            job_reason: See `JobArgs`.
            source_job_id: See `JobArgs`.
            triggers: See `JobArgs`.
            wait_for_completion: See `JobArgs`.
            on_busy: See `JobArgs`.
            allow_failure: See `JobArgs`.
            verify_commit: See `JobArgs`.
            skip_if_built: See `JobArgs`.
            lookahead: See `JobArgs`.
            log_lines: See `JobArgs`.
            health_check: See `JobArgs`.
            region: See `JobArgs`.
            profile: See `JobArgs`.
        """
        given, opts = _DECLARED.read(args, opts, locals())
        properties = _DECLARED.properties(resource_name, given)
        time = properties["commit_time"]
        properties["commit_time"] = (
            time.apply(_time_text) if isinstance(time, Output) else _time_text(time)
        )
        opts = accepted("Job", resource_name, opts)
        super().__init__(JobProvider(), resource_name, properties, opts)
        if opts is None or opts.id is None:
            warn_if_protected("Job", resource_name, self)

    @classmethod
    def get(
        cls,
        resource_name: str,
        id: Input[str],  # noqa: A002
        opts: ResourceOptions | None = None,
        *,
        region: Input[str] | None = None,
        profile: Input[str] | None = None,
    ) -> Job:
        """Read a job that exists.

        Args:
            resource_name: The resource's name in the stack.
            id: `appId/branchName/jobId`.
            opts: Pulumi's resource options.
            region: The app's region; see `JobArgs`.
            profile: The profile that may read the job; see `JobArgs`.
        """
        options, where = get_options(id, opts, region, profile)
        return cls(resource_name, opts=options, **where)

    def translate_input_property(self, prop: str) -> str:
        """Python's name of a property -> its key in state; other names stay as they are."""
        return _DECLARED.keys.get(prop, prop)

    def translate_output_property(self, prop: str) -> str:
        """The key in state -> Python's name; other names stay as they are."""
        return _DECLARED.names.get(prop, prop)


def _time_text(time: Any) -> Any:
    if isinstance(time, datetime) and time.tzinfo is None:
        # The time itself may be a secret.
        raise ValueError("commit_time has no time zone, so it could mean several moments")
    return format_time(time) if isinstance(time, datetime) else time
