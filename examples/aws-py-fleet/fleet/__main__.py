"""Show what a plan would release, and release it: `python -m fleet plan.csv [--yes]`."""

from __future__ import annotations

import argparse
import csv
import socket
import sys
from collections import deque
from collections.abc import Iterator
from dataclasses import astuple, fields
from pathlib import Path
from typing import Any

from amplify_job_resource.report import Report, to_markdown
from distributed import Client, Future, as_completed

from .locks import LockedElsewhere
from .plan import Place, Plan, read
from .stacks import Outcome, outcome, preview, release


class Fleet:
    """The stacks of a plan on the workers of a cluster.

    Args:
        client: The cluster's client.
        plan: What to release.
        options: `builds`, `stacks` and `ended_hosts`, as the command has them.
    """

    def __init__(self, client: Client, plan: Plan, options: argparse.Namespace) -> None:
        self._client = client
        self._plan = plan
        self._options = options

    def preview(self) -> Report:
        """What is pending, in all stacks."""
        ended = self._options.ended_hosts
        previews = [
            self._client.submit(preview, place, releases, ended, pure=False)
            for place, releases in self._plan.items()
        ]
        return Report(tuple(self._client.gather(previews)))

    def release(self, stacks: set[str]) -> Iterator[list[Outcome]]:
        """Release these stacks; gives the outcomes of each as it ends.

        No account and region has more than `stacks` at work: its builds wait for the same slots.
        """
        waiting: dict[tuple[str, str], deque[Place]] = {}
        for place in self._plan:
            if place.stack in stacks:
                waiting.setdefault((place.account, place.region), deque()).append(place)
        running, places = as_completed(), dict[str, Place]()

        def start(place: Place, **where: Any) -> None:
            settings = (self._plan[place], self._options.builds, self._options.ended_hosts)
            future = self._client.submit(release, place, *settings, pure=False, **where)
            places[future.key] = place
            running.add(future)

        for queue in waiting.values():
            for _ in range(min(self._options.stacks, len(queue))):
                start(queue.popleft())
        for future in running:
            place = places.pop(future.key)
            where = self._where_to_ask(future)
            if where:
                start(place, workers=where, key=f"{place.stack} where its lock is")
                continue
            yield self._outcomes(place, future)
            queue = waiting[place.account, place.region]
            if queue:
                start(queue.popleft())

    def _where_to_ask(self, future: Future) -> list[str]:
        """The workers on the machine whose process holds the stack's lock; none if asked already."""
        error = future.exception()
        if not isinstance(error, LockedElsewhere) or future.key.endswith("where its lock is"):
            return []
        hosts = self._client.run(socket.gethostname)
        return [address for address, host in hosts.items() if host == error.hostname]

    def _outcomes(self, place: Place, future: Future) -> list[Outcome]:
        """What the worker has returned; what is wrong, where it could not."""
        error = future.exception()
        if error:
            return [
                outcome(place, each, "", "UNKNOWN", str(error)) for each in self._plan[place]
            ]
        found: list[Outcome] = future.result()
        return found


def main() -> int:
    """Do what the command line says; 1 if a stack could not be previewed, or a release failed."""
    parser = argparse.ArgumentParser(prog="python -m fleet", description=__doc__)
    parser.add_argument("plan", type=Path, help="a CSV file")
    parser.add_argument("--yes", action="store_true", help="release; else show what is pending")
    parser.add_argument("--scheduler", help="the cluster's address (default: this machine alone)")
    parser.add_argument("--outcomes", type=Path, default=Path("outcomes.csv"), help="the table")
    parser.add_argument("--builds", type=int, default=5, help="at once in a stack (default 5)")
    parser.add_argument(
        "--stacks", type=int, default=2, help="at once in an account and region (default 2)"
    )
    parser.add_argument(
        "--ended-host",
        dest="ended_hosts",
        action="append",
        default=[],
        help="a machine that was lost and has ended for good: its locks are removed",
    )
    options = parser.parse_args()
    plan = read(options.plan)
    with Client(options.scheduler, dashboard_address=None) as client:
        fleet = Fleet(client, plan, options)
        report = fleet.preview()
        sys.stdout.write(to_markdown(report) + "\n")
        if report.failed or not options.yes:
            return 1 if report.failed else 0
        failed = 0
        with options.outcomes.open("w", newline="", encoding="utf-8") as file:
            table = csv.writer(file)
            table.writerow([field.name for field in fields(Outcome)])
            for outcomes in fleet.release({each.stack for each in report.stacks if each.pending}):
                table.writerows(map(astuple, outcomes))
                failed += sum(each.status != "SUCCEED" for each in outcomes)
    sys.stdout.write(f"{options.outcomes} has the outcomes; {failed} are not SUCCEED\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
