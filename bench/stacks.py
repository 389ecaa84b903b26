"""Stacks whose programs declare so many releases, or the same number of something else."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.engine.fronts import DYNAMIC, Front
from tests.engine.stack import Run, Running, Stack

from .emulator import APP, Emulator
from .process_tree import Usage, Watch

#: Longer than anything takes, so that only a hang meets it; in seconds.
TIMEOUT = 550.0
#: boto3 and the AWS CLI know the region by this name only.
REGION: Final = {"AWS_DEFAULT_REGION": "us-east-1"}
_PEERS = Path(__file__).parent / "peers"
_LOOP = f"""
for number in range(pulumi.Config().require_int("count")):
    DECLARED(f"site-{{number}}", app_id="{APP}", branch_name=f"b{{number}}", commit_id="1f3c9e2a77")
"""


def _program(source: str, declared: str, more: str = "") -> str:
    loop = _LOOP.replace("DECLARED", declared).replace('a77")', f'a77"{more})')
    return f"import pulumi\nfrom {source} import {declared}\n{loop}"


#: Declares so many Jobs.
JOBS = _program("amplify_job_resource", "Job")


def textbook(poll_seconds: int) -> str:
    """A program of the textbook's provider, which asks at such an interval."""
    return _program("textbook", "Release", f", poll_seconds={poll_seconds}")


def nothing(more: int = 0) -> str:
    """A program of resources that do nothing, with so many outputs beside four inputs."""
    return _program("noop", "Nothing", f", more={more}")


@dataclass(frozen=True)
class Measured:
    """One command, and what it has used."""

    run: Run
    usage: Usage

    @property
    def seconds(self) -> float:
        """How long it took."""
        return self.run.seconds


@dataclass(frozen=True)
class Place:
    """Where all stacks are made: a folder, and the emulator for all of them."""

    folder: Path
    emulator: Emulator

    def stack(
        self,
        program: str = JOBS,
        front: Front = DYNAMIC,
        environment: Mapping[str, str] | None = None,
    ) -> Stack:
        """A new stack, in a folder of its own, whose program can import the peers."""
        folder = self.folder / f"stack-{len([*self.folder.glob('stack-*')])}"
        stack = Stack(
            folder,
            program,
            emulator_url=self.emulator.url,
            environment={**REGION, **(environment or {})},
            front=front,
        )
        for peer in _PEERS.glob("*.py"):
            shutil.copy(peer, stack.cwd)
        return stack


def measured(running: Running) -> Measured:
    """A command at work: wait for its end, which has to be a good one."""
    try:
        with Watch(running.pid) as watch:
            run = running.finish(TIMEOUT)
    finally:
        running.kill_all()  # it has a session of its own, which a Ctrl-C here does not reach
    return Measured(run.ok(), watch.usage)


def up(stack: Stack, count: int) -> Measured:
    """`pulumi up` of so many, all at once."""
    width = max(100, count)
    return measured(stack.start("up", f"--parallel={width}", config={"count": str(count)}))


def say(what: str, seconds: float) -> None:
    """Tell the person who waits for the tables that something is done."""
    sys.stderr.write(f"  {what}: {seconds:.1f} s\n")
    sys.stderr.flush()
