"""AWS's limits as botocore's model has them."""

from __future__ import annotations

import pytest
from amplify_job_resource._inputs.limits import Limit, start_job_limits
from amplify_job_resource._inputs.request import JOB_INPUTS
from botocore.loaders import Loader


@pytest.mark.parametrize(
    ("key", "limit"),
    [
        ("appId", Limit(1, 20, "d[a-z0-9]+")),
        ("branchName", Limit(1, 255, "(?s).+")),
        ("commitId", Limit(None, 255, "(?s).*")),
        ("commitMessage", Limit(None, 10_000, "(?s).*")),
        ("jobReason", Limit(None, 255, "(?s).*")),
        ("jobType", Limit(None, 10, enum=("RELEASE", "RETRY", "MANUAL", "WEB_HOOK"))),
        ("sourceJobId", Limit(None, 255, "[0-9]+")),
    ],
)
def test_the_limits_are_those_that_aws_documents(key: str, limit: Limit) -> None:
    """Lengths, patterns and words are those of StartJob in the Amplify API reference."""
    assert start_job_limits()[key] == limit


def test_every_text_that_startjob_takes_is_limited() -> None:
    """No member of StartJob is forgotten: each is an input with its limit, or the commit time."""
    shapes = Loader().load_service_model("amplify", "service-2")["shapes"]
    members = set(shapes["StartJobRequest"]["members"])
    ours = {"jobId" if key == "sourceJobId" else key for key in start_job_limits()}
    assert ours | {"commitTime"} == members
    assert set(start_job_limits()) <= set(JOB_INPUTS.keys.values())
