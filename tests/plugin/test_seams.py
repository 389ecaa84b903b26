"""Canaries: what `plugin.py` relies on in the SDK, in gRPC and in Python. Each names its seam."""

from __future__ import annotations

import inspect
import pickle
from concurrent.futures import ThreadPoolExecutor, thread
from pathlib import Path

import grpc
import pulumi.dynamic
import pytest
from amplify_job_resource import JobProvider
from pulumi.dynamic.dynamic import serialize_provider
from pulumi.runtime.proto import engine_pb2, provider_pb2

from tests.plugin.process import URN, Plugin
from tests.unit.programs import PICKLES

MAIN = Path(inspect.getfile(pulumi.dynamic)).with_name("__main__.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("method", ["Create", "Update", "Delete", "Diff", "Check", "Read"])
def test_seam_frame(method: str) -> None:
    """frame: the servicer's methods still name their arguments `request` and `context`."""
    assert f"def {method}(self, request, context):" in MAIN


@pytest.mark.parametrize("message", ["CreateRequest", "UpdateRequest", "DeleteRequest"])
def test_seam_frame_timeout(message: str) -> None:
    """frame: requests still carry the resource's URN and its custom timeout."""
    assert {"urn", "timeout"} <= set(getattr(provider_pb2, message).DESCRIPTOR.fields_by_name)


def test_seam_frame_recorded_failure() -> None:
    """frame: the engine's message for a resource that was made and failed still has its parts."""
    fields = provider_pb2.ErrorResourceInitFailed.DESCRIPTOR.fields_by_name
    assert {"id", "properties", "reasons"} <= set(fields)


def test_seam_pool() -> None:
    """pool: gRPC still looks for `experimental_thread_pool` on a servicer's method."""
    source = Path(inspect.getfile(grpc)).with_name("_server.py").read_text(encoding="utf-8")
    assert "behavior.experimental_thread_pool" in source
    assert "class DynamicResourceProviderServicer" in MAIN


def test_seam_queue() -> None:
    """queue: a worker thread still holds its executor, and that one can be given more threads."""
    assert "executor_reference" in inspect.signature(thread._worker).parameters
    with ThreadPoolExecutor(1) as executor:
        assert executor._max_workers == 1
        assert executor._work_queue.qsize() == 0
        executor._adjust_thread_count()


def test_seam_cancel() -> None:
    """cancel: the servicer still has a Cancel of its own."""
    assert "def Cancel(self, request, context):" in MAIN


def test_seam_engine() -> None:
    """engine: the engine's Log still takes a row's line."""
    fields = engine_pb2.LogRequest.DESCRIPTOR.fields_by_name
    assert {"severity", "message", "urn", "ephemeral"} <= set(fields)


def test_every_seam_is_found(plugin: Plugin) -> None:
    """With this SDK nothing falls back to stock behaviour: a line would name the seam."""
    inputs = plugin.check({}, {"appId": "d1a2b3c4", "branchName": "main"}).inputs
    plugin.create(inputs)
    assert [line.message for line in plugin.engine.lines if "stock behaviour" in line.message] == []


def test_seam_frame_in_the_process(plugin: Plugin) -> None:
    """frame, engine: a line of the plugin's arrives in the row of the resource that was asked for."""
    plugin.check({}, {"appId": "d1a2b3c4", "branchName": "main"}, urn=f"{URN}-7")
    assert plugin.engine.wait_for("release d1a2b3c4/main").urn == f"{URN}-7"


def test_seam_pickle() -> None:
    """The provider is pickled by reference: these bytes are in every user's state."""
    assert serialize_provider(JobProvider()) == PICKLES[pickle.DEFAULT_PROTOCOL]
