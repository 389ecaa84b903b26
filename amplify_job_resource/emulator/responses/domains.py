"""Operations on domain associations over HTTP."""

from __future__ import annotations

from typing import Any

from .request import AmplifyRequest


class DomainResponse(AmplifyRequest):
    """The operations on domain associations."""

    def list_domain_associations(self) -> dict[str, Any]:
        """ListDomainAssociations: one page of the app's domains, oldest first."""
        app = self.backend.app(self._get_param("appId"))
        page, token = self._page(list(app.domains.values()))
        arn = self.backend.arn(app.app_id)
        return {"domainAssociations": [each.shape(arn) for each in page], "nextToken": token}
