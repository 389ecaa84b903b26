"""What is wrong with a set of inputs: all of it at once, by input, before anything is started."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from .._amplify.ids import is_region
from .._values.commits import SECRET
from .._values.text import shortened
from .._values.times import parse_time
from .._values.unknown import UNKNOWN
from .limits import Limit, start_job_limits
from .request import JOB_INPUTS, Properties
from .schema import Form, Row, Schema, snake_case
from .secrets import is_secret
from .words import JobType

#: The greatest count that an input may be: more lines than that nobody reads.
MAX_COUNT: Final = 1000
#: A path of a page, quoted as in an address, maybe with a query.
_PATH: Final = re.compile(r"/(?!/)[!-~]{0,999}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with one input.

    Attributes:
        key: the input's name in state.
        reason: a sentence that begins with the input's name as the user knows it.
    """

    key: str
    reason: str


def problems(
    properties: Properties,
    name: Callable[[str], str] = snake_case,
    inputs: Schema = JOB_INPUTS,
) -> list[Problem]:
    """Everything that is wrong with a set of inputs; empty when it is good.

    Args:
        properties: The inputs; a value that is not known yet is `UNKNOWN` and passes.
        name: The user's name of an input, made from its key: Python's, unless another front asks.
        inputs: The table of the resource's inputs.
    """
    given = {key: value for key, value in properties.items() if value is not None}
    found = {
        row.key: f"is required: give {row.input.what}"
        for row in inputs.rows
        if row.required and row.key not in given
    }
    limits = start_job_limits()
    for key, row in inputs.by_key.items():
        value = given.get(key, UNKNOWN)
        reason = None if value is UNKNOWN else _problem(row, value, limits.get(key, Limit()))
        if reason and is_secret(properties, key):
            reason = "is not valid (it is a secret, so it is not shown here)"
        if reason:
            found[key] = reason
    # Nothing more can be said of an input that is wrong by itself.
    trusted = {key: UNKNOWN if key in found else value for key, value in given.items()}
    for key, reason in _combined_problems(trusted, name):
        found.setdefault(key, reason)
    return [Problem(key, f"{name(key)} {reason}") for key, reason in found.items()]


def _problem(row: Row, value: Any, limit: Limit) -> str | None:
    """What is wrong with one value, None when it is good."""
    form = row.input.form
    if form in (Form.TEXT, Form.PROSE):
        return _text_problem(row, value, limit)
    if form is Form.TIME:
        return _time_problem(value)
    if form is Form.FLAG and not isinstance(value, bool):
        return f"must be true or false, not {shortened(value)}"
    if form is Form.COUNT and not is_count(value):
        return f"must be a whole number from 0 to {MAX_COUNT}, not {shortened(value)}"
    if form is Form.NUMBER and not is_whole(value):
        return f"must be a whole number, not {shortened(value)}"
    if form is Form.TRIGGERS and not isinstance(value, (list, dict)):
        return f"must be a map or a list, not {shortened(value)}"
    if form is Form.TRIGGERS and (asset := asset_in(value)):
        return f"hold a value of type {asset}, which cannot be recorded: give a digest of it"
    if form is Form.SOURCE and not _is_source(value):
        return f"must be a path, an address or an archive, not {shortened(value)}"
    if form is Form.TEXTS and not _are_texts(value):
        return f"must be a list of texts, not {shortened(value)}"
    return None


def _is_source(value: Any) -> bool:
    """Whether a value is a path or an address, or the parts of an archive: see `_content.source`."""
    if isinstance(value, list):
        return bool(value) and all(isinstance(part, list) and _are_texts(part) for part in value)
    return isinstance(value, str) and bool(value.strip())


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(text, str) or text is UNKNOWN for text in value
    )


def is_count(value: Any) -> bool:
    """Whether a value is a count."""
    return is_whole(value) and value <= MAX_COUNT


