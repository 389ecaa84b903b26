"""An upload arrives, or fails with a sentence, or ends when it is to end; its address is nowhere."""

from __future__ import annotations

import http.client
import logging
import socket
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any

import pytest
from amplify_job_resource import Unanswered
from amplify_job_resource._amplify.proxies import Proxies
from amplify_job_resource._amplify.settings import Settings
from amplify_job_resource._upload.attempt import Body, Limits
from amplify_job_resource._upload.failures import UploadFailed
from amplify_job_resource._upload.upload import Receipt, put

from tests.operations import FakeOperation
from tests.unit.upload.bodies import BIG, Held, Pieces, Repeated
from tests.unit.upload.conftest import Authority
from tests.unit.upload.upload_server import (
    PATH,
    SECRET,
    UploadServer,
    answers,
    refuses_early,
    resets_after,
    s3_error,
)
from tests.waiting import wait_until

ACTION = "uploading the files (d1a2/main/42)"
DEADLINE = 3600.0
#: Seconds after which nobody waits for an upload that was to end; its timeouts are much longer.
AT_ONCE = 10.0
LIMITS = Limits(early_seconds=0.2)
LOST = "the connection to S3 was lost"


class Operation(FakeOperation):
    """An operation that may be interrupted, or run out of time, when something has happened."""

    def __init__(self) -> None:
        super().__init__()
        self.stop: Callable[[], bool] = lambda: False
        self.late: Callable[[], bool] = lambda: False
        self.told: list[int] = []
        self.tellers: set[threading.Thread] = set()

    def interrupted(self) -> bool:
        return self.stop()

    def now(self) -> float:
        return self.time + (2 * DEADLINE if self.late() else 0)

    def tell(self, sent: int) -> None:
        self.tellers.add(threading.current_thread())
        self.told.append(sent)


@pytest.fixture
def operation() -> Operation:
    return Operation()


def upload(
    url: str,
    body: Body,
    operation: Operation,
    limits: Limits = LIMITS,
    **members: Any,
) -> Receipt:
    return put(
        url,
        body,
        Settings(**members),
        progress=operation.tell,
        clock=operation,
        deadline=DEADLINE,
        action=ACTION,
        limits=limits,
    )


def failure(url: str, body: Body, operation: Operation, **members: Any) -> UploadFailed:
    with pytest.raises(UploadFailed) as caught:
        upload(url, body, operation, **members)
    return caught.value


def test_a_body_arrives(server: UploadServer, operation: Operation) -> None:
    """Its progress is told at the end, if not before, on the caller's thread; no time is lost."""
    assert upload(server.url, Pieces(b"ab", b"c"), operation) is Receipt.TAKEN
    assert server.taken == [b"abc"]
    assert operation.told == [3]
    assert operation.tellers == {threading.current_thread()}
    assert operation.time == 0


def test_a_body_arrives_with_https(
    secure: UploadServer, authority: Authority, operation: Operation
) -> None:
    """With the certificates of the stack."""
    body = Repeated(4 * 1024 * 1024)
    assert upload(secure.url, body, operation, ca_bundle=authority.file) is Receipt.TAKEN
    assert [len(body) for body in secure.taken] == [body.size]
    told = failure(secure.url, Pieces(b"abc"), operation)
    assert told.reason == "the certificate of S3 is not trusted"
    assert "aws:customCaBundle" in told.advice


def test_a_body_arrives_through_a_proxy(
    secure: UploadServer, server: UploadServer, operation: Operation
) -> None:
    """Which sees the name of the server, and nothing of what is sent."""
    server.tunnel = lambda request: request.lead(secure.port)
    proxies = Proxies(https=server.root)
    url = f"https://s3.invalid{PATH}"
    body = Repeated(4 * 1024 * 1024)
    assert upload(url, body, operation, proxies=proxies, insecure=True) is Receipt.TAKEN
    assert [target for target, _ in server.tunnels] == ["s3.invalid:443"]
    assert [len(body) for body in secure.taken] == [body.size]


