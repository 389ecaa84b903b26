"""Many callers at once; `make bench-load` does the same for a minute."""

from __future__ import annotations

import json

from amplify_job_resource.emulator import Control
from amplify_job_resource.emulator.call_log import MOST_CALLS, CallLog

from bench import load


def test_no_answer_is_wrong_while_many_call(amplify_server: Control) -> None:
    """64 threads with mixed calls: one active job a branch, no id twice, nothing lost in the end."""
    load.prepare(amplify_server)
    ledger = load.call(amplify_server.url or "", 64, lambda done: done < 6)
    assert ledger.wrong == []
    assert ledger.answers["start_job", "200"] > 10
    assert ledger.answers["start_job", "LimitExceededException"] > 0


def test_the_list_of_calls_has_an_end() -> None:
    """A server that runs for weeks forgets the oldest calls."""
    calls = CallLog()
    for number in range(MOST_CALLS + 2):
        calls.append({"number": number, "body": {}})
    assert len(calls) == MOST_CALLS
    assert calls[0]["number"] == 2


def test_a_long_body_is_not_kept_whole() -> None:
    """Short members stay, of a long one only the beginning of its JSON does; most bodies are whole."""
    calls = CallLog()
    usual = {"commitMessage": "m" * 10_000}
    files = {f"file-{number}": "0" * 32 for number in range(10_000)}
    for body in (usual, {"jobType": "MANUAL", "fileMap": files}, dict.fromkeys(files, "")):
        calls.append({"body": body})
    assert calls[0]["body"] == usual
    assert calls[1]["body"] == {"jobType": "MANUAL", "fileMap": json.dumps(files)[:1000] + "…"}
    assert len(calls[2]["body"]) == 100
