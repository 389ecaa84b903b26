"""What all tests share."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# Machines are noisy: no example is too slow.
settings.register_profile(
    "default", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("default")
