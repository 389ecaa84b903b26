"""Each setting of Pulumi's AWS provider has a row, which says what it does."""

from __future__ import annotations

from amplify_job_resource._amplify.aws_settings import SETTINGS, Effect, Form

#: As Pulumi's AWS provider lists them.
PROVIDER = """
    accessKey allowedAccountIds assumeRole assumeRoles assumeRoleWithWebIdentity customCaBundle
    defaultTags ec2MetadataServiceEndpoint ec2MetadataServiceEndpointMode endpoints
    forbiddenAccountIds httpProxy httpsProxy ignoreTags insecure maxRetries noProxy profile region
    retryMode s3UsEast1RegionalEndpoint s3UsePathStyle secretKey sharedConfigFiles
    sharedCredentialsFiles skipCredentialsValidation skipMetadataApiCheck skipRegionValidation
    skipRequestingAccountId stsRegion token tokenBucketRateLimiterCapacity useDualstackEndpoint
    useFipsEndpoint
"""


def test_each_setting_of_the_provider_has_a_row() -> None:
    """None is forgotten, and what is not used says why."""
    assert set(SETTINGS) == set(PROVIDER.split())
    for row in SETTINGS.values():
        assert bool(row.why) is (row.effect is not Effect.USED)
        assert row.instead in ("", *SETTINGS)
        assert bool(row.words) is (row.form is Form.WORD)


def test_each_setting_and_field_is_told() -> None:
    """What is used says what it does in whole sentences; a map with fields has a type."""
    for row in SETTINGS.values():
        assert bool(row.text) is (row.effect is Effect.USED), row.name
        assert bool(row.fields) is bool(row.type), row.name
        for told in (row, *row.fields):
            assert not told.text or (told.text[0].isupper() and told.text.endswith(".")), told.name
        assert all(field.text for field in row.fields), row.name


def test_the_keys_and_tokens_are_secrets() -> None:
    """What lets its holder sign in is a secret, also within a role; nothing else is one."""
    secrets = {row.name for row in SETTINGS.values() if row.is_secret}
    nested = {field.name for row in SETTINGS.values() for field in row.fields if field.is_secret}
    assert secrets == {"accessKey", "secretKey", "token"}
    assert nested == {"webIdentityToken"}
