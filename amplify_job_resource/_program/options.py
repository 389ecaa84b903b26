"""Pulumi's resource options on a `Job`, where one does something else than its name says.

docs/behaviour.md tells of all options. Of what a transformation sets, only `protect` is seen here, and
nothing of what the engine's transforms set.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any

import pulumi
from pulumi import ResourceOptions

#: The package of the providers that Pulumi hands to resources written in Python.
_PYTHON_PROVIDER = "pulumi-python"


def accepted(kind: str, name: str, opts: ResourceOptions | None) -> ResourceOptions | None:
    """The options as Pulumi is to have them; a warning for each that has no effect.

    Args:
        kind: What the resource is: `Job` or `Deployment`.
        name: The resource's name in the stack.
        opts: The options that the program gives; they stay as they are.

    Raises:
        ValueError: `import_` is set.
    """
    if opts is None:
        return None
    if opts.provider is not None and opts.provider.package != _PYTHON_PROVIDER:
        pulumi.log.warn(
            f"{kind} {name}: provider is not used. Give region and profile to the {kind}, or set "
            "aws:region and the other aws: settings for the stack."
        )
    if opts.id is not None:
        return opts  # A job that is read, as by `Job.get`, is never released.
    if opts.import_:
        raise ValueError(
            f"{kind} {name} cannot be imported (import_): Pulumi offers no import of resources that "
            f"are written in Python. {kind}.get reads the job; without import_ the job is released."
        )
    if opts.replace_on_changes:
        pulumi.log.warn(
            f"{kind} {name}: replace_on_changes has no effect and is left out. To release again when a "
            "value changes, put the value in triggers."
        )
        # All that the engine would do with "*" is to build a second time after an interrupted wait.
        opts = copy.copy(opts)
        opts.replace_on_changes = None
    return opts


def with_all_ignored(
    opts: ResourceOptions | None, keys: Mapping[str, str], together: Iterable[str]
) -> ResourceOptions | None:
    """The options, in which inputs that go together are ignored together.

    Args:
        opts: The options that the program gives; they stay as they are.
        keys: The key in state of each input, by its name in Python.
        together: The names of the inputs, of which one without the others would say what is not true.
    """
    ignored = [*((opts and opts.ignore_changes) or ())]
    group = [keys[name] for name in together]
    if opts is None or not {*group, *together}.intersection(ignored):
        return opts
    opts = copy.copy(opts)
    opts.ignore_changes = [*ignored, *(key for key in group if key not in ignored)]
    return opts


def with_secrets(
    given: Mapping[str, Any], opts: ResourceOptions | None, names: Mapping[str, str]
) -> dict[str, Any]:
    """The inputs, as secrets where the options want their outputs to be secret.

    The engine encrypts such an output, and knows nothing of the input's place in rows and messages.

    Args:
        given: The inputs by their names in Python.
        opts: The options that the program gives.
        names: The name in Python of each input, by its key in state.
    """
    listed: Iterable[str] = (opts.additional_secret_outputs if opts else None) or ()
    secret = {names.get(name, name) for name in listed}
    return {
        name: pulumi.Output.secret(value) if name in secret and value is not None else value
        for name, value in given.items()
    }


def warn_if_protected(kind: str, name: str, resource: pulumi.Resource) -> None:
    """Say what `protect` means for a release, also where a parent or a transformation has set it."""
    if resource._protect:  # noqa: SLF001 - nothing else tells what was inherited
        pulumi.log.warn(
            f"{kind} {name} is protected (protect): Pulumi refuses each further release of it, since a "
            f"release replaces the resource. Set protect=False on the {kind}."
        )
