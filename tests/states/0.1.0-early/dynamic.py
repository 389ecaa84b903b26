"""A release in each state that a stack may keep; `pending` gets another commit after `up`."""

import pulumi
from amplify_job_resource import Job

config = pulumi.Config()
secret = pulumi.Output.secret

Job(
    "succeeded",
    app_id="d1a2b3c4",
    branch_name="succeeded",
    commit_id="1f3c9e2a77",
    commit_message="Hello",
    commit_time="2026-01-02T03:04:05Z",
    triggers={
        "env": {"API": "one", "count": 1, "flag": True},
        "list": [1, "two", {"three": 3.5}],
    },
)
Job("pending", app_id="d1a2b3c4", branch_name="pending", commit_id=config.get("commit"))
Job("active", app_id="d1a2b3c4", branch_name="active", wait_for_completion=False)
Job(
    "adopted",
    app_id="d1a2b3c4",
    branch_name="adopted",
    commit_id="1f3c9e2a771f3c9e2a771f3c9e2a771f3c9e2a77",
    on_busy="adopt",
    wait_for_completion=False,
)
Job("failed", app_id="d1a2b3c4", branch_name="failed")
Job("allowed", app_id="d1a2b3c4", branch_name="allowed", allow_failure=True)
Job(
    "late",
    app_id="d1a2b3c4",
    branch_name="late",
    opts=pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(create="3s")),
)
Job(
    "secret",
    app_id=secret("d1a2b3c4"),
    branch_name="secret",
    commit_id=secret("1f3c9e2a77"),
    job_reason=secret("a reason"),
    triggers={"token": secret("a token")},
)
