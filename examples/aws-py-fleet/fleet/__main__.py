"""Show what a plan would release, and with --yes release it."""

from __future__ import annotations

import argparse
import csv
import sys
from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import astuple, fields
from pathlib import Path

from amplify_job_resource.report import Report, StackReport, to_markdown
from distributed import Client, Future, LocalCluster, as_completed

from .plan import Stack, read
from .work import Outcome, preview, release


def main() -> int:
    """Do what the command line says; 1 if a preview or a release has failed."""
    parser = argparse.ArgumentParser(prog="python -m fleet", description=__doc__)
    option = parser.add_argument
    option("plan", type=Path, help="a CSV file")
    option("--yes", action="store_true", help="release")
    option("--scheduler", help="address of a Dask cluster (default: one on this machine)")
    option("--table", type=Path, default=Path("outcomes.csv"), help="(default outcomes.csv)")
    option("--builds", type=int, default=5, help="at once in a stack (default 5)")
    option("--stacks", type=int, default=2, help="at once in an account and region (default 2)")
    option("--ended-host", action="append", default=[], help="a machine that has ended for good")
    given = parser.parse_args()
    try:
        stacks = read(given.plan)
    except (OSError, ValueError) as error:
        parser.error(f"{given.plan}: {error}")
    cluster = given.scheduler or cluster_here()
    with Client(cluster) as client:
        report = report_of(client, stacks, given)
        sys.stdout.write(to_markdown(report) + "\n")
        if report.failed or not given.yes:
            return 1 if report.failed else 0
        pending = {each.stack for each in report.stacks if each.pending}
        failed = 0
        with given.table.open("w", newline="", encoding="utf-8") as file:
            table = csv.writer(file)
            table.writerow([field.name for field in fields(Outcome)])
            for outcomes in outcomes_of(client, [s for s in stacks if s.name in pending], given):
                table.writerows(map(astuple, outcomes))
                file.flush()
                failed += sum(each.status != "SUCCEED" for each in outcomes)
    sys.stdout.write(f"{given.table} has the outcomes; {failed} of them are not SUCCEED\n")
    return 1 if failed else 0


def cluster_here() -> LocalCluster:
    """Workers on this machine; a thread waits for a stack, so there are more than cores."""
    return LocalCluster(n_workers=2, threads_per_worker=10, dashboard_address=None)


def report_of(client: Client, stacks: list[Stack], given: argparse.Namespace) -> Report:
    """What is pending in all stacks; a stack whose preview has failed has the error."""
    previews = client.map(preview, stacks, ended_hosts=given.ended_host, pure=False)
    return Report(tuple(map(_report, stacks, previews)))


def _report(stack: Stack, future: Future[StackReport]) -> StackReport:
    error = future.exception()
    return StackReport(stack.name, error=str(error)) if error else future.result()


def outcomes_of(
    client: Client, stacks: list[Stack], given: argparse.Namespace
) -> Iterator[list[Outcome]]:
    """Release the stacks on the cluster's workers; gives the outcomes of each as it ends.

    The builds of an account and region share its slots, so only some of its stacks are at work.
    """
    waiting: dict[tuple[str, str], deque[Stack]] = defaultdict(deque)
    for stack in stacks:
        waiting[stack.account, stack.region].append(stack)
    running, at_work = as_completed(), {}

    def start(stack: Stack) -> None:
        future = client.submit(release, stack, given.builds, given.ended_host, pure=False)
        at_work[future.key] = stack
        running.add(future)

    for queue in waiting.values():
        for _ in range(min(given.stacks, len(queue))):
            start(queue.popleft())
    for future in running:
        stack = at_work.pop(future.key)
        queue = waiting[stack.account, stack.region]
        if queue:
            start(queue.popleft())
        yield _outcomes(stack, future)


def _outcomes(stack: Stack, future: Future[list[Outcome]]) -> list[Outcome]:
    """What a worker has returned; of one that could not, what is wrong."""
    error = future.exception()
    if error:
        return [Outcome.of(stack, each, str(error), "UNKNOWN") for each in stack.releases]
    return future.result()


if __name__ == "__main__":
    sys.exit(main())
