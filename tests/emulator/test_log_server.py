"""Logs over HTTP: in process and from a server, whole and in parts, and what goes wrong."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import RemoteDisconnected
from typing import Any

import boto3
import pytest
from amplify_job_resource.emulator import Control, Fault, Plan, Server, emulator_state
from amplify_job_resource.emulator.faults import GET_LOG
from amplify_job_resource.emulator.fixtures import _refusing_url

from tests.emulator.conftest import APP, Branch, MachineTime, make_client
from tests.emulator.files import ask
from tests.waiting import wait_until

TEN = Plan(pending=0, provisioning=0, build=10, deploy=10, verify=10, logs={"BUILD": "a\nb\nc\nd"})
COPY = "2026-01-02T03:04:05Z 0123456789"


def address(branch: Branch, job: str = "1", number: int = 0) -> str:
    """The address of a step's log."""
    return str(branch.steps(job)[number]["logUrl"])


@pytest.fixture
def built(branch: Branch, emulator: Control) -> Branch:
    """A branch whose job 1 has ended; its log is `COPY`, 31 characters and the end of the line."""
    branch.plan(Plan.instant(logs={"BUILD": COPY, "VERIFY": None}))
    branch.start()
    emulator.clear_calls()
    return branch


def test_a_log_is_text(built: Branch) -> None:
    """Whoever has the address gets the text, with no key."""
    answer = ask(address(built))
    assert (answer.status, answer.body.decode()) == (200, COPY + "\n")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["Content-Length"] == "32"
    assert answer.headers["Accept-Ranges"] == "bytes"


@pytest.mark.parametrize(
    ("wanted", "body", "told"),
    [
        ("bytes=0-9", b"2026-01-02", "bytes 0-9/32"),
        ("bytes=21-", b"0123456789\n", "bytes 21-31/32"),
        ("bytes=21-1000", b"0123456789\n", "bytes 21-31/32"),
        ("bytes=31-31", b"\n", "bytes 31-31/32"),
        ("bytes=-3", b"89\n", "bytes 29-31/32"),
        ("bytes=-65536", COPY.encode() + b"\n", "bytes 0-31/32"),
    ],
)
def test_a_part_of_a_log(built: Branch, wanted: str, body: bytes, told: str) -> None:
    """A range from the beginning, to the end or of the last bytes is a 206 that says what it has."""
    answer = ask(address(built), Range=wanted)
    assert (answer.status, answer.body) == (206, body)
    assert answer.headers["Content-Range"] == told
    assert answer.headers["Content-Length"] == str(len(body))


@pytest.mark.parametrize("wanted", ["bytes=32-", "bytes=1000-2000", "bytes=-0"])
def test_a_range_without_a_byte(built: Branch, wanted: str) -> None:
    """What begins after the end is a 416 with the length."""
    answer = ask(address(built), Range=wanted)
    assert (answer.status, answer.code) == (416, "InvalidRange")
    assert answer.headers["Content-Range"] == "bytes */32"


def test_an_empty_log_has_no_range(branch: Branch) -> None:
    """All of nothing is there, and a part of it is not."""
    branch.plan(Plan.instant(logs={"BUILD": ""}))
    branch.start()
    answer = ask(address(branch))
    assert (answer.status, answer.body) == (200, b"")
    assert ask(address(branch), Range="bytes=-65536").status == 416


@pytest.mark.parametrize("wanted", ["bytes=9-1", "lines=1-2", "bytes=0-1,4-5", "bytes=-", "x"])
def test_a_range_that_says_nothing_is_ignored(built: Branch, wanted: str) -> None:
    """The whole log comes, as from S3."""
    answer = ask(address(built), Range=wanted)
    assert (answer.status, len(answer.body)) == (200, 32)


def test_a_log_grows(branch: Branch, emulator: Control) -> None:
    """Its lines appear while the step runs, by the emulator's clock, and the address stays good."""
    branch.plan(TEN)
    branch.start()
    url = address(branch)
    seen = []
    for _ in range(5):
        seen.append(ask(url).body.count(b"\n"))
        emulator.advance(2.5)
    assert seen == [1, 2, 3, 4, 4]
    assert len(branch.steps("1")) == 2


def test_a_stopped_log_stays(branch: Branch, emulator: Control) -> None:
    """StopJob ends the log where it is."""
    branch.plan(TEN)
    branch.start()
    emulator.advance(3)
    branch.stop("1")
    emulator.advance(60)
    assert ask(address(branch)).body.count(b"\n") == 2


