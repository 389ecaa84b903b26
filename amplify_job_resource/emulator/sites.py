"""Sites: the files of each branch's last deployment that succeeded, over HTTP.

A site is below `/_sites/<app>/<branch>/` of the emulator's server, and at its root where a request's
Host is `<branch>.<app>.amplifyapp.com` or `….amplifyapp.localhost`.
"""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from . import s3_answers
from .jobs import Job
from .models import Branch, all_backends
from .refusals import StartResponse
from .s3_answers import XML, Answer

#: The path below which sites are served. No bucket of S3 can have this name.
PREFIX = "/_sites/"

_HOST = re.compile(r"([^.:]+)\.(d[a-z0-9]+)\.amplifyapp\.(?:com|localhost)(?::\d+)?")
_INDEX = "index.html"
# The machine's own list of types has no part in it.
_TYPES = mimetypes.MimeTypes()
for _type, _ending in (
    ("application/json", ".map"),
    ("application/manifest+json", ".webmanifest"),
    ("application/wasm", ".wasm"),
    ("font/woff", ".woff"),
    ("font/woff2", ".woff2"),
    ("image/avif", ".avif"),
    ("image/webp", ".webp"),
    ("image/x-icon", ".ico"),
    ("text/javascript", ".js"),
    ("text/javascript", ".mjs"),
    ("text/markdown", ".md"),
):
    _TYPES.add_type(_type, _ending)


def label_of(branch: Branch) -> str:
    """What a branch has in front of its app's default domain; AWS cuts none that is too long."""
    return as_host(branch.settings.get("displayName") or branch.name)


def as_host(name: str) -> str:
    """A branch's name as it stands in the address of its site."""
    return re.sub("[/_.]", "-", name.lower())


def path_of_site(branch: Branch) -> str:
    """The path of a branch's site on the emulator's server, as it stands in an address."""
    return f"{PREFIX}{branch.app_id}/{quote(label_of(branch), safe='')}/"


def serves(environ: dict[str, Any]) -> bool:
    """Whether a WSGI request is for a site."""
    by_path = environ.get("PATH_INFO", "").startswith(PREFIX)
    return by_path or _HOST.fullmatch(environ.get("HTTP_HOST", "").lower()) is not None


def serve_site(environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
    """Answer a WSGI request for a file of a site."""
    environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    status, headers, data = _answer(environ)
    return s3_answers.send(environ, start, status, headers, data)


def _answer(environ: dict[str, Any]) -> Answer:
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
        return 405, {"Allow": "GET, HEAD", **_text()}, b"Method Not Allowed\n"
    host = _HOST.fullmatch(environ.get("HTTP_HOST", "").lower())
    path = s3_answers.path_of(environ)
    if host:
        label, app_id, name = host[1], host[2], path.removeprefix("/")
    else:
        app_id, _, rest = path.removeprefix(PREFIX).partition("/")
        label, slash, name = rest.partition("/")
        if not slash:  # without it, links between pages would lead elsewhere
            return 301, {"Location": f"{PREFIX}{quote(app_id)}/{quote(label)}/", **_text()}, b""
    job = _live(app_id, label)
    if job is None or job.content is None or job.content.files is None:
        return 404, _text(), b"Nothing has been deployed here.\n"
    files = job.content.files
    if name.endswith("/") or not name:
        name += _INDEX
    if name in files:
        return 200, {"Content-Type": _type_of(name)}, files[name]
    if name == _INDEX:
        # So ends a zip whose files are in a folder.
        return 403, XML, s3_answers.error_body("AccessDenied", "Access Denied")
    return 404, _text(), b"Not Found\n"


def _live(app_id: str, label: str) -> Job | None:
    """The job whose files are at an address; ids of apps are the same in no two regions of AWS."""
    found = []
    for backend in all_backends():
        with backend.lock:
            app = backend.apps.get(app_id)
            branches = list(app.branches.values()) if app else []
            found += [backend.published(each) for each in branches if label_of(each) == label]
    jobs = [job for job in found if job]
    # Two names of branches can make the same address.
    return max(jobs, key=lambda job: job.ends_at, default=None)


def _type_of(name: str) -> str:
    kind, encoding = _TYPES.guess_type(name)
    if encoding:  # a .tar.gz is what it is, and nothing that a browser should unpack
        return "application/octet-stream"
    kind = kind or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


def _text() -> dict[str, str]:
    return {"Content-Type": "text/plain; charset=utf-8"}
