"""The emulator's state in a file."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from amplify_job_resource.emulator import (
    Control,
    Plan,
    Server,
    emulator_state,
    persistence,
    state_layout,
)
from amplify_job_resource.emulator.models import backend_of
from amplify_job_resource.emulator.persistence import Persistence, load, save
from amplify_job_resource.emulator.state_file import FORMAT, StateFile

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


def test_a_file_of_before_versions_is_read(
    machine_time: MachineTime, emulator: Control, tmp_path: Path
) -> None:
    """One pickle becomes parts; what was deployed, deleted, queued and planned is there."""
    machine_time.pass_by(10**8)  # the file is of 2026
    shutil.copy(Path(__file__).parent / "state-before-version.pickle", tmp_path / "state")
    Persistence(tmp_path / "state").close()
    assert (tmp_path / "state").read_bytes().startswith(b"SQLite format 3")
    assert [path.name for path in tmp_path.iterdir()] == ["state"]
    emulator.reset()
    load(tmp_path / "state")
    branch = Branch(make_client(), emulator)
    assert ask(emulator.site(MANUAL)).body == b"2"
    assert [job["status"] for job in emulator.jobs(MANUAL)] == ["PENDING", "SUCCEED"]
    assert [job["status"] for job in emulator.jobs(APP)] == ["SUCCEED", "SUCCEED"]
    first, second = (branch.summary(job) for job in ("1", "2"))
    assert second["endTime"] > first["endTime"] > second["startTime"]
    assert branch.status(branch.start()) == "NEW"


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


@pytest.mark.parametrize("content", [b"junk", pickle.dumps(7), pickle.dumps((1, 2))])
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
        killed = tmp_path / "killed"
        for ending in ("", "-wal"):
            shutil.copy(tmp_path / f"state{ending}", f"{killed}{ending}")
    emulator.reset()
    load(killed)
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
    lock, as_bytes, taken = backend_of("123456789012", "us-east-1").lock, state_layout.as_bytes, []

    def watched(part: object) -> bytes:
        with ThreadPoolExecutor(1) as pool:
            taken.append(pool.submit(lock.acquire, blocking=False).result())
        return as_bytes(part)

    monkeypatch.setattr(f"{persistence.__name__}.as_bytes", watched)
    save(tmp_path / "state")
    assert set(taken) == {False}
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


def test_rules_are_kept(emulator: Control, branch: Branch, tmp_path: Path) -> None:
    """So is how many jobs have followed each of them."""
    (tmp_path / "plans.yaml").write_text(
        "default: {pending: 0, provisioning: 0, build: 0, deploy: 0, verify: 0}\n"
        "rules: [{times: 2, plan: {outcome: FAILED}}]"
    )
    emulator.plan_file(tmp_path / "plans.yaml")
    branch.start()
    save(tmp_path / "state")
    emulator.reset()
    load(tmp_path / "state")
    assert [branch.status(branch.start()) for _ in range(2)] == ["FAILED", "SUCCEED"]


def test_only_what_changed_is_written(
    emulator: Control, branch: Branch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ended jobs and deployed files are written once, also after a restart; what is gone is removed."""
    emulator.default_plan(Plan.instant())
    site = manual_branch(branch.client, emulator)
    deploy(site, SITE)
    branch.start()
    writes: list[tuple[set[str], int]] = []
    write = StateFile.write

    def watched(file: StateFile, changed: dict[str, bytes], gone: list[str]) -> None:
        writes.append(({json.loads(name)[0] for name in changed}, len(gone)))
        write(file, changed, gone)

    monkeypatch.setattr(StateFile, "write", watched)
    with Persistence(tmp_path / "state") as file:
        file.save()
        branch.start()
        file.save()
        branch.client.delete_job(**branch.place, jobId="1")
        file.save()
    with Persistence(tmp_path / "state") as file:
        emulator.reset()
        file.load()
        file.save()
    assert writes[0] == ({"shared", "place", "job", "files"}, 0)
    assert writes[1:3] == [({"shared", "job", "place"}, 0), ({"shared"}, 1)]
    assert writes[3][0] <= {"shared", "place"}


