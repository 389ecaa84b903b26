"""A Pulumi project in a folder of its own, driven by the real CLI, as a user would at a prompt.

A test writes a program and runs operations; each gives back a `Run`: exit code, text, events. The
CLI gets an environment that is made here, so that neither the developer's own AWS and Pulumi
settings nor another test can be seen, and nothing outside the folder is written.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.engine.fronts import DYNAMIC, PLUGINS, RELEASE_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import IO

    from tests.engine.fronts import Front

JOB_TYPE = DYNAMIC.job_type
NO_PULUMI = "There is no `pulumi` on PATH: run the tests with `make test`, which provides one."
TIMEOUT = 120.0
"""Seconds for one operation: far more than any needs, so that only a hang meets it."""


class CommandTimeout(AssertionError):
    """A command did not end in time; it was killed, and the message holds its output so far."""


class CommandFailed(AssertionError):
    """A command that had to succeed did not; the message holds its output."""


@dataclass(frozen=True)
class Run:
    """One CLI command that has ended."""

    command: str
    code: int
    stdout: str
    stderr: str
    seconds: float
    events: list[dict[str, Any]] = field(default_factory=list, repr=False)
    """The engine's events of an operation, in order, without its debug lines."""

    @property
    def text(self) -> str:
        """All that was printed, as plain text: stdout, then stderr."""
        return self.stdout + self.stderr

    @property
    def json(self) -> Any:
        """What a command with `--json` printed."""
        return json.loads(self.stdout)

    def ok(self) -> Run:
        """This run, after making sure that it succeeded."""
        if self.code:
            raise CommandFailed(f"{self.command} ended with {self.code}:\n{self.text}")
        return self

    def failed(self) -> Run:
        """This run, after making sure that it did not succeed."""
        if not self.code:
            raise CommandFailed(f"{self.command} succeeded, and was to fail:\n{self.text}")
        return self

    def steps(self, name: str) -> list[str]:
        """What the engine did or would do to a resource: `create`, `update`, `same` and so on."""
        found = [
            event["resourcePreEvent"]["metadata"]
            for event in self.events
            if "resourcePreEvent" in event
        ]
        return [step["op"] for step in found if step["urn"].endswith(f"::{name}")]

    def lines(self, name: str, *, ephemeral: bool | None = None) -> list[str]:
        """The lines shown for a resource: in its row only (ephemeral), listed at the end, or both.

        The engine marks them with the resource's URN; lines of the program have the stack's.
        """
        return [
            line["message"].strip()
            for line in (e["diagnosticEvent"] for e in self.events if "diagnosticEvent" in e)
            if line.get("urn", "").endswith(f"::{name}")
            and ephemeral in (None, line.get("ephemeral", False))
        ]


