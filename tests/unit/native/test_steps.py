from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from amplify_job_resource._follow import schedule
from amplify_job_resource._kind import DEPLOYMENT, JOB
from amplify_job_resource._native.servicer import answer_of
from amplify_job_resource._native.steps import Failed, Steps
from amplify_job_resource._native.wire import decoded
from amplify_job_resource._values.unknown import UNKNOWN
from amplify_job_resource.errors import AmplifyJobError
from google.protobuf.message import Message
from google.protobuf.struct_pb2 import Struct
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pulumi.runtime.proto import provider_pb2 as rpc

from tests.unit.native.calls import (
    DEPLOYMENT_TYPE,
    INPUTS,
    Amplify,
    QuietLink,
    a_urn,
    resources_of,
    struct,
    without_aws,
)
from tests.unit.native.values import ARCHIVE, ASSET, KIND, SECRET, plain_struct
from tests.unit.samples import a_job
from tests.unit.start.fakes import MISSING

ID = "d1a2/main/1"


class World:
    """The steps over branches in memory, with the lines that were said."""

    def __init__(self, amplify: Amplify | None = None) -> None:
        self.amplify = amplify or Amplify()
        self.link = QuietLink()
        self.steps = Steps(self.link, resources_of(self.amplify))

    @property
    def said(self) -> list[str]:
        return [text for _, text, _, _ in self.link.lines]

    def check(self, news: Struct, urn: str = a_urn(), **members: Any) -> Any:
        return self.steps.check(rpc.CheckRequest(urn=urn, news=news, **members))

    def checked(self, **inputs: Any) -> Struct:
        """The inputs as a Check lets them pass."""
        answer = self.check(struct({**INPUTS, **inputs}))
        assert not answer.failures
        found: Struct = answer.inputs
        return found

    def create(self, inputs: Struct, urn: str = a_urn(), *, preview: bool = False) -> Any:
        return self.steps.create(rpc.CreateRequest(urn=urn, properties=inputs, preview=preview))

    def created(self, **inputs: Any) -> Any:
        """The properties of a job that was created and has succeeded."""
        return self.create(self.checked(**inputs)).properties

    def diff(self, olds: Struct, news: Struct, urn: str = a_urn(), **members: Any) -> Any:
        return self.steps.diff(rpc.DiffRequest(urn=urn, id=ID, olds=olds, news=news, **members))

    def read(self, properties: Struct, inputs: Struct, id: str = ID) -> Any:
        request = rpc.ReadRequest(urn=a_urn(), id=id, properties=properties, inputs=inputs)
        return self.steps.read(request)

    def update(self, olds: Struct, news: Struct, *, preview: bool = False) -> Any:
        request = rpc.UpdateRequest(urn=a_urn(), id=ID, olds=olds, news=news, preview=preview)
        return self.steps.update(request)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """A free branch, and nothing in state."""
    at_once(monkeypatch)
    return World()


