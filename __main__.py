"""One release of one branch: `pulumi up` makes it, a new `commitId` makes the next one."""

import pulumi
from amplify_job_resource import Job

config = pulumi.Config()
release = Job(
    "site",
    app_id=config.require("appId"),
    branch_name=config.get("branchName") or "main",
    commit_id=config.get("commitId") or None,
)
pulumi.export("job", release.job_id)
pulumi.export("status", release.status)
pulumi.export("url", release.url)
pulumi.export("console", release.console_url)
