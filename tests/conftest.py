"""What all tests share."""

from __future__ import annotations

import os

import pytest
from amplify_job_resource._amplify import budget
from hypothesis import HealthCheck, settings

# Machines are noisy: no example is too slow.
settings.register_profile(
    "default", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("default")


@pytest.fixture(autouse=True)
def _own_budgets() -> None:
    """Calls to AWS count for one test alone: each has a clock of its own."""
    budget._budgets.clear()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """What `-n auto` means here: half of the time a test of the engine waits."""
    return 2 * (os.cpu_count() or 1)
