"""Deployed files over HTTP: at which addresses, and which answers there are."""

from __future__ import annotations

import urllib.error
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from amplify_job_resource.emulator import Control, Plan, Server

from tests.emulator.conftest import Branch, make_client
from tests.emulator.files import MANUAL, PAGE, SITE, ask, deploy, manual_branch, zipped

FILES = {
    "index.html": PAGE,
    "docs/index.html": b"docs",
    "assets/app.js": b"let a = 1",
    "assets/style.css": b"p {}",
    "logo.svg": b"<svg/>",
    "pixel.png": b"\x89PNG",
    "font.woff2": b"f",
    "site.webmanifest": b"{}",
    "data.json": b"{}",
    "a b/ü.txt": b"umlaut",
    "download.tar.gz": b"gz",
    "LICENSE": b"free",
    ".well-known/x": b"hidden",
}


@pytest.fixture
def site(branch: Branch, emulator: Control) -> Branch:
    """The branch main of an app without a repository, whose jobs end at once."""
    emulator.default_plan(Plan.instant())
    return manual_branch(branch.client, emulator)


@pytest.fixture
def url(site: Branch, emulator: Control) -> str:
    """The address of a site with `FILES`."""
    deploy(site, zipped(FILES))
    return emulator.site(MANUAL)


@pytest.mark.parametrize(
    ("path", "name", "kind"),
    [
        ("", "index.html", "text/html; charset=utf-8"),
        ("index.html", "index.html", "text/html; charset=utf-8"),
        ("?a=/b", "index.html", "text/html; charset=utf-8"),
        ("docs/", "docs/index.html", "text/html; charset=utf-8"),
        ("assets/app.js", "assets/app.js", "text/javascript; charset=utf-8"),
        ("assets/style.css?v=1", "assets/style.css", "text/css; charset=utf-8"),
        ("logo.svg", "logo.svg", "image/svg+xml"),
        ("pixel.png", "pixel.png", "image/png"),
        ("font.woff2", "font.woff2", "font/woff2"),
        ("site.webmanifest", "site.webmanifest", "application/manifest+json"),
        ("data.json", "data.json", "application/json"),
        ("a%20b/%C3%BC.txt", "a b/ü.txt", "text/plain; charset=utf-8"),
        ("download.tar.gz", "download.tar.gz", "application/octet-stream"),
        ("LICENSE", "LICENSE", "application/octet-stream"),
        (".well-known/x", ".well-known/x", "application/octet-stream"),
    ],
)
def test_a_file_has_its_type(url: str, path: str, name: str, kind: str) -> None:
    """Each file is at its name; a slash at the end is its index."""
    answer = ask(url + path)
    assert (answer.status, answer.body) == (200, FILES[name])
    assert answer.headers["Content-Type"] == kind
    assert answer.headers["Content-Length"] == str(len(FILES[name]))


@pytest.mark.parametrize(
    "path", ["none", "docs", "none/", "INDEX.html", "%2E%2E/x", "..%2fx", "%FF"]
)
def test_what_is_not_there_is_a_404(url: str, path: str) -> None:
    """Other names, other cases and ways out give nothing."""
    assert ask(url + path).status == 404


def test_only_the_last_deployment_is_there(url: str, site: Branch) -> None:
    """A file that the last one did not have is gone."""
    deploy(site, SITE)
    assert ask(url).body == PAGE
    assert ask(url + "logo.svg").status == 404


def test_a_wrapping_folder_is_a_dead_site(site: Branch, emulator: Control) -> None:
    """The job succeeds, and the root is S3's refusal; so is every site without its index."""
    deploy(site, zipped({"dist/index.html": PAGE, "dist/logo.svg": b"x"}))
    assert site.status("1") == "SUCCEED"
    url = emulator.site(MANUAL)
    for path in ("", "index.html"):
        answer = ask(url + path)
        assert (answer.status, answer.code) == (403, "AccessDenied")
        assert answer.headers["Content-Type"] == "application/xml"
    assert ask(url + "logo.svg").status == 404
    assert ask(url + "dist/").body == PAGE


def test_other_methods_are_refused(url: str) -> None:
    """HEAD has the headers alone; a site takes nothing."""
    answer = ask(url, "HEAD")
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["Content-Length"] == str(len(PAGE))
    answer = ask(url, "POST", b"x=1")
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD")


def test_an_address_without_its_slash_leads_to_it(url: str) -> None:
    """Links between pages would lead elsewhere."""
    answer = ask(url.rstrip("/"))
    assert (answer.status, answer.headers["Location"]) == (301, urlsplit(url).path)


