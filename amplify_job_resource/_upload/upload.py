"""The upload of a body to a signed address: one PUT, and again where it is lost on the way."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Final

from .._amplify.settings import Settings
from .._amplify.signed_address import may_be_asked
from .._ask import Clock, ask
from .._values.pauses import backoff
from .._values.sizes import format_size
from ..errors import Unanswered
from .attempt import Attempt, Body, Limits
from .failures import Failure, UploadFailed

LIMITS: Final = Limits()
#: Seconds that a try has to end when it is given up; longer than that takes only what sends nothing.
_END_SECONDS: Final = 1.0


class Receipt(Enum):
    """What is known of an upload that did not fail."""

    #: S3 has said that it took all bytes.
    TAKEN = "taken"
    #: A try whose answer was lost had sent all bytes, and S3 refused the next one: it has probably
    #: taken them. The job's start tells the truth.
    UNKNOWN = "unknown"


def put(
    url: str,
    body: Body,
    settings: Settings,
    *,
    progress: Callable[[int], None],
    clock: Clock,
    deadline: float,
    action: str = "uploading the files",
    limits: Limits = LIMITS,
) -> Receipt:
    """Send a body to a signed address; the address goes nowhere else.

    Args:
        url: The address.
        body: What is sent. It is asked for its chunks on another thread, one try after the other.
        settings: How AWS is reached: proxies and certificates.
        progress: Is told, on the caller's thread, how many bytes of the body are sent; fewer than
            before, when a try begins anew.
        clock: The operation's clock; the upload is given up when it ends waits.
        deadline: When the upload is given up in any case: a reading of the clock, in seconds.
        action: What is done, and to what, for an error: `uploading the files (d1a2/main/42)`.
        limits: How patient it is.

    Raises:
        UploadFailed: the bytes are not there, and another try would not help, or did not.
        errors.Unanswered: the upload was given up. Nothing is sent any more.
        Exception: what the body raises, as it is.
    """
    if not may_be_asked(url):
        raise UploadFailed("AWS gives an address that cannot be used: https is needed")
    wait = _Wait(clock, deadline, action, progress)
    may_have_arrived = False
    tries = 0
    while True:
        tries += 1
        attempt = Attempt(url, body, settings, limits)
        failure = wait.run(attempt)
        if failure is None:
            wait.show(body.size)
            return Receipt.TAKEN
        if failure.is_denial and may_have_arrived:
            return Receipt.UNKNOWN
        may_have_arrived = may_have_arrived or attempt.may_have_arrived
        if failure.is_final or tries >= limits.tries:
            break
        wait.pause(tries, failure)
    reason = failure.reason + ("" if failure.is_final else f", after {tries} tries")
    raise UploadFailed(reason, failure.advice, may_have_arrived=may_have_arrived)


class _Wait:
    """How the caller waits: it shows progress, and ends with the operation.

    It is the operation's clock, which shows progress whenever somebody looks whether to go on.
    """

    def __init__(
        self, clock: Clock, deadline: float, action: str, progress: Callable[[int], None]
    ) -> None:
        self.now = clock.now
        self._clock = clock
        self._deadline = deadline
        self._action = action
        self._progress = progress
        self._shown = 0
        self._attempt: Attempt | None = None

    def run(self, attempt: Attempt) -> Failure | None:
        """What an attempt returns or raises, unless the operation is over before."""
        self._check("nothing was sent yet")
        self._attempt = attempt
        try:
            return ask(attempt.run, self._action, self, self._deadline)
        except Unanswered as error:
            if attempt.is_over:  # and so it is the body's own
                raise
            code = error.code
        finally:
            attempt.give_up(_END_SECONDS)
        raise Unanswered(self._action, code, f"{format_size(attempt.sent)} had been sent")

    def sleep(self, seconds: float) -> bool:
        """See `Clock`."""
        if self._attempt:
            self.show(self._attempt.sent)
        return self._clock.sleep(seconds)

    def show(self, sent: int) -> None:
        """Tell how many bytes are sent, when the number is another one than before."""
        if sent != self._shown:
            self._shown = sent
            self._progress(sent)

    def pause(self, times: int, failure: Failure) -> None:
        """Wait before the next try, since so many have failed."""
        self._clock.sleep(max(0.0, min(backoff(times), self._deadline - self.now())))
        self._check(failure.reason)

    def _check(self, state: str) -> None:
        if not self._clock.sleep(0):
            raise Unanswered(self._action, "Interrupted", state)
        if self.now() >= self._deadline:
            raise Unanswered(self._action, "TimedOut", state)