def test_a_log_is_always_the_same(branch: Branch, emulator: Control) -> None:
    """An ended job's log is the same at every speed and time; another step has another."""
    emulator.default_plan(Plan(outcome="FAILED", step="DEPLOY"))
    branch.start()
    emulator.advance(300)
    build, deploy = (ask(address(branch, number=number)).body for number in range(2))
    emulator.run(50)
    emulator.advance(3000)
    assert ask(address(branch)).body == build
    assert b"## Build completed successfully" in build
    assert b"[ERROR]: Failed to deploy" in deploy


def test_lines_have_the_times_that_clients_are_shown(
    machine_time: MachineTime, emulator: Control, branch: Branch
) -> None:
    """At speed 10, a step of 100 seconds logs within ten; addresses are signed by the same clock."""
    emulator.run(10)
    branch.plan(Plan(pending=0, provisioning=0, build=100, logs={"BUILD": "a\nb"}))
    branch.start()
    machine_time.pass_by(9)
    url = address(branch)
    text = ask(url).body.decode().splitlines()
    assert [line[:23] for line in text] == ["2023-11-14T22:13:20.000", "2023-11-14T22:13:25.000"]
    assert "X-Amz-Date=20231114T221329Z" in url


def test_a_step_that_has_not_begun_has_no_address(branch: Branch, emulator: Control) -> None:
    """Steps that run have one, and those to come have none; a plan can take it away."""
    branch.plan(Plan(logs={"DEPLOY": None}))
    branch.start()
    assert branch.steps("1") == []
    emulator.advance(20)
    assert ["logUrl" in step for step in branch.steps("1")] == [True]
    emulator.advance(300)
    assert ["logUrl" in step for step in branch.steps("1")] == [True, False, True]


def test_an_address_expires(built: Branch, emulator: Control) -> None:
    """After three hours it is refused, and GetJob gives a new one."""
    url = address(built)
    emulator.advance(3 * 60 * 60 - 1)
    assert ask(url).status == 200
    emulator.advance(1.1)
    answer = ask(url)
    assert (answer.status, answer.code) == (403, "AccessDenied")
    assert answer.headers["Content-Type"] == "application/xml"
    assert b"<Message>Request has expired</Message>" in answer.body
    assert address(built) != url
    assert ask(address(built)).status == 200


def test_another_address_is_refused(built: Branch) -> None:
    """Without its signature, or with the path of another log, an address gives nothing."""
    url = address(built)
    assert ask(url.partition("&X-Amz-Signature")[0]).code == "AccessDenied"
    for other in (url.replace("BUILD", "DEPLOY"), url + "0", url.replace("/main/", "/dev/")):
        answer = ask(other)
        assert (answer.status, answer.code) == (403, "SignatureDoesNotMatch")
    answer = ask(url, method="HEAD")
    assert (answer.status, answer.body) == (403, b"")


def test_a_log_goes_with_its_job(built: Branch) -> None:
    """The address of a job that was deleted leads to nothing."""
    url = address(built)
    built.client.delete_job(**built.place, jobId="1")
    answer = ask(url)
    assert (answer.status, answer.code) == (404, "NoSuchKey")


def test_a_branch_of_any_name_has_logs(branch: Branch, emulator: Control) -> None:
    """Slashes and letters from everywhere are no part of the path's structure."""
    branch.client.create_branch(appId=APP, branchName="feature/a b/ünï?#%2F")
    other = Branch(branch.client, emulator, "feature/a b/ünï?#%2F")
    other.plan(Plan.instant(logs={"BUILD": COPY}))
    other.start()
    assert ask(address(other)).body.decode() == COPY + "\n"
    assert emulator.calls(GET_LOG)[0]["branch_name"] == "feature/a b/ünï?#%2F"


def test_fetches_are_among_the_calls(built: Branch, emulator: Control) -> None:
    """Each GET is one call, with the step, the range and the status."""
    url = address(built)
    ask(url)
    ask(url, Range="bytes=-3")
    ask(url + "0")
    whole, part, wrong = emulator.calls(GET_LOG)
    assert whole == {
        "operation": "GetLog",
        "app_id": APP,
        "branch_name": "main",
        "job_id": "1",
        "body": {"step": "BUILD"},
        "region": "us-east-1",
        "access_key": None,
        "time": emulator_state.clock.now(),
        "status": 200,
    }
    assert (part["body"], part["status"]) == ({"step": "BUILD", "range": "bytes=-3"}, 206)
    assert wrong["status"] == 403
    assert [call["operation"] for call in emulator.calls()] == ["GetJob", *3 * ["GetLog"]]


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("500", 500, "InternalError"),
        ("503", 503, "SlowDown"),
        ("denied", 403, "AccessDenied"),
        ("expired", 403, "AccessDenied"),
    ],
)
def test_a_fetch_can_go_wrong(
    built: Branch, emulator: Control, kind: Any, status: int, code: str
) -> None:
    """A fault that names GetLog is an answer in S3's form, as often as it says."""
    url = address(built)
    emulator.fault(Fault(kind, GET_LOG, app_id=APP, branch_name="main"))
    answer = ask(url)
    assert (answer.status, answer.code) == (status, code)
    assert (b"Request has expired" in answer.body) == (kind == "expired")
    assert ask(url).status == 200
    assert [call["status"] for call in emulator.calls(GET_LOG)] == [status, 200]


