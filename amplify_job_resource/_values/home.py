"""Where this package keeps files of its own: notes of what was begun, and digests of files."""

from __future__ import annotations

import os
from pathlib import Path


def folder() -> Path | None:
    """A folder below `PULUMI_HOME`, else `~/.pulumi`; None where there is neither."""
    try:
        home = Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")
        return home.absolute() / "amplify-job-resource"
    except (OSError, RuntimeError):
        return None  # No HOME and no entry in the list of users; or a relative one in no folder.
