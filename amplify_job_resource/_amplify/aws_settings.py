"""The settings of Pulumi's AWS provider, one row each: what a value must be, and what it does here.

The provider `amplify-job` has the same settings, and its schema is made from these rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final


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
    """One setting, or one field of a setting that is a map.

    Attributes:
        name: its name in config, without `aws:`.
        form: what its value must be.
        text: what it does, for the documentation of the provider; empty where it does nothing.
        effect: whether it is used.
        why: why it is not used.
        instead: the name of the setting that is used in its place.
        wanted: what its value must be in words, where that is more than the form says.
        words: the words of a `WORD`.
        fields: the fields of a map that are used.
        type: the name of a map's type in the schema, where it has `fields`.
        is_secret: whether nobody may see its value.
        is_required: whether a map is wrong without this field.
    """

    name: str
    form: Form = Form.TEXT
    text: str = ""
    effect: Effect = Effect.USED
    why: str = ""
    instead: str = ""
    wanted: str = ""
    words: tuple[str, ...] = ()
    fields: tuple[Row, ...] = ()
    type: str = ""
    is_secret: bool = False
    is_required: bool = False

    @property
    def is_role(self) -> bool:
        """Whether it is a role, or a list of them: a field that is not known may have been meant."""
        return any(field.name == "roleArn" for field in self.fields)


def _no_effect(name: str, form: Form, why: str) -> Row:
    return Row(name, form, effect=Effect.NONE, why=why)


_ACCOUNTS: Final = 'a list of account ids of 12 digits, such as ["111122223333"]'
#: The fields of both kinds of roles, with both names that Pulumi's AWS provider reads durations from.
_EITHER_ROLE: Final = (
    Row("roleArn", text="The ARN of the role.", is_required=True),
    Row("duration", text="How long a session of the role lasts, such as `1h` or `15m30s`."),
    Row(
        "durationSeconds",
        Form.WHOLE,
        "How many seconds a session of the role lasts; `duration` takes precedence.",
    ),
    Row("policy", text="A policy as JSON that narrows what the role allows."),
    Row("policyArns", Form.LIST, "The ARNs of policies that narrow what the role allows."),
    Row("sessionName", text="The name of the session."),
)
_ROLE: Final = (
    *_EITHER_ROLE,
    Row("externalId", text="The external id that the role asks for."),
    Row("sourceIdentity", text="The source identity of the session."),
    Row("tags", Form.MAP, "Tags of the session."),
    Row(
        "transitiveTagKeys",
        Form.LIST,
        "The keys of the tags that the sessions of further roles have as well.",
    ),
)
_WEB_IDENTITY: Final = (
    *_EITHER_ROLE,
    Row("webIdentityToken", text="The token; it takes precedence over the file.", is_secret=True),
    Row(
        "webIdentityTokenFile",
        text="The file that holds the token; it is read again at each renewal.",
    ),
)
_ENDPOINTS: Final = (
    Row("amplify", text="The address of Amplify."),
    Row("sso", text="The address of IAM Identity Center (SSO)."),
    Row("sts", text="The address of STS."),
)

_ROWS: Final = (
    Row("accessKey", text="The access key; `secretKey` belongs to it.", is_secret=True),
    Row(
        "allowedAccountIds",
        Form.LIST,
        "The only AWS accounts that the credentials may belong to. STS says which account it is before "
        "the first call to Amplify. Not together with `forbiddenAccountIds`.",
        wanted=_ACCOUNTS,
    ),
    Row(
        "assumeRole",
        Form.MAP,
        "A role to assume. `assumeRoles` takes precedence.",
        wanted="a map with a roleArn",
        fields=_ROLE,
        type="AssumeRole",
    ),
    Row(
        "assumeRoles",
        Form.MAPS,
        "Roles to assume, one after the other. They are renewed during a long wait.",
        wanted="a list of maps with a roleArn",
        fields=_ROLE,
        type="AssumeRole",
    ),
    Row(
        "assumeRoleWithWebIdentity",
        Form.MAP,
        "A role for a token of an identity provider: `webIdentityToken` or `webIdentityTokenFile` is "
        "required.",
        fields=_WEB_IDENTITY,
        type="AssumeRoleWithWebIdentity",
    ),
    Row("customCaBundle", text="A file of certificates to trust."),
    _no_effect("defaultTags", Form.MAP, "a job has no tags"),
    Row("ec2MetadataServiceEndpoint", text="The address of an instance's metadata service."),
    Row(
        "ec2MetadataServiceEndpointMode",
        Form.WORD,
        "How the metadata service of an instance is reached: `IPv4` or `IPv6`.",
        words=("IPv4", "IPv6"),
    ),
    Row(
        "endpoints",
        Form.MAPS,
        "Addresses of AWS's services, where they are not AWS's own.",
        wanted="a list of maps, service to URL",
        fields=_ENDPOINTS,
        type="Endpoints",
    ),
    Row(
        "forbiddenAccountIds",
        Form.LIST,
        "AWS accounts that the credentials may not belong to. Not together with `allowedAccountIds`.",
        wanted=_ACCOUNTS,
    ),
    Row(
        "httpProxy",
        text="The proxy for HTTP, and for HTTPS where neither `httpsProxy` nor `HTTPS_PROXY` is set. "
        "A SOCKS proxy has no effect.",
    ),
    Row("httpsProxy", text="The proxy for HTTPS. A SOCKS proxy has no effect."),
    _no_effect("ignoreTags", Form.MAP, "a job has no tags"),
    Row("insecure", Form.FLAG, "Whether certificates are not checked. Default false."),
    Row(
        "maxRetries",
        Form.WHOLE,
        "How often a read or a StopJob is sent, at most 10 times. Default 4. StartJob is always sent "
        "once.",
    ),
    Row("noProxy", text="The hosts that are reached without a proxy, separated by commas."),
    Row("profile", text="A profile of the shared AWS config."),
    Row(
        "region",
        text="The region of the apps. Default: `AWS_REGION`, then `AWS_DEFAULT_REGION`, then the "
        "profile's region.",
    ),
    Row(
        "retryMode",
        Form.WORD,
        "How reads and StopJob are sent again: `standard` (the default) or `adaptive`.",
        words=("standard", "adaptive"),
    ),
    _no_effect("s3UsEast1RegionalEndpoint", Form.TEXT, "AWS gives the address in S3"),
    _no_effect("s3UsePathStyle", Form.FLAG, "AWS gives the address in S3"),
    Row("secretKey", text="The secret key; `accessKey` belongs to it.", is_secret=True),
    Row(
        "sharedConfigFiles",
        Form.LIST,
        "The shared config files, read as one; a later file takes precedence.",
    ),
    Row(
        "sharedCredentialsFiles",
        Form.LIST,
        "The shared credentials files, read as one; a later file takes precedence.",
    ),
    _no_effect("skipCredentialsValidation", Form.FLAG, "nothing is validated in advance"),
    Row(
        "skipMetadataApiCheck",
        Form.FLAG,
        "Whether the metadata service of an instance is not asked for credentials. Default false.",
    ),
    _no_effect("skipRegionValidation", Form.FLAG, "regions are not validated in advance"),
    _no_effect("skipRequestingAccountId", Form.FLAG, "only account guards ask for it"),
    Row("stsRegion", text="The region of STS. Default: `region`."),
    Row("token", text="The session token of temporary keys.", is_secret=True),
    Row(
        "tokenBucketRateLimiterCapacity",
        Form.WHOLE,
        effect=Effect.IGNORED,
        why="botocore limits retries in its own way",
        instead="maxRetries",
    ),
    Row("useDualstackEndpoint", Form.FLAG, "Whether AWS's dual-stack endpoints are used."),
    Row("useFipsEndpoint", Form.FLAG, "Whether AWS's FIPS endpoints are used."),
)
#: Each row by its name.
SETTINGS: Final[Mapping[str, Row]] = {row.name: row for row in _ROWS}
