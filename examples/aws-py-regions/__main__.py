"""One site in several regions: the first one is released, and if that succeeds, all others."""

import pulumi
from amplify_job_resource import Job

config = pulumi.Config()
#: Region -> the app there, such as {"us-east-1": "d1a2b3c4", "eu-west-1": "d5e6f7a8"}.
apps = config.require_object("apps")
first = config.require("firstRegion")


def release(region, after=None):
    return Job(
        region,
        app_id=apps[region],
        branch_name="main",
        commit_id=config.get("commitId") or None,
        region=region,
        opts=pulumi.ResourceOptions(depends_on=after),
    )


releases = {first: release(first)}
for region in apps:
    if region != first:
        # If the first release fails, none of these is started.
        releases[region] = release(region, after=[releases[first]])

pulumi.export("urls", {region: made.url for region, made in releases.items()})
