"""The schema of the package: what pyproject.toml says of it, its provider, its resources, its types.

Source of the form: Pulumi's own description of it, `pulumi.json` beside its schema library.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Final

from amplify_job_resource._kind import DEPLOYMENT, JOB
from amplify_job_resource.deployment import Deployment, DeploymentArgs
from amplify_job_resource.resource import Job, JobArgs

from . import provider
from .names import PACKAGE, token
from .resources import Face

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT: Final = Path(__file__).resolve().parents[2]
#: The file in the wheel, which the plugin answers GetSchema with.
PATH: Final = ROOT / "amplify_job_resource" / "schema.json"

FACES: Final = (Face(Job, JobArgs, JOB), Face(Deployment, DeploymentArgs, DEPLOYMENT))

#: What each code generator is told. No SDK is published: `pulumi package add` generates them all. Those
#: for Python and Node.js are told their names, which would begin with the organisation's from git.
_LANGUAGES: Final = {
    "csharp": {"namespaces": {PACKAGE: "AmplifyJob"}, "respectSchemaVersion": True},
    "go": {"generateResourceContainerTypes": True, "respectSchemaVersion": True},
    "java": {"buildFiles": "gradle"},
    "nodejs": {"packageName": f"@pulumi/{PACKAGE}", "respectSchemaVersion": True},
    "python": {
        "packageName": "pulumi_amplify_job",
        "pyproject": {"enabled": True},
        "respectSchemaVersion": True,
    },
}


def package() -> dict[str, Any]:
    """The whole schema."""
    settings = provider.settings()
    types = provider.types()
    for face in FACES:
        types |= face.types()
    return {
        **_metadata(),
        "meta": {"moduleFormat": "(.*)", "supportPack": True},
        "language": _LANGUAGES,
        "config": {"variables": settings},
        "provider": provider.provider(settings),
        "types": dict(sorted(types.items())),
        "resources": {token(face.name): face.resource() for face in FACES},
    }


def as_text(schema: dict[str, Any]) -> str:
    """The schema as the file has it."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _metadata() -> dict[str, Any]:
    """What pyproject.toml says: a homepage and a repository as soon as it names them.

    With a repository on GitHub, `pluginDownloadURL` belongs here as well, as in
    `github://api.github.com/OWNER/NAME`: from its releases Pulumi then downloads the plugin by itself.
    The repository is also in the name of the Go module, and so in the examples.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    urls = {name.lower(): url for name, url in project.get("urls", {}).items()}
    known = {
        "name": PACKAGE,
        "displayName": "AWS Amplify Hosting Releases",
        "version": project["version"],
        "description": project["description"],
        "keywords": [*project["keywords"], "kind/native", "category/cloud"],
        "homepage": urls.get("homepage"),
        "repository": urls.get("repository"),
        "license": project["license"],
        "publisher": project["authors"][0]["name"],
    }
    return {key: value for key, value in known.items() if value is not None}
