"""Random requests for every operation: no answer is a server's error, and each is of AWS's model."""

from __future__ import annotations

from hypothesis import Phase, settings

from tests.machine.service import Service

TestService = Service.TestCase
#: Always the same requests, and few: `make explore-emulator` sends others, as many as one likes.
TestService.settings = settings(
    max_examples=6,
    stateful_step_count=20,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
)
