"""Facts of deployments that wait for their start."""

from __future__ import annotations

from typing import Final

from amplify_job_resource.emulator.behaviours import Refusal

from tests.live.deployments import PAGE, UNREADABLE
from tests.live.fact import Answer, Topic, decided, is_bad_request, refuted
from tests.live.place import WAITING, Place, archive, upload
from tests.live.run import Run

WAITING_JOB = Topic("A deployment that waits for its start")


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
    words = _unfinished(place)
    return is_bad_request("CreateDeployment", place.create(), words)


@WAITING_JOB.fact(
    "StartDeployment with a source is refused in the same words while a deployment waits.",
    source_on_busy_branch=None,
)
def source_on_busy(run: Run) -> Answer:
    place = run.files("waiting")
    words = _unfinished(place)
    return is_bad_request("StartDeployment", place.begin(sourceUrl=UNREADABLE), words)


def _unfinished(place: Place) -> str:
    """The words of a refusal while a deployment waits, which one does then."""
    return f"The last job(deployment) {place.waiting()} was not finished"


@WAITING_JOB.fact(
    "StartDeployment before the upload is refused with 400 BadRequestException, and the "
    "deployment goes on waiting.",
    start_without_upload=None,
)
def start_without_upload(run: Run) -> Answer:
    place = run.files("waiting")
    job_id = place.waiting()
    answer = is_bad_request("StartDeployment", place.begin(jobId=job_id))
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
    return is_bad_request("StartDeployment", reply)


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
    return is_bad_request("StartDeployment", place.begin(jobId=job_id))


TOPICS: Final = (WAITING_JOB,)
