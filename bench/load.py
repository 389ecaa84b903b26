"""`make bench-load`: many threads that call one emulator, each of which knows what it may be answered.

Some branches belong to one thread, which knows every answer. The others are for all. Of these, a list
of jobs never shows two that have not ended, no id comes twice, and in the end each job that was started
and not deleted is there, and no other. Once its list of calls is full, the server's memory stays.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import psutil
from amplify_job_resource.emulator import Control, Plan
from amplify_job_resource.emulator.jobs import ENDED
from botocore.config import Config
from botocore.exceptions import ClientError

APPS = 8
#: Branches of an app that all threads use; with those of single threads there are less than 50.
SHARED = 4
#: What StopJob and DeleteJob say of a job that they cannot stop or delete any more, or not yet.
_LATE = ("BadRequestException", "NotFoundException")


@dataclass
class Ledger:
    """What the threads know of the shared branches, and what was wrong.

    Attributes:
        started: The ids of a branch that StartJob has given.
        asked: Those for which a DeleteJob was sent.
        deleted: Those that DeleteJob has deleted.
        answers: How often each operation was answered with what.
        seconds: How long each answer took.
        wrong: What no emulator may answer.
    """

    lock: threading.Lock = field(default_factory=threading.Lock)
    started: dict[tuple[str, str], set[int]] = field(default_factory=lambda: defaultdict(set))
    asked: dict[tuple[str, str], set[int]] = field(default_factory=lambda: defaultdict(set))
    deleted: dict[tuple[str, str], set[int]] = field(default_factory=lambda: defaultdict(set))
    answers: Counter[tuple[str, str]] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


class Caller:
    """One thread's calls."""

    def __init__(self, client: Any, ledger: Ledger, number: int) -> None:
        self._client = client
        self._ledger = ledger
        self._chance = random.Random(number)
        self._own = {"appId": f"d{number % APPS}", "branchName": f"own{number}"}
        self._actions: list[Callable[[], None]] = [
            *[self._start] * 4,
            *[self._delete] * 4,
            *[self._list] * 3,
            *[self._get] * 3,
            self._stop,
            self._list_branches,
            self._cycle,
            self._log,
        ]

    def call_once(self) -> None:
        """Do one of the things that clients do, with one call or a few."""
        self._chance.choice(self._actions)()

    def _ask(self, operation: str, *refusals: str, **members: Any) -> Any:
        """An answer, or None if the call was refused with one of these codes."""
        began = time.perf_counter()
        try:
            found = getattr(self._client, operation)(**members)
            code = "200"
        except ClientError as error:
            found, code = None, error.response["Error"]["Code"]
            if code not in refusals:
                self._wrong(f"{operation} {members}: {error}")
        except Exception as error:  # a connection that was lost, an answer that cannot be read
            found, code = None, type(error).__name__
            self._wrong(f"{operation} {members}: {error!r}")
        with self._ledger.lock:
            self._ledger.answers[operation, code] += 1
            self._ledger.seconds.append(time.perf_counter() - began)
        return found

    def _wrong(self, words: str) -> None:
        with self._ledger.lock:
            self._ledger.wrong.append(words)

    def _expect(self, condition: object, words: str) -> None:
        if not condition:
            self._wrong(words)

    def _branch(self) -> tuple[str, str]:
        return f"d{self._chance.randrange(APPS)}", f"b{self._chance.randrange(SHARED)}"

    def _place(self, branch: tuple[str, str]) -> dict[str, str]:
        return {"appId": branch[0], "branchName": branch[1]}

    def _some_job(self, branch: tuple[str, str], choose: Callable[[list[int]], int]) -> int | None:
        with self._ledger.lock:
            known = sorted(self._ledger.started[branch] - self._ledger.deleted[branch])
        return choose(known) if known else None

    def _start(self) -> None:
        branch = self._branch()
        found = self._ask(
            "start_job", "LimitExceededException", **self._place(branch), jobType="RELEASE"
        )
        if found:
            number = int(found["jobSummary"]["jobId"])
            with self._ledger.lock:
                again = number in self._ledger.started[branch]
                self._ledger.started[branch].add(number)
            self._expect(not again, f"{branch}: the id {number} came twice")

    def _stop(self) -> None:
        branch = self._branch()
        number = self._some_job(branch, max)
        if number:
            self._ask("stop_job", *_LATE, **self._place(branch), jobId=str(number))

    def _delete(self) -> None:
        branch = self._branch()
        number = self._some_job(branch, min)
        if number is None:
            return
        with self._ledger.lock:
            self._ledger.asked[branch].add(number)
        if self._ask("delete_job", *_LATE, **self._place(branch), jobId=str(number)):
            with self._ledger.lock:
                again = number in self._ledger.deleted[branch]
                self._ledger.deleted[branch].add(number)
            self._expect(not again, f"{branch}: job {number} was deleted twice")

    def _get(self) -> None:
        branch = self._branch()
        number = self._some_job(branch, self._chance.choice)
        if number is None:
            return
        found = self._ask("get_job", "NotFoundException", **self._place(branch), jobId=str(number))
        if found is None:
            with self._ledger.lock:
                asked = number in self._ledger.asked[branch]
            self._expect(asked, f"{branch}: job {number} is gone")
            return
        summary, steps = found["job"]["summary"], found["job"]["steps"]
        self._expect(summary["jobId"] == str(number), f"{branch}: {summary} is not job {number}")
        names = [step["stepName"] for step in steps]
        self._expect(names == ["BUILD", "DEPLOY", "VERIFY"][: len(names)], f"{branch}: {names}")
        ends = [step.get("endTime") for step in steps]
        self._expect(None not in ends[:-1], f"{branch}: two steps run: {steps}")

    def _list(self) -> None:
        branch = self._branch()
        found = self._ask("list_jobs", **self._place(branch))
        if found:
            jobs = found["jobSummaries"]
            ids = [int(job["jobId"]) for job in jobs]
            self._expect(ids == sorted(set(ids), reverse=True), f"{branch}: the ids are {ids}")
            active = [job for job in jobs if job["status"] not in ENDED]
            self._expect(len(active) <= 1, f"{branch}: these have not ended: {active}")

    def _list_branches(self) -> None:
        found = self._ask("list_branches", appId=self._own["appId"])
        if found:
            names = {branch["branchName"] for branch in found["branches"]}
            missing = {f"b{number}" for number in range(SHARED)} - names
            self._expect(not missing, f"ListBranches has no {missing}")

    def _cycle(self) -> None:
        """A branch of this thread's own, from its first job to its end."""
        self._ask("create_branch", **self._own)
        started = self._ask("start_job", **self._own, jobType="RELEASE", commitMessage="ü")
        number = started and started["jobSummary"]["jobId"]
        self._expect(number == "1", f"{self._own}: the first job is {number}")
        found = self._ask("get_job", **self._own, jobId="1")
        message = found and found["job"]["summary"]["commitMessage"]
        self._expect(message == "ü", f"{self._own}: the commit message is {message!r}")
        self._ask("delete_branch", **self._own)
        self._expect(
            self._ask("get_job", "NotFoundException", **self._own, jobId="1") is None,
            f"{self._own}: its job is there without it",
        )

    def _log(self) -> None:
        branch = self._branch()
        number = self._some_job(branch, max)
        if number is None:
            return
        found = self._ask("get_job", "NotFoundException", **self._place(branch), jobId=str(number))
        for step in found["job"]["steps"][:1] if found else ():
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            try:
                with opener.open(step["logUrl"], timeout=30) as answer:
                    text = answer.read().decode()
                self._expect("# Cloning repository" in text, f"{branch}: a log is {text!r}")
            except urllib.error.HTTPError as error:
                with self._ledger.lock:
                    asked = number in self._ledger.asked[branch]
                self._expect(error.code == 404 and asked, f"{branch}: a log is {error}")


