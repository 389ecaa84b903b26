"""Deployments of files on the real engine: what goes live, what a person reads, what is kept."""

from __future__ import annotations

import io
import json
import os
import urllib.request
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from amplify_job_resource.emulator import Control, Fault, Server

from tests.engine.conftest import APP, QUICK
from tests.engine.fronts import BOTH, DYNAMIC, LIFECYCLE_ALONE, Front, only_dynamic
from tests.engine.stack import Stack
from tests.secure_server import secure_server
from tests.waiting import wait_until

pytestmark = [pytest.mark.engine, BOTH]

BEGIN = """
import pathlib
import pulumi
from amplify_job_resource import Deployment, Job
"""
#: A deployment of the folder `dist` beside the program.
DIST = f"""{BEGIN}
site = Deployment("site", app_id="{APP}", branch_name="main", source="./dist")
pulumi.export("url", site.url)
"""


@pytest.fixture(autouse=True)
def _app(emulator: Control) -> None:
    emulator.create_app(APP, ["main"], repository=False)


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Write files by their names below a folder."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def zipped(**files: str) -> bytes:
    """A zip of `index.html` and the like; two underscores stand for the point."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "."), text)
    return data.getvalue()


def page(emulator: Control, branch: str = "main", name: str = "") -> str:
    """What a browser gets."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(emulator.site(APP, branch) + name, timeout=30) as answer:
        return str(answer.read().decode())


def operations(emulator: Control) -> list[str]:
    """The calls so far that changed something."""
    called = [call["operation"] for call in emulator.calls()]
    return [name for name in called if not name.startswith(("Get", "List"))]


@pytest.fixture
def site(new_stack: Callable[..., Stack]) -> Stack:
    """A stack that deploys a folder of two files; it is not up yet."""
    stack = new_stack(DIST)
    write(stack.cwd / "dist", {"index.html": "<h1>one</h1>", "a/b.css": "p {}\n" * 600})
    return stack


STARTED = ["CreateDeployment", "PutUpload", "StartDeployment"]


def test_a_folder_goes_live_and_each_change_of_it(site: Stack, emulator: Control) -> None:
    """One byte is a deployment, which the preview counts; without a change nothing is done."""
    first = site.up().ok()
    assert first.lines("site")[0] == f"deploy {APP}/main: 2 files (3 kB)"
    assert first.lines("site")[-1].startswith("job 1 SUCCEED in ")
    assert first.lines("site")[-1].endswith(f"s  https://main.{APP}.amplifyapp.com")
    assert operations(emulator) == STARTED
    assert (page(emulator), page(emulator, name="a/b.css")[:5]) == ("<h1>one</h1>", "p {}\n")

    write(site.cwd / "dist", {"index.html": "<h1>two</h1>"})
    line = f"deploy {APP}/main: 1 changed of 2 files (3 kB)"
    assert site.preview().ok().lines("site") == [line]
    second = site.up().ok()
    assert line in second.lines("site")
    assert "replace" in second.steps("site")
    assert page(emulator) == "<h1>two</h1>"

    emulator.clear_calls()
    os.utime(site.cwd / "dist" / "index.html", (1, 1))
    assert site.up().ok().steps("site") == ["same"]
    assert emulator.calls() == []
    site.refresh().ok()
    recorded = site.job()
    assert recorded["id"] == f"{APP}/main/2"
    assert recorded["inputs"]["source"] == "dist"
    assert recorded["outputs"]["fileCount"] == 2
    site.destroy().ok()
    assert (site.jobs(), operations(emulator)) == ([], [])
    assert page(emulator) == "<h1>two</h1>"


FORMS = f"""{BEGIN}
parts = {{
    "index.html": pulumi.StringAsset("text"),
    "robots.txt": pulumi.FileAsset("dist/robots.txt"),
    "docs": pulumi.FileArchive("dist"),
}}
SOURCES = {{
    "zip": ("site.zip", []),
    "parts": (pulumi.AssetArchive(parts), ["*.map"]),
    "archive": (pulumi.FileArchive("dist"), ["*.map", "!keep.map"]),
    "path": (PATH(pathlib.Path(__file__).parent / "dist"), []),
    "https": ("HTTPS/site.zip", None),
    "prefix": ("s3://bucket/prefix/", None),
}}
for name, (source, exclude) in SOURCES.items():
    made = Deployment(name, app_id="{APP}", branch_name=name, source=source, exclude=exclude)
later = made.job_id.apply(lambda _: PATH("dist"))
Deployment("later", app_id="{APP}", branch_name="later", source=later)
"""


