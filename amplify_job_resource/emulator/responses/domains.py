"""Operations on domain associations."""

from __future__ import annotations

from typing import Any

from ..domains import Domain
from ..state import emulator_state
from .request import AmplifyRequest


class DomainResponse(AmplifyRequest):
    """The operations on domain associations."""

    def create_domain_association(self) -> dict[str, Any]:
        """CreateDomainAssociation: the new domain association, which becomes available later.

        Raises:
            BadRequestException: the app or another one has the domain, or a subdomain is wrong.
            LimitExceededException: there are as many domains or subdomains as the quotas.
        """
        return {"domainAssociation": self._domain(self.backend.create_domain(*self._asked()))}

    def get_domain_association(self) -> dict[str, Any]:
        """GetDomainAssociation: the domain association."""
        domain = self.backend.domain(*self._app_and_domain())
        return {"domainAssociation": self._domain(domain)}

    def update_domain_association(self) -> dict[str, Any]:
        """UpdateDomainAssociation: the domain association with what has changed.

        Raises:
            BadRequestException: another app has the domain, or a subdomain is wrong.
            LimitExceededException: there are as many subdomains as the quota.
        """
        return {"domainAssociation": self._domain(self.backend.update_domain(*self._asked()))}

    def list_domain_associations(self) -> dict[str, Any]:
        """ListDomainAssociations: one page of the app's domains, by their names."""
        domains = self.backend.app(self._get_param("appId")).domains
        page, token = self._page("domains", domains.values(), lambda each: each.name)
        return {"domainAssociations": [self._domain(each) for each in page], "nextToken": token}

    def delete_domain_association(self) -> dict[str, Any]:
        """DeleteDomainAssociation: the deleted domain association."""
        domain = self.backend.delete_domain(*self._app_and_domain())
        return {"domainAssociation": self._domain(domain)}

    def _app_and_domain(self) -> tuple[str, str]:
        return self._get_param("appId"), self._get_param("domainName")

    def _asked(self) -> tuple[str, str, dict[str, Any]]:
        """The app, the domain, and what is asked of it."""
        settings = self._body()
        return self._get_param("appId"), settings.pop("domainName"), settings

    def _domain(self, domain: Domain) -> dict[str, Any]:
        arn = self.backend.arn(self._get_param("appId"))
        return domain.shape(arn, emulator_state.clock.now())
