"""The main job, shown on a real Pulumi engine against the emulator; leaves nothing behind.

Runs the stack at the top of this repository in a folder that is thrown away, echoes each command
before it runs, shows what it prints, and fails when a step does not do what it should. In a
terminal each command has one as well, so it shows its live rows. With `--front yaml` the stack is
the example in YAML, with the native provider.
"""

from __future__ import annotations

import argparse
import codecs
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import FrameType

from amplify_job_resource.emulator import Plan, Server

from tools.terminal import open_terminal, shown

ROOT = Path(__file__).resolve().parent.parent
APP, BRANCH = "d1a2b3c4", "main"
#: How the tenants' branches build: each is a minute in one state, which its row shows.
TENANTS = {
    "blue": Plan(pending=0, provisioning=0, build=60, deploy=0.3, verify=0.3),
    "gold": Plan(pending=0, provisioning=0, build=0, deploy=60, verify=0.3),
    "green": Plan(pending=0, provisioning=0, build=0, deploy=0, verify=60),
    "red": Plan(pending=60, provisioning=0, build=1, deploy=0.3, verify=0.3),
}
AT_WORK = ("job 1 BUILD", "job 1 DEPLOY", "job 1 VERIFY", "job 1 PENDING")
#: What the build that fails prints; Amplify adds the time, and INFO where nothing else is said.
FAILING_LOG = [
    "# Executing command: npm run build",
    "> site@1.0.0 build",
    "> tsc && vite build",
    "[WARNING]: src/greeting.ts(3,7): error TS2304: Cannot find name 'grteeting'.",
    "[ERROR]: !!! Build failed",
    "[ERROR]: !!! Error: Command failed with exit code 1",
    "# Starting environment caching...",
    "# Environment caching completed",
]
#: A build of a few seconds.
BUILD = Plan(pending=0.4, provisioning=0.4, build=1.4, deploy=0.3, verify=0.3)
#: Seconds for all of it: far more than it needs, so that only a hang meets it.
TIMEOUT = 600
#: Seconds that a command gets to end after Ctrl-C.
GRACE = 15.0
COLOR = sys.stdout.isatty() and "NO_COLOR" not in os.environ
#: Live rows need a terminal of some width: in a narrower one Pulumi shows none of what jobs do.
TERMINAL = sys.stdout.isatty() and os.get_terminal_size(sys.stdout.fileno()).columns >= 130
YES = ("--yes", "--skip-preview")


class DemoFailed(Exception):
    """A step did not do what it should."""


@dataclass(frozen=True)
class Moment:
    """When a command has printed all of these, in whatever order, something is done."""

    texts: tuple[str, ...]
    action: Callable[[], object]

    def has_come(self, printed: str) -> bool:
        """Whether all of the texts have been printed."""
        return all(text in printed for text in self.texts)


@dataclass(frozen=True)
class Front:
    """A way to declare the release.

    Attributes:
        files: what makes the project; the first is its Pulumi.yaml.
        venv: what stands there for the virtual environment, which is the one that runs this.
        region: the setting for the region.
        host: what has to be on PATH for programs in its language.
        imports: whether `pulumi import` takes a job.
        tenants: what makes a project with a release for each of many branches, if it is shown.
    """

    files: tuple[Path, ...]
    venv: str
    region: str
    host: str
    imports: bool
    tenants: tuple[Path, ...] = ()


PROJECT = ("Pulumi.yaml", "__main__.py")
FRONTS = {
    "python": Front(
        tuple(ROOT / name for name in PROJECT),
        "virtualenv: .venv",
        "aws:region",
        "pulumi-language-python",
        imports=False,
        tenants=tuple(ROOT / "examples/aws-py-many-branches" / name for name in PROJECT),
    ),
    "yaml": Front(
        (ROOT / "examples/aws-yaml-first-release/Pulumi.yaml",),
        "path: .venv",
        "amplify-job:region",
        "pulumi-language-yaml",
        imports=True,
    ),
}


