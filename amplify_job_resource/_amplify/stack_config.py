"""How the `aws:` values in a stack's config are read, each in the form that its row says.

All values in config are text. Lists, maps, numbers and flags are JSON in it, whether they were set as
JSON or with `pulumi config set --path`; secrets are in plain text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from ..errors import InvalidSettings
from .aws_settings import SETTINGS, Effect, Form, Row
from .setting_names import STACK, SettingNames

#: The namespace of Pulumi's AWS provider in a stack's config.
NAMESPACE: Final = "aws:"


class Refusal(InvalidSettings):
    """A setting that cannot be used.

    Attributes:
        name: the setting's name, without `aws:`.
        what: what follows it in a sentence about it.
    """

    def __init__(self, name: str, what: str, names: SettingNames = STACK) -> None:
        self.name = name
        self.what = what
        super().__init__(f"{names.subject(name)}{what}")


@contextmanager
def refusing(names: SettingNames) -> Iterator[None]:
    """Let each refusal of a setting in the block name it as its reader does.

    Raises:
        Refusal: a setting cannot be used.
    """
    try:
        yield
    except Refusal as error:
        raise Refusal(error.name, error.what, names) from None


def read(config: Mapping[str, Any], name: str) -> Any:
    """The value of one setting in its row's form; None when it is not set, or set to an empty text.

    Args:
        config: The whole stack config: full keys, values as text.
        name: The setting's name, without `aws:`.

    Raises:
        Refusal: it is not what the row wants.
    """
    row = SETTINGS[name]
    value = config.get(NAMESPACE + name)
    if value is None or value == "":
        return None
    if row.form is Form.TEXT:
        return value if isinstance(value, str) else str(value)
    if row.form is Form.WORD:
        return _word(row, str(value))
    if row.form is Form.FLAG:
        return _flag(row, str(value))
    if row.form is Form.WHOLE:
        return _whole(row, str(value))
    return _collection(row, value)


def refuse(name: str, what: str, wanted: str = "") -> Refusal:
    """The error of a setting that cannot be used: its name, what it is, what is wanted."""
    row = SETTINGS[name]
    wanted = wanted or row.wanted or row.form.value
    return Refusal(name, f" {what}: it must be {wanted}")


def unused(config: Mapping[str, Any], names: SettingNames = STACK) -> Iterator[str]:
    """A sentence for each `aws:` setting, and each field of one, that is set and has no effect.

    A setting that could change nothing here is left out.

    Args:
        config: The whole stack config: full keys, values as text.
        names: What the settings are called.

    Raises:
        Refusal: a setting is not what its row wants.
    """
    for name, why in _unused(config, names):
        yield f"{names.subject(name)} has no effect on releases: {why}"


def _unused(config: Mapping[str, Any], names: SettingNames) -> Iterator[tuple[str, str]]:
    for key in sorted(config):
        name = key.removeprefix(NAMESPACE)
        if name == key or config[key] in (None, ""):
            continue
        row = SETTINGS.get(name)
        if row is None:
            yield name, "this version of amplify-job-resource does not know it"
        elif row.effect is Effect.IGNORED:
            used = f"; {names.keys(row.instead)} is used" if row.instead else ""
            yield name, f"{row.why}{used}"
        elif name in ("httpProxy", "httpsProxy") and is_socks(str(config[key])):
            yield name, "botocore cannot use a SOCKS proxy"
        elif row.is_role:
            with refusing(names):
                entries = read(config, name)
            for entry in entries if isinstance(entries, list) else [entries]:
                for field in sorted(entry.keys() - {known.name for known in row.fields}):
                    yield f"{name}: {field}", f"a role has no such field in {names.keys(name)}"


def is_socks(url: str) -> bool:
    """Whether a proxy is of the kind that Pulumi's AWS provider can use, and botocore cannot."""
    return url.lower().startswith(("socks5://", "socks5h://"))


def _word(row: Row, value: str) -> str:
    for word in row.words:
        if value.lower() == word.lower():
            return word
    raise refuse(row.name, f"is {value!r}", " or ".join(row.words))


def _flag(row: Row, value: str) -> bool:
    if value.lower() in ("true", "t", "1"):
        return True
    if value.lower() in ("false", "f", "0"):
        return False
    raise refuse(row.name, f"is {value!r}")


def _whole(row: Row, value: str) -> int:
    try:
        number = int(value)
    except ValueError:
        number = -1
    if number < 0:
        raise refuse(row.name, f"is {value!r}")
    return number


def _collection(row: Row, value: Any) -> Any:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            raise refuse(row.name, "is not JSON") from None
    if row.form is Form.MAP:
        return _of(row, value, dict)
    if row.name == "endpoints" and isinstance(value, dict):
        return [value]  # A single map passes as well.
    entries = _of(row, value, list)
    if row.form is Form.MAPS:
        return [_of(row, entry, dict, "has an entry that ") for entry in entries]
    # `pulumi config set --path 'aws:allowedAccountIds[0]' 111122223333` makes a number of it.
    if any(isinstance(entry, bool | float | list | dict | None) for entry in entries):
        raise refuse(row.name, "has an entry that is not text")
    return [str(entry) for entry in entries]


def _of(row: Row, value: Any, form: type, prefix: str = "") -> Any:
    if isinstance(value, form):
        return value
    kinds = {dict: "a map", list: "a list", str: "text", bool: "true or false", type(None): "null"}
    raise refuse(row.name, f"{prefix}is {kinds.get(type(value), 'a number')}")
