"""The control endpoint over HTTP: its contract, as docs/emulator-control.md has it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from amplify_job_resource.emulator import Control

from tests.emulator.conftest import APP
from tests.emulator.files import ask


@pytest.fixture
def url(amplify_server: Control) -> str:
    """The address of the endpoint, version 1, of a server with the app d1a2b3c4."""
    amplify_server.create_app(APP)
    return f"{amplify_server.url}/_emulator/v1/"


def told(*arguments: Any, **headers: str) -> tuple[int, Any]:
    """The status and the JSON of an answer."""
    found = ask(*arguments, **headers)
    assert found.headers["Content-Type"] == "application/json"
    return found.status, json.loads(found.body)


def test_a_verb_takes_an_object_and_answers_with_a_value(url: str) -> None:
    """A POST of JSON is all that a client in any language needs."""
    plan = json.dumps({"app_id": APP, "branch_name": "main", "plans": [{"build": 1}]}).encode()
    assert told(f"{url}plan", "POST", plan) == (200, None)
    assert told(f"{url}site", "POST", b'{"app_id": "d1a2b3c4", "branch_name": "main"}') == (
        200,
        "/_sites/d1a2b3c4/main/",
    )
    assert told(f"{url}clear_calls", "POST", b"") == (200, None)


def test_what_changes_nothing_can_be_got(url: str) -> None:
    """A GET has the arguments in its query; what changes something is refused to it."""
    assert told(f"{url}jobs?app_id={APP}&branch_name=main") == (200, [])
    status, body = told(f"{url}reset")
    assert (status, body["error"]) == (405, "reset is asked for with POST")
    assert told(f"{url}jobs", "DELETE")[0] == 405
    assert told(f"{url}jobs?app_id={APP}&branch_name=main")[0] == 200


@pytest.mark.parametrize(
    ("path", "data", "status", "words"),
    [
        ("nonsense", b"{}", 404, "the emulator has no verb 'nonsense'; its verbs are advance, "),
        ("../v2/reset", b"{}", 404, "this emulator has its control endpoint at /_emulator/v1/"),
        ("reset", b"[1]", 400, "ValueError: the arguments are an object"),
        ("reset", b"{", 400, "JSONDecodeError: "),
        ("advance", b'{"minutes": 1}', 400, "ValueError: advance: "),
        ("advance", b'{"seconds": "1"}', 400, "ValueError: advance: "),
        ("jobs", b'{"app_id": "d9", "branch_name": "x"}', 400, "NotFoundException: App d9 not"),
        ("default_plan", b'{"plan": {"build": "a"}}', 400, "ValueError: build is a number"),
        ("rules", b'{"rules": [{"app": "*"}]}', 400, "ValueError: a rule needs a plan"),
        ("rules", b'{"rules": [{"plan": {}, "ap": 1}]}', 400, "ValueError: a rule is wrong: "),
    ],
)
def test_an_error_is_an_object_with_a_text(
    url: str, path: str, data: bytes, status: int, words: str
) -> None:
    """404: there is no such verb or version; 400: its arguments are wrong, or AWS would refuse it."""
    found, body = told(url.replace("/v1/", "/v2/") if "v2" in path else url + path, "POST", data)
    assert found == status
    assert body["error"].startswith(words), body


def test_an_app_is_not_lost_to_wrong_settings(url: str) -> None:
    """What is refused has replaced nothing."""
    for settings in ([1], {"tags": 1}):
        wrong = {"app_id": APP, "branches": [], "settings": settings}
        assert told(f"{url}create_app", "POST", json.dumps(wrong).encode())[0] == 400
    assert told(f"{url}jobs?app_id={APP}&branch_name=main") == (200, [])


def test_pages_of_other_sites_are_refused(url: str) -> None:
    """A browser says whose page sends a request; one of another site does nothing here."""
    own = url.partition("/_emulator")[0]
    assert told(f"{url}jobs?app_id={APP}&branch_name=main", Origin=own)[0] == 200
    status, body = told(f"{url}reset", "POST", b"{}", Origin="http://evil.example")
    assert (status, body["error"]) == (403, "pages of other sites cannot control the emulator")
    assert told(f"{url}reset", "POST", b"{}", Origin="null")[0] == 403
    assert told(f"{url}jobs?app_id={APP}&branch_name=main") == (200, [])


@pytest.mark.parametrize("host", ["evil.example", "main.d1a2b3c4.amplifyapp.localhost"])
def test_other_names_of_this_machine_are_refused(url: str, host: str) -> None:
    """A site whose name leads here, and a site of the emulator's own, have no control of it."""
    port = url.partition("/_emulator")[0].rpartition(":")[2]
    for name in (host, f"{host}:{port}"):
        status, body = told(f"{url}reset", "POST", b"{}", Host=name, Origin=f"http://{name}")
        assert status == 403
        assert body["error"].startswith("the emulator is controlled at 127.0.0.1 or localhost")
    jobs = f"{url}jobs?app_id={APP}&branch_name=main"
    assert [told(jobs, Host=f"{name}:{port}")[0] for name in (host, "localhost")] == [403, 200]
