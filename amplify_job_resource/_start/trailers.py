"""The trailers by which our own jobs are found again: the last lines of a job's commit message.

StartJob has no idempotency token, and the commit message is the one text that AWS takes and gives
back. `Pulumi-Release` is two hashes in a row: 16 digits for the resource (its URN), 16 for the
release (the inputs of which a change means a new release). `Pulumi-Attempt` is new for each run: by
it a run that was cut off tells its own job from an older one of the same request. The first line
stays readable for people.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from typing import Final

from .._amplify.records import JobRecord
from .._inputs.request import JOB_INPUTS, ReleaseRequest, Request
from .._inputs.schema import OnChange, Schema
from .._inputs.words import JobType
from .._values.unknown import canonical
from .._values.urns import Urn, identity

KEY: Final = "Pulumi-Release"
#: The project in the URNs of releases that the command starts, which are in no stack.
SHELL_PROJECT: Final = "amplify-job"
#: AWS's limit for a commit message, in characters.
MAX_MESSAGE: Final = 10_000

_DIGITS = 16
_ATTEMPT = re.compile(r"(?:^|\s)Pulumi-Attempt: ([0-9a-f]+)(?=\s|\Z)", re.MULTILINE)
# Line breaks that came back as spaces do no harm.
_LINE = re.compile(
    rf"(?:^|{_ATTEMPT.pattern}\s){KEY}: ([0-9a-f]{{{_DIGITS}}})([0-9a-f]{{{_DIGITS}}})\s*\Z",
    re.MULTILINE,
)
_FIRST_LINE = re.compile(r"Release of (.+?) by (?:Pulumi: |amplify-job\b)")
_USERS_TRAILER = re.compile(r"[A-Za-z][A-Za-z0-9-]*: \S")


@dataclass(frozen=True, slots=True)
class Trailer:
    """The value of `Pulumi-Release`; `str()` of it is the text that a job carries.

    Attributes:
        resource: the resource's hash.
        release: the release's hash.
    """

    resource: str
    release: str

    @classmethod
    def of(cls, urn: str, request: Request, inputs: Schema | None = None) -> Trailer:
        """The trailer of a request of one resource: the same for the same request on any machine.

        Args:
            urn: The resource's URN.
            request: What is asked for.
            inputs: The table of its inputs; that of a `Job` when left out.
        """
        hashed = {}
        for row in (inputs or JOB_INPUTS).rows:
            value = getattr(request, row.name)
            always = row.input.on_change is OnChange.RELEASE_ALWAYS_HASHED
            if always or (row.releases and value != row.default):
                hashed[row.key] = value
        return cls(resource_hash(urn), _hash(canonical(hashed)))

    @classmethod
    def find(cls, message: str | None) -> Trailer | None:
        """The trailer in a commit message, None if its last line is not one."""
        found = _LINE.search(message or "")
        return cls(found[2], found[3]) if found else None

    def __str__(self) -> str:
        return self.resource + self.release


def resource_hash(urn: str) -> str:
    """The part of a trailer that stands for the resource."""
    return _hash(identity(urn))


def trailer_of(job: JobRecord) -> Trailer | None:
    """The trailer that a job carries."""
    return Trailer.find(job.commit_message)


def has_no_message(job: JobRecord) -> bool:
    """Whether AWS gave no message back, so that the job cannot tell whose it is."""
    return not (job.commit_message or "").strip()


def new_attempt() -> str:
    """A name for one run's attempt to start a job."""
    return secrets.token_hex(4)


def attempt_of(job: JobRecord) -> str | None:
    """The attempt that started a job, None when its message does not say."""
    found = _ATTEMPT.findall(job.commit_message or "")
    return found[-1] if found else None


def with_trailers(message: str, trailer: Trailer, attempt: str) -> str:
    """A commit message that ends with both trailers, and keeps within AWS's limit.

    Trailers that the user wrote and ours stand in one block, as git does it.
    """
    lines = f"Pulumi-Attempt: {attempt}\n{KEY}: {trailer}"
    text = message.rstrip()
    last_paragraph = text.rpartition("\n\n")[2] if "\n\n" in text else ""
    joins = bool(last_paragraph) and all(map(_USERS_TRAILER.match, last_paragraph.splitlines()))
    gap = "\n" if joins else "\n\n"
    room = MAX_MESSAGE - len(gap) - len(lines)
    if len(text) > room:
        text = text[: room - 1] + "…"
    return text + gap + lines


def default_message(urn: str, request: ReleaseRequest) -> str:
    """The first line of a release without a message of the user's: what it is, and whose."""
    retry = request.job_type == JobType.RETRY
    of_job = "" if "sourceJobId" in request.secret_inputs else f" of job {request.source_job_id}"
    what = {
        JobType.RELEASE: "Release",
        JobType.RETRY: f"Retry{of_job}",
    }.get(request.job_type, request.job_type)
    commit = None if request.commit.secret or retry else request.commit.shown
    of_commit = f" of {commit}" if commit else ""
    parsed = Urn.parse(urn)
    if parsed and parsed.project == SHELL_PROJECT:
        return f"{what}{of_commit} by {SHELL_PROJECT}"
    whose = f"{parsed.stack}/{parsed.name}" if parsed else urn
    return f"{what}{of_commit} by Pulumi: {whose}"


def commit_in_message(job: JobRecord) -> str | None:
    """The commit that a release of ours was started for, as `default_message` shows it.

    None where the user gave a message. A retry may show the message of the job that it repeats, and
    builds something else where that job was of the branch's HEAD.
    """
    if job.job_type == JobType.RETRY or trailer_of(job) is None:
        return None
    found = _FIRST_LINE.match(job.commit_message or "")
    return found[1] if found else None


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]
