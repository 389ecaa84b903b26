"""The example that releases many branches in many stacks, on a cluster of two workers."""

from __future__ import annotations

import argparse
import csv
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import boto3
import distributed
import psutil
import pytest
from amplify_job_resource.emulator import Plan, Server
from amplify_job_resource.report import StackReport
from fleet import __main__ as command
from fleet import locks, plan, work
from moto.s3.models import s3_backends
from pulumi.automation import CommandResult, ConcurrentUpdateError

from tests.engine.stack import clean_environment
from tests.waiting import wait_until as wait_for

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

EXAMPLE = Path(__file__).parents[2] / "examples" / "aws-py-fleet"
ACCOUNT = "123456789012"
#: Account and region -> the app there, and how many branches of it are released.
APPS: Final = {"us-east-1": ("d1a2b3c4", 7), "eu-west-1": ("d5e6f7a8", 5)}


#: Far longer than a step of a fleet takes on a busy machine.
wait_until: Final = partial(wait_for, seconds=240)


@pytest.fixture
def server() -> Iterator[Server]:
    """An emulator whose clock stands still, with apps in two regions and a bucket for state."""
    with Server() as server:
        server.control.reset()
        server.control.run(0)
        for region, (app, count) in APPS.items():
            branches = [f"tenant/{number}" for number in range(count)]
            server.control.create_app(app, branches, region=region)
        s3(server).create_bucket(Bucket="state")
        yield server
        server.control.reset()
        s3_backends.reset()


def s3(server: Server) -> S3Client:
    return boto3.client(
        "s3",
        region_name="us-east-1",
        endpoint_url=server.url,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )


def environment(server: Server, folder: Path) -> dict[str, str]:
    query = f"region=us-east-1&endpoint={server.url}&s3ForcePathStyle=true"
    return {
        **clean_environment(folder),
        "AWS_ENDPOINT_URL": server.url,
        "PULUMI_BACKEND_URL": f"s3://state/fleet?{query}",
        "PULUMI_CONFIG_PASSPHRASE": "a passphrase",
        "PYTHONPATH": ".",
    }