def prepare(control: Control) -> None:
    """Make the apps with their shared branches; builds take a moment."""
    control.reset()
    for number in range(APPS):
        control.create_app(f"d{number}", [f"b{each}" for each in range(SHARED)])
    control.default_plan(
        Plan(pending=0, provisioning=0, build=0.2, deploy=0, verify=0, cancelling=0.1)
    )


def call(url: str, threads: int, go_on: Callable[[int], bool]) -> Ledger:
    """Let so many threads call, each as long as `go_on` says of what it has done so far."""
    config = Config(
        max_pool_connections=threads, retries={"total_max_attempts": 1}, read_timeout=60
    )
    client = boto3.client(
        "amplify",
        region_name="us-east-1",
        endpoint_url=url,
        aws_access_key_id="a",
        aws_secret_access_key="b",
        config=config,
    )
    ledger = Ledger()

    def work(number: int) -> None:
        caller, done = Caller(client, ledger, number), 0
        while go_on(done):
            caller.call_once()
            done += 1

    workers = [threading.Thread(target=work, args=(number,)) for number in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    for branch, started in ledger.started.items():
        place = {"appId": branch[0], "branchName": branch[1]}
        pages = client.get_paginator("list_jobs").paginate(**place)
        there = {int(job["jobId"]) for page in pages for job in page["jobSummaries"]}
        if there != started - ledger.deleted[branch]:
            ledger.wrong.append(f"{branch}: {there} are there of {started}")
    return ledger


def main() -> int:
    """Load a server of its own; print figures, and what was wrong."""
    parser = argparse.ArgumentParser(prog="make bench-load", description=__doc__)
    parser.add_argument("--threads", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--state", action="store_true", help="let the server keep its state")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "amplify_job_resource.emulator"]
        command += ["--state", str(Path(folder, "state"))] if given.state else []
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout
            url = server.stdout.readline().strip()
            prepare(Control(url))
            process, memory = psutil.Process(server.pid), []
            cpu, until = process.cpu_times(), time.monotonic() + given.seconds
            over = threading.Event()

            def watch() -> None:
                while not over.wait(given.seconds / 12):
                    memory.append(process.memory_info().rss / 1e6)

            watcher = threading.Thread(target=watch)
            watcher.start()
            ledger = call(url, given.threads, lambda _: time.monotonic() < until)
            over.set()
            watcher.join()
            used = sum(process.cpu_times()[:2]) - sum(cpu[:2])
            server.terminate()
    _print(ledger, memory, used, given.seconds)
    return bool(ledger.wrong)


def _print(ledger: Ledger, memory: Iterable[float], used: float, seconds: float) -> None:
    count, times = sum(ledger.answers.values()), sorted(ledger.seconds)
    print(f"{count} calls in {seconds:.0f} s: {count / seconds:.0f} a second")
    print(f"the server's CPU: {used / count * 1000:.2f} ms a call")
    at = {part: times[int(part * (count - 1))] * 1000 for part in (0.5, 0.99)}
    print(
        f"an answer took {at[0.5]:.0f} ms in the median, {at[0.99]:.0f} ms in the 99th percentile"
    )
    print("the server's memory, in MB:", " ".join(f"{each:.0f}" for each in memory))
    for (operation, code), answers in sorted(ledger.answers.items()):
        print(f"  {operation:14} {code:24} {answers}")
    print(f"wrong answers: {len(ledger.wrong)}")
    for words in ledger.wrong[:20]:
        print(f"  {words}")


if __name__ == "__main__":
    sys.exit(main())
