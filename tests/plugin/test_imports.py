"""What the plugin's process loads: a preview that asks nothing of AWS shall not load its SDK."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.plugin.process import Plugin

INPUTS = {"appId": "d1a2b3c4", "branchName": "main"}
#: Never wanted in a preview without lookahead; of botocore only what reads the limits of its model.
UNWANTED = ("boto3", "botocore.session", "botocore.client", "s3transfer", "moto", "click", "rich")


def loaded(plugin: Plugin) -> set[str]:
    """The modules that a process has loaded, which it has said on stderr; it is ended for that."""
    plugin.close()
    return set(re.findall(r"^import time:.*\| +(\S+)$", plugin.stderr, re.MULTILINE))


@pytest.fixture
def telling(start: Callable[..., Plugin]) -> Plugin:
    """A plugin that tells of each module that it loads."""
    return start({"PYTHONPROFILEIMPORTTIME": "1"})


def test_a_preview_loads_no_sdk_of_aws(telling: Plugin) -> None:
    """Check and diff of a release load neither boto3 nor what is shipped beside the resource."""
    checked = telling.check({}, INPUTS)
    telling.diff("d1a2b3c4/main/1", {**checked.inputs, "jobId": "1"}, checked.inputs)
    modules = loaded(telling)
    assert "amplify_job_resource._lifecycle" in modules
    assert not modules.intersection(UNWANTED)


def test_a_release_loads_it(telling: Plugin) -> None:
    """What a process tells of its modules would show the SDK, once something is asked of AWS."""
    telling.create(telling.check({}, INPUTS).inputs)
    assert "boto3" in loaded(telling)
