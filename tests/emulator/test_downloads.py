"""Artifacts of tests, and access logs: files at signed addresses."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from amplify_job_resource.emulator import Control, Fault, Plan

from tests.emulator.conftest import APP, Branch
from tests.emulator.files import ask
from tests.emulator.test_jobs import refused

ARTIFACTS = {"videos/home page.mp4.txt": "a film", "report.json": "{}"}


def artifacts(branch: Branch, job_id: str) -> list[Any]:
    """The artifacts of a job."""
    return list(branch.client.list_artifacts(**branch.place, jobId=job_id)["artifacts"])


def url_of(branch: Branch, artifact: Any) -> str:
    """The address of an artifact."""
    answer = branch.client.get_artifact_url(artifactId=artifact["artifactId"])
    assert answer["artifactId"] == artifact["artifactId"]
    return answer["artifactUrl"]


def test_what_tests_leave_can_be_fetched(branch: Branch, emulator: Control) -> None:
    """The plan's files are listed by their names, and are at their signed addresses."""
    branch.plan(Plan.instant(artifacts=ARTIFACTS))
    found = artifacts(branch, branch.start())
    assert [each["artifactFileName"] for each in found] == sorted(ARTIFACTS)
    for each in found:
        answer = ask(url_of(branch, each))
        assert (answer.status, answer.body.decode()) == (200, ARTIFACTS[each["artifactFileName"]])
    calls = emulator.calls("GetArtifact")
    assert [call["body"]["file"] for call in calls] == sorted(ARTIFACTS)


def test_there_are_none_before_the_build_has_ended(branch: Branch, emulator: Control) -> None:
    """A job that builds has none yet, a failed one has them, and another one has none at all."""
    branch.plan(
        Plan(pending=0, provisioning=0, build=10, outcome="FAILED", artifacts=ARTIFACTS),
        Plan.instant(),
    )
    job = branch.start()
    assert artifacts(branch, job) == []
    emulator.advance(10)
    assert len(artifacts(branch, job)) == 2
    assert artifacts(branch, branch.start()) == []


def test_an_artifact_goes_with_its_job(branch: Branch) -> None:
    """Of a deleted job nothing is found, also not at an address that was given before."""
    branch.plan(Plan.instant(artifacts=ARTIFACTS))
    job = branch.start()
    artifact = artifacts(branch, job)[0]
    url = url_of(branch, artifact)
    branch.client.delete_job(**branch.place, jobId=job)
    call = branch.client.get_artifact_url
    assert refused(call, artifactId=artifact["artifactId"])[:2] == (404, "NotFoundException")
    assert ask(url).status == 404


def test_addresses_are_signed_and_expire(branch: Branch, emulator: Control) -> None:
    """A changed address, an old one and one without a signature are refused; faults strike."""
    url = branch.client.generate_access_logs(appId=APP, domainName=f"{APP}.amplifyapp.com")[
        "logUrl"
    ]
    assert ask(url.replace(APP, "dother")).status == 403
    assert ask(url.partition("?")[0]).status == 403
    assert ask(url, "PUT").status == 403
    emulator.fault(Fault("503", "GetAccessLog"))
    assert [ask(url).status for _ in range(2)] == [503, 200]
    emulator.advance(3 * 60 * 60 + 1)
    assert ask(url).status == 403


def test_an_access_log_is_a_csv(branch: Branch, emulator: Control) -> None:
    """Each of an app's domains has one, with AWS's columns; no other domain has."""
    emulator.domain(APP, "example.com", {"www": "main"})
    own = (f"{APP}.amplifyapp.com", f"main.{APP}.amplifyapp.com", "example.com", "www.example.com")
    for domain in own:
        url = branch.client.generate_access_logs(appId=APP, domainName=domain)["logUrl"]
        (columns,) = ask(url).body.decode().splitlines()
        assert columns.startswith("date,time,x-edge-location,")
    call = branch.client.generate_access_logs
    for domain in ("example.org", "dother.amplifyapp.com", f"x{APP}.amplifyapp.com"):
        assert refused(call, appId=APP, domainName=domain)[:2] == (404, "NotFoundException")
    now = datetime.now(timezone.utc)
    times: Any = {"startTime": now, "endTime": now - timedelta(seconds=1)}
    assert refused(call, appId=APP, domainName=own[0], **times)[0] == 400
