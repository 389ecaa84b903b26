"""The HTTP status of a page of a site; proxies and certificates are those of the calls to AWS."""

from __future__ import annotations

import warnings
from typing import Any, Final

from .settings import Settings
from .signed_address import proxies_for, trusted

#: Seconds for a connection, and for the next bytes.
_TIMEOUTS: Final = (5.0, 10.0)


class Unreached(Exception):
    """There was no answer; the text says why, in few words."""


def page_status(url: str, settings: Settings) -> int:
    """Ask for a page, and leave what it holds unread; redirects are answers.

    Raises:
        Unreached: there was no answer.
    """
    from botocore.awsrequest import AWSRequest
    from botocore.exceptions import BotoCoreError, HTTPClientError
    from botocore.httpsession import URLLib3Session

    if settings.insecure:
        warnings.filterwarnings("ignore", message="Unverified HTTPS request")
    options: dict[str, Any] = {"timeout": _TIMEOUTS, "verify": trusted(settings)}
    session = URLLib3Session(proxies=proxies_for(url, settings), **options)
    headers = {"User-Agent": "amplify-job-resource", "Cache-Control": "no-cache"}
    try:
        request = AWSRequest("GET", url, headers, stream_output=True).prepare()
        response = session.send(request)
        response.raw.close()
        return int(response.status_code)
    except (BotoCoreError, HTTPClientError, OSError, ValueError) as error:
        raise Unreached(type(error).__name__) from error
    finally:
        session.close()
