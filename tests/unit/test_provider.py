"""The dynamic front: its pickle in every user's state, and how it turns Pulumi's values."""

from __future__ import annotations

import base64
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import dill
import pulumi
import pytest
from amplify_job_resource import Job, JobProvider
from amplify_job_resource._engine.operation import use
from amplify_job_resource._inputs.request import Properties
from amplify_job_resource._inputs.rules import Problem
from amplify_job_resource._lifecycle import Lifecycle, Recorded
from amplify_job_resource._operation import Operation
from amplify_job_resource._preview.changes import Change, ChangeKind, compare
from amplify_job_resource._values.unknown import UNKNOWN
from pulumi.dynamic import Config, ConfigureRequest
from pulumi.dynamic.dynamic import serialize_provider
from pulumi.output import Unknown

from tests.operations import URN, FakeOperation
from tests.unit.programs import PICKLES, TOKEN, Engine

KNOWN = PICKLES[pickle.DEFAULT_PROTOCOL]

PROGRAM = (
    "from amplify_job_resource import JobProvider\n"
    "from pulumi.dynamic.dynamic import serialize_provider\n"
    "print(serialize_provider(JobProvider()))\n"
)


def test_the_pickle_is_small_and_known() -> None:
    """These bytes are in state: a change of them would show as a change of every resource."""
    assert serialize_provider(JobProvider()) == KNOWN
    assert len(KNOWN) < 100


