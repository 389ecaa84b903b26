"""A static site: app, branch and files in one stack; a changed file is a new deployment."""

import pulumi
import pulumi_aws as aws
from amplify_job_resource import Deployment

config = pulumi.Config()

# AWS takes files for an app without a repository, and for no other.
app = aws.amplify.App("site")
branch = aws.amplify.Branch(
    "main",
    app_id=app.id,
    branch_name="main",
    # Where a branch is replaced, the old one has to go first: the name is the same.
    opts=pulumi.ResourceOptions(delete_before_replace=True),
)
site = Deployment(
    "site",
    app_id=app.id,
    branch_name=branch.branch_name,
    source=config.get("folder") or "public",
    exclude=["*.map"],
)

pulumi.export("job", site.job_id)
pulumi.export("files", site.file_count)
pulumi.export("url", site.url)
