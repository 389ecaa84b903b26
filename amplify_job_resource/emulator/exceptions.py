"""The errors that Amplify answers with, under AWS's own names.

AmplifyError
├── BadRequestException               400
├── NotFoundException                 404
├── ResourceNotFoundException         404
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

    @property
    def body(self) -> dict[str, str]:
        """What the response says."""
        return {"message": self.message}

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(code, message)
        self.status = status


class BadRequestException(AmplifyError):
    """The request is invalid, or the service does not support it."""

    def __init__(self, message: str) -> None:
        super().__init__(400, "BadRequestException", message)


class NotFoundException(AmplifyError):
    """What the request names does not exist.

    For apps, branches and backend environments the messages are AWS's, as users quote them.
    """

    def __init__(self, message: str) -> None:
        super().__init__(404, "NotFoundException", message)


class ResourceNotFoundException(AmplifyError):
    """There is no resource with the ARN whose tags are asked for; AWS's text is unconfirmed."""

    def __init__(self, arn: str) -> None:
        super().__init__(404, "ResourceNotFoundException", f"Resource {arn} not found.")

    @property
    def body(self) -> dict[str, str]:
        """What the response says; AWS's model has the code in it."""
        return {"code": self.code, **super().body}


class LimitExceededException(AmplifyError):
    """A quota is used up, or the branch already has a job (see `behaviours.py`)."""

    def __init__(self, message: str) -> None:
        super().__init__(429, "LimitExceededException", message)


class OperationNotEmulated(AmplifyError):
    """The emulator does not implement what was asked for. AWS itself never gives this answer."""

    def __init__(self, asked_for: str) -> None:
        super().__init__(
            501,
            "NotImplementedException",
            f"The Amplify emulator does not implement {asked_for}. It implements all operations of "
            "Amplify Hosting; moto answers for its own services, such as STS.",
        )
