"""The wrapper of the provider's methods: errors become plain sentences, and failures are saved."""

from __future__ import annotations

import functools
import traceback
from collections.abc import Callable
from typing import Any, Final, ParamSpec, TypeVar

from .._lifecycle import RecordedFailure
from ..errors import AmplifyJobError
from .environment import debugging
from .grpc_status import PROVIDER_KEY, show
from .operation import EngineOperation, current_operation, use

_REPORT: Final = (
    "This is a fault in amplify-job-resource: please report it with the lines above at "
    "the project's issue tracker."
)

P = ParamSpec("P")
T = TypeVar("T")


def engine_method(method: Callable[P, T]) -> Callable[P, T]:
    """Make a provider method show its errors as plain sentences.

    A fault of our own keeps its traceback and asks to be reported. Nothing but an `Exception` ever
    leaves the method, since the SDK answers the engine only then.
    """

    @functools.wraps(method)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> T:
        operation = current_operation()
        context = operation.context if isinstance(operation, EngineOperation) else None
        try:
            with use(operation):
                return method(*args, **kwargs)
        except RecordedFailure as failure:
            if context:
                show(context, error_text(failure), failure, _provider_in(args))
            if operation.records_failures:
                raise
            raise failure.cause from failure.cause.__cause__
        except BaseException as bug:
            if context:
                show(context, error_text(bug))
            if isinstance(bug, Exception):
                raise
            raise RuntimeError(f"{type(bug).__name__}: {bug}") from bug

    return wrapper


def error_text(error: BaseException) -> str:
    """What a user reads of the error at hand: a sentence; of a fault of our own, where it is."""
    if not isinstance(error, (AmplifyJobError, RecordedFailure)):
        return f"{traceback.format_exc()}\n{_REPORT}"
    return f"{error}\n\n{traceback.format_exc()}" if debugging() else str(error)


def _provider_in(args: tuple[Any, ...]) -> str:
    """The pickled provider: it stands in the last properties among the arguments."""
    found = [arg[PROVIDER_KEY] for arg in args if isinstance(arg, dict) and PROVIDER_KEY in arg]
    return str(found[-1]) if found else ""
