"""The page of a server: its apps, branches, jobs and logs, as they are now."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from .refusals import StartResponse, signed_for
from .s3_answers import send


def serves(environ: dict[str, Any]) -> bool:
    """Whether a WSGI request is for the page, and not for a bucket or a service of AWS."""
    host = environ.get("HTTP_HOST", "").partition(":")[0]
    return (
        environ.get("REQUEST_METHOD") in ("GET", "HEAD")
        and environ.get("PATH_INFO", "") in ("", "/")
        and not environ.get("QUERY_STRING")
        and not any(name in environ for name in ("HTTP_AUTHORIZATION", "HTTP_X_AMZ_TARGET"))
        and signed_for(environ) is None
        and not host.endswith((".amazonaws.com", ".localhost"))
    )


def serve_page(environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
    """Answer a WSGI request for the page."""
    page, policy = _page()
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    }
    return send(environ, start, 200, headers, page)


@cache
def _page() -> tuple[bytes, str]:
    """The page, and the policy by which a browser runs its script alone and asks this server alone."""
    text = Path(__file__).with_name("page.html").read_text(encoding="utf-8")
    sources = [
        f"{kind}-src '{_digest(found)}'"
        for kind in ("script", "style")
        for found in re.findall(rf"<{kind}>(.*?)</{kind}>", text, re.DOTALL)
    ]
    policy = "; ".join(
        [
            "default-src 'none'",
            *sources,
            "connect-src 'self'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        ]
    )
    return text.encode(), policy


def _digest(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
