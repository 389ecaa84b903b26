"""Release a branch of an Amplify app that exists, and wait until it is live."""

import pulumi
from amplify_job_resource import Job

config = pulumi.Config()

release = Job(
    "site",
    app_id=config.require("appId"),
    branch_name=config.get("branchName") or "main",
    commit_id=config.get("commitId") or None,
    opts=pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(create="45m")),
)

pulumi.export("job", release.job_id)
pulumi.export("status", release.status)
pulumi.export("url", release.url)
pulumi.export("console", release.console_url)
