"""The plugin process that Pulumi starts for a dynamic provider, without Pulumi's CLI around it.

`Plugin` starts the real process and speaks to it as the engine does: over gRPC, with an engine of
its own that keeps what the plugin logs. So a test can look at one call at a time, hold several
open, cancel them, or take the engine away.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from concurrent import futures
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import grpc
from google.protobuf import empty_pb2, json_format, struct_pb2
from google.rpc import status_pb2
from pulumi.dynamic.dynamic import PROVIDER_KEY, serialize_provider
from pulumi.runtime import rpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, provider_pb2, provider_pb2_grpc

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from types import TracebackType

    from pulumi.dynamic import ResourceProvider
    from typing_extensions import Self

URN = "urn:pulumi:dev::site::pulumi-python:dynamic/amplify:Job::site"
UNKNOWN = rpc.UNKNOWN
"""A value that preview does not know yet, as the engine sends it."""

TIMEOUT = 60.0
"""Seconds for one call: far more than any needs, so that only a hang meets it."""

T = TypeVar("T")


class PluginError(Exception):
    """A call that ended as an error; the text is what the CLI would print after `error:`."""

    def __init__(self, message: str, failed: Failed | None) -> None:
        super().__init__(message)
        self.message = message
        self.failed = failed
        """What the engine would keep of a resource that exists and yet failed."""


@dataclass(frozen=True)
class Failed:
    """A resource that was created or updated and is not well: the engine saves it all the same."""

    id: str
    properties: dict[str, Any]
    reasons: list[str]
    inputs: dict[str, Any]
    provider: str
    """The pickled provider among the properties: without it the resource cannot be touched again."""


@dataclass(frozen=True)
class Checked:
    """Answer to Check."""

    inputs: dict[str, Any]
    failures: dict[str, str]
    """The problems, by property."""


@dataclass(frozen=True)
class Diffed:
    """Answer to Diff."""

    changes: bool | None
    replaces: list[str]
    delete_before_replace: bool


@dataclass(frozen=True)
class Made:
    """Answer to Create, Update and Read. A resource that is gone has an empty id."""

    id: str
    properties: dict[str, Any]


@dataclass(frozen=True)
class Line:
    """One line that the plugin showed to the person at the CLI."""

    severity: str
    message: str
    urn: str
    ephemeral: bool


class Engine(engine_pb2_grpc.EngineServicer):
    """As much of the engine as a plugin talks to: it keeps the lines of its log."""

    def __init__(self) -> None:
        self._lines: list[Line] = []
        self._grew = threading.Condition()
        self._server = grpc.server(futures.ThreadPoolExecutor(4))
        engine_pb2_grpc.add_EngineServicer_to_server(self, self._server)
        self.address = f"127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"
        self._server.start()

    def Log(self, request: engine_pb2.LogRequest, context: object) -> empty_pb2.Empty:  # noqa: N802 (gRPC's name)
        severity = engine_pb2.LogSeverity.Name(request.severity).lower()
        with self._grew:
            self._lines.append(Line(severity, request.message, request.urn, request.ephemeral))
            self._grew.notify_all()
        return empty_pb2.Empty()

    @property
    def lines(self) -> list[Line]:
        """What was logged until now."""
        with self._grew:
            return list(self._lines)

    def wait_for(self, wanted: str, timeout: float = TIMEOUT) -> Line:
        """The first line that holds `wanted`, as soon as it is there."""

        def found() -> Line | None:
            return next((line for line in self._lines if wanted in line.message), None)

        with self._grew:
            line = self._grew.wait_for(found, timeout)
            assert line, f"no line with {wanted!r} among {[line.message for line in self._lines]}"
            return line

    def stop(self) -> None:
        """Be gone at once, as an engine whose CLI was killed."""
        self._server.stop(None).wait()


class Call(Generic[T]):
    """A call on its way."""

    def __init__(self, reply: Any, convert: Callable[[Any], T]) -> None:
        self._reply = reply
        self._convert = convert

    def done(self) -> bool:
        """Whether it has been answered."""
        return bool(self._reply.done())

    def result(self, timeout: float = TIMEOUT) -> T:
        """The answer; a `PluginError` when it is an error."""
        try:
            return self._convert(self._reply.result(timeout))
        except grpc.FutureTimeoutError:
            raise AssertionError(f"the plugin did not answer within {timeout:.0f} s") from None
        except grpc.RpcError as error:
            raise _plugin_error(error) from None


class Plugin:
    """A running plugin process that serves one provider."""

    def __init__(
        self,
        provider: ResourceProvider,
        folder: Path,
        environment: Mapping[str, str],
    ) -> None:
        self.engine = Engine()
        self._provider = serialize_provider(provider)
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-m", "pulumi.dynamic", self.engine.address],
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._stderr: list[str] = []
        self._reader = threading.Thread(target=self._read_stderr, daemon=True)
        self._reader.start()
        assert self.process.stdout
        port = self.process.stdout.readline().strip()
        assert port.isdigit(), f"the plugin said {port!r} and not its port:\n{self.stderr}"
        # The engine is written in Go, whose gRPC takes 16 MiB of metadata.
        limits = [(f"grpc.{name}max_metadata_size", 16 * 2**20) for name in ("", "absolute_")]
        self._channel = grpc.insecure_channel(f"127.0.0.1:{port}", options=limits)
        self._stub = provider_pb2_grpc.ResourceProviderStub(self._channel)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def stderr(self) -> str:
        """What the process printed to stderr until now."""
        return "".join(self._stderr)

    def configure(self, config: Mapping[str, str] | None = None) -> None:
        """Hand over the stack's config, such as `{"aws:region": "eu-west-1"}`."""
        request = provider_pb2.ConfigureRequest(args=_struct(config or {}), acceptSecrets=True)
        self._call("Configure", request, lambda _: None).result()

    def check(self, olds: Mapping[str, Any], news: Mapping[str, Any], *, urn: str = URN) -> Checked:
        """Are these inputs well? `olds` is empty when there is no such resource yet."""
        request = provider_pb2.CheckRequest(
            urn=urn, olds=self._inputs(olds) if olds else None, news=self._inputs(news)
        )
        return self._call("Check", request, _checked).result()

    def diff(
        self, id: str, olds: Mapping[str, Any], news: Mapping[str, Any], *, urn: str = URN
    ) -> Diffed:
        """What does the change from these old outputs to these inputs mean?"""
        request = provider_pb2.DiffRequest(
            id=id, urn=urn, olds=self._inputs(olds), news=self._inputs(news)
        )
        return self._call("Diff", request, _diffed).result()

    def create(
        self,
        inputs: Mapping[str, Any],
        *,
        urn: str = URN,
        timeout: float = 0,
        wait: float = TIMEOUT,
    ) -> Made:
        """Make the resource; `timeout` is the user's custom timeout in seconds, 0 for none."""
        return self.begin_create(inputs, urn=urn, timeout=timeout).result(wait)

    def begin_create(
        self, inputs: Mapping[str, Any], *, urn: str = URN, timeout: float = 0
    ) -> Call[Made]:
        """Like `create`, and return while it is at work."""
        request = provider_pb2.CreateRequest(
            urn=urn, properties=self._inputs(inputs), timeout=timeout
        )
        return self._call("Create", request, _made)

    def update(
        self,
        id: str,
        olds: Mapping[str, Any],
        news: Mapping[str, Any],
        *,
        urn: str = URN,
        timeout: float = 0,
        wait: float = TIMEOUT,
    ) -> Made:
        """Change the resource in place."""
        return self.begin_update(id, olds, news, urn=urn, timeout=timeout).result(wait)

    def begin_update(
        self,
        id: str,
        olds: Mapping[str, Any],
        news: Mapping[str, Any],
        *,
        urn: str = URN,
        timeout: float = 0,
    ) -> Call[Made]:
        """Like `update`, and return while it is at work."""
        request = provider_pb2.UpdateRequest(
            id=id, urn=urn, olds=self._inputs(olds), news=self._inputs(news), timeout=timeout
        )
        return self._call("Update", request, lambda reply: Made(id, _plain(reply.properties)))

    def read(self, id: str, properties: Mapping[str, Any], *, urn: str = URN) -> Made:
        """What is the resource like now? `properties` are the old outputs; none means `get`."""
        return self.begin_read(id, properties, urn=urn).result()

    def begin_read(self, id: str, properties: Mapping[str, Any], *, urn: str = URN) -> Call[Made]:
        """Like `read`, and return while it is at work."""
        request = provider_pb2.ReadRequest(id=id, urn=urn, properties=self._inputs(properties))
        return self._call("Read", request, _made)

    def delete(
        self,
        id: str,
        properties: Mapping[str, Any],
        *,
        urn: str = URN,
        timeout: float = 0,
        wait: float = TIMEOUT,
    ) -> None:
        """Take the resource away."""
        self.begin_delete(id, properties, urn=urn, timeout=timeout).result(wait)

    def begin_delete(
        self, id: str, properties: Mapping[str, Any], *, urn: str = URN, timeout: float = 0
    ) -> Call[None]:
        """Like `delete`, and return while it is at work."""
        request = provider_pb2.DeleteRequest(
            id=id, urn=urn, properties=self._inputs(properties), timeout=timeout
        )
        return self._call("Delete", request, lambda _: None)

    def cancel(self) -> None:
        """What the engine sends on the first Ctrl-C, and at the end of each operation."""
        self._call("Cancel", empty_pb2.Empty(), lambda _: None).result()

    def alive(self) -> bool:
        """Whether the process is still there."""
        return self.process.poll() is None

    def wait_for_end(self, timeout: float = TIMEOUT) -> int:
        """Wait until the process ends by itself, and return its exit code."""
        return self.process.wait(timeout)

    def interrupt(self) -> None:
        """Send SIGINT, with which the engine ends its plugins."""
        self.process.send_signal(signal.SIGINT)

    def close(self) -> None:
        """End the process and the engine."""
        self._channel.close()
        self.process.kill()
        self.process.wait()
        self._reader.join(5)
        for stream in (self.process.stdout, self.process.stderr):
            if stream:
                stream.close()
        self.engine.stop()

    def _call(self, method: str, request: object, convert: Callable[[Any], T]) -> Call[T]:
        return Call(getattr(self._stub, method).future(request), convert)

    def _inputs(self, values: Mapping[str, Any]) -> struct_pb2.Struct:
        return _struct({**values, PROVIDER_KEY: self._provider})

    def _read_stderr(self) -> None:
        assert self.process.stderr
        for line in self.process.stderr:
            self._stderr.append(line)