def is_whole(value: Any) -> bool:
    """Whether a value is a whole number, 0 or greater; Pulumi hands over each number as a float."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return is_number and value >= 0 and (isinstance(value, int) or value.is_integer())


def asset_in(value: Any) -> str | None:
    """The type of the first part of a value that is no plain one, such as `FileAsset`; None if all are.

    `Job` makes a digest of each asset. One that a transform brings in later is still an asset.
    """
    if isinstance(value, dict):
        return next(filter(None, map(asset_in, value.values())), None)
    if isinstance(value, list):
        return next(filter(None, map(asset_in, value)), None)
    plain = value is None or value is UNKNOWN or isinstance(value, (str, int, float))
    return None if plain else type(value).__name__


def _combined_problems(given: Properties, name: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    """Rules over more than one input; each value is good by itself, or `UNKNOWN`."""
    job_type = given.get("jobType", JobType.RELEASE)
    source = given.get("sourceJobId")
    if job_type == JobType.RETRY and source is None:
        yield "sourceJobId", "is required: a RETRY re-runs the job that it names"
    if job_type not in (JobType.RETRY, UNKNOWN) and source not in (None, UNKNOWN):
        shown = SECRET if is_secret(given, "jobType") else job_type
        yield "sourceJobId", f"is only for {name('jobType')} {JobType.RETRY}, not for {shown}"
    if "healthCheck" in given and given.get("waitForCompletion") is False:
        yield (
            "healthCheck",
            f"needs {name('waitForCompletion')}: it looks at the site after the job",
        )
    for key in ("verifyCommit", "skipIfBuilt"):
        if given.get(key) is True and "commitId" not in given:
            yield key, f"needs a {name('commitId')} to compare with"
    if given.get("skipIfBuilt") is True and job_type == JobType.RETRY:
        yield (
            "skipIfBuilt",
            f"cannot be combined with {name('jobType')} {JobType.RETRY}, which always runs a job",
        )


def _text_problem(row: Row, value: Any, limit: Limit) -> str | None:
    if not isinstance(value, str):
        return f"must be text, not {shortened(value)}"
    if not value:
        return f"is empty: give {row.input.what if row.required else 'a value or leave it out'}"
    if row.key == "healthCheck" and not _PATH.fullmatch(value):
        return f"must be the path of a page, such as / or /health, not {shortened(value)}"
    if row.key == "region" and not is_region(value):
        return f"{shortened(value)} is not the name of a region such as eu-west-1"
    found = _word_problem(row, value, limit) or _limit_problem(value, limit)
    return found or (_blank_problem(value) if row.input.form is Form.TEXT else None)


def _blank_problem(value: str) -> str | None:
    """White space around a name, as the line break that `git rev-parse` prints behind a commit."""
    before = value[: len(value) - len(value.lstrip())]
    after = value[len(value.rstrip()) :]
    if before:
        return f"begins with {shortened(before)}: remove it, as with .strip()"
    return f"ends with {shortened(after)}: remove it, as with .strip()" if after else None


def _word_problem(row: Row, value: str, limit: Limit) -> str | None:
    if row.key == "jobType" and value == JobType.MANUAL:
        return (
            "MANUAL cannot be started with StartJob, AWS refuses it: manual deployments go through "
            "CreateDeployment and StartDeployment; use RELEASE for an app connected to a repository"
        )
    words = [word.value for word in row.input.words or ()] or list(limit.enum)
    if words and value not in words:
        offered = ", ".join(word for word in words if word != JobType.MANUAL)
        return f"must be one of {offered}, not {shortened(value)}"
    return None


def _limit_problem(value: str, limit: Limit) -> str | None:
    if limit.maximum is not None and len(value) > limit.maximum:
        return f"has {len(value)} characters; AWS allows at most {limit.maximum}"
    if limit.minimum is not None and len(value) < limit.minimum:
        return f"has {len(value)} characters; AWS requires at least {limit.minimum}"
    if limit.pattern and not re.fullmatch(limit.pattern, value, re.ASCII):
        return f"{shortened(value)} is not of the form {limit.pattern}"
    return None


def _time_problem(value: Any) -> str | None:
    try:
        parse_time(value)
    except ValueError as error:
        return str(error)
    return None
