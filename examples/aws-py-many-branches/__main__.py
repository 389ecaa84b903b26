"""One release for each tenant; all of them wait side by side with `pulumi up --parallel 100`."""

import pulumi
from amplify_job_resource import Job

config = pulumi.Config()
#: Tenant -> commit, such as {"blue": "1f3c9e2", "green": "8b02d4a"}; its branch is tenant/<name>.
tenants = config.require_object("tenants")

releases = {
    tenant: Job(
        tenant,
        app_id=config.require("appId"),
        branch_name=f"tenant/{tenant}",
        # `pulumi config set --path` stores a short sha that has only digits as a number.
        commit_id=str(commit),
    )
    for tenant, commit in tenants.items()
}

pulumi.export("jobs", {tenant: release.job_id for tenant, release in releases.items()})
pulumi.export("urls", {tenant: release.url for tenant, release in releases.items()})
