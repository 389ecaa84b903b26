"""Jobs as tests want them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from amplify_job_resource._amplify.ids import JobId
from amplify_job_resource._amplify.records import JobRecord

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=timezone.utc)


def a_job(status: str = "RUNNING", *, id: str = "42", **members: Any) -> JobRecord:
    """Job 42 of d1a2/main; `took` (seconds) makes an end time."""
    took = members.pop("took", None)
    if took is not None:
        members["start_time"] = NOON
        members["end_time"] = NOON + timedelta(seconds=took)
    return JobRecord(JobId("d1a2", "main", id), status, region="eu-west-1", **members)
