"""The address at which people open a branch's site."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, TypeVar

from ..errors import AccessDenied, AwsError, NotFound, Unanswered
from .api import BranchApi
from .ids import BranchId
from .records import AppRecord, BranchRecord, DomainRecord

T = TypeVar("T")

#: Seconds for a look at an address, which is worth no wait.
LOOK_SECONDS: Final = 5.0
#: The status of a custom domain that works.
_AVAILABLE: Final = "AVAILABLE"
#: The most characters of one part of a host's name; Amplify cuts nothing, such a branch has no address.
_MAX_LABEL: Final = 63
_HOST: Final = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+", re.ASCII)


def site_url(
    branch: BranchId,
    branch_record: BranchRecord,
    app: AppRecord,
    domains: Iterable[DomainRecord],
) -> str | None:
    """The branch's address: under a custom domain that works, else its default one.

    Of several custom addresses, verified ones come first, and then those with a short name.
    Source of the rules for names: aws-amplify/amplify-hosting#1270, #602 and #208.

    Args:
        branch: The branch.
        branch_record: What GetBranch reports of it.
        app: What GetApp reports.
        domains: The app's custom domains.
    """
    custom = [
        (not sub.verified, f"{sub.prefix}.{domain.name}".lower().lstrip("."))
        for domain in domains
        if domain.status == _AVAILABLE
        for sub in domain.sub_domains
        if sub.branch_name == branch.branch_name
    ]
    custom.sort(key=lambda found: (found[0], len(found[1]), found[1]))
    hosts = [host for _, host in custom]
    if branch_record.display_name and app.default_domain:
        label = re.sub("[/_.]", "-", branch_record.display_name.lower())
        hosts.append(f"{label}.{app.default_domain.lower()}")
    return next((f"https://{host}" for host in hosts if _is_host(host)), None)


@dataclass(frozen=True, slots=True)
class Site:
    """What is known of a branch's address.

    Attributes:
        url: the address; None where AWS does not tell enough.
        is_certain: whether AWS has answered all questions, or refuses to. Otherwise what was known
            before counts more.
    """

    url: str | None
    is_certain: bool


def find_site(
    api: BranchApi, app: AppRecord | None = None, branch: BranchRecord | None = None
) -> Site:
    """Look up the branch's address; never fails, and asks no more once it is interrupted.

    Args:
        api: The branch's API, whose calls have an end.
        app: What GetApp has told; None to ask.
        branch: What GetBranch has told; None to ask.
    """
    domains: list[DomainRecord] = []
    is_certain = True
    try:
        branch, certain_of_branch = _told(api.branch, branch, BranchRecord())
        app, certain_of_app = _told(api.app, app, AppRecord())
        domains, certain_of_domains = _told(api.domains, None, domains)
        is_certain = certain_of_branch and certain_of_app and certain_of_domains
    except Exception:  # an address is worth no error
        is_certain = False
    url = site_url(api.branch_id, branch or BranchRecord(), app or AppRecord(), domains)
    return Site(url, is_certain)


def _told(ask: Callable[[], T], known: T | None, nothing: T) -> tuple[T, bool]:
    """What AWS tells, and whether that is all that it would tell later."""
    try:
        return (ask() if known is None else known), True
    except (AccessDenied, NotFound):
        return nothing, True
    except Unanswered:
        raise
    except AwsError:
        return nothing, False


def _is_host(name: str) -> bool:
    """Whether a name can be opened; a wildcard, as of domains that take any branch, cannot."""
    return bool(_HOST.fullmatch(name)) and max(map(len, name.split("."))) <= _MAX_LABEL
