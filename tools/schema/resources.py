"""A resource in the schema: its inputs, outputs and types, from its tables and its Python class."""

from __future__ import annotations

import inspect
import types
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Final, Union, get_args, get_type_hints

from amplify_job_resource._amplify.records import Step
from amplify_job_resource._inputs.request import JOB_INPUTS
from amplify_job_resource._inputs.schema import Form, Row, camel_case
from amplify_job_resource._inputs.words import JobType, Word
from amplify_job_resource._kind import Kind

from .names import ANY, examples, reference, token
from .texts import attribute_texts, first_paragraph, in_all_languages, strings_below

_TEXT: Final = {"type": "string"}
_NUMBER: Final = {"type": "number"}
_ARCHIVE: Final = {"$ref": "pulumi.json#/Archive"}

#: What an input is given as. A number of any size is no `integer`: that has 32 bits in C# and Java.
_INPUTS: Final[dict[Form, dict[str, Any]]] = {
    Form.TEXT: _TEXT,
    Form.PROSE: _TEXT,
    Form.FLAG: {"type": "boolean"},
    Form.COUNT: {"type": "integer"},
    Form.NUMBER: _NUMBER,
    Form.TIME: {"oneOf": [_TEXT, _NUMBER]},
    Form.TRIGGERS: ANY,
    Form.SOURCE: {"oneOf": [_TEXT, _ARCHIVE]},
    Form.TEXTS: {"type": "array", "items": _TEXT},
}
#: What it is in state, where that is something else.
_RECORDED: Final = {Form.TIME: _TEXT, Form.SOURCE: ANY}
#: Numbers of any size that are small all the same.
_SMALL: Final = {"fileCount": {"type": "integer"}}
#: The outputs that are no inputs, by their Python types.
_OUTPUTS: Final[dict[Any, dict[str, Any]]] = {
    str: _TEXT,
    float: _NUMBER,
    bool: {"type": "boolean"},
    list[dict[str, Any]]: {"type": "array", "items": reference("Step")},
}


@dataclass(frozen=True)
class Face:
    """A resource as a program sees it.

    Attributes:
        cls: the class that Python programs declare.
        args: the class of its inputs, whose docstring has their texts.
        kind: its tables.
    """

    cls: type[Any]
    args: type[Any]
    kind: Kind

    @property
    def name(self) -> str:
        """Its name in the token."""
        return self.cls.__name__

    def resource(self) -> dict[str, Any]:
        """Its entry in the schema.

        It has no `default` for an input: the plugin writes them into what it checks, so that each
        language has those of the plugin, whatever the age of its SDK. It has no `replaceOnChanges`:
        what a change leads to is what the plugin says.
        """
        given = [row for row in self.kind.inputs.rows if not row.input.is_derived]
        outputs = dict(self._outputs())
        return {
            "description": f"{first_paragraph(self.cls)}\n\n{examples(self.name)}",
            "properties": outputs,
            "required": [
                key for name, key in self._keys.items() if key in outputs and self._is_set(name)
            ],
            "inputProperties": {row.key: self._input(row) for row in given},
            "requiredInputs": [row.key for row in given if row.required],
            "aliases": [{"type": f"pulumi-python:dynamic/amplify:{self.name}"}],
        }

    def types(self) -> dict[str, Any]:
        """The types that it refers to: its words, and the steps of its job."""
        words = {
            self._type_of(row): self._enum(row) for row in self.kind.inputs.rows if _words(row)
        }
        return {token(name): entry for name, entry in {**words, "Step": _step()}.items()}

    @cached_property
    def _keys(self) -> dict[str, str]:
        return {**self.kind.inputs.keys, **self.kind.outputs}

    @cached_property
    def _texts(self) -> dict[str, str]:
        texts = {**attribute_texts(self.args), **strings_below(self.cls)}
        names = [*self._keys, *(field.name for field in fields(Step))]
        return {name: in_all_languages(text, names) for name, text in texts.items()}

    @cached_property
    def _hints(self) -> dict[str, Any]:
        return {
            name: get_args(hint)[0]
            for name, hint in inspect.get_annotations(self.cls, eval_str=True).items()
        }

    def _input(self, row: Row) -> dict[str, Any]:
        type_ = _INPUTS[row.input.form]
        if _words(row):
            type_ = {"oneOf": [_TEXT, reference(self._type_of(row))]}
        return {**type_, "description": self._texts[row.name]}

    def _outputs(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for row in self.kind.inputs.rows:
            form = row.input.form
            type_ = _SMALL.get(row.key) or _RECORDED.get(form) or _INPUTS[form]
            yield row.key, {**type_, "description": self._texts[row.name]}
        for name, key in self.kind.outputs.items():
            type_ = _OUTPUTS[_without_none(self._hints[name])]
            yield key, {**type_, "description": self._texts[name]}

    def _is_set(self, name: str) -> bool:
        """Whether an output always has a value; of what may be anything that is not known."""
        hint = self._hints[name]
        return hint is not Any and _without_none(hint) is hint

    def _type_of(self, row: Row) -> str:
        """The name of the type of an input's words: a resource with fewer of them has its own."""
        name = type(row.default).__name__
        of_jobs = JOB_INPUTS.by_key.get(row.key)
        return name if of_jobs and _words(of_jobs) == _words(row) else f"{self.name}{name}"

    def _enum(self, row: Row) -> dict[str, Any]:
        texts = strings_below(type(row.default))
        return {
            "description": self._texts[row.name].partition(": ")[0].rstrip(".") + ".",
            "type": "string",
            "enum": [
                {
                    "name": _pascal_case(word.name),
                    "value": word.value,
                    "description": in_all_languages(texts[word.name], self._keys),
                }
                for word in _words(row)
            ],
        }


def _words(row: Row) -> tuple[Word, ...]:
    """The words that an input may be; AWS has one that StartJob does not take."""
    words = row.input.words or (type(row.default) if isinstance(row.default, Word) else ())
    return tuple(word for word in words if word is not JobType.MANUAL)


def _step() -> dict[str, Any]:
    texts, hints = attribute_texts(Step), get_type_hints(Step)
    return {
        "description": first_paragraph(Step).partition(". ")[0] + ".",
        "type": "object",
        "properties": {
            camel_case(field.name): {**_TEXT, "description": texts[field.name]}
            for field in fields(Step)
        },
        "required": [
            camel_case(name) for name, hint in hints.items() if _without_none(hint) is hint
        ],
    }


def _without_none(hint: Any) -> Any:
    """The type in an optional one; any other type as it is."""
    if isinstance(hint, types.UnionType) or getattr(hint, "__origin__", None) is Union:
        (hint,) = (each for each in get_args(hint) if each is not type(None))
    return hint


def _pascal_case(name: str) -> str:
    return "".join(word.title() for word in name.split("_"))
