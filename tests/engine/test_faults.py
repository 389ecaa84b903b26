"""The faults that matter most, on the real engine: one job a request, whatever happens."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from amplify_job_resource.emulator import Control, Fault, Plan

from tests.engine.conftest import RELEASE
from tests.engine.fronts import BOTH, LIFECYCLE_ALONE, only_dynamic, spread
from tests.engine.stack import Running, Stack
from tests.engine.test_interrupts import MANY
from tests.waiting import wait_until

pytestmark = [pytest.mark.engine, BOTH]

SLOW = Plan(pending=0, provisioning=0, build=3600, cancelling=0.5)
COMMIT = {"commitId": "1f3c9e2a77"}


@LIFECYCLE_ALONE
@pytest.mark.parametrize("kind", ["500", "drop"])
def test_a_lost_reply_of_startjob_makes_no_second_job(
    stack: Stack, emulator: Control, kind: str
) -> None:
    """The job was made and the reply lost: it is found by its trailer and taken, not started again."""
    emulator.fault(Fault(kind, "StartJob", "after"))  # type: ignore[arg-type]
    stack.up(config=COMMIT).ok()
    assert len(emulator.jobs("d1a2b3c4")) == 1
    assert len(emulator.calls("StartJob")) == 1
    assert stack.job()["id"] == "d1a2b3c4/main/1"


@LIFECYCLE_ALONE
def test_a_lost_request_of_startjob_is_sent_again(stack: Stack, emulator: Control) -> None:
    """The request had no effect: after a look that finds nothing it is sent again, once."""
    emulator.fault(Fault("drop", "StartJob", "before"))
    stack.up(config=COMMIT).ok()
    assert len(emulator.jobs("d1a2b3c4")) == 1
    assert len(emulator.calls("StartJob")) == 2


def killed(stack: Stack, running: Running, *, plugin: bool) -> None:
    """SIGKILL the CLI, or its plugin, then make the stack usable again."""
    plugins = running.plugins()
    assert plugins
    if plugin:
        for pid in plugins:
            os.kill(pid, signal.SIGKILL)
        assert running.finish().code != 0
    else:
        running.kill()
        wait_until(lambda: not running.plugins(), "the orphan is gone")
        stack.cancel().ok()


@spread(
    "point, ended, plugin",
    [
        ("before StartJob", False, True),
        ("StartJob", False, False),
        ("StartJob", False, True),
        ("GetJob", False, True),
        ("GetJob", True, False),
    ],
    native=[("StartJob", False, True), ("GetJob", True, False)],
)
def test_a_killed_run_is_made_good_by_the_next(
    stack: Stack, emulator: Control, point: str, ended: bool, plugin: bool
) -> None:
    """Killed before, in or after StartJob, while its job runs or after it: one job in the end."""
    emulator.plan("d1a2b3c4", "main", SLOW)
    if point == "before StartJob":
        emulator.fault(Fault("slow", "GetBranch", seconds=2))
    if point == "StartJob":
        emulator.fault(Fault("slow", "StartJob", seconds=2))
    running = stack.start("up", config=COMMIT)
    reached = {"before StartJob": "GetBranch"}.get(point, point)
    wait_until(lambda: bool(emulator.calls(reached)), point)
    killed(stack, running, plugin=plugin)
    # A request that was on its way arrives all the same.
    wait_until(lambda: all(call["status"] for call in emulator.calls()), "all calls answered")
    if ended:
        emulator.advance(7200)
        stack.up().ok()
    else:
        running = stack.start("up")
        running.wait_for("job 1 ")
        emulator.advance(7200)
        running.finish().ok()
    assert len(emulator.jobs("d1a2b3c4")) == 1
    assert stack.job()["id"] == "d1a2b3c4/main/1"
    assert stack.up().ok().steps("site") == ["same"]


@LIFECYCLE_ALONE
def test_on_another_machine_a_killed_runs_active_job_is_taken_up(
    stack: Stack, emulator: Control
) -> None:
    """Without the note of the first machine, an active job is still known by its trailer."""
    emulator.plan("d1a2b3c4", "main", SLOW)
    running = stack.start("up", config=COMMIT)
    wait_until(lambda: bool(emulator.calls("GetJob")), "the release waits")
    killed(stack, running, plugin=False)
    for note in Path(stack.environment["PULUMI_HOME"]).glob("amplify-job-resource/*"):
        note.unlink()
    running = stack.start("up")
    running.wait_for("job 1 is this release and still active: resumed")
    emulator.advance(7200)
    running.finish().ok()
    assert len(emulator.calls("StartJob")) == 1


@LIFECYCLE_ALONE
def test_forced_and_repeated_requests_build_anew(stack: Stack, emulator: Control) -> None:
    """`--replace`, A -> B -> A, and destroy then up: each is a new job of the same inputs."""
    stack.up(config=COMMIT).ok()
    urn = stack.job()["urn"]
    run = stack.up("--replace", urn).ok()
    assert "release d1a2b3c4/main: 1f3c9e2" in run.text
    stack.up(config={"commitId": "8b02d4a111"}).ok()
    stack.up(config=COMMIT).ok()
    assert len(emulator.jobs("d1a2b3c4")) == 4
    stack.destroy().ok()
    stack.up().ok()
    assert len(emulator.jobs("d1a2b3c4")) == 5
    notes = Path(stack.environment["PULUMI_HOME"], "amplify-job-resource")
    assert list(notes.glob("*.json")) == []


@pytest.fixture
def separate(tmp_path: Path) -> Iterator[Callable[[int], tuple[subprocess.Popen[str], str]]]:
    """Starts emulator processes that keep their state in one file."""
    processes: list[subprocess.Popen[str]] = []

    def start(port: int) -> tuple[subprocess.Popen[str], str]:
        command = [sys.executable, "-m", "amplify_job_resource.emulator", "--port", str(port)]
        command += ["--app", "d1a2b3c4/main", "--state", str(tmp_path / "emulator.state")]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        processes.append(process)
        assert process.stdout
        return process, process.stdout.readline().strip()

    yield start
    for process in processes:
        process.kill()
        process.wait()
        assert process.stdout
        process.stdout.close()


@only_dynamic("what AWS does meanwhile is the same, whoever asked")
def test_a_wait_survives_an_outage(
    new_stack: Callable[..., Stack],
    separate: Callable[[int], tuple[subprocess.Popen[str], str]],
) -> None:
    """The service is gone in the middle of a wait and comes back: the wait goes on to its end."""
    process, url = separate(0)
    control = Control(url)
    control.plan("d1a2b3c4", "main", SLOW)
    stack = new_stack(RELEASE, environment={"AWS_MAX_ATTEMPTS": "1"})
    stack.environment["AWS_ENDPOINT_URL_AMPLIFY"] = url
    running = stack.start("up", config=COMMIT)
    wait_until(lambda: bool(control.calls("GetJob")), "the release waits")
    process.terminate()
    assert process.wait() == 0
    running.wait_for("AWS does not answer")
    _, again = separate(int(url.rpartition(":")[2]))
    assert again == url
    control.advance(7200)
    running.finish().ok()
    assert len(control.jobs("d1a2b3c4")) == 1
    assert control.calls("StartJob") == []


@only_dynamic("what AWS does meanwhile is the same, whoever asked")
def test_a_throttling_storm_over_fifty_releases(
    new_stack: Callable[..., Stack], emulator: Control
) -> None:
    """Fifty releases at once, a third of all calls throttled: fifty jobs in the end."""
    emulator.create_app("d1a2b3c4", [f"b{number}" for number in range(50)])
    emulator.default_plan(Plan.instant())
    for skip in range(0, 300, 3):
        emulator.fault(Fault("throttled", skip=skip))
    stack = new_stack(MANY)
    stack.up("--parallel=100", config={"count": "50"}).ok()
    for number in range(50):
        assert len(emulator.jobs("d1a2b3c4", f"b{number}")) == 1