def test_every_form_of_a_source_goes_live(
    new_stack: Callable[..., Stack],
    server: Server,
    emulator: Control,
    front: Front,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """Paths, archives, addresses, and an output, whose files a preview does not know yet."""
    s3 = boto3.client(
        "s3",
        region_name="us-east-1",
        endpoint_url=server.url,
        aws_access_key_id="a",
        aws_secret_access_key="b",
    )
    s3.create_bucket(Bucket="bucket")
    s3.put_object(Bucket="bucket", Key="prefix/index.html", Body=b"prefix")
    names = ["zip", "parts", "archive", "path", "https", "prefix", "later"]
    emulator.create_app(APP, names, repository=False)
    with secure_server(tmp_path / "certificate.pem", zipped(index__html="https")) as elsewhere:
        # The emulator fetches it, as AWS does.
        monkeypatch.setenv("SSL_CERT_FILE", str(elsewhere.certificate))
        # A generated SDK takes a path as text only.
        path = "pathlib.Path" if front is DYNAMIC else "str"
        stack = new_stack(FORMS.replace("HTTPS", elsewhere.url).replace("PATH", path))
        (stack.cwd / "site.zip").write_bytes(zipped(index__html="zip"))
        files = {"index.html": "folder", "robots.txt": "r", "a.map": "", "keep.map": ""}
        write(stack.cwd / "dist", files)
        preview = stack.preview("--parallel=16").ok()
        said = {name: preview.lines(name)[0].partition(": ")[2] for name in names}
        assert said == {
            "zip": "1 file (3 bytes)",
            "parts": "4 files (12 bytes)",
            "archive": "3 files (7 bytes)",
            "path": "4 files (7 bytes)",
            "https": f"from {elsewhere.url}/site.zip",
            "prefix": "from s3://bucket/prefix/",
            "later": "files are known after the update",
        }
        stack.up("--parallel=16").ok()
    served = {name: page(emulator, name) for name in names}
    folders = dict.fromkeys(("archive", "path", "later"), "folder")
    itself = {name: name for name in ("zip", "https", "prefix")}
    assert served == {**folders, **itself, "parts": "text"}
    assert page(emulator, "parts", "docs/index.html") == "folder"
    with pytest.raises(urllib.error.HTTPError, match="404"):
        page(emulator, "archive", "a.map")
    emulator.clear_calls()
    again = stack.preview().ok()
    assert {step for name in names for step in again.steps(name)} == {"same"}
    assert emulator.calls() == []


SIGNED = f"""{BEGIN}
query = pathlib.Path("query").read_text()
address = "https://bucket.s3.us-east-1.amazonaws.com/site.zip?" + query
Deployment("site", app_id="{APP}", branch_name="main", source=address)
"""


def test_a_signed_address_is_nowhere_in_clear(
    new_stack: Callable[..., Stack], emulator: Control
) -> None:
    """In no row, difference, note or state; and a new signature of the same place is no deployment."""
    stack = new_stack(SIGNED)
    write(stack.cwd, {"query": "X-Amz-Signature=5ec2e7&a=b"})
    emulator.plan(APP, "main", replace(QUICK, outcome="FAILED"))
    emulator.fault(
        Fault("drop", "StartDeployment", "after"), Fault("denied", "ListJobs", times=None, skip=1)
    )
    runs = [stack.up().failed()]
    assert f"deploy {APP}/main: from a secret address" in runs[0].text
    assert f"it is unknown whether an Amplify job was started for {APP}/main" in runs[0].text
    notes = list((stack.folder / "pulumi" / "amplify-job-resource").iterdir())
    assert any(b"marker" in note.read_bytes() for note in notes)
    assert not any(b"5ec2e" in note.read_bytes() for note in notes)

    emulator.clear_faults()
    runs += [stack.up("--diff").failed()]
    assert f"{APP}/main/1 FAILED" in runs[1].text
    write(stack.cwd, {"query": "X-Amz-Signature=5ec2e8&a=b"})
    runs += [stack.preview("--diff").ok(), stack.pulumi("stack", "export", "--stack=dev").ok()]
    assert "deploy again: job 1 FAILED" in runs[2].text
    assert stack.job()["inputs"]["source"].keys() > {"ciphertext"}
    for run in runs:
        assert "5ec2e" not in run.text + json.dumps(run.events)
    kept = [path for path in stack.folder.rglob("*") if path.is_file() and path.name != "query"]
    assert [path for path in kept if b"5ec2e" in path.read_bytes()] == []


def link_out(folder: Path) -> None:
    """Let a link in the folder lead out of it."""
    (folder / "passwords").symlink_to(folder.parent / "__main__.py")


def test_what_cannot_be_deployed_is_a_sentence_at_preview(
    new_stack: Callable[..., Stack], emulator: Control
) -> None:
    """No traceback, no resource, no call to AWS; alike for a source that is an output."""
    stack = new_stack(DIST.replace('"./dist"', 'pulumi.Output.from_input("dist")'))
    folder = stack.cwd / "dist"
    missing = (
        "'dist' does not exist: build the site first, or correct the path; relative paths begin"
    )
    wrapped = "all files of 'dist' lie in 'site', so that the site would have no page at /: give"
    cases: dict[str, Callable[[], Any]] = {
        missing: lambda: None,
        "there is no file in the folder 'dist': build the site first": folder.mkdir,
        wrapped: lambda: write(folder, {"site/index.html": ""}),
        "the link 'passwords' leads out of the folder": lambda: link_out(folder),
    }
    for sentence, prepare in cases.items():
        prepare()
        run = (stack.up if prepare is folder.mkdir else stack.preview)().failed()
        assert f"source: {sentence}" in run.text
        assert "Traceback" not in run.text
        stack.write(DIST)
    assert stack.jobs() == []
    assert emulator.calls() == []


@LIFECYCLE_ALONE
def test_each_resource_points_to_the_other(
    new_stack: Callable[..., Stack], emulator: Control
) -> None:
    """A connected app builds, one without a repository takes files; the wrong one gets neither."""
    stack = new_stack(f"""{BEGIN}
Job("job", app_id="{APP}", branch_name="main")
Deployment("files", app_id="dconnected", branch_name="main", source="dist")
""")
    emulator.create_app("dconnected", ["main"])
    write(stack.cwd / "dist", {"index.html": ""})
    run = stack.up("--continue-on-error").failed()
    assert "To deploy files, declare a Deployment." in " ".join(run.lines("job"))
    assert "To build the branch, declare a Job." in " ".join(run.lines("files"))
    assert operations(emulator) == []
    assert stack.jobs("job") == stack.jobs("files") == []


@LIFECYCLE_ALONE
def test_ctrl_c_in_the_upload_leaves_nothing_that_blocks(site: Stack, emulator: Control) -> None:
    """The command ends long before the upload would, and the next `up` deploys all of it."""
    write(site.cwd / "dist", {f"{number:04}.txt": str(number) for number in range(1000)})
    emulator.fault(Fault("slow", "PutUpload", times=None, seconds=600))
    running = site.start("up")
    wait_until(lambda: bool(emulator.calls("PutUpload")), "the upload hangs")
    running.interrupt()
    run = running.finish(timeout=30)
    assert run.code != 0
    assert "Interrupted" in run.text
    assert "The next `pulumi up` tries again." in run.text
    assert "Traceback" not in run.text
    assert [job["stopped"] for job in emulator.jobs(APP)] == [True]
    assert site.jobs() == []
    emulator.clear_faults()
    emulator.advance(60)
    emulator.clear_calls()
    site.up().ok()
    assert operations(emulator) == STARTED
    assert page(emulator, name="0999.txt") == "999"
    # So many files are not too many to look at.
    emulator.clear_calls()
    assert site.preview().ok().steps("site") == ["same"]
    assert emulator.calls() == []
    assert site.job()["outputs"]["manifest"].count("\n") == 1002


@LIFECYCLE_ALONE
def test_a_failed_deployment_is_recorded_with_its_log(site: Stack, emulator: Control) -> None:
    """What was live stays live, and the next `up` deploys the same files again."""
    emulator.plan(APP, "main", replace(QUICK, outcome="FAILED"))
    run = site.up().failed()
    for line in ("From the log of DEPLOY:", "  Failed to deploy", f"{APP}/main/1 FAILED after"):
        assert line in run.text
    assert site.job()["outputs"]["status"] == "FAILED"
    assert "deploy again: job 1 FAILED" in site.up().ok().lines("site")
    assert (site.job()["id"], page(emulator)) == (f"{APP}/main/2", "<h1>one</h1>")


def test_an_active_deployment_is_waited_for_and_stopped_by_a_destroy(
    site: Stack, emulator: Control
) -> None:
    """Ctrl-C leaves the job as it is, and recorded; a destroy ends it."""
    emulator.plan(APP, "main", replace(QUICK, deploy=3600))
    running = site.start("up")
    wait_until(lambda: bool(emulator.calls("GetJob")), "the deployment is waited for")
    running.interrupt()
    assert "The next `pulumi up` keeps waiting for it." in running.finish().text
    assert site.preview().ok().lines("site") == ["keep waiting for job 1"]
    site.destroy().ok()
    assert site.jobs() == []
    assert [job["stopped"] for job in emulator.jobs(APP)] == [True]


@only_dynamic("the plugin looks at the files, at some time after the program named them")
def test_files_that_change_meanwhile_are_not_deployed(site: Stack, emulator: Control) -> None:
    """What goes live is what the program has looked at, or nothing; the sentence names the file."""
    site.write(DIST + 'pathlib.Path("dist/index.html").write_text("later")\n')
    run = site.up().failed()
    assert "'index.html' has changed while it was being deployed" in run.text
    assert operations(emulator) == []
    assert site.jobs() == []


def test_relative_paths_begin_at_the_program(site: Stack, emulator: Control) -> None:
    """With `main: app/`, from another folder, and through a link: it is the same deployment."""
    about = {"name": "site", "runtime": "python", "main": "app/"}
    (site.cwd / "Pulumi.yaml").write_text(json.dumps(about))
    (site.cwd / "app").mkdir()
    for name in ("__main__.py", "dist"):
        (site.cwd / name).rename(site.cwd / "app" / name)
    project = site.cwd
    site.cwd = site.folder
    site.up("--cwd", str(project)).ok()
    assert page(emulator) == "<h1>one</h1>"
    site.cwd = project.with_name("link")
    site.cwd.symlink_to(project)
    site.environment["PWD"] = str(site.cwd)
    assert site.preview().ok().steps("site") == ["same"]
    assert site.job()["inputs"]["source"] == "app/dist"
