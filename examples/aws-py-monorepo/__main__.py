"""The apps of one repository: each is released if its folder changed, or one that all share."""

import subprocess

import pulumi
import pulumi_aws as aws
from amplify_job_resource import Job

APPS = {"web": "apps/web", "docs": "apps/docs"}
SHARED = ["packages"]

config = pulumi.Config()
git = ["git", "-C", config.get("checkout") or ".", "rev-parse"]


def digest(folder):
    """Git's digest of a folder's files in HEAD: the same in a shallow clone, and after a revert."""
    return subprocess.check_output([*git, f"HEAD:{folder}"], text=True).strip()


for name, folder in APPS.items():
    app = aws.amplify.App(
        name,
        repository=config.require("repository"),
        access_token=config.require_secret("accessToken"),
        environment_variables={"AMPLIFY_MONOREPO_APP_ROOT": folder},
    )
    branch = aws.amplify.Branch(
        name,
        app_id=app.id,
        branch_name="main",
        # Otherwise each push would build all of them.
        enable_auto_build=False,
        opts=pulumi.ResourceOptions(delete_before_replace=True),
    )
    release = Job(
        name,
        app_id=app.id,
        branch_name=branch.branch_name,
        triggers={path: digest(path) for path in (folder, *SHARED)},
    )
    pulumi.export(name, release.url)
