"""The provider's own configuration: of the stack, and of providers that a program declares."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from amplify_job_resource.emulator import Control

from tests.aws_server import AwsServer, aws_server
from tests.engine.conftest import APP
from tests.native.yaml_stack import YamlStack

pytestmark = pytest.mark.engine

Made = Callable[..., YamlStack]
OURS = "111122223333"
ROLE = f"arn:aws:iam::{OURS}:role/hidden-role"
COMMIT = "1f3c9e2a77"
SITE: Final = f"""
resources:
  site:
    type: amplify-job:Job
    properties: {{ appId: {APP}, branchName: main, commitId: {COMMIT} }}
"""
TWO: Final = f"""
resources:
  ireland:
    type: pulumi:providers:amplify-job
    properties: {{ region: eu-west-1 }}
  sweden:
    type: pulumi:providers:amplify-job
    properties: {{ region: eu-north-1 }}
  here:
    type: amplify-job:Job
    properties: {{ appId: {APP}, branchName: main }}
    options: {{ provider: "${{ireland}}" }}
  there:
    type: amplify-job:Job
    properties: {{ appId: {APP}, branchName: main }}
    options: {{ provider: "${{sweden}}" }}
  seen:
    type: amplify-job:Job
    get: {{ id: {APP}/main/1 }}
    options: {{ provider: "${{ireland}}", dependsOn: ["${{here}}"] }}
outputs:
  seen: ${{seen.region}}
