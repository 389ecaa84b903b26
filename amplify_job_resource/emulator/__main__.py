"""`python -m amplify_job_resource.emulator`: run the emulator as a server on 127.0.0.1."""

from __future__ import annotations

import argparse
import math
import signal
import sys
import threading
from pathlib import Path

from moto.core.models import DEFAULT_ACCOUNT_ID

from . import Control, Fault
from .exceptions import BadRequestException
from .limits import check
from .models import backend_of


def main(arguments: list[str] | None = None) -> int:
    """Start the server, print its URL as the only line on stdout, and serve until a signal comes.

    Returns:
        0, after SIGINT or SIGTERM.
    """
    parser = _parser()
    options = parser.parse_args(arguments)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        from . import Server
    except ImportError as error:
        sys.exit(str(error))
    try:
        running = Server(options.port, options.state, json_log=options.json_log)
    except (ValueError, OSError) as error:
        parser.error(f"argument --state: {error}")
    with running as server:
        if options.plan:
            try:
                Control().plan_file(options.plan)
            except (ValueError, OSError) as error:
                parser.error(f"argument --plan: {error}")
        Control().fault(*options.fault)
        _create_apps(options.app, options.region)
        _create_apps(options.files_app, options.region, repository=False)
        if options.speed != 1.0:
            server.control.run(options.speed)
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        stop.wait()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m amplify_job_resource.emulator",
        description="Emulate Amplify Hosting on this machine. The command prints one line, its "
        "URL: set AWS_ENDPOINT_URL_AMPLIFY to it, and open it in a browser to see what runs.",
    )
    parser.add_argument(
        "--port", type=_port, default=0, help="port to listen on (default: any free port)"
    )
    parser.add_argument(
        "--app",
        type=_branch,
        action="append",
        default=[],
        metavar="ID[/BRANCH]",
        help="create an app with a branch (default branch: main), e.g. d1a2b3c4/main; may be "
        "repeated",
    )
    parser.add_argument(
        "--files-app",
        type=_branch,
        action="append",
        default=[],
        metavar="ID[/BRANCH]",
        help="the same for an app without a repository, to which files are deployed",
    )
    parser.add_argument(
        "--region",
        type=_region,
        default="us-east-1",
        help="region of the apps (default: us-east-1)",
    )
    parser.add_argument(
        "--speed",
        type=_speed,
        default=1.0,
        help="how many times as fast as in reality jobs run (default: 1)",
    )
    parser.add_argument(
        "--plan",
        type=Path,
        metavar="FILE",
        help="YAML file that says how the jobs of which apps, branches and commits run",
    )
    parser.add_argument(
        "--fault",
        type=_fault,
        action="append",
        default=[],
        metavar="OPERATION:KIND",
        help="what goes wrong with which calls, e.g. StartJob:drop:after:times=2; may be repeated",
    )
    parser.add_argument(
        "--json-log",
        action="store_true",
        help="write a line of JSON on stderr for each request",
    )
    parser.add_argument(
        "--state",
        type=Path,
        help="file that keeps apps and jobs across restarts (default: nothing is kept)",
    )
    return parser


def _create_apps(branches: list[tuple[str, str]], region: str, *, repository: bool = True) -> None:
    """Create what an option names, but for what the state file already contains."""
    backend = backend_of(DEFAULT_ACCOUNT_ID, region)
    for app_id, branch in branches:
        if app_id not in backend.apps:
            Control().create_app(app_id, [], repository=repository, region=region)
        if branch not in backend.apps[app_id].branches:
            backend.add_branch(app_id, branch, {})


def _branch(text: str) -> tuple[str, str]:
    """The app and the branch of `--app`."""
    app_id, slash, branch = text.partition("/")
    branch = branch if slash else "main"
    try:
        check("CreateBranch", {"appId": app_id, "branchName": branch}.get)
    except BadRequestException as error:
        raise argparse.ArgumentTypeError(
            f"{error.message}. Give ID or ID/BRANCH. An app's id is such as d1a2b3c4: a d, then small "
            "letters and digits, 20 characters at most."
        ) from None
    return app_id, branch


def _fault(text: str) -> Fault:
    """The fault of `--fault`."""
    try:
        return Fault.from_text(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _region(text: str) -> str:
    """The region of `--region`, which must have Amplify."""
    try:
        return backend_of(DEFAULT_ACCOUNT_ID, text).region_name
    except BadRequestException as error:
        raise argparse.ArgumentTypeError(error.message) from None


def _speed(text: str) -> float:
    """The speed of `--speed`: a number that is not negative."""
    speed = _number(text)
    if not 0 <= speed < math.inf:
        raise argparse.ArgumentTypeError(f"a speed is a number, 0 or more, not {text}")
    return speed


def _port(text: str) -> int:
    """The port of `--port`."""
    port = _number(text)
    if not (0 <= port < 65536 and port.is_integer()):
        raise argparse.ArgumentTypeError(f"a port is a number from 0 to 65535, not {text}")
    return int(port)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


if __name__ == "__main__":
    sys.exit(main())
