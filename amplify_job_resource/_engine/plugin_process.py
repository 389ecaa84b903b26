"""The one place that knows the plugin process of Pulumi's Python dynamic providers.

A stock dynamic provider serves four calls at a time, shows errors as tracebacks, forgets a create
that failed, ignores Ctrl-C and timeouts, and tells nothing while it works. The process that the
engine talks to (`python -m pulumi.dynamic`) offers a way around each; they are measured facts of the
SDK and of gRPC, not promises of theirs. So each seam is looked for on its own, and where it is not
found the stock behaviour remains. `AMPLIFY_JOB_STOCK_PLUGIN=1` switches all of them off.

The seams, and what is lost without them:
    frame     a `request` and `context` on the stack     timeouts, rows, plain and recorded failures
    pool      gRPC's `experimental_thread_pool`          more than four calls at a time
    queue     the executor of the thread that loads us   the same for calls that came before
    cancel    the same on `Cancel`                       prompt Ctrl-C
    engine    the engine's address in `sys.argv`         rows, the end of an orphan
"""

from __future__ import annotations

import asyncio
import contextvars
import functools
import os
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from types import FrameType, ModuleType
from typing import Any, Final, ParamSpec, Protocol, TypeVar

from .._amplify.ids import JobId
from .._operation import Call, PlainCall
from ..errors import AmplifyJobError

#: Calls served side by side, in each of two pools; each is a thread, and most of them only wait.
MAX_CALLS: Final = 256
#: Seconds that an orphan leaves its calls to come to an end.
ORPHAN_GRACE: Final = 2.0

_PROVIDER_KEY = "__provider"
_UNKNOWN_CODE = 2  # google.rpc.Code.UNKNOWN, what the SDK itself aborts with
_REPORT = (
    "This is a fault in amplify-job-resource: please report it with the lines above at "
    "the project's issue tracker."
)

P = ParamSpec("P")
T = TypeVar("T")


class RecordedFailure(Exception):
    """A failure that comes with a resource: the engine saves it and shows the reasons.

    Attributes:
        id: the resource id.
        properties: the complete bag.
        cause: what went wrong.
    """

    def __init__(self, id_: str, properties: Mapping[str, Any], cause: AmplifyJobError) -> None:
        self.id = id_
        self.properties = dict(properties)
        self.cause = cause
        super().__init__(str(cause))


class _Request(Protocol):
    urn: str


def debugging() -> bool:
    """Whether errors are to be shown with their traceback (`AMPLIFY_JOB_DEBUG=1`)."""
    return _is_set("AMPLIFY_JOB_DEBUG")


def _is_set(variable: str) -> bool:
    return os.environ.get(variable, "").lower() not in ("", "0", "false", "no")


# --- the process -------------------------------------------------------------------------------


