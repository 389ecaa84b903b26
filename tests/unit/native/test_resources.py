from __future__ import annotations

import pytest
from amplify_job_resource._amplify.setting_names import of_provider
from amplify_job_resource._kind import DEPLOYMENT, JOB, Kind
from amplify_job_resource._native.resources import Resources
from amplify_job_resource.errors import InvalidSettings

from tests.unit.native.calls import DEPLOYMENT_TYPE, JOB_TYPE, a_urn


@pytest.mark.parametrize(
    ("urn", "kind"),
    [
        (a_urn(type=JOB_TYPE), JOB),
        (a_urn(type=DEPLOYMENT_TYPE), DEPLOYMENT),
        (a_urn(type=f"my:index:Site${JOB_TYPE}"), JOB),
        (a_urn("a::name::of parts"), JOB),
    ],
)
def test_a_urn_says_which_resource_it_is(urn: str, kind: Kind) -> None:
    """The type token decides, that of parents and a strange name do not."""
    resources = Resources()
    assert resources.of(urn).kind is kind
    assert resources.of(urn) is resources.of(urn)


@pytest.mark.parametrize(
    ("urn", "said"),
    [
        ("", "'' is not the URN of a resource"),
        ("urn:pulumi:dev::shop", "'urn:pulumi:dev::shop' is not the URN of a resource"),
        (a_urn(type="aws:x/y:Z"), "amplify-job has no resource 'aws:x/y:Z': it has amplify-job:"),
        (a_urn(type=f"{JOB_TYPE}$x:y:Z"), "amplify-job has no resource 'x:y:Z'"),
        (a_urn(type="\n" * 999), r"amplify-job has no resource '\n"),
    ],
)
def test_what_is_not_ours_is_refused_by_name(urn: str, said: str) -> None:
    """A token of another provider, or of a later version, is named, on one line of a decent length."""
    with pytest.raises(InvalidSettings) as raised:
        Resources().of(urn)
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)
    assert len(str(raised.value)) < 600


def test_all_resources_have_the_configuration() -> None:
    """A configuration counts for each resource of the provider."""
    resources = Resources()
    config, west, secrets = {"aws:region": "eu-west-1"}, of_provider("west"), frozenset({"s3cr3t"})
    resources.configure(config, west, secrets)
    for type_ in (JOB_TYPE, DEPLOYMENT_TYPE):
        lifecycle = resources.of(a_urn(type=type_)).lifecycle
        assert (lifecycle.access.config, lifecycle.access.names) == (config, west)
        assert lifecycle.secret_texts == secrets