"""


@pytest.fixture
def sts() -> Iterator[AwsServer]:
    with aws_server() as server:
        server.account = OURS
        yield server


def regions(emulator: Control) -> set[str]:
    """The regions that were called since the calls were cleared."""
    return {call["region"] for call in emulator.calls()}


def test_two_providers_reach_two_regions(new_yaml: Made, emulator: Control) -> None:
    """Each release is made, read and kept where its provider is, whatever this machine says."""
    for region in ("eu-west-1", "eu-north-1"):
        emulator.create_app(APP, ["main"], region=region)
    emulator.push(APP, "main", "8" * 40, region="eu-west-1")
    emulator.advance(60)
    emulator.clear_calls()
    stack = new_yaml(TWO)
    stack.up().ok()
    assert regions(emulator) == {"eu-west-1", "eu-north-1"}
    for name, region in (("here", "eu-west-1"), ("there", "eu-north-1")):
        outputs = stack.job(name)["outputs"]
        assert outputs["region"] == region
        assert f":{region}:" in outputs["jobArn"]
    assert stack.outputs() == {"seen": "eu-west-1"}
    emulator.clear_calls()
    stack.refresh().ok()
    assert {step for name in ("here", "there") for step in stack.up().ok().steps(name)} == {"same"}
    assert regions(emulator) == {"eu-west-1", "eu-north-1"}
    assert emulator.calls("StartJob") == []
    # A setting of a provider is no reason to replace it and all its releases.
    stack.change("{ region: eu-west-1 }", "{ region: eu-west-1, maxRetries: 3, lookahead: true }")
    run = stack.up().ok()
    assert run.steps("ireland") == ["update"]
    assert run.steps("here") == ["same"]
    stack.destroy().ok()
    assert emulator.calls("StopJob") == []


def test_a_job_is_imported_by_the_provider_of_its_region(new_yaml: Made, emulator: Control) -> None:
    """The import asks the region of the provider that is named, and records it."""
    emulator.create_app(APP, ["main"], region="eu-west-1")
    emulator.push(APP, "main", "8a" * 20, region="eu-west-1")
    emulator.advance(60)
    stack = new_yaml(TWO[: TWO.index("  sweden")])
    stack.up().ok()
    (provider,) = (r for r in stack.state()["resources"] if r["urn"].endswith("::ireland"))
    command = ("import", "amplify-job:index:Job", "site", f"{APP}/main/1", "--stack=dev", "--yes")
    lost = stack.pulumi(*command, "--skip-preview").failed()
    assert "For an app in another region" in lost.text
    stack.pulumi(*command, "--skip-preview", f"--provider=ireland={provider['urn']}").ok()
    assert stack.job()["outputs"]["region"] == "eu-west-1"


def provider(stack: YamlStack) -> dict[str, Any]:
    """The explicit provider in state."""
    found = (r for r in stack.state()["resources"] if r["urn"].endswith("::own"))
    return next(found)


def test_keys_and_roles_are_secrets_of_the_provider(
    new_yaml: Made, emulator: Control, sts: AwsServer
) -> None:
    """Keys always are, roles where the program says so; they are used, and shown nowhere."""
    stack = new_yaml(f"""
        resources:
          own:
            type: pulumi:providers:amplify-job
            properties:
              region: us-east-1
              accessKey: AKIAHIDDENKEY
              secretKey: hidden-secret
              token: hidden-token
              assumeRoles:
                - roleArn: {{ fn::secret: "{ROLE}" }}
                  sessionName: release
              endpoints: [{{ sts: "{sts.url}" }}]
              allowedAccountIds: ["{OURS}"]
          site:
            type: amplify-job:Job
            properties: {{ appId: {APP}, branchName: main, commitId: {COMMIT} }}
            options: {{ provider: "${{own}}" }}
        """)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        del stack.environment[name]
    runs = [stack.preview("--diff").ok(), stack.up("--diff").ok()]
    assert len(emulator.calls("StartJob")) == 1
    inputs = provider(stack)["inputs"]
    for key in ("accessKey", "secretKey", "token", "assumeRoles"):
        assert "ciphertext" in json.dumps(inputs[key]), key
    sts.account = "444455556666"
    runs += [stack.refresh().failed()]
    assert f"allowedAccountIds allows only {OURS}" in runs[-1].text
    assert "aws:" not in runs[-1].text.replace("arn:aws:", "")
    assert "change allowedAccountIds of the provider own" in runs[-1].text
    state = json.dumps(stack.state())
    for word in ("AKIAHIDDENKEY", "hidden-secret", "hidden-token", "hidden-role"):
        assert word not in state
        assert word not in "".join(run.text for run in runs)


def test_a_secret_profile_is_shown_nowhere(new_yaml: Made, emulator: Control) -> None:
    """Neither where it is missing, nor in state; a proxy with a password is a secret by itself."""
    stack = new_yaml(f"""
        resources:
          own:
            type: pulumi:providers:amplify-job
            properties:
              region: us-east-1
              profile: {{ fn::secret: hidden-profile }}
              httpProxy: http://me:hidden-word@127.0.0.1:1
          site:
            type: amplify-job:Job
            properties: {{ appId: {APP}, branchName: main, commitId: {COMMIT} }}
            options: {{ provider: "${{own}}" }}
        """)
    runs = [stack.preview("--diff").ok(), stack.up("--diff").failed()]
    assert "AWS cannot be used with profile '[secret]'" in runs[1].text
    for text in (*(run.text for run in runs), json.dumps(stack.state())):
        assert "hidden-" not in text
    assert emulator.calls() == []


def test_the_stack_has_the_settings_of_the_default_provider(
    new_yaml: Made, emulator: Control
) -> None:
    """`amplify-job:region` and the others reach the request; what is wrong is a sentence each."""
    emulator.create_app(APP, ["main"], region="eu-west-1")
    stack = new_yaml(SITE)
    del stack.environment["AWS_REGION"]
    url = stack.environment.pop("AWS_ENDPOINT_URL_AMPLIFY")
    stack.config_set("amplify-job:region", "eu-west-1")
    stack.config_set("amplify-job:endpoints[0].amplify", url, path=True)
    stack.config_set("amplify-job:secretKey", "hidden-secret", secret=True)
    stack.config_set("amplify-job:accessKey", "AKIAHIDDENKEY", secret=True)
    stack.config_set("amplify-job:lookahead", "true")
    assert "looking ahead" in stack.preview().ok().text
    stack.up().ok()
    assert regions(emulator) == {"eu-west-1"}
    assert "hidden-secret" not in json.dumps(stack.state())
    emulator.clear_calls()
    for key, value, reason in (
        ("regoin", "eu-west-1", "regoin is no setting of amplify-job: do you mean region?"),
        (
            "region",
            "Ireland",
            "region is 'Ireland': it must be the name of a region such as eu-west-1",
        ),
        ("insecure", "maybe", "insecure"),
        ("logLines", "many", "logLines of the provider's config must be"),
    ):
        stack.config_set(f"amplify-job:{key}", value)
        run = stack.preview().failed()
        assert reason in run.text
        assert "Traceback" not in run.text
        stack.pulumi("config", "rm", "--stack=dev", f"amplify-job:{key}").ok()
    assert emulator.calls() == []


def test_an_unknown_setting_of_a_declared_provider(new_yaml: Made, emulator: Control) -> None:
    """It is refused with its name, before anything of the stack is made."""
    stack = new_yaml(TWO.replace("region: eu-north-1", "regoin: eu-north-1"))
    for run in (stack.preview().failed(), stack.up().failed()):
        assert "regoin" in run.text
        assert "Traceback" not in run.text
    assert emulator.calls() == []


def test_a_preview_needs_no_credentials(new_yaml: Made, emulator: Control) -> None:
    """Neither for a first release nor for the next; an `up` says what is missing."""
    stack = new_yaml(SITE)
    stack.up().ok()
    for name in list(stack.environment):
        if name.startswith("AWS_"):
            del stack.environment[name]
    emulator.clear_calls()
    assert stack.preview().ok().steps("site") == ["same"]
    stack.change(COMMIT, "8b02d4a111")
    assert "release d1a2b3c4/main: 1f3c9e2 -> 8b02d4a" in stack.preview().ok().text
    stack.environment["AWS_EC2_METADATA_DISABLED"] = "true"
    run = stack.up().failed()
    assert "Unable to locate credentials" in run.text
    assert "Traceback" not in run.text
    assert emulator.calls() == []
