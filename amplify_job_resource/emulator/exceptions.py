"""The errors that Amplify answers with, under AWS's own names.

AmplifyError
├── BadRequestException               400
├── NotFoundException                 404
├── LimitExceededException            429
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


class NotFoundException(AmplifyError):
    """The app, branch or job does not exist.

    AWS's messages for this are unconfirmed, so clients should rely on the code only.
    """

    def __init__(self, message: str) -> None:
        super().__init__(404, "NotFoundException", message)


class LimitExceededException(AmplifyError):
    """A quota is used up, or the branch already has a job (see `behaviours.py`)."""

    def __init__(self, message: str) -> None:
        super().__init__(429, "LimitExceededException", message)


class OperationNotEmulated(AmplifyError):
    """The emulator does not implement what was asked for. AWS itself never gives this answer."""

    def __init__(self, asked_for: str, implemented: str) -> None:
        super().__init__(
            501,
            "NotImplementedException",
            f"The Amplify emulator does not implement {asked_for}. It implements {implemented}.",
        )
