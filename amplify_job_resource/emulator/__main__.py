"""`python -m amplify_job_resource.emulator`: run the emulator as a server on 127.0.0.1."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from pathlib import Path

from . import register


def main(arguments: list[str] | None = None) -> int:
    """Start the server, print its URL as the only line on stdout, and serve until a signal comes.

    Returns:
        0, after SIGINT or SIGTERM.
    """
    parser = argparse.ArgumentParser(
        prog="python -m amplify_job_resource.emulator",
        description="Emulate Amplify Hosting on this machine. The command prints one line, its "
        "URL: set AWS_ENDPOINT_URL_AMPLIFY to it.",
    )
    parser.add_argument(
        "--port", type=int, default=0, help="port to listen on (default: any free port)"
    )
    parser.add_argument(
        "--app",
        action="append",
        default=[],
        metavar="ID[/BRANCH]",
        help="create an app with a branch (default branch: main), e.g. d1a2b3c4/main; may be "
        "repeated",
    )
    parser.add_argument(
        "--region", default="us-east-1", help="region of the apps (default: us-east-1)"
    )
    parser.add_argument(
        "--speed",
        type=float,
        default=1.0,
        help="how many times as fast as real time the emulator's clock runs (default: 1)",
    )
    parser.add_argument(
        "--state",
        type=Path,
        help="file that keeps apps and jobs across restarts (default: nothing is kept)",
    )
    options = parser.parse_args(arguments)

    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    register()
    from .server import Server

    with Server(options.port, options.state) as server:
        _create_apps(server.control.url, options.app, options.region)
        if options.speed != 1.0:
            server.control.run(options.speed)
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        stop.wait()
    return 0


def _create_apps(url: str | None, apps: list[str], region: str) -> None:
    """Create the apps of `--app`, except those that the state file already contains."""
    from .control import Control
    from .models import amplify_backends

    control = Control(url)
    branches: dict[str, list[str]] = {}
    for app in apps:
        app_id, _, branch = app.partition("/")
        branches.setdefault(app_id, []).append(branch or "main")
    for app_id, names in branches.items():
        if app_id not in amplify_backends["123456789012"][region].apps:
            control.create_app(app_id, names, region=region)


if __name__ == "__main__":
    sys.exit(main())