def test_progress_is_told_while_bytes_leave(server: UploadServer, operation: Operation) -> None:
    """On the caller's thread, and never more than was sent."""
    body = Repeated(1024 * 1024 - 64 * 1024)
    told = threading.Event()
    body.before = lambda number: None if number != 8 else _wait(told)

    def tell(sent: int) -> None:
        operation.tell(sent)
        told.set()

    receipt = put(server.url, body, Settings(), progress=tell, clock=operation, deadline=DEADLINE)
    assert receipt is Receipt.TAKEN
    # The chunk before is held back until the next one is there.
    assert operation.told == [7 * 64 * 1024, body.size]
    assert operation.tellers == {threading.current_thread()}


def _wait(event: threading.Event) -> None:
    assert event.wait(60)


FAULTS: dict[str, Any] = {
    "reset": resets_after(1000),
    "500": s3_error(500, "InternalError"),
    "503": s3_error(503, "SlowDown"),
    "too slow": s3_error(400, "RequestTimeout"),
    "proxy": answers(502),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("times", [1, 4])
def test_a_passing_fault_is_passed_over(
    fault: str, times: int, server: UploadServer, operation: Operation
) -> None:
    """The body is sent again from its beginning, after pauses that grow."""
    server.answers = [FAULTS[fault]] * times
    body = Repeated(4 * 1024 * 1024)
    assert upload(server.url, body, operation) is Receipt.TAKEN
    assert [len(body) for body in server.taken] == [body.size]
    assert (body.begun, body.ended) == (times + 1, times + 1)
    whole = sum(2**number for number in range(1, times + 1))
    assert whole / 2 <= operation.time <= whole


def test_a_stalled_connection_is_made_again(server: UploadServer, operation: Operation) -> None:
    """After the time that a silence may last."""
    server.answers = [server.stalls_after(1000), server.stalls_after(None)]
    limits = Limits(silence_seconds=0.3, early_seconds=0.1)
    body = Repeated(BIG)
    assert upload(server.url, body, operation, limits) is Receipt.TAKEN
    assert body.begun == 3


def test_five_tries_are_enough(server: UploadServer, operation: Operation) -> None:
    """Then the last fault is told, and that it was not the only one."""
    server.answers = [*[resets_after(1000)] * 4, s3_error(503, "SlowDown")]
    body = Repeated(BIG)
    told = failure(server.url, body, operation)
    assert told.reason == "S3 cannot take it now (503 SlowDown), after 5 tries"
    assert told.may_have_arrived
    assert body.begun == 5
    assert 15 <= operation.time <= 30  # no pause after the last one


def test_what_was_never_sent_has_not_arrived(server: UploadServer, operation: Operation) -> None:
    """However often it was tried."""
    server.answers = [resets_after(1000)] * 5
    told = failure(server.url, Repeated(BIG), operation)
    assert told.reason == f"{LOST}, after 5 tries"
    assert told.advice
    assert not told.may_have_arrived


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (
            s3_error(403, "AccessDenied"),
            "S3 refuses the address for the upload (403 AccessDenied)",
        ),
        (
            s3_error(403, "AccessDenied", "Request has expired"),
            "the address for the upload has expired (403 AccessDenied)",
        ),
        (s3_error(400, "EntityTooLarge"), "S3 does not take it (400 EntityTooLarge)"),
        (answers(302), "S3 sends the upload elsewhere (302)"),
    ],
)
def test_a_refusal_ends_it(
    answer: Any, reason: str, server: UploadServer, operation: Operation
) -> None:
    """Another try would be refused as well."""
    server.answers = [answer]
    body = Pieces(b"abc")
    told = failure(server.url, body, operation)
    assert told.reason == reason
    assert not told.may_have_arrived
    assert (body.begun, operation.time, operation.told) == (1, 0, [])