def test_a_branch_has_its_site_at_its_host(site: Branch, emulator: Control) -> None:
    """The path has the app and what stands before its domain; the Host header does as well."""
    site.client.create_branch(appId=MANUAL, branchName="feature/My_Page.1")
    site.client.create_branch(appId=MANUAL, branchName="other", displayName="shop")
    for name, label in (
        ("main", "main"),
        ("feature/My_Page.1", "feature-my-page-1"),
        ("other", "shop"),
    ):
        site.place["branchName"] = name
        deploy(site, zipped({"index.html": name.encode(), "x": b"y"}))
        url = emulator.site(MANUAL, name)
        server, path = url.rsplit("/_sites/", 1)
        assert path == f"{MANUAL}/{label}/"
        assert ask(url).body == name.encode()
        for domain in ("amplifyapp.com", "AmplifyApp.com:443", "amplifyapp.localhost:5000"):
            host = f"{label}.{MANUAL}.{domain}"
            assert ask(server, Host=host).body == name.encode()
            assert ask(f"{server}/x", Host=host).body == b"y"
            assert ask(f"{server}/none", Host=host).status == 404


def test_a_name_of_another_alphabet_has_a_site(site: Branch, emulator: Control) -> None:
    """Such a name stands quoted in the path."""
    site.client.create_branch(appId=MANUAL, branchName="ünï?#")
    site.place["branchName"] = "ünï?#"
    deploy(site, SITE)
    assert ask(emulator.site(MANUAL, "ünï?#")).body == PAGE


def test_two_branches_of_one_address_share_it(site: Branch, emulator: Control) -> None:
    """The one that deployed last is there."""
    for name in ("a/b", "a-b"):
        site.client.create_branch(appId=MANUAL, branchName=name)
    for name in ("a/b", "a-b", "a/b"):
        emulator.advance(1)
        site.place["branchName"] = name
        deploy(site, zipped({"index.html": name.encode()}))
        assert ask(emulator.site(MANUAL, "a-b")).body == name.encode()


def test_nothing_is_there_before_a_deployment(site: Branch, emulator: Control) -> None:
    """Neither for a new branch nor for what does not exist, which has no address either."""
    url = emulator.site(MANUAL)
    assert ask(url).status == 404
    assert ask(url.replace(MANUAL, "dnone")).status == 404
    assert ask(url.replace("main", "none")).status == 404
    with pytest.raises(Exception, match="Branch none not found"):
        emulator.site(MANUAL, "none")
    deploy(site, SITE)
    emulator.delete_branch(MANUAL, "main")
    assert ask(url).status == 404


def test_visits_are_no_calls(url: str, emulator: Control) -> None:
    """A page is no operation."""
    emulator.clear_calls()
    ask(url)
    assert emulator.calls() == []


def test_other_paths_of_the_server_of_this_process_are_nothing(url: str) -> None:
    """It has logs, uploads and sites."""
    assert ask(url.partition("/_sites/")[0] + "/apps").status == 404


def test_a_reset_ends_the_sites(url: str, emulator: Control) -> None:
    """In process, the server runs no longer than the emulator's state lives."""
    assert url.startswith("http://127.0.0.1:")
    emulator.reset()
    with pytest.raises(urllib.error.URLError, match="refused"):
        ask(url)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        server.control.reset()
        server.control.default_plan(Plan.instant())
        yield server
        server.control.reset()


def test_a_server_has_its_sites_itself(server: Server) -> None:
    """Uploads and sites are on the server's own address, beside Amplify and moto."""
    client = make_client(url=server.url)
    site = manual_branch(client, server.control)
    made = client.create_deployment(**site.place)
    assert made["zipUploadUrl"].startswith(server.url + "/_uploads/")
    site.stop("1")
    deploy(site, SITE)
    url = server.control.site(MANUAL)
    assert url == f"{server.url}/_sites/{MANUAL}/main/"
    assert ask(url).body == PAGE
    assert ask(server.url, Host=f"main.{MANUAL}.amplifyapp.com").body == PAGE
    with pytest.raises(ValueError, match="Branch none not found"):
        server.control.site(MANUAL, "none")


def test_a_site_can_be_the_source_of_another(server: Server) -> None:
    """The emulator reads a source while it answers others, also itself."""
    client = make_client(url=server.url)
    site = manual_branch(client, server.control)
    deploy(site, zipped({"index.html": b"old", "site.zip": SITE}))
    source = server.control.site(MANUAL) + "site.zip"
    client.start_deployment(**site.place, sourceUrl=source)
    assert ask(server.control.site(MANUAL)).body == PAGE
    assert site.summary("2")["sourceUrl"] == source
