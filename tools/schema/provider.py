"""The provider in the schema: its settings are those of Pulumi's AWS provider, and two of its own."""

from __future__ import annotations

from typing import Any, Final

from amplify_job_resource._amplify.aws_settings import SETTINGS, Effect, Form, Row
from amplify_job_resource._stack_defaults import TEXTS

from .names import ANY, examples, reference, token

_TEXT: Final = {"type": "string"}
_FORMS: Final[dict[Form, dict[str, Any]]] = {
    Form.TEXT: _TEXT,
    Form.FLAG: {"type": "boolean"},
    Form.WHOLE: {"type": "integer"},
    Form.WORD: _TEXT,
    Form.LIST: {"type": "array", "items": _TEXT},
    Form.MAP: {"type": "object", "additionalProperties": _TEXT},
}
_OWN: Final = {"lookahead": {"type": "boolean"}, "logLines": {"type": "integer"}}
_TYPE_TEXTS: Final = {
    "AssumeRole": "A role to assume.",
    "AssumeRoleWithWebIdentity": "A role for a token of an identity provider.",
    "Endpoints": "Addresses of AWS's services.",
}


def settings() -> dict[str, Any]:
    """Each setting, as one of the stack (`amplify-job:region`) and as an input of a provider."""
    own = {name: {**type_, "description": TEXTS[name]} for name, type_ in _OWN.items()}
    return dict(sorted({**{row.name: _property(row) for row in SETTINGS.values()}, **own}.items()))


def provider(inputs: dict[str, Any]) -> dict[str, Any]:
    """The provider's entry. As outputs it has its texts that are no secrets: Pulumi knows no others."""
    texts = {
        name: entry
        for name, entry in inputs.items()
        if entry.get("type") == "string" and not entry.get("secret")
    }
    return {
        "description": examples("Provider"),
        "properties": texts,
        "inputProperties": inputs,
    }


def types() -> dict[str, Any]:
    """The types of the settings that are maps."""
    return {token(row.type): _type(row) for row in SETTINGS.values() if row.type}


def _type(row: Row) -> dict[str, Any]:
    required = [field.name for field in row.fields if field.is_required]
    return {
        "description": _TYPE_TEXTS[row.type],
        "type": "object",
        "properties": {field.name: _property(field) for field in row.fields},
        **({"required": required} if required else {}),
    }


def _property(row: Row) -> dict[str, Any]:
    type_ = _FORMS.get(row.form) or {"type": "array", "items": reference(row.type)}
    if row.form is Form.MAP and row.type:
        type_ = reference(row.type)
    elif row.effect is not Effect.USED and row.form is Form.MAP:
        type_ = {"type": "object", "additionalProperties": ANY}
    secret = {"secret": True} if row.is_secret else {}
    return {**type_, "description": _text(row), **secret}


def _text(row: Row) -> str:
    if row.effect is Effect.USED:
        return row.text
    used = f"; `{row.instead}` is used" if row.instead else ""
    return f"Has no effect: {row.why}{used}."