class Running:
    """A CLI command at work, for tests that interrupt it, kill it or look while it waits."""

    def __init__(
        self,
        command: list[str],
        *,
        cwd: Path,
        environment: Mapping[str, str],
        event_log: Path | None = None,
    ) -> None:
        self.command = "pulumi " + " ".join(command)
        self._event_log = event_log
        self._descendants: set[int] = set()
        self._began = time.monotonic()
        self.process = subprocess.Popen(
            [pulumi(), *command],
            cwd=cwd,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
        self._grew = threading.Condition()
        self._ended = 0.0
        self._chunks: dict[str, list[str]] = {"stdout": [], "stderr": []}
        self._readers = [
            threading.Thread(target=self._read, args=(name, stream), daemon=True)
            for name, stream in (("stdout", self.process.stdout), ("stderr", self.process.stderr))
        ]
        for reader in self._readers:
            reader.start()

    @property
    def pid(self) -> int:
        """The process id of the CLI."""
        return self.process.pid

    @property
    def text(self) -> str:
        """All that was printed until now."""
        with self._grew:
            return "".join(self._chunks["stdout"]) + "".join(self._chunks["stderr"])

    def wait_for(self, wanted: str, timeout: float = TIMEOUT) -> None:
        """Return as soon as `wanted` was printed."""
        deadline = time.monotonic() + timeout
        while wanted not in self.text:
            if self.process.poll() is not None and wanted not in self.finish().text:
                raise CommandFailed(f"{self.command} ended without {wanted!r}:\n{self.text}")
            if time.monotonic() > deadline:
                self.kill_all()
                raise CommandTimeout(f"{self.command} did not print {wanted!r}:\n{self.text}")
            with self._grew:
                self._grew.wait(0.05)

    def interrupt(self) -> None:
        """What the first Ctrl-C does."""
        self.process.send_signal(signal.SIGINT)

    def kill(self) -> None:
        """Kill the CLI alone, as the kernel would: its plugins become orphans."""
        self._descendants |= descendants(self.pid)
        self.process.kill()

    def plugins(self) -> set[int]:
        """Process ids of the package's plugins started so far that are still alive."""
        self._descendants |= descendants(self.pid)
        lines = {pid: command_line(pid) for pid in self._descendants}
        return {pid for pid, line in lines.items() if any(name in line for name in PLUGINS)}

    def finish(self, timeout: float = TIMEOUT) -> Run:
        """Wait for the end and return what came out."""
        try:
            code = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill_all()
            message = f"{self.command} had not ended after {timeout:.0f} s:\n{self.text}"
            raise CommandTimeout(message) from None
        self._ended = self._ended or time.monotonic()
        for reader in self._readers:
            reader.join(5)
        return Run(
            self.command,
            code,
            "".join(self._chunks["stdout"]),
            "".join(self._chunks["stderr"]),
            self._ended - self._began,
            list(self._events()),
        )

    def kill_all(self) -> None:
        """Kill the CLI with all it started: plugins have process groups of their own."""
        if self.process.poll() is None:
            self._descendants |= descendants(self.pid)
        # The CLI first: it would see a plugin's end, and be killed while it writes its state.
        self.process.kill()  # does nothing once it has ended, when its pid may be another's
        self.process.wait()
        for pid in filter(is_plugin, self._descendants):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _read(self, name: str, stream: IO[str]) -> None:
        with stream:
            for line in stream:
                with self._grew:
                    self._chunks[name].append(line)
                    self._grew.notify_all()

    def _events(self) -> Iterator[dict[str, Any]]:
        if self._event_log is None or not self._event_log.exists():
            return
        for line in self._event_log.read_text(encoding="utf-8").splitlines():
            event: dict[str, Any]
            try:
                event = json.loads(line)
            except ValueError:  # the last line of a CLI that was killed
                continue
            if event.get("diagnosticEvent", {}).get("severity") != "debug":
                yield event


class Stack:
    """One project with one stack, `dev`, whose state is a file beside it."""

    def __init__(
        self,
        folder: Path,
        program: str = "",
        *,
        emulator_url: str | None = None,
        project: str = "site",
        environment: Mapping[str, str] | None = None,
        front: Front = DYNAMIC,
    ) -> None:
        self.folder = folder
        self.project = project
        self.front = front
        self.cwd = folder / "project"
        self.running: list[Running] = []
        own = {**front.environment, **(environment or {})}
        self.environment = {**clean_environment(folder), **own}
        """What the CLI, the program and the plugin see; a test may change it between runs."""
        if emulator_url:
            self.environment["AWS_ENDPOINT_URL_AMPLIFY"] = emulator_url
        for name in ("project", "home", "pulumi", "state"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        self.describe(description="made by a test")
        self.write(program)
        self.pulumi("stack", "init", "dev").ok()

    def describe(self, **more: Any) -> None:
        """Write the project's `Pulumi.yaml`."""
        about = {"name": self.project, "runtime": "python", **self.front.project, **more}
        (self.cwd / "Pulumi.yaml").write_text(json.dumps(about), encoding="utf-8")

    def write(self, program: str) -> None:
        """Make `program` the stack's `__main__.py`; it may be indented, as text in a test is.

        It is written for the dynamic resources, and changed for the stack's front.
        """
        self.program = textwrap.dedent(program)
        source = self.front.program(self.program)
        (self.cwd / "__main__.py").write_text(source, encoding="utf-8")

    def move(self, front: Front) -> None:
        """Change over to another front, as a user does: the project file, and one line of imports."""
        self.front = front
        self.environment.update(front.environment)
        self.describe()
        self.write(self.program)

    def preview(
        self, *args: str, config: Mapping[str, str] | None = None, timeout: float = TIMEOUT
    ) -> Run:
        """`pulumi preview`."""
        return self.start("preview", *args, config=config).finish(timeout)

    def up(
        self, *args: str, config: Mapping[str, str] | None = None, timeout: float = TIMEOUT
    ) -> Run:
        """`pulumi up`, straight to the update: a preview has its own method."""
        return self.start("up", *args, config=config).finish(timeout)

    def refresh(self, *args: str, timeout: float = TIMEOUT) -> Run:
        """`pulumi refresh`."""
        return self.start("refresh", *args).finish(timeout)

    def destroy(self, *args: str, timeout: float = TIMEOUT) -> Run:
        """`pulumi destroy`."""
        return self.start("destroy", *args).finish(timeout)

    def cancel(self) -> Run:
        """`pulumi cancel`: give back the lock that a killed CLI left."""
        return self.pulumi("cancel", "--yes")

    def start(self, operation: str, *args: str, config: Mapping[str, str] | None = None) -> Running:
        """Begin an operation (`preview`, `up`, `refresh`, `destroy`) and return at once.

        `config` is kept in the stack's settings, as `-c` keeps it.
        """
        log = self.folder / f"events-{len(self.running)}.json"
        command = [operation, "--stack=dev", "--color=never", "--non-interactive"]
        command += [] if operation == "preview" else ["--yes", "--skip-preview"]
        command += [f"--config={key}={value}" for key, value in (config or {}).items()]
        command += ["--event-log", str(log), *args]
        return self._start(command, log)

    def config_set(self, key: str, value: str, *, secret: bool = False, path: bool = False) -> None:
        """`pulumi config set`; with `path` the key may be one like `aws:assumeRoles[0].roleArn`."""
        flags = ["--secret"] * secret + ["--path"] * path
        self.pulumi("config", "set", "--stack=dev", *flags, key, value).ok()

    def pulumi(self, *command: str, timeout: float = TIMEOUT) -> Run:
        """Any other command, such as `stack output`."""
        return self._start([*command, "--color=never", "--non-interactive"]).finish(timeout)

    def state(self) -> dict[str, Any]:
        """The stack's deployment as it is stored: `resources`, `pending_operations` and so on."""
        exported = self.pulumi("stack", "export", "--stack=dev").ok().json
        deployment: dict[str, Any] = exported["deployment"]
        return deployment

    def jobs(self, name: str = "site") -> list[dict[str, Any]]:
        """All releases of that name in state, the ones waiting to be deleted included."""
        return [
            resource
            for resource in self.state().get("resources", [])
            if resource["type"] in RELEASE_TYPES and resource["urn"].endswith(f"::{name}")
        ]

    def job(self, name: str = "site") -> dict[str, Any]:
        """The release of that name in state: `id`, `inputs`, `outputs`, `initErrors` and so on."""
        found = [resource for resource in self.jobs(name) if not resource.get("delete")]
        assert len(found) == 1, f"state holds {len(found)} releases named {name}, and not one"
        return found[0]

    def outputs(self) -> dict[str, Any]:
        """The stack's exports."""
        found: dict[str, Any] = (
            self.pulumi("stack", "output", "--stack=dev", "--json", "--show-secrets").ok().json
        )
        return found

    def close(self) -> None:
        """End whatever is still running."""
        for running in self.running:
            running.kill_all()

    def _start(self, command: list[str], event_log: Path | None = None) -> Running:
        running = Running(command, cwd=self.cwd, environment=self.environment, event_log=event_log)
        self.running.append(running)
        return running


def pulumi() -> str:
    """The CLI on PATH."""
    found = shutil.which("pulumi")
    assert found, NO_PULUMI
    return found


def clean_environment(folder: Path) -> dict[str, str]:
    """An environment with dummy keys, in which every file a tool keeps for itself is in `folder`."""
    # With bytecode kept, each program and plugin starts a little sooner.
    foreign = ("AWS_", "PULUMI_", "XDG_", "PYTEST_", "COVERAGE_")
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(foreign)
        and name not in ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE")
    }
    return {
        **kept,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "HOME": str(folder / "home"),
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
        "PULUMI_HOME": str(folder / "pulumi"),
        "PULUMI_BACKEND_URL": (folder / "state").as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "",
        "PULUMI_DEBUG_COMMANDS": "true",  # --event-log is an option for debugging
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_PYTHON_CMD": sys.executable,
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_REGION": "us-east-1",
        "AWS_CONFIG_FILE": str(folder / "home" / "aws-config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(folder / "home" / "aws-credentials"),
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def descendants(pid: int) -> set[int]:
    """Process ids of all that a process started, and what those started, that are alive."""
    listed = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid="], check=False, capture_output=True, text=True
    )
    parents = {int(line.split()[0]): int(line.split()[1]) for line in listed.stdout.splitlines()}
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {pid}


def command_line(pid: int) -> str:
    """How a process was started; empty when it is gone."""
    ps = ["ps", "-ww", "-p", str(pid), "-o", "state=,args="]  # in full, whatever COLUMNS says
    state, _, arguments = subprocess.run(
        ps, check=False, capture_output=True, text=True
    ).stdout.partition(" ")
    return "" if state.startswith("Z") else arguments.strip()


def is_plugin(pid: int) -> bool:
    """Whether a process is one that the CLI starts: a pid may have been given to another since."""
    return any(word in command_line(pid) for word in ("pulumi.dynamic", "pulumi-"))
