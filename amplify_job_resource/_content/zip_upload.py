"""What is uploaded for a content: a zip that is made, or the zip that was given, as it is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from .files import PIECE, Content, ContentChanged, Progress, unreadable
from .manifest import Manifest, manifest_of
from .zip_plan import ZipPlan


class Upload(Protocol):
    """Bytes whose number is known before the first of them."""

    @property
    def size(self) -> int:
        """How many bytes these are."""

    def chunks(self) -> Iterator[bytes]:
        """The bytes from the beginning; called again for another try.

        Raises:
            ContentChanged: they are no longer what was to be deployed; not all have been given then.
            ContentError: they cannot be read.
        """


def upload_of(content: Content, manifest: Manifest, progress: Progress | None = None) -> Upload:
    """Check a content against its manifest, and say what is to be uploaded.

    Args:
        content: The files. `problems()` has found nothing wrong with them.
        manifest: What they were when the deployment was decided.
        progress: Told of each piece that is read; what it raises comes out.

    Raises:
        ContentChanged: it is another content.
        ContentError: a file cannot be read, or the zip is larger than a deployment may be.
    """
    if content.zip_path is None:
        return ZipPlan.of(content, manifest, progress)
    return GivenZip.of(content.zip_path, content, manifest, progress)


@dataclass(frozen=True, slots=True)
class GivenZip:
    """A zip that is uploaded byte for byte.

    Attributes:
        size: how many bytes it has.
    """

    size: int
    _path: Path
    _digest: bytes

    @classmethod
    def of(
        cls, path: Path, content: Content, manifest: Manifest, progress: Progress | None = None
    ) -> GivenZip:
        """Check what is in a zip, and remember its bytes.

        Raises:
            ContentChanged: it holds something else than the manifest says.
            ContentError: it cannot be read.
        """
        size, digest = 0, hashlib.sha256()
        for piece in _read(path):
            size += len(piece)
            digest.update(piece)
            if progress is not None:
                progress(0)
        # Looked at after its bytes were: if it is replaced in between, what is sent is not these bytes.
        if manifest_of(content, progress=progress).digest != manifest.digest:
            raise ContentChanged
        return cls(size, path, digest.digest())

    def chunks(self) -> Iterator[bytes]:
        """The bytes of the zip; the last piece only if all are what they were.

        Raises:
            ContentChanged: they are not.
            ContentError: the zip cannot be read.
        """
        left, digest = self.size, hashlib.sha256()
        held = b""
        for piece in _read(self._path):
            left -= len(piece)
            digest.update(piece)
            if left < 0:
                break
            if held:
                yield held
            held = piece
        if digest.digest() != self._digest:
            raise ContentChanged
        yield held


def _read(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb", buffering=0) as file:
            while piece := file.read(PIECE):
                yield piece
    except FileNotFoundError as error:
        raise ContentChanged from error
    except OSError as error:
        raise unreadable(path, error) from error
