"""An app, its branch and its releases: a changed variable updates the branch, then builds it."""

import pulumi
import pulumi_aws as aws
from amplify_job_resource import Job

config = pulumi.Config()
environment = {"API_URL": config.require("apiUrl")}

app = aws.amplify.App(
    "shop",
    repository=config.require("repository"),
    access_token=config.require_secret("accessToken"),
)
branch = aws.amplify.Branch(
    "main",
    app_id=app.id,
    branch_name="main",
    # The release below builds; with a build on every push, a commit would be built twice.
    enable_auto_build=False,
    environment_variables=environment,
    # Where a branch is replaced, the old one has to go first: the name is the same.
    opts=pulumi.ResourceOptions(delete_before_replace=True),
)
release = Job(
    "shop",
    app_id=app.id,
    branch_name=branch.branch_name,
    commit_id=config.get("commitId") or None,
    # Amplify reads the variables when a build starts; a change of them starts no build by itself.
    triggers=environment,
    opts=pulumi.ResourceOptions(depends_on=[branch]),
)

pulumi.export("job", release.job_id)
pulumi.export("url", release.url)
