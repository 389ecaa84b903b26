"""`Deployment`: what a program declares to have files live on an app without a repository."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import Any, Final, TypeAlias

from pulumi import Archive, Input, Output, ResourceOptions
from pulumi.dynamic import Resource

from ._inputs.deployment import DEPLOYMENT_INPUTS
from ._program.declaration import Declaration, get_options, types_read_once
from ._program.options import accepted, warn_if_protected, with_all_ignored
from ._program.sources import DERIVED, secret_if_signed, source_properties
from ._state import DEPLOYMENT_OUTPUTS
from .provider import DeploymentProvider
from .resource import Triggers

#: A folder, a `.zip`, one of Pulumi's archives, or an address: `https://….zip`, `s3://bucket/site.zip`,
#: `s3://bucket/prefix/`.
Source: TypeAlias = str | PathLike[str] | Archive


@dataclass
class DeploymentArgs:
    """The inputs of a `Deployment`; docs/reference.md says what each one refuses.

    Attributes:
        app_id: The Amplify app's id, such as `d1a2b3c4`. Required.
        branch_name: The branch's name as it is, not encoded. Required.
        source: The files: the path of a folder or a `.zip`, one of Pulumi's archives (`FileArchive`,
            `AssetArchive`, `RemoteArchive`), or an address that AWS reads: `https://….zip`,
            `s3://bucket/site.zip` or `s3://bucket/prefix/`. Required. A change of content is a release.
        exclude: Patterns of files to leave out of a folder, as in a `.gitignore`.
        triggers: A map or list; any change of value means a new deployment, also of the same files.
            For the content behind an address it is the only sign of a change.
        wait_for_completion: Whether `pulumi up` waits until the job has ended. Default true.
        on_busy: What to do while the branch has an active job: `wait` (the default) for its end,
            `stop` it, or `fail`.
        allow_failure: Whether a FAILED or CANCELLED job is a result and not an error. Default false.
        lookahead: Whether previews look at AWS: is the branch busy, what was its last success.
            Default: the stack's `amplify-job:lookahead`, else false.
        log_lines: How many lines of the log are shown when a job has failed, 0 for none. Default: the
            stack's `amplify-job:logLines`, else 20.
        health_check: The path of a page of the site, such as `/`, that has to answer with an HTTP
            status from 200 to 399 within a minute after the job has succeeded. Default: nobody looks.
        region: The app's region. Default: the stack's `aws:region`, else boto3's own chain.
        profile: The profile of the shared AWS config. Default: the stack's `aws:profile`, else
            boto3's own chain.
    """

    app_id: Input[str] | None = None
    branch_name: Input[str] | None = None
    source: Input[Source] | None = None
    exclude: Input[Sequence[Input[str]]] | None = None
    triggers: Input[Triggers] | None = None
    wait_for_completion: Input[bool] | None = None
    on_busy: Input[str] | None = None
    allow_failure: Input[bool] | None = None
    lookahead: Input[bool] | None = None
    log_lines: Input[int] | None = None
    health_check: Input[str] | None = None
    region: Input[str] | None = None
    profile: Input[str] | None = None


_DECLARED: Final = Declaration("Deployment", DeploymentArgs, DEPLOYMENT_INPUTS, DEPLOYMENT_OUTPUTS)


@types_read_once
class Deployment(Resource, module="amplify", name="Deployment"):
    """Files on an Amplify Hosting branch: `pulumi up` uploads them, and waits until they are live.

    It is for apps without a repository; a `Job` is for the others. Every input is an output of the same
    name as well.
    """

    app_id: Output[str]
    branch_name: Output[str]
    source: Output[Any]
    exclude: Output[list[str] | None]
    triggers: Output[Any]
    wait_for_completion: Output[bool]
    on_busy: Output[str]
    allow_failure: Output[bool]
    lookahead: Output[bool | None]
    log_lines: Output[float | None]
    health_check: Output[str | None]
    region: Output[str]
    profile: Output[str | None]

    content_digest: Output[str]
    """A digest of all files, their names and bytes; of an address only the address counts."""
    file_count: Output[float | None]
    """How many files there are; not set for an address."""
    total_bytes: Output[float | None]
    """How many bytes they have together, not compressed; not set for an address."""
    manifest: Output[str | None]
    """A line for each file: digest, size in bytes, name. Not set for an address, or more than 10,000
    files."""
    job_id: Output[str]
    """The job's number on its branch, as text."""
    job_arn: Output[str]
    """The job's ARN."""
    status: Output[str]
    """The job's status: CREATED, PENDING, PROVISIONING, RUNNING, SUCCEED, FAILED, CANCELLING or
    CANCELLED; or a word that AWS has added since."""
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

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Keep the type token: a subclass is the same kind of resource in everybody's state."""
        super().__init_subclass__(module="amplify", name="Deployment", **kwargs)

    def __init__(  # noqa: PLR0913 - one keyword an input
        self,
        resource_name: str,
        args: DeploymentArgs | Mapping[str, Any] | ResourceOptions | None = None,
        opts: ResourceOptions | None = None,
        *,
        app_id: Input[str] | None = None,
        branch_name: Input[str] | None = None,
        source: Input[Source] | None = None,
        exclude: Input[Sequence[Input[str]]] | None = None,
        triggers: Input[Triggers] | None = None,
        wait_for_completion: Input[bool] | None = None,
        on_busy: Input[str] | None = None,
        allow_failure: Input[bool] | None = None,
        lookahead: Input[bool] | None = None,
        log_lines: Input[int] | None = None,
        health_check: Input[str] | None = None,
        region: Input[str] | None = None,
        profile: Input[str] | None = None,
    ) -> None:
        """Declare a deployment.

        Args:
            resource_name: The resource's name in the stack.
            args: All inputs in one object, or in a map by the names of the keywords; or give them by
                keyword, which wins.
            opts: Pulumi's resource options; `custom_timeouts` bounds waiting, upload and job, and
                docs/behaviour.md says what the others do.
            app_id: See `DeploymentArgs`, as for all other keywords.
            branch_name: See `DeploymentArgs`.
            source: See `DeploymentArgs`.
            exclude: See `DeploymentArgs`.
            triggers: See `DeploymentArgs`.
            wait_for_completion: See `DeploymentArgs`.
            on_busy: See `DeploymentArgs`.
            allow_failure: See `DeploymentArgs`.
            lookahead: See `DeploymentArgs`.
            log_lines: See `DeploymentArgs`.
            health_check: See `DeploymentArgs`.
            region: See `DeploymentArgs`.
            profile: See `DeploymentArgs`.

        Raises:
            pulumi.RunError: the files cannot be deployed; a sentence says why.
        """
        given, opts = _DECLARED.read(args, opts, locals())
        given["source"] = secret_if_signed(given.get("source"))
        properties = _DECLARED.properties(resource_name, given)
        if opts is None or opts.id is None:
            where = f"{resource_name}: source"
            properties.update(source_properties(given["source"], given.get("exclude"), where))
        opts = accepted("Deployment", resource_name, opts)
        opts = with_all_ignored(opts, _DECLARED.keys, ("source", *DERIVED))
        super().__init__(DeploymentProvider(), resource_name, properties, opts)
        if opts is None or opts.id is None:
            warn_if_protected("Deployment", resource_name, self)

    @classmethod
    def get(
        cls,
        resource_name: str,
        id: Input[str],  # noqa: A002
        opts: ResourceOptions | None = None,
        *,
        region: Input[str] | None = None,
        profile: Input[str] | None = None,
    ) -> Deployment:
        """Read a deployment that exists.

        Args:
            resource_name: The resource's name in the stack.
            id: `appId/branchName/jobId`.
            opts: Pulumi's resource options.
            region: The app's region; see `DeploymentArgs`.
            profile: The profile that may read the job; see `DeploymentArgs`.
        """
        options, where = get_options(id, opts, region, profile)
        return cls(resource_name, opts=options, **where)

    def translate_input_property(self, prop: str) -> str:
        """Python's name of a property -> its key in state; other names stay as they are."""
        return _DECLARED.keys.get(prop, prop)

    def translate_output_property(self, prop: str) -> str:
        """The key in state -> Python's name; other names stay as they are."""
        return _DECLARED.names.get(prop, prop)
