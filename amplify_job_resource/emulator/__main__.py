"""`python -m amplify_job_resource.emulator`: serve the emulator on 127.0.0.1 until told to stop."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from pathlib import Path

from . import register


def main(arguments: list[str] | None = None) -> int:
    """Serve; the one line on stdout is the URL. Ends with 0 on SIGINT and SIGTERM."""
    parser = argparse.ArgumentParser(
        prog="python -m amplify_job_resource.emulator",
        description="Amplify Hosting on this machine. Point AWS_ENDPOINT_URL_AMPLIFY at its URL.",
    )
    parser.add_argument("--port", type=int, default=0, help="port (default: a free one)")
    parser.add_argument(
        "--app",
        action="append",
        default=[],
        metavar="ID[/BRANCH]",
        help="seed an app with a branch (default branch: main), e.g. d1a2b3c4/main; may be repeated",
    )
    parser.add_argument(
        "--region", default="us-east-1", help="the apps' region (default: us-east-1)"
    )
    parser.add_argument(
        "--speed", type=float, default=1.0, help="builds go so many times as fast (default: 1)"
    )
    parser.add_argument(
        "--state", type=Path, help="a file to keep apps and jobs in (default: keep nothing)"
    )
    given = parser.parse_args(arguments)

    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    register()
    from .server import Server

    with Server(given.port, given.state) as server:
        _seed(server.control.url, given.app, given.region)
        if given.speed != 1.0:
            server.control.run(given.speed)
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        stop.wait()
    return 0


def _seed(url: str | None, apps: list[str], region: str) -> None:
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