class Fleet:
    """The example in a folder of its own, and a cluster for it."""

    def __init__(self, server: Server, folder: Path) -> None:
        self._server = server
        self._environment = environment(server, folder)
        self._processes: list[subprocess.Popen[bytes]] = []
        self.cwd = folder / "project"
        for name in ("home", "pulumi"):
            (folder / name).mkdir()
        shutil.copytree(EXAMPLE, self.cwd, ignore=shutil.ignore_patterns("__pycache__"))
        (self.cwd / ".venv").symlink_to(sys.prefix)
        about = (self.cwd / "Pulumi.yaml").read_text(encoding="utf-8")
        for found, put in {"${PROJECT}": "tenants", "${DESCRIPTION}": "made by a test"}.items():
            about = about.replace(found, put)
        (self.cwd / "Pulumi.yaml").write_text(about, encoding="utf-8")

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        """Start a command in the project's folder; its output goes to a file."""
        with (self.cwd / "log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=self.cwd,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._processes.append(process)
        return process

    def release(self) -> subprocess.Popen[bytes]:
        """Start a cluster of two workers, and the release of the plan on it."""
        file = self.cwd / "scheduler.json"
        here = ("--host", "127.0.0.1", "--dashboard-address", "127.0.0.1:0")
        self.start("dask", "scheduler", *here, "--port", "0", "--scheduler-file", str(file))
        wait_until(file.exists, "the scheduler serves")
        address = json.loads(file.read_text(encoding="utf-8"))["address"]
        self.start("dask", "worker", address, *here, "--nworkers", "2", "--nthreads", "2")
        return self.start("fleet", "plan.csv", "--yes", "--scheduler", address)

    @property
    def log(self) -> str:
        """What all commands have printed."""
        return (self.cwd / "log").read_text(encoding="utf-8")

    def lock_owner(self, stack: str) -> int:
        """The process that holds a stack's lock; 0 while nobody does."""
        listed = s3(self._server).list_objects_v2(Bucket="state", Prefix="fleet/.pulumi/locks/")
        for found in listed.get("Contents", []):
            if found["Key"].split("/")[-2] == stack and (lock := self._read(found["Key"])):
                return int(lock["pid"])
        return 0

    def recorded(self, stack: str) -> list[str]:
        """The statuses of the jobs in a stack's state."""
        state = self._read(f"fleet/.pulumi/stacks/tenants/{stack}.json")
        # A stack that was just made has no snapshot yet.
        latest = (state and state["checkpoint"].get("latest")) or {}
        resources = latest.get("resources", [])
        return [made["outputs"]["status"] for made in resources if made["type"].endswith(":Job")]

    def _read(self, key: str) -> Any:
        """What a file of the backend says; None while there is none: Pulumi writes them meanwhile."""
        bucket = s3(self._server)
        with suppress(bucket.exceptions.NoSuchKey):
            return json.load(bucket.get_object(Bucket="state", Key=key)["Body"])
        return None

    def outcomes(self) -> dict[tuple[str, str], dict[str, str]]:
        """The table: region and branch -> its line."""
        with (self.cwd / "outcomes.csv").open(newline="", encoding="utf-8") as file:
            return {(row["region"], row["branch"]): row for row in csv.DictReader(file)}

    def close(self) -> None:
        """End all that runs."""
        for process in reversed(self._processes):
            kill(*tree(process.pid), process.pid)
            process.wait()


def kill(*pids: int) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def tree(pid: int) -> list[int]:
    """All that a process has started, and what that has started."""
    try:
        return [child.pid for child in psutil.Process(pid).children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


@pytest.fixture
def fleet(server: Server, tmp_path: Path) -> Iterator[Fleet]:
    """The example; what it has started is ended."""
    fleet = Fleet(server, tmp_path)
    yield fleet
    fleet.close()


def write_plan(path: Path) -> None:
    """A line for each branch, in three stacks, and one for a branch that is not there."""
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["account", "region", "role", "app", "branch", "commit", "part"])
        for region, (app, count) in APPS.items():
            role = f"arn:aws:iam::{ACCOUNT}:role/release" if region == "eu-west-1" else ""
            for number in range(count):
                part = f"{number % 2}" if region == "us-east-1" else ""
                branch = f"tenant/{number}"
                table.writerow([ACCOUNT, region, role, app, branch, "1f3c9e2", part])
        table.writerow([ACCOUNT, region, role, app, "gone", "1f3c9e2", ""])


@pytest.mark.engine
def test_a_lost_worker_costs_no_second_release(fleet: Fleet, server: Server) -> None:
    """Its stacks are repeated by the other one; each branch has one StartJob, also that which fails."""
    control, app = server.control, APPS["us-east-1"][0]
    control.plan(app, "tenant/0", Plan.instant(outcome="FAILED", status_reason="out of memory"))
    write_plan(fleet.cwd / "plan.csv")
    command = fleet.release()
    stack = f"{ACCOUNT}-us-east-1-0"
    wait_until(lambda: fleet.recorded(stack) == ["FAILED"], "the failed build is in state")
    wait_until(lambda: len(control.calls("StartJob")) == 12, "the others are being built")
    owner = fleet.lock_owner(stack)
    worker = psutil.Process(owner).ppid()
    kill(worker, *tree(worker))
    wait_until(lambda: fleet.lock_owner(stack) not in (0, owner), "another process has the stack")
    control.run(100)

    wait_until(lambda: command.poll() is not None, "the command ends")
    assert command.returncode == 1, fleet.log
    assert "### 13 pending releases" in fleet.log
    outcomes = fleet.outcomes()
    assert len(outcomes) == 13
    failed = outcomes.pop(("us-east-1", "tenant/0"))
    assert (failed["job"], failed["status"]) == ("1", "FAILED")
    assert failed["reason"] == "BUILD: out of memory"
    refused = outcomes.pop(("eu-west-1", "gone"))
    assert (refused["job"], refused["status"]) == ("", "NOT RELEASED")
    assert "Branch gone not found" in refused["reason"]
    assert {(row["job"], row["status"]) for row in outcomes.values()} == {("1", "SUCCEED")}
    builds = Counter((call["app_id"], call["branch_name"]) for call in control.calls("StartJob"))
    assert len(builds) == 12
    assert set(builds.values()) == {1}


LOCK: Final = "fleet/.pulumi/locks/organization/{}/{}.json"


@pytest.fixture
def backend(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> S3Client:
    """The bucket with the state, which this process has as its backend, too."""
    for name, value in environment(server, tmp_path).items():
        monkeypatch.setenv(name, value)
    return s3(server)


def put_lock(backend: S3Client, hostname: str, pid: int, stack: str = "tenants/site") -> str:
    key = LOCK.format(stack, pid)
    body = json.dumps({"pid": pid, "username": "me", "hostname": hostname})
    backend.put_object(Bucket="state", Key=key, Body=body.encode())
    return key


def held(backend: S3Client) -> list[str]:
    """The locks that are left."""
    return [found["Key"] for found in backend.list_objects_v2(Bucket="state").get("Contents", [])]


def update(backend: S3Client) -> str:
    """What an `up` does, as far as locks go."""
    if any(
        key.startswith(LOCK.format("tenants/site", "").removesuffix(".json"))
        for key in held(backend)
    ):
        raise ConcurrentUpdateError(
            CommandResult("", "the stack is currently locked by 1 lock(s)", 1)
        )
    return "released"


@pytest.fixture
def ended() -> int:
    """The number of a process of this machine that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_only_the_lock_of_a_process_that_has_ended_is_removed(
    backend: S3Client, ended: int
) -> None:
    """A killed run of this machine locks nobody out; locks of other stacks are left alone."""
    put_lock(backend, socket.gethostname(), ended)
    others = {
        put_lock(backend, socket.gethostname(), ended, stack)
        for stack in ("tenants/website", "shops/site")
    }
    assert locks.when_free("tenants", "site", lambda: update(backend), []) == "released"
    assert {*held(backend)} == others


def test_a_run_that_only_seems_lost_is_waited_for(backend: S3Client) -> None:
    """While its process lives, its lock stays; when it has ended, the stack is taken over."""
    waits = [sys.executable, "-c", "import sys; sys.stdin.read()", "pulumi"]
    looks = 0

    with subprocess.Popen(waits, stdin=subprocess.PIPE) as owner:
        key = put_lock(backend, socket.gethostname(), owner.pid)

        def act() -> str:
            nonlocal looks
            looks += 1
            if looks == 2:
                assert held(backend) == [key]
                owner.communicate()
            return update(backend)

        assert locks.when_free("tenants", "site", act, []) == "released"
    assert looks == 3
    assert held(backend) == []


def test_a_number_that_another_process_has_by_now_is_no_owner(backend: S3Client) -> None:
    """A process that is not Pulumi's has not taken the lock."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as stranger:
        put_lock(backend, socket.gethostname(), stranger.pid)
        assert locks.when_free("tenants", "site", lambda: update(backend), []) == "released"
        stranger.communicate(b"\n")


@pytest.fixture
def client(backend: S3Client) -> Iterator[distributed.Client]:
    """The workers that the example has without a scheduler's address."""
    with command.cluster_here() as cluster, distributed.Client(cluster) as client:
        yield client


def call_host(name: str) -> None:
    """Give this process's machine another name."""
    socket.gethostname = lambda: name


def update_on_worker(tries: Path) -> str:
    """An `up` on a worker, which a file counts."""
    with tries.open("a", encoding="utf-8") as file:
        file.write("up\n")
    return update(boto3.client("s3", region_name="us-east-1"))


def test_of_another_machine_a_worker_there_looks(
    backend: S3Client, client: distributed.Client, ended: int, tmp_path: Path
) -> None:
    """A lock whose owner has ended there is removed; an owner that lives is waited for."""
    here, there = client.run(socket.gethostname)
    client.run(call_host, "elsewhere", workers=[there])
    put_lock(backend, "elsewhere", ended)
    tries = tmp_path / "tries"
    waits = [sys.executable, "-c", "import sys; sys.stdin.read()", "pulumi"]
    with subprocess.Popen(waits, stdin=subprocess.PIPE) as owner:
        key = put_lock(backend, "elsewhere", owner.pid)
        act = partial(update_on_worker, tries)
        released = client.submit(locks.when_free, "tenants", "site", act, [], workers=[here])
        wait_until(lambda: tries.exists() and tries.stat().st_size > 3, "it tries again")
        assert held(backend) == [key]
        owner.communicate()
    assert released.result(timeout=240) == "released"
    assert held(backend) == []


def test_of_a_machine_without_workers_a_person_has_to_say_that_it_has_ended(
    backend: S3Client, client: distributed.Client, ended: int
) -> None:
    """What a number means there is not known here, so the lock stays."""
    key = put_lock(backend, "elsewhere", ended)
    act = partial(update, backend)
    with pytest.raises(locks.LockedElsewhere) as raised:
        locks.when_free("tenants", "site", act, ["another"])
    assert str(raised.value) == f"process {ended} on elsewhere holds the lock of site"
    assert held(backend) == [key]
    assert locks.when_free("tenants", "site", act, ["elsewhere"]) == "released"
    assert held(backend) == []


@pytest.mark.parametrize("url", ["", "file:///tmp/state"])
def test_only_in_s3_a_lock_is_waited_for(
    backend: S3Client, ended: int, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On another backend the engine's error says that the stack is locked."""
    key = put_lock(backend, socket.gethostname(), ended)
    monkeypatch.setenv("PULUMI_BACKEND_URL", url)
    with pytest.raises(ConcurrentUpdateError, match="is currently locked"):
        locks.when_free("tenants", "site", lambda: update(backend), [])
    assert held(backend) == [key]


def test_the_lock_is_looked_for_with_the_profile_of_the_backend(
    backend: S3Client, ended: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The state may be in another account than that of the worker's own credentials."""
    put_lock(backend, socket.gethostname(), ended)
    keys = "[profile state]\naws_access_key_id=testing\naws_secret_access_key=testing\n"
    (tmp_path / "config").write_text(keys, encoding="utf-8")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("PULUMI_BACKEND_URL", os.environ["PULUMI_BACKEND_URL"] + "&profile=state")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    assert locks.when_free("tenants", "site", lambda: update(backend), []) == "released"


GIVEN: Final = argparse.Namespace(builds=5, stacks=1, ended_host=[])
STACKS: Final = [
    plan.Stack(ACCOUNT, "us-east-1", part=part, releases=[plan.Release("d1", part, "1f3c9e2")])
    for part in ("a", "b", "c")
]


def test_a_preview_that_fails_is_a_line_of_the_report(
    client: distributed.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the error is, the other stacks are shown."""

    def preview(stack: plan.Stack, ended_hosts: list[str]) -> StackReport:
        if stack.part == "b":
            raise RuntimeError("no program")
        return StackReport(stack.name)

    monkeypatch.setattr(command, "preview", preview)
    report = command.report_of(client, STACKS, GIVEN)
    assert [each.error for each in report.stacks] == [None, "no program", None]
    assert [each.stack for each in report.stacks] == [stack.name for stack in STACKS]


def test_a_stack_whose_worker_cannot_finish_is_unknown(
    client: distributed.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its line has the reason; the stacks that wait behind it are released."""

    def release(stack: plan.Stack, builds: int, ended_hosts: list[str]) -> list[work.Outcome]:
        if stack.part == "b":
            raise locks.LockedElsewhere("process 1 on elsewhere holds the lock")
        return [work.Outcome.of(stack, stack.releases[0], "", "SUCCEED", "1")]

    monkeypatch.setattr(command, "release", release)
    found = [line for lines in command.outcomes_of(client, STACKS, GIVEN) for line in lines]
    assert [(line.branch, line.status, line.reason) for line in found] == [
        ("a", "SUCCEED", ""),
        ("b", "UNKNOWN", "process 1 on elsewhere holds the lock"),
        ("c", "SUCCEED", ""),
    ]


def test_twenty_stacks_wait_at_once_on_one_machine(client: distributed.Client) -> None:
    """Its cores do not limit them."""
    assert sum(client.nthreads().values()) == 20


HEADER: Final = "account,region,role,app,branch,commit,part,again\n"


@pytest.mark.parametrize(
    ("lines", "wrong"),
    [
        ("1,us-east-1,,d1,main,,,", "line 2 has no commit"),
        ("1,us-east-1,,d1,main,1f3c9e2,a/b,", "line 2: '1-us-east-1-a/b' cannot be the name"),
        (
            "1,r,,d1,main,1f3c9e2,,\n1,r,role,d1,next,1f3c9e2,,",
            "line 3: stack 1-r has another role",
        ),
        ("1,r,,d1,main,1f3c9e2,a,\n1,r,,d1,main,1f3c9e2,b,", "line 3: the branch is in line 2"),
        ("\n".join(f"1,r,,d1,b{n},1f3c9e2,," for n in range(201)), "stack 1-r has more than 200"),
    ],
)
def test_a_plan_that_cannot_be_carried_out_is_refused(
    lines: str, wrong: str, tmp_path: Path
) -> None:
    """Nothing starts, and the message says where the plan is wrong."""
    (tmp_path / "plan.csv").write_text(HEADER + lines + "\n", encoding="utf-8")
    with pytest.raises(ValueError, match=re.escape(wrong)):
        plan.read(tmp_path / "plan.csv")


def test_a_plan_has_a_stack_for_each_account_region_and_part(tmp_path: Path) -> None:
    """The config of each has the way to its account, and what to release."""
    lines = "1,r,role,d1,main,1f3c9e2,,\n1,r,,d1,next,1f3c9e2,b,twice\n2,r,,d2,main,8b02d4a,,\n"
    (tmp_path / "plan.csv").write_text(HEADER + lines, encoding="utf-8")
    stacks = {stack.name: stack.config for stack in plan.read(tmp_path / "plan.csv")}
    assert list(stacks) == ["1-r", "1-r-b", "2-r"]
    assert stacks["1-r"] == {
        "aws:region": "r",
        "aws:assumeRoles": [{"roleArn": "role"}],
        "aws:allowedAccountIds": ["1"],
        "fleet:releases": [{"app": "d1", "branch": "main", "commit": "1f3c9e2", "again": ""}],
    }
    assert stacks["1-r-b"]["aws:assumeRoles"] == []
    assert stacks["1-r-b"]["fleet:releases"][0]["again"] == "twice"
