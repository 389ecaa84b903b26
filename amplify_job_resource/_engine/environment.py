"""The environment variables that switch how the plugin process behaves."""

from __future__ import annotations

import os


def debugging() -> bool:
    """Whether errors are to be shown with their traceback (`AMPLIFY_JOB_DEBUG=1`)."""
    return is_set("AMPLIFY_JOB_DEBUG")


def is_set(variable: str) -> bool:
    """Whether a variable switches something on: it is there, and is not empty, 0, false or no."""
    return os.environ.get(variable, "").lower() not in ("", "0", "false", "no")
