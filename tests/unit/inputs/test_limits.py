"""AWS's limits as botocore's model has them."""

from __future__ import annotations

from amplify_job_resource._inputs.limits import start_job_limits
from amplify_job_resource._inputs.request import JOB_INPUTS
from botocore.loaders import Loader


def test_the_limits_are_those_of_the_model() -> None:
    """Each limit is the shape of StartJob's member of that name, not a number of ours."""
    shapes = Loader().load_service_model("amplify", "service-2")["shapes"]
    members = shapes["StartJobRequest"]["members"]
    for key, limit in start_job_limits().items():
        shape = shapes[members["jobId" if key == "sourceJobId" else key]["shape"]]
        assert limit.minimum == shape.get("min")
        assert limit.maximum == shape.get("max")
        assert limit.pattern == shape.get("pattern")
        assert list(limit.enum) == shape.get("enum", [])


def test_every_text_that_startjob_takes_is_limited() -> None:
    """No member of StartJob is forgotten: each is an input with its limit, or the commit time."""
    shapes = Loader().load_service_model("amplify", "service-2")["shapes"]
    members = set(shapes["StartJobRequest"]["members"])
    ours = {"jobId" if key == "sourceJobId" else key for key in start_job_limits()}
    assert ours | {"commitTime"} == members
    assert set(start_job_limits()) <= set(JOB_INPUTS.keys.values())
