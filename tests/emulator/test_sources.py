"""Sources of StartDeployment: zips at addresses and in S3, folders in S3."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from amplify_job_resource.emulator import Control, Plan, archives, sources
from amplify_job_resource.emulator.http_server import HttpServer
from amplify_job_resource.emulator.sources import content_of

from tests.emulator.conftest import Branch
from tests.emulator.files import MANUAL, PAGE, SITE, ask, manual_branch, start, zipped
from tests.emulator.test_jobs import refused

BUCKET = "my-bucket"
ACCOUNT = "123456789012"


@pytest.fixture
def site(branch: Branch, emulator: Control) -> Branch:
    """The branch main of an app without a repository, whose jobs end at once."""
    emulator.default_plan(Plan.instant())
    return manual_branch(branch.client, emulator)


@pytest.fixture
def s3(emulator: Control) -> Any:
    """A client of moto's S3, with a zip and a folder in a bucket."""
    s3 = boto3.client("s3", region_name="us-east-1")
    s3.create_bucket(Bucket=BUCKET)
    objects = {
        "builds/site v1.zip": SITE,
        "site/": b"",
        "site/index.html": PAGE,
        "site/a/b.css": b"p {}",
        "site-2/index.html": b"another",
        "broken.zip": b"no zip",
    }
    for key, body in objects.items():
        s3.put_object(Bucket=BUCKET, Key=key, Body=body)
    return s3


def page(emulator: Control) -> bytes:
    return ask(emulator.site(MANUAL)).body


def test_a_zip_of_s3_goes_live(site: Branch, s3: Any, emulator: Control) -> None:
    """ZIP is what a source is if nothing is said; the job tells its source, as AWS's does."""
    source = f"s3://{BUCKET}/builds/site v1.zip"
    answer = site.client.start_deployment(**site.place, sourceUrl=source)["jobSummary"]
    assert (answer["jobId"], answer["jobType"], answer["status"]) == ("1", "MANUAL", "SUCCEED")
    assert (answer["sourceUrl"], answer["sourceUrlType"]) == (source, "ZIP")
    assert site.summary("1") == answer
    assert site.listed() == [answer]
    assert [step["stepName"] for step in site.steps("1")] == ["DEPLOY", "VERIFY"]
    assert page(emulator) == PAGE


@pytest.mark.parametrize("slash", ["/", ""])
def test_a_folder_of_s3_goes_live(site: Branch, s3: Any, emulator: Control, slash: str) -> None:
    """The objects below it, by the rest of their names; the last slash can be left out."""
    start(site, sourceUrl=f"s3://{BUCKET}/site{slash}", sourceUrlType="BUCKET_PREFIX")
    assert site.summary("1")["sourceUrlType"] == "BUCKET_PREFIX"
    url = emulator.site(MANUAL)
    assert (ask(url).body, ask(url + "a/b.css").body) == (PAGE, b"p {}")
    content = content_of(f"s3://{BUCKET}/site{slash}", "BUCKET_PREFIX", ACCOUNT)
    assert set(content.files or ()) == {"index.html", "a/b.css"}
    assert content.size == len(PAGE) + 4


def test_a_whole_bucket_can_be_the_folder(s3: Any) -> None:
    """Without a prefix, all of it."""
    content = content_of(f"s3://{BUCKET}", "BUCKET_PREFIX", ACCOUNT)
    assert "site-2/index.html" in (content.files or ())


def test_what_was_deleted_is_not_there(s3: Any) -> None:
    """In a bucket that keeps versions, a deleted object is none."""
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    s3.delete_object(Bucket=BUCKET, Key="site/a/b.css")
    content = content_of(f"s3://{BUCKET}/site/", "BUCKET_PREFIX", ACCOUNT)
    assert set(content.files or ()) == {"index.html"}
    s3.delete_object(Bucket=BUCKET, Key="builds/site v1.zip")
    assert content_of(f"s3://{BUCKET}/builds/site v1.zip", "ZIP", ACCOUNT).files is None


def test_a_signed_address_of_s3_is_read_from_moto(site: Branch, s3: Any, emulator: Control) -> None:
    """What a client signs for AWS's S3 needs no network, in each form of the host."""
    params = {"Bucket": BUCKET, "Key": "builds/site v1.zip"}
    source = s3.generate_presigned_url("get_object", Params=params)
    assert "amazonaws.com" in source
    start(site, sourceUrl=source)
    assert page(emulator) == PAGE
    assert site.summary("1")["sourceUrl"] == source
    for host in (f"{BUCKET}.s3.eu-west-1.amazonaws.com", f"s3.amazonaws.com/{BUCKET}"):
        content = content_of(f"https://{host}/builds/site%20v1.zip?X-Amz-Date=x", "ZIP", ACCOUNT)
        assert set(content.files or ()) == {"index.html"}


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("s3://my-bucket/none.zip", "ZIP"),
        ("s3://none/site.zip", "ZIP"),
        ("s3://my-bucket/broken.zip", "ZIP"),
        ("s3://my-bucket/site/", "ZIP"),
        ("s3://my-bucket", "ZIP"),
        ("s3://my-bucket/none/", "BUCKET_PREFIX"),
        ("s3://none/", "BUCKET_PREFIX"),
        ("https://s3.amazonaws.com/my-bucket", "ZIP"),
        ("https://my-bucket.s3.amazonaws.com/site/", "BUCKET_PREFIX"),
        ("http://127.0.0.1:1/site.zip", "ZIP"),
        ("http://127.0.0.1:none/site.zip", "ZIP"),
        ("http://[/site.zip", "ZIP"),
        ("http:///site.zip", "ZIP"),
    ],
)
def test_a_bad_source_fails_late(
    site: Branch, s3: Any, emulator: Control, source: str, kind: Any
) -> None:
    """StartDeployment takes it; the job fails, with no reason, and the branch is free again."""
    start(site, sourceUrl=f"s3://{BUCKET}/builds/site v1.zip")
    start(site, sourceUrl=source, sourceUrlType=kind)
    (step,) = site.steps("2")
    assert (site.status("2"), step["stepName"], step["status"]) == ("FAILED", "DEPLOY", "FAILED")
    assert "statusReason" not in step
    assert ask(step["logUrl"]).body.decode().endswith("[ERROR]: Failed to deploy\n")
    assert page(emulator) == PAGE


