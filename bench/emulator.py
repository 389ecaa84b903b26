"""The emulator that all peers share: a process of its own, so that its work counts for none."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from amplify_job_resource.emulator import Control, Plan
from amplify_job_resource.emulator.__main__ import main
from amplify_job_resource.emulator.models import build_slots

if TYPE_CHECKING:
    from typing_extensions import Self

#: The app whose branches `b0`, `b1`, ... are released.
APP = "dbench"


class Emulator:
    """A running emulator; a context manager ends it.

    Attributes:
        url: its address, for `AWS_ENDPOINT_URL_AMPLIFY`.
        control: what sets it up, and tells which calls it got.
    """

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "bench.emulator"]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout
        self.url = self._process.stdout.readline().strip()
        self.control = Control(self.url)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.communicate()

    def prepare(self, count: int, plan: Plan) -> None:
        """Forget everything; then there are so many idle branches, whose jobs go by the plan."""
        self.control.reset()
        self.control.create_app(APP, [f"b{number}" for number in range(count)])
        self.control.default_plan(plan)


if __name__ == "__main__":
    build_slots.CONCURRENT_BUILDS = 10_000  # the queue of an account is not what is measured
    sys.exit(main([]))
