"""`JobProvider`: what Pulumi's engine calls. Each method reads, decides, calls and returns.

The class is pickled by reference, so its import path is part of every user's state, and it must keep
no attributes in the program; `configure` runs in the plugin process only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    ConfigureRequest,
    CreateResult,
    DiffResult,
    ReadResult,
    ResourceProvider,
    UpdateResult,
)
from pulumi.output import Unknown

from ._amplify.api import JobRecord, Jobs
from ._amplify.ids import BranchId, JobId
from ._amplify.session import clients_for, resolve_region, settings_from
from ._engine import plugin_process as plugin
from ._engine.plugin_process import RecordedFailure, engine_method
from ._follow.judge import complete
from ._follow.stop import is_same_job, stop_own_job
from ._inputs.inputs import UNKNOWN, Wish, problems, with_defaults
from ._inputs.limits import start_job_limits
from ._preview.branch_report import look_ahead
from ._preview.changes import Change, Kind, change, first_release
from ._start.notes import Notes
from ._start.preflight import preflight
from ._start.release import Release, release
from ._start.trailers import Marker
from ._state import bag_of, recorded_job, recorded_region
from .errors import JobError, NotFound

#: Seconds for create and update when `custom_timeouts` says nothing: a build may take 30 minutes by
#: default, and queue before that.
DEFAULT_TIMEOUT = 60 * 60.0
#: Seconds for a stopped job to end.
DELETE_TIMEOUT = 10 * 60.0

Bag = dict[str, Any]

plugin.install()


class JobProvider(ResourceProvider):
    """Releases as resources: a job is started by create, followed, read, and stopped by delete."""

    # Secret or not, a pickle by reference holds nothing; as a secret it would only be slow.
    serialize_as_secret_always: ClassVar[bool] = False  # type: ignore[misc]
    _config: ClassVar[Mapping[str, Any]] = {}
    #: What diff found for each URN: tells the second check and the create of a replacement.
    _planned: ClassVar[dict[str, Change]] = {}
    #: The job that each URN had in state when diff was called.
    _recorded: ClassVar[dict[str, JobRecord]] = {}
    #: The id that each URN has in state, or is about to have; the old one of a replacement is not it.
    _current: ClassVar[dict[str, str]] = {}

    def configure(self, req: ConfigureRequest) -> None:
        """Take the whole stack config; runs once per plugin process."""
        type(self)._config = dict(req.config._props)  # noqa: SLF001 - its getters want each key

    @engine_method
    def check(self, _olds: Bag, news: Bag) -> CheckResult:
        """Say all that is wrong with the inputs, and write in the defaults. No call to AWS."""
        known = _without_sdk_unknowns(news)
        failures = [
            CheckFailure(problem.key, problem.reason)
            for problem in problems(known, start_job_limits())
        ]
        inputs = with_defaults(news)
        if not failures:
            region = resolve_region(self._settings(known))
            if region:
                inputs["region"] = region
            call = plugin.current_call()
            if not _olds and call.urn not in self._planned:
                call.info(first_release(known).summary)
                self._look_ahead(known)
        return CheckResult(inputs, failures)

    @engine_method
    def diff(self, _id: str, _olds: Bag, _news: Bag) -> DiffResult:
        """Compare wishes: nothing, an update, or a replacement, which is a new release."""
        call = plugin.current_call()
        _forget_known(call.urn, _id, _olds)
        news = _without_sdk_unknowns(_news)
        found = change(_olds, news)
        if found.summary:
            call.info(found.summary)
        if found.kind is Kind.RELEASE:
            self._planned[call.urn] = found
            self._recorded[call.urn] = recorded_job(JobId.parse(_id), _olds)
            self._look_ahead(news)
        else:
            self._current[call.urn] = _id
        return DiffResult(
            changes=found.kind is not Kind.NOTHING,
            replaces=list(found.keys) if found.kind is Kind.RELEASE else [],
            delete_before_replace=False,
        )

    @engine_method
    def create(self, props: Bag) -> CreateResult:
        """Start exactly one job, wait for it, judge it."""
        call = plugin.current_call()
        wish = Wish.from_bag(props)
        planned = self._planned.get(call.urn)
        if planned and "triggers" in planned.keys:
            # What was built so far was built with the old values.
            on_busy = "wait" if wish.on_busy == "adopt" else wish.on_busy
            wish = replace(wish, skip_if_built=False, on_busy=on_busy)
        jobs = self._jobs(wish.branch, wish.region, wish.profile)
        notes = Notes(call.urn)
        deadline = call.now() + (call.timeout or DEFAULT_TIMEOUT)
        preflight(wish, jobs, call)
        found = release(wish, jobs, call, notes, deadline, self._recorded.get(call.urn))
        self._current[call.urn] = str(found.job.id)
        id_, bag = self._completed(found, wish, props, jobs, deadline)
        call.when_told(notes.remove)
        return CreateResult(id_, bag)

    @engine_method
    def read(self, id_: str, props: Bag) -> ReadResult:
        """Bring status, steps, times and reported commit up to date."""
        job_id = JobId.parse(id_)
        _forget_known(plugin.current_call().urn, id_, props)
        jobs = self._jobs(job_id.branch, recorded_region(props), props.get("profile"))
        recorded = recorded_job(job_id, props) if props.get("jobId") else None
        found = _still_there(job_id, recorded, jobs)
        if found is None:
            return ReadResult("", {})
        inputs = (
            props
            if recorded
            else {**props, "appId": job_id.app_id, "branchName": job_id.branch_name}
        )
        return ReadResult(id_, bag_of(inputs, found, adopted=bool(props.get("adopted"))))

    @engine_method
    def update(self, _id: str, _olds: Bag, _news: Bag) -> UpdateResult:
        """Take over labels and policies, and go on waiting; no job is started."""
        call = plugin.current_call()
        wish = Wish.from_bag(_news)
        job_id = JobId.parse(_id)
        recorded = recorded_job(job_id, _olds)
        jobs = self._jobs(job_id.branch, recorded_region(_olds), wish.profile)
        deadline = call.now() + (call.timeout or DEFAULT_TIMEOUT)
        job = _still_there(job_id, recorded, jobs) or recorded
        found = Release(job, adopted=bool(_olds.get("adopted")))
        _, bag = self._completed(found, wish, _news, jobs, deadline)
        return UpdateResult(bag)

    @engine_method
    def delete(self, _id: str, _props: Bag) -> None:
        """Stop our own job if it is still active; a job that has ended is history and stays."""
        call = plugin.current_call()
        job_id = JobId.parse(_id)
        current = self._current.get(call.urn)
        if current or call.urn not in self._planned:
            # A replacement is recorded before the old one is deleted; a destroy ends all wishes.
            Notes(call.urn).remove()
        recorded = recorded_job(job_id, _props)
        if recorded.has_ended or _props.get("adopted") or current == _id:
            return  # A replacement that found the job still active took it over.
        jobs = self._jobs(job_id.branch, recorded_region(_props), _props.get("profile"))
        stop_own_job(job_id.job_id, jobs, call, call.now() + (call.timeout or DELETE_TIMEOUT))

    def _completed(
        self, found: Release, wish: Wish, inputs: Bag, jobs: Jobs, deadline: float
    ) -> tuple[str, Bag]:
        """Follow the job to its end; a failure that has a job is recorded with it."""
        call = plugin.current_call()
        try:
            job = complete(found, wish, jobs, call, deadline)
        except JobError as error:
            if call.records_failures or error.job.has_ended:
                call.when_told(Notes(call.urn).remove)
            bag = bag_of(inputs, error.job, adopted=found.adopted)
            raise RecordedFailure(str(error.job.id), bag, error) from error
        return str(job.id), bag_of(inputs, job, adopted=found.adopted)

    def _look_ahead(self, inputs: Bag) -> None:
        """Say how the branch is now, if the resource or the stack asks for it."""
        asked = inputs.get("lookahead")
        if asked is None:
            asked = str(self._config.get("amplify-job:lookahead", "")).lower() == "true"
        branch = BranchId(str(inputs.get("appId")), str(inputs.get("branchName")))
        if asked is not True or UNKNOWN in (inputs.get("appId"), inputs.get("branchName")):
            return
        region, profile = inputs.get("region"), inputs.get("profile")
        plugin.current_call().info(look_ahead(lambda: self._jobs(branch, region, profile)))

    def _settings(self, bag: Mapping[str, Any]) -> Any:
        def text(key: str) -> str | None:
            value = bag.get(key)
            return value if isinstance(value, str) and value else None

        return settings_from(self._config, region=text("region"), profile=text("profile"))

    def _jobs(self, branch: BranchId, region: str | None, profile: str | None) -> Jobs:
        settings = settings_from(self._config, region=region, profile=profile)
        if not settings.region:
            settings = replace(settings, region=resolve_region(settings))
        return Jobs(clients_for(settings), branch)


def _forget_known(urn: str, id_: str, bag: Bag) -> None:
    """Remove the note of a release that Pulumi's state knows."""
    marker = str(Marker.of(urn, Wish.from_bag(bag))) if bag.get("jobId") else None
    Notes(urn).remove_if(id_, marker)


def _still_there(job_id: JobId, recorded: JobRecord | None, jobs: Jobs) -> JobRecord | None:
    """The job as it is now; None when it is gone.

    A purged record of a job that had ended keeps its last known state: it was released, and purging
    history is no reason to build again.
    """
    try:
        found = jobs.get(job_id.job_id)
    except NotFound:
        if recorded is None:
            raise
        try:
            jobs.branch()
        except NotFound:
            return None
        return recorded if recorded.has_ended else None
    if recorded and not is_same_job(recorded, found):
        return None
    return found


def _without_sdk_unknowns(value: Any) -> Any:
    """The value with the SDK's unknowns as ours."""
    if isinstance(value, Unknown):
        return UNKNOWN
    if isinstance(value, dict):
        return {key: _without_sdk_unknowns(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_without_sdk_unknowns(entry) for entry in value]
    return value
