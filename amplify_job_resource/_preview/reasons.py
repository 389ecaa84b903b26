"""Why something is pending: one class for each reason, with its facts, when it applies, and its words.

`changes.compare` asks each class of its two lists what it finds, so a new reason is a class here, or in
`file_reasons`, and its place in one of the lists.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Final, Protocol

from .._amplify.status import has_ended, has_failed
from .._inputs.deployment import ALL_INPUTS
from .._inputs.request import Properties
from .._inputs.secrets import commit_in, is_secret
from .._inputs.words import JobType
from .._values.commits import SECRET, Commit, told_apart
from .._values.text import printable
from .._values.unknown import UNKNOWN
from .differences import changed_names, differs, value_of

#: How many changed triggers are named.
MAX_NAMES: Final = 5
#: The key by which the engine is told that the recorded job asks for the change.
STATUS_KEY: Final = "status"
#: The key that tells whether the page of a health check answered well.
HEALTHY_KEY: Final = "healthy"
#: The key of the digest of a deployment's content.
CONTENT_KEY: Final = "contentDigest"
#: What is said in the place of a value that is not known yet.
LATER: Final = "known after the update"


class Reason(Protocol):
    """One thing that asks for a change."""

    #: Whether it asks for a new release, and not for an update in place.
    releases: ClassVar[bool]

    @property
    def keys(self) -> tuple[str, ...]:
        """The state keys that ask for it."""

    def phrase(self, name: Callable[[str], str]) -> str:
        """The reason in words; `name` makes the user's name of an input from its key."""


class FoundReason(Reason, Protocol):
    """A reason that is found by a comparison."""

    @classmethod
    def find(cls, old: Properties, new: Properties) -> list[Reason]:
        """The reasons of this kind between recorded properties and new inputs."""


@dataclass(frozen=True, slots=True)
class Place:
    """An app and a branch as people see them; either is None while it is not known."""

    app_id: str | None
    branch_name: str | None

    @classmethod
    def of(cls, properties: Properties, *others: Properties) -> Place:
        """The app and branch that properties name; see `shown_input` for the others."""
        app = shown_input("appId", properties, *others)
        return cls(app, shown_input("branchName", properties, *others))

    def __str__(self) -> str:
        app = f"(app {LATER})" if self.app_id is None else self.app_id
        branch = f"(branch {LATER})" if self.branch_name is None else self.branch_name
        return f"{app}/{branch}"


@dataclass(frozen=True, slots=True)
class First:
    """Nothing is recorded: a new resource, or one forced by `--replace`."""

    releases: ClassVar = True
    keys: ClassVar[tuple[str, ...]] = ()

    def phrase(self, name: Callable[[str], str]) -> str:
        """See `Reason`."""
        return "first release"


@dataclass(frozen=True, slots=True)
class NotARelease:
    """What is recorded is no release of this package: an alias has led another resource here."""

    releases: ClassVar = True
    keys: ClassVar = ("jobId",)

    def phrase(self, name: Callable[[str], str]) -> str:
        """See `Reason`."""
        return "the recorded resource is not an Amplify job"


@dataclass(frozen=True, slots=True)
class Moved:
    """Another app or branch."""

    keys: tuple[str, ...]
    before: Place
    releases: ClassVar = True
    all_keys: ClassVar = ("appId", "branchName")

    @classmethod
    def find(cls, old: Properties, new: Properties) -> list[Reason]:
        """See `FoundReason`."""
        keys = tuple(key for key in cls.all_keys if differs(key, old, new))
        return [cls(keys, Place.of(old, new))] if keys else []

    def phrase(self, name: Callable[[str], str]) -> str:
        """See `Reason`."""
        return f"moves from {self.before}"


@dataclass(frozen=True, slots=True)
class NewCommit:
    """Another commit is asked for."""

    before: Commit
    after: Commit
    releases: ClassVar = True
    keys: ClassVar = ("commitId",)

    @classmethod
    def find(cls, old: Properties, new: Properties) -> list[Reason]:
        """See `FoundReason`."""
        before, after = commit_in(old, new), commit_in(new)
        if not differs("commitId", old, new) or before.is_same(after.text):
            return []
        if is_deployment(new):  # What is recorded is a Job that an alias has led here.
            return []
        return [cls(before, after)]

    def phrase(self, name: Callable[[str], str]) -> str:
        """See `Reason`."""
        return " -> ".join(told_apart(self.before, self.after))


