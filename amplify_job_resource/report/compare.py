"""The page on which a git host shows the difference between two commits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote, urlsplit


@dataclass(frozen=True, slots=True)
class GitHost:
    """The web server of a git host.

    Attributes:
        kind: `github`, `gitlab`, `bitbucket` or `codecommit`.
        url: its address in a browser with port and path prefix, and without a slash at the end;
            empty when it is not known.
    """

    kind: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class _Address:
    """A URL, or a remote, without credentials and without a port for ssh.

    Attributes:
        host: the name or number of the host, in small letters; empty when there is none.
        web: `https://host:8443` for a URL that a browser takes as well, else empty.
        path: what follows, quoted, without slashes around it and without `.git`.
    """

    host: str = ""
    web: str = ""
    path: str = ""


#: Hosts whose name says what they are, and what that is; the first label is enough for one's own.
_HOSTS: Final = (
    (re.compile(r"(?:ssh\.)?(github\.com)|github\.[a-z0-9.-]+"), "github"),
    (re.compile(r"(?:altssh\.)?(gitlab\.com)|gitlab\.[a-z0-9.-]+"), "gitlab"),
    (re.compile(r"(?:altssh\.)?(bitbucket\.org)"), "bitbucket"),
    (re.compile(r"git-codecommit(?:-fips)?\.[a-z0-9-]+\.amazonaws\.com"), "codecommit"),
)
_PAGES: Final = {
    "github": "{repository}/compare/{old}...{new}",
    "gitlab": "{repository}/-/compare/{old}...{new}",
    "bitbucket": "{repository}/branches/compare/{new}..{old}",
}
_HOST = re.compile(r"[a-z0-9][a-z0-9.-]*|[0-9a-f:.]+", re.ASCII)
#: What git takes in place of a URL: `git@host:path`, with a port `[git@host:2222]:path`.
_SCP = re.compile(
    r"(?:\[(?:[^@/\[\]]+@)?(?P<inside>[a-z0-9.-]+)(?::[0-9]+)?\]"
    r"|(?:[^@/\[\]]+@)?(?:(?P<name>[a-z0-9.-]+)|\[(?P<number>[0-9a-f:.]+)\])):(?!//)(?P<path>.+)",
    re.ASCII | re.IGNORECASE,
)
_CODECOMMIT = re.compile(r"codecommit::([a-z0-9-]+)://(?:[^@/]+@)?([\w.-]+)")
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


def compare_url(
    remote: str | None, old: str, new: str, hosts: Mapping[str, GitHost] | None = None
) -> str | None:
    """The page on which a known host shows what `new` has and `old` has not, None elsewhere.

    Credentials in the remote's URL never get into the link, and neither does a port for ssh.

    Args:
        remote: A remote's URL in any form that git takes.
        old: A sha.
        new: A sha.
        hosts: Git hosts by their names, of which the names do not tell what they are, or where
            their pages are; see `hosts_of`.
    """
    helper = _CODECOMMIT.fullmatch(remote or "")
    if helper:
        return _codecommit(helper[1], helper[2], old, new)
    address = _address(remote or "")
    host = (hosts or {}).get(address.host) or _known(address.host)
    if host is None or not address.path:
        return None
    if host.kind == "codecommit":
        name = address.path.removeprefix("v1/repos/")
        known = name != address.path
        return _codecommit(address.host.split(".")[1], name, old, new) if known else None
    page = _PAGES.get(host.kind)
    return page and page.format(repository=_repository(address, host), old=old, new=new)


def hosts_of(environ: Mapping[str, str]) -> dict[str, GitHost]:
    """The git host that a CI system's variables name, and where its pages are."""
    found = {}
    for kind, url, name in (
        ("gitlab", environ.get("CI_SERVER_URL"), environ.get("CI_SERVER_HOST")),
        ("github", environ.get("GITHUB_SERVER_URL"), None),
    ):
        address = _address(url or "")
        if address.web:
            found[address.host] = GitHost(kind, f"{address.web}/{address.path}".rstrip("/"))
        elif name:
            found[name.lower()] = GitHost(kind)
    return found


def _known(name: str) -> GitHost | None:
    """What a host is by its name."""
    for pattern, kind in _HOSTS:
        found = pattern.fullmatch(name)
        if found:
            public = found[1] if found.re.groups else None
            return GitHost(kind, f"https://{public}" if public else "")
    return None


def _repository(address: _Address, host: GitHost) -> str:
    """The repository's page."""
    if not host.url:
        return f"{address.web or f'https://{_bracketed(address.host)}'}/{address.path}"
    prefix = urlsplit(host.url).path.strip("/")
    # A remote for a browser has the server's path prefix, and one for ssh has not.
    within = address.path.removeprefix(f"{prefix}/") if prefix and address.web else address.path
    return f"{host.url}/{within}"


def _codecommit(region: str, name: str, old: str, new: str) -> str:
    return (
        f"https://{region}.console.aws.amazon.com/codesuite/codecommit/repositories/{name}"
        f"/compare/{old}/.../{new}?region={region}"
    )


def _address(text: str) -> _Address:
    scp = _SCP.fullmatch(text)
    if scp:
        host = (scp["inside"] or scp["name"] or scp["number"]).lower()
        return _Address(host, "", _path(scp["path"]))
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
        path = _path(unquote(parts.path, errors="strict"))
    except ValueError:
        return _Address()
    if not _HOST.fullmatch(host):
        return _Address()
    web = ""
    if parts.scheme in _DEFAULT_PORTS:
        shown = "" if port in (None, _DEFAULT_PORTS[parts.scheme]) else f":{port}"
        web = f"{parts.scheme}://{_bracketed(host)}{shown}"
    return _Address(host, web, path)


def _path(text: str) -> str:
    return quote(text.strip("/").removesuffix(".git"))


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
