"""The program of every stack: a release for each branch that its config lists."""

import pulumi
from amplify_job_resource import Job

config = pulumi.Config()
#: What `fleet/plan.py` writes: app, branch, commit, and what a repetition is known by.
releases = config.require_object("releases")

for release in releases:
    Job(
        f"{release['app']}/{release['branch']}",
        app_id=release["app"],
        branch_name=release["branch"],
        commit_id=release["commit"],
        # Another text in the plan means: build this commit again.
        triggers={"again": release["again"]} if release["again"] else None,
        # A build that fails is a line of the table. As an error it would be built again by whoever
        # repeats the stack of a lost worker.
        allow_failure=True,
    )
