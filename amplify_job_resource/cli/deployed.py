"""What `amplify-job deploy` has made live on a branch, so that the next one can say what changes.

It is kept on this machine only: AWS does not tell which files are live.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from .._values.home import folder

#: What a record has, of whatever it tells.
_NEEDED: Final = ("appId", "branchName", "contentDigest", "source", "jobId", "status")
#: Where a file is written before it takes the place of the earlier one.
_TEMPORARY: Final = ".{}.tmp"


class Deployed:
    """The last deployment of one branch that this command has seen succeed.

    Args:
        urn: The URN of the command's operation, which names the branch.
        region: The region of the app.
    """

    def __init__(self, urn: str, region: str | None) -> None:
        stem = hashlib.sha256(f"{urn} {region}".encode()).hexdigest()[:32]
        home = folder()
        self._path: Path | None = home and home / f"deployed-{stem}.json"

    def read(self) -> dict[str, Any]:
        """The properties of that deployment; empty where there is none, or none that can be read."""
        if self._path is None:
            return {}
        with suppress(OSError, ValueError):
            found = json.loads(self._path.read_text(encoding="utf-8"))
            if isinstance(found, dict) and all(isinstance(found.get(key), str) for key in _NEEDED):
                return found
        return {}

    def write(self, properties: dict[str, Any]) -> None:
        """Keep a deployment; where that cannot be done, the next one has nothing to compare with."""
        if self._path is None:
            return
        temporary = self._path.with_suffix(_TEMPORARY.format(os.getpid()))
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_text(json.dumps(properties), encoding="utf-8")
            temporary.replace(self._path)
