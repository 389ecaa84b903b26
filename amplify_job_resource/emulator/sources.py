"""Sources that StartDeployment can name: a zip at an address, a zip in S3, a folder in S3.

S3 is moto's, also at the addresses of AWS. What a source has is read when StartDeployment is called.
"""

from __future__ import annotations

import re
import time
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import unquote, urlsplit
from urllib.request import ProxyHandler, build_opener

from moto.s3.models import FakeKey, s3_backends

from .archives import MOST_BYTES, MOST_FILES, Unusable, check_name, unpack
from .content import Content

#: How long the read of an address may take, and each part of it, in seconds; clients wait for an
#: answer for a minute.
PATIENCE = 20.0

_CHUNK = 1024 * 1024
_LOCAL = ("127.0.0.1", "localhost", "::1")
_S3_HOST = re.compile(r"(?:(?P<bucket>.+)\.)?s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com")


def content_of(url: str, kind: str, account_id: str) -> Content:
    """The content of a source; it has no files where the source cannot be deployed.

    Args:
        url: The `sourceUrl`.
        kind: The `sourceUrlType`.
        account_id: The account in whose S3 buckets are looked up.
    """
    content = Content(source_url=url, source_url_type=kind)
    try:
        if kind == "BUCKET_PREFIX":
            content.files = _folder(url, account_id)
            content.size = sum(map(len, content.files.values()))
        else:
            data = _archive(url, account_id)
            content.size, content.files = len(data), unpack(data)
    except (Unusable, ValueError):  # of which the latter is an address that is none
        content.files = None
    return content


def _folder(url: str, account_id: str) -> dict[str, bytes]:
    """The objects below an address such as `s3://bucket/site/`; the last slash can be left out."""
    parts = urlsplit(url)
    if parts.scheme != "s3":
        raise Unusable("no address of S3")
    prefix = parts.path.strip("/") + "/" if parts.path.strip("/") else ""
    found = {
        name.removeprefix(prefix): key
        for name, key in list(_bucket(parts.netloc, account_id).items())
        if name.startswith(prefix) and not name.endswith("/") and isinstance(key, FakeKey)
    }
    if not found or len(found) > MOST_FILES:
        raise Unusable(f"{len(found)} objects")
    if sum(key.size for key in found.values()) > MOST_BYTES:
        raise Unusable(f"more than {MOST_BYTES} bytes")
    for name in found:
        check_name(name)
    return {name: bytes(key.value) for name, key in found.items()}


def _archive(url: str, account_id: str) -> bytes:
    """The bytes at an address."""
    parts = urlsplit(url)
    if parts.scheme == "s3":
        return _object(parts.netloc, parts.path[1:], account_id)
    if parts.scheme not in ("http", "https"):
        raise Unusable(f"no address: {parts.scheme}")
    path = unquote(parts.path)[1:]
    host = _S3_HOST.fullmatch(parts.hostname or "")
    if host:
        first, _, rest = path.partition("/")
        bucket, key = (host["bucket"], path) if host["bucket"] else (first, rest)
        return _object(bucket, key, account_id)
    return _download(url, parts.hostname)


def _bucket(name: str, account_id: str) -> Any:
    bucket = s3_backends[account_id]["aws"].buckets.get(name)
    if bucket is None:
        raise Unusable(f"no bucket {name}")
    return bucket.keys


def _object(bucket: str, key: str, account_id: str) -> bytes:
    found = _bucket(bucket, account_id).get(key)
    if not isinstance(found, FakeKey) or found.size > MOST_BYTES:
        raise Unusable(f"no object {key}, or a great one")
    return bytes(found.value)


def _download(url: str, host: str | None) -> bytes:
    # What is on this machine is reached without a proxy.
    opener = build_opener(ProxyHandler({})) if host in _LOCAL else build_opener()
    ends = time.monotonic() + PATIENCE
    data = bytearray()
    try:
        with opener.open(url, timeout=PATIENCE) as answer:
            while chunk := answer.read1(_CHUNK):
                data += chunk
                if len(data) > MOST_BYTES or time.monotonic() > ends:
                    raise Unusable("too large, or too slow")
    except HTTPError as error:
        with error:
            raise Unusable(f"HTTP status {error.code}") from None
    except (OSError, HTTPException) as error:
        raise Unusable(str(error)) from error
    return bytes(data)
