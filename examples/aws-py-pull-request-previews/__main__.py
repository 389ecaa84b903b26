"""A preview of a pull request: its branch in Amplify and a release of it, in a stack of its own."""

import pulumi
import pulumi_aws as aws
from amplify_job_resource import Job

config = pulumi.Config()

branch = aws.amplify.Branch(
    "preview",
    app_id=config.require("appId"),
    branch_name=config.require("branchName"),
    # The release below builds; with a build on every push, a commit would be built twice.
    enable_auto_build=False,
    stage="DEVELOPMENT",
)
release = Job(
    "preview",
    app_id=branch.app_id,
    branch_name=branch.branch_name,
    commit_id=config.get("commitId") or None,
)

pulumi.export("url", release.url)
