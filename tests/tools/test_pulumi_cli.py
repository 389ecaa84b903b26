"""What goes on PATH for Pulumi is found, or built once, whatever else happens on the machine."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.waiting import wait_until
from tools import cached, go_programs, pulumi_cli
from tools.cached import CannotBuild
from tools.go_programs import Program
from tools.pulumi_cli import SDK_GENERATOR, YAML_HOST

TOOL = Path(pulumi_cli.__file__)

GO = """#!/bin/sh
echo "$*" >> {calls}
case "$*" in "build "*"{slow}") while [ -e {hold} ]; do sleep 0.05; done ;; esac
case "$1 $2" in "list -m") echo {sdk}; exit ;; esac
previous=
for word; do
  if [ "$previous" = -o ]; then echo built > "$word"; chmod +x "$word"; fi
  previous=$word
done
"""
"""A `go` that notes how it was called, and builds at once unless it is held up."""

PULUMI = "#!/bin/sh\necho v{version}\n"


class Machine:
    """A user's machine: a home with a cache, and what is on PATH."""

    def __init__(self, folder: Path) -> None:
        self.bin = folder / "bin"
        self.cache = folder / "cache/amplify-job-resource"
        self.ours = self.cache / f"pulumi-{pulumi_cli.pinned()}"
        self.calls = folder / "calls"
        self.hold = folder / "hold"
        self.calls.touch()
        self.started: list[subprocess.Popen[str]] = []
        self.bin.mkdir()
        self.sdk = folder / "sdk"
        for script in pulumi_cli.SDK_SCRIPTS:
            (self.sdk / script).parent.mkdir(parents=True, exist_ok=True)
            (self.sdk / script).touch()
        self.add("go", self._go())
        for tool in ("sleep", "chmod"):
            (self.bin / tool).symlink_to(str(shutil.which(tool)))

    def _go(self, slow: str = "nothing is slow") -> str:
        return GO.format(calls=self.calls, hold=self.hold, sdk=self.sdk, slow=slow)

    def add(self, name: str, text: str = "#!/bin/sh\n") -> None:
        (self.bin / name).write_text(text)
        (self.bin / name).chmod(0o755)

    def hold_up(self, slow: str) -> None:
        """Builds of what has this in its command wait until `let_go`."""
        self.hold.touch()
        self.add("go", self._go(slow))

    def let_go(self) -> None:
        self.hold.unlink()

    def start(self) -> subprocess.Popen[str]:
        environment = {
            **{name: text for name, text in os.environ.items() if not name.startswith("PULUMI")},
            "PATH": str(self.bin),
            "XDG_CACHE_HOME": str(self.cache.parent),
        }
        running = subprocess.Popen(
            [sys.executable, TOOL],
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        self.started.append(running)
        return running

    def close(self) -> None:
        """End what a failed test has left running."""
        for running in self.started:
            if running.poll() is None:
                os.killpg(running.pid, signal.SIGKILL)
                running.communicate()

    def folders(self) -> list[Path]:
        """What the tool says goes on PATH."""
        running = self.start()
        answer, complaints = running.communicate(timeout=60)
        assert running.returncode == 0, complaints
        return [Path(folder) for folder in answer.strip().split(":")]

    def builds(self, what: str) -> int:
        """How often `go build` was called for it."""
        calls = self.calls.read_text().splitlines()
        return sum(call.startswith("build ") and call.endswith(what) for call in calls)


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    """A machine with Go and without Pulumi."""
    machine = Machine(tmp_path)
    yield machine
    machine.close()


def test_where_there_is_no_pulumi_all_is_built_once(machine: Machine) -> None:
    """The CLI, the YAML host and the SDK generator are in one folder, also for the next run."""
    assert machine.folders() == machine.folders() == [machine.ours]
    names = {file.name for file in machine.ours.iterdir() if os.access(file, os.X_OK)}
    assert names >= {"pulumi", "pulumi-language-python", YAML_HOST.name, SDK_GENERATOR.name}
    assert [machine.builds(it) for it in ("/pulumi", "-yaml", "-sdk")] == [1, 1, 1]


def test_a_cached_cli_gets_what_it_lacks(machine: Machine) -> None:
    """A folder that an older version of this project has filled is completed, not built again."""
    machine.ours.mkdir(parents=True)
    (machine.ours / "pulumi").write_text("built before")
    assert machine.folders() == [machine.ours]
    assert (machine.ours / YAML_HOST.name).exists()
    assert (machine.ours / "pulumi").read_text() == "built before"


@pytest.mark.parametrize("has_yaml", [True, False], ids=["YAML host", "no YAML host"])
def test_an_installed_pulumi_wins(machine: Machine, *, has_yaml: bool) -> None:
    """Nothing is built beside a whole Pulumi; one without a YAML host gets ours after it."""
    machine.add("pulumi", PULUMI.format(version="3.260.0"))
    machine.add("pulumi-language-python")
    if has_yaml:
        machine.add(YAML_HOST.name)
    assert machine.folders() == [machine.bin, *([] if has_yaml else [machine.ours])]
    assert machine.builds("/pulumi") == 0
    assert machine.builds("-yaml") == (not has_yaml)


def test_a_cli_can_follow_a_yaml_host(machine: Machine) -> None:
    """A user who uninstalls Pulumi gets a CLI in the folder that had its YAML host only."""
    machine.add("pulumi", PULUMI.format(version="3.260.0"))
    machine.add("pulumi-language-python")
    machine.folders()
    (machine.bin / "pulumi").unlink()
    assert machine.folders() == [machine.ours]
    assert (machine.ours / "pulumi").exists()
    assert machine.builds("-yaml") == 1


def test_two_runs_at_once_build_once(machine: Machine) -> None:
    """A run waits for the one that builds already, says so, and uses what that one has made."""
    machine.hold_up("-yaml")
    first = machine.start()
    wait_until(lambda: machine.builds("-yaml") == 1, "the first build")
    second = machine.start()
    assert second.stderr
    while "waiting for it" not in second.stderr.readline():
        assert second.poll() is None
    machine.let_go()
    for running in (first, second):
        answer, complaints = running.communicate(timeout=60)
        assert answer.strip() == str(machine.ours), complaints
    assert machine.builds("-yaml") == 1


@pytest.mark.parametrize("what", ["/pulumi", "-yaml"], ids=["CLI", "YAML host"])
def test_a_killed_build_does_no_harm(machine: Machine, what: str) -> None:
    """After a kill in the middle nothing looks finished; the next run builds, and tidies up."""
    machine.hold_up(what)
    killed = machine.start()
    wait_until(lambda: machine.builds(what) == 1, "the build")
    os.killpg(killed.pid, signal.SIGKILL)
    killed.communicate(timeout=60)
    assert not (machine.ours / ("pulumi" if what == "/pulumi" else YAML_HOST.name)).exists()
    machine.let_go()
    assert machine.folders() == [machine.ours]
    assert machine.builds(what) == 2
    assert {file.name for file in machine.cache.iterdir()} == {
        machine.ours.name,
        f"{machine.ours.name}.lock",
    }


def test_what_cannot_be_built_stops_nobody(machine: Machine) -> None:
    """A YAML host that does not compile is a message; the CLI is used all the same."""
    machine.ours.mkdir(parents=True)
    (machine.ours / "pulumi").touch()
    machine.add("go", "#!/bin/sh\necho no network >&2\nexit 1\n")
    running = machine.start()
    answer, complaints = running.communicate(timeout=60)
    assert (running.returncode, answer.strip()) == (0, str(machine.ours))
    assert f"{YAML_HOST.name} cannot be built: " in complaints
    assert "no network" in complaints


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """A program whose module has one file."""
    (tmp_path / "module").mkdir()
    (tmp_path / "module/go.mod").write_text("module example\n\ngo 1.26\n")
    return Program("example", tmp_path / "module", "./cmd", flags="", effort="A moment.")


def test_a_program_is_built_again_for_other_sources(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was built stays until a file changes of which it is made."""
    compiled: list[str] = []

    def compile_go(go: str, module: Path, package: str, output: Path, flags: str) -> None:
        compiled.append(package)
        output.write_text("built")

    monkeypatch.setattr(go_programs, "find_go", lambda: "go")
    monkeypatch.setattr(go_programs, "compile_go", compile_go)
    folder = tmp_path / "cached"
    program.add_to(folder)
    program.add_to(folder)
    assert compiled == ["./cmd"]
    (program.module / "README.md").write_text("no source")
    program.add_to(folder)
    assert compiled == ["./cmd"]
    (program.module / "main.go").write_text("package main\n")
    program.add_to(folder)
    assert compiled == ["./cmd", "./cmd"]
    assert program.is_current(folder)


def test_without_go_the_reason_is_told(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that is missing where there is no Go is an error that names Go."""
    monkeypatch.setattr(go_programs, "find_go", lambda: None)
    with pytest.raises(CannotBuild, match="no Go on PATH"):
        program.add_to(tmp_path / "cached")


def test_the_cache_is_outside_the_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is built is kept where the user keeps caches."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cached.cache() == tmp_path / "amplify-job-resource"
    assert pulumi_cli.cache().parent == cached.cache()
