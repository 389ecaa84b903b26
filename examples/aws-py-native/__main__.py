"""Release two apps in two regions; the job that one of them has already is imported."""

import pulumi
import pulumi_amplify_job as amplify_job

config = pulumi.Config()
commit = config.get("commitId") or None

# This one uses the stack's configuration, such as amplify-job:region.
home = amplify_job.Job("home", app_id=config.require("appId"), branch_name="main", commit_id=commit)

# An explicit provider has a configuration of its own: a region, a profile, roles to assume.
other_region = amplify_job.Provider("other", region=config.get("otherRegion") or "eu-west-1")
other = amplify_job.Job(
    "other",
    app_id=config.require("otherAppId"),
    branch_name="main",
    commit_id=commit,
    opts=pulumi.ResourceOptions(provider=other_region),
)

pulumi.export("home", home.url)
pulumi.export("jobs", [home.job_arn, other.job_arn])
