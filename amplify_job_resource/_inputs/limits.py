"""AWS's own limits for the inputs, read from botocore's model of the Amplify service.

botocore itself checks only the types and minimum lengths of a request before it sends it; patterns,
maxima and enums are checked here so that a preview finds what AWS would refuse.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from .inputs import Limit

#: StartJob's members, and the inputs that they limit.
_MEMBERS = {
    "appId": "appId",
    "branchName": "branchName",
    "jobType": "jobType",
    "jobReason": "jobReason",
    "commitId": "commitId",
    "commitMessage": "commitMessage",
    "jobId": "sourceJobId",
}


@cache
def start_job_limits() -> Mapping[str, Limit]:
    """The limits of each text input by its key, from the model's StartJobRequest."""
    # Loading botocore takes a while and a bare import of this package shall not pay for it.
    from botocore.loaders import Loader

    shapes = Loader().load_service_model("amplify", "service-2")["shapes"]
    members = shapes["StartJobRequest"]["members"]
    limits = {}
    for member, key in _MEMBERS.items():
        shape = shapes[members[member]["shape"]]
        limits[key] = Limit(
            minimum=shape.get("min"),
            maximum=shape.get("max"),
            pattern=shape.get("pattern"),
            enum=tuple(shape.get("enum", ())),
        )
    return limits