@dataclass(frozen=True, slots=True)
class TriggersChanged:
    """Another value of a trigger. Triggers are told by name only: a value may be a secret.

    Attributes:
        names: the changed triggers of a map, sorted; empty when they have no names.
        unknown: whether all triggers are known only after the update.
    """

    names: tuple[str, ...] = ()
    unknown: bool = False
    releases: ClassVar = True
    keys: ClassVar = ("triggers",)

    @classmethod
    def find(cls, old: Properties, new: Properties) -> list[Reason]:
        """See `FoundReason`."""
        if not differs("triggers", old, new):
            return []
        before, after = old.get("triggers"), new.get("triggers")
        # Where all of the map is a secret, so are its keys.
        named = not is_secret(old, "triggers", new)
        names = changed_names(before, after) if named else ()
        return [cls(names, unknown=after is UNKNOWN)]

    def phrase(self, name: Callable[[str], str]) -> str:
        """See `Reason`."""
        if self.unknown:
            return f"triggers are {LATER}"
        if not self.names:
            return "triggers changed"
        shown = ", ".join(printable(one, 40) for one in self.names[:MAX_NAMES])
        left = len(self.names) - MAX_NAMES
        more = f" and {left} more" if left > 0 else ""
        return f"trigger{'s' if len(self.names) > 1 else ''} {shown}{more} changed"


@dataclass(frozen=True, slots=True)
class AnotherRetry:
    """A job that exists is to be run again.

    Attributes:
        source_number: the job's number; None while it is not known.
    """

    keys: tuple[str, ...]
    source_number: str | None
    releases: ClassVar = True
    all_keys: ClassVar = ("jobType", "sourceJobId")

    @classmethod
    def find(cls, old: Properties, new: Properties) -> list[Reason]:
        """See `FoundReason`."""
        keys = tuple(key for key in cls.all_keys if differs(key, old, new))
        if not keys or new.get("jobType") != JobType.RETRY:
            return []
        return [cls(keys, shown_input("sourceJobId", new, old))]

    def phrase(self, name: Callable[[str], str]) -> str:
        """See `Reason`."""
        return f"run job {self.source_number or LATER} again"


@dataclass(frozen=True, slots=True)
class InputChanged:
    """Another value of an input that leads to a release and has no class of its own.

    Attributes:
        key: the input's key in state.
        before: the recorded value, None for none.
        after: the new value, None for none.
        unknown: whether the new value is known only after the update.
    """

    key: str
    before: str | None
    after: str | None
    unknown: bool = False
    releases: ClassVar = True

    @property
    def keys(self) -> tuple[str, ...]:
        """See `Reason`."""
        return (self.key,)

    @classmethod
    def find(cls, old: Properties, new: Properties) -> list[Reason]:
        """See `FoundReason`."""
        others = {*Moved.all_keys, *NewCommit.keys, *TriggersChanged.keys, CONTENT_KEY}
        if AnotherRetry.find(old, new):
            others.update(AnotherRetry.all_keys)
        found: list[Reason] = []
        for key in ALL_INPUTS.release_keys:
            if key not in others and differs(key, old, new):
                before, after = shown_input(key, old, new), shown_input(key, new, old)
                found.append(cls(key, before, after, value_of(new, key) is UNKNOWN))
        return found

    def phrase(self, name: Callable[[str], str]) -> str:
        """See `Reason`."""
        after = LATER if self.unknown else self.after or "none"
        return f"{name(self.key)} {self.before or 'none'} -> {after}"


@dataclass(frozen=True, slots=True)
class LastJobFailed:
    """The recorded job FAILED or was CANCELLED, and that is not allowed."""

    job_number: str
    status: str
    verb: str
    releases: ClassVar = True
    keys: ClassVar = (STATUS_KEY,)

    @classmethod
    def find(cls, old: Properties, new: Properties) -> list[Reason]:
        """See `FoundReason`."""
        status = old.get("status")
        if not has_failed(status) or value_of(new, "allowFailure") is True:
            return []
        return [cls(_job_number(old), str(status), verb(new))]

    def phrase(self, name: Callable[[str], str]) -> str:
        """See `Reason`."""
        return f"{self.verb} again: job {self.job_number} {self.status}"


