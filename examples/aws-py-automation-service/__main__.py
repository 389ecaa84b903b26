"""What the service releases: a stack for each branch."""

import pulumi
from amplify_job_resource import Job

config = pulumi.Config()

release = Job(
    "site",
    app_id=config.require("appId"),
    branch_name=config.require("branchName"),
    commit_id=config.get("commitId") or None,
)

pulumi.export("job", release.job_id)
pulumi.export("status", release.status)
pulumi.export("url", release.url)
