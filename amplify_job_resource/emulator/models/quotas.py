"""AWS's quotas, as a new account has them, for what is made with Amplify's own operations.

`Control` sets up as much as it is told to. Source of the numbers: AWS's page on the quotas of Amplify
Hosting.
"""

from __future__ import annotations

from ..exceptions import LimitExceededException

#: Apps in a region.
APPS = 25
#: Branches of an app.
BRANCHES = 50
#: Domains of an app.
DOMAINS = 5
#: Subdomains of a domain.
SUBDOMAINS = 50
#: Webhooks of an app.
WEBHOOKS = 50


def require_room(count: int, quota: int, message: str) -> None:
    """Refuse one more where as many as the quota are there.

    Raises:
        LimitExceededException: there are; with this message.
    """
    if count >= quota:
        raise LimitExceededException(message)
