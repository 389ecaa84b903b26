"""One run of the suite: what it calls, what it makes, and how it waits."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar
from urllib.request import Request

from tests.live import service
from tests.live.place import Place
from tests.live.service import THROTTLED, Reply, Unanswered, is_aws

if TYPE_CHECKING:
    from mypy_boto3_amplify import AmplifyClient

#: All that a run makes has a name that begins so.
PREFIX: Final = "amplify-job-live-"
#: Seconds between two looks.
PAUSE: Final = 2.0

T = TypeVar("T")


class Clock(Protocol):
    """How time passes for a run."""

    def now(self) -> float:
        """A reading, in seconds."""

    def sleep(self, seconds: float) -> None:
        """Let time pass."""


class RealClock:
    """The machine's time."""

    def now(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class Run:
    """A run against one service.

    Args:
        client: Amplify.
        app_id: An app that is connected to a repository.
        clock: How time passes.
        git_branch: A branch of the repository to build; with None one that the repository does not
            have, so that its builds fail when they have begun.

    Attributes:
        made_app: The id of the run's own app; None before it is made.
    """

    def __init__(
        self, client: AmplifyClient, app_id: str, clock: Clock, git_branch: str | None = None
    ) -> None:
        self.client = client
        self.clock = clock
        self.name = PREFIX + secrets.token_hex(4)
        self.app_id = app_id
        self.builds_on = git_branch or self.name
        self._told: dict[Callable[[Run], Any], Any] = {}
        self.made_app: str | None = None
        self._places: dict[tuple[str, str], Place] = {}

    def call(self, operation: str, **members: Any) -> Reply:
        """Call an operation, again where only the rate of calls was refused.

        Raises:
            Unanswered: the service did not say whether it does what was asked.
        """
        for _ in range(5):
            reply = service.call(self.client, operation, members)
            if reply.code not in THROTTLED:
                return reply
            self.clock.sleep(5 * PAUSE)
        raise Unanswered(f"{operation} is refused for the rate of calls")

    def must(self, operation: str, **members: Any) -> Any:
        """The data of a call that the service has to take.

        Raises:
            Unanswered: it was refused.
        """
        return self.call(operation, **members).needed(operation)

    def site(self, host: str) -> Request:
        """A request for the root of a site; an emulator serves it at its own address."""
        endpoint = self.client.meta.endpoint_url
        if is_aws(endpoint):
            return Request(f"https://{host}/")
        return Request(f"{endpoint}/", headers={"Host": host})

    def until(self, look: Callable[[], T | None], seconds: float) -> T | None:
        """What a look shows once it shows something; None if it does not within the time."""
        ends = self.clock.now() + seconds
        while not (found := look()) and self.clock.now() < ends:
            self.clock.sleep(PAUSE)
        return found

    def once(self, story: Callable[[Run], T]) -> T:
        """What a story has shown, which happens once in a run.

        Raises:
            Unanswered: the story could not be brought to its end, now or earlier.
        """
        if story not in self._told:
            try:
                self._told[story] = story(self)
            except Unanswered as error:
                self._told[story] = error
        told = self._told[story]
        if isinstance(told, Unanswered):
            raise Unanswered(str(told))
        found: T = told
        return found

    @property
    def files_app(self) -> str:
        """The run's own app without a repository."""
        if self.made_app is None:
            made = self.must("CreateApp", name=self.name)
            self.made_app = made["app"]["appId"]
        return self.made_app

    def files(self, name: str = "files") -> Place:
        """A branch of the app without a repository."""
        return self._place(self.files_app, name)

    def builds(self) -> Place:
        """The branch of the connected app on which jobs are started."""
        return self._place(self.app_id, self.builds_on)

    def _place(self, app_id: str, name: str) -> Place:
        key = (app_id, name)
        if key not in self._places:
            place = Place(self, app_id, name)
            place.make()
            self._places[key] = place  # only now: nothing is done to a branch that was there
        return self._places[key]
