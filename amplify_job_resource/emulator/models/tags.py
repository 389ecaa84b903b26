"""AWS's rules for tags: apps, branches, domains and webhooks have them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from ..domains import Domain
from ..exceptions import BadRequestException, ResourceNotFoundException
from ..limits import shape
from .domains import DomainBackend
from .records import Branch, Webhook
from .webhooks import WebhookBackend

_KINDS = re.compile(
    r"(?P<app>[^/]+)(?:/(?P<kind>branches|domains|webhooks)/(?P<name>.+))?", re.DOTALL
)


class TagBackend(WebhookBackend, DomainBackend):
    """The tags of resources.

    Raises from every method:
        ResourceNotFoundException: there is no such resource in this account and region.
    """

    def tags_of(self, arn: str) -> dict[str, str]:
        """The tags of a resource."""
        prefix = self.arn("")
        found = _KINDS.fullmatch(arn.removeprefix(prefix)) if arn.startswith(prefix) else None
        app = found and self.apps.get(found["app"])
        if not found or not app:
            raise ResourceNotFoundException(arn)
        if found["kind"] is None:
            return app.tags
        kinds: dict[str, Mapping[str, Branch | Domain | Webhook]] = {
            "branches": app.branches,
            "domains": app.domains,
            "webhooks": app.webhooks,
        }
        resources = kinds[found["kind"]]
        if found["name"] not in resources:
            raise ResourceNotFoundException(arn)
        return resources[found["name"]].tags

    def tag(self, arn: str, tags: Mapping[str, str]) -> None:
        """Add tags to a resource; one of the same key is replaced.

        Raises:
            BadRequestException: the resource would have more than 50 tags.
        """
        present = self.tags_of(arn)
        most = shape("TagMap")["max"]
        if len(present.keys() | tags.keys()) > most:
            # AWS's answer is unconfirmed.
            raise BadRequestException(f"A resource can have {most} tags at most")
        present.update(tags)

    def untag(self, arn: str, keys: Iterable[str]) -> None:
        """Remove tags from a resource, as far as it has them."""
        present = self.tags_of(arn)
        for key in keys:
            present.pop(key, None)
