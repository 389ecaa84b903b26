"""Roll back: run the job again that built the last good version."""

import pulumi
from amplify_job_resource import Job

config = pulumi.Config()
good = config.get("goodJob") or None

release = Job(
    "site",
    app_id=config.require("appId"),
    branch_name=config.get("branchName") or "main",
    # A RELEASE always builds the branch's HEAD, whatever commit it is labelled with; a RETRY builds
    # the commit of the job that it names (unless that one reports HEAD as its commit itself).
    job_type="RETRY" if good else "RELEASE",
    source_job_id=good,
)

pulumi.export("job", release.job_id)
pulumi.export("built", release.reported_commit_id)
pulumi.export("url", release.url)
