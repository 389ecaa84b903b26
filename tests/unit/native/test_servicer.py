from __future__ import annotations

import json
from concurrent.futures import wait
from typing import Any

import grpc
import pytest
from amplify_job_resource._native import servicer
from amplify_job_resource._native.package import package_version
from amplify_job_resource.errors import AccessDenied
from google.protobuf.empty_pb2 import Empty
from google.protobuf.message import Message
from google.protobuf.struct_pb2 import Struct
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pulumi.runtime.proto import provider_pb2 as rpc
from pulumi.runtime.proto.plugin_pb2 import PluginAttach

from tests.unit.native.calls import (
    DEPLOYMENT_TYPE,
    INPUTS,
    JOB_TYPE,
    Amplify,
    Engine,
    Failure,
    a_urn,
    struct,
    without_aws,
)
from tests.unit.native.values import hostile_structs, plain_struct

METHODS = {each.name: each for each in rpc.DESCRIPTOR.services_by_name["ResourceProvider"].methods}
OFFERED = {
    "Handshake",
    "GetPluginInfo",
    "GetSchema",
    "CheckConfig",
    "DiffConfig",
    "Configure",
    "Check",
    "Diff",
    "Create",
    "Read",
    "Update",
    "Delete",
    "Cancel",
}
PROVIDER = "urn:pulumi:dev::shop::pulumi:providers:amplify-job::default"
STATE = {**INPUTS, "jobId": "1", "status": "SUCCEED", "jobArn": "arn:aws:amplify:eu-west-1:1:x"}
REPORT = "please report it"


def empty(method: str) -> Message:
    """A request in which nothing is said."""
    name = METHODS[method].input_type.name
    types: dict[str, type[Message]] = {"Empty": Empty, "PluginAttach": PluginAttach, **vars(rpc)}
    return types[name]()


def test_every_call_of_the_service_is_known() -> None:
    """Each call that is offered is in Pulumi's protocol, so that none is misspelt."""
    assert METHODS.keys() >= OFFERED


