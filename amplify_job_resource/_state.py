"""The properties that Pulumi keeps: all inputs, and what is known of the job.

What never gets in: log and artifact URLs (signed: whoever holds one can read the build log),
credentials, raw answers.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from ._amplify.ids import JobId, region_in_arn
from ._amplify.records import JobRecord, Step
from ._amplify.status import NO_STATUS
from ._inputs.request import JOB_INPUTS, Properties
from ._inputs.secrets import SECRET_INPUTS
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
    "console_url": "consoleUrl",
    "adopted": "adopted",
}

_INPUT_KEYS: Final = (*JOB_INPUTS.by_key, SECRET_INPUTS)


def properties_of(inputs: Properties, job: JobRecord, *, adopted: bool) -> dict[str, Any]:
    """The complete properties of a job: the inputs as they are, then the outputs.

    Args:
        inputs: Properties whose inputs are kept; their outputs are not.
        job: The job as last seen.
        adopted: Whether somebody else started the job, so that it is not ours to stop.
    """
    kept = {key: inputs[key] for key in _INPUT_KEYS if inputs.get(key) is not None}
    return {
        **kept,
        "jobId": job.id.number_text,
        "jobArn": job.arn,
        "status": job.status,
        "reportedCommitId": job.reported_commit,
        "startTime": _time(job.start_time),
        "endTime": _time(job.end_time),
        "durationSeconds": job.duration_seconds,
        "steps": [_step(step) for step in job.steps],
        "consoleUrl": job.console_url,
        "adopted": adopted,
    }


def recorded_id(id_: str) -> JobId:
    """The parts of a resource id in state.

    Raises:
        errors.InvalidId: it is not of the form `appId/branchName/jobId`.
    """
    parsed = JobId.parse(id_)
    if parsed is None:
        raise InvalidId(id_)
    return parsed


def recorded_job(job_id: JobId, properties: Properties) -> JobRecord:
    """The job as it was when the properties were recorded."""
    return JobRecord(
        id=job_id,
        status=properties.get("status") or NO_STATUS,
        arn=properties.get("jobArn"),
        job_type=properties.get("jobType"),
        reported_commit=properties.get("reportedCommitId"),
        start_time=_parsed(properties.get("startTime")),
        end_time=_parsed(properties.get("endTime")),
        region=recorded_region(properties),
        steps=tuple(
            Step(
                step.get("name", "?"),
                step.get("status", NO_STATUS),
                _parsed(step.get("startTime")),
                _parsed(step.get("endTime")),
                step.get("statusReason"),
            )
            for step in properties.get("steps") or ()
        ),
    )


def recorded_region(properties: Properties) -> str | None:
    """The region of a recorded job, whatever today's settings are."""
    return region_in_arn(properties.get("jobArn")) or properties.get("region")


def is_same_job(recorded: JobRecord, found: JobRecord) -> bool:
    """Whether a job found under a recorded id is the recorded one.

    Deleting a branch and making it anew starts its counter again, so an id can come to name another
    job. A job that has ended keeps its start time for ever.
    """
    if not recorded.has_ended or recorded.start_time is None or found.start_time is None:
        return True
    return abs((recorded.start_time - found.start_time).total_seconds()) < 1


def _step(step: Step) -> dict[str, Any]:
    entries = {
        "name": step.name,
        "status": step.status,
        "startTime": _time(step.start_time),
        "endTime": _time(step.end_time),
        "statusReason": step.status_reason,
    }
    return {key: value for key, value in entries.items() if value is not None}


def _time(time: datetime | None) -> str | None:
    return None if time is None else format_time(time)


def _parsed(text: Any) -> datetime | None:
    return parse_time(text) if text else None
