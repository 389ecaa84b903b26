"""One release for each tenant: they wait side by side under `pulumi up --parallel 100`."""

import pulumi
from amplify_job_resource import Job

config = pulumi.Config()
#: Tenant -> commit, such as {"blue": "1f3c9e2", "green": "8b02d4a"}; each has a branch of its name.
tenants = config.require_object("tenants")

releases = {
    tenant: Job(
        tenant,
        app_id=config.require("appId"),
        branch_name=f"tenant/{tenant}",
        # `pulumi config set --path` keeps a short sha of digits alone as a number.
        commit_id=str(commit),
    )
    for tenant, commit in tenants.items()
}

pulumi.export("jobs", {tenant: release.job_id for tenant, release in releases.items()})
