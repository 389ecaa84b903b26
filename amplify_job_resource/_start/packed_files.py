"""What is uploaded for a deployment of files of this machine, and its way to AWS."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from .._amplify.api import BranchApi
from .._amplify.ids import JobId
from .._content.digest_cache import digests_of
from .._content.files import ContentChanged, ContentError
from .._content.manifest import Manifest, from_text
from .._content.project import project_folder
from .._content.source import deployable_content
from .._content.zip_upload import Upload, upload_of
from .._inputs.deployment import DeploymentRequest
from .._operation import Operation
from .._upload.upload import put
from .._values.sizes import upload_line

#: Seconds between two rows of an upload: in a log, each is a line.
ROW_SECONDS: Final = 3.0


def packed_files(request: DeploymentRequest, operation: Operation) -> Upload:
    """Read all files, and see whether they are what the program has seen.

    Raises:
        ContentError: they are not, or cannot be read or deployed; or somebody interrupted.
    """
    operation.status("reading the files")

    def go_on(_: int) -> None:
        if not operation.sleep(0):
            raise ContentError("interrupted while reading the files.")

    root = project_folder(Path.cwd())
    content = deployable_content(request.source, request.exclude or (), root)
    try:
        return upload_of(content, _manifest(request), go_on)
    except ContentChanged:
        # Whatever was known of the files, the next run reads them.
        digests_of(root, request.source).forget()
        raise


def upload(
    files: Upload, url: str, job: JobId, api: BranchApi, operation: Operation, deadline: float
) -> None:
    """Send files for a job to the address that came with it, and show how far that is.

    Raises:
        UploadFailed: they did not arrive.
        ContentError: they were changed meanwhile, or cannot be read.
        errors.Unanswered: the operation is over.
    """
    shown_at = operation.now()
    operation.status(upload_line(0, files.size))

    def show(sent: int) -> None:
        nonlocal shown_at
        if operation.now() >= shown_at + ROW_SECONDS:
            shown_at = operation.now()
            operation.status(upload_line(sent, files.size))

    put(
        url,
        files,
        api.client_settings,
        progress=show,
        clock=operation,
        deadline=deadline,
        action=f"uploading the files ({job})",
    )


def _manifest(request: DeploymentRequest) -> Manifest:
    """What the program has seen.

    Raises:
        ContentError: the properties were changed on their way here.
    """
    try:
        entries = from_text(request.manifest) if request.manifest else None
    except ValueError as error:
        raise ContentError(f"the manifest cannot be read: {error}") from error
    return Manifest(
        entries, request.content_digest or "", request.file_count or 0, request.total_bytes or 0
    )
