"""What a resource declares to the engine: the inputs that a program gives, and the outputs to come."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, TypeVar

import pulumi
from pulumi import Input, Output

from .._inputs.schema import Schema
from .._inputs.secrets import SECRET_INPUTS
from .._state import MADE_OF
from .._values.text import shortened
from .assets import digested
from .options import with_secrets
from .secret_outputs import empty_if_secret, holds_output, secret_names

_Declared = TypeVar("_Declared", bound=type[pulumi.Resource])


def types_read_once(declared: _Declared) -> _Declared:
    """A class whose annotations are types, not texts: the SDK reads them again for each resource."""
    declared.__annotations__ = inspect.get_annotations(declared, eval_str=True)
    return declared


@dataclass(frozen=True)
class Declaration:
    """One resource.

    Attributes:
        kind: what it is: `Job` or `Deployment`.
        args: the class that holds its inputs.
        inputs: the table of its inputs.
        outputs: the key in state of each of its outputs, by its name in Python.
    """

    kind: str
    args: type[Any]
    inputs: Schema
    outputs: Mapping[str, str]

    @cached_property
    def keys(self) -> dict[str, str]:
        """The key in state of each property, by its name in Python."""
        return {**self.inputs.keys, **self.outputs}

    @cached_property
    def names(self) -> dict[str, str]:
        """The name in Python of each property, by its key in state."""
        # The SDK translates the keys inside `steps` as well; most of them are outputs' names, too.
        return {**{key: name for name, key in self.keys.items()}, "statusReason": "status_reason"}

    def given(self, args: Any, keywords: Mapping[str, Any]) -> dict[str, Any]:
        """The inputs in an object or a map, and by keyword, by their names in Python.

        Raises:
            TypeError: the object is another one, or an input is not known.
        """
        given: dict[str, Any] = {}
        if isinstance(args, self.args):
            given = {field.name: getattr(args, field.name) for field in fields(self.args)}
        elif isinstance(args, Mapping):
            given = {self.names.get(name) or name: value for name, value in args.items()}
        elif args is not None:
            raise TypeError(
                f"args of a {self.kind} is a {self.args.__name__} or a map of inputs, not "
                f"{shortened(args)}"
            )
        unknown = [str(name) for name in given if name not in self.inputs.given]
        if unknown:
            raise TypeError(
                f"a {self.kind} has no input {', '.join(unknown)}: see docs/reference.md"
            )
        named = self.inputs.given
        given.update(
            {name: value for name, value in keywords.items() if name in named and value is not None}
        )
        return given

    def read(
        self, args: Any, opts: pulumi.ResourceOptions | None, keywords: Mapping[str, Any]
    ) -> tuple[dict[str, Any], pulumi.ResourceOptions | None]:
        """The inputs of a constructor's arguments, secret where the options say so; and the options.

        Args:
            args: An object or a map of inputs; or the options, as in other SDKs.
            opts: The options, where they are not that.
            keywords: All that was given by keyword.

        Raises:
            TypeError: see `given`.
        """
        if isinstance(args, pulumi.ResourceOptions):
            args, opts = None, args
        return with_secrets(self.given(args, keywords), opts, self.names), opts

    def properties(self, resource_name: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """The inputs as the SDK takes them; each output is declared, else its attribute is missing."""
        properties: dict[str, Any] = {name: given.get(name) for name in self.inputs.keys}
        properties.update(dict.fromkeys(self.outputs))
        properties["triggers"] = digested(given.get("triggers"), f"{resource_name}: triggers")
        if any(map(holds_output, given.values())):
            properties[SECRET_INPUTS] = secret_names(given, self.inputs.given)
        outputs = {
            self.inputs.keys[name]: value
            for name, value in given.items()
            if isinstance(value, Output)
        }
        for key, inputs in MADE_OF.items():
            parts = [outputs[each] for each in inputs if each in outputs]
            name = self.names.get(key, "")
            if parts and name in self.outputs:
                # The engine keeps an output secret when the input of the same key is.
                properties[name] = empty_if_secret(*parts)
        return properties


def known_with(id_: Input[str], *others: Input[str] | None) -> Input[str]:
    """The id, but not known before the others are: the engine reads a job once it knows the id."""
    if all(other is None or isinstance(other, str) for other in others):
        return id_
    # An id is no secret, whatever the others are: the engine takes plain text only.
    known = Output.unsecret(Output.all(*others))
    return Output.all(id_, known).apply(lambda values: str(values[0]))


def get_options(
    id_: Input[str],
    opts: pulumi.ResourceOptions | None,
    region: Input[str] | None,
    profile: Input[str] | None,
) -> tuple[pulumi.ResourceOptions, dict[str, Any]]:
    """The options that read what exists, and the inputs that say where it is."""
    options = pulumi.ResourceOptions(id=known_with(id_, region, profile))
    where = {"region": region, "profile": profile}
    # A subclass may take fewer inputs.
    given: dict[str, Any] = {name: value for name, value in where.items() if value is not None}
    return pulumi.ResourceOptions.merge(opts, options), given
