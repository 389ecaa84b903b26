"""What tests of deployments share: zips, uploads, a branch of an app without a repository."""

from __future__ import annotations

import io
import urllib.error
import urllib.request
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

from amplify_job_resource.emulator import Control

from tests.emulator.conftest import Branch

MANUAL = "dmanual"
PAGE = b"<h1>Hello</h1>"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Any
    body: bytes

    @property
    def code(self) -> str | None:
        """The code of an error in S3's form."""
        return ET.fromstring(self.body).findtext("Code")


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def ask(url: str, method: str = "GET", data: Any = None, **headers: str) -> Answer:
    """The answer of a plain HTTP client, which follows no redirect; `_` in a header's name is `-`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(url, data, named, method=method)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _Stay)
    try:
        with opener.open(request, timeout=30) as answer:
            return Answer(answer.status, answer.headers, answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, error.headers, error.read())


def zipped(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these files."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as archive:
        for name, content in files.items():
            # The same bytes at any time.
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, method)
    return data.getvalue()


SITE = zipped({"index.html": PAGE})


def manual_branch(client: Any, control: Control, name: str = "main") -> Branch:
    """A branch of a new app without a repository."""
    control.create_app(MANUAL, [name], repository=False)
    branch = Branch(client, control, name)
    branch.place["appId"] = MANUAL
    return branch


def deploy(branch: Branch, data: bytes) -> str:
    """Create a deployment, upload a zip, start it, and return the job's id."""
    made = branch.client.create_deployment(**branch.place)
    assert ask(made["zipUploadUrl"], "PUT", data).status == 200
    return start(branch, jobId=made["jobId"])


def start(branch: Branch, **members: Any) -> str:
    """Call StartDeployment, and return the job's id."""
    return branch.client.start_deployment(**branch.place, **members)["jobSummary"]["jobId"]