def test_a_fetch_can_be_dropped(built: Branch, emulator: Control) -> None:
    """The connection is closed without an answer."""
    url = address(built)
    emulator.fault(Fault("drop", GET_LOG))
    with pytest.raises(RemoteDisconnected):
        ask(url)
    assert [call["status"] for call in emulator.calls(GET_LOG)] == [None]


def test_a_fetch_can_be_slow(machine_time: MachineTime, built: Branch, emulator: Control) -> None:
    """It takes real time, also while the clock is stopped, and then the fault after it acts."""
    url = address(built)
    emulator.fault(Fault("slow", GET_LOG, seconds=7), Fault("503", GET_LOG))
    assert ask(url).status == 503
    assert machine_time.slept == [7]


def test_a_fault_of_all_calls_leaves_logs_alone(built: Branch, emulator: Control) -> None:
    """Neither does `*` go wrong with a log, nor does a log count for it."""
    url = address(built)
    emulator.fault(Fault("500", skip=1))
    assert ask(url).status == 200
    assert built.status("1") == "SUCCEED"
    with pytest.raises(Exception, match="InternalFailure"):
        built.status("1")


@pytest.mark.parametrize("kind", ["throttled", "limit", "refused"])
def test_a_log_has_no_faults_of_amplify(kind: Any) -> None:
    """What S3 never answers is an error."""
    with pytest.raises(ValueError, match="for a log, kind is one of 500, 503, denied, expired"):
        Fault(kind, GET_LOG)


@pytest.fixture
def threads() -> Iterator[set[threading.Thread]]:
    """The threads before the test's own fixtures; there are no others afterwards."""
    _refusing_url()  # which starts once, for as long as the process lives
    before = set(threading.enumerate())
    yield before
    # One that has just answered may not have ended yet.
    wait_until(lambda: set(threading.enumerate()) <= before, "the end of all servers")


def test_nothing_runs_on_after_a_reset(
    threads: set[threading.Thread], built: Branch, emulator: Control
) -> None:
    """In process, a server for logs runs from the first address until the reset, and no longer."""
    assert set(threading.enumerate()) <= threads
    url = address(built)
    assert url.startswith("http://127.0.0.1:")
    assert len(set(threading.enumerate()) - threads) == 1
    assert address(built).partition("/_logs/")[0] == url.partition("/_logs/")[0]
    assert ask(url).status == 200
    emulator.reset()
    with pytest.raises(urllib.error.URLError, match="refused"):
        ask(url)


def test_the_fixture_leaves_no_server(
    threads: set[threading.Thread], request: pytest.FixtureRequest
) -> None:
    """The fixture's end is a reset, too: see `threads`."""
    amplify: Control = request.getfixturevalue("amplify")
    amplify.create_app(APP)
    amplify.default_plan(Plan.instant())
    branch = Branch(boto3.client("amplify"), amplify)
    branch.start()
    assert ask(address(branch)).status == 200


def test_a_server_has_its_logs_itself(threads: set[threading.Thread]) -> None:
    """The addresses of a server's logs are its own, and faults act there as well."""
    with Server() as server:
        control = server.control
        control.reset()
        control.create_app(APP)
        control.default_plan(Plan.instant(logs={"BUILD": COPY}))
        client = make_client(url=server.url)
        branch = Branch(client, control)
        branch.start()
        url = address(branch)
        assert url.startswith(server.url + "/")
        assert ask(url, Range="bytes=-3").body == b"89\n"
        assert ask(url + "0").code == "SignatureDoesNotMatch"
        control.fault(Fault("drop", GET_LOG))
        with pytest.raises(RemoteDisconnected):
            ask(url)
        assert [call["status"] for call in control.calls(GET_LOG)] == [206, 403, None]
        control.reset()
