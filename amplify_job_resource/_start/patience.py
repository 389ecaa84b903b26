"""How long the start of a release may take: the user's timeout, and Ctrl-C."""

from __future__ import annotations

from .._operation import Operation


class GivenUp(Exception):
    """The start cannot go on: the time is up, somebody interrupted it, or AWS does not let it.

    It never leaves this package: `release` turns it into the error that users see.

    Attributes:
        why: why, as the end of a sentence.
    """

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


class Patience:
    """The time that is left for the start of one release."""

    def __init__(self, operation: Operation, deadline: float) -> None:
        """Start with the time until `deadline`, on the operation's clock."""
        self._operation = operation
        self._deadline = deadline

    def now(self) -> float:
        """The time on the operation's clock, in seconds."""
        return self._operation.now()

    def show(self, text: str) -> None:
        """Show what the next pause is for, in the row."""
        self._operation.status(text)

    def check(self, during: str) -> None:
        """Do nothing if there is time left and nobody has interrupted.

        Args:
            during: What comes behind "timed out" or "interrupted" in a sentence.

        Raises:
            GivenUp: the time is up, or somebody interrupted.
        """
        if self._operation.now() >= self._deadline:
            raise GivenUp(f"timed out{during}")
        if not self._operation.sleep(0):
            raise GivenUp(f"interrupted{during}")

    def sleep(self, seconds: float, why: str) -> None:
        """Pause, but not beyond the deadline.

        Args:
            seconds: How long.
            why: What the pause waits for, or what it follows.

        Raises:
            GivenUp: the time is up, or somebody interrupted.
        """
        left = self._deadline - self._operation.now()
        if left <= 0:
            raise GivenUp(f"timed out: {why}")
        if not self._operation.sleep(min(seconds, left)):
            raise GivenUp(f"interrupted: {why}")