def test_a_bad_source_takes_the_plans_time(site: Branch, emulator: Control) -> None:
    """It fails where DEPLOY would have ended."""
    site.plan(Plan(pending=0, provisioning=0, deploy=10, status_reason="access denied"))
    start(site, sourceUrl="s3://none/site.zip")
    emulator.advance(9)
    assert site.status("1") == "RUNNING"
    emulator.advance(1)
    assert site.steps("1")[0]["statusReason"] == "access denied"


def test_a_refused_start_makes_no_job(site: Branch, s3: Any, emulator: Control) -> None:
    """While the branch has a job, a source has to wait."""
    site.plan(Plan())
    start(site, sourceUrl=f"s3://{BUCKET}/site", sourceUrlType="BUCKET_PREFIX")
    message = refused(start, site, sourceUrl=f"s3://{BUCKET}/broken.zip")[2]
    assert message.startswith("The last job(deployment) 1 was not finished")
    assert len(site.listed()) == 1


class Files:
    """An HTTP server with what a test puts there, and what it was asked for."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[str, list[tuple[str, str]], list[bytes]]] = {}
        self.asked: list[str] = []

    def __call__(self, environ: dict[str, Any], start: Any) -> list[bytes]:
        path = environ["PATH_INFO"]
        self.asked.append(path)
        status, headers, body = self.answers.get(path, ("404 Not Found", [], [b"none"]))
        start(status, [*headers, ("Content-Length", str(sum(map(len, body))))])
        return body


@pytest.fixture
def files() -> Files:
    return Files()


@pytest.fixture
def address(files: Files) -> Iterator[str]:
    with HttpServer(files) as server:
        yield server.url


def test_a_zip_at_an_address_goes_live(
    site: Branch, emulator: Control, files: Files, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is fetched once, also behind a redirect; what is on this machine needs no proxy."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "")
    files.answers["/site.zip"] = ("200 OK", [], [SITE[:10], SITE[10:]])
    files.answers["/latest"] = ("302 Found", [("Location", "/site.zip")], [])
    start(site, sourceUrl=f"{address}/latest?token=secret")
    assert site.status("1") == "SUCCEED"
    assert page(emulator) == PAGE
    assert files.asked == ["/latest", "/site.zip"]
    assert site.summary("1")["sourceUrl"] == f"{address}/latest?token=secret"


def test_an_address_that_does_not_answer_with_a_zip_fails(files: Files, address: str) -> None:
    """A page, an error and an answer that ends too soon are no zips."""
    files.answers["/page"] = ("200 OK", [], [b"<html>"])
    files.answers["/short"] = ("200 OK", [("X", "y")], [SITE[:40]])
    for path in ("/none", "/page", "/short"):
        content = content_of(address + path, "ZIP", ACCOUNT)
        assert (content.files, content.source_url) == (None, address + path)
    assert files.asked == ["/none", "/page", "/short"]


@pytest.mark.parametrize("source", ["file:///etc/hostname", "ftp://127.0.0.1/x.zip", "data:,x"])
def test_other_kinds_of_addresses_are_not_read(
    source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is opened for them."""
    monkeypatch.setattr(sources, "build_opener", lambda *_: pytest.fail("opened"))
    assert content_of(source, "ZIP", ACCOUNT).files is None


def test_a_source_is_bounded(
    s3: Any, files: Files, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As an upload is, in its bytes, its files and its time."""
    files.answers["/site.zip"] = ("200 OK", [], [SITE])
    assert content_of(f"{address}/site.zip", "ZIP", ACCOUNT).files
    asked = [
        (f"{address}/site.zip", "ZIP"),
        (f"s3://{BUCKET}/builds/site v1.zip", "ZIP"),
        (f"s3://{BUCKET}/site", "BUCKET_PREFIX"),
    ]
    assert all(content_of(*each, ACCOUNT).files for each in asked)
    monkeypatch.setattr(sources, "MOST_BYTES", len(PAGE))
    assert not any(content_of(*each, ACCOUNT).files for each in asked)
    monkeypatch.setattr(sources, "MOST_BYTES", archives.MOST_BYTES)
    monkeypatch.setattr(sources, "MOST_FILES", 1)
    assert content_of(*asked[2], ACCOUNT).files is None
    monkeypatch.setattr(sources, "PATIENCE", 1e-9)
    assert content_of(*asked[0], ACCOUNT).files is None


def test_objects_with_names_that_lead_out_are_refused(s3: Any) -> None:
    """S3 takes any name, and a site none that leads out of it."""
    s3.put_object(Bucket=BUCKET, Key="bad/../../x", Body=zipped({}))
    assert content_of(f"s3://{BUCKET}/bad", "BUCKET_PREFIX", ACCOUNT).files is None
