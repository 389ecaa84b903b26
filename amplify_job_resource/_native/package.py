"""What the package tells of itself: its version and its schema."""

from __future__ import annotations

import json
from importlib.metadata import version
from importlib.resources import files
from typing import Final

from ..errors import InvalidSettings

#: The package's name in tokens and in a stack's config.
PACKAGE: Final = "amplify-job"
#: The file with the schema, which `make schema` makes.
SCHEMA: Final = "schema.json"
#: The one version of the form of a schema that there is.
_FORM: Final = 0


def package_version() -> str:
    """The version of this package, such as `0.1.0`."""
    return version("amplify-job-resource")


def package_schema(form: int = _FORM) -> str:
    """The schema of the provider in JSON, with the version of this package.

    Args:
        form: The version of the form that is asked for.

    Raises:
        errors.InvalidSettings: it is not known.
    """
    if form != _FORM:
        raise InvalidSettings(
            f"a schema of version {form} was asked for, and this provider has version {_FORM} only: "
            "a newer release of amplify-job-resource may have it"
        )
    text = (files("amplify_job_resource") / SCHEMA).read_text(encoding="utf-8")
    return json.dumps({**json.loads(text), "version": package_version()})
