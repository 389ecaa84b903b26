"""The errors that Amplify answers with, by AWS's own names.

AmplifyError
├── BadRequestException               400
├── NotFoundException                 404
├── LimitExceededException            429
│   └── BranchIsBusy
├── OperationNotEmulated              501
└── any other code, by `AmplifyError(status, code, message)` (injected faults)
"""

from __future__ import annotations

from moto.core.exceptions import ServiceException


class AmplifyError(ServiceException):
    """An answer that is an error: HTTP status, code and message."""

    status = 400

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(code, message)
        self.status = status


class BadRequestException(AmplifyError):
    """The request is not one that the service can do."""

    def __init__(self, message: str) -> None:
        super().__init__(400, "BadRequestException", message)


class NotFoundException(AmplifyError):
    """There is no such app, branch or job.

    AWS's texts are unconfirmed; clients had better look at the code.
    """

    def __init__(self, message: str) -> None:
        super().__init__(404, "NotFoundException", message)


class LimitExceededException(AmplifyError):
    """A quota is used up, or (see `BranchIsBusy`) the branch has a job already."""

    def __init__(self, message: str) -> None:
        super().__init__(429, "LimitExceededException", message)


class BranchIsBusy(LimitExceededException):
    """StartJob while the branch has a job that has not ended; text as users quote it from AWS."""

    def __init__(self, branch_name: str) -> None:
        super().__init__(f"The requested branch {branch_name} already have pending or running jobs")


class OperationNotEmulated(AmplifyError):
    """The emulator does not know this operation. AWS never answers so."""

    def __init__(self, what: str) -> None:
        super().__init__(
            501,
            "NotImplementedException",
            f"The Amplify emulator does not implement {what}.",
        )
