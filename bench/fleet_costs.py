"""What a stack of a fleet costs: the figures with which `bench/fleet.py` simulates many of them.

`make bench-fleet ARGS=--measure` runs the functions of the example `aws-py-fleet` on the real engine,
with the emulator as AWS and as the S3 that has the state.
"""

from __future__ import annotations

import os
import resource
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

import boto3
import psutil
from amplify_job_resource.emulator import Plan, Server

EXAMPLE = Path(__file__).parents[1] / "examples" / "aws-py-fleet"
ACCOUNT = "123456789012"
T = TypeVar("T")


@dataclass(frozen=True)
class Costs:
    """What one stack costs; CPU in seconds of one core, memory in MB.

    Attributes:
        preview: CPU of a preview.
        preview_each: CPU of each release in it.
        up: CPU of an `up`.
        up_each: CPU of each release in it, without its looks at AWS.
        memory: what an `up` has at its peak: the CLI, the program with its host, the plugin.
        writes_each: how often the state is written for a release; every other one is the copy that
            the engine makes of the state before.
        state_each: bytes of each recorded release in it.
    """

    preview: float
    preview_each: float
    up: float
    up_each: float
    memory: float
    writes_each: float
    state_each: float


def measure(few: int = 10, many: int = 100) -> Costs:
    """Measure stacks of two sizes, with first releases; the difference is what each release costs."""
    with tempfile.TemporaryDirectory() as name, Server() as server, _project(Path(name), server):
        from fleet.plan import Release, Stack
        from fleet.work import preview, release

        found = {}
        for size in (few, many):
            releases = [Release("d1a2b3c4", f"{size}-{n}", "1f3c9e2") for n in range(size)]
            branches = [each.branch for each in releases]
            server.control.reset()
            server.control.create_app("d1a2b3c4", branches)
            server.control.default_plan(Plan.instant())
            stack = Stack(ACCOUNT, "us-east-1", part=str(size), releases=releases)
            preview(stack, [])  # makes the stack
            previewed, _, _ = _cpu(partial(preview, stack, []))
            up, outcomes, memory = _cpu(partial(release, stack, 5, []))
            if {each.status for each in outcomes} != {"SUCCEED"}:
                raise AssertionError(outcomes)
            states = _writes(server, stack.name)
            found[size] = (previewed, up, memory, len(states), max(states))
    (preview_few, up_few, _, *state_few), (preview_many, up_many, memory, *state_many) = (
        found.values()
    )
    each_preview, each_up = (
        (of_many - of_few) / (many - few)
        for of_few, of_many in ((preview_few, preview_many), (up_few, up_many))
    )
    writes, state = (
        (of_many - of_few) / (many - few)
        for of_few, of_many in zip(state_few, state_many, strict=True)
    )
    return Costs(
        preview=round(preview_few - few * each_preview, 1),
        preview_each=round(each_preview, 3),
        up=round(up_few - few * each_up, 1),
        up_each=round(each_up, 3),
        memory=round(memory),
        writes_each=round(writes, 1),
        state_each=round(state),
    )


@contextmanager
def _project(folder: Path, server: Server) -> Iterator[None]:
    """The example in a folder, as the project that its functions work on."""
    project = folder / "project"
    shutil.copytree(EXAMPLE, project, ignore=shutil.ignore_patterns("__pycache__"))
    (project / ".venv").symlink_to(sys.prefix)
    about = (EXAMPLE / "Pulumi.yaml").read_text(encoding="utf-8")
    for name in ("PROJECT", "DESCRIPTION"):
        about = about.replace(f"${{{name}}}", "fleet")
    (project / "Pulumi.yaml").write_text(about, encoding="utf-8")
    keys = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
    query = f"region=us-east-1&endpoint={server.url}&s3ForcePathStyle=true"
    os.environ.update(
        keys,
        AWS_ENDPOINT_URL=server.url,
        PULUMI_BACKEND_URL=f"s3://state?{query}",
        PULUMI_CONFIG_PASSPHRASE="a passphrase",
        PULUMI_HOME=str(folder / "home"),
    )
    s3 = boto3.client("s3", region_name="us-east-1")
    s3.create_bucket(Bucket="state")
    s3.put_bucket_versioning(Bucket="state", VersioningConfiguration={"Status": "Enabled"})
    sys.path.insert(0, str(project))
    try:
        yield
    finally:
        sys.path.remove(str(project))


def _writes(server: Server, stack: str) -> list[int]:
    """The bytes of each write of a stack's state, and of its copy `….json.bak`."""
    s3 = boto3.client("s3", region_name="us-east-1", endpoint_url=server.url)
    pages = s3.get_paginator("list_object_versions").paginate(
        Bucket="state", Prefix=f".pulumi/stacks/fleet/{stack}.json"
    )
    return [each["Size"] for page in pages for each in page.get("Versions", [])]


def _cpu(act: Callable[[], T]) -> tuple[float, T, float]:
    """CPU seconds of the processes that it starts, what it gives, and their peak of memory in MB."""
    peak, done = 0.0, threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.wait(0.2):
            used = 0.0
            for child in psutil.Process().children(recursive=True):
                try:
                    used += child.memory_full_info().uss / 1e6
                except (psutil.NoSuchProcess, psutil.AccessDenied):
                    continue
            peak = max(peak, used)

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        result = act()
    finally:
        done.set()
        watcher.join()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, result, peak
