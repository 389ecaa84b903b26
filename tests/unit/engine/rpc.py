"""A call of the engine, as the plugin process sees it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any, TypeVar

from amplify_job_resource._engine.operation import EngineOperation
from amplify_job_resource._engine.plugin_process import PluginProcess
from google.rpc import status_pb2
from pulumi.runtime import rpc
from pulumi.runtime.proto import provider_pb2

from tests.operations import URN

T = TypeVar("T")


class FakeContext:
    """gRPC's context of one call, as far as it is used."""

    def __init__(self) -> None:
        self.metadata: tuple[tuple[str, bytes], ...] = ()

    def set_trailing_metadata(self, metadata: tuple[tuple[str, bytes], ...]) -> None:
        self.metadata = metadata

    @property
    def status(self) -> Any:
        """The status that the engine is shown in place of the SDK's."""
        ((key, value),) = self.metadata
        assert key == "grpc-status-details-bin"
        return status_pb2.Status.FromString(value)

    @property
    def message(self) -> str:
        """What the CLI prints behind `error:`."""
        return str(self.status.message)

    @property
    def recorded(self) -> Any:
        """The resource of a failure that the engine saves; None when there is none."""
        if not self.status.details:
            return None
        (detail,) = self.status.details
        failed = provider_pb2.ErrorResourceInitFailed()
        assert detail.Unpack(failed)
        return failed

    @property
    def properties(self) -> dict[str, Any]:
        """The properties of that resource."""
        return dict(rpc.deserialize_properties(self.recorded.properties))


class LoggedProcess(PluginProcess):
    """A plugin process that keeps its lines to itself."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[tuple[str, str, str, bool]] = []

    def log(self, severity: str, text: str, urn: str = "", *, ephemeral: bool = False) -> None:
        self.lines.append((severity, text, urn, ephemeral))


def a_request(urn: object = URN, **members: Any) -> Any:
    """A request of the engine's."""
    return SimpleNamespace(urn=urn, **members)


def an_operation(context: FakeContext, process: PluginProcess | None = None) -> EngineOperation:
    """An operation of the engine."""
    return EngineOperation(process or LoggedProcess(), a_request(), context)


def in_a_thread(call: Callable[[], T]) -> T:
    """What a call returns on a thread of its own, as gRPC serves it: the main thread's loop stays."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(call).result()
