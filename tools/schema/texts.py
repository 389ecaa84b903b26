"""Texts of the documentation: from the docstrings of the Python classes to words of all languages.

Names of inputs are in camelCase, in the SDK for Python as well: Pulumi's form for a name that each
language writes in its own way, `{{% ref … %}}`, is shown as it is by a CLI older than 3.247.
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Iterable
from typing import Any

from amplify_job_resource._inputs.schema import camel_case

#: What is said of Python's resource, which takes the stack's settings for AWS, and how it is said of a
#: provider, which has settings of its own.
_PHRASES = (
    (re.compile(r"the stack's `(?:aws|amplify-job):(\w+)`"), r"the provider's `\1`"),
    (re.compile(r"boto3's own chain"), "what the environment and the shared AWS config say"),
)
#: A sentence that names Python, with the space before it, is of no use in another language.
_OF_PYTHON = re.compile(r"\s*[^.]*\bPython\b[^.]*\.")


def attribute_texts(cls: type[Any]) -> dict[str, str]:
    """The texts in the `Attributes:` section of a class's docstring, by Python's names."""
    section = inspect.cleandoc(cls.__doc__ or "").partition("Attributes:\n")[2]
    entries = re.split(r"^ {4}(?=\w+: )", section.partition("\n\n")[0], flags=re.MULTILINE)[1:]
    return {name: _one_line(text) for name, _, text in (entry.partition(": ") for entry in entries)}


def strings_below(cls: type[Any]) -> dict[str, str]:
    """The strings that stand below the fields or members of a class, by Python's names."""
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(cls))).body
    assert isinstance(tree, ast.ClassDef)
    found = {}
    for field, below in zip(tree.body, tree.body[1:], strict=False):
        if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant):
            for target in _targets(field):
                found[target] = _one_line(str(below.value.value))
    return found


def first_paragraph(cls: type[Any]) -> str:
    """What a class's docstring begins with."""
    return _one_line(inspect.cleandoc(cls.__doc__ or "").partition("\n\n")[0])


def in_all_languages(text: str, names: Iterable[str]) -> str:
    """A text of the Python class in words that are right in every language.

    Args:
        text: The text, on one line.
        names: Python's names of the inputs and outputs, which other languages write in camelCase.
    """
    text = _OF_PYTHON.sub("", text)
    for form, phrase in _PHRASES:
        text = form.sub(phrase, text)
    for name in names:
        text = text.replace(f"`{name}`", f"`{camel_case(name)}`")
    return text


def _targets(field: ast.stmt) -> list[str]:
    targets = field.targets if isinstance(field, ast.Assign) else [getattr(field, "target", None)]
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _one_line(text: str) -> str:
    return " ".join(text.split())