@pytest.mark.parametrize("protocol", PICKLES)
def test_the_pickle_names_the_class_and_holds_nothing(
    protocol: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each Python reads what another one wrote: the installed class, so that code is that of today."""
    provider = dill.loads(base64.b64decode(PICKLES[protocol]))
    assert type(provider) is JobProvider
    assert vars(provider) == {}
    monkeypatch.setattr(pickle, "DEFAULT_PROTOCOL", protocol)
    assert serialize_provider(provider) == PICKLES[protocol]


@pytest.mark.parametrize("seed", ["0", "1", "4242", "random"])
def test_the_pickle_is_the_same_in_every_process(seed: str, tmp_path: Path) -> None:
    """Neither the hash seed nor the folder of the program is in the bytes."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        check=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == KNOWN


def test_a_configured_provider_has_the_same_pickle() -> None:
    """What the plugin keeps of the stack's config is on the class and never in the bytes."""
    before = JobProvider.lifecycle.access.config
    try:
        provider = JobProvider()
        config = Config(raw_config={"aws:secretKey": "hush"}, project_name="shop")
        provider.configure(ConfigureRequest(config=config))
        assert serialize_provider(provider) == KNOWN
    finally:
        JobProvider.lifecycle.access.config = before


def test_many_releases_fit_in_a_program() -> None:
    """1,500 jobs in one program do not use up Python's stack, and all carry the same bytes."""
    engine = Engine()
    pulumi.runtime.set_mocks(engine, project="shop", stack="dev")

    def program() -> None:
        for number in range(1500):
            Job(f"site-{number}", app_id="d1a2", branch_name=f"b{number}")

    pulumi.runtime.test(program)()  # type: ignore[no-untyped-call]
    assert len(engine.declared) == 1500
    assert {declared.typ for declared in engine.declared} == {TOKEN}
    assert {declared.inputs["__provider"] for declared in engine.declared} == {KNOWN}


class FakeLifecycle(Lifecycle):
    """Gives a fixed answer, and keeps the properties that it was given."""

    def __init__(self, answer: Any = None) -> None:
        super().__init__()
        self.answer = answer
        self.given: list[Any] = []

    def check(
        self, operation: Operation, olds: Properties, news: Properties
    ) -> tuple[dict[str, Any], list[Problem]]:
        self.given = [olds, news]
        return {**news, "jobType": "RELEASE"}, self.answer or []

    def diff(self, operation: Operation, id_: str, olds: Properties, news: Properties) -> Change:
        self.given = [id_, olds, news]
        return compare(olds, news)

    def create(self, operation: Operation, inputs: Properties) -> Recorded:
        self.given = [inputs]
        return Recorded("d1a2/main/1", {"status": "SUCCEED"})

    def read(self, operation: Operation, id_: str, props: Properties) -> Recorded | None:
        self.given = [id_, props]
        recorded: Recorded | None = self.answer
        return recorded

    def update(
        self, operation: Operation, id_: str, olds: Properties, news: Properties
    ) -> Recorded:
        self.given = [id_, olds, news]
        return Recorded(id_, {"status": "SUCCEED"})

    def delete(self, operation: Operation, id_: str, props: Properties) -> None:
        self.given = [id_, props]


@pytest.fixture
def lifecycle(monkeypatch: pytest.MonkeyPatch) -> FakeLifecycle:
    """The lifecycle that the provider asks."""
    lifecycle = FakeLifecycle()
    monkeypatch.setattr(JobProvider, "lifecycle", lifecycle)
    return lifecycle


OLDS = {"appId": "d1a2", "branchName": "main", "jobId": "1", "status": "SUCCEED"}
ID = "d1a2/main/1"


def an_unknown() -> Any:
    """What the SDK puts in the place of a value that is not known yet."""
    return Unknown()  # type: ignore[no-untyped-call]


def test_unknowns_are_translated_both_ways(lifecycle: FakeLifecycle) -> None:
    """The lifecycle sees its own unknown at any depth, and the engine gets the SDK's back."""
    unknown = an_unknown()
    result = JobProvider().check(
        {}, {"appId": unknown, "triggers": {"a": [1, unknown, {"b": unknown}]}}
    )
    assert lifecycle.given == [
        {},
        {"appId": UNKNOWN, "triggers": {"a": [1, UNKNOWN, {"b": UNKNOWN}]}},
    ]
    assert isinstance(result.inputs["appId"], Unknown)
    one, first, deep = result.inputs["triggers"]["a"]
    assert one == 1
    assert isinstance(first, Unknown)
    assert isinstance(deep["b"], Unknown)
    assert result.inputs["jobType"] == "RELEASE"


def test_each_problem_is_a_failure_of_its_input(lifecycle: FakeLifecycle) -> None:
    """The engine shows what is wrong beside the input's name."""
    lifecycle.answer = [Problem("appId", "app_id is required"), Problem("region", "region is odd")]
    failures = JobProvider().check({}, {}).failures
    assert [(failure.property, failure.reason) for failure in failures] == [
        ("appId", "app_id is required"),
        ("region", "region is odd"),
    ]


@pytest.mark.parametrize(
    "triggers",
    [{"a": [pulumi.FileAsset("a")]}, [pulumi.AssetArchive({"a": pulumi.StringAsset("a")})]],
)
def test_a_recorded_asset_is_said_before_the_sdk_fails(
    lifecycle: FakeLifecycle, triggers: Any
) -> None:
    """The check is the last step that can read it; the message has the command that helps."""
    olds, unknown = {**OLDS, "triggers": triggers}, an_unknown()
    with use(FakeOperation()):
        checked = JobProvider().check(olds, {"appId": unknown})
    (failure,) = checked.failures
    assert failure.property == "triggers"
    assert failure.reason.endswith(f"\npulumi state delete '{URN}'")
    # In stock mode nobody tells which resource it is.
    (failure,) = JobProvider().check(olds, {}).failures
    assert failure.reason.endswith("\npulumi state delete URN")
    assert checked.inputs == {"appId": unknown}
    assert lifecycle.given == []


def test_other_recorded_triggers_are_no_obstacle(lifecycle: FakeLifecycle) -> None:
    """Whatever an engine records, only an asset is one."""
    triggers = {"a": [1.0, True, "b", an_unknown()], "c": {}}
    assert JobProvider().check({**OLDS, "triggers": triggers}, {}).failures == []


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({}, ChangeKind.NOTHING),
        ({"__provider": "of another Python"}, ChangeKind.NOTHING),
        ({"jobReason": "r"}, ChangeKind.UPDATE),
        ({"commitId": "8b02d4a"}, ChangeKind.RELEASE),
        ({"commitId": None, "branchName": UNKNOWN}, ChangeKind.RELEASE),
    ],
)
def test_a_release_is_a_replacement(
    lifecycle: FakeLifecycle, changes: dict[str, Any], kind: ChangeKind
) -> None:
    """Only a release replaces the resource, for the inputs that ask for it, and deletes it last."""
    news = {key: an_unknown() if value is UNKNOWN else value for key, value in changes.items()}
    result = JobProvider().diff(ID, OLDS, {"appId": "d1a2", "branchName": "main", **news})
    assert result.changes is (kind is not ChangeKind.NOTHING)
    replaces = (
        [key for key, value in changes.items() if value] if kind is ChangeKind.RELEASE else []
    )
    assert result.replaces == replaces
    assert result.delete_before_replace is False


def test_a_job_that_is_gone_has_no_id(lifecycle: FakeLifecycle) -> None:
    """The engine drops a resource whose read gives an empty id."""
    gone = JobProvider().read(ID, OLDS)
    assert (gone.id, gone.outs) == ("", {})
    lifecycle.answer = Recorded(ID, {"status": "SUCCEED"})
    found = JobProvider().read(ID, OLDS)
    assert (found.id, found.outs) == (ID, {"status": "SUCCEED"})


def test_what_is_recorded_is_what_the_lifecycle_says(lifecycle: FakeLifecycle) -> None:
    """Create, update and delete hand on what they are given, and give back what is recorded."""
    provider = JobProvider()
    created = provider.create({"appId": "d1a2"})
    assert (created.id, created.outs) == (ID, {"status": "SUCCEED"})
    assert lifecycle.given == [{"appId": "d1a2"}]
    assert provider.update(ID, OLDS, {"appId": "d9"}).outs == {"status": "SUCCEED"}
    assert lifecycle.given == [ID, OLDS, {"appId": "d9"}]
    provider.delete(ID, OLDS)
    assert lifecycle.given == [ID, OLDS]
