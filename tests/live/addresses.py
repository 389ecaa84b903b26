"""Facts of signed addresses: those of logs and of uploads."""

from __future__ import annotations

import re
import urllib.request
from typing import Final
from urllib.parse import parse_qs, urlsplit

from tests.live import service
from tests.live.deployments import deployed
from tests.live.fact import Answer, Topic, decided, unknown
from tests.live.place import steps_of
from tests.live.run import Run
from tests.live.service import Unanswered

ADDRESSES = Topic("Signed addresses, and logs")

THREE_HOURS: Final = 3 * 60 * 60


def _lifetime(address: str) -> Answer:
    expires = parse_qs(urlsplit(address).query).get("X-Amz-Expires", [""])[0]
    return decided(expires == str(THREE_HOURS), f"X-Amz-Expires: {expires or 'none'}")


def log_address(run: Run) -> str:
    """The address of the log of a step that has ended."""
    address = steps_of(run.once(deployed).jobs[-1]).get("DEPLOY", {}).get("logUrl")
    if not address:
        raise Unanswered("the step DEPLOY has no logUrl")
    return str(address)


@ADDRESSES.fact(
    "`logUrl` is a signed address whose path ends with the branch, the job's number in ten "
    "digits, the step, and `log.txt`.",
    log_file="log.json",
)
def log_form(run: Run) -> Answer:
    parts = urlsplit(run.once(log_address))
    signed = "X-Amz-Signature" in parse_qs(parts.query)
    job_id = run.once(deployed).job_id
    path = parts.path.replace(run.files().name, "<branch>")
    path = re.sub(r".*/(?=<branch>)", "…/", path).replace(f"{int(job_id):010d}", "<number>")
    so = signed and path == "…/<branch>/<number>/DEPLOY/log.txt"
    return decided(so, f"{path}, {'signed' if signed else 'not signed'}")


@ADDRESSES.fact(
    "The address of a log is valid for three hours.",
    address_lifetime=900,
)
def log_lifetime(run: Run) -> Answer:
    return _lifetime(run.once(log_address))


@ADDRESSES.fact(
    "The address of an upload is valid for three hours.",
    address_lifetime=900,
)
def upload_lifetime(run: Run) -> Answer:
    return _lifetime(run.once(deployed).created["zipUploadUrl"])


@ADDRESSES.fact(
    "The address of a log answers `Range: bytes=-64` with 206 and the last 64 bytes.",
    log_ranges=False,
)
def log_ranges(run: Run) -> Answer:
    whole = service.fetch(urllib.request.Request(run.once(log_address)))
    part = service.fetch(
        urllib.request.Request(run.once(log_address), headers={"Range": "bytes=-64"})
    )
    if whole.status != 200 or len(whole.body) < 64:
        return unknown(f"the log answers {whole.status}, {len(whole.body)} bytes")
    so = part.status == 206 and part.body == whole.body[-64:]
    return decided(so, f"{part.status}, {len(part.body)} bytes")


@ADDRESSES.fact(
    "The step VERIFY has a log.",
    logs={"VERIFY": None},
)
def verify_has_log(run: Run) -> Answer:
    steps = steps_of(run.once(deployed).jobs[-1])
    if "VERIFY" not in steps:
        return unknown("there is no step VERIFY")
    has_log = bool(steps["VERIFY"].get("logUrl"))
    return decided(has_log, f"logUrl of VERIFY: {'yes' if has_log else 'no'}")


TOPICS: Final = (ADDRESSES,)