class Process:
    """What all calls of one plugin process share."""

    def __init__(self) -> None:
        self.cancelled = threading.Event()
        self.missing: dict[str, str] = {}
        self._engine: Any = None
        self._channel: Any = None
        self._told: list[Callable[[], None]] = []
        self._lock = threading.Lock()
        self._said = False

    def install(self, main: ModuleType, argv: list[str]) -> None:
        """Put every seam to use that is there; called once, when the provider is first loaded."""
        seams: dict[str, Callable[[], None]] = {
            "engine": lambda: self._connect(argv),
            "pool": lambda: self._widen(main),
            "queue": self._serve_queued,
            "cancel": lambda: self._hear_cancel(main),
        }
        for name, seam in seams.items():
            try:
                seam()
            except Exception as error:  # whatever a changed SDK does, the stock behaviour remains
                self.missing[name] = f"{type(error).__name__}: {error}"

    def _connect(self, argv: list[str]) -> None:
        import grpc
        from pulumi.runtime.proto import engine_pb2_grpc

        address = argv[-1]
        host, _, port = address.rpartition(":")
        target = (host, int(port))
        self._channel = grpc.insecure_channel(address)
        self._engine = engine_pb2_grpc.EngineStub(self._channel)

        def changed(state: Any) -> None:
            if state in (
                grpc.ChannelConnectivity.TRANSIENT_FAILURE,
                grpc.ChannelConnectivity.SHUTDOWN,
            ):
                try:
                    socket.create_connection(target, timeout=5).close()
                except OSError:
                    self._end_as_orphan()

        self._channel.subscribe(changed, try_to_connect=True)

    def _end_as_orphan(self) -> None:
        """The CLI is gone: let waits end, touch no job, and leave."""
        self.cancelled.set()
        threading.Timer(ORPHAN_GRACE, os._exit, args=(0,)).start()

    def _widen(self, main: ModuleType) -> None:
        servicer = main.DynamicResourceProviderServicer
        pool = ThreadPoolExecutor(max_workers=MAX_CALLS, thread_name_prefix="amplify-job")
        for method in ("Create", "Update", "Delete"):
            getattr(servicer, method).experimental_thread_pool = pool

    def _serve_queued(self) -> None:
        """Give a thread to each call that was queued before the provider was loaded.

        A destroy begins with all its Deletes at once; the first one loads the provider, and the
        others are by then in the queue of the SDK's own four threads.
        """
        frame: FrameType | None = sys._getframe()
        while frame is not None and "executor_reference" not in frame.f_locals:
            frame = frame.f_back
        if frame is None:
            raise LookupError("no executor on the stack")
        executor = frame.f_locals["executor_reference"]()
        executor._max_workers = max(MAX_CALLS, executor._max_workers)
        for _ in range(executor._work_queue.qsize()):
            executor._adjust_thread_count()

    def _hear_cancel(self, main: ModuleType) -> None:
        process = self

        class CancelPool(ThreadPoolExecutor):
            """Hears of the RPC before the RPC is served."""

            def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
                process.hear_cancel()
                return super().submit(fn, *args, **kwargs)

        main.DynamicResourceProviderServicer.Cancel.experimental_thread_pool = CancelPool(
            max_workers=1, thread_name_prefix="amplify-job-cancel"
        )

    def hear_cancel(self) -> None:
        """The engine cancels: after Ctrl-C, and at the normal end of every operation."""
        self.cancelled.set()
        with self._lock:
            told, self._told = self._told, []
        for action in told:
            action()

    def when_told(self, action: Callable[[], None]) -> None:
        """Keep an action for when the engine has taken in what was returned so far."""
        if "cancel" in self.missing:
            action()
            return
        with self._lock:
            self._told.append(action)

    def log(self, severity: str, text: str, urn: str = "", *, ephemeral: bool = False) -> None:
        """A line in a resource's row; lost when there is no engine to tell."""
        if self._engine is None:
            if not ephemeral and severity != "DEBUG":
                print(text, file=sys.stderr, flush=True)
            return
        import grpc
        from pulumi.runtime.proto import engine_pb2

        request = engine_pb2.LogRequest(
            severity=getattr(engine_pb2, severity), message=text, urn=urn, ephemeral=ephemeral
        )
        with suppress(grpc.RpcError):
            self._engine.Log(request, timeout=5)

    def say_what_is_missing(self) -> None:
        """One debug line about the seams that were not found."""
        if self.missing and not self._said:
            self._said = True
            seams = "; ".join(f"{name} ({why})" for name, why in self.missing.items())
            self.log("DEBUG", f"amplify-job-resource: stock behaviour for {seams}")


_process: Process | None = None


def install() -> None:
    """Put the seams to use when this is the plugin process; nothing happens anywhere else."""
    global _process
    main = sys.modules.get("__main__")
    spec = getattr(main, "__spec__", None)
    if _process is not None or main is None or spec is None:
        return
    if not spec.name.startswith("pulumi.dynamic") or _is_set("AMPLIFY_JOB_STOCK_PLUGIN"):
        return
    _process = Process()
    _process.install(main, sys.argv)


# --- one call ----------------------------------------------------------------------------------


