"""The emulator that the peers share."""

from __future__ import annotations

import boto3
from amplify_job_resource.emulator import Plan

from bench.emulator import APP, Emulator


def test_more_jobs_build_at_once_than_an_account_has_slots() -> None:
    """The queue of an account would be measured otherwise."""
    with Emulator() as emulator:
        emulator.prepare(60, Plan(pending=0, provisioning=0, build=3600))
        client = boto3.client(
            "amplify",
            region_name="us-east-1",
            endpoint_url=emulator.url,
            aws_access_key_id="a",
            aws_secret_access_key="b",
        )
        started = [
            client.start_job(appId=APP, branchName=f"b{number}", jobType="RELEASE")
            for number in range(60)
        ]
    assert {job["jobSummary"]["status"] for job in started} == {"RUNNING"}
