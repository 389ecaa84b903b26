"""The addresses of logs, and the logs that they name."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from urllib.parse import quote

from . import signatures
from .s3_answers import S3Error
from .state import emulator_state

#: The path below which logs are served. No bucket of S3 can have this name.
PREFIX = "/_logs/"


@dataclass(frozen=True, slots=True)
class LogPlace:
    """Whose log it is; `job` is the job's number, padded as in its ARN."""

    account_id: str
    region: str
    app_id: str
    branch_name: str
    job: str
    step: str

    @property
    def quoted_path(self) -> str:
        """The path as it stands in the address."""
        file = emulator_state.behaviours.log_file
        return PREFIX + "/".join(quote(part, safe="") for part in (*astuple(self), file))

    @classmethod
    def of(cls, path: str) -> LogPlace | None:
        """The place that a path names, which is not quoted; None if it is no path of a log."""
        parts = path.removeprefix(PREFIX).split("/")
        if len(parts) < 7 or parts[-1] != emulator_state.behaviours.log_file:
            return None
        # Only the name of a branch can have slashes.
        account_id, region, app_id, *branch, job, step, _ = parts
        return cls(account_id, region, app_id, "/".join(branch), job, step)


def sign(base: str, place: LogPlace, now: float) -> str:
    """The address of a log on the server at `base`, valid from `now` for a time."""
    return signatures.sign("GET", base, place.quoted_path, place.region, now)


def check(method: str, path: str, query: str, now: float) -> LogPlace:
    """The log that a request asks for; the arguments are those of `signatures.check`.

    Raises:
        S3Error: the address is not signed, or signed for something else, or has expired.
    """
    place = LogPlace.of(path)
    if place is None:
        raise S3Error(403, "AccessDenied", "Access Denied")
    signatures.check(method, path, query, now)
    return place