class EngineCall:
    """The call that the engine makes at this moment."""

    records_failures = True
    next_run = PlainCall.next_run
    timeout_name = PlainCall.timeout_name

    def __init__(self, process: Process, request: _Request, context: Any) -> None:
        self._process = process
        self._context = context
        self.urn = str(request.urn)
        seconds = float(getattr(request, "timeout", 0) or 0)
        self.timeout = seconds if seconds > 0 else None

    def goes_on(self, _: JobId, /) -> str:
        """See `Call`."""
        return f"{self.next_run} goes on waiting for it."

    def now(self) -> float:
        """See `Call`."""
        return time.monotonic()

    def sleep(self, seconds: float) -> bool:
        """See `Call`."""
        return not self._process.cancelled.wait(seconds)

    def status(self, text: str) -> None:
        """See `Call`."""
        self._process.log("INFO", text, self.urn, ephemeral=True)

    def info(self, text: str) -> None:
        """See `Call`."""
        self._process.log("INFO", text, self.urn)

    def warn(self, text: str) -> None:
        """See `Call`."""
        self._process.log("WARNING", text, self.urn)

    def debug(self, text: str) -> None:
        """See `Call`."""
        self._process.log("DEBUG", text, self.urn)

    def when_told(self, action: Callable[[], None]) -> None:
        """See `Call`."""
        self._process.when_told(action)

    def show(self, message: str, failed: RecordedFailure | None = None, provider: str = "") -> None:
        """Have the engine print just the message, and save the resource of a recorded failure.

        The SDK aborts the RPC with a traceback; the trailing metadata set here takes its place.
        """
        from google.rpc import status_pb2
        from pulumi.runtime import rpc
        from pulumi.runtime.proto import provider_pb2

        status = status_pb2.Status(code=_UNKNOWN_CODE, message=message)
        if failed:
            bag = {**failed.properties, _PROVIDER_KEY: provider}
            properties = asyncio.run(rpc.serialize_properties(bag, {}))
            status.details.add().Pack(
                provider_pb2.ErrorResourceInitFailed(
                    # The CLI lists the reasons, and a list's lines are indented.
                    id=failed.id,
                    properties=properties,
                    reasons=[message.replace("\n", "\n\t  ")],
                )
            )
        self._context.set_trailing_metadata(
            (("grpc-status-details-bin", status.SerializeToString()),)
        )


_current: contextvars.ContextVar[Call | None] = contextvars.ContextVar("call", default=None)


def current_call() -> Call:
    """The call at hand: the engine's, the one given by `use`, or a plain one."""
    given = _current.get()
    if given is not None:
        return given
    if _process is not None:
        frame = _servicer_frame(sys._getframe())
        if frame is not None:
            _process.say_what_is_missing()
            return EngineCall(_process, frame.f_locals["request"], frame.f_locals["context"])
        _process.missing.setdefault("frame", "no request and context on the stack")
        _process.say_what_is_missing()
    return PlainCall()


@contextmanager
def use(call: Call) -> Iterator[None]:
    """Give the call to the provider methods that run inside the block."""
    token = _current.set(call)
    try:
        yield
    finally:
        _current.reset(token)


def _servicer_frame(frame: FrameType | None) -> FrameType | None:
    while frame is not None:
        local = frame.f_locals
        if isinstance(getattr(local.get("request"), "urn", None), str) and hasattr(
            local.get("context"), "set_trailing_metadata"
        ):
            return frame
        frame = frame.f_back
    return None


def engine_method(method: Callable[P, T]) -> Callable[P, T]:
    """Make a provider method speak plainly: errors that we foresee are sentences.

    A fault of our own keeps its traceback and asks to be reported. Nothing but an `Exception` ever
    leaves, since the SDK answers the engine only then.
    """

    @functools.wraps(method)
    def spoken(*args: P.args, **kwargs: P.kwargs) -> T:
        call = current_call()
        try:
            with use(call):
                return method(*args, **kwargs)
        except RecordedFailure as failure:
            if isinstance(call, EngineCall):
                call.show(_text(failure), failure, _provider_in(args))
            if call.records_failures:
                raise
            raise failure.cause from failure.cause.__cause__
        except AmplifyJobError as error:
            if isinstance(call, EngineCall):
                call.show(_text(error))
            raise
        except BaseException as bug:
            text = f"{traceback.format_exc()}\n{_REPORT}"
            if isinstance(call, EngineCall):
                call.show(text)
            if isinstance(bug, Exception):
                raise
            raise RuntimeError(f"{type(bug).__name__}: {bug}") from bug

    return spoken


def _text(error: Exception) -> str:
    return f"{error}\n\n{traceback.format_exc()}" if debugging() else str(error)


def _provider_in(args: tuple[Any, ...]) -> str:
    """The pickled provider, which every saved bag must hold: in the last bag of the arguments."""
    bags = [arg for arg in args if isinstance(arg, dict) and _PROVIDER_KEY in arg]
    return str(bags[-1][_PROVIDER_KEY]) if bags else ""
