from __future__ import annotations

import json
from importlib.metadata import version

import pytest
from amplify_job_resource._native.package import package_schema, package_version
from amplify_job_resource.errors import InvalidSettings


def test_the_version_is_that_of_the_package() -> None:
    """A plugin has the version of the distribution that it is in."""
    assert package_version() == version("amplify-job-resource")


def test_the_schema_has_the_version_of_the_package() -> None:
    """The file in the package names no version that somebody would have to keep current."""
    schema = json.loads(package_schema())
    assert schema["version"] == package_version()
    assert schema["name"] == "amplify-job"
    assert schema["resources"]["amplify-job:index:Job"]["inputProperties"]["appId"]


@pytest.mark.parametrize("form", [1, -1, 2**31 - 1])
def test_a_schema_of_another_form_is_refused(form: int) -> None:
    """A form of the schema that is not known here is named."""
    with pytest.raises(InvalidSettings, match=f"a schema of version {form} was asked for"):
        package_schema(form)
