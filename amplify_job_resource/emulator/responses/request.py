"""What the operations of all kinds of resources have in common."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from moto.core.responses import BaseResponse

from .. import local_server
from ..exceptions import BadRequestException
from ..models import AmplifyBackend, backend_of
from ..state import emulator_state

PAGE_SIZE = 50


class AmplifyRequest(BaseResponse):
    """One request to Amplify.

    The public methods of the classes below it handle the operations of the same names. Each reads the
    members of the request, and returns the members of the response as its docstring says.

    Raises from every operation that names an app, branch or job:
        NotFoundException: it does not exist.
    """

    def __init__(self) -> None:
        super().__init__(service_name="amplify")
        self.automated_parameter_parsing = True
        # Moto sets them where the request is an operation of Amplify's.
        self.params: Any = {}

    @property
    def backend(self) -> AmplifyBackend:
        """Amplify in the account and region of the request."""
        return backend_of(self.current_account, self.region)

    def _body(self) -> dict[str, Any]:
        """The members of the request but the app and the branch, with times as seconds since 1970."""
        return {
            key: _seconds(value) if isinstance(value, datetime) else value
            for key, value in dict(self.params or {}).items()
            if key not in ("appId", "branchName")
        }

    def _app_and_branch(self) -> tuple[str, str]:
        return self._get_param("appId"), self._get_param("branchName")

    def _page(self, items: list[Any]) -> tuple[list[Any], str | None]:
        size = int(self._get_param("maxResults") or PAGE_SIZE)
        token = self._get_param("nextToken") or "0"
        if not token.isdecimal():
            raise BadRequestException("nextToken is invalid")
        start = int(token)
        end = start + min(size, PAGE_SIZE)
        return items[start:end], str(end) if end < len(items) else None

    def _server(self) -> str:
        """The address of the server that was asked; in process, of one that is for this."""
        asked = self.parsed_url
        return (
            f"{asked.scheme}://{asked.netloc}" if self.is_werkzeug_request else local_server.url()
        )


def shown(reading: float) -> datetime:
    """The time that a client is shown for a reading of the emulator's clock."""
    return as_datetime(emulator_state.clock.shown(reading))


def as_datetime(seconds: float) -> datetime:
    """A number of seconds since 1970 as a time."""
    return datetime.fromtimestamp(seconds, timezone.utc)


def _seconds(time: datetime) -> float:
    """A time of a request as seconds since 1970; moto reads it in UTC, without saying so."""
    return time.replace(tzinfo=timezone.utc).timestamp()