@pytest.mark.parametrize("lost", ["reset", "500"])
@pytest.mark.parametrize("size", [3, 1024 * 1024])
def test_a_denial_after_a_lost_answer_leaves_it_open(
    lost: str, size: int, server: UploadServer, operation: Operation
) -> None:
    """An address that takes one upload only has probably taken the one whose answer was lost."""
    end = resets_after(None) if lost == "reset" else s3_error(500, "InternalError")
    server.answers = [end, resets_after(0), s3_error(403, "AccessDenied")]
    assert upload(server.url, Pieces(bytes(size)), operation) is Receipt.UNKNOWN


def test_a_denial_after_a_lost_upload_ends_it(server: UploadServer, operation: Operation) -> None:
    """Where not all bytes were sent, S3 has nothing."""
    server.answers = [resets_after(1000), s3_error(403, "AccessDenied")]
    told = failure(server.url, Repeated(BIG), operation)
    assert "(403 AccessDenied)" in told.reason
    assert not told.may_have_arrived


def test_another_refusal_after_a_lost_answer_ends_it(
    server: UploadServer, operation: Operation
) -> None:
    """It does not say that the address is used up; whether the bytes have arrived is not known."""
    server.answers = [resets_after(None), s3_error(400, "EntityTooLarge")]
    told = failure(server.url, Pieces(b"abc"), operation)
    assert told.reason == "S3 does not take it (400 EntityTooLarge)"
    assert told.may_have_arrived


@pytest.mark.parametrize("url", ["http://s3.example.com/a", "ftp://127.0.0.1/a", "", "s3://a/b"])
def test_only_some_addresses_are_used(url: str, operation: Operation) -> None:
    """With https; http reaches no farther than this machine, where an emulator may be."""
    body = Pieces(b"abc")
    told = failure(url, body, operation)
    assert told.reason == "AWS gives an address that cannot be used: https is needed"
    assert body.begun == 0


class OwnError(Exception):
    """What a body raises."""


@pytest.mark.parametrize("error", [OwnError("x"), Unanswered("a", "Interrupted", "b")])
def test_an_error_of_the_body_comes_out_unchanged(
    error: Exception, server: UploadServer, operation: Operation
) -> None:
    """It is the body's, and ends the upload."""

    def fail(number: int) -> None:
        if number == 3:
            raise error

    body = Repeated(BIG)
    body.before = fail
    with pytest.raises(type(error)) as caught:
        upload(server.url, body, operation)
    assert caught.value is error
    assert body.begun == 1


def hangs_in_the_connect(server: UploadServer, patch: pytest.MonkeyPatch) -> tuple[str, Any, Any]:
    held, connect = Held(), socket.create_connection

    def hang(*arguments: Any) -> socket.socket:
        held()
        return connect(*arguments)

    patch.setattr(socket, "create_connection", hang)
    return server.url, Pieces(b"abc"), held


def hangs_in_the_proxy(server: UploadServer, patch: pytest.MonkeyPatch) -> tuple[str, Any, Any]:
    server.tunnel = server.stall
    patch.setenv("https_proxy", server.root)
    return f"https://s3.invalid{PATH}", Pieces(b"abc"), server.stalled


def hangs_before_the_body(server: UploadServer, patch: pytest.MonkeyPatch) -> tuple[str, Any, Any]:
    def stall(request: Any) -> bool:
        server.stall(request)
        return False

    server.expect = stall
    return server.url, Repeated(BIG), server.stalled


def hangs_while_sending(server: UploadServer, patch: pytest.MonkeyPatch) -> tuple[str, Any, Any]:
    server.answers = [server.stalls_after(1000)]
    return server.url, Repeated(BIG), server.stalled


def hangs_before_the_answer(
    server: UploadServer, patch: pytest.MonkeyPatch
) -> tuple[str, Any, Any]:
    server.answers = [server.stalls_after(None)]
    return server.url, Pieces(b"abc"), server.stalled


def hangs_in_the_body(server: UploadServer, patch: pytest.MonkeyPatch) -> tuple[str, Any, Any]:
    held = Held()
    body = Repeated(BIG)
    body.before = lambda number: held() if number == 2 else None
    return server.url, body, held


