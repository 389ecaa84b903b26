"""Many random requests to the emulator: `python -m tests.machine.explore_emulator --examples 20000`.

A run begins at a seed of its own, and prints it first: the same seed with the same options sends the
same requests. Where a rule is broken, the shortest history that was found is printed.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import defaultdict

from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.machine.service import Service


def explore(examples: int, steps: int, first: int) -> None:
    """Live through random histories of requests.

    Raises:
        AssertionError: a rule is broken.
    """
    run_state_machine_as_test(
        seed(first)(Service),
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def report(seconds: float) -> str:
    """The table of how often each operation was answered with each status."""
    table: dict[str, dict[str, int]] = defaultdict(dict)
    for name, count in sorted(Service.counts.items()):
        operation, status = name.rsplit(", ", 1)
        table[operation][status] = count
    lines = [f"{sum(Service.counts.values()):9,}  requests in {seconds:,.0f} s", ""]
    for operation, statuses in table.items():
        told = "  ".join(f"{count:,} x {status}" for status, count in statuses.items())
        lines.append(f"{sum(statuses.values()):9,}  {operation}: {told}")
    return "\n".join(lines)


def main() -> int:
    """Send the requests of that many histories, and print how they were answered."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=1000, help="histories (default 1000)")
    parser.add_argument("--steps", type=int, default=40, help="steps of a history (default 40)")
    parser.add_argument("--seed", type=int, help="where to begin (default: at a new one)")
    given = parser.parse_args()
    first = int(time.time()) if given.seed is None else given.seed
    sys.stdout.write(f"seed {first}\n")
    sys.stdout.flush()
    begun = time.monotonic()
    said, broken = "no rule was broken", False
    try:
        explore(given.examples, given.steps, first)
    except KeyboardInterrupt:
        found = Service.broken[-1:]
        said = f"interrupted; a rule was broken: {found[0]}" if found else f"interrupted; {said}"
    except Exception as error:  # also one of the emulator's own, which is a rule broken as well
        said, broken = f"a rule was broken: {error}", True
        sys.excepthook(type(error), error, error.__traceback__)
    sys.stdout.write(f"{report(time.monotonic() - begun)}\n\n{said}\n")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
