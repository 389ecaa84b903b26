"""AWS's rules for domain associations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..domains import Domain
from ..exceptions import BadRequestException, LimitExceededException, NotFoundException
from ..state import emulator_state
from . import quotas
from .branches import BranchBackend


class DomainBackend(BranchBackend):
    """The domains of apps."""

    def create_domain(self, app_id: str, name: str, settings: Mapping[str, Any]) -> Domain:
        """Associate a domain with an app; it becomes available after some time.

        Args:
            app_id: The app's id.
            name: The domain.
            settings: The other members of CreateDomainAssociation.

        Raises:
            BadRequestException: the app has this domain, another app has one of its hosts, a subdomain
                leads to a branch that does not exist, or two have the same prefix; or a certificate of
                one's own is not named.
            LimitExceededException: the app has `quotas.DOMAINS`, or the domain would have more than
                `quotas.SUBDOMAINS`.
        """
        domains = self.app(app_id).domains
        if name in domains:
            # AWS's text is unconfirmed.
            raise BadRequestException(
                f"Domain association {name} already exists for the app {app_id}"
            )
        # The message is AWS's, as users quote it.
        quotas.require_room(
            len(domains),
            quotas.DOMAINS,
            "You have reached the maximum number of custom domains in this app",
        )
        subdomains = self._subdomains(app_id, settings["subDomainSettings"])
        kept = _settings(settings)
        began = emulator_state.clock.now()
        domain = Domain(name, subdomains, "AVAILABLE", frozenset(), "", kept, began)
        self._refuse_hosts_of_others(app_id, domain)
        domains[name] = domain
        return domain

    def domain(self, app_id: str, name: str) -> Domain:
        """The domain with this name."""
        domains = self.app(app_id).domains
        if name not in domains:
            # AWS's text is unconfirmed.
            raise NotFoundException(f"Domain association {name} not found.")
        return domains[name]

    def update_domain(self, app_id: str, name: str, settings: Mapping[str, Any]) -> Domain:
        """Change what is given of a domain, and return it.

        A domain that is available is UPDATING for some time; another one goes on as before.

        Raises:
            BadRequestException: as in `create_domain`.
            LimitExceededException: the domain would have more than `quotas.SUBDOMAINS`.
        """
        domain = self.domain(app_id, name)
        now = emulator_state.clock.now()
        subdomains = domain.subdomains
        if "subDomainSettings" in settings:
            subdomains = self._subdomains(app_id, settings["subDomainSettings"])
        changed = replace(
            domain, subdomains=subdomains, settings={**domain.settings, **_settings(settings)}
        )
        self._refuse_hosts_of_others(app_id, changed)
        if domain.status_at(now) == "AVAILABLE":
            verified = domain.verified if domain.began_at is None else frozenset(domain.subdomains)
            changed = replace(changed, verified=verified, began_at=now, is_update=True)
        self.app(app_id).domains[name] = changed
        return changed

    def delete_domain(self, app_id: str, name: str) -> Domain:
        """End the association of a domain, and return it."""
        domain = self.domain(app_id, name)
        del self.app(app_id).domains[name]
        return domain

    def custom_domains(self, app_id: str, branch_name: str) -> list[str]:
        """The hosts of available domains that lead to a branch."""
        now = emulator_state.clock.now()
        return [
            host
            for domain in self.app(app_id).domains.values()
            if domain.status_at(now) in ("AVAILABLE", "UPDATING")
            for host, branch in domain.hosts().items()
            if branch == branch_name
        ]

    def _subdomains(self, app_id: str, settings: Sequence[Mapping[str, str]]) -> dict[str, str]:
        """The branch that each prefix leads to."""
        if len(settings) > quotas.SUBDOMAINS:
            # The message is AWS's, as users quote it; its code is unconfirmed.
            raise LimitExceededException(
                "Too many sub domains requested, the maximum allowed in your account is "
                f"{quotas.SUBDOMAINS}"
            )
        found = {each["prefix"]: each["branchName"] for each in settings}
        if len(found) < len(settings):
            # AWS's answer is unconfirmed.
            raise BadRequestException("Two sub domains have the same prefix")
        if set(found.values()) <= self.app(app_id).branches.keys():
            return found
        # The message is AWS's, as users quote it.
        raise BadRequestException("A subdomain cannot point to a non-existent branch")

    def _refuse_hosts_of_others(self, app_id: str, domain: Domain) -> None:
        """Refuse a domain of which another app has a host already, in this account and region."""
        others = {
            host
            for app in self.apps.values()
            for each in app.domains.values()
            if (app.app_id, each.name) != (app_id, domain.name)
            for host in each.hosts()
        }
        taken = [host for host in domain.hosts() if host in others]
        if taken:
            # The message is AWS's, as users quote it; whether it comes at once is unconfirmed.
            raise BadRequestException(
                "One or more domains requested are already associated with another Amplify app: "
                + ", ".join(taken)
            )


def _settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in settings.items() if name != "subDomainSettings"}
    certificate = kept.get("certificateSettings", {})
    if certificate.get("type") == "CUSTOM" and not certificate.get("customCertificateArn"):
        # AWS's answer is unconfirmed.
        raise BadRequestException("certificateSettings.customCertificateArn is required for CUSTOM")
    return kept
