"""What a program asks for: `ReleaseRequest` of a `Job`, and the table of the inputs that say so.

Properties are a dict keyed by names in camelCase (`commitId`), as Pulumi keeps it in state. This module
is the border: what comes in are floats, missing keys and unknowns; what goes on is typed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Annotated, Any, Final, Protocol

from .._amplify.ids import BranchId
from .._values.commits import Commit
from .._values.times import format_time, parse_time
from .schema import Form, Input, OnChange, Schema
from .secrets import SECRET_INPUTS
from .words import JobType, OnBusy

Properties = Mapping[str, Any]

_TEXT, _PROSE, _FLAG = Form.TEXT, Form.PROSE, Form.FLAG
#: For the inputs of 0.1 only: a later one is `OnChange.RELEASE`, see there.
_RELEASE_0_1 = OnChange.RELEASE_ALWAYS_HASHED


class Request(Protocol):
    """What every release has, whichever resource asks for it and however its job is started."""

    @property
    def branch(self) -> BranchId:
        """The branch to release."""

    @property
    def commit(self) -> Commit:
        """The commit that the release is for."""

    @property
    def on_busy(self) -> OnBusy:
        """What to do while the branch has an active job."""

    @property
    def wait_for_completion(self) -> bool:
        """Whether to wait until the job has ended."""

    @property
    def allow_failure(self) -> bool:
        """Whether a job that failed is a result and not an error."""

    @property
    def verify_commit(self) -> bool:
        """Whether a job that built another commit is an error."""

    @property
    def skip_if_built(self) -> bool:
        """Whether a job that has built, or is building, the commit is taken."""

    @property
    def health_check(self) -> str | None:
        """The path of a page of the site that has to answer once the job has succeeded."""

    @property
    def region(self) -> str | None:
        """The region that is named for it."""

    @property
    def profile(self) -> str | None:
        """The profile that is named for it."""

    @property
    def secret_inputs(self) -> frozenset[str]:
        """The keys of the inputs that the program gave as secrets."""

    def for_changed_triggers(self) -> Request:
        """The request as it stands when a trigger changed: what was built so far had the old values."""


@dataclass(frozen=True, slots=True)
class ReleaseRequest:
    """A checked set of inputs: which release is asked for, and how to go about it.

    Each field is one input; its row in the annotation says all that the package knows of it. What an
    input means for users is told in `resource.JobArgs`.
    """

    app_id: Annotated[str, Input(_TEXT, _RELEASE_0_1, "appId", what="the Amplify app's id")]
    branch_name: Annotated[str, Input(_TEXT, _RELEASE_0_1, "branchName", what="the branch's name")]
    job_type: Annotated[JobType, Input(_TEXT, _RELEASE_0_1, "jobType")] = JobType.RELEASE
    commit_id: Annotated[str | None, Input(_TEXT, _RELEASE_0_1, "commitId")] = None
    commit_message: Annotated[str | None, Input(_PROSE, member="commitMessage")] = None
    commit_time: Annotated[datetime | None, Input(Form.TIME, member="commitTime")] = None
    job_reason: Annotated[str | None, Input(_PROSE, member="jobReason")] = None
    source_job_id: Annotated[str | None, Input(_TEXT, _RELEASE_0_1, "jobId")] = None
    triggers: Annotated[Any, Input(Form.TRIGGERS, _RELEASE_0_1)] = None
    wait_for_completion: Annotated[bool, Input(_FLAG)] = True
    on_busy: Annotated[OnBusy, Input(_TEXT, words=OnBusy)] = OnBusy.WAIT
    allow_failure: Annotated[bool, Input(_FLAG)] = False
    verify_commit: Annotated[bool, Input(_FLAG)] = False
    skip_if_built: Annotated[bool, Input(_FLAG)] = False
    lookahead: Annotated[bool | None, Input(_FLAG)] = None
    log_lines: Annotated[int | None, Input(Form.COUNT)] = None
    health_check: Annotated[str | None, Input(_TEXT)] = None
    region: Annotated[str | None, Input(_TEXT, _RELEASE_0_1)] = None
    profile: Annotated[str | None, Input(_TEXT)] = None

    #: The keys of the inputs that the program gave as secrets.
    secret_inputs: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def from_properties(cls, properties: Properties) -> ReleaseRequest:
        """The request in properties that have passed `rules.problems`; a missing key means the default.

        Raises:
            KeyError, TypeError, ValueError: they have not passed it.
        """
        return cls(**typed(JOB_INPUTS, properties))

    @property
    def branch(self) -> BranchId:
        """The branch to release."""
        return BranchId(self.app_id, self.branch_name)

    @property
    def commit(self) -> Commit:
        """The commit that the release is for."""
        return Commit(self.commit_id, secret="commitId" in self.secret_inputs)

    def for_changed_triggers(self) -> ReleaseRequest:
        """See `Request`."""
        on_busy = OnBusy.WAIT if self.on_busy == OnBusy.ADOPT else self.on_busy
        return replace(self, skip_if_built=False, on_busy=on_busy)


#: The table of a `Job`'s inputs.
JOB_INPUTS: Final = Schema.of(ReleaseRequest)


def typed(inputs: Schema, properties: Properties) -> dict[str, Any]:
    """The fields of a request, from properties in which a missing key means the default."""
    given = {
        row.name: _READ.get(row.key, _as_it_is)(properties[row.key])
        for row in inputs.rows
        if properties.get(row.key) is not None
    }
    return {**given, "secret_inputs": frozenset(properties.get(SECRET_INPUTS) or ())}


def _as_it_is(value: Any) -> Any:
    return value


#: How a value in state becomes a field, where that is not as it is.
_READ: Final[Mapping[str, Callable[[Any], Any]]] = {
    "jobType": JobType,
    "onBusy": OnBusy,
    "commitTime": parse_time,
    "logLines": int,
    "fileCount": int,
    "totalBytes": int,
    "exclude": tuple,
    # An empty map or list of triggers is the same as none.
    "triggers": lambda value: value or None,
}


def with_defaults(properties: Properties, inputs: Schema = JOB_INPUTS) -> dict[str, Any]:
    """The properties with defaults written in, and `commitTime` in its stored form (RFC 3339, UTC).

    A value that has a problem or is unknown is left as it is.

    Args:
        properties: The inputs as they are given.
        inputs: The table of the resource's inputs.
    """
    given = {key: value for key, value in properties.items() if value is not None}
    full = {**inputs.defaults, **given}
    with suppress(KeyError, ValueError):
        full["commitTime"] = format_time(parse_time(full["commitTime"]))
    return full
