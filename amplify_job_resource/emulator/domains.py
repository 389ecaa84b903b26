"""The domains of an app, as ListDomainAssociations answers them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

#: While a domain has one of these statuses, it has a place that names can lead to.
_LEADS_SOMEWHERE = ("AWAITING_APP_CNAME", "PENDING_DEPLOYMENT", "AVAILABLE", "UPDATING")


@dataclass(frozen=True, slots=True)
class Domain:
    """One domain of an app.

    Attributes:
        name: The domain, such as `example.com`.
        subdomains: The branch that each prefix leads to; the prefix of the domain itself is empty.
        status: One of AWS's statuses of domains.
        verified: The prefixes whose names lead to the app.
        status_reason: Why the domain has this status; empty for most.
    """

    name: str
    subdomains: Mapping[str, str]
    status: str
    verified: frozenset[str]
    status_reason: str

    def shape(self, app_arn: str) -> dict[str, Any]:
        """The domain association in AWS's form."""
        target = "<pending>"
        if self.status in _LEADS_SOMEWHERE:
            target = f"d{hashlib.sha256(self.name.encode()).hexdigest()[:13]}.cloudfront.net"
        return {
            "domainAssociationArn": f"{app_arn}/domains/{self.name}",
            "domainName": self.name,
            "enableAutoSubDomain": False,
            "domainStatus": self.status,
            "statusReason": self.status_reason,
            "subDomains": [
                {
                    "subDomainSetting": {"prefix": prefix, "branchName": branch},
                    "verified": prefix in self.verified,
                    "dnsRecord": f"{prefix} CNAME {target}",
                }
                for prefix, branch in self.subdomains.items()
            ],
        }
