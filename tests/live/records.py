"""Facts of what is kept: ids, jobs that are deleted, branches that are made anew, what is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tests.live import service
from tests.live.deployments import Deployed, deploy, deployed
from tests.live.fact import (
    Answer,
    Topic,
    decided,
    is_bad_request,
    is_refused,
    is_taken,
    refuted,
)
from tests.live.place import Place, archive
from tests.live.run import Run
from tests.live.service import Reply, Unanswered

IDS = Topic("Ids and names")
DELETED = Topic("Jobs that are deleted")
ANEW = Topic("A branch that is made anew")
MISSING = Topic("What does not exist")

#: How long AWS may take to take a page from its site.
SETTLED: Final = 60.0
PAGE: Final = "<h1>This page stays</h1>\n"


@IDS.fact(
    "A job's id has no leading zeros, and its number has ten digits in its ARN.",
    padded_id=True,
)
def id_has_no_zeros(run: Run) -> Answer:
    summary = run.once(deployed).jobs[-1]["summary"]
    job_id, in_arn = summary["jobId"], summary["jobArn"].rpartition("/")[2]
    so = job_id == str(int(job_id)) and in_arn == f"{int(job_id):010d}"
    return decided(so, f"jobId {job_id}, in the ARN {in_arn}")


@IDS.fact(
    "GetJob finds a job also by its number with leading zeros.",
    padded_id_is_known=False,
)
def padded_id(run: Run) -> Answer:
    reply = run.files().get(f"{int(run.once(deployed).job_id):010d}")
    return is_taken("GetJob", reply)


@IDS.fact(
    "The `displayName` of a branch `Feature/My_Name.1` is `feature-my-name-1`.",
    display_name_is_host=False,
)
def display_name(run: Run) -> Answer:
    shown = run.files("Feature/My_Name.1").branch().get("displayName")
    return decided(shown == "feature-my-name-1", f"displayName: {shown}")


@IDS.fact(
    "StopJob of a job that has ended is refused with 400 BadRequestException.",
    stop_of_ended=None,
)
def stop_of_ended(run: Run) -> Answer:
    return is_bad_request("StopJob", run.files().stop(run.once(deployed).job_id))


# --- deleted jobs ---------------------------------------------------------------------------------


def deleted(run: Run) -> str:
    """Delete the newest job of a branch, one that was stopped before its start; its id."""
    place = run.files("deleted")
    job_id = str(place.create_idle()["jobId"])
    place.make_idle()
    place.delete(job_id).needed("DeleteJob")
    return job_id


@DELETED.fact(
    "When DeleteJob has answered, GetJob and ListJobs no longer know the job.",
    deleted_is_listed=True,
)
def deleted_job_is_gone(run: Run) -> Answer:
    place, job_id = run.files("deleted"), run.once(deleted)
    reply = place.get(job_id)
    listed = any(summary["jobId"] == job_id for summary in place.summaries())
    so = reply.status == 404 and not listed
    return decided(so, f"GetJob: {reply}; ListJobs: {'shown' if listed else 'not shown'}")


@DELETED.fact(
    "The number of a deleted job is not used again.",
    deleted_number_returns=True,
)
def deleted_number(run: Run) -> Answer:
    place, job_id = run.files("deleted"), run.once(deleted)
    later = place.create_idle()["jobId"]
    place.make_idle()
    return decided(int(later) > int(job_id), f"after job {job_id} comes job {later}")


@DELETED.fact(
    "Files stay live when the record of the job that deployed them is deleted.",
    deleted_stays_live=False,
)
def deleted_stays_live(run: Run) -> Answer:
    place = run.files("live")
    told = deploy(place, archive({"index.html": PAGE}))
    if not isinstance(told, Deployed) or told.status != "SUCCEED":
        raise Unanswered("a deployment did not succeed")
    site = site_of(place)
    if not run.until(lambda: site() == PAGE.encode(), SETTLED):
        raise Unanswered("the site does not show what was deployed")
    reply = place.delete(told.job_id)
    if not reply.taken:
        return refuted(f"DeleteJob: {reply}")
    gone = run.until(lambda: site() != PAGE.encode(), SETTLED)
    return decided(
        not gone, f"after {SETTLED:.0f} s the site is {'another' if gone else 'the same'}"
    )


def site_of(place: Place) -> Callable[[], bytes]:
    """A function that reads the root of a branch's site."""
    domain = place.run.must("GetApp", appId=place.app_id)["app"]["defaultDomain"]
    host = f"{place.branch()['displayName']}.{domain}"
    return lambda: service.fetch(place.run.site(host)).body


# --- branches made anew ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Anew:
    """A branch that was deleted and made again: its job before, and what is known of it since."""

    old: str
    reply: Reply
    listed: int
    branches: tuple[Mapping[str, Any], Mapping[str, Any]]
    new: str


def anew(run: Run) -> Anew:
    """Make a job on a branch, delete the branch, and make it again."""
    place = run.files("anew")
    place.create_idle()
    place.make_idle()
    old, before = str(place.create_idle()["jobId"]), place.branch()
    place.make_idle()
    place.unmake()
    place.make()
    reply, listed, after = place.get(old), len(place.summaries()), place.branch()
    new = str(place.create_idle()["jobId"])
    place.make_idle()
    return Anew(old, reply, listed, (before, after), new)


@ANEW.fact(
    "A branch that was deleted and is made again counts its jobs from 1.",
    deleted_branch_keeps=frozenset({"count"}),
)
def ids_begin_again(run: Run) -> Answer:
    told = run.once(anew)
    return decided(
        int(told.new) == 1, f"after job {told.old} of the old branch comes job {told.new}"
    )


@ANEW.fact(
    "The jobs of the old branch are gone: ListJobs shows none, and GetJob answers 404.",
    deleted_branch_keeps=frozenset({"jobs"}),
)
def old_jobs_are_gone(run: Run) -> Answer:
    told = run.once(anew)
    so = told.reply.status == 404 and not told.listed
    return decided(so, f"GetJob: {told.reply}; ListJobs: {told.listed} jobs")


@ANEW.fact(
    "GetBranch's `createTime` is that of the new branch.",
    deleted_branch_keeps=frozenset({"created_at"}),
)
def branch_has_new_age(run: Run) -> Answer:
    before, after = run.once(anew).branches
    newer = after["createTime"] > before["createTime"]
    return decided(newer, "a later createTime" if newer else "the createTime of the old branch")


# --- what is missing ------------------------------------------------------------------------------


@MISSING.fact(
    "GetJob of a number that no job has is refused with 404 NotFoundException.",
    missing=(400, "BadRequestException"),
)
def missing_job(run: Run) -> Answer:
    return _not_found("GetJob", run.files().get("99999"))


@MISSING.fact(
    "GetJob on a branch that does not exist is refused with 404 NotFoundException.",
    missing=(400, "BadRequestException"),
)
def missing_branch(run: Run) -> Answer:
    return _not_found("GetJob", Place(run, run.files_app, "never-made").get("1"))


@MISSING.fact(
    "ListJobs on a branch that does not exist is refused with 404 NotFoundException.",
    missing_branch_has_no_jobs=True,
)
def jobs_of_missing_branch(run: Run) -> Answer:
    return _not_found("ListJobs", Place(run, run.files_app, "never-made").listed())


def _not_found(operation: str, reply: Reply) -> Answer:
    return is_refused(operation, reply, 404, "NotFoundException")


TOPICS: Final = (IDS, DELETED, ANEW, MISSING)
