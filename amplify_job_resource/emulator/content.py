"""What a job deploys that builds nothing: where its files come from, and the files."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from .archives import Unusable, unpack

#: The name of an uploaded zip.
ARCHIVE = "artifacts.zip"


@dataclass(slots=True, eq=False)
class Content:
    """The files of one deployment, from CreateDeployment or a source on.

    Attributes:
        names: The names of the files that are uploaded one by one; None for one zip, or a source.
        sums: The MD5 that each of these files must have, by name; None where that is not looked at.
        source_url: The source; None if the files are uploaded.
        source_url_type: What the source is: `ZIP` or `BUCKET_PREFIX`.
        started_at: When StartDeployment was called; None if it was not.
        uploads: What was uploaded until StartDeployment, by name; a zip has the name `ARCHIVE`.
        files: What is deployed, by name; None before StartDeployment, if it cannot be deployed, and
            when it is no longer needed.
        size: How many bytes were uploaded or read from the source.
    """

    names: tuple[str, ...] | None = None
    sums: Mapping[str, str] | None = None
    source_url: str | None = None
    source_url_type: str | None = None
    started_at: float | None = None
    uploads: dict[str, bytes] = field(default_factory=dict)
    files: Mapping[str, bytes] | None = None
    size: int = 0

    @property
    def missing(self) -> list[str]:
        """The names of what has not been uploaded."""
        expected = (ARCHIVE,) if self.names is None else self.names
        return [name for name in expected if name not in self.uploads]

    def load(self) -> None:
        """Make the files of what was uploaded.

        There are none where it cannot be deployed.
        """
        uploads, self.uploads = self.uploads, {}
        self.size = sum(map(len, uploads.values()))
        try:
            self._check_sums(uploads)
            self.files = uploads if self.names is not None else unpack(uploads.get(ARCHIVE, b""))
        except Unusable:
            self.files = None

    def _check_sums(self, uploads: Mapping[str, bytes]) -> None:
        for name, expected in (self.sums or {}).items():
            if hashlib.md5(uploads.get(name, b""), usedforsecurity=False).hexdigest() != expected:
                raise Unusable(f"{name} has another MD5")

    def again(self, now: float) -> Content:
        """The same files for another job, which starts at the time `now`."""
        return Content(started_at=now, files=self.files, size=self.size)

    def forget(self) -> None:
        """Give up the files, and what was uploaded."""
        self.uploads, self.files = {}, None
