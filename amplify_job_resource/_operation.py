"""The operation at hand: its resource, its timeout, its cancellation and its output.

The lifecycle is handed one by whoever asks for its work: a front for Pulumi's engine, a shell, a
test. What users call things differs from front to front, so each operation brings its words along.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final, Protocol, TypeVar

from ._ask import Ask, ask
from ._inputs.schema import snake_case

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Front:
    """What the users of one front call things.

    Attributes:
        input_name: the user's name of an input, made from its key in state.
        next_run: what releases, or resumes the release, again; it begins a sentence.
        timeout: where the user sets how long to wait.
        waits_by_command: whether a command keeps waiting for a job, and not the next run.
        to_build: what the user does to have a branch built.
        to_deploy: what the user does to have files deployed.
    """

    input_name: Callable[[str], str]
    next_run: str
    timeout: str
    waits_by_command: bool = False
    to_build: str = "declare a Job"
    to_deploy: str = "declare a Deployment"


#: The URN of an operation that does not know its resource.
NO_URN: Final = "urn:pulumi:none::none::amplify:Job::none"
#: The words of a Pulumi program in Python.
PYTHON: Final = Front(snake_case, "The next `pulumi up`", "custom_timeouts")
#: The words of the native provider, in every language: properties have their own names.
NATIVE: Final = Front(str, "The next `pulumi up`", "customTimeouts")


class Operation(Protocol):
    """One operation on one resource."""

    @property
    def urn(self) -> str:
        """The resource's URN."""

    @property
    def front(self) -> Front:
        """The words of the user who asked for it."""

    @property
    def timeout(self) -> float | None:
        """Seconds that the user gave it, None when nothing was said."""

    @property
    def records_failures(self) -> bool:
        """Whether a failure that comes with a job is saved in state."""

    def now(self) -> float:
        """Seconds on a clock that never goes back."""

    def sleep(self, seconds: float) -> bool:
        """Pause; False, at once, when the operation is being cancelled."""

    def ask(self, call: Callable[[], T], action: str, deadline: float | None = None) -> T:
        """Make a call to AWS that may be given up.

        Args:
            call: The call. It may go on after it was given up, and must do no harm then.
            action: What it does, and to what: `reading Amplify job (d1a2/main/42)`.
            deadline: When to give it up, on the operation's clock.

        Raises:
            errors.Unanswered: the operation is being cancelled, or the time is up.
        """

    def hide(self, text: str) -> str:
        """The text without secrets: for text of others that is cut, or kept, before it is shown."""

    def status(self, text: str) -> None:
        """Show a line in the resource's row until the next one."""

    def info(self, text: str) -> None:
        """Print a line that stays."""

    def warn(self, text: str) -> None:
        """Print a warning that stays."""

    def warn_once(self, text: str) -> None:
        """Print a warning about this machine, once for all resources of a command."""

    def debug(self, text: str) -> None:
        """Print a line that only a debug log shows."""

    def after_recorded(self, action: Callable[[], None]) -> None:
        """Run an action once the engine has recorded the result of this operation."""


def within(operation: Operation, seconds: float) -> Ask:
    """A way to make calls that are given up so many seconds from now."""
    return partial(operation.ask, deadline=operation.now() + seconds)


class PlainOperation:
    """An operation without an engine: real time, never cancelled, lines go to stderr."""

    front = PYTHON
    timeout: float | None = None
    records_failures = False

    def __init__(self, urn: str = NO_URN) -> None:
        self.urn = urn
        self._warned: set[str] = set()

    def now(self) -> float:
        """See `Operation`."""
        return time.monotonic()

    def sleep(self, seconds: float) -> bool:
        """See `Operation`."""
        time.sleep(seconds)
        return True

    def ask(self, call: Callable[[], T], action: str, deadline: float | None = None) -> T:
        """See `Operation`."""
        return ask(call, action, self, deadline)

    def hide(self, text: str) -> str:
        """The text as it is: there are no secrets."""
        return text

    def status(self, text: str) -> None:
        """Do nothing: there are no rows to show it in."""

    def info(self, text: str) -> None:
        """See `Operation`."""
        print(text, file=sys.stderr, flush=True)

    def warn(self, text: str) -> None:
        """See `Operation`."""
        print(f"warning: {text}", file=sys.stderr, flush=True)

    def warn_once(self, text: str) -> None:
        """See `Operation`; this operation is all that a command does."""
        if text not in self._warned:
            self._warned.add(text)
            self.warn(text)

    def debug(self, text: str) -> None:
        """Do nothing: there is no debug log."""

    def after_recorded(self, action: Callable[[], None]) -> None:
        """Run the action now: nobody tells when the result has been recorded."""
        action()
