"""Staging and production, a stack each: production releases only what staging shows."""

import pulumi
from amplify_job_resource import Job

config = pulumi.Config()
commit = config.require("commitId")


def shown(staging):
    """The commit, once staging has released it; an error before, also in a preview."""
    if staging != commit:
        raise pulumi.RunError(f"staging shows {staging}, not {commit}: release it there first")
    return commit


if promotes := config.get("promotes"):
    stack = f"{pulumi.get_organization()}/{pulumi.get_project()}/{promotes}"
    commit_id = pulumi.StackReference(stack).get_output("commit").apply(shown)
else:
    commit_id = commit

release = Job(
    "site",
    app_id=config.require("appId"),
    branch_name=config.require("branchName"),
    commit_id=commit_id,
)

# A release that fails leaves this as it was.
pulumi.export("commit", release.commit_id)
pulumi.export("url", release.url)
