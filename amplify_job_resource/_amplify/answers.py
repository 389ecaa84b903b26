"""AWS's answers as records. They are read with care: members are missing that the model requires."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .._values.addresses import unsigned
from .._values.text import encodable, printable
from .ids import BranchId, JobId
from .records import DomainRecord, JobRecord, Step, SubDomain
from .status import NO_STATUS, has_ended


def has_job_id(summary: Mapping[str, Any]) -> bool:
    """Whether AWS tells a job's number."""
    return str(summary.get("jobId") or "").isdecimal()


def job_record(
    branch: BranchId,
    region: str | None,
    summary: Mapping[str, Any],
    steps: Iterable[Mapping[str, Any]] = (),
) -> JobRecord:
    """A `JobSummary`, and the `Step`s that come with it."""
    source = summary.get("sourceUrl")
    return JobRecord(
        id=JobId(branch.app_id, branch.branch_name, str(summary["jobId"])),
        status=printable(str(summary.get("status") or NO_STATUS), 40),
        arn=_text(summary, "jobArn"),
        job_type=_text(summary, "jobType"),
        reported_commit=_text(summary, "commitId"),
        commit_message=_text(summary, "commitMessage"),
        start_time=summary.get("startTime"),
        end_time=summary.get("endTime") if has_ended(summary.get("status")) else None,
        region=region,
        steps=tuple(_step(step) for step in steps),
        source=unsigned(source) if isinstance(source, str) else None,
    )


def domain_record(entry: Mapping[str, Any]) -> DomainRecord:
    """A `DomainAssociation`."""
    found = tuple(_sub_domain(sub_domain) for sub_domain in entry.get("subDomains") or ())
    name, status = entry.get("domainName"), entry.get("domainStatus")
    return DomainRecord(str(name or ""), str(status or ""), found)


def _step(step: Mapping[str, Any]) -> Step:
    return Step(
        name=printable(str(step.get("stepName") or "?"), 40),
        status=printable(str(step.get("status") or NO_STATUS), 40),
        start_time=step.get("startTime"),
        end_time=step.get("endTime"),
        status_reason=_text(step, "statusReason") or None,
    )


def _sub_domain(sub_domain: Mapping[str, Any]) -> SubDomain:
    setting = sub_domain.get("subDomainSetting") or {}
    return SubDomain(
        prefix=str(setting.get("prefix") or ""),
        branch_name=str(setting.get("branchName") or ""),
        verified=bool(sub_domain.get("verified")),
    )


def _text(answer: Mapping[str, Any], member: str) -> str | None:
    """A text of an answer, as it can be recorded and shown."""
    value = answer.get(member)
    return encodable(value) if isinstance(value, str) else value
