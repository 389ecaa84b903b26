"""The errors that Amplify answers with, under AWS's own names.

AmplifyError
├── BadRequestException               400
│   └── DeploymentNotFinished
├── NotFoundException                 404
├── LimitExceededException            429
│   └── BranchIsBusy
├── OperationNotEmulated              501
└── any other code: `AmplifyError(status, code, message)` (faults)
"""

from __future__ import annotations

from moto.core.exceptions import ServiceException


class ConnectionDropped(Exception):
    """The server must close the connection without an answer."""


class AmplifyError(ServiceException):
    """An error response, with its HTTP status, code and message."""

    status = 400

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(code, message)
        self.status = status


class BadRequestException(AmplifyError):
    """The request is invalid, or the service does not support it."""

    def __init__(self, message: str) -> None:
        super().__init__(400, "BadRequestException", message)


class DeploymentNotFinished(BadRequestException):
    """A deployment was asked for while a job of the branch had not ended.

    The message is AWS's, as users quote it.
    """

    def __init__(self, job_id: str) -> None:
        super().__init__(
            f"The last job(deployment) {job_id} was not finished, please wait until it finish or use "
            "StopJob operation to cancel it before creating a new deployment."
        )


class NotFoundException(AmplifyError):
    """The app, branch or job does not exist.

    AWS's messages for this are unconfirmed, so clients should rely on the code only.
    """

    def __init__(self, message: str) -> None:
        super().__init__(404, "NotFoundException", message)


class LimitExceededException(AmplifyError):
    """A quota is used up, or (see `BranchIsBusy`) the branch already has a job."""

    def __init__(self, message: str) -> None:
        super().__init__(429, "LimitExceededException", message)


class BranchIsBusy(LimitExceededException):
    """StartJob was called while a job of the branch had not ended.

    The message is AWS's, as users quote it.
    """

    def __init__(self, branch_name: str) -> None:
        super().__init__(f"The requested branch {branch_name} already have pending or running jobs")


class OperationNotEmulated(AmplifyError):
    """The emulator does not implement what was asked for. AWS itself never gives this answer."""

    def __init__(self, asked_for: str, implemented: str) -> None:
        super().__init__(
            501,
            "NotImplementedException",
            f"The Amplify emulator does not implement {asked_for}. It implements {implemented}.",
        )
