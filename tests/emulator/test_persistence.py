"""The emulator's state in a file."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from amplify_job_resource.emulator import Control, Plan, Server, emulator_state
from amplify_job_resource.emulator.models import backend_of
from amplify_job_resource.emulator.persistence import load, save

from tests.emulator.conftest import APP, Branch, MachineTime, make_client
from tests.emulator.files import MANUAL, PAGE, SITE, ask, deploy, manual_branch, start, zipped


def test_time_passes_between_save_and_load(
    machine_time: MachineTime, emulator: Control, branch: Branch, tmp_path: Path
) -> None:
    """A loaded job goes on as if the emulator had run all the time."""
    branch.plan(Plan(pending=0, provisioning=0, build=100, deploy=0, verify=0))
    job = branch.start()
    began = emulator_state.clock.now()
    emulator.advance(50)
    save(tmp_path / "state")
    emulator.reset()
    machine_time.pass_by(49)
    load(tmp_path / "state")
    assert emulator_state.clock.now() == began + 99
    assert branch.status(job) == "RUNNING"
    machine_time.pass_by(1)
    assert branch.status(job) == "SUCCEED"


def test_shown_times_are_kept(
    machine_time: MachineTime, emulator: Control, branch: Branch, tmp_path: Path
) -> None:
    """What clients were shown before a restart is shown after it, and new jobs begin now."""
    emulator.default_plan(Plan.instant())
    emulator.run(10)
    machine_time.pass_by(100)
    first = branch.summary(branch.start())
    save(tmp_path / "state")
    emulator.reset()
    machine_time.pass_by(100)
    load(tmp_path / "state")
    assert branch.summary(first["jobId"]) == first
    machine_time.pass_by(1)
    second = branch.summary(branch.start())
    assert second["startTime"].timestamp() == pytest.approx(machine_time.time(), abs=1e-3)


def test_a_file_of_an_earlier_version_is_read(
    machine_time: MachineTime, emulator: Control, branch: Branch, tmp_path: Path
) -> None:
    """A file without the life of the clock gives its jobs, with the times that were shown then."""
    first = branch.summary(branch.start())
    save(tmp_path / "state")
    saved = pickle.loads((tmp_path / "state").read_bytes())
    (tmp_path / "state").write_bytes(pickle.dumps(saved[:4]))
    emulator.reset()
    load(tmp_path / "state")
    assert branch.summary(first["jobId"]) == first


def test_a_file_of_before_logs_and_domains_is_read(
    machine_time: MachineTime, emulator: Control, tmp_path: Path
) -> None:
    """Its jobs go on, get logs and can be saved again; what its apps lacked can be set."""
    machine_time.pass_by(10**8)  # the file is of 2026
    load(Path(__file__).parent / "state-before-logs.pickle")
    branch = Branch(make_client(), emulator)
    emulator.advance(1000)
    assert [branch.status(job) for job in ("1", "2")] == ["SUCCEED", "FAILED"]
    assert branch.steps("2")[0]["statusReason"] == "no space left"
    assert "logUrl" in branch.steps("2")[0]
    emulator.domain(APP, "example.com", {"www": "main"})
    branch.client.delete_job(**branch.place, jobId="1")
    save(tmp_path / "state")
    emulator.reset()
    load(tmp_path / "state")
    found = branch.client.list_domain_associations(appId=APP)["domainAssociations"]
    assert [each["domainName"] for each in found] == ["example.com"]
    assert branch.status(branch.start()) == "SUCCEED"
    assert ask(emulator.site(APP)).status == 404
    branch.client.update_app(appId=APP, repository="")
    deploy(branch, SITE)
    emulator.advance(1000)
    assert ask(emulator.site(APP)).body == PAGE


def test_a_file_of_before_webhooks_is_read(
    machine_time: MachineTime, emulator: Control, tmp_path: Path
) -> None:
    """Its domains and tags are there; what its apps, branches and jobs lacked can be made and kept."""
    machine_time.pass_by(10**8)  # the file is of 2026
    load(Path(__file__).parent / "state-before-webhooks.pickle")
    branch = Branch(make_client(), emulator)
    client: Any = branch.client
    app = {"appId": APP}
    (domain,) = client.list_domain_associations(**app)["domainAssociations"]
    assert (domain["domainStatus"], domain["enableAutoSubDomain"]) == ("PENDING_DEPLOYMENT", False)
    found = client.get_branch(**branch.place)["branch"]
    assert (found["tags"], found["displayName"]) == ({"team": "web"}, "home")
    assert client.list_artifacts(**branch.place, jobId="1")["artifacts"] == []
    assert ask(emulator.site(MANUAL)).body == b"<h1>hello</h1>"
    webhook = client.create_webhook(**branch.place)["webhook"]
    client.create_backend_environment(**app, environmentName="dev")
    client.create_domain_association(**app, domainName="example.org", subDomainSettings=[])
    client.tag_resource(resourceArn=webhook["webhookArn"], tags={"a": "b"})
    before = [client.list_webhooks(**app)["webhooks"], client.list_domain_associations(**app)]
    save(tmp_path / "state")
    emulator.reset()
    load(tmp_path / "state")
    after = [client.list_webhooks(**app)["webhooks"], client.list_domain_associations(**app)]
    assert [each["webhookId"] for each in after[0]] == [each["webhookId"] for each in before[0]]
    assert after[1]["domainAssociations"] == before[1]["domainAssociations"]
    tags = client.list_tags_for_resource(resourceArn=webhook["webhookArn"])["tags"]
    assert tags == {"a": "b"}
    assert len(client.list_backend_environments(**app)["backendEnvironments"]) == 1


@pytest.mark.parametrize("content", [b"", b"junk", pickle.dumps(7), pickle.dumps((1, 2))])
def test_another_file_is_refused(emulator: Control, tmp_path: Path, content: bytes) -> None:
    """A file that holds something else is named, and is not overwritten."""
    (tmp_path / "state").write_bytes(content)
    with pytest.raises(ValueError, match=r"state holds no state of the emulator"):
        Server(state=tmp_path / "state")
    assert (tmp_path / "state").read_bytes() == content


def test_logs_are_kept(emulator: Control, branch: Branch, tmp_path: Path) -> None:
    """A log is the same after a restart, and so is one that is to come."""
    branch.plan(Plan.instant(logs={"BUILD": "a"}), Plan.instant(logs={"BUILD": "b"}))
    first = branch.start()

    def log(job_id: str) -> bytes:
        with urlopen(branch.steps(job_id)[0]["logUrl"]) as answer:
            return bytes(answer.read())

    before = log(first)
    save(tmp_path / "state")
    emulator.reset()
    load(tmp_path / "state")
    assert log(first) == before
    assert log(branch.start()).endswith(b" [INFO]: b\n")


def test_deployed_files_are_kept(emulator: Control, branch: Branch, tmp_path: Path) -> None:
    """Sites are the same after a restart, also one whose record was deleted; older files stay, too."""
    emulator.default_plan(Plan.instant())
    site = manual_branch(branch.client, emulator)
    for number in range(1, 4):
        deploy(site, zipped({"index.html": b"%d" % number}))
    site.client.delete_job(**site.place, jobId="3")
    save(tmp_path / "state")
    emulator.reset()
    load(tmp_path / "state")
    assert ask(emulator.site(MANUAL)).body == b"3"
    site.start(jobType="RETRY", jobId="1")
    assert ask(emulator.site(MANUAL)).body == b"1"


def test_an_upload_is_kept(emulator: Control, branch: Branch, tmp_path: Path) -> None:
    """A server saves it at once: after a restart the deployment can be started, on the same terms."""
    with Server(state=tmp_path / "state") as server:
        site = manual_branch(branch.client, emulator)
        made = site.client.create_deployment(**site.place)
        local = made["zipUploadUrl"].partition("/_uploads/")[0]
        assert ask(made["zipUploadUrl"].replace(local, server.url), "PUT", SITE).status == 200
        saved = (tmp_path / "state").read_bytes()
    emulator.reset()
    (tmp_path / "state").write_bytes(saved)
    load(tmp_path / "state")
    emulator.default_plan(Plan.instant())
    assert site.status("1") == "PENDING"
    emulator.advance(7 * 60 * 60)
    start(site, jobId="1")
    emulator.advance(1000)
    assert ask(emulator.site(MANUAL)).body == PAGE


def test_nothing_changes_while_it_is_saved(
    emulator: Control, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Uploads and calls come side by side: each waits until a save has all it needs."""
    lock, dumps, taken = backend_of("123456789012", "us-east-1").lock, pickle.dumps, []

    def watched(state: object) -> bytes:
        with ThreadPoolExecutor(1) as pool:
            taken.append(pool.submit(lock.acquire, blocking=False).result())
        return dumps(state)

    monkeypatch.setattr(pickle, "dumps", watched)
    save(tmp_path / "state")
    assert taken == [False]
    assert lock.acquire(blocking=False)
    lock.release()


def test_plans_are_kept(emulator: Control, branch: Branch, tmp_path: Path) -> None:
    """Jobs that start after a load follow the plans that were set before the save."""
    branch.plan(Plan.instant(outcome="FAILED"))
    emulator.default_plan(Plan.instant())
    save(tmp_path / "state")
    emulator.reset()
    load(tmp_path / "state")
    assert [branch.status(branch.start()) for _ in range(2)] == ["FAILED", "SUCCEED"]


def test_without_a_file_nothing_is_loaded(emulator: Control, tmp_path: Path) -> None:
    """The first start with a file finds none, and changes nothing."""
    began = emulator_state.clock.now()
    load(tmp_path / "none")
    assert emulator_state.clock.now() == began
    assert emulator.jobs(APP) == []
