"""The plugin process of Pulumi's Python dynamic providers: what it offers beyond the stock behaviour.

A stock dynamic provider serves four calls at a time, shows errors as tracebacks, forgets a create
that failed, ignores Ctrl-C and timeouts, and shows nothing while it works. The process that the
engine talks to (`python -m pulumi.dynamic`) offers a way around each. These ways are measured facts of
the SDK and of gRPC, not promises of theirs, so each seam is looked for on its own, and where it is not
found the stock behaviour remains. `AMPLIFY_JOB_STOCK_PLUGIN=1` switches all of them off.

The seams, and what is lost without them:
    frame     a `request` and `context` on the stack     timeouts, rows, plain and recorded failures
    pool      gRPC's `experimental_thread_pool`          more than four calls at a time
    queue     the executor of the thread that loads us   more than four for what was queued before
    cancel    the same on `Cancel`                       prompt Ctrl-C
    engine    the engine's address in `sys.argv`         rows, the end of an orphan

The `frame` seam is in `operation`, all others are here.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import FrameType, ModuleType
from typing import Any, Final

from .engine_link import EngineLink
from .environment import is_set

#: Calls served side by side, in each of two pools; each is a thread, and most of them only wait.
MAX_CALLS: Final = 256


class PluginProcess(EngineLink):
    """The link to the engine, with the seams that were found.

    Attributes:
        missing: the seams that were not found, each with the reason.
    """

    def __init__(self) -> None:
        super().__init__()
        self.missing: dict[str, str] = {}
        self._reported = False

    def after_recorded(self, action: Callable[[], None]) -> None:
        """See `EngineLink`; at once where nobody would tell of the Cancel."""
        if "cancel" in self.missing:
            action()
        else:
            super().after_recorded(action)

    def install(self, main: ModuleType, argv: list[str]) -> None:
        """Put to use every seam that is there; called once, when the provider is first loaded."""
        seams: dict[str, Callable[[], None]] = {
            "engine": lambda: self.connect(argv[-1]),
            "pool": lambda: self._widen(main),
            "queue": self._serve_queued,
            "cancel": lambda: self._hear_cancel(main),
        }
        for name, seam in seams.items():
            try:
                seam()
            except Exception as error:  # whatever another SDK raises, the stock behaviour remains
                self.missing[name] = f"{type(error).__name__}: {error}"

    def _widen(self, main: ModuleType) -> None:
        servicer = main.DynamicResourceProviderServicer
        pool = ThreadPoolExecutor(max_workers=MAX_CALLS, thread_name_prefix="amplify-job")
        for method in ("Create", "Update", "Delete"):
            getattr(servicer, method).experimental_thread_pool = pool

    def _serve_queued(self) -> None:
        """Give a thread to each call that was queued before the provider was loaded.

        A destroy begins with all its Deletes at once; the first one loads the provider, and the
        others are in the queue of the SDK's own four threads by then.
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
            """Learns of the RPC before the RPC is served."""

            def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
                process.hear_cancel()
                return super().submit(fn, *args, **kwargs)

        main.DynamicResourceProviderServicer.Cancel.experimental_thread_pool = CancelPool(
            max_workers=1, thread_name_prefix="amplify-job-cancel"
        )

    def report_missing(self) -> None:
        """One debug line about the seams that were not found."""
        if self.missing and not self._reported:
            self._reported = True
            seams = "; ".join(f"{name} ({why})" for name, why in self.missing.items())
            self.log("DEBUG", f"amplify-job-resource: stock behaviour for {seams}")


_process: PluginProcess | None = None


def install() -> None:
    """Put the seams to use when this is the plugin process; nothing happens anywhere else."""
    global _process
    main = sys.modules.get("__main__")
    spec = getattr(main, "__spec__", None)
    if _process is not None or main is None or spec is None:
        return
    if not spec.name.startswith("pulumi.dynamic") or is_set("AMPLIFY_JOB_STOCK_PLUGIN"):
        return
    _process = PluginProcess()
    _process.install(main, sys.argv)


def plugin_process() -> PluginProcess | None:
    """The plugin process that this is; None anywhere else, and in stock mode."""
    return _process
