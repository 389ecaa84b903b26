"""The Jobs of a stack, as its state has them, and the stack's way to AWS."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import click

from .._amplify.ids import JobId
from .._amplify.records import JobRecord
from .._amplify.setting_names import STACK, SettingNames
from .._inputs.deployment import ALL_INPUTS
from .._inputs.secrets import SECRET_INPUTS
from .._provider_settings import NAMES, config_of, is_default, names_for
from .._stack_defaults import NAMESPACE
from .._state import recorded_job, recorded_region
from .._values.marks import is_marked_secret
from .._values.text import printable
from .._values.urns import RELEASE_TYPES, TYPES, Urn
from .pulumi_commands import PulumiCommands, last_words


@dataclass(frozen=True, slots=True)
class NativeProvider:
    """The provider of a native resource.

    Attributes:
        inputs: its settings as they are recorded, but for the secret ones.
        name: its name; empty where the state does not have it.
    """

    inputs: Mapping[str, Any]
    name: str

    @property
    def is_default(self) -> bool:
        """Whether the stack's config has its settings, and not a program."""
        return not self.name or is_default(self.name)


@dataclass(frozen=True, slots=True)
class StackJob:
    """A resource of the type `Job` or `Deployment` in a stack's state.

    Attributes:
        urn: the resource's URN.
        recorded: the job as it is recorded.
        region: the region that it is in, None when that is not known.
        profile: the profile that the resource names, None when it names none.
        log_lines: its `log_lines`, None when it has none.
        has_secrets: whether it has secret inputs.
        provider: its provider; None for a dynamic resource, which has no settings of its own.
    """

    urn: Urn
    recorded: JobRecord
    region: str | None
    profile: str | None
    log_lines: float | None = None
    has_secrets: bool = False
    provider: NativeProvider | None = None

    @property
    def id(self) -> JobId:
        """The recorded job's id."""
        return self.recorded.id

    @property
    def setting_names(self) -> SettingNames:
        """What messages call the settings of the way to AWS."""
        return STACK if self.provider is None else names_for(self.provider.name)

    @property
    def name(self) -> str:
        """The resource's name, harmless to show."""
        return printable(self.urn.name, 255)


def read_job(pulumi: PulumiCommands, stack: str, name: str | None) -> StackJob:
    """A Job of a stack.

    Args:
        pulumi: Runs `pulumi` in the project.
        stack: The stack's name.
        name: The resource's name or URN; None for the only Job of the stack.

    Raises:
        click.ClickException: the state cannot be read, or it has no such Job.
        click.UsageError: it has several that could be meant.
    """
    (done,) = pulumi.run([["stack", "export", "--stack", stack]])
    found = list(jobs_in(_parsed(done)))
    if not found:
        raise click.ClickException(f"stack {stack} has no Job in its state: run `pulumi up` first")
    matching = [job for job in found if name in (None, job.urn.name, str(job.urn))]
    if not matching:
        raise click.ClickException(
            f"stack {stack} has no Job {printable(name or '', 255)!r}, it has {_listed(found)}"
        )
    if len(matching) > 1:
        wanted = "give its name" if name is None else "give its URN"
        raise click.UsageError(f"stack {stack} has several Jobs, {_listed(matching)}: {wanted}")
    return matching[0]


def config_for(job: StackJob, pulumi: PulumiCommands, stack: str) -> dict[str, str]:
    """The way to AWS of a Job by full keys (`aws:region`), as text, and the stack's own defaults.

    The keys of a provider in a program are encrypted in state: without them this machine's own count.

    Raises:
        click.ClickException: the config cannot be read.
    """
    if job.provider is None:
        return read_config(pulumi, stack)
    given = dict(job.provider.inputs)
    if job.provider.is_default:
        prefix = f"{NAMESPACE}:"
        config = read_config(pulumi, stack, prefix)
        names = {key: key.removeprefix(prefix) for key in config if key.startswith(prefix)}
        given.update({name: config[key] for key, name in names.items() if name in NAMES})
    return config_of(given)


def read_config(pulumi: PulumiCommands, stack: str, prefix: str = "aws:") -> dict[str, str]:
    """The stack's config by full keys, as text; secrets are read only where one is needed.

    Args:
        pulumi: Runs `pulumi` in the project.
        stack: The stack's name.
        prefix: How the keys begin that are needed.

    Raises:
        click.ClickException: the config cannot be read.
    """
    command = ["config", "--json", "--stack", stack]
    (done,) = pulumi.run([command])
    config = _parsed(done)
    if any(key.startswith(prefix) and entry.get("secret") for key, entry in config.items()):
        (done,) = pulumi.run([[*command, "--show-secrets"]])
        config = _parsed(done)
    return {key: str(entry["value"]) for key, entry in config.items() if "value" in entry}


def jobs_in(export: Mapping[str, Any]) -> Iterator[StackJob]:
    """The Jobs in the JSON of `pulumi stack export`, without those that are about to be deleted."""
    resources = (export.get("deployment") or {}).get("resources") or ()
    providers = {f"{each.get('urn')}::{each.get('id')}": each for each in resources}
    for resource in resources:
        if resource.get("type") not in RELEASE_TYPES or resource.get("delete"):
            continue
        urn, id_ = Urn.parse(str(resource.get("urn"))), JobId.parse(str(resource.get("id")))
        outputs = resource.get("outputs") or {}
        if urn is None or id_ is None:
            continue
        profile, lines = outputs.get("profile"), outputs.get("logLines")
        yield StackJob(
            urn,
            recorded_job(id_, outputs),
            recorded_region(outputs),
            profile if isinstance(profile, str) else None,
            lines if isinstance(lines, (int, float)) else None,
            _has_secrets(outputs),
            _provider(providers.get(resource.get("provider"))) if urn.type in TYPES else None,
        )


def _provider(resource: Mapping[str, Any] | None) -> NativeProvider:
    """The provider of a native resource; its own settings where the state does not have it."""
    found = resource or {}
    urn = Urn.parse(str(found.get("urn")))
    inputs = found.get("inputs") or {}
    plain = {name: value for name, value in inputs.items() if not _holds_secret(value)}
    return NativeProvider(plain, urn.name if urn else "")


def _has_secrets(outputs: Mapping[str, Any]) -> bool:
    """Whether an input is a secret: a dynamic resource names them, of a native one they are marked."""
    marked = (_holds_secret(outputs.get(key)) for key in ALL_INPUTS.by_key)
    return bool(outputs.get(SECRET_INPUTS)) or any(marked)


def _holds_secret(value: Any) -> bool:
    if isinstance(value, Mapping):
        return is_marked_secret(value) or any(map(_holds_secret, value.values()))
    return isinstance(value, list) and any(map(_holds_secret, value))


def _parsed(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    try:
        parsed = json.loads(done.stdout) if done.returncode == 0 else None
    except ValueError:
        parsed = None
    if not isinstance(parsed, dict):
        raise click.ClickException(last_words(done))
    return parsed


def _listed(jobs: list[StackJob]) -> str:
    names = [job.name for job in jobs]
    shown = (
        names if len(set(names)) == len(names) else [printable(str(job.urn), 600) for job in jobs]
    )
    return ", ".join(sorted(shown))