@pytest.mark.parametrize("method", sorted(METHODS.keys() - OFFERED))
def test_what_is_not_offered_is_unimplemented(
    calls: Engine, method: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """The engine hears by gRPC's own code that there is no such call, and nobody reads a traceback."""
    failure = calls.refused(method, empty(method))
    assert failure == Failure(grpc.StatusCode.UNIMPLEMENTED, f"amplify-job has no {method}")
    assert capfd.readouterr() == ("", "")


def test_the_engine_learns_what_the_provider_can_do(calls: Engine) -> None:
    """Secrets and previews are supported; a Configure says the same as the Handshake before it."""
    hello = calls.answer("Handshake", rpc.ProviderHandshakeRequest(engine_address="127.0.0.1:1"))
    assert hello == rpc.ProviderHandshakeResponse(accept_secrets=True)
    configured = calls.answer(
        "Configure", rpc.ConfigureRequest(args=struct({"region": "eu-west-1"}))
    )
    assert configured == rpc.ConfigureResponse(acceptSecrets=True, supportsPreview=True)
    assert calls.answer("GetPluginInfo", Empty()).version == package_version()
    schema = json.loads(calls.answer("GetSchema", rpc.GetSchemaRequest()).schema)
    assert schema["name"] == "amplify-job"
    assert {JOB_TYPE, DEPLOYMENT_TYPE} == schema["resources"].keys()


def test_a_release_from_check_to_delete(calls: Engine) -> None:
    """Each call of a release's life is answered, and one job is started for it."""
    config = struct({"region": "eu-west-1"})
    assert not calls.answer("CheckConfig", rpc.CheckRequest(urn=PROVIDER, news=config)).failures
    calls.answer("DiffConfig", rpc.DiffRequest(urn=PROVIDER, olds=config, news=config))
    calls.answer("Configure", rpc.ConfigureRequest(args=config))
    news = struct({"appId": "d1a2", "branchName": "main"})
    inputs = calls.answer("Check", rpc.CheckRequest(urn=a_urn(), news=news)).inputs
    assert inputs["region"] == "eu-west-1"
    created = calls.answer("Create", rpc.CreateRequest(urn=a_urn(), properties=inputs))
    assert created.id == "d1a2/main/1"
    assert created.properties["status"] == "SUCCEED"
    state = {"urn": a_urn(), "id": created.id}
    same = rpc.DiffRequest(**state, olds=created.properties, news=inputs)
    assert calls.answer("Diff", same).changes == rpc.DiffResponse.DIFF_NONE
    read = rpc.ReadRequest(**state, properties=created.properties, inputs=inputs)
    assert calls.answer("Read", read) == rpc.ReadResponse(
        id=created.id, properties=created.properties, inputs=inputs
    )
    labelled = Struct()
    labelled.CopyFrom(inputs)
    labelled["jobReason"] = "nightly"
    update = rpc.UpdateRequest(**state, olds=created.properties, news=labelled)
    assert calls.answer("Update", update).properties["jobReason"] == "nightly"
    calls.answer("Delete", rpc.DeleteRequest(**state, properties=created.properties))
    calls.answer("Cancel", Empty())
    assert calls.amplify.started == 1


def created(calls: Engine, **inputs: Any) -> Any:
    """A create with these inputs, under way."""
    name = inputs.get("branchName", "main")
    request = rpc.CreateRequest(urn=a_urn(name), properties=struct({**INPUTS, **inputs}))
    return calls.begin("Create", request)


def wait_for_rows(calls: Engine, count: int) -> None:
    """Wait until so many resources show that their jobs are waited for."""
    with calls.link.heard:
        assert calls.link.heard.wait_for(lambda: len(rows(calls)) >= count, 60)


def rows(calls: Engine) -> set[str]:
    return {urn for _, text, urn, ephemeral in calls.link.lines if ephemeral and "PENDING" in text}


def test_a_cancel_ends_a_hundred_waits(calls: Engine) -> None:
    """All creates that wait for jobs end at the Cancel, each with its job as a recorded failure."""
    calls.amplify.end = None
    under_way = {f"b{number}": created(calls, branchName=f"b{number}") for number in range(100)}
    wait_for_rows(calls, 100)
    assert not any(each.done() for each in under_way.values())
    calls.answer("Cancel", Empty())
    for name, each in under_way.items():
        failure = each.result(30)
        assert isinstance(failure, Failure)
        assert failure.saved.id == f"d1a2/{name}/1"
        assert "interrupted" in failure.message
    assert calls.amplify.started == 100


def test_a_cancel_is_heard_while_all_threads_are_busy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A Cancel does not queue behind creates; those that did not begin start nothing any more."""
    monkeypatch.setattr(servicer, "MAX_WAITING", 4)
    without_aws(monkeypatch)
    calls = Engine(Amplify(end=None))
    try:
        under_way = [created(calls, branchName=f"b{number}") for number in range(20)]
        wait_for_rows(calls, 4)
        calls.answer("Cancel", Empty())
        wait(under_way, 60)
        failures = [each.result(0) for each in under_way]
        assert all(isinstance(each, Failure) for each in failures)
        assert sum(each.saved is not None for each in failures) == 4
        left = [each.message for each in failures if each.saved is None]
        assert all(text.startswith("no Amplify job was started for d1a2/b") for text in left)
        assert calls.amplify.started == 4
    finally:
        calls.close()


def test_other_calls_do_not_wait_for_creates(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Check is answered while every thread that waits for a job is busy."""
    monkeypatch.setattr(servicer, "MAX_WAITING", 2)
    without_aws(monkeypatch)
    calls = Engine(Amplify(end=None))
    try:
        under_way = [created(calls, branchName=f"b{number}") for number in range(4)]
        wait_for_rows(calls, 2)
        checked = calls.answer("Check", rpc.CheckRequest(urn=a_urn(), news=struct(INPUTS)))
        assert not checked.failures
        assert not any(each.done() for each in under_way)
    finally:
        calls.close()


def test_the_engine_starts_as_many_creates_as_it_likes() -> None:
    """There are more threads than resources that anybody releases side by side."""
    assert servicer.MAX_WAITING >= 256


def test_a_failure_is_recorded_with_its_resource(calls: Engine) -> None:
    """The metadata hold the id, the properties, the inputs and the reason; secrets stay secrets."""
    calls.amplify.end = "FAILED"
    given = struct({**INPUTS, "commitId": "1f3c9e2a77"}, ("commitId",))
    failure = calls.refused("Create", rpc.CreateRequest(urn=a_urn(), properties=given))
    assert failure.code is grpc.StatusCode.UNKNOWN
    assert failure.message.startswith("Amplify job d1a2/main/1 FAILED")
    saved = failure.saved
    assert saved.id == "d1a2/main/1"
    assert saved.inputs == given
    assert saved.properties["status"] == "FAILED"
    assert saved.properties["commitId"] == given["commitId"]
    assert list(saved.reasons) == [failure.message.replace("\n", "\n\t  ")]


def test_a_recorded_failure_may_be_large(calls: Engine) -> None:
    """A failure is told with all of its properties, those of a site of many files included."""
    calls.amplify.end = "FAILED"
    triggers = {f"file-{number}": "x" * 64 for number in range(3000)}
    properties = struct({**INPUTS, "triggers": triggers})
    failure = calls.refused("Create", rpc.CreateRequest(urn=a_urn(), properties=properties))
    assert failure.saved.properties["triggers"] == properties["triggers"]


def test_a_fault_of_ours_asks_for_a_report(
    calls: Engine, capfd: pytest.CaptureFixture[str]
) -> None:
    """An error that nobody foresaw is shown with where it is, and once."""
    calls.amplify.broken = ZeroDivisionError("oh")
    request = rpc.CreateRequest(urn=a_urn(), properties=struct(INPUTS))
    failure = calls.refused("Create", request)
    assert "Traceback" in failure.message
    assert "ZeroDivisionError: oh" in failure.message
    assert REPORT in failure.message
    assert failure.saved is None
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("error", [SystemExit(3), KeyboardInterrupt(), MemoryError()])
def test_no_error_ends_the_process(calls: Engine, error: BaseException) -> None:
    """Whatever is raised on a thread is told, and the next call is served."""
    calls.amplify.broken = error
    request = rpc.CreateRequest(urn=a_urn(), properties=struct(INPUTS))
    assert type(error).__name__ in calls.refused("Create", request).message
    calls.amplify.broken = None
    assert calls.answer("Create", request).id


def test_a_fault_at_a_cancel_is_told(calls: Engine, capfd: pytest.CaptureFixture[str]) -> None:
    """What is done on the event loop itself prints no traceback, either."""

    def broken() -> None:
        raise ZeroDivisionError

    calls.link.after_recorded(broken)
    assert "ZeroDivisionError" in calls.refused("Cancel", Empty()).message
    assert calls.link.cancelled.is_set()
    assert capfd.readouterr() == ("", "")


def test_colors_in_a_message_are_no_tags(calls: Engine) -> None:
    """Pulumi's CLI breaks down at a color tag that it does not know, so none gets into a message."""
    request = rpc.DeleteRequest(urn=a_urn(), id="<{%x%}>", properties=struct(STATE))
    assert "<{%" not in calls.refused("Delete", request).message


def test_the_words_of_others_stay(calls: Engine) -> None:
    """What AWS says may look like the name of a setting, and is shown as it is."""
    words = "explicit deny with aws:PrincipalTag/team; set aws:region in the stack's config"
    calls.amplify.broken = AccessDenied("starting Amplify job (d1a2/main)", "AccessDenied", words)
    request = rpc.CreateRequest(urn=a_urn(), properties=struct(INPUTS))
    assert words in calls.refused("Create", request).message


JOB: dict[str, Any] = {"urn": a_urn(), "id": "d1a2/main/1"}
#: What the engine never sends: the call, its request, and what the answer says.
HOSTILE = {
    "no URN at a check": ("Check", rpc.CheckRequest(), "'' is not the URN of a resource"),
    "no URN at a create": ("Create", rpc.CreateRequest(), "'' is not the URN"),
    "no URN at a diff": ("Diff", rpc.DiffRequest(), "'' is not the URN"),
    "no URN at a read": ("Read", rpc.ReadRequest(), "'' is not the URN"),
    "no URN at an update": ("Update", rpc.UpdateRequest(), "'' is not the URN"),
    "no URN at a delete": ("Delete", rpc.DeleteRequest(), "'' is not the URN"),
    "a garbled URN": ("Create", rpc.CreateRequest(urn="urn:pulumi:x\n" * 99), "is not the URN"),
    "another provider's resource": (
        "Create",
        rpc.CreateRequest(urn=a_urn(type="aws:amplify/app:App"), properties=struct(INPUTS)),
        "amplify-job has no resource 'aws:amplify/app:App': it has amplify-job:index:Job and ",
    ),
    "a resource of later": (
        "Check",
        rpc.CheckRequest(urn=a_urn(type="amplify-job:index:Domain"), news=struct(INPUTS)),
        "amplify-job has no resource 'amplify-job:index:Domain'",
    ),
    "the dynamic resource": (
        "Diff",
        rpc.DiffRequest(urn=a_urn(type="pulumi-python:dynamic/amplify:Job")),
        "amplify-job has no resource",
    ),
    "a create of nothing": ("Create", rpc.CreateRequest(urn=a_urn()), "appId is required"),
    "an unknown in a create": (
        "Create",
        rpc.CreateRequest(
            urn=a_urn(),
            properties=plain_struct(**INPUTS, commitId="04da6b54-80e4-46f7-96ec-b56ff0331ba9"),
        ),
        "commitId is not known yet",
    ),
    "an unknown within triggers": (
        "Update",
        rpc.UpdateRequest(
            **JOB,
            olds=struct(STATE),
            news=plain_struct(
                **INPUTS, triggers={"a": ["04da6b54-80e4-46f7-96ec-b56ff0331ba9"]}
            ),
        ),
        "triggers is not known yet",
    ),
    "a wrong type in a create": (
        "Create",
        rpc.CreateRequest(urn=a_urn(), properties=struct({**INPUTS, "allowFailure": "yes"})),
        "allowFailure must be true or false, not 'yes'",
    ),
    "a wrong type in a preview": (
        "Create",
        rpc.CreateRequest(urn=a_urn(), properties=struct({**INPUTS, "appId": []}), preview=True),
        "appId must be text, not []",
    ),
    "an input with a letter wrong": (
        "Create",
        rpc.CreateRequest(urn=a_urn(), properties=struct({**INPUTS, "onBuzy": "wait"})),
        "onBuzy is no input: the inputs are appId, branchName, jobType",
    ),
    "an asset in a create": (
        "Create",
        rpc.CreateRequest(
            urn=a_urn(),
            properties=plain_struct(
                **INPUTS,
                triggers={
                    "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17",
                    "text": "x",
                },
            ),
        ),
        "triggers must be a map or a list",
    ),
    "a value of no kind": (
        "Diff",
        rpc.DiffRequest(
            **JOB, news=plain_struct(a={"4dabf18193072939515e22adb298388d": "00"})
        ),
        "the engine sent what is no value: a has a value of a kind",
    ),
    "no id": ("Delete", rpc.DeleteRequest(urn=a_urn(), properties=struct(STATE)), "''"),
    "a garbled id": (
        "Read",
        rpc.ReadRequest(urn=a_urn(), id="x", properties=struct(STATE)),
        "'x' is not the id of an Amplify job",
    ),
    "an id to update": (
        "Update",
        rpc.UpdateRequest(urn=a_urn(), id="a/b", olds=struct(STATE), news=struct(INPUTS)),
        "'a/b' is not the id of an Amplify job",
    ),
    "a schema of the future": (
        "GetSchema",
        rpc.GetSchemaRequest(version=7),
        "a schema of version 7 was asked for, and this provider has version 0 only",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_wrong_is_told_in_a_sentence(
    calls: Engine, name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """Whatever is sent, the answer is a sentence and no traceback, and nothing is started."""
    method, request, said = HOSTILE[name]
    failure = calls.refused(method, request)
    assert said in failure.message
    assert failure.saved is None
    assert "Traceback" not in failure.message
    assert calls.amplify.asked == []
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("method", ["Check", "Diff", "Create"])
@pytest.mark.parametrize("depth", [90, 400, 3000])
def test_values_of_any_depth_are_told_in_a_sentence(calls: Engine, method: str, depth: int) -> None:
    """What is nested so deeply that nobody can compare it is refused, and the rest is served."""
    properties = struct(INPUTS)
    current = properties.fields["triggers"].list_value.values.add()
    for _ in range(depth):
        current = current.list_value.values.add()
    requests: dict[str, Message] = {
        "Check": rpc.CheckRequest(urn=a_urn(), news=properties),
        "Diff": rpc.DiffRequest(**JOB, olds=properties, news=properties),
        "Create": rpc.CreateRequest(urn=a_urn(), properties=properties),
    }
    answer = calls.call(method, requests[method])
    if depth > 100:
        assert "triggers is nested more than 100 times" in answer.message
    assert isinstance(answer, Failure) is (depth > 100)


@pytest.mark.parametrize("method", sorted(OFFERED))
def test_an_empty_request_is_answered(calls: Engine, method: str) -> None:
    """A request in which nothing is said is served or refused, and starts nothing."""
    answer = calls.call(method, empty(method))
    assert not isinstance(answer, Failure) or "Traceback" not in answer.message
    assert calls.amplify.asked == []


KEYS = (
    *("appId", "branchName", "jobId", "jobArn", "status", "steps", "triggers", "commitId", "url"),
    *("source", "exclude", "region", "profile", "healthy", "manifest", "secretInputs", "onBusy"),
    *("commitTime", "startTime", "healthCheck", "logLines", "adopted", "waitForCompletion"),
)
structs = hostile_structs(*KEYS)


def merged(known: dict[str, Any], garbage: Struct) -> Struct:
    """Good properties, some of them garbled."""
    result = struct(known)
    result.MergeFrom(garbage)
    return result


@settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.sampled_from(["Check", "Diff", "Create", "Read", "Update", "Delete"]),
    st.sampled_from([JOB_TYPE, DEPLOYMENT_TYPE]),
    structs,
    structs,
    st.booleans(),
    st.sampled_from(["d1a2/main/1", "x", "d1a2/main/9"]),
)
def test_garbage_is_told_in_a_sentence(
    calls: Engine,
    method: str,
    type: str,
    first: Struct,
    second: Struct,
    preview: bool,
    id: str,
) -> None:
    """Properties of any shape are answered, or refused in a sentence, whatever is asked."""
    calls.amplify.branches.clear()
    known = {**INPUTS, **({"source": "."} if type == DEPLOYMENT_TYPE else {})}
    olds, news = merged({**known, "jobId": "1", "status": "SUCCEED"}, first), merged(known, second)
    urn = a_urn(type=type)
    requests: dict[str, Any] = {
        "Check": rpc.CheckRequest(urn=urn, olds=olds, news=news),
        "Diff": rpc.DiffRequest(urn=urn, id=id, olds=olds, news=news),
        "Create": rpc.CreateRequest(urn=urn, properties=news, preview=preview),
        "Read": rpc.ReadRequest(urn=urn, id=id, properties=olds, inputs=news),
        "Update": rpc.UpdateRequest(urn=urn, id=id, olds=olds, news=news, preview=preview),
        "Delete": rpc.DeleteRequest(urn=urn, id=id, properties=olds),
    }
    answer = calls.call(method, requests[method])
    if isinstance(answer, Failure):
        assert "Traceback" not in answer.message, answer.message
        assert answer.message
    if method != "Create" or preview:
        assert calls.amplify.started == 0


def test_calls_are_served_side_by_side(calls: Engine) -> None:
    """Sixteen diffs and more at once are all answered, each with its own."""
    requests = [
        rpc.DiffRequest(
            urn=a_urn(f"b{number}"),
            id=f"d1a2/b{number}/1",
            olds=struct({**STATE, "branchName": f"b{number}"}),
            news=struct({**INPUTS, "branchName": f"b{number}", "commitId": "1f3c9e2a77"}),
        )
        for number in range(64)
    ]
    answers = [calls.begin("Diff", request) for request in requests]
    assert all(list(each.result(60).replaces) == ["commitId"] for each in answers)
    said = [(urn, text) for _, text, urn, _ in calls.link.lines]
    assert sorted(said) == sorted(
        (request.urn, f"release d1a2/b{number}: no commit -> 1f3c9e2")
        for number, request in enumerate(requests)
    )
