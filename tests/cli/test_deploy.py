"""`amplify-job deploy`: what it deploys, says, keeps and refuses."""

from __future__ import annotations

import json
import os
import urllib.request
import zipfile
from pathlib import Path

import boto3
import pytest
from amplify_job_resource.emulator import Control, Fault, Plan

from tests.cli.conftest import Cli
from tests.emulator.files import zipped

SITE = "d1f11e5"


@pytest.fixture
def site(emulator: Control, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a built site, in the folder in which the command runs; and an app for it."""
    emulator.create_app(SITE, ["main"], repository=False)
    folder = tmp_path / "work" / "dist"
    (folder / ".well-known").mkdir(parents=True)
    (folder / "index.html").write_text("<h1>one</h1>")
    (folder / "style.css").write_text("h1 {}")
    (folder / ".well-known" / "security.txt").write_text("Contact: nobody")
    monkeypatch.chdir(folder.parent)
    return folder


def served(emulator: Control, path: str = "") -> str:
    """What is live on the branch."""
    with urllib.request.urlopen(emulator.site(SITE, "main") + path) as answer:
        return str(answer.read().decode())


def live_numbers(emulator: Control) -> list[str]:
    """The jobs of the branch, newest first."""
    return [job["job_id"] for job in emulator.jobs(SITE, "main")]


def test_a_folder_goes_live(cli: Cli, site: Path, emulator: Control) -> None:
    """All its files, hidden ones too; stdout has the job, stderr what was done."""
    code, out, err = cli("deploy", SITE, "main", "dist")
    assert code == 0
    assert f"{SITE}/main/1  SUCCEED" in out
    assert err.splitlines()[0] == f"deploy {SITE}/main: 3 files (32 bytes)"
    assert "job 1 SUCCEED" in err
    assert served(emulator) == "<h1>one</h1>"
    assert served(emulator, ".well-known/security.txt") == "Contact: nobody"


def test_a_dry_run_creates_nothing(cli: Cli, site: Path, emulator: Control) -> None:
    """It lists the files; AWS is not asked for a deployment, and nothing is kept."""
    for _ in range(2):
        code, out, err = cli("deploy", SITE, "main", "dist", "--dry-run")
        assert (code, err) == (0, f"deploy {SITE}/main: 3 files (32 bytes)\n")
        assert out.splitlines() == [
            "+ .well-known/security.txt (15 bytes)",
            "+ index.html (12 bytes)",
            "+ style.css (5 bytes)",
        ]
    assert emulator.calls("CreateDeployment") == []


def test_a_dry_run_says_what_changes(cli: Cli, site: Path) -> None:
    """Held against the last deployment that this command has seen succeed, by name and in data."""
    assert cli("deploy", SITE, "main", "dist")[0] == 0
    _, out, err = cli("deploy", SITE, "main", "dist", "--dry-run")
    assert (out, err) == ("", f"deploy {SITE}/main: the same content as job 1\n")
    (site / "index.html").write_text("<h1>two</h1>")
    (site / "style.css").unlink()
    (site / "app.js").write_text("1")
    _, out, err = cli("deploy", SITE, "main", "dist", "--dry-run", "--max-files", "2")
    assert err == f"deploy {SITE}/main: 1 changed, 1 added, 1 removed of 3 files (28 bytes)\n"
    assert out.splitlines() == ["+ app.js (1 byte)", "~ index.html (12 bytes)", "and 1 more"]
    _, out, _ = cli("deploy", SITE, "main", "dist", "--dry-run", "--output", "json")
    assert json.loads(out) == {
        "count": 3,
        "totalBytes": 28,
        "changed": 1,
        "added": 1,
        "removed": 1,
        "listed": [
            {"name": "app.js", "change": "added", "bytes": 1},
            {"name": "index.html", "change": "changed", "bytes": 12},
            {"name": "style.css", "change": "removed", "bytes": 5},
        ],
    }


def test_the_same_content_is_deployed_again(cli: Cli, site: Path, emulator: Control) -> None:
    """Whoever asks for a deployment gets one, as with `start`."""
    assert [cli("deploy", SITE, "main", "dist")[0] for _ in range(2)] == [0, 0]
    assert live_numbers(emulator) == ["2", "1"]


def test_what_failed_is_not_what_is_live(cli: Cli, site: Path, emulator: Control) -> None:
    """A failed job ends the command with 3, and the next comparison is with what went live before."""
    assert cli("deploy", SITE, "main", "dist")[0] == 0
    (site / "index.html").write_text("<h1>two</h1>")
    emulator.plan(SITE, "main", Plan.instant(outcome="FAILED", step="DEPLOY"))
    code, out, err = cli("deploy", SITE, "main", "dist")
    assert code == 3
    assert f"{SITE}/main/2  FAILED" in out
    assert "From the log of DEPLOY:" in err
    assert "`amplify-job deploy` releases again." in err
    assert "1 changed" in cli("deploy", SITE, "main", "dist", "--dry-run")[2]


def test_files_can_be_left_out(cli: Cli, site: Path, emulator: Control) -> None:
    """`--exclude` takes patterns as a .gitignore has them."""
    assert cli("deploy", SITE, "main", "dist", "--exclude", "*.css", "--exclude", ".*")[0] == 0
    with pytest.raises(urllib.error.HTTPError):
        served(emulator, "style.css")
    with pytest.raises(urllib.error.HTTPError):
        served(emulator, ".well-known/security.txt")


def test_a_zip_goes_live(cli: Cli, site: Path, emulator: Control) -> None:
    """A zip is uploaded as it is."""
    with zipfile.ZipFile("site.zip", "w") as archive:
        archive.write(site / "index.html", "index.html")
    assert cli("deploy", SITE, "main", "site.zip")[0] == 0
    assert served(emulator) == "<h1>one</h1>"


def test_an_address_is_left_to_aws(cli: Cli, site: Path, emulator: Control) -> None:
    """No file is read here, and what may be a signature stands nowhere, not on disk either."""
    with zipfile.ZipFile(site / "site.zip", "w") as archive:
        archive.write(site / "index.html", "index.html")
    assert cli("deploy", SITE, "main", "dist")[0] == 0
    address = f"{emulator.site(SITE, 'main')}site.zip?X-Amz-Signature=s3cr3t"
    code, out, err = cli("deploy", SITE, "main", address.replace("http:", "https:"))
    assert "s3cr3t" not in out + err
    kept = "".join(
        path.read_text(errors="replace") for path in Path(os.environ["PULUMI_HOME"]).rglob("*.json")
    )
    assert "s3cr3t" not in kept
    assert (code, emulator.calls("CreateDeployment")[1:]) == (3, [])


def test_aws_may_repeat_an_address_and_nobody_reads_its_signature(
    cli: Cli, site: Path, emulator: Control
) -> None:
    """In the words of a step, in the log of a job, in text and as data: one word stands for it."""
    address = "https://files.example/a.zip?sig=5ec2e7&more=1"
    plan = Plan.instant(
        outcome="FAILED",
        step="DEPLOY",
        status_reason=f"cannot read {address}",
        logs={"DEPLOY": [f"[ERROR]: cannot download {address[:-3]}"]},
    )
    emulator.plan(SITE, "main", plan)
    emulator.plan(SITE, "main", plan)
    for form in ("text", "json"):
        code, out, err = cli("deploy", SITE, "main", address, "--output", form)
        assert code == 3
        assert "5ec2e7" not in out + err
        assert "[secret]" in out


def test_no_file_keeps_what_an_address_has_behind_it(
    cli: Cli, site: Path, emulator: Control
) -> None:
    """It may be a secret, whatever it is called; that the address is the same is told all the same."""
    s3 = boto3.client("s3", endpoint_url=emulator.url, region_name="us-east-1")
    s3.create_bucket(Bucket="bucket")
    s3.put_object(Bucket="bucket", Key="site.zip", Body=zipped({"index.html": b"x"}))
    address = "https://bucket.s3.us-east-1.amazonaws.com/site.zip?token=5ec2e7"
    code, out, err = cli("deploy", SITE, "main", address)
    assert (code, "5ec2e7" in out + err) == (0, False)
    home = Path(os.environ["PULUMI_HOME"])
    kept = [path.read_text() for path in home.rglob("*") if path.is_file()]
    assert any("site.zip" in text for text in kept)
    assert not any("5ec2e7" in text for text in kept)
    said = cli("deploy", SITE, "main", address, "--dry-run")[2]
    assert f"deploy {SITE}/main: the same address as job 1" in said
    other = cli("deploy", SITE, "main", address.replace("site.zip", "other.zip"), "--dry-run")[2]
    assert "the same address" not in other


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("nowhere",), "'nowhere' does not exist: build the site first"),
        (("empty",), "there is no file in the folder 'empty'"),
        (("wrapped",), "all files of 'wrapped' lie in"),
        (("https://example.com/a.zip", "--exclude", "x"), "--exclude is for folders"),
        (("http://example.com/a.zip",), "give an address with https, which AWS can read safely"),
        (
            ("https://x.io/" + "a" * 2988,),
            "the address has 3001 characters; AWS allows at most 3000",
        ),
        (("dist", "--on-busy", "adopt"), "'adopt' is not one of"),
    ],
)
def test_what_cannot_be_deployed_is_refused(
    cli: Cli, site: Path, emulator: Control, arguments: tuple[str, ...], sentence: str
) -> None:
    """One sentence, the exit code of a wrong command line, and nothing is created."""
    Path("empty").mkdir()
    Path("wrapped/site").mkdir(parents=True)
    Path("wrapped/site/index.html").write_text("x")
    code, out, err = cli("deploy", SITE, "main", *arguments)
    assert (code, out) == (64, "")
    assert sentence in err
    assert emulator.calls("CreateDeployment") == []


def test_an_app_with_a_repository_has_its_own_command(cli: Cli, site: Path) -> None:
    """Each of the two commands names the other where it cannot work."""
    code, _, err = cli("deploy", "d1a2b3c4", "main", "dist")
    assert code == 1
    assert "To build the branch, use `amplify-job start`. Nothing was deployed." in err
    code, _, err = cli("start", SITE, "main")
    assert code == 1
    assert "To deploy files, use `amplify-job deploy`. No job was started." in err


def test_a_failed_upload_leaves_the_branch_free(cli: Cli, site: Path, emulator: Control) -> None:
    """The deployment that was created is stopped, so that the next command finds a free branch."""
    emulator.fault(Fault("denied", "PutUpload"))
    code, out, err = cli("deploy", SITE, "main", "dist")
    assert (code, out) == (1, "")
    assert f"no Amplify job was started for {SITE}/main: the files were not uploaded" in err
    assert [job["status"] for job in emulator.jobs(SITE, "main")] == ["CANCELLED"]
    assert cli("deploy", SITE, "main", "dist", "--on-busy", "fail")[0] == 0
    assert served(emulator) == "<h1>one</h1>"


def test_without_a_home_nothing_is_compared(
    cli: Cli, site: Path, emulator: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing can be kept, files go live all the same."""
    monkeypatch.setenv("PULUMI_HOME", str(site / "index.html"))
    assert cli("deploy", SITE, "main", "dist")[0] == 0
    assert cli("deploy", SITE, "main", "dist", "--dry-run")[2].startswith(
        f"deploy {SITE}/main: 3 files"
    )


def test_a_damaged_record_counts_as_none(cli: Cli, site: Path, emulator: Control) -> None:
    """What cannot be read, or is something else, is no error."""
    assert cli("deploy", SITE, "main", "dist")[0] == 0
    (record,) = Path(os.environ["PULUMI_HOME"]).rglob("deployed-*.json")
    for text in ("{", "[]", '"x"', '{"manifest": "x", "fileCount": "y"}'):
        record.write_text(text)
        code, _, err = cli("deploy", SITE, "main", "dist", "--dry-run")
        assert (code, err.startswith(f"deploy {SITE}/main: ")) == (0, True)
