"""The bag that Pulumi keeps: all inputs, and what is known of the job.

What never gets in: log and artifact URLs (signed: whoever holds one can read the build log),
credentials, raw answers.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from ._amplify.api import JobRecord, Step
from ._amplify.ids import JobId, region_of
from ._inputs.inputs import INPUTS, SECRET_INPUTS, Bag, format_time, parse_time

#: Python's name of each output, and Pulumi's.
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

_INPUT_KEYS = (*INPUTS.values(), SECRET_INPUTS)


def bag_of(inputs: Bag, job: JobRecord, *, adopted: bool) -> dict[str, Any]:
    """The complete bag of a job: the inputs as they are, then the outputs.

    Args:
        inputs: A bag whose inputs are kept (its outputs are not).
        job: The job as last seen.
        adopted: Whether somebody else started the job, so that it is not ours to stop.
    """
    bag = {key: inputs[key] for key in _INPUT_KEYS if inputs.get(key) is not None}
    bag.update(
        jobId=job.id.job_id,
        jobArn=job.arn,
        status=job.status,
        reportedCommitId=job.commit_id,
        startTime=_time(job.start_time),
        endTime=_time(job.end_time),
        durationSeconds=job.duration_seconds,
        steps=[_step(step) for step in job.steps],
        consoleUrl=job.console_url,
        adopted=adopted,
    )
    return bag


def recorded_job(job_id: JobId, bag: Bag) -> JobRecord:
    """The job as the bag last saw it."""
    return JobRecord(
        id=job_id,
        status=bag.get("status") or "UNKNOWN",
        arn=bag.get("jobArn"),
        job_type=bag.get("jobType"),
        commit_id=bag.get("reportedCommitId"),
        start_time=_parsed(bag.get("startTime")),
        end_time=_parsed(bag.get("endTime")),
        region=recorded_region(bag),
        steps=tuple(
            Step(
                step.get("name", "?"),
                step.get("status", "UNKNOWN"),
                _parsed(step.get("startTime")),
                _parsed(step.get("endTime")),
                step.get("statusReason"),
            )
            for step in bag.get("steps") or ()
        ),
    )


def recorded_region(bag: Bag) -> str | None:
    """The region of a recorded job, whatever the settings of today say."""
    return region_of(bag.get("jobArn")) or bag.get("region")


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