def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody pause between two looks at a job."""
    without_aws(monkeypatch)
    monkeypatch.setattr(schedule.Schedule, "pause", lambda *_: 0)


# --- check -----------------------------------------------------------------------------------------


def test_a_check_fills_in_defaults_and_keeps_secrets(world: World) -> None:
    """The inputs come back with their defaults; a secret and what is unknown stay so."""
    news = struct(
        {**INPUTS, "commitId": "1f3c9e2a77", "triggers": {"a": UNKNOWN, "b": "x"}},
        ("commitId",),
        ("triggers", "b"),
    )
    found = decoded(world.check(news).inputs)
    assert {**INPUTS, "jobType": "RELEASE", "onBusy": "wait"}.items() <= found.properties.items()
    assert found.properties["triggers"] == {"a": UNKNOWN, "b": "x"}
    assert {("commitId",), ("triggers", "b")} <= found.secrets
    assert world.said == ["release d1a2/main: [secret]"]
    assert world.amplify.asked == []


def test_a_check_names_inputs_as_their_users_do(world: World) -> None:
    """A failure is told at its input, in camelCase, and nothing else is answered."""
    answer = world.check(struct({"appId": "d1a2", "skipIfBuilt": True, "region": "mars"}))
    reasons = {failure.property: failure.reason for failure in answer.failures}
    assert reasons.keys() == {"branchName", "skipIfBuilt", "region"}
    assert reasons["skipIfBuilt"] == "skipIfBuilt needs a commitId to compare with"
    assert not answer.inputs.fields
    assert world.said == []


def test_a_check_tells_all_at_once(world: World) -> None:
    """Files that are not there, unknown names and rules are told together."""
    news = plain_struct(
        appId="d1a2", triggers={"a": {KIND: ASSET, "path": "nowhere"}}, typo=1, allowFailure="x"
    )
    answer = world.check(news)
    assert {failure.property for failure in answer.failures} == {
        "typo",
        "triggers",
        "branchName",
        "allowFailure",
    }


@pytest.mark.parametrize("olds", [{"appId": "d1a2"}, {"appId": "d1a2", "region": "us-east-1"}, {}])
def test_an_imported_job_stays_in_its_region(world: World, olds: dict[str, Any]) -> None:
    """The region of a job that was found is among its outputs alone; the settings may name another."""
    outputs = struct({"region": "ap-south-1"})
    news = struct({"appId": "d1a2", "branchName": "main"})
    answer = world.check(news, olds=struct(olds), old_outputs=outputs)
    expected = olds.get("region") or ("ap-south-1" if olds else None)
    assert decoded(answer.inputs).properties.get("region") == expected


# --- diff ------------------------------------------------------------------------------------------


def test_a_diff_says_what_is_pending(world: World) -> None:
    """A new commit is a release, in detail and in a line."""
    olds = world.created(commitId="1f3c9e2a77")
    answer = world.diff(olds, world.checked(commitId="8b02d4a1"))
    assert list(answer.replaces) == ["commitId"]
    assert list(answer.detailedDiff) == ["commitId"]
    assert "release d1a2/main: 1f3c9e2 -> 8b02d4a" in world.said


def test_files_under_ignore_changes_are_no_release(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A source that is ignored counts with what was recorded of it, whatever its files are now."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: yaml\n")
    (tmp_path / "dist").mkdir()
    page = tmp_path / "dist/index.html"
    page.write_text("one")
    urn = a_urn(type=DEPLOYMENT_TYPE)
    olds = world.check(struct({**INPUTS, "source": "dist"}), urn).inputs
    page.write_text("two")
    news = world.check(struct({**INPUTS, "source": "dist"}), urn, olds=olds).inputs
    state = Struct()
    state.CopyFrom(olds)
    state.update({"jobId": "1", "status": "SUCCEED"})
    assert list(world.diff(state, news, urn).replaces) == ["contentDigest"]
    ignored = world.diff(state, news, urn, ignoreChanges=["source"])
    assert ignored.changes == rpc.DiffResponse.DIFF_NONE


# --- create ----------------------------------------------------------------------------------------


def test_a_preview_of_a_create_starts_nothing(world: World) -> None:
    """It answers with the inputs, so that dependents see them, and with outputs to come."""
    inputs = world.checked(commitId=UNKNOWN)
    known = decoded(world.create(inputs, preview=True).properties).properties
    assert known["region"] == "eu-west-1"
    assert known["commitId"] is UNKNOWN
    assert all(known[key] is UNKNOWN for key in JOB.outputs.values())
    assert world.amplify.asked == []


def test_a_create_answers_with_the_job(world: World) -> None:
    """The id names the job, and the properties are the inputs and how it ended."""
    answer = world.create(world.checked(jobReason="r"))
    assert answer.id == ID
    found = decoded(answer.properties).properties
    assert {
        **INPUTS,
        "jobReason": "r",
        "status": "SUCCEED",
        "adopted": False,
    }.items() <= found.items()
    assert world.amplify.started == 1


def test_a_failed_job_is_saved(world: World) -> None:
    """A failure that has a job comes with all that is to be recorded."""
    world.amplify.end = "FAILED"
    inputs = world.checked()
    answer = world.create(inputs)
    assert isinstance(answer, Failed)
    assert answer.saved.id == ID
    assert answer.saved.inputs == inputs
    assert decoded(answer.saved.properties).properties["status"] == "FAILED"
    assert answer.message.startswith("Amplify job d1a2/main/1 FAILED")


# --- read ------------------------------------------------------------------------------------------


def test_an_import_gives_a_short_program(world: World) -> None:
    """Of a job that was found by its id the inputs are the two that nobody can leave out."""
    world.amplify.branch().add(a_job("SUCCEED", id="1", took=9))
    answer = world.read(Struct(), Struct())
    assert answer.id == ID
    assert decoded(answer.inputs).properties == {"appId": "d1a2", "branchName": "main"}
    state = decoded(answer.properties).properties
    assert state["region"] == "eu-west-1"
    news = world.check(answer.inputs, olds=answer.inputs, old_outputs=answer.properties).inputs
    assert world.diff(answer.properties, news).changes == rpc.DiffResponse.DIFF_NONE


def test_a_refresh_keeps_the_inputs(world: World) -> None:
    """The inputs stay as they are in state, secrets among them, and the outputs are as of now."""
    inputs = world.check(struct({**INPUTS, "commitId": "1f3c9e2a77"}, ("commitId",))).inputs
    state = world.create(inputs).properties
    answer = world.read(state, inputs)
    assert answer.inputs == inputs
    assert answer.properties == state


def test_a_job_that_is_gone_has_no_id(world: World) -> None:
    """The engine takes an empty id for a resource that is not there any more."""
    inputs = world.checked()
    state = world.create(inputs).properties
    for asked in ("get", "branch"):
        world.amplify.branch().fail(asked, MISSING)
    assert world.read(state, inputs) == rpc.ReadResponse()


def test_an_import_of_no_job_is_refused(world: World) -> None:
    """An id that names no job is an error and no resource; the advice has this front's words."""
    with pytest.raises(AmplifyJobError, match=r"set the provider.s region"):
        world.read(Struct(), Struct())