def _struct(values: Mapping[str, Any]) -> struct_pb2.Struct:
    """Values as they travel: numbers become floats, and keys without a value vanish."""
    struct = struct_pb2.Struct()
    struct.update({key: value for key, value in values.items() if value is not None})
    return struct


def _plain(struct: struct_pb2.Struct) -> dict[str, Any]:
    """A travelled struct as plain data, without the provider."""
    values: dict[str, Any] = json_format.MessageToDict(struct)
    values.pop(PROVIDER_KEY, None)
    return values


def _checked(reply: provider_pb2.CheckResponse) -> Checked:
    return Checked(_plain(reply.inputs), {f.property: f.reason for f in reply.failures})


def _diffed(reply: provider_pb2.DiffResponse) -> Diffed:
    changes = {reply.DIFF_SOME: True, reply.DIFF_NONE: False}.get(reply.changes)
    return Diffed(changes, list(reply.replaces), reply.deleteBeforeReplace)


def _made(reply: provider_pb2.CreateResponse | provider_pb2.ReadResponse) -> Made:
    return Made(reply.id, _plain(reply.properties))


def _plugin_error(error: Any) -> PluginError:
    """The error with what its trailing metadata says, which is what the engine goes by."""
    for key, value in error.trailing_metadata() or ():
        if key != "grpc-status-details-bin":
            continue
        status = status_pb2.Status.FromString(value)
        kept = provider_pb2.ErrorResourceInitFailed()
        for detail in status.details:
            if detail.Unpack(kept):
                failed = Failed(
                    kept.id,
                    _plain(kept.properties),
                    list(kept.reasons),
                    _plain(kept.inputs),
                    kept.properties.fields[PROVIDER_KEY].string_value,
                )
                return PluginError(status.message, failed)
        return PluginError(status.message, None)
    return PluginError(error.details() or str(error), None)
