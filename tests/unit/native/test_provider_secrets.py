from __future__ import annotations

import json
from typing import Any

import pytest
from amplify_job_resource._native.provider_secrets import secret_places, secret_texts
from amplify_job_resource._native.wire import Path, Received

ROLE = "arn:aws:iam::111122223333:role/ci"
IDENTITY = {"roleArn": ROLE, "webIdentityToken": "a web token"}


@pytest.mark.parametrize(
    ("given", "place", "is_one"),
    [
        ({"accessKey": "AKIA1"}, ("accessKey",), True),
        ({"region": "eu-west-1"}, ("region",), False),
        ({"assumeRoleWithWebIdentity": IDENTITY}, ("assumeRoleWithWebIdentity",), False),
        (
            {"assumeRoleWithWebIdentity": IDENTITY},
            ("assumeRoleWithWebIdentity", "webIdentityToken"),
            True,
        ),
        (
            {"assumeRoleWithWebIdentity": json.dumps(IDENTITY)},
            ("assumeRoleWithWebIdentity",),
            True,
        ),
        ({"httpProxy": "http://proxy.example:3128"}, ("httpProxy",), False),
        ({"httpProxy": "http://me:hush@proxy.example:3128"}, ("httpProxy",), True),
        ({"httpsProxy": "me@proxy.example"}, ("httpsProxy",), True),
        ({"noProxy": "a@b"}, ("noProxy",), False),
    ],
)
def test_some_inputs_are_secrets_however_they_are_given(
    given: dict[str, Any], place: Path, is_one: bool
) -> None:
    """Keys, tokens and what holds one, and a proxy's address with a name or password in it."""
    assert (place in set(secret_places(given))) is is_one


@pytest.mark.parametrize(
    ("given", "secrets", "texts"),
    [
        ({"profile": "ci-hidden", "region": "eu-west-1"}, [("profile",)], {"ci-hidden"}),
        ({"profile": "ci"}, [("profile",)], set()),
        ({"region": "eu-west-1"}, [("region",), ("gone",), ("profile",)], {"eu-west-1"}),
        ({"secretKey": "s3cr3t", "token": "t0k3n"}, [], {"s3cr3t", "t0k3n"}),
        ({"httpsProxy": "http://me:pw@p:1"}, [], {"http://me:pw@p:1"}),
        # Only the token of a map, and all of a text.
        ({"assumeRoleWithWebIdentity": IDENTITY}, [], {"a web token"}),
        ({"assumeRoleWithWebIdentity": json.dumps(IDENTITY)}, [], {"a web token", ROLE}),
        (
            {"assumeRoles": [{"roleArn": ROLE, "sessionName": "release", "duration": "1h"}]},
            [("assumeRoles",)],
            {ROLE},
        ),
        (
            {"assumeRoles": [{"roleArn": ROLE, "externalId": "from-outside"}]},
            [("assumeRoles", 1, "roleArn"), ("assumeRoles", 0, "externalId")],
            {"from-outside"},
        ),
        (
            {"allowedAccountIds": [111122223333.0, "444455556666"], "endpoints": "no JSON, secret"},
            [("allowedAccountIds",), ("endpoints",)],
            {"111122223333", "444455556666", "no JSON, secret"},
        ),
        # These words are in many sentences, and say nothing.
        (
            {"insecure": "true", "maxRetries": "1234", "retryMode": "standard", "lookahead": "false"},
            [("insecure",), ("maxRetries",), ("retryMode",), ("lookahead",)],
            set(),
        ),
    ],
)  # fmt: skip
def test_the_texts_of_secrets_are_known(
    given: dict[str, Any], secrets: list[Any], texts: set[str]
) -> None:
    """What is marked, and what is a secret by itself; no flags, and no word that may be any word."""
    assert secret_texts(Received(given, frozenset(secrets))) == texts
