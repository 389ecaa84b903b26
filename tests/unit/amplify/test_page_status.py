"""The HTTP status of a page."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from amplify_job_resource._amplify.page_status import Unreached, page_status
from amplify_job_resource._amplify.settings import Settings

PAGES = {"/": 200, "/moved": 301, "/denied": 403, "/fault": 500}


class Pages(BaseHTTPRequestHandler):
    """Each page answers with its status; a broken one with nothing."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == "/broken":
            self.close_connection = True
            return
        self.send_response(PAGES.get(path, 404))
        self.send_header("Location", "/denied")
        # More than anybody reads: a page may be large.
        self.send_header("Content-Length", str(10**9))
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def url() -> Iterator[str]:
    """The address of a server on this machine."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(("page", "status"), [*PAGES.items(), ("/nowhere", 404), ("/?a=b", 200)])
def test_a_page_has_its_status(url: str, page: str, status: int) -> None:
    """Redirects are not followed, and what a page holds is not read."""
    assert page_status(f"{url}{page}", Settings()) == status


def test_no_answer_is_told_in_a_word(url: str) -> None:
    """A closed connection, and a port where nobody listens."""
    with pytest.raises(Unreached, match=r"Closed|HTTPClient"):
        page_status(f"{url}/broken", Settings())
    with pytest.raises(Unreached, match="EndpointConnectionError"):
        page_status("http://127.0.0.1:1/", Settings())


def test_a_name_that_is_none_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """As of a domain whose DNS record is missing."""
    monkeypatch.setenv("NO_PROXY", "*")
    with pytest.raises(Unreached):
        page_status("http://nowhere.invalid/", Settings())
