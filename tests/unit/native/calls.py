"""The engine's calls to the native provider, with branches in memory in the place of AWS."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any, Final

import grpc.aio
import pytest
from amplify_job_resource._amplify import session
from amplify_job_resource._amplify.ids import BranchId, JobId
from amplify_job_resource._amplify.records import JobRecord
from amplify_job_resource._amplify.settings import Settings
from amplify_job_resource._ask import Ask
from amplify_job_resource._native.link import Link
from amplify_job_resource._native.resources import Resources
from amplify_job_resource._native.servicer import Provider
from amplify_job_resource._native.wire import Path, encoded
from amplify_job_resource._operation import Operation
from google.protobuf.struct_pb2 import Struct
from google.rpc import status_pb2
from pulumi.runtime.proto import provider_pb2 as rpc
from pulumi.runtime.proto import provider_pb2_grpc

from tests.operations import FakeOperation
from tests.unit.start.fakes import FakeBranch

JOB_TYPE: Final = "amplify-job:index:Job"
DEPLOYMENT_TYPE: Final = "amplify-job:index:Deployment"
INPUTS: Final = {"appId": "d1a2", "branchName": "main", "region": "eu-west-1"}
#: Bytes of metadata that the engine takes; Python's own limit is that of a browser.
METADATA: Final = 16 * 1024 * 1024


def a_urn(name: str = "site", type: str = JOB_TYPE) -> str:
    return f"urn:pulumi:dev::shop::{type}::{name}"


def struct(properties: Mapping[str, Any], *secrets: Path) -> Struct:
    """Properties as the engine sends them, some of them secrets."""
    return encoded(properties, secrets)


class Branch(FakeBranch):
    """A branch of any name; its jobs end as soon as somebody looks, or never."""

    def __init__(self, branch_id: BranchId, end: str | None) -> None:
        super().__init__(FakeOperation())
        self.branch_id = branch_id
        self._end = end

    def _new(self, **members: Any) -> JobRecord:
        job = super()._new(**members)
        job = replace(
            job, id=JobId(self.branch_id.app_id, self.branch_id.branch_name, str(job.number))
        )
        self.add(job)
        if self._end:
            self.end(job.number, 0, self._end)
        return job


class QuietLink(Link):
    """A link to an engine that keeps what it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[tuple[str, str, str, bool]] = []
        self.heard = threading.Condition()

    def log(self, severity: str, text: str, urn: str = "", *, ephemeral: bool = False) -> None:
        with self.heard:
            self.lines.append((severity, text, urn, ephemeral))
            self.heard.notify_all()


@dataclass
class Amplify:
    """Branches in memory.

    Attributes:
        end: how jobs end; None where they never do.
        branches: each branch that was asked for.
        broken: an error in the place of an API.
    """

    end: str | None = "SUCCEED"
    branches: dict[BranchId, Branch] = field(default_factory=dict)
    broken: BaseException | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def api(self, clients: Any, branch_id: BranchId, ask: Ask) -> Branch:
        with self._lock:
            if self.broken:
                raise self.broken
            if branch_id not in self.branches:
                self.branches[branch_id] = Branch(branch_id, self.end)
            return self.branches[branch_id]

    def branch(self, name: str = "main") -> Branch:
        return self.api(None, BranchId("d1a2", name), None)  # type: ignore[arg-type]

    @property
    def started(self) -> int:
        """How many jobs were started in all."""
        return sum(len(branch.begun) for branch in self.branches.values())

    @property
    def asked(self) -> list[str]:
        """All calls so far."""
        return [call for branch in self.branches.values() for call in branch.asked]


def resources_of(amplify: Amplify) -> Resources:
    """The resources over branches in memory, whose pages answer well without a look at them."""
    resources = Resources(amplify.api)
    for type_ in (JOB_TYPE, DEPLOYMENT_TYPE):
        resources.of(a_urn(type=type_)).lifecycle._check_health = looked_at
    return resources


def looked_at(
    job: JobRecord, address: str, shown: str, settings: Settings, operation: Operation, end: float
) -> None:
    operation.info(f"looked at {shown}")


def without_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let clients be made of settings alone, which are looked up by them."""
    made: dict[Settings, Any] = {}
    monkeypatch.setattr(
        session,
        "clients_for",
        lambda settings: made.setdefault(settings, SimpleNamespace(settings=settings)),
    )


@dataclass(frozen=True)
class Failure:
    """How a call failed, as the engine is told.

    Attributes:
        code: gRPC's code.
        message: what the user reads.
        saved: the resource that is to be saved, None for none.
    """

    code: grpc.StatusCode
    message: str
    saved: Any = None

    @classmethod
    def of(cls, error: grpc.aio.AioRpcError) -> Failure:
        saved = None
        metadata: Any = error.trailing_metadata()
        for key, value in metadata:
            if key == "grpc-status-details-bin":
                status: Any = status_pb2.Status.FromString(value)
                assert status.message == error.details()
                for detail in status.details:
                    saved = rpc.ErrorResourceInitFailed()
                    assert detail.Unpack(saved)
        return cls(error.code(), error.details() or "", saved)


class Engine:
    """A client of the provider, over a real connection; calls are made from any thread.

    Attributes:
        link: what the provider tells the engine.
        amplify: AWS.
        provider: the servicer itself.
    """

    def __init__(self, amplify: Amplify) -> None:
        self.amplify = amplify
        self.link = QuietLink()
        self.provider = Provider(self.link, resources_of(amplify))
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._server, self._channel, self.stub = self._run(self._serve()).result(30)

    async def _serve(self) -> tuple[Any, Any, Any]:
        server = grpc.aio.server()
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(self.provider, server)
        port = server.add_insecure_port("127.0.0.1:0")
        await server.start()
        sizes = [
            ("grpc.max_metadata_size", METADATA),
            ("grpc.absolute_max_metadata_size", METADATA),
        ]
        channel = grpc.aio.insecure_channel(f"127.0.0.1:{port}", options=sizes)
        return server, channel, provider_pb2_grpc.ResourceProviderStub(channel)

    def _run(self, work: Any) -> Future[Any]:
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def begin(self, method: str, request: Any) -> Future[Any]:
        """Make a call; its answer is a response or a `Failure`."""

        async def call() -> Any:
            try:
                answer = getattr(self.stub, method)(request)
                return await answer if hasattr(answer, "__await__") else [x async for x in answer]
            except grpc.aio.AioRpcError as error:
                return Failure.of(error)

        return self._run(call())

    def call(self, method: str, request: Any) -> Any:
        """The answer to a call: a response or a `Failure`."""
        return self.begin(method, request).result(60)

    def answer(self, method: str, request: Any) -> Any:
        """The response to a call that is a success."""
        response = self.call(method, request)
        assert not isinstance(response, Failure), response
        return response

    def refused(self, method: str, request: Any) -> Failure:
        """How a call failed that has to."""
        failure = self.call(method, request)
        assert isinstance(failure, Failure), failure
        return failure

    def close(self) -> None:
        async def close() -> None:
            await self._channel.close()
            await self._server.stop(None)

        self.link.hear_cancel()
        self._run(close()).result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        for _, pool in self.provider.work.values():
            if pool:
                pool.shutdown()

    @property
    def said(self) -> list[str]:
        """The lines that the engine was told."""
        return [text for _, text, _, _ in self.link.lines]
