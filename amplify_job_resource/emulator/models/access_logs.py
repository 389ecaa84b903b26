"""AWS's rules for access logs."""

from __future__ import annotations

from ..exceptions import NotFoundException
from .domains import DomainBackend


class AccessLogBackend(DomainBackend):
    """The access logs of sites."""

    def require_site(self, app_id: str, domain: str) -> None:
        """Refuse a domain at which the app has no site.

        Raises:
            NotFoundException: the app does not exist, or the domain is neither its default one, nor
                a branch's below that, nor one of the app's own.
        """
        app, name = self.app(app_id), domain.rstrip(".")
        default = f"{app_id}.amplifyapp.com"
        own = {host for each in app.domains.values() for host in (each.name, *each.hosts())}
        if name != default and not name.endswith(f".{default}") and name not in own:
            # AWS's answer is unconfirmed.
            raise NotFoundException(f"Domain association {domain} not found.")
