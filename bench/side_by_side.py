"""How many releases wait side by side, and how long Ctrl-C takes: ratios within one run.

Real CLI, real plugin process, emulator server; every job takes three seconds. The peer is the same
provider in the same run with the seams of the plugin process switched off, which is what any other
dynamic provider has.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from amplify_job_resource.emulator import Plan, Server

from tests.engine.stack import Stack

PROGRAM = """
import pulumi
from amplify_job_resource import Job

for number in range(pulumi.Config().require_int("count")):
    Job(f"site-{number}", app_id="dbench", branch_name=f"b{number}", commit_id="1f3c9e2a77")
"""


def up(server: Server, folder: Path, count: int, *, stock: bool = False) -> float:
    """Seconds of one `pulumi up` of so many first releases."""
    with_stock = {"AMPLIFY_JOB_STOCK_PLUGIN": "1"} if stock else {}
    stack = Stack(folder, PROGRAM, emulator_url=server.url, environment=with_stock)
    return stack.up("--parallel=100", config={"count": str(count)}, timeout=600).ok().seconds


def interrupt(server: Server, folder: Path, count: int) -> float:
    """Seconds from SIGINT to the end of `pulumi up` with so many releases waiting."""
    stack = Stack(folder, PROGRAM, emulator_url=server.url)
    server.control.clear_calls()
    running = stack.start("up", "--parallel=100", config={"count": str(count)})
    while len(server.control.calls("GetJob")) < count:
        time.sleep(0.05)
    begun = time.monotonic()
    running.interrupt()
    running.finish()
    return time.monotonic() - begun


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
    build = Plan(pending=0, provisioning=0, build=3, deploy=0, verify=0)
    with tempfile.TemporaryDirectory() as name, Server() as server:
        folder = Path(name)
        rows = []
        for label, count, stock in (
            ("one release", 1, False),
            (f"{given.count} releases", given.count, False),
            (f"{given.count} releases, stock plugin", given.count, True),
        ):
            fresh(server, count, build)
            place = folder / label.replace(" ", "-").replace(",", "")
            place.mkdir()
            rows.append((label, up(server, place, count, stock=stock)))
        fresh(server, given.waiting, Plan(pending=0, provisioning=0, build=3600))
        place = folder / "interrupt"
        place.mkdir()
        seconds = interrupt(server, place, given.waiting)
    one = rows[0][1]
    sys.stdout.write(f"{'pulumi up':32} {'seconds':>8} {'of one':>8}\n")
    for label, took in rows:
        sys.stdout.write(f"{label:32} {took:8.1f} {took / one:7.1f}x\n")
    sys.stdout.write(f"Ctrl-C with {given.waiting} waiting: {seconds:.2f} s to the end\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
