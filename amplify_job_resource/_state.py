"""The properties that Pulumi keeps: all inputs, and what is known of the job.

What never gets in: log and artifact URLs (signed: whoever holds one can read the build log),
credentials, raw answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from ._amplify.ids import JobId, region_in_arn
from ._amplify.records import JobRecord, Step
from ._amplify.status import NO_STATUS
from ._inputs.deployment import ALL_INPUTS
from ._inputs.request import Properties
from ._inputs.secrets import SECRET_INPUTS, is_secret
from ._values.times import format_time, parse_time
from .errors import InvalidId

#: Python's name of each output, and its key in state.
OUTPUTS: Final = {
    "job_id": "jobId",
    "job_arn": "jobArn",
    "status": "status",
    "reported_commit_id": "reportedCommitId",
    "start_time": "startTime",
    "end_time": "endTime",
    "duration_seconds": "durationSeconds",
    "steps": "steps",
    "url": "url",
    "console_url": "consoleUrl",
    "healthy": "healthy",
    "adopted": "adopted",
}

#: The same for a deployment of files, which has no commit, and which nobody else can have started.
DEPLOYMENT_OUTPUTS: Final = {
    name: key for name, key in OUTPUTS.items() if name not in ("reported_commit_id", "adopted")
}

#: The outputs that hold inputs, by keys: they are secrets where an input in them is one.
MADE_OF: Final = {
    "reportedCommitId": ("commitId",),
    "jobArn": ("appId", "branchName", "region"),
    "url": ("appId", "branchName"),
    "consoleUrl": ("appId", "branchName", "region"),
}

_INPUT_KEYS: Final = (*ALL_INPUTS.by_key, SECRET_INPUTS)


def properties_of(
    inputs: Properties,
    job: JobRecord,
    *,
    adopted: bool,
    url: Any,
    healthy: bool | None = None,
    outputs: Mapping[str, str] = OUTPUTS,
) -> dict[str, Any]:
    """The complete properties of a job: the inputs as they are, then the outputs.

    Args:
        inputs: Properties whose inputs are kept; their outputs are not.
        job: The job as last seen.
        adopted: Whether somebody else started the job, so that it is not ours to stop.
        url: The address of the branch's site, None where that is not known.
        healthy: Whether the page of `health_check` answered well; False, too, where the next update is
            to look, and None where nobody does.
        outputs: The key of each output that the resource has.
    """
    kept = {key: inputs[key] for key in _INPUT_KEYS if inputs.get(key) is not None}
    known = {
        "jobId": job.id.number_text,
        "jobArn": job.arn,
        "status": job.status,
        "reportedCommitId": job.reported_commit,
        "startTime": _time(job.start_time),
        "endTime": _time(job.end_time),
        "durationSeconds": job.duration_seconds,
        "steps": [_step(step) for step in job.steps],
        "url": url,
        "consoleUrl": job.console_url,
        "healthy": healthy,
        "adopted": adopted,
    }
    return {**kept, **{key: known[key] for key in outputs.values()}}


def recorded_id(id_: str) -> JobId:
    """The parts of a resource id in state.

    Raises:
        errors.InvalidId: it is not of the form `appId/branchName/jobId`.
    """
    parsed = JobId.parse(id_)
    if parsed is None:
        raise InvalidId(id_)
    return parsed


def is_release(id_: str, properties: Properties) -> bool:
    """Whether a recorded resource is a release of this package.

    It may be something else that an alias has led here: a home-made resource of another shape.
    """
    job = JobId.parse(id_)
    parts = [properties.get(key) for key in ("appId", "branchName", "jobId")]
    if job is None or not all(isinstance(part, str) for part in parts):
        return False
    return job.is_same(JobId.parse("/".join(map(str, parts))))


def recorded_job(job_id: JobId, properties: Properties) -> JobRecord:
    """The job as it was when the properties were recorded; what cannot be read counts as unknown."""
    return JobRecord(
        id=job_id,
        status=_text(properties, "status") or NO_STATUS,
        arn=_text(properties, "jobArn"),
        job_type=_text(properties, "jobType"),
        reported_commit=_text(properties, "reportedCommitId"),
        start_time=_parsed(properties.get("startTime")),
        end_time=_parsed(properties.get("endTime")),
        region=recorded_region(properties),
        steps=tuple(_recorded_step(step) for step in _steps(properties)),
    )


def hides_site(inputs: Properties) -> bool:
    """Whether the address of the site is a secret: it is made of app and branch."""
    return is_secret(inputs, "appId") or is_secret(inputs, "branchName")


def shown_url(inputs: Properties, url: Any) -> str | None:
    """The address of a site as far as it is known and may be shown."""
    return url if isinstance(url, str) and not hides_site(inputs) else None


def recorded_region(properties: Properties) -> str | None:
    """The region of a recorded job, whatever today's settings are."""
    return region_in_arn(_text(properties, "jobArn")) or _text(properties, "region")


def recorded_profile(properties: Properties) -> str | None:
    """The profile of a recorded job."""
    return _text(properties, "profile")


def _step(step: Step) -> dict[str, Any]:
    entries = {
        "name": step.name,
        "status": step.status,
        "startTime": _time(step.start_time),
        "endTime": _time(step.end_time),
        "statusReason": step.status_reason,
    }
    return {key: value for key, value in entries.items() if value is not None}


def _steps(properties: Properties) -> list[Mapping[str, Any]]:
    steps = properties.get("steps")
    return [step for step in steps if isinstance(step, Mapping)] if isinstance(steps, list) else []


def _recorded_step(step: Mapping[str, Any]) -> Step:
    return Step(
        _text(step, "name") or "?",
        _text(step, "status") or NO_STATUS,
        _parsed(step.get("startTime")),
        _parsed(step.get("endTime")),
        _text(step, "statusReason"),
    )


def _text(properties: Mapping[str, Any], key: str) -> str | None:
    value = properties.get(key)
    return value if isinstance(value, str) else None


def _time(time: datetime | None) -> str | None:
    return None if time is None else format_time(time)


def _parsed(text: Any) -> datetime | None:
    try:
        return parse_time(text)
    except ValueError:
        return None
