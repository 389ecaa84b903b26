"""How many releases wait side by side, and how long Ctrl-C takes: ratios within one run.

Real CLI, real plugin process, emulator server; every job takes three seconds. Both fronts run the same
program. The peer of the dynamic one is the same provider in the same run with the seams of the plugin
process switched off, which is what any other dynamic provider has.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from amplify_job_resource.emulator import Plan, Server

from tests.engine.fronts import DYNAMIC, PLUGIN_FOLDER, Front, native
from tests.engine.stack import Stack
from tests.native.sdks import SDKs

PROGRAM = """
import pulumi
from amplify_job_resource import Job

for number in range(pulumi.Config().require_int("count")):
    Job(f"site-{number}", app_id="dbench", branch_name=f"b{number}", commit_id="1f3c9e2a77")
"""


@dataclass(frozen=True)
class Bench:
    """Where all runs take place."""

    server: Server
    folder: Path

    def stack(self, label: str, front: Front, *, stock: bool = False) -> Stack:
        """A stack in a folder of its own."""
        place = self.folder / label.replace(" ", "-").replace(",", "")
        place.mkdir()
        with_stock = {"AMPLIFY_JOB_STOCK_PLUGIN": "1"} if stock else {}
        url = self.server.url
        return Stack(place, PROGRAM, emulator_url=url, environment=with_stock, front=front)

    def up(self, label: str, front: Front, count: int, *, stock: bool = False) -> float:
        """Seconds of one `pulumi up` of so many first releases."""
        fresh(self.server, count, Plan(pending=0, provisioning=0, build=3, deploy=0, verify=0))
        stack = self.stack(label, front, stock=stock)
        return stack.up("--parallel=100", config={"count": str(count)}, timeout=600).ok().seconds

    def interrupt(self, front: Front, count: int) -> tuple[float, int]:
        """Seconds from SIGINT to the end of `pulumi up`, and how many of its releases are recorded."""
        fresh(self.server, count, Plan(pending=0, provisioning=0, build=3600))
        stack = self.stack(f"{front} interrupt", front)
        running = stack.start("up", "--parallel=100", config={"count": str(count)})
        while len(self.server.control.calls("GetJob")) < count:
            time.sleep(0.05)
        begun = time.monotonic()
        running.interrupt()
        running.finish()
        seconds = time.monotonic() - begun
        types = [resource["type"] for resource in stack.state()["resources"]]
        return seconds, types.count(front.job_type)

    def orphan(self, front: Front) -> float:
        """Seconds from a SIGKILL of the CLI to the end of its last plugin."""
        fresh(self.server, 1, Plan(pending=0, provisioning=0, build=3600))
        running = self.stack(f"{front} orphan", front).start("up", config={"count": "1"})
        while not self.server.control.calls("GetJob"):
            time.sleep(0.05)
        running.kill()
        begun = time.monotonic()
        while running.plugins():
            time.sleep(0.05)
        return time.monotonic() - begun


def start_up() -> float:
    """Seconds until the native plugin's process has printed its port: the median of nine."""

    def once() -> float:
        begun = time.monotonic()
        # Nobody listens at this address; the plugin looks for its engine only later.
        command = [str(PLUGIN_FOLDER / "pulumi-resource-amplify-job"), "127.0.0.1:1"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            assert process.stdout.readline().strip().isdecimal()
            seconds = time.monotonic() - begun
            process.kill()
        return seconds

    return statistics.median(once() for _ in range(9))


def fresh(server: Server, count: int, plan: Plan) -> None:
    """An app with so many idle branches, whose jobs go by the plan, each with a slot of its own."""
    server.control.reset()
    server.control.create_app("dbench", [f"b{number}" for number in range(count)])
    server.control.default_plan(plan)


def main() -> int:
    """Run all and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100, help="releases at once (default 100)")
    parser.add_argument("--waiting", type=int, default=50, help="releases at Ctrl-C (default 50)")
    given = parser.parse_args()
    from amplify_job_resource.emulator import models

    models.CONCURRENT_BUILDS = 10_000  # the queue of an account is not what is measured
    with tempfile.TemporaryDirectory() as name, Server() as server:
        bench = Bench(server, Path(name))
        plugin = native(SDKs(bench.folder / "sdk").python())
        rows = []
        for front in (DYNAMIC, plugin):
            for count in (1, given.count):
                label = f"{front}, {count} release{'s' * (count > 1)}"
                rows.append((label, bench.up(label, front, count)))
        label = f"{DYNAMIC}, {given.count} releases, stock plugin"
        rows.append((label, bench.up(label, DYNAMIC, given.count, stock=True)))
        print(f"{'pulumi up':36} {'seconds':>8} {'of one':>8}")
        for label, took in rows:
            one = dict(rows)[f"{label.partition(',')[0]}, 1 release"]
            print(f"{label:36} {took:8.1f} {took / one:7.1f}x")
        for front in (DYNAMIC, plugin):
            seconds, recorded = bench.interrupt(front, given.waiting)
            print(
                f"{front}: Ctrl-C with {given.waiting} waiting: {seconds:.2f} s to the end, "
                f"{recorded} recorded; SIGKILL: {bench.orphan(front):.1f} s to the end of its plugin"
            )
    print(f"native: {start_up():.2f} s until the plugin's process serves")
    return 0


if __name__ == "__main__":
    sys.exit(main())
