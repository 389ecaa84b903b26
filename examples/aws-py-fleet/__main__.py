"""The program of every stack: a release for each branch that the stack's config lists."""

import pulumi
from amplify_job_resource import Job

config = pulumi.Config("fleet")

for release in config.require_object("releases"):
    Job(
        f"{release['app']}/{release['branch']}",
        app_id=release["app"],
        branch_name=release["branch"],
        commit_id=release["commit"],
        # Another text in the plan means: build this commit again.
        triggers={"again": release["again"]} if release["again"] else None,
        # A failed build is a line of the table. As an error it would be built again by the worker
        # that repeats the stack of a lost one.
        allow_failure=True,
    )
