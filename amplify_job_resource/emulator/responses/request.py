"""What the operations of all kinds of resources have in common."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterable
from datetime import datetime, timezone
from functools import cached_property
from typing import Any, TypeVar
from urllib.parse import parse_qs

from moto.core.responses import BaseResponse

from .. import local_server
from ..exceptions import BadRequestException
from ..limits import read
from ..models import AmplifyBackend, backend_of
from ..routes import route
from ..state import emulator_state

#: How many entries a page has where a request does not say it.
PAGE_SIZE = 50

_Item = TypeVar("_Item")


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
        self.allow_request_decompression = False
        # Both are set where the request is an operation of Amplify's.
        self.params: Any = {}
        self.wrong: BadRequestException | None = None

    @property
    def backend(self) -> AmplifyBackend:
        """Amplify in the account and region of the request."""
        return backend_of(self.current_account, self.region)

    def _get_action(self) -> Any:
        """The operation, by the method and the path alone: nothing else says it at AWS."""
        return self._route[0]

    def parse_parameters(self, request: Any) -> None:  # noqa: ARG002 - moto's form
        """Read the members of the request in the place of moto, which believes all that it is sent."""
        operation, path = self._route
        query = parse_qs(self.parsed_url.query, keep_blank_values=True)
        body = self.raw_body or b""
        sent = body.encode() if isinstance(body, str) else body
        assert operation  # or moto would not ask for this
        self.params, self.wrong = read(operation, path, query.get, sent)

    @cached_property
    def _route(self) -> tuple[str | None, dict[str, str]]:
        return route(self.method, self.raw_path)

    def _body(self) -> dict[str, Any]:
        """The members of the request but the app and the branch."""
        return {
            name: value
            for name, value in self.params.items()
            if name not in ("appId", "branchName")
        }

    def _app_and_branch(self) -> tuple[str, str]:
        return self._get_param("appId"), self._get_param("branchName")

    def _page(
        self, what: str, items: Iterable[_Item], key: Callable[[_Item], str | int]
    ) -> tuple[list[_Item], str | None]:
        """One page of a list, and the token for the next one; None at the end.

        Args:
            what: What the list is of. A token is good for one list of one place.
            items: All items.
            key: What the items are sorted by. Each item comes once, whatever is made or deleted
                between two pages.

        Raises:
            BadRequestException: the token is none of this list.
        """
        found = sorted(items, key=key)
        place = [self._get_param(name) for name in ("appId", "branchName", "jobId")]
        scope = hashlib.sha256(json.dumps([what, *place]).encode()).hexdigest()[:16]
        token = self._get_param("nextToken")
        if token:
            last = _last_of(token, scope)
            try:
                found = [each for each in found if key(each) > last]
            except TypeError:
                raise BadRequestException("nextToken is invalid") from None
        size = self._get_param("maxResults") or PAGE_SIZE
        page = found[:size]
        more = len(found) > size
        return page, _token(scope, key(page[-1])) if more else None

    def _server(self) -> str:
        """The address of the server that was asked; in process, of one that is for this."""
        asked = self.parsed_url
        return (
            f"{asked.scheme}://{asked.netloc}" if self.is_werkzeug_request else local_server.url()
        )


def _token(scope: str, last: str | int) -> str:
    text = json.dumps([scope, last], ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode()


def _last_of(token: str, scope: str) -> Any:
    """The key of the last item that was shown before this token."""
    try:
        place, last = json.loads(base64.urlsafe_b64decode(token))
    except (ValueError, TypeError, RecursionError):
        place, last = None, None
    if place != scope:
        raise BadRequestException("nextToken is invalid")
    return last


def shown(reading: float) -> datetime:
    """The time that a client is shown for a reading of the emulator's clock."""
    return as_datetime(emulator_state.clock.shown(reading))


def as_datetime(seconds: float) -> datetime:
    """A number of seconds since 1970 as a time."""
    return datetime.fromtimestamp(seconds, timezone.utc)
