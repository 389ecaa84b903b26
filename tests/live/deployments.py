"""Facts of deployments of files, asked on the run's own app without a repository: they cost nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from amplify_job_resource.emulator.behaviours import Refusal

from tests.live.fact import Answer, Topic, decided, is_bad_request, refuted, unknown
from tests.live.place import ENDED, PATIENCE, Place, archive, steps_of, upload
from tests.live.run import Run
from tests.live.service import Reply, Unanswered

PAGE: Final = "<h1>A fact is asked</h1>\n"
#: An address at which there is nothing: no resolver knows `.invalid`.
UNREADABLE: Final = "https://site.invalid/site.zip"

STARTED = Topic("Starting a deployment")
FILES_APP = Topic("An app without a repository")
MAP = Topic("Files one by one")


@dataclass(frozen=True, slots=True)
class Deployed:
    """A deployment that has ended.

    Attributes:
        job_id: Its id.
        created: What CreateDeployment gave.
        jobs: What GetJob said from the start to the end.
    """

    job_id: str
    created: Mapping[str, Any]
    jobs: Sequence[Any]

    @property
    def status(self) -> str:
        """How it ended."""
        return str(self.jobs[-1]["summary"]["status"])


def deploy(place: Place, data: bytes) -> Deployed | Reply:
    """Deploy a zip; the reply of a StartDeployment that is refused."""
    created = place.create_idle()
    sent = upload(created["zipUploadUrl"], data)
    if sent.status != 200:
        raise Unanswered(f"an upload was refused with {sent.status}")
    reply = place.begin(jobId=created["jobId"])
    if not reply.taken:
        place.stop(created["jobId"])
        return reply
    jobs: list[Any] = []

    def look() -> bool:
        jobs.append(place.job(created["jobId"]))
        return jobs[-1]["summary"]["status"] in ENDED

    if not place.run.until(look, PATIENCE):
        raise Unanswered("a deployment does not end")
    return Deployed(created["jobId"], created, jobs)


def deployed(run: Run) -> Deployed:
    """A deployment that has succeeded."""
    told = deploy(run.files(), archive({"index.html": PAGE}))
    if isinstance(told, Reply):
        raise told.refusal("StartDeployment")
    if told.status != "SUCCEED":
        raise Unanswered(f"a deployment ended {told.status}")
    return told


# --- the start ------------------------------------------------------------------------------------


@STARTED.fact(
    "StartDeployment without a job and a source is refused with 400 BadRequestException: "
    '"Must specify jobId or sourceUrl for StartDeploymentRequest."',
    start_with_neither=None,
)
def start_with_neither(run: Run) -> Answer:
    words = "Must specify jobId or sourceUrl for StartDeploymentRequest."
    return is_bad_request("StartDeployment", run.files("sources").begin(), words)


@STARTED.fact(
    "StartDeployment of a deployment that was started before is refused with 400 "
    "BadRequestException.",
    start_of_started=None,
)
def start_twice(run: Run) -> Answer:
    job_id = run.once(deployed).job_id
    return is_bad_request("StartDeployment", run.files().begin(jobId=job_id))


@STARTED.fact(
    "What is no zip is taken; the job fails in DEPLOY, and has no statusReason.",
    start_with_broken_zip=Refusal("The zip cannot be read"),
)
def broken_zip(run: Run) -> Answer:
    told = run.once(broken)
    if isinstance(told, Reply):
        return refuted(f"StartDeployment: {told}")
    step = steps_of(told.jobs[-1]).get("DEPLOY", {})
    so = told.status == "FAILED" == step.get("status") and not step.get("statusReason")
    reason = step.get("statusReason") or "none"
    return decided(so, f"job {told.status}, DEPLOY {step.get('status')}, reason: {reason}")


def broken(run: Run) -> Deployed | Reply:
    """A deployment of what is no zip, after one that has succeeded."""
    run.once(deployed)
    return deploy(run.files(), b"This is no zip.")


@STARTED.fact(
    "StartDeployment takes a source that nobody can read, and the job fails.",
    start_from_unreadable=Refusal("The source cannot be read"),
)
def unreadable_source(run: Run) -> Answer:
    reply = run.once(from_source)
    if not reply.taken:
        return refuted(f"StartDeployment: {reply}")
    job = run.files("sources").ended(reply.data["jobSummary"]["jobId"])
    return decided(job["summary"]["status"] == "FAILED", f"the job ends {job['summary']['status']}")


@STARTED.fact(
    "GetJob shows the `sourceUrl` of a deployment to everybody who may read jobs.",
    shows_source=False,
)
def source_is_shown(run: Run) -> Answer:
    job_id = run.once(from_source).needed("StartDeployment")["jobSummary"]["jobId"]
    shown = run.files("sources").job(job_id)["summary"].get("sourceUrl")
    if shown and shown != UNREADABLE:
        return refuted("another address is shown")
    return decided(shown, f"sourceUrl: {'shown' if shown else 'not shown'}")


def from_source(run: Run) -> Reply:
    """StartDeployment with a source that nobody can read."""
    return run.files("sources").begin(sourceUrl=UNREADABLE)


# --- the app and its jobs -------------------------------------------------------------------------


@FILES_APP.fact(
    "GetApp says of an app without a repository that its `repository` is empty, or does not"
    " say it.",
    files_app_repository="none",
)
def files_app_repository(run: Run) -> Answer:
    repository = run.must("GetApp", appId=run.files_app)["app"].get("repository")
    return decided(not repository, f"repository: {repository!r}")


@FILES_APP.fact(
    "StartJob RELEASE for an app without a repository is refused with 400 BadRequestException.",
    start_without_repository=None,
)
def release_needs_repository(run: Run) -> Answer:
    return is_bad_request("StartJob", run.files("sources").start())


@FILES_APP.fact(
    "GetBranch's `activeJobId` is the newest job that succeeded, also when a later one failed.",
    active_is_newest_success=False,
)
def active_job_id(run: Run) -> Answer:
    told = run.once(broken)
    if isinstance(told, Reply) or told.status != "FAILED":
        raise Unanswered("no deployment failed")
    summaries = {job["jobId"]: job["status"] for job in run.files().summaries()}
    newest = max((int(job) for job, status in summaries.items() if status == "SUCCEED"), default=0)
    active = run.files().branch().get("activeJobId")
    return decided(active == str(newest), f"activeJobId: {active!r}; newest success: {newest}")


@FILES_APP.fact(
    "RETRY of a deployment of files is taken, and deploys them again.",
    retry_of_files=Refusal("Nothing can be retried"),
)
def retry_of_files(run: Run) -> Answer:
    place, told = run.files(), run.once(deployed)
    place.make_idle()
    reply = place.start(jobType="RETRY", jobId=told.job_id)
    if not reply.taken:
        return refuted(f"StartJob: {reply}")
    status = place.ended(reply.data["jobSummary"]["jobId"])["summary"]["status"]
    return decided(status == "SUCCEED", f"the job ends {status}")


@FILES_APP.fact(
    "GetJob lists only the steps that have begun: no VERIFY while DEPLOY runs.",
    shows_coming_steps=True,
)
def only_begun_steps(run: Run) -> Answer:
    looks = [steps_of(job) for job in run.once(deployed).jobs]
    during = [steps for steps in looks if steps.get("DEPLOY", {}).get("status") == "RUNNING"]
    if not during:
        return unknown("the step DEPLOY was not seen to run")
    early = [steps["VERIFY"]["status"] for steps in during if "VERIFY" in steps]
    return decided(not early, f"VERIFY while DEPLOY is RUNNING: {early[0] if early else 'none'}")


# --- one by one -----------------------------------------------------------------------------------


@MAP.fact(
    "StartDeployment before each file of a `fileMap` is uploaded is refused with 400 "
    "BadRequestException.",
    start_without_upload=None,
)
def start_with_missing_file(run: Run) -> Answer:
    place = run.files("map")
    made = place.create_idle({"index.html": _md5(PAGE), "other.html": _md5(PAGE)})
    upload(made["fileUploadUrls"]["index.html"], PAGE.encode())
    reply = place.begin(jobId=made["jobId"])
    place.make_idle()
    return is_bad_request("StartDeployment", reply)


@MAP.fact(
    "The sums of a `fileMap` are not compared with what is uploaded.",
    compares_sums=True,
)
def file_sums(run: Run) -> Answer:
    place = run.files("map")
    made = place.create_idle({"index.html": _md5("another page")})
    sent = upload(made["fileUploadUrls"]["index.html"], PAGE.encode())
    if sent.status != 200:
        return refuted(f"the upload is refused with {sent.status}")
    reply = place.begin(jobId=made["jobId"])
    if not reply.taken:
        return refuted(f"StartDeployment: {reply}")
    status = place.ended(made["jobId"])["summary"]["status"]
    return decided(status == "SUCCEED", f"the job ends {status}")


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


TOPICS: Final = (STARTED, FILES_APP, MAP)