# --- update and delete -----------------------------------------------------------------------------


def test_a_preview_of_an_update_asks_nobody(world: World) -> None:
    """It answers with the new inputs and the outputs that will stay."""
    olds = world.created()
    before = list(world.amplify.asked)
    news = world.checked(jobReason="r", healthCheck="/")
    known = decoded(world.update(olds, news, preview=True).properties).properties
    assert (known["jobReason"], known["jobId"], known["healthy"]) == ("r", "1", UNKNOWN)
    assert world.amplify.asked == before


def test_an_update_that_fails_is_saved(world: World) -> None:
    """A job that was waited for and has failed is recorded under the new inputs."""
    state = Struct()
    state.CopyFrom(world.created())
    state["status"] = "RUNNING"
    world.amplify.branch().add(a_job("FAILED", id="1"))
    news = world.check(struct({**INPUTS, "jobReason": "r"}, ("jobReason",))).inputs
    answer = world.update(state, news)
    assert isinstance(answer, Failed)
    found = decoded(answer.saved.properties)
    assert (found.properties["status"], found.properties["jobReason"]) == ("FAILED", "r")
    assert ("jobReason",) in found.secrets
    assert answer.saved.inputs == news
    assert answer.saved.id == ID


def test_a_delete_stops_its_own_job(world: World) -> None:
    """A job that still runs is stopped; one that has ended is history, and AWS is not asked."""
    done = rpc.DeleteRequest(urn=a_urn(), id=ID, properties=world.created())
    before = list(world.amplify.asked)
    world.steps.delete(done)
    assert world.amplify.asked == before
    going_on = rpc.DeleteRequest(urn=a_urn(), id="d1a2/dev/1")
    world.amplify.end = None
    inputs = world.checked(branchName="dev", waitForCompletion=False)
    left = world.steps.create(rpc.CreateRequest(urn=a_urn(), properties=inputs))
    going_on.properties.CopyFrom(left.properties)
    world.amplify.branch("dev").stop_takes = 0
    later = World(world.amplify)  # Another command, which is another process.
    later.steps.delete(going_on)
    assert world.amplify.branch("dev").count("stop") == 1


# --- secrets ---------------------------------------------------------------------------------------

MARK = "s3cr3t"
TEXT = st.builds(lambda more: f"{MARK}-{more}", st.text("abc \n'\"<{%\\", max_size=6))
VALUES = st.one_of(
    TEXT,
    TEXT.map(lambda text: f"/{text.split()[0]}"),
    TEXT.map(lambda text: f"https://files.example/{text.split()[0]}.zip?{MARK}=1"),
    TEXT.map(lambda text: [text, text]),
    TEXT.map(lambda text: {"k": text, "list": [text]}),
    TEXT.map(lambda text: {KIND: ASSET, "path": text}),
    TEXT.map(lambda text: {KIND: ARCHIVE, "path": text}),
    TEXT.map(lambda text: {KIND: ARCHIVE, "assets": {"index.html": {KIND: ASSET, "text": text}}}),
    TEXT.map(lambda text: {KIND: text, "x": text}),
    TEXT.map(lambda text: {KIND: ASSET, "text": [text]}),
)