HANGS = [
    hangs_in_the_connect,
    hangs_in_the_proxy,
    hangs_before_the_body,
    hangs_while_sending,
    hangs_before_the_answer,
    hangs_in_the_body,
]


@pytest.mark.parametrize("why", ["Interrupted", "TimedOut"])
@pytest.mark.parametrize("hang", HANGS)
def test_an_upload_is_given_up(
    hang: Any,
    why: str,
    server: UploadServer,
    operation: Operation,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Wherever it hangs, Ctrl-C and the deadline end it soon, and nothing goes on after it."""
    url, body, hung = hang(server, monkeypatch)
    reached = hung.reached if isinstance(hung, Held) else hung
    if why == "Interrupted":
        operation.stop = reached.is_set
    else:
        operation.late = reached.is_set
    began = time.monotonic()
    with pytest.raises(Unanswered) as caught:
        upload(url, body, operation, Limits(early_seconds=60))
    assert time.monotonic() - began < AT_ONCE
    assert (caught.value.action, caught.value.code) == (ACTION, why)
    assert caught.value.detail.endswith(" had been sent")
    if isinstance(hung, Held):
        hung.released.set()
    wait_until(lambda: not calls_under_way(), "the thread ends")
    assert body.ended == body.begun
    assert body.given <= 1 + BIG // (64 * 1024) // 2
    assert server.settled() == []


def calls_under_way() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "amplify-job-call"]


def test_an_interrupt_before_it_begins_sends_nothing(
    server: UploadServer, operation: Operation
) -> None:
    """Nor does a deadline that is over."""
    body = Pieces(b"abc")
    operation.interrupt_at = 0
    operation.stop = lambda: True
    with pytest.raises(Unanswered, match=r": nothing was sent yet \(Interrupted\)$"):
        upload(server.url, body, operation)
    operation.stop = lambda: False
    operation.time = DEADLINE
    with pytest.raises(Unanswered, match=r": nothing was sent yet \(TimedOut\)$"):
        upload(server.url, body, operation)
    assert (server.asked, body.begun) == ([], 0)


def test_an_interrupt_ends_a_pause(server: UploadServer, operation: Operation) -> None:
    """What went wrong before is told."""
    server.answers = [s3_error(503, "SlowDown")]
    body = Pieces(b"abc")
    operation.stop = lambda: operation.time > 0
    with pytest.raises(Unanswered) as caught:
        upload(server.url, body, operation)
    assert str(caught.value) == f"{ACTION}: S3 cannot take it now (503 SlowDown) (Interrupted)"
    assert body.begun == 1


def test_a_pause_ends_with_the_deadline(server: UploadServer, operation: Operation) -> None:
    """It is no longer than the time that is left."""
    server.answers = [s3_error(503, "SlowDown")]
    operation.time = DEADLINE - 0.5
    with pytest.raises(Unanswered) as caught:
        upload(server.url, Pieces(b"abc"), operation)
    assert str(caught.value) == f"{ACTION}: S3 cannot take it now (503 SlowDown) (TimedOut)"
    assert operation.time == DEADLINE


def test_whoever_is_told_may_end_it(server: UploadServer, operation: Operation) -> None:
    """What `progress` raises comes out, also a KeyboardInterrupt, and nothing is sent after it."""

    def stop(sent: int) -> None:
        raise KeyboardInterrupt

    server.answers = [server.stalls_after(1000)]
    body = Repeated(BIG)
    with pytest.raises(KeyboardInterrupt):
        put(server.url, body, Settings(), progress=stop, clock=operation, deadline=DEADLINE)
    wait_until(lambda: not calls_under_way(), "the thread ends")
    assert body.ended == 1
    assert server.settled() == []


def test_without_a_thread_it_is_uploaded_all_the_same(
    server: UploadServer, operation: Operation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the system gives no more threads, nothing is lost but that it can be given up."""
    start = threading.Thread.start

    def no_thread(thread: threading.Thread) -> None:
        if thread.name == "amplify-job-call":
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", no_thread)
    assert upload(server.url, Pieces(b"abc"), operation) is Receipt.TAKEN
    assert server.taken == [b"abc"]


Scene = Callable[[UploadServer], Any]


def fails_by(*answer: Any) -> Scene:
    def set_up(server: UploadServer) -> None:
        server.answers = list(answer)

    return set_up


def refuses_before_the_body(server: UploadServer) -> None:
    server.expect = refuses_early


def answers_nonsense(server: UploadServer) -> None:
    server.answers = [lambda request: request.send_nonsense()] * 5


def has_bad_headers(server: UploadServer) -> None:
    def answer(request: Any) -> None:
        request.read()
        request.wfile.write(b"HTTP/1.1 403 No\r\nbad header\r\n: x\r\n\r\n" + PATH.encode())
        request.close_connection = True

    server.answers = [answer]


SCENES: dict[str, Scene] = {
    "taken": fails_by(),
    "denied": fails_by(s3_error(403, "AccessDenied", PATH)),
    "another signature": fails_by(s3_error(403, "SignatureDoesNotMatch", PATH)),
    "moved": fails_by(answers(307, PATH.encode())),
    "slow down": fails_by(*[s3_error(503, "SlowDown", PATH)] * 5),
    "lost": fails_by(*[resets_after(100)] * 5),
    "lost answers": fails_by(*[resets_after(None)] * 5),
    "used up": fails_by(resets_after(None), s3_error(403, "AccessDenied", PATH)),
    "refused early": refuses_before_the_body,
    "nonsense": answers_nonsense,
    "bad headers": has_bad_headers,
}


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("is_secure", [False, True], ids=["http", "https"])
def test_the_address_is_nowhere(
    scene: str,
    is_secure: bool,
    server: UploadServer,
    secure: UploadServer,
    operation: Operation,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Neither in a log, with everything logged that can be, nor in an error and what led to it."""
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(http.client.HTTPConnection, "debuglevel", 1)
    to = secure if is_secure else server
    SCENES[scene](to)
    told = ""
    try:
        upload(to.url, Repeated(2 * 1024 * 1024), operation, insecure=True)
    except UploadFailed as error:
        told = f"{everything_of(error)} {vars(error)}"
    assert bool(told) is (scene not in ("taken", "used up"))
    assert to.asked or scene == "refused early"
    assert_nowhere(told, caplog, capsys)


def everything_of(error: Exception) -> str:
    """What is shown of an error anywhere; it came from no other."""
    assert (error.__cause__, error.__context__) == (None, None)
    return f"{''.join(traceback.format_exception(error))} {error!r} {error}"


def assert_nowhere(
    told: str, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    logged = [f"{record.args} {record.exc_info} {vars(record)}" for record in caplog.records]
    printed = capsys.readouterr()
    for text in (told, *logged, caplog.text, printed.out, printed.err):
        assert SECRET not in text
        assert "artifacts.zip" not in text


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"proxies": Proxies(https="http://127.0.0.1:1")},
        {"ca_bundle": "/nowhere"},
    ],
)
def test_the_address_is_nowhere_when_it_is_not_reached(
    members: dict[str, Any],
    operation: Operation,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """As little as when it is."""
    caplog.set_level(logging.DEBUG)
    told = failure(f"https://s3.invalid{PATH}", Pieces(b"abc"), operation, **members)
    assert_nowhere(everything_of(told), caplog, capsys)


@pytest.mark.parametrize("hang", [hangs_while_sending, hangs_before_the_answer])
def test_the_address_is_nowhere_when_it_is_given_up(
    hang: Any,
    server: UploadServer,
    operation: Operation,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Ctrl-C ends a call with an error of its own."""
    caplog.set_level(logging.DEBUG)
    url, body, hung = hang(server, monkeypatch)
    operation.stop = hung.is_set
    with pytest.raises(Unanswered) as caught:
        upload(url, body, operation)
    assert_nowhere(everything_of(caught.value), caplog, capsys)
