"""The mark by which our own jobs are found again: a git-style trailer of the commit message.

StartJob has no idempotency token, and the commit message is the one text that AWS takes and gives
back. The trailer is two hashes in a row: 16 digits for the resource (its URN), 16 for the release
(the inputs whose change means "release again"). A second trailer, `Pulumi-Attempt`, is new for each
run: with it a run that was cut off tells its own job from an older one of the same wish. The first
line stays readable for people.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from typing import Final

from .._amplify.api import JobRecord
from .._inputs.inputs import Wish, canonical

KEY: Final = "Pulumi-Release"
#: AWS's limit for a commit message, in characters.
MAX_MESSAGE: Final = 10_000

_DIGITS = 16
_ATTEMPT = re.compile(r"(?:^|\s)Pulumi-Attempt: ([0-9a-f]+)(?=\s|\Z)", re.MULTILINE)
# Line breaks that came back as spaces do no harm.
_LINE = re.compile(
    rf"(?:^|{_ATTEMPT.pattern}\s){KEY}: ([0-9a-f]{{{_DIGITS}}})([0-9a-f]{{{_DIGITS}}})\s*\Z",
    re.MULTILINE,
)
_TRAILER = re.compile(r"[A-Za-z][A-Za-z0-9-]*: \S")


@dataclass(frozen=True, slots=True)
class Marker:
    """Whose job it is, and for which release."""

    resource: str
    release: str

    @classmethod
    def of(cls, urn: str, wish: Wish) -> Marker:
        """The marker of a wish of one resource; the same wish has the same marker anywhere."""
        inputs = {
            "appId": wish.app_id,
            "branchName": wish.branch_name,
            "commitId": wish.commit_id,
            "jobType": wish.job_type,
            "sourceJobId": wish.source_job_id,
            "triggers": wish.triggers,
            "region": wish.region,
        }
        return cls(resource_hash(urn), _hash(canonical(inputs)))

    @classmethod
    def find(cls, message: str | None) -> Marker | None:
        """The marker in a commit message, None if its last line is not one."""
        found = _LINE.search(message or "")
        return cls(found[2], found[3]) if found else None

    def __str__(self) -> str:
        return self.resource + self.release


def resource_hash(urn: str) -> str:
    """The part of a marker that stands for the resource."""
    return _hash(urn)


def marker_of(job: JobRecord) -> Marker | None:
    """The marker that a job carries."""
    return Marker.find(job.commit_message)


def is_nameless(job: JobRecord) -> bool:
    """Whether a job's message cannot tell whose it is: AWS gave none back."""
    return not (job.commit_message or "").strip()


def new_attempt() -> str:
    """A name for one run's attempt to start a job."""
    return secrets.token_hex(4)


def attempt_of(job: JobRecord) -> str | None:
    """The run that started a job, None when its message does not say."""
    found = _ATTEMPT.findall(job.commit_message or "")
    return found[-1] if found else None


def marked_message(message: str, marker: Marker, attempt: str) -> str:
    """A commit message that ends with attempt and marker, and keeps within AWS's limit."""
    trailer = f"Pulumi-Attempt: {attempt}\n{KEY}: {marker}"
    text = message.rstrip()
    last_paragraph = text.rpartition("\n\n")[2] if "\n\n" in text else ""
    joins = bool(last_paragraph) and all(map(_TRAILER.match, last_paragraph.splitlines()))
    gap = "\n" if joins else "\n\n"
    room = MAX_MESSAGE - len(gap) - len(trailer)
    if len(text) > room:
        text = text[: room - 1] + "…"
    return text + gap + trailer


def default_message(urn: str, wish: Wish) -> str:
    """What a release says of itself when the user gives no message."""
    stack, _, name = _stack_and_name(urn)
    what = {"RELEASE": "Release", "RETRY": f"Retry of job {wish.source_job_id}"}.get(
        wish.job_type, wish.job_type
    )
    commit = None if "commitId" in wish.secret_inputs else wish.shown_commit
    of = f" of {commit}" if commit and wish.job_type != "RETRY" else ""
    return f"{what}{of} by Pulumi: {stack}/{name}"


def _stack_and_name(urn: str) -> tuple[str, str, str]:
    """`urn:pulumi:dev::shop::…::site` -> dev, shop, site."""
    parts = urn.split("::")
    return parts[0].rpartition(":")[2], parts[1] if len(parts) > 1 else "", parts[-1]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]