def test_a_file_is_used_by_one_emulator(emulator: Control, tmp_path: Path) -> None:
    """A second one would overwrite what the first one saves."""
    with (
        Persistence(tmp_path / "state"),
        pytest.raises(OSError, match="another emulator uses this file"),
    ):
        Server(state=tmp_path / "state")


def change(path: Path, statement: str, *values: object) -> None:
    database = sqlite3.connect(path)
    database.execute(statement, values)
    database.commit()
    database.close()


@pytest.mark.parametrize("by", ["form", "part", "field"])
def test_a_file_of_a_newer_version_is_refused(emulator: Control, tmp_path: Path, by: str) -> None:
    """The error says so, whichever of the three is new, and the file stays as it is."""
    emulator.default_plan(Plan(status_reason="kept"))
    save(tmp_path / "state")
    if by == "form":
        change(tmp_path / "state", f"PRAGMA user_version = {FORMAT + 1}")
    else:
        known, new = (b"Plan", b"Path") if by == "part" else (b"status_reason", b"future_reason")
        database = sqlite3.connect(tmp_path / "state")
        (data,) = database.execute("SELECT data FROM parts WHERE name LIKE '%shared%'").fetchone()
        database.close()
        assert known in data
        renamed = data.replace(known, new)
        change(tmp_path / "state", "UPDATE parts SET data = ? WHERE name LIKE '%shared%'", renamed)
    before = (tmp_path / "state").read_bytes()
    with pytest.raises(ValueError, match="was written by another version of the emulator"):
        Server(state=tmp_path / "state")
    assert (tmp_path / "state").read_bytes() == before


def test_a_file_runs_no_code(emulator: Control, tmp_path: Path) -> None:
    """A state can come from somewhere else: what is no part of one is not made."""
    (tmp_path / "state").write_bytes(pickle.dumps(os.getcwd))
    with pytest.raises(ValueError, match="holds no state"):
        load(tmp_path / "state")
    (tmp_path / "state").unlink()
    save(tmp_path / "state")
    change(tmp_path / "state", "UPDATE parts SET data = ?", pickle.dumps(os.getcwd))
    with pytest.raises(ValueError, match="holds no state"):
        load(tmp_path / "state")


#: Again and again: starts jobs in another process, which saves after each, and kills it.
SAVING = """
import os, signal, sys
from pathlib import Path
from amplify_job_resource.emulator import Control, Plan, register
from amplify_job_resource.emulator.models import backend_of
from amplify_job_resource.emulator.persistence import Persistence

register()
backend = backend_of("123456789012", "us-east-1")

def save_for_ever(told):
    with Persistence(Path(sys.argv[1])) as file:
        file.load()
        Control().default_plan(Plan.instant())
        if not backend.apps:
            Control().create_app("d1a2b3c4")
        while True:
            job = backend.start_job("d1a2b3c4", "main", {"jobType": "RELEASE"})
            file.save()
            os.write(told, b"%d\\n" % job.number)

for lines in range(1, 40, 4):
    read, write = os.pipe()
    process = os.fork()
    if process == 0:
        save_for_ever(write)
    os.close(write)
    with os.fdopen(read) as told:
        for _ in range(lines):
            last = told.readline()
        os.kill(process, signal.SIGKILL)
        last = [last, *told][-1]
    os.waitpid(process, 0)
print(last)
"""


def test_a_kill_at_any_moment_loses_nothing(emulator: Control, tmp_path: Path) -> None:
    """What was saved is there after SIGKILL, and the next emulator goes on with it."""
    command = [sys.executable, "-c", SAVING, str(tmp_path / "state")]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)
    load(tmp_path / "state")
    # The last one was killed before or after it told of its last job.
    assert len(emulator.jobs(APP)) - int(done.stdout) in (0, 1)


def test_without_a_file_nothing_is_loaded(emulator: Control, tmp_path: Path) -> None:
    """The first start with a file finds none, and changes nothing."""
    began = emulator_state.clock.now()
    load(tmp_path / "none")
    assert emulator_state.clock.now() == began
    assert emulator.jobs(APP) == []