@st.composite
def secret_inputs(draw: st.DrawFn, kind: Any) -> Struct:
    """Inputs of which some are secrets, good ones or not, in whole or in a part."""
    keys = [key for key in kind.inputs.given.values() if key not in ("appId", "branchName")]
    base: dict[str, Any] = {**INPUTS, **({"source": "nowhere"} if kind is DEPLOYMENT else {})}
    for key in draw(st.lists(st.sampled_from(keys), unique=True, max_size=4)):
        secret = {KIND: SECRET, "value": draw(VALUES)}
        parts = st.sampled_from([secret, [secret], {"k": secret, "open": 1}])
        base[key] = draw(parts) if key in ("triggers", "exclude") else secret
    return plain_struct(**base)


def in_clear(value: Any) -> Iterator[str]:
    """All texts in a message or value of the wire, except in secrets."""
    if isinstance(value, Message):
        if value.DESCRIPTOR.full_name == "google.protobuf.Struct":
            fields = value.fields  # type: ignore[attr-defined]
            if KIND in fields and fields[KIND].string_value == SECRET:
                return
        for _, each in value.ListFields():
            yield from in_clear(each)
    elif isinstance(value, str):
        yield value
    elif hasattr(value, "items"):
        for key, each in value.items():
            yield from (key, *in_clear(each))
    elif value is not None and not isinstance(value, (bytes, int, float)):
        for each in value:
            yield from in_clear(each)


def test_the_search_for_secrets_finds_them() -> None:
    """A text is found wherever it is in a response, and a marked one is not."""
    open_text = rpc.CreateResponse(properties=plain_struct(a=[{"b": MARK}]))
    assert MARK in [*in_clear(open_text)]
    hidden = rpc.CreateResponse(properties=plain_struct(a=[{KIND: SECRET, "value": MARK}]))
    assert MARK not in [*in_clear(hidden)]
    assert MARK in [*in_clear(rpc.CheckResponse(failures=[rpc.CheckFailure(reason=MARK)]))]


@settings(
    max_examples=100,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.sampled_from([JOB, DEPLOYMENT]).flatmap(
        lambda kind: st.tuples(st.just(kind), secret_inputs(kind), secret_inputs(kind))
    ),
    st.sampled_from(["SUCCEED", "FAILED"]),
)
def test_no_secret_is_ever_in_clear(
    monkeypatch: pytest.MonkeyPatch, case: tuple[Any, Struct, Struct], end: str
) -> None:
    """Whatever is done with secret inputs, no response, line or error has one of them in clear."""
    kind, first, second = case
    at_once(monkeypatch)
    world = World()
    world.amplify.end = end
    world.amplify.branch().add(a_job(end, id="1", took=9))
    urn = a_urn(type=DEPLOYMENT_TYPE) if kind is DEPLOYMENT else a_urn()
    answers: list[Any] = []

    def call(work: Any, request: Any) -> Any:
        answer = answer_of(work, request)
        answers.append([answer.message, answer.saved] if isinstance(answer, Failed) else answer)
        return answer

    steps = world.steps
    olds = call(steps.check, rpc.CheckRequest(urn=urn, news=first))
    news = call(steps.check, rpc.CheckRequest(urn=urn, olds=first, news=second))
    for inputs in (first, getattr(olds, "inputs", first)):
        for preview in (True, False):
            request = rpc.CreateRequest(urn=urn, properties=inputs, preview=preview)
            if kind is JOB or preview:
                call(steps.create, request)
    state = Struct()
    state.CopyFrom(getattr(olds, "inputs", first))
    state.update({"jobId": "1", "status": "RUNNING", "url": "https://x", "healthy": False})
    for inputs in (second, getattr(news, "inputs", second)):
        members: dict[str, Any] = {"urn": urn, "id": ID, "olds": state}
        call(steps.diff, rpc.DiffRequest(**members, news=inputs))
        call(steps.update, rpc.UpdateRequest(**members, news=inputs, preview=True))
        call(steps.update, rpc.UpdateRequest(**members, news=inputs))
    call(steps.read, rpc.ReadRequest(urn=urn, id=ID, properties=state, inputs=first))
    call(steps.delete, rpc.DeleteRequest(urn=urn, id=ID, properties=state))
    shown = [*world.said, *in_clear([each for each in answers if each is not None])]
    assert [text for text in shown if re.search(MARK, text)] == []
