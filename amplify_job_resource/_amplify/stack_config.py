"""The settings of Pulumi's AWS provider: one row each, and how the values in a stack's config are read.

All values in config are text. Lists, maps, numbers and flags are JSON in it, whether they were set as
JSON or with `pulumi config set --path`; secrets are in plain text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from ..errors import InvalidSettings

#: The namespace of Pulumi's AWS provider in a stack's config.
NAMESPACE: Final = "aws:"


class Form(Enum):
    """What a value must be; in words, as a message says it."""

    TEXT = "text"
    FLAG = "true or false"
    WHOLE = "a whole number, 0 or greater"
    WORD = "one of a few words"
    LIST = "a list of texts"
    MAP = "a map"
    MAPS = "a list of maps"


class Effect(Enum):
    """What a setting does to the calls of this package."""

    USED = "used"
    #: It could change nothing: it is about other services, or about what is never done here.
    NONE = "none"
    #: It could change something, and does not: a preview says so.
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Row:
    """One setting.

    Attributes:
        name: its name in config, without `aws:`.
        form: what its value must be.
        effect: whether it is used.
        why: why it is not used.
        wanted: what its value must be in words, where that is more than the form says.
        words: the words of a `WORD`.
        fields: the fields of a map, where others have no effect.
    """

    name: str
    form: Form = Form.TEXT
    effect: Effect = Effect.USED
    why: str = ""
    wanted: str = ""
    words: tuple[str, ...] = ()
    fields: frozenset[str] = frozenset()


_ACCOUNTS: Final = 'a list of account ids of 12 digits, such as ["111122223333"]'
#: The fields of a role, with both names that Pulumi's AWS provider reads its duration from.
_EITHER_ROLE: Final = (
    "duration",
    "durationSeconds",
    "policy",
    "policyArns",
    "roleArn",
    "sessionName",
)
_ROLE: Final = frozenset(
    [*_EITHER_ROLE, "externalId", "sourceIdentity", "tags", "transitiveTagKeys"],
)
_WEB_IDENTITY: Final = frozenset([*_EITHER_ROLE, "webIdentityToken", "webIdentityTokenFile"])

_ROWS: Final = (
    Row("accessKey"),
    Row("allowedAccountIds", Form.LIST, wanted=_ACCOUNTS),
    Row("assumeRole", Form.MAP, wanted="a map with a roleArn", fields=_ROLE),
    Row("assumeRoles", Form.MAPS, wanted="a list of maps with a roleArn", fields=_ROLE),
    Row("assumeRoleWithWebIdentity", Form.MAP, fields=_WEB_IDENTITY),
    Row("customCaBundle"),
    Row("defaultTags", Form.MAP, Effect.NONE, "a job has no tags"),
    Row("ec2MetadataServiceEndpoint"),
    Row("ec2MetadataServiceEndpointMode", Form.WORD, words=("IPv4", "IPv6")),
    Row("endpoints", Form.MAPS, wanted="a list of maps, service to URL"),
    Row("forbiddenAccountIds", Form.LIST, wanted=_ACCOUNTS),
    Row("httpProxy"),
    Row("httpsProxy"),
    Row("ignoreTags", Form.MAP, Effect.NONE, "a job has no tags"),
    Row("insecure", Form.FLAG),
    Row("maxRetries", Form.WHOLE),
    Row("noProxy"),
    Row("profile"),
    Row("region"),
    Row("retryMode", Form.WORD, words=("standard", "adaptive")),
    Row("s3UsEast1RegionalEndpoint", Form.TEXT, Effect.NONE, "AWS gives the address in S3"),
    Row("s3UsePathStyle", Form.FLAG, Effect.NONE, "AWS gives the address in S3"),
    Row("secretKey"),
    Row("sharedConfigFiles", Form.LIST),
    Row("sharedCredentialsFiles", Form.LIST),
    Row("skipCredentialsValidation", Form.FLAG, Effect.NONE, "nothing is validated in advance"),
    Row("skipMetadataApiCheck", Form.FLAG),
    Row("skipRegionValidation", Form.FLAG, Effect.NONE, "regions are not validated in advance"),
    Row("skipRequestingAccountId", Form.FLAG, Effect.NONE, "only account guards ask for it"),
    Row("stsRegion"),
    Row("token"),
    Row(
        "tokenBucketRateLimiterCapacity",
        Form.WHOLE,
        Effect.IGNORED,
        "botocore limits retries in its own way; aws:maxRetries is used",
    ),
    Row("useDualstackEndpoint", Form.FLAG),
    Row("useFipsEndpoint", Form.FLAG),
)
SETTINGS: Final[Mapping[str, Row]] = {row.name: row for row in _ROWS}


def read(config: Mapping[str, Any], name: str) -> Any:
    """The value of one setting in its row's form; None when it is not set, or set to an empty text.

    Args:
        config: The whole stack config: full keys, values as text.
        name: The setting's name, without `aws:`.

    Raises:
        errors.InvalidSettings: it is not what the row wants.
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


def refuse(name: str, what: str, wanted: str = "") -> InvalidSettings:
    """The error of a setting that cannot be used: its name, what it is, what is wanted."""
    row = SETTINGS[name]
    wanted = wanted or row.wanted or row.form.value
    return InvalidSettings(f"the stack's {NAMESPACE}{name} {what}: it must be {wanted}")


def unused(config: Mapping[str, Any]) -> Iterator[str]:
    """A sentence for each `aws:` setting, and each field of one, that is set and has no effect.

    A setting that could change nothing here is left out.

    Raises:
        errors.InvalidSettings: a setting is not what its row wants.
    """
    for key in sorted(config):
        name = key.removeprefix(NAMESPACE)
        if name == key or config[key] in (None, ""):
            continue
        row = SETTINGS.get(name)
        if row is None:
            yield _unused(key, "this version of amplify-job-resource does not know it")
        elif row.effect is Effect.IGNORED:
            yield _unused(key, row.why)
        elif name in ("httpProxy", "httpsProxy") and is_socks(str(config[key])):
            yield _unused(key, "botocore cannot use a SOCKS proxy")
        elif row.fields:
            entries = read(config, name)
            for entry in entries if isinstance(entries, list) else [entries]:
                for field in sorted(set(entry) - row.fields):
                    yield _unused(f"{key}: {field}", f"a role has no such field in {key}")


def is_socks(url: str) -> bool:
    """Whether a proxy is of the kind that Pulumi's AWS provider can use, and botocore cannot."""
    return url.lower().startswith(("socks5://", "socks5h://"))


def _unused(key: str, why: str) -> str:
    return f"the stack's {key} has no effect on releases: {why}"


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
