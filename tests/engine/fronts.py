"""The fronts of the package, and how a program of a test is made for each.

Tests of the engine's behaviour run over both: marked with `BOTH`, a test gets each front in turn
through the fixture `front`, by way of the stacks that it makes. Its programs are written for the
dynamic resources; for the native ones the same program imports the generated SDK, and the project
names the plugin, which is how a user changes over. A test of one front says why (`only_dynamic`); most
often its subject lies below the fronts (`LIFECYCLE_ALONE`), or it has a counterpart (`ALSO_IN_YAML`).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from amplify_job_resource._inputs.schema import camel_case

#: What has the plugin, for `plugins:` in Pulumi.yaml: the folder of this Python's scripts.
PLUGIN_FOLDER = Path(sys.executable).parent
#: By what the plugin processes of each front are known.
PLUGINS = ("pulumi.dynamic", "pulumi-resource-amplify-job")

#: Runs a test, or all of a module, over both fronts.
BOTH = pytest.mark.fronts("dynamic", "native")


def only_dynamic(why: str) -> pytest.MarkDecorator:
    """Runs a test over the dynamic front only, where its module has `BOTH`."""
    assert why
    return pytest.mark.fronts("dynamic")


#: A test whose subject lies below the fronts: to run it twice would show nothing more.
LIFECYCLE_ALONE = only_dynamic("the lifecycle alone decides it, whichever front asks")

#: A test with a counterpart whose program is in YAML, in tests/native.
ALSO_IN_YAML = only_dynamic("a program in YAML does the same in tests/native")


def spread(
    names: str, cases: Sequence[tuple[Any, ...]], native: Sequence[tuple[Any, ...]]
) -> pytest.MarkDecorator:
    """Runs all cases of a test over the dynamic front, and some of them over the native one.

    Args:
        names: The names of the test's parameters, with commas.
        cases: The values of each case.
        native: Those of the cases that both fronts have.
    """
    assert {*native} <= {*cases}
    values = [("dynamic", *case) for case in cases] + [("native", *case) for case in native]
    return pytest.mark.parametrize(f"front, {names}", values, indirect=["front"])


@dataclass(frozen=True)
class Front:
    """What differs for a user between the fronts."""

    name: str
    job_type: str
    deployment_type: str
    package: str
    """What a program imports."""
    settings: str
    """The namespace of the settings of AWS in a stack's config."""
    timeout: str
    """The name of the option with the timeouts."""
    word: Callable[[str], str]
    """An input's name in messages, made from its name in Python."""
    project: Mapping[str, Any] = field(default_factory=dict)
    """What Pulumi.yaml has beside name and runtime."""
    environment: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name

    def program(self, text: str) -> str:
        """A program for this front, made from one for the dynamic resources."""
        return text.replace("from amplify_job_resource import", f"from {self.package} import")


DYNAMIC = Front(
    name="dynamic",
    job_type="pulumi-python:dynamic/amplify:Job",
    deployment_type="pulumi-python:dynamic/amplify:Deployment",
    package="amplify_job_resource",
    settings="aws",
    timeout="custom_timeouts",
    word=str,
)


def native(sdk: Path) -> Front:
    """The front of the plugin, for programs that import the SDK in a folder."""
    return Front(
        name="native",
        job_type="amplify-job:index:Job",
        deployment_type="amplify-job:index:Deployment",
        package="pulumi_amplify_job",
        settings="amplify-job",
        timeout="customTimeouts",
        word=camel_case,
        project={
            "plugins": {"providers": [{"name": "amplify-job", "path": str(PLUGIN_FOLDER)}]},
        },
        environment={"PYTHONPATH": str(sdk)},
    )


#: Every type of a release in state.
RELEASE_TYPES = frozenset(
    kind for front in (DYNAMIC, native(Path())) for kind in (front.job_type, front.deployment_type)
)
