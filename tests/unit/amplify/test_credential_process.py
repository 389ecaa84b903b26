"""A `credential_process` that works, and the ways in which one does not."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from amplify_job_resource._amplify.credential_process import LIMIT, CredentialProcess, end, shown
from botocore.exceptions import CredentialRetrievalError

from tests.waiting import wait_until

KEYS = json.dumps({"Version": 1, "AccessKeyId": "AKIDEXAMPLE", "SecretAccessKey": "hush"})
PIPES: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}


def run(code: str, **options: Any) -> bytes:
    """What Python code prints, run as botocore's provider runs a credential process."""
    process = CredentialProcess([sys.executable, "-c", code], **PIPES, **options)
    stdout, _ = process.communicate()
    assert process.returncode == 0
    return stdout


def failure(code: str, **options: Any) -> str:
    """What is said of a process that gives no credentials."""
    with pytest.raises(CredentialRetrievalError) as caught:
        run(code, **options)
    return str(caught.value)


def test_what_it_prints_is_handed_on() -> None:
    """Botocore's provider reads the JSON."""
    assert json.loads(run(f"print({KEYS!r})")) == json.loads(KEYS)


def test_a_process_that_hangs_is_ended() -> None:
    """After the limit it is killed, and the sentence says so."""
    process = CredentialProcess(
        [sys.executable, "-c", "import time; time.sleep(600)"], limit=0.1, **PIPES
    )
    with pytest.raises(CredentialRetrievalError, match="had not ended after 0 seconds, and was"):
        process.communicate()
    assert process.returncode == -signal.SIGKILL


def test_what_it_has_started_ends_with_it(tmp_path: Path) -> None:
    """A child that holds the output open neither lives on nor keeps anybody waiting."""
    pid_file = tmp_path / "pid"
    code = (
        "import os, subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"open({str(pid_file) + '.new'!r}, 'w').write(str(child.pid))\n"
        f"os.rename({str(pid_file) + '.new'!r}, {str(pid_file)!r})\n"
        "time.sleep(600)"
    )
    command = [sys.executable, "-c", code]
    process = subprocess.Popen(
        command, start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    wait_until(pid_file.exists, "the process has started its child")
    end(process)
    child = int(pid_file.read_text("utf-8"))
    wait_until(lambda: not alive(child), "the child has ended")


def hanging(process: subprocess.Popen[bytes], timeout: float) -> None:
    raise subprocess.TimeoutExpired(process.args, timeout)


def test_after_one_that_hung_the_same_command_fails_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The releases of a run share credentials: each would wait for the limit in its turn."""
    marker = tmp_path / "runs"
    code = f"open({str(marker)!r}, 'a').write('x'); print({KEYS!r})"
    monkeypatch.setattr(subprocess.Popen, "communicate", hanging)
    assert "was stopped" in failure(code)
    monkeypatch.undo()
    marker.unlink(missing_ok=True)
    assert "was stopped" in failure(code)
    assert not marker.exists()
    assert run(f"print({KEYS!r})")  # another command


def test_nobody_is_asked() -> None:
    """It has no input and no terminal: a prompt fails, and does not hang."""
    assert "/dev/tty" in failure("open('/dev/tty').read()")
    assert run(f"import sys; sys.stdin.read(); print({KEYS!r})")


@pytest.mark.parametrize("printed", ["", "AKIDEXAMPLE hush", "[1]", "{"])
def test_nonsense_is_a_sentence_and_not_shown(printed: str) -> None:
    """Its output may hold keys in another form, so none of it is repeated."""
    text = failure(f"print({printed!r})")
    assert "it did not print the JSON that AWS's tools expect" in text
    assert "hush" not in text


def test_a_command_that_is_not_there() -> None:
    """The sentence names it."""
    with pytest.raises(CredentialRetrievalError, match=r"cannot be run: No such file.*: nowhere"):
        CredentialProcess(["nowhere-at-all"], **PIPES)


def test_its_stderr_is_for_people() -> None:
    """Of a process that fails it is shown: one line, its end, and nothing like a key."""
    assert failure("import sys; sys.exit('sign in\\nfirst')").endswith(": sign in first")
    assert failure("import sys; sys.exit(3)").endswith(": it exited with 3 and said nothing")


@pytest.mark.parametrize(
    ("said", "text"),
    [
        (b"token AKIAIOSFODNN7EXAMPLE is bad", "token … is bad"),
        (b"secret wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY!", "secret …!"),
        (b"caf\xff\x1b[31m", "caf\ufffd [31m"),
    ],
)
def test_what_looks_like_a_key_is_left_out(said: bytes, text: str) -> None:
    """A message ends up in logs that many can read."""
    assert shown(said) == text


def test_only_the_end_is_shown() -> None:
    """A traceback says what is wrong in its last line."""
    text = shown(b"line of a long traceback " * 100 + b"the reason")
    assert text.endswith("the reason")
    assert len(text) <= 301


def test_the_limit_is_seconds_and_not_minutes() -> None:
    """Somebody waits for it."""
    assert 20 <= LIMIT <= 30


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text("utf-8").rpartition(")")[2].split()[0] != "Z"