@dataclass(frozen=True, slots=True)
class StillActive:
    """The recorded job has not ended, and is to be waited for."""

    job_number: str
    releases: ClassVar = False
    keys: ClassVar = (STATUS_KEY,)

    @classmethod
    def find(cls, old: Properties, new: Properties) -> list[Reason]:
        """See `FoundReason`."""
        active = old.get("jobId") and not has_ended(old.get("status"))
        if not active or value_of(new, "waitForCompletion") is not True:
            return []
        return [cls(_job_number(old))]

    def phrase(self, name: Callable[[str], str]) -> str:
        """See `Reason`."""
        return f"keep waiting for job {self.job_number}"


@dataclass(frozen=True, slots=True)
class NotHealthy:
    """The page of `health_check` did not answer well when somebody looked last."""

    page: str
    releases: ClassVar = False
    keys: ClassVar = (HEALTHY_KEY,)

    @classmethod
    def find(cls, old: Properties, new: Properties) -> list[Reason]:
        """See `FoundReason`."""
        live = has_ended(old.get("status")) and not has_failed(old.get("status"))
        page = shown_input("healthCheck", new, old)
        return [cls(page)] if live and page and old.get(HEALTHY_KEY) is False else []

    def phrase(self, name: Callable[[str], str]) -> str:
        """See `Reason`."""
        return f"{name('healthCheck')}: look at {self.page} again"


@dataclass(frozen=True, slots=True)
class OtherCommitBuilt:
    """The recorded job reports another commit than the one asked for, and that is an error."""

    job_number: str
    reported: Commit
    commit: Commit
    releases: ClassVar = False
    keys: ClassVar = ("reportedCommitId",)

    @classmethod
    def find(cls, old: Properties, new: Properties) -> list[Reason]:
        """See `FoundReason`."""
        reported = commit_in({**old, "commitId": old.get("reportedCommitId")}, new)
        commit = commit_in(new, old)
        built = has_ended(old.get("status")) and not has_failed(old.get("status"))
        verified = value_of(new, "verifyCommit") is True and commit.text is not None
        if not (built and verified) or commit.is_same(reported.text):
            return []
        return [cls(_job_number(old), reported, commit)]

    def phrase(self, name: Callable[[str], str]) -> str:
        """See `Reason`."""
        found = f"{self.reported}, not {self.commit}"
        if self.commit.secret:
            found = "another commit than the secret one"
        return f"{name('verifyCommit')}: job {self.job_number} reports {found}"


@dataclass(frozen=True, slots=True)
class OnlyRecorded:
    """Inputs changed that lead to no release, or the commit is written another way."""

    keys: tuple[str, ...]
    releases: ClassVar = False

    @classmethod
    def find(cls, old: Properties, new: Properties) -> list[Reason]:
        """See `FoundReason`."""
        # When these are asked, no release is due: a commit that differs is the same one.
        keys = [row.key for row in ALL_INPUTS.rows if not row.releases or row.key == "commitId"]
        changed = tuple(key for key in keys if differs(key, old, new))
        return [cls(changed)] if changed else []

    def phrase(self, name: Callable[[str], str]) -> str:
        """See `Reason`."""
        others = [name(key) for key in self.keys if key != NewCommit.keys[0]]
        parts = [f"only {', '.join(others)} changed"] if others else []
        if len(others) < len(self.keys):
            parts.append(f"{name('commitId')} is the same commit, written otherwise")
        return f"no release, {'; '.join(parts)}"


def is_deployment(properties: Properties) -> bool:
    """Whether properties are those of a deployment of files."""
    return "source" in properties


def verb(properties: Properties) -> str:
    """What a release of a resource with these inputs does."""
    return "deploy" if is_deployment(properties) else "release"


def _job_number(old: Properties) -> str:
    return str(old.get("jobId") or "?")


def shown_input(key: str, properties: Properties, *others: Properties) -> str | None:
    """An input as people may see it; None when there is none, or it is not known yet.

    It is hidden as well where it is a secret in others, which are of the same resource.
    """
    value = value_of(properties, key)
    if value is None or value is UNKNOWN:
        return None
    return SECRET if is_secret(properties, key, *others) else printable(str(value), 80)
