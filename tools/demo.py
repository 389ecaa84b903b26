"""The main job, shown on a real Pulumi engine against the emulator; leaves nothing behind.

Runs the stack at the top of this repository in a folder that is thrown away, echoes each command
before it runs, shows what it prints, and fails when a step does not do what it should.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import FrameType

from amplify_job_resource.emulator import Plan, Server

ROOT = Path(__file__).resolve().parent.parent
APP, BRANCH = "d1a2b3c4", "main"
#: A build of a few seconds.
BUILD = Plan(pending=0.5, provisioning=0.5, build=1.5, deploy=0.3, verify=0.2)
COLOR = sys.stdout.isatty() and "NO_COLOR" not in os.environ


class DemoFailed(Exception):
    """A step did not do what it should."""


class Demo:
    """One run: a project folder, an environment of its own, and the emulator."""

    def __init__(self, folder: Path, server: Server) -> None:
        self.control = server.control
        self.project = folder / "project"
        self.repository = folder / "repository"
        self._running: subprocess.Popen[str] | None = None
        for name in ("project", "home", "state", "repository"):
            (folder / name).mkdir()
        source = (ROOT / "Pulumi.yaml").read_text(encoding="utf-8")
        # The project's own virtual environment is the one that runs this.
        venv = f"virtualenv: {Path(sys.prefix)}"
        (self.project / "Pulumi.yaml").write_text(source.replace("virtualenv: .venv", venv))
        shutil.copy(ROOT / "__main__.py", self.project)
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("AWS_", "PULUMI_"))
        }
        self.environment = {
            **kept,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PULUMI_HOME": str(folder / "home"),
            "PULUMI_BACKEND_URL": (folder / "state").as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "AWS_ACCESS_KEY_ID": "demo",
            "AWS_SECRET_ACCESS_KEY": "demo",
            "AWS_ENDPOINT_URL_AMPLIFY": server.url,
        }

    def commit(self, subject: str) -> str:
        """A commit in the demo's own git repository; its sha."""
        git = ["git", "-c", "user.name=demo", "-c", "user.email=demo@example.com"]
        if not (self.repository / ".git").exists():
            self._quiet([*git, "init", "--quiet", "--initial-branch", BRANCH])
        self._quiet([*git, "commit", "--quiet", "--allow-empty", "--message", subject])
        return self._quiet([*git, "rev-parse", "HEAD"]).strip()

    def release(self, commit: str) -> None:
        """Wish for another commit."""
        self.pulumi("config", "set", "commitId", commit)

    def pulumi(self, *arguments: str, expect: int = 0) -> str:
        """Run a command, show it and what it prints; its exit code must be what is expected."""
        return self.run(["pulumi", *arguments], expect)

    def run(self, command: Sequence[str], expect: int = 0, interrupt_at: str | None = None) -> str:
        """Run any command like `pulumi`; with `interrupt_at` press Ctrl-C once that was printed."""
        say(f"\n$ {' '.join(command)}", "1;36")
        self._running = subprocess.Popen(
            command,
            cwd=self.project,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        printed = []
        assert self._running.stdout
        for line in self._running.stdout:
            printed.append(line)
            sys.stdout.write(line)
            sys.stdout.flush()
            if interrupt_at and interrupt_at in line:
                interrupt_at = None
                say("^C", "1;33")
                self._running.send_signal(signal.SIGINT)
        self._running.stdout.close()
        code = self._running.wait()
        self._running = None
        if (code != 0) != (expect != 0):
            raise DemoFailed(f"`{' '.join(command)}` ended with {code}")
        return "".join(printed)

    def stop(self) -> None:
        """End the command that is running, if any: Ctrl-C first, so that its plugins end too."""
        running = self._running
        if running and running.poll() is None:
            running.send_signal(signal.SIGINT)
            try:
                running.wait(10)
            except subprocess.TimeoutExpired:
                running.kill()

    def _quiet(self, command: list[str]) -> str:
        return subprocess.run(
            command, cwd=self.repository, check=True, capture_output=True, text=True
        ).stdout


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
    control.create_app(APP, [BRANCH])
    control.default_plan(BUILD)
    up = ("up", "--yes", "--skip-preview", "--non-interactive")
    first = demo.commit("Say hello")

    say("\n# A first release: the preview tells what would be released, `up` releases and waits.")
    demo.pulumi("stack", "init", "demo")
    demo.pulumi("config", "set", "appId", APP)
    demo.pulumi("config", "set", "aws:region", "us-east-1")
    demo.release(first)
    expect(demo.pulumi("preview"), f"release {APP}/{BRANCH}: {first[:7]}")
    expect(demo.pulumi(*up), "job 1 SUCCEED")

    say("\n# New commits: the preview names the pending release, from which commit to which.")
    demo.commit("Greet everybody")
    second = demo.commit("Fix the greeting")
    demo.release(second)
    expect(demo.pulumi("preview"), f"{first[:7]} -> {second[:7]}")
    report = ["amplify-job", "pending", "--format", "markdown", "--git", str(demo.repository)]
    expect(demo.run(report), "Greet everybody")
    expect(demo.pulumi(*up), "job 2 SUCCEED")

    say("\n# A build that fails: `up` fails with the reason, and the stack remembers the job.")
    control.plan(
        APP,
        BRANCH,
        replace(BUILD, outcome="FAILED", status_reason="npm run build exited with 1"),
    )
    demo.release(demo.commit("Break the build"))
    expect(demo.pulumi(*up, expect=1), "step BUILD FAILED: npm run build exited with 1")
    expect(demo.pulumi("preview"), "release again: job 3 FAILED")

    say(
        "\n# The repaired build, interrupted while it is waited for: the next `up` goes on waiting."
    )
    control.plan(APP, BRANCH, replace(BUILD, build=8.0))
    demo.release(demo.commit("Repair the build"))
    expect(demo.run(["pulumi", *up], expect=1, interrupt_at="job 4 BUILD"), "goes on waiting")
    expect(demo.pulumi(*up), "go on waiting for job 4")

    say("\n# Nothing is left to do; refresh finds what is recorded; destroy leaves history alone.")
    expect(demo.pulumi(*up), "unchanged")
    demo.pulumi("refresh", "--yes", "--skip-preview", "--non-interactive")
    demo.pulumi("destroy", "--yes", "--skip-preview", "--non-interactive")

    say("\n# What Amplify was asked to do:")
    started, stopped = control.calls("StartJob"), control.calls("StopJob")
    for job in reversed(control.jobs(APP, BRANCH)):
        title = job["commit_message"].partition("\n")[0]
        say(f"job {job['job_id']}  {job['job_type']}  {job['status']:9}  {title}", "0")
    say(f"{len(started)} jobs started, {len(stopped)} stopped", "0")
    if (len(started), len(stopped)) != (4, 0):
        raise DemoFailed("4 jobs were to be started, and none stopped")


def main() -> int:
    """Run the demo; 0 when every step did what it should."""

    def end(number: int, _: FrameType | None) -> None:
        raise SystemExit(128 + number)

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="amplify-job-demo-") as folder, Server() as server:
        demo = Demo(Path(folder), server)
        try:
            story(demo)
        except DemoFailed as error:
            say(f"\nThe demo failed: {error}", "1;31")
            return 1
        finally:
            demo.stop()
    say(f"\nDone in {time.monotonic() - begun:.0f} s; nothing is left behind.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
