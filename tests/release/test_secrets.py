"""A secret input is in nothing that a run says or leaves on disk, whichever input it is."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from amplify_job_resource._inputs.request import JOB_INPUTS
from amplify_job_resource._inputs.schema import Form
from amplify_job_resource._inputs.secrets import SECRET_INPUTS
from amplify_job_resource._inputs.words import Word
from amplify_job_resource._state import OUTPUTS
from amplify_job_resource.emulator import Fault, Plan

from tests.machine.engine import APP, BRANCHES, REGION
from tests.release.conftest import Scene

#: A value for each input that has more than a few values; a number is not found in other texts.
VALUES: Final[dict[str, Any]] = {
    "appId": APP,
    "branchName": BRANCHES[0],
    "commitId": "5ec7e75ec7e75ec7e75ec7e75ec7e75ec7e75ec7",
    "commitMessage": "Let us tell nobody\n\nof this: it's a secret",
    "commitTime": "2019-02-03T04:05:06Z",
    "jobReason": "an unspeakable reason",
    "sourceJobId": "4711",
    "triggers": {"hidden-key": "hidden-value", "more": ["hidden-entry"]},
    "healthCheck": "/hidden-page",
    "region": REGION,
    "profile": "hidden-profile",
}
OTHER: Final = "b" * 40


@pytest.fixture(autouse=True)
def _no_site(monkeypatch: pytest.MonkeyPatch) -> None:
    """A health check looks for a proxy where nobody listens, and not at a site out there."""
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")


def test_each_input_that_can_be_hidden_is_tried() -> None:
    """Flags, counts and words are left out: what a release does shows them."""
    others = {
        row.key
        for row in JOB_INPUTS.rows
        if row.input.form in (Form.FLAG, Form.COUNT) or isinstance(row.default, Word)
    }
    assert set(VALUES) == set(JOB_INPUTS.by_key) - others


def another_release(scene: Scene) -> None:
    scene.up()
    scene.refresh()
    look(scene)
    changed: dict[str, Any] = {"commitId": OTHER, "jobReason": "another", "triggers": {"more": 1}}
    scene.inputs.update({key: value for key, value in changed.items() if key in scene.inputs})
    scene.inputs["branchName"] = BRANCHES[1]
    scene.up()
    scene.destroy()


def failing(scene: Scene) -> None:
    scene.control.plan(APP, "main", Plan(outcome="FAILED"))
    scene.up()


def busy(scene: Scene) -> None:
    scene.start_long()
    scene.push("main", OTHER)
    scene.inputs["onBusy"] = "fail"
    scene.up()


def wrong_commit(scene: Scene) -> None:
    scene.control.plan(APP, "main", Plan(commit_id=OTHER))
    scene.inputs |= {"commitId": VALUES["commitId"], "verifyCommit": True}
    scene.up()


def adopting(scene: Scene) -> None:
    scene.start_long(60)
    scene.push("main", VALUES["commitId"])
    scene.inputs |= {"commitId": VALUES["commitId"], "onBusy": "adopt"}
    scene.up()


def branch_not_there(scene: Scene) -> None:
    scene.control.delete_branch(APP, "main")
    scene.up()


def expired(scene: Scene) -> None:
    scene.fault(Fault("expired", "StartJob", times=None))
    scene.up()


def unclear(scene: Scene) -> None:
    scene.fault(Fault("denied", "ListJobs", times=None), Fault("500", "StartJob", "after"))
    scene.up()


def maybe_ours(scene: Scene) -> None:
    scene.control.plan(APP, "main", Plan(echo_message=False))
    scene.fault(Fault("drop", "StartJob", "after"))
    scene.up()


def cut_off(scene: Scene) -> None:
    scene.killed_up("GetJob answered")
    look(scene)
    scene.up()


def looking_ahead(scene: Scene) -> None:
    scene.inputs["lookahead"] = True
    branch_not_there(scene)


def somebody_elses(scene: Scene) -> None:
    scene.inputs.pop("healthCheck", None)  # It goes with a wait.
    scene.inputs["waitForCompletion"] = False
    scene.up()
    scene.control.delete_branch(APP, "main")
    scene.backend.create_branch(APP, "main", {"enableAutoBuild": True})
    scene.foreign_start("main")
    scene.destroy()


def look(scene: Scene) -> None:
    """Nothing that was said or written until now holds the secret."""
    home = Path(os.environ["PULUMI_HOME"])
    written = {
        path.name: path.read_text(encoding="utf-8") for path in home.glob("amplify-job-resource/*")
    }
    text = f"{scene.said}\n{scene.error}\n{written}"
    (key,) = scene.inputs[SECRET_INPUTS]
    for form in forms(scene.inputs.get(key) or VALUES[key]):
        assert not re.search(rf"(?<![A-Za-z0-9]){re.escape(form)}(?![A-Za-z0-9])", text), text


def forms(value: Any) -> list[str]:
    """A value, or the keys and values in it; of a text each line, and the beginning of a commit."""
    if isinstance(value, dict):
        return [*value, *(form for entry in value.values() for form in forms(entry))]
    if isinstance(value, list):
        return [form for entry in value for form in forms(entry)]
    return [*filter(None, str(value).splitlines()), str(value)[:7]]


SCENES: Final[list[Callable[[Scene], None]]] = [
    another_release,
    failing,
    busy,
    wrong_commit,
    adopting,
    branch_not_there,
    expired,
    unclear,
    maybe_ours,
    cut_off,
    looking_ahead,
    somebody_elses,
]


@pytest.mark.parametrize("happens", SCENES, ids=lambda happens: happens.__name__)
@pytest.mark.parametrize("key", VALUES)
def test_a_secret_is_nowhere(
    scene: Scene, key: str, happens: Callable[[Scene], None], monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:  # fmt: skip
    """In no row, line, warning or error, and in no file, whatever happens to the release."""
    keys = "aws_access_key_id = testing\naws_secret_access_key = testing\n"
    (tmp_path / "config").write_text(f"[profile hidden-profile]\n{keys}", encoding="utf-8")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    scene.inputs |= {key: VALUES[key], SECRET_INPUTS: [key]}
    if key == "sourceJobId":
        scene.control.plan(APP, "main", Plan.instant(skip_ids=4710, commit_id="HEAD"))
        for _ in range(2):
            scene.push("main", OTHER)
            scene.pass_time(1)
        scene.inputs["jobType"] = "RETRY"
        del scene.inputs["commitId"]
    happens(scene)
    look(scene)
    if scene.resource and key in ("appId", "branchName"):
        # What Pulumi keeps in clear is the id; what else holds these is kept as a secret.
        holding = {
            name for name, value in scene.resource.outputs.items() if VALUES[key] in str(value)
        }
        assert holding <= {key, *(OUTPUTS[name] for name in ("job_arn", "url", "console_url"))}