class Demo:
    """One run: a project folder, an environment of its own, and the emulator."""

    def __init__(self, front: Front, folder: Path, server: Server) -> None:
        self.front = front
        self.control = server.control
        self.folder = folder
        self.repository = folder / "repository"
        self._running: subprocess.Popen[bytes] | None = None
        self._ended_by: int | None = None
        for name in ("home", "state", "repository"):
            (folder / name).mkdir()
        self.begin("shop", front.files)
        # Nothing of the developer's own settings can be seen, and nothing of them is changed.
        foreign = ("AWS_", "PULUMI_", "GIT_", "AMPLIFY_JOB_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        self.environment = {
            **kept,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "NO_PROXY": "127.0.0.1,localhost",
            "no_proxy": "127.0.0.1,localhost",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            # The same commits each time.
            "GIT_DEFAULT_HASH": "sha1",
            "GIT_AUTHOR_DATE": "2026-01-05T09:00:00Z",
            "GIT_COMMITTER_DATE": "2026-01-05T09:00:00Z",
            "PULUMI_HOME": str(folder / "home"),
            "PULUMI_BACKEND_URL": (folder / "state").as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "AWS_CONFIG_FILE": str(folder / "aws-config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(folder / "aws-credentials"),
            "AWS_ACCESS_KEY_ID": "demo",
            "AWS_SECRET_ACCESS_KEY": "demo",
            "AWS_ENDPOINT_URL_AMPLIFY": server.url,
        }

    def begin(self, name: str, files: Sequence[Path]) -> None:
        """Make a project of this name, as `pulumi new` does it; the next commands are run there."""
        self.project = self.folder / name
        self.project.mkdir()
        about, *program = files
        for file in program:
            shutil.copy(file, self.project)
        source = re.sub(r"^name: .*", f"name: {name}", about.read_text(encoding="utf-8"))
        for found, put in (
            ("${DESCRIPTION}", "A release"),
            (self.front.venv, self.front.venv.replace(".venv", sys.prefix)),
        ):
            source = source.replace(found, put)
        (self.project / "Pulumi.yaml").write_text(source, encoding="utf-8")

    def commit(self, subject: str) -> str:
        """A commit in the demo's own git repository; its sha."""
        if not (self.repository / ".git").exists():
            self._git("init", "--quiet")
        self._git("commit", "--quiet", "--allow-empty", "--message", subject)
        return self._git("rev-parse", "HEAD").strip()

    def request(self, commit: str) -> None:
        """Set the commit that is to be released."""
        self.pulumi("config", "set", "commitId", commit)

    def pulumi(self, *arguments: str, expect: int = 0, once: Moment | None = None) -> str:
        """Run a command of Pulumi's: see `run`."""
        return self.run(["pulumi", *arguments], expect, once)

    def run(self, command: Sequence[str], expect: int = 0, once: Moment | None = None) -> str:
        """Run a command, show it and what it prints; return what it printed.

        Args:
            command: The command with its arguments.
            expect: 0 when it is to succeed, anything else when it is to fail.
            once: Something to do at a moment of it.

        Raises:
            DemoFailed: it succeeded or failed against what is expected.
        """
        self._leave_if_ended()
        say(f"\n$ {' '.join(command)}", "1;36")
        self._running, reader = self._start(command)
        with self._running:
            if self._ended_by:
                self.press_ctrl_c()
            decoder, printed = codecs.getincrementaldecoder("utf-8")("replace"), ""
            for chunk in shown(reader):
                text = decoder.decode(chunk)
                printed += text
                sys.stdout.write(text)
                sys.stdout.flush()
                if once and once.has_come(printed):
                    once.action()
                    once = None
        os.close(reader)
        code, self._running = self._running.returncode, None
        self._leave_if_ended()
        if (code != 0) != (expect != 0):
            raise DemoFailed(f"`{' '.join(command)}` ended with {code}")
        return printed

    def _start(self, command: Sequence[str]) -> tuple[subprocess.Popen[bytes], int]:
        """Start a command; where the demo has a terminal, it gets one of the same size."""
        if TERMINAL:
            reader, output = open_terminal(*os.get_terminal_size(sys.stdout.fileno()))
        else:
            reader, output = os.pipe()
        try:
            started = subprocess.Popen(
                command,
                cwd=self.project,
                env=self.environment,
                stdin=output if TERMINAL else subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                # A Ctrl-C at the demo reaches the demo alone, which passes it on once.
                start_new_session=True,
            )
        finally:
            os.close(output)
        return started, reader

    def end(self, number: int, _: FrameType | None) -> None:
        """A signal: the command at work is asked to end, and the demo ends with it."""
        if self._ended_by is None:
            self._ended_by = number
            if self._running:
                self.press_ctrl_c()

    def _leave_if_ended(self) -> None:
        if self._ended_by:
            raise SystemExit(128 + self._ended_by)

    def press_ctrl_c(self) -> None:
        """Ask the command at work to end, as a person does; after a while it is killed."""
        running = self._running
        if running and running.poll() is None:
            running.send_signal(signal.SIGINT)
            timer = threading.Timer(GRACE, kill_with_descendants, args=(running.pid,))
            timer.daemon = True
            timer.start()

    def _git(self, *arguments: str) -> str:
        git = ["git", "-c", "user.name=demo", "-c", "user.email=demo@example.com"]
        done = subprocess.run(
            [*git, *arguments],
            cwd=self.repository,
            env=self.environment,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout


def kill_with_descendants(pid: int) -> None:
    """Kill a process that does not end, and all that it started and that is still its own."""
    listed = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid="], check=False, capture_output=True, text=True
    )
    parents = {
        int(child): int(parent) for child, parent in map(str.split, listed.stdout.splitlines())
    }
    if parents.get(pid) != os.getpid():
        return  # It has ended.
    doomed = {pid}
    while more := {child for child, parent in parents.items() if parent in doomed} - doomed:
        doomed |= more
    for each in doomed:
        with suppress(ProcessLookupError):
            os.kill(each, signal.SIGKILL)


def say(text: str, color: str = "1") -> None:
    """A line of the demo's own."""
    sys.stdout.write(f"\033[{color}m{text}\033[0m\n" if COLOR else f"{text}\n")
    sys.stdout.flush()


def expect(text: str, wanted: str) -> None:
    """Fail unless a command printed what it should."""
    if wanted not in text:
        raise DemoFailed(f"expected to read {wanted!r}")


def story(demo: Demo) -> None:
    """The main job, step by step."""
    control = demo.control
    control.create_app(APP, [BRANCH, *map(branch_of, TENANTS)])
    control.default_plan(BUILD)
    first = demo.commit("Say hello")

    say("\n# A first release: the preview tells what would be released, `up` releases and waits.")
    demo.pulumi("stack", "init", "demo")
    demo.pulumi("config", "set", "appId", APP)
    demo.pulumi("config", "set", demo.front.region, "us-east-1")
    demo.request(first)
    expect(demo.pulumi("preview"), f"release {APP}/{BRANCH}: {first[:7]}")
    expect(demo.pulumi("up", *YES), f"https://{BRANCH}.{APP}.amplifyapp.com")

    say("\n# New commits: the preview names the pending release, from which commit to which.")
    demo.commit("Greet everybody")
    second = demo.commit("Fix the greeting")
    demo.request(second)
    expect(demo.pulumi("preview"), f"{first[:7]} -> {second[:7]}")
    report = ["amplify-job", "pending", "--output", "markdown", "--git", "../repository"]
    expect(demo.run(report), "Greet everybody")
    expect(demo.pulumi("up", *YES), "job 2 SUCCEED")

    say("\n# A build that fails: `up` fails with the reason, and the stack remembers the job.")
    failing = replace(
        BUILD,
        outcome="FAILED",
        status_reason="npm run build exited with 1",
        logs={"BUILD": FAILING_LOG},
    )
    control.plan(APP, BRANCH, failing)
    demo.request(demo.commit("Break the build"))
    expect(demo.pulumi("up", *YES, expect=1), "error TS2304: Cannot find name 'grteeting'.")
    expect(demo.pulumi("preview"), "release again: job 3 FAILED")

    say("\n# The repaired build, interrupted while it is waited for: the next `up` keeps waiting.")
    control.plan(APP, BRANCH, replace(BUILD, build=7.0))
    demo.request(demo.commit("Repair the build"))
    building = Moment(("job 4 BUILD",), demo.press_ctrl_c)
    expect(demo.pulumi("up", *YES, expect=1, once=building), "keeps waiting")
    expect(demo.pulumi("up", *YES), "keep waiting for job 4")

    say("\n# Nothing is left to do; refresh finds what is recorded; destroy leaves history alone.")
    expect(demo.pulumi("up", *YES), "2 unchanged")
    expect(demo.pulumi("refresh", *YES), "2 unchanged")
    expect(demo.pulumi("destroy", *YES), "2 deleted")
    if demo.front.imports:
        adoption(demo)
    branches = [BRANCH, *many_branches(demo)]

    say("\n# What Amplify was asked to do:")
    jobs = [job for branch in branches for job in reversed(control.jobs(APP, branch))]
    for job in jobs:
        title = job["commit_message"].partition("\n")[0]
        say(f"job {job['job_id']}  {job['job_type']}  {job['status']:9}  {title}", "0")
    started, stopped = len(control.calls("StartJob")), len(control.calls("StopJob"))
    say(f"{started} jobs started, {stopped} stopped", "0")
    if (started, stopped) != (3 + len(branches), 0):
        raise DemoFailed("4 jobs were to be started, one for each tenant, and none stopped")


def many_branches(demo: Demo) -> list[str]:
    """Release several branches in one `up`; which they are. None where no program shows it."""
    if not demo.front.tenants:
        return []
    say("\n# Many branches side by side: each release has a row of its own, live.")
    demo.begin("tenants", demo.front.tenants)
    for name, plan in TENANTS.items():
        demo.control.plan(APP, branch_of(name), plan)
    commit = demo.commit("Greet the tenants")
    demo.pulumi("stack", "init", "demo")
    settings = [f"{demo.front.region}=us-east-1", f"appId={APP}"]
    settings += [f"tenants.{name}={commit}" for name in TENANTS]
    plain = [word for setting in settings for word in ("--plaintext", setting)]
    demo.pulumi("config", "set-all", "--path", *plain)
    # Nobody waits for that minute.
    at_work = Moment(AT_WORK, partial(demo.control.advance, 100))
    expect(demo.pulumi("up", *YES, once=at_work), f"{1 + len(TENANTS)} created")
    return [branch_of(name) for name in TENANTS]


def branch_of(tenant: str) -> str:
    """The branch that the example with many branches has for a tenant."""
    return f"tenant/{tenant}"


def adoption(demo: Demo) -> None:
    """Take the last job, which no stack knows any more, into the stack by its id."""
    say("\n# A job that no stack knows is imported; the program that Pulumi writes is its program.")
    job = ("amplify-job:index:Job", "site", f"{APP}/{BRANCH}/4")
    demo.pulumi("import", *job, "--out", "imported.yaml", "--protect=false", *YES)
    about = (demo.project / "Pulumi.yaml").read_text(encoding="utf-8").partition("\nconfig:\n")[0]
    written = (demo.project / "imported.yaml").read_text(encoding="utf-8")
    demo.project.joinpath("Pulumi.yaml").write_text(f"{about}\n{written}", encoding="utf-8")
    demo.run(["cat", "imported.yaml"])
    expect(demo.pulumi("preview"), "2 unchanged")
    expect(demo.pulumi("destroy", *YES), "2 deleted")


def missing(front: Front) -> str | None:
    """What is not on this machine, in a sentence; None when all is there."""
    if shutil.which("pulumi") is None:
        return "There is no `pulumi` on PATH: run `make demo`, which provides one."
    if shutil.which(front.host) is None:
        return (
            f"There is no `{front.host}` on PATH, so this Pulumi runs no such program: run "
            "`make demo`, which provides one where Go is installed, or install a newer Pulumi."
        )
    return None


def main() -> int:
    """Run the demo; 0 when every step did what it should."""
    options = argparse.ArgumentParser(description="Show the main job on this machine.")
    options.add_argument(
        "--front",
        choices=FRONTS,
        default="python",
        help="python: the dynamic resource; yaml: the native provider (default: %(default)s)",
    )
    front = FRONTS[options.parse_args().front]
    if problem := missing(front):
        say(problem, "1;31")
        return 1
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="amplify-job-demo-") as folder, Server() as server:
        demo = Demo(front, Path(folder), server)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM):
            signal.signal(number, demo.end)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as `nohup` has it
            signal.signal(signal.SIGHUP, demo.end)
        signal.alarm(TIMEOUT)
        try:
            story(demo)
        except DemoFailed as error:
            say(f"\nThe demo failed: {error}", "1;31")
            return 1
    say(f"\nDone in {time.monotonic() - begun:.0f} s; nothing is left behind.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
