"""The options that several commands have; each has one meaning in all of them."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from .._inputs.rules import MAX_COUNT
from .._stack_defaults import DEFAULT_LINES
from .._values.durations import parse_duration
from ..report.pending import MAX_FILES

F = TypeVar("F", bound=Callable[..., Any])


def output(*forms: str) -> Callable[[F], F]:
    """`--output`: in which form the data is printed; the first form is the default."""
    return _output(forms, otherwise="")


def document(*forms: str) -> Callable[[F], F]:
    """`--output` and `--file`, for data that somebody may keep as a file."""

    def decorated(command: F) -> F:
        file = click.option(
            "--file",
            type=click.Path(dir_okay=False, path_type=Path),
            callback=_file,
            help="Write the data to this file. Default: stdout, as with -.",
        )
        return _output(forms, otherwise="; --file names a file to write to")(file(command))

    return decorated


def _file(_: click.Context, __: click.Parameter, value: Path | None) -> Path | None:
    return None if value == Path("-") else value


def stack_name(_: click.Context, __: click.Parameter, value: Any) -> Any:
    """The names of stacks; an empty one, as of a variable that is not set, is no stack."""
    if "" in (value if isinstance(value, tuple) else (value,)):
        raise click.BadParameter("it is empty: give the name of a stack")
    return value


def _output(forms: tuple[str, ...], otherwise: str) -> Callable[[F], F]:
    def one_of(_: click.Context, __: click.Parameter, value: str) -> str:
        if value not in forms:
            raise click.BadParameter(
                f"{value!r} is none of the forms {', '.join(forms)}{otherwise}"
            )
        return value

    return click.option(
        "--output",
        metavar=f"[{'|'.join(forms)}]",
        default=forms[0],
        callback=one_of,
        help=f"Form of the data. Default: {forms[0]}.",
    )


def renamed(option: str, now: str) -> Callable[[F], F]:
    """Refuse an option that other tools have, and say what it is called here."""

    def refuse(_: click.Context, __: click.Parameter, value: str | None) -> None:
        if value is not None:
            raise click.UsageError(f"there is no {option} here, give {now.format(value)}")

    return click.option(option, callback=refuse, expose_value=False, hidden=True)


def aws(command: F) -> F:
    """`--region` and `--profile`."""
    for name, meaning in (
        ("--profile", "A profile of the AWS config. Default: the stack's, else boto3's own chain."),
        ("--region", "The app's region. Default: the stack's, else boto3's own chain."),
    ):
        command = click.option(name, help=meaning)(command)
    return command


def project(command: F) -> F:
    """`--cwd`: the folder of the Pulumi project."""
    return click.option(
        "--cwd",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        default=".",
        help="The Pulumi project's folder. Default: this one.",
    )(command)


def _duration(_: click.Context, __: click.Parameter, value: str) -> float:
    try:
        return float(parse_duration(value))
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


timeout: Final = click.option(
    "--timeout", default="60m", callback=_duration, help="How long to wait at most. Default: 60m."
)


log_lines: Final = click.option(
    "--log-lines",
    type=click.IntRange(0, MAX_COUNT),
    help=f"How many lines of a failed build's log to show, 0 for none. Default: {DEFAULT_LINES}.",
)


max_files: Final = click.option(
    "--max-files",
    type=click.IntRange(0, 100_000),
    default=MAX_FILES,
    help=f"How many files to list of each deployment. Default: {MAX_FILES}.",
)


def write(text: str, file: Path | None) -> None:
    """Write to a file, or to stdout for None: in UTF-8, whatever the terminal takes."""
    if file is None:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    try:
        file.write_text(text, encoding="utf-8", errors="replace")
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror}") from None


def print_lines(*lines: str) -> None:
    """Print lines to stdout; `run` has made it write `?` for what the terminal cannot show."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()
