"""What is secret in the provider's configuration: where state has it encrypted, what no line shows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, Final

from .._amplify.aws_settings import SETTINGS, Form
from .._provider_settings import SECRETS
from .wire import Path, Received

#: The field of a setting that is a secret.
_SECRET_FIELDS: Final = {
    name: field.name for name, row in SETTINGS.items() for field in row.fields if field.is_secret
}
_PROXIES: Final = ("httpProxy", "httpsProxy")
#: Texts that are shorter are common words. Within a list or a map they are it more often, since all of
#: it is a secret in many languages where a part is one.
_SHORTEST: Final = 3
_SHORTEST_PART: Final = 8


def secret_places(given: Mapping[str, Any]) -> Iterator[Path]:
    """Where the provider's inputs have secrets, however they are given.

    These are keys and tokens, all of a text that has one in it, and the address of a proxy that has a
    user's name or password in it. A place need not be there.
    """
    yield from ((name,) for name in SECRETS)
    for name, field in _SECRET_FIELDS.items():
        value = given.get(name)
        yield (name,) if isinstance(value, str) and field in value else (name, field)
    for name in _PROXIES:
        if "@" in str(given.get(name)):
            yield (name,)


def secret_texts(configuration: Received) -> frozenset[str]:
    """The texts in a configuration that no line and no error may show.

    Flags, numbers and the words of a few settings say nothing, and would be hidden everywhere.
    """
    given = configuration.properties
    places = configuration.secrets.union(secret_places(given))
    return frozenset(text for place in places for text in _texts(given, place))


def _texts(given: Mapping[str, Any], place: Path) -> Iterator[str]:
    row = SETTINGS.get(str(place[0]))
    if row is None or row.form in (Form.FLAG, Form.WHOLE, Form.WORD):
        return
    value: Any = given
    for part in place:
        try:
            value = value[part]
        except (IndexError, KeyError, TypeError):
            return
    if row.form is Form.TEXT:
        if isinstance(value, str) and len(value) >= _SHORTEST:
            yield value
        return
    if isinstance(value, str) and len(place) == 1:
        with suppress(ValueError):
            value = json.loads(value)
    yield from (text for text in _parts(value) if len(text) >= _SHORTEST_PART)


def _parts(value: Any) -> Iterator[str]:
    if isinstance(value, (dict, list)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _parts(part)
    elif isinstance(value, str):
        yield value
    elif isinstance(value, (int, float)):
        yield f"{value:.0f}"  # `pulumi config set --path` makes a number of an account's id.
