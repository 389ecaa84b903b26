"""Domains: what is stored about a domain of an app, and what it shows at a given time.

Of a domain that CreateDomainAssociation made, the statuses follow one another on the emulator's
clock, as if its owner had set all DNS records. Which of them AWS shows, and in which order, is
unconfirmed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

#: The statuses of a new domain with a certificate of Amplify's, and how many seconds each takes.
MANAGED = (
    ("CREATING", 5.0),
    ("REQUESTING_CERTIFICATE", 10.0),
    ("PENDING_VERIFICATION", 60.0),
    ("PENDING_DEPLOYMENT", 60.0),
    ("AWAITING_APP_CNAME", 30.0),
)
#: Those of a new domain with a certificate of one's own.
CUSTOM = (
    ("CREATING", 5.0),
    ("IMPORTING_CUSTOM_CERTIFICATE", 10.0),
    ("PENDING_DEPLOYMENT", 60.0),
    ("AWAITING_APP_CNAME", 30.0),
)
#: The update statuses of a domain that is changed; its status is UPDATING for as long.
UPDATE = (("PENDING_DEPLOYMENT", 60.0), ("AWAITING_APP_CNAME", 30.0))

#: While a domain has one of these statuses, it has a place that names can lead to.
_LEADS_SOMEWHERE = ("AWAITING_APP_CNAME", "PENDING_DEPLOYMENT", "AVAILABLE", "UPDATING")
#: While a domain has one of these statuses, it has no certificate that could be verified.
_NO_CERTIFICATE = ("CREATING", "REQUESTING_CERTIFICATE", "IMPORTING_CUSTOM_CERTIFICATE")


@dataclass(frozen=True, slots=True)
class Domain:
    """One domain of an app.

    Attributes:
        name: The domain, such as `example.com`.
        subdomains: The branch that each prefix leads to; the prefix of the domain itself is empty.
        status: One of AWS's statuses of domains; of a domain with `began_at`, the one at the end.
        verified: The prefixes whose names lead to the app; with `began_at`, those before the end.
        status_reason: Why the domain has this status; empty for most.
        settings: Members of CreateDomainAssociation and UpdateDomainAssociation, unchanged.
        began_at: When the statuses began to follow one another; None where `status` is all there is.
        is_update: Whether they are those of a change.
        tags: The domain's tags.
    """

    name: str
    subdomains: Mapping[str, str]
    status: str
    verified: frozenset[str]
    status_reason: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    began_at: float | None = None
    is_update: bool = False
    tags: dict[str, str] = field(default_factory=dict)

    def hosts(self) -> dict[str, str]:
        """The branch that each host leads to, such as `www.example.com`."""
        return {
            f"{prefix}.{self.name}" if prefix else self.name: branch
            for prefix, branch in self.subdomains.items()
        }

    def status_at(self, now: float) -> str:
        """The domain's status at the time `now`."""
        stage = self._stage(now)
        if stage is None:
            return self.status
        return "UPDATING" if self.is_update else stage

    def shape(self, app_arn: str, now: float) -> dict[str, Any]:
        """The domain association in AWS's form, at the time `now`."""
        status, stage = self.status_at(now), self._stage(now)
        target = "<pending>"
        if status in _LEADS_SOMEWHERE:
            target = f"d{self._digest(13)}.cloudfront.net"
        ready = self.began_at is not None and stage is None
        shape = {
            "domainAssociationArn": f"{app_arn}/domains/{self.name}",
            "domainName": self.name,
            "enableAutoSubDomain": self.settings.get("enableAutoSubDomain", False),
            "autoSubDomainCreationPatterns": self.settings.get("autoSubDomainCreationPatterns"),
            "autoSubDomainIAMRole": self.settings.get("autoSubDomainIAMRole"),
            "domainStatus": status,
            "statusReason": self.status_reason,
            "subDomains": [
                {
                    "subDomainSetting": {"prefix": prefix, "branchName": branch},
                    "verified": ready or prefix in self.verified,
                    "dnsRecord": f"{prefix} CNAME {target}",
                }
                for prefix, branch in self.subdomains.items()
            ],
            **self._certificate(status),
        }
        if self.is_update:
            shape["updateStatus"] = stage or "UPDATE_COMPLETE"
        return shape

    def _stage(self, now: float) -> str | None:
        """The word for what the domain waits for; None at the end."""
        if self.began_at is None:
            return None
        stages = UPDATE if self.is_update else CUSTOM if self._is_custom else MANAGED
        ends = self.began_at
        for stage, seconds in stages:
            ends += seconds
            if now < ends:
                return stage
        return None

    @property
    def _is_custom(self) -> bool:
        return bool(self.settings.get("certificateSettings", {}).get("type") == "CUSTOM")

    def _certificate(self, status: str) -> dict[str, Any]:
        if self._is_custom:
            return {"certificate": dict(self.settings["certificateSettings"])}
        if status in _NO_CERTIFICATE:
            return {"certificate": {"type": "AMPLIFY_MANAGED"}}
        name = self.name.rstrip(".")
        record = f"_{self._digest(32)}.{name}. CNAME _{self._digest(32, 'to')}.acm-validations.aws."
        return {
            "certificateVerificationDNSRecord": record,
            "certificate": {
                "type": "AMPLIFY_MANAGED",
                "certificateVerificationDNSRecord": record,
            },
        }

    def _digest(self, length: int, of: str = "") -> str:
        return hashlib.sha256((of + self.name).encode()).hexdigest()[:length]
