"""The page on which a git host shows the difference between two commits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote, urlsplit

#: Hosts whose name says what they are, and what that is; the first label is enough for one's own.
_HOSTS: Final = (
    (re.compile(r"(?:ssh\.)?(github\.com)|(github\.[a-z0-9.-]+)"), "github"),
    (re.compile(r"(?:altssh\.)?(gitlab\.com)|(gitlab\.[a-z0-9.-]+)"), "gitlab"),
    (re.compile(r"(?:altssh\.)?(bitbucket\.org)"), "bitbucket"),
    (re.compile(r"(git-codecommit(?:-fips)?\.[a-z0-9-]+\.amazonaws\.com)"), "codecommit"),
)
_PAGES: Final = {
    "github": "https://{host}/{path}/compare/{old}...{new}",
    "gitlab": "https://{host}/{path}/-/compare/{old}...{new}",
    "bitbucket": "https://{host}/{path}/branches/compare/{new}..{old}",
}
_HOST = re.compile(r"[a-z0-9][a-z0-9.-]*", re.ASCII)


def compare_url(
    remote: str | None, old: str, new: str, hosts: Mapping[str, str] | None = None
) -> str | None:
    """The page on which a known host shows what `new` has and `old` has not, None elsewhere.

    Credentials in the remote's URL never get into the link.

    Args:
        remote: A remote's URL in any form that git takes.
        old: A sha.
        new: A sha.
        hosts: Kinds (`github`, `gitlab`, `bitbucket`) of hosts that their names do not tell.
    """
    helper = re.fullmatch(r"codecommit::([a-z0-9-]+)://(?:[^@/]+@)?([\w.-]+)", remote or "")
    if helper:
        return _codecommit(helper[1], helper[2], old, new)
    host, path = _host_and_path(remote or "")
    if not _HOST.fullmatch(host) or not path:
        return None
    kind, host = _kind(host, hosts or {})
    if kind == "codecommit" and path.startswith("v1/repos/"):
        return _codecommit(host.split(".")[1], path[len("v1/repos/") :], old, new)
    page = _PAGES.get(kind)
    return page and page.format(host=host, path=path, old=old, new=new)


def hosts_of(environ: Mapping[str, str]) -> dict[str, str]:
    """The git host that a CI system's variables name."""
    named = {
        "gitlab": environ.get("CI_SERVER_HOST") or "",
        "github": _host_and_path(environ.get("GITHUB_SERVER_URL") or "")[0],
    }
    return {host.lower(): kind for kind, host in named.items() if host}


def _kind(host: str, hosts: Mapping[str, str]) -> tuple[str, str]:
    """What a host is, and the name under which a browser reaches it."""
    for pattern, kind in _HOSTS:
        found = pattern.fullmatch(host)
        if found:
            return kind, next(name for name in found.groups() if name)
    return hosts.get(host, ""), host


def _codecommit(region: str, name: str, old: str, new: str) -> str:
    return (
        f"https://{region}.console.aws.amazon.com/codesuite/codecommit/repositories/{name}"
        f"/compare/{old}/.../{new}?region={region}"
    )


def _host_and_path(remote: str) -> tuple[str, str]:
    scp = re.fullmatch(r"(?:[^@/]+@)?([A-Za-z0-9.-]+):(?!//)(.+)", remote)
    if scp:
        host, path = scp[1], scp[2]
    else:
        try:
            parts = urlsplit(remote)
            host, path = parts.hostname or "", parts.path
        except ValueError:
            return "", ""
    path = path.strip("/")
    return host.lower(), quote(path.removesuffix(".git"))
