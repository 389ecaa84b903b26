"""The resource id, `appId/branchName/jobId`, and what is made from its parts.

Branch names hold slashes and digits, so an id is read from both ends: the app is what stands before
the first slash, the job what stands after the last.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

_APP = re.compile(r"d[a-z0-9]{0,19}", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,255}", re.ASCII)
_REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-[0-9]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class BranchId:
    """One branch of one app: where a job runs."""

    app_id: str
    branch_name: str

    def __str__(self) -> str:
        return f"{self.app_id}/{self.branch_name}"


@dataclass(frozen=True, slots=True)
class JobId:
    """One job of one branch; `str()` of it is the resource id in Pulumi's state.

    Attributes:
        number_text: the job's number on its branch as AWS writes it, sometimes padded with zeros.
    """

    app_id: str
    branch_name: str
    number_text: str

    @classmethod
    def parse(cls, text: str) -> JobId | None:
        """The parts of `appId/branchName/jobId`, None when the text has another form."""
        app_id, _, rest = text.partition("/")
        branch_name, _, number = rest.rpartition("/")
        if branch_name and _APP.fullmatch(app_id) and _NUMBER.fullmatch(number):
            return cls(app_id, branch_name, number)
        return None

    @property
    def branch(self) -> BranchId:
        """The branch that the job belongs to."""
        return BranchId(self.app_id, self.branch_name)

    @property
    def number(self) -> int:
        """The job's number: newer jobs of a branch have greater ones."""
        return int(self.number_text)

    def is_same(self, other: JobId | None) -> bool:
        """Whether another id names the same job of the same branch, padded with zeros or not."""
        return other is not None and (self.branch, self.number) == (other.branch, other.number)

    def __str__(self) -> str:
        return f"{self.app_id}/{self.branch_name}/{self.number_text}"


def is_region(text: str) -> bool:
    """Whether a text has the form of a region's name."""
    return bool(_REGION.fullmatch(text))


def account_in_arn(arn: str | None) -> str | None:
    """The account named in an ARN (`arn:aws:amplify:eu-west-1:123456789012:…`), if there is one."""
    return _part_of_arn(arn, 4)


def region_in_arn(arn: str | None) -> str | None:
    """The region named in an ARN (`arn:aws:amplify:eu-west-1:…`), if there is one."""
    return _part_of_arn(arn, 3)


def _part_of_arn(arn: str | None, index: int) -> str | None:
    parts = (arn or "").split(":")
    return parts[index] or None if len(parts) > index else None


#: The console's host by the beginning of a region's name; None where no host is known.
_CONSOLES = {
    "us-gov-": "console.amazonaws-us-gov.com",
    "cn-": "console.amazonaws.cn",
    "us-iso": None,
    "eu-iso": None,
    "eusc-": None,
}


def console_url(region: str | None, branch: BranchId) -> str | None:
    """The page of a branch's deployments in the AWS console; it needs a signed-in person.

    The console has no page of one job: this one shows the newest, and lists the others. Source:
    aws-amplify/amplify-hosting#4027.
    """
    if not region:
        return None
    hosts = (host for prefix, host in _CONSOLES.items() if region.startswith(prefix))
    host = next(hosts, "console.aws.amazon.com")
    if host is None:
        return None
    name = quote(branch.branch_name, safe="")
    return f"https://{region}.{host}/amplify/apps/{branch.app_id}/branches/{name}/deployments"
