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
from .deploy import deploy
from .exit_codes import ERROR, FAILED, OK, SIGNALLED, TIMED_OUT, USAGE
from .jobs import history, start, status, stop, wait
from .logs import logs
from .pending import pending
from .shell import NoSuchJobYet, say
from .signals import Interrupted, Signals


@click.group(
    # What click does without a command differs from version to version.
    no_args_is_help=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(version("amplify-job-resource"), message="%(version)s")
def amplify_job() -> None:
    """Releases of AWS Amplify Hosting: what is pending, and what runs."""


for _command in (pending, status, wait, logs, start, deploy, stop, history):
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
        say(str(error))
        return FAILED
    except (WaitTimeout, NoSuchJobYet, Unanswered) as error:
        say(str(error))
        return TIMED_OUT
    except AmplifyJobError as error:
        say(str(error))
        return ERROR
    except BrokenPipeError:
        # Whoever read has enough; what is still to be flushed at the end must not fail either.
        _close_stdout()
        return OK
    except OSError as error:
        # Whatever else is read or written says itself what is wrong.
        say(f"stdout cannot be written: {error.strerror or error}")
        _close_stdout()
        return ERROR
    return result if isinstance(result, int) else OK


def _close_stdout() -> None:
    """Have nothing more written to stdout, also not what is to be flushed at the end."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
