"""The command group, and how errors become exit codes."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib.metadata import version

import click

from ..errors import AmplifyJobError, JobFailed, Unanswered, WaitTimeout
from .exit_codes import ERROR, FAILED, OK, SIGNALLED, TIMED_OUT, USAGE
from .jobs import history, start, status, stop, wait
from .logs import logs
from .pending import pending
from .shell import NoSuchJobYet
from .signals import Interrupted, Signals


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(version("amplify-job-resource"), message="%(version)s")
def amplify_job() -> None:
    """Releases of AWS Amplify Hosting: what is pending, and what runs."""


for _command in (pending, status, wait, logs, start, stop, history):
    amplify_job.add_command(_command)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a command line; the exit code. Data goes to stdout, everything else to stderr."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # Not every terminal can show an arrow.
    with Signals() as signals:
        try:
            return _run(arguments, signals)
        except Interrupted as error:
            # After SIGHUP there may be no terminal to write to.
            with suppress(OSError):
                sys.stderr.write(f"{error}\n")
            return SIGNALLED + error.number


def _run(arguments: Sequence[str] | None, signals: Signals) -> int:
    try:
        # Not `main`, which ends with 1 when a reader has enough.
        given = list(sys.argv[1:] if arguments is None else arguments)
        with amplify_job.make_context("amplify-job", given, obj=signals) as context:
            result = amplify_job.invoke(context)
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.UsageError as error:
        error.show()
        return USAGE
    except click.ClickException as error:
        error.show()
        return ERROR
    except JobFailed as error:
        sys.stderr.write(f"{error}\n")
        return FAILED
    except (WaitTimeout, NoSuchJobYet, Unanswered) as error:
        sys.stderr.write(f"{error}\n")
        return TIMED_OUT
    except AmplifyJobError as error:
        sys.stderr.write(f"{error}\n")
        return ERROR
    except BrokenPipeError:
        # Whoever read has enough; what is still to be flushed at the end must not fail either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    return result if isinstance(result, int) else OK
