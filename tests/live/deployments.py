"""Facts of deployments of files, asked on the run's own app without a repository: they cost nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from amplify_job_resource.emulator.behaviours import Refusal

from tests.live.fact import Answer, Topic, decided, refuted, unknown
from tests.live.place import ENDED, PATIENCE, WAITING, Place, archive, upload
from tests.live.run import Run
from tests.live.service import Reply, Unanswered

PAGE: Final = "<h1>A fact is asked</h1>\n"
#: An address at which there is nothing: no resolver knows `.invalid`.
UNREADABLE: Final = "https://site.invalid/site.zip"

WAITING_JOB = Topic("A deployment that waits for its start")
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
        raise Unanswered(f"StartDeployment was refused with {told.status} {told.code}")
    if told.status != "SUCCEED":
        raise Unanswered(f"a deployment ended {told.status}")
    return told


def _is_bad_request(operation: str, reply: Reply, words: str = "") -> Answer:
    code = (reply.status, reply.code) == (400, "BadRequestException")
    return decided(code and words in reply.message, f"{operation}: {reply}")


# --- before the start -----------------------------------------------------------------------------


@WAITING_JOB.fact(
    "The job of CreateDeployment is PENDING until it is started.",
    waiting_status="CREATED",
)
def waiting_status(run: Run) -> Answer:
    place = run.files("waiting")
    status = place.status(place.waiting())
    return decided(status == "PENDING", f"status: {status}")


@WAITING_JOB.fact(
    "CreateDeployment is refused while a deployment waits, with 400 BadRequestException: "
    '"The last job(deployment) … was not finished".',
    create_on_busy_branch=None,
)
def waiting_job_blocks(run: Run) -> Answer:
    place = run.files("waiting")
    words = f"The last job(deployment) {place.waiting()} was not finished"
    return _is_bad_request("CreateDeployment", place.create(), words)


@WAITING_JOB.fact(
    "StartDeployment with a source is refused in the same words while a deployment waits.",
    source_on_busy_branch=None,
)
def source_on_busy(run: Run) -> Answer:
    place = run.files("waiting")
    words = f"The last job(deployment) {place.waiting()} was not finished"
    return _is_bad_request("StartDeployment", place.begin(sourceUrl=UNREADABLE), words)


@WAITING_JOB.fact(
    "StartDeployment before the upload is refused with 400 BadRequestException, and the "
    "deployment goes on waiting.",
    start_without_upload=None,
)
def start_without_upload(run: Run) -> Answer:
    place = run.files("waiting")
    job_id = place.waiting()
    answer = _is_bad_request("StartDeployment", place.begin(jobId=job_id))
    status = place.status(job_id)
    return answer if status in WAITING else refuted(f"{answer.seen}; the job is {status}")


@WAITING_JOB.fact(
    "StartDeployment with a job and a source is refused with 400 BadRequestException.",
    start_with_both=None,
)
def start_with_both(run: Run) -> Answer:
    place = run.files("both")
    made = place.create_idle()
    upload(made["zipUploadUrl"], archive({"index.html": PAGE}))
    reply = place.begin(jobId=made["jobId"], sourceUrl=UNREADABLE)
    place.make_idle()
    return _is_bad_request("StartDeployment", reply)


@WAITING_JOB.fact(
    "StopJob of a deployment that was never started is taken; the job ends CANCELLED.",
    stop_of_waiting=Refusal("The job was not started"),
)
def stop_of_waiting(run: Run) -> Answer:
    place = run.files("waiting")
    job_id = place.waiting()
    reply = place.stop(job_id)
    if not reply.taken:
        return refuted(f"StopJob: {reply}")
    status = place.ended(job_id)["summary"]["status"]
    return decided(status == "CANCELLED", f"StopJob is taken; the job ends {status}")


@WAITING_JOB.fact(
    "StartDeployment of a deployment that was stopped is refused with 400 BadRequestException.",
    start_of_stopped=None,
)
def start_of_stopped(run: Run) -> Answer:
    place = run.files("waiting")
    job_id = place.waiting()
    place.stop(job_id)
    place.ended(job_id)
    return _is_bad_request("StartDeployment", place.begin(jobId=job_id))


# --- the start ------------------------------------------------------------------------------------


@STARTED.fact(
    "StartDeployment without a job and a source is refused with 400 BadRequestException: "
    '"Must specify jobId or sourceUrl for StartDeploymentRequest."',
    start_with_neither=None,
)
def start_with_neither(run: Run) -> Answer:
    words = "Must specify jobId or sourceUrl for StartDeploymentRequest."
    return _is_bad_request("StartDeployment", run.files("sources").begin(), words)


@STARTED.fact(
    "StartDeployment of a deployment that was started before is refused with 400 "
    "BadRequestException.",
    start_of_started=None,
)
def start_twice(run: Run) -> Answer:
    job_id = run.once(deployed).job_id
    return _is_bad_request("StartDeployment", run.files().begin(jobId=job_id))


@STARTED.fact(
    "What is no zip is taken; the job fails in DEPLOY, and has no statusReason.",
    start_with_broken_zip=Refusal("The zip cannot be read"),
)
def broken_zip(run: Run) -> Answer:
    told = run.once(broken)
    if isinstance(told, Reply):
        return refuted(f"StartDeployment: {told}")
    steps = {step["stepName"]: step for step in told.jobs[-1]["steps"]}
    step = steps.get("DEPLOY", {})
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
    reply = run.once(from_source)
    if not reply.taken:
        raise Unanswered(f"StartDeployment was refused with {reply.status} {reply.code}")
    shown = run.files("sources").job(reply.data["jobSummary"]["jobId"])["summary"].get("sourceUrl")
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
    return _is_bad_request("StartJob", run.files("sources").start())


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
    looks = [{step["stepName"]: step for step in job["steps"]} for job in run.once(deployed).jobs]
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
    return _is_bad_request("StartDeployment", reply)


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


TOPICS: Final = (WAITING_JOB, STARTED, FILES_APP, MAP)
