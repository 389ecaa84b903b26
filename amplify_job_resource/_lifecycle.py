"""One release's life in six steps, for whichever front asks: check, diff, create, read, update, delete.

A front hands over the operation at hand and plain properties: keys in camelCase, `UNKNOWN` for what is
known only after the update, and the keys of secret inputs under `secretInputs`. It turns what comes
back, and the errors, into its own protocol.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final, NamedTuple

from ._access import Access
from ._amplify.api import BranchApi
from ._amplify.ids import BranchId, JobId
from ._amplify.records import JobRecord
from ._amplify.session import Clients
from ._amplify.settings import Settings
from ._amplify.site import LOOK_SECONDS, find_site
from ._amplify.status import Status
from ._announcer import Announcer
from ._ask import Ask
from ._follow import messages
from ._follow.follow import follow, follow_recorded
from ._follow.health import check_health
from ._follow.refresh import still_there
from ._follow.rows import ended_line
from ._follow.stop import stop_own_job
from ._inputs.request import Properties, with_defaults
from ._inputs.rules import Problem, problems
from ._inputs.secrets import is_secret
from ._kind import JOB, Kind
from ._logs.explanation import explain
from ._operation import NO_URN, Operation, within
from ._plan import Plan
from ._preview.changes import Change, ChangeKind, compare, first_release, taking_over
from ._preview.differences import differs
from ._preview.file_reasons import CutOff
from ._preview.reasons import HEALTHY_KEY
from ._secrecy import discreet, kept_job
from ._stack_defaults import lines_wanted
from ._start.left_over import stop_left_over
from ._start.notes import Note, Notes
from ._start.release import release
from ._state import (
    hides_site,
    is_release,
    properties_of,
    recorded_id,
    recorded_job,
    recorded_profile,
    recorded_region,
    shown_url,
)
from ._values.commits import SECRET
from .errors import AmplifyJobError, InvalidSettings, JobError, NotFound, Unhealthy

#: Seconds for create and update when the user has set no timeout: a build may take 30 minutes by
#: default, and queue before that.
DEFAULT_TIMEOUT: Final = 60 * 60.0
#: Seconds for a stopped job to end.
DELETE_TIMEOUT: Final = 10 * 60.0


class RecordedFailure(Exception):
    """A failure that comes with a resource: a front saves it in state and shows the cause.

    Attributes:
        id: the resource id.
        properties: the complete properties.
        cause: what went wrong.
    """

    def __init__(self, id_: str, properties: Properties, cause: AmplifyJobError) -> None:
        self.id = id_
        self.properties = dict(properties)
        self.cause = cause
        super().__init__(str(cause))


@dataclass(frozen=True, slots=True)
class Recorded:
    """A resource as it goes into state."""

    id: str
    properties: dict[str, Any]


class Followed(NamedTuple):
    """A job as it ended, and whether the page of `health_check` answers well."""

    job: JobRecord
    healthy: bool | None


class Lifecycle:
    """The six steps; one object serves all resources of a process.

    Attributes:
        access: how AWS is reached; it has the stack's config.
        announcer: what is said of pending releases.
        plans: what is kept of each URN between two operations.
    """

    def __init__(
        self,
        api: Callable[[Clients, BranchId, Ask], BranchApi] = BranchApi,
        notes: Callable[[str], Notes] = Notes,
        kind: Kind = JOB,
        check_health: Callable[
            [JobRecord, str, str, Settings, Operation, float], None
        ] = check_health,
    ) -> None:
        """Begin with an empty config.

        Args:
            api: Makes a branch's API from clients.
            notes: Finds the notes of a URN.
            kind: The resource whose life it is.
            check_health: Looks at a page until it answers well.
        """
        self.access = Access(api)
        self.announcer = Announcer(self.access)
        self.plans: dict[str, Plan] = {}
        self._notes = notes
        self._kind = kind
        self._check_health = check_health

    @property
    def secret_texts(self) -> frozenset[str]:
        """The texts in the settings that nobody may see."""
        return self.access.secrets

    @discreet
    def check(
        self, operation: Operation, olds: Properties, news: Properties
    ) -> tuple[dict[str, Any], list[Problem]]:
        """The inputs with defaults and the region in force, and all that is wrong with them.

        For a first release it says what is pending, since no diff follows.

        It makes no call to AWS, unless `lookahead` asks for one. `olds` is empty for a new resource,
        for `--replace`, and at the second check of a replacement.

        Raises:
            errors.InvalidSettings: a setting of the stack's config is malformed.
        """
        self._change_plan(operation, _place(news), is_read=False)
        found = problems(news, operation.front.input_name, self._kind.inputs)
        inputs = with_defaults(news, self._kind.inputs)
        if found:
            return inputs, found
        self.access.check(operation)
        region = self._region_in_force(operation, olds, news)
        if region:
            inputs["region"] = region
        if not olds:
            plan = self._plan(operation, _place(news))
            if plan.release is None:
                self.announcer.announce(operation, first_release(news), news)
            else:
                self.announcer.tell_not_ignored(operation, plan.inputs, inputs)
        return inputs, []

    @discreet
    def diff(self, operation: Operation, id_: str, olds: Properties, news: Properties) -> Change:
        """What the new inputs ask for, held against the recorded properties."""
        is_read = self._plan(operation, _place(news)).is_read
        ours = is_release(id_, olds)
        change = compare(olds, news) if ours else taking_over(news)
        if ours:
            self._forget_note(operation, id_, olds)
        if ours and not is_read and self._may_be_hidden(operation, change, recorded_id(id_), olds):
            change = replace(change, reasons=(CutOff(),))
        if change.kind is ChangeKind.RELEASE:
            job = recorded_job(recorded_id(id_), olds) if ours else None
            plan = Plan(release=change, inputs=news, recorded_job=job, is_read=is_read)
            self.plans[_key(operation, _place(news))] = plan
        else:
            self._know(operation, recorded_id(id_))
        if not is_read:
            self.announcer.announce(operation, change, news)
        return change

    @discreet
    def create(self, operation: Operation, inputs: Properties) -> Recorded:
        """Start exactly one job, follow it, and accept it.

        Raises:
            RecordedFailure: there is a job, and it is not what was asked for.
            errors.AmplifyJobError: nothing is to be recorded.
        """
        request = self._kind.request(inputs)
        plan = self._plan(operation, str(request.branch))
        if plan.release and plan.release.triggers_changed:
            request = request.for_changed_triggers()
        log_lines = lines_wanted(self.access.config, inputs, self.access.names)
        deadline = operation.now() + (operation.timeout or DEFAULT_TIMEOUT)
        ask = partial(operation.ask, deadline=deadline)
        api = self.access.api(ask, request.branch, request.region, request.profile)
        notes = self._notes(operation.urn)
        method = self._kind.method(operation.urn, request)
        seen = method.preflight(api, operation, deadline)
        found = release(request, method, api, operation, notes, deadline, plan.recorded_job)
        self._know(operation, found.job.id)
        url = find_site(api.bounded(within(operation, LOOK_SECONDS)), seen.app, seen.branch).url

        def followed() -> Followed:
            job = follow(
                found.job,
                request,
                api,
                operation,
                deadline,
                waited_for=found.waited_for,
                builds=found.builds,
                site=shown_url(inputs, url),
            )
            return Followed(job, self._is_healthy(operation, api, inputs, job, url, deadline))

        return self._recorded(
            operation, api, log_lines, followed, inputs, adopted=found.adopted, url=url, notes=notes
        )

    @discreet
    def read(self, operation: Operation, id_: str, props: Properties) -> Recorded | None:
        """The resource with status, steps, times and reported commit as they are now; None when gone.

        Args:
            operation: The operation at hand.
            id_: The resource id.
            props: The recorded properties; `region` and `profile` at most for a job that a program
                names by its id, which is an error when it is not there.

        Raises:
            errors.InvalidId: the id names no job.
            errors.InvalidSettings: AWS cannot be used with the settings.
            errors.AwsError: AWS could not be asked.
        """
        job_id = recorded_id(id_)
        if not props.get("jobId"):
            return self._read_named(operation, id_, props)
        region, profile = recorded_region(props), recorded_profile(props)
        api = self.access.api(operation.ask, job_id.branch, region, profile)
        self._change_plan(operation, str(job_id.branch), is_read=True)
        recorded = recorded_job(job_id, props)
        found = still_there(recorded, api)
        if found is None:
            operation.info(messages.gone(recorded, operation))
            return None  # A note that names the same number is about a job of another branch.
        self._forget_note(operation, id_, props)
        url = self._site_url(operation, api, props)
        if found.has_ended and not recorded.has_ended:
            operation.info(ended_line(found, site=shown_url(props, url)))
        adopted = bool(props.get("adopted"))
        found = kept_job(found, operation.hide)
        healthy = props.get(HEALTHY_KEY)
        if found.status == Status.SUCCEED and not recorded.has_ended and props.get("healthCheck"):
            healthy = False  # Nobody has looked at the page yet: the next update does.
        kept = self._properties(props, found, adopted=adopted, url=url, healthy=healthy)
        return Recorded(id_, kept)

    @discreet
    def update(
        self, operation: Operation, id_: str, olds: Properties, news: Properties
    ) -> Recorded:
        """Record labels and policies, and keep waiting for the job; none is started.

        Raises:
            RecordedFailure: the job is not what was asked for.
            errors.AmplifyJobError: the id names no job, or AWS could not be asked.
        """
        request = self._kind.request(news)
        job_id = recorded_id(id_)
        recorded = recorded_job(job_id, olds)
        deadline = operation.now() + (operation.timeout or DEFAULT_TIMEOUT)
        ask = partial(operation.ask, deadline=deadline)
        api = self.access.api(ask, job_id.branch, recorded_region(olds), request.profile)
        log_lines = lines_wanted(self.access.config, news, self.access.names)
        # What was seen of the page that is asked for still holds.
        holds = olds.get(HEALTHY_KEY) is True and not differs("healthCheck", olds, news)
        is_due = bool(news.get("healthCheck")) and not holds
        # The site may have another address since.
        url = self._site_url(operation, api, olds) if is_due else olds.get("url")

        def followed() -> Followed:
            site = shown_url(news, url)
            job = follow_recorded(recorded, request, api, operation, deadline, site)
            if holds:
                return Followed(job, healthy=True)
            return Followed(job, self._is_healthy(operation, api, news, job, url, deadline))

        return self._recorded(
            operation,
            api,
            # Of a job that had ended before, this was told then.
            0 if recorded.has_ended else log_lines,
            followed,
            news,
            adopted=bool(olds.get("adopted")),
            url=url,
        )

    @discreet
    def delete(self, operation: Operation, id_: str, props: Properties) -> None:
        """Stop the resource's own job if it is still active; a job that has ended is history and stays.

        Raises:
            errors.JobError: the job has not ended in time.
            errors.AmplifyJobError: the id names no job, or AWS could not be asked.
        """
        job_id = recorded_id(id_)
        plan = self._plan(operation, str(job_id.branch))
        deadline = operation.now() + (operation.timeout or DELETE_TIMEOUT)
        ask = partial(operation.ask, deadline=deadline)

        def branch_api() -> BranchApi:
            region, profile = recorded_region(props), recorded_profile(props)
            return self.access.api(ask, job_id.branch, region, profile)

        if plan.current_job or plan.release is None:
            # A replacement is recorded before the old resource is deleted, and a destroy gives up
            # whatever was begun: in both cases the note is of no more use.
            notes = self._notes(operation.urn)
            if self._kind.needs_notes:
                stop_left_over(notes, job_id.branch, plan.current_job, branch_api, operation)
            notes.remove()
        recorded = recorded_job(job_id, props)
        if recorded.has_ended or props.get("adopted") or job_id.is_same(plan.current_job):
            return  # A replacement that found the job still active has taken it.
        api = branch_api()

        def is_own(job: JobRecord) -> bool:
            return self._kind.owns(job, operation.urn)

        stop_own_job(recorded, api, operation, deadline, is_own)

    def _read_named(self, operation: Operation, id_: str, props: Properties) -> Recorded:
        """A job that a program names by its id, and of which nothing is recorded."""
        job_id = recorded_id(id_)
        branch = {"appId": job_id.app_id, "branchName": job_id.branch_name}
        asked = {key: props.get(key) for key in ("region", "profile")}
        wrong = problems({**branch, **asked}, operation.front.input_name)
        if wrong:
            raise InvalidSettings("\n".join(problem.reason for problem in wrong))
        api = self.access.api(operation.ask, job_id.branch, asked["region"], asked["profile"])
        try:
            found = api.get(job_id.number_text)
        except NotFound as error:
            elsewhere = operation.front.to_look_elsewhere
            advice = f"{error.advice} For an app in another region, {elsewhere}."
            raise NotFound(error.action, error.code, error.detail, advice) from error
        inputs = {**props, **branch, "region": api.region}
        if "jobType" in self._kind.inputs.by_key:
            inputs["jobType"] = found.job_type
        url = self._site_url(operation, api, inputs)
        return Recorded(
            id_, self._properties(inputs, kept_job(found, operation.hide), adopted=False, url=url)
        )

    def _site_url(self, operation: Operation, api: BranchApi, props: Properties) -> Any:
        """The address of the site as it is now, else as it is recorded."""
        known = props.get("url")
        if "url" not in props and hides_site(props):
            # The engine keeps in clear what it has no secret of that name for; the next `up` makes one.
            return None
        site = find_site(api.bounded(within(operation, LOOK_SECONDS)))
        return (site.url or known) if site.is_certain else (known or site.url)

    def _properties(
        self,
        inputs: Properties,
        job: JobRecord,
        *,
        adopted: bool,
        url: Any,
        healthy: bool | None = None,
    ) -> dict[str, Any]:
        outputs = self._kind.outputs
        return properties_of(
            inputs, job, adopted=adopted, url=url, healthy=healthy, outputs=outputs
        )

    def _is_healthy(
        self,
        operation: Operation,
        api: BranchApi,
        inputs: Properties,
        job: JobRecord,
        url: Any,
        deadline: float,
    ) -> bool | None:
        """Whether the page of `health_check` answers well; None where there is nothing to look at.

        Raises:
            errors.Unhealthy: it does not.
        """
        page = inputs.get("healthCheck")
        if not page or job.status != Status.SUCCEED:
            return None
        if not isinstance(url, str):
            operation.warn(messages.no_address(operation.front.input_name("healthCheck")))
            return None
        shown = SECRET if is_secret(inputs, "healthCheck") else page
        settings = api.client_settings
        self._check_health(job, f"{url}{page}", f"{url}{shown}", settings, operation, deadline)
        return True

    # --- between the steps -----------------------------------------------------------------------

    def _plan(self, operation: Operation, place: str) -> Plan:
        return self.plans.get(_key(operation, place), Plan())

    def _change_plan(self, operation: Operation, place: str, **members: Any) -> None:
        self.plans[_key(operation, place)] = replace(self._plan(operation, place), **members)

    def _know(self, operation: Operation, job_id: JobId) -> None:
        self._change_plan(operation, str(job_id.branch), current_job=job_id)

    def _region_in_force(
        self, operation: Operation, olds: Properties, news: Properties
    ) -> str | None:
        """See `Access`; the second check of a replacement shows no recorded properties."""
        job = self._plan(operation, _place(news)).recorded_job
        recorded = job.region if job and job.id.app_id == news.get("appId") else None
        return self.access.region_in_force(olds, news, recorded)

    def _forget_note(self, operation: Operation, id_: str, props: Properties) -> None:
        """Delete the note of a release that is in Pulumi's state."""
        job_id = JobId.parse(id_)
        if job_id is None:
            return
        notes, job = self._notes(operation.urn), recorded_job(job_id, props)
        notes.remove_recorded(job, self._wrote(operation, props))

    def _wrote(self, operation: Operation, props: Properties) -> Callable[[Note], bool] | None:
        """Whether the recorded release has written a note; None where it cannot be told."""
        try:
            return self._kind.method(operation.urn, self._kind.request(props)).wrote
        except (AttributeError, KeyError, OverflowError, TypeError, ValueError):
            return None  # Another version has recorded it, or somebody has edited the state.

    def _may_be_hidden(
        self, operation: Operation, change: Change, job: JobId, olds: Properties
    ) -> bool:
        """Whether something else than what is recorded may be live, of a run that was cut off.

        A build says itself for what it was started, and the next release of its branch finds it.
        """
        if change.kind is ChangeKind.RELEASE or not self._kind.needs_notes:
            return False
        wrote = self._wrote(operation, olds)

        def may_be_live(note: Note) -> bool:
            is_later = note.may_have_begun and note.is_later_than(job)
            return is_later and not (wrote and wrote(note))

        return bool(self._notes(operation.urn).read_all(may_be_live))

    def _recorded(
        self,
        operation: Operation,
        api: BranchApi,
        log_lines: int,
        followed: Callable[[], Followed],
        inputs: Properties,
        *,
        adopted: bool,
        url: Any,
        notes: Notes | None = None,
    ) -> Recorded:
        """The followed job as it goes into state; a failure that has a job is recorded with it.

        Where the job has failed, so many lines of its log tell why. Notes are deleted once it is
        recorded: what was begun is recorded then, or given up.
        """
        failure: JobError | None = None
        try:
            job, healthy = followed()
        except JobError as error:
            job, failure = error.job, error
            healthy = False if isinstance(error, Unhealthy) else None
        explain(job, api, operation, log_lines)
        if notes and (failure is None or operation.records_failures or job.has_ended):
            operation.after_recorded(notes.remove)
        kept = kept_job(job, operation.hide)
        properties = self._properties(inputs, kept, adopted=adopted, url=url, healthy=healthy)
        if failure:
            raise RecordedFailure(str(job.id), properties, failure) from failure
        return Recorded(str(job.id), properties)


def _place(properties: Properties) -> str:
    return f"{properties.get('appId')}/{properties.get('branchName')}"


def _key(operation: Operation, place: str) -> str:
    """What a plan is kept under: the URN, or the branch if the operation knows no resource."""
    return place if operation.urn == NO_URN else operation.urn
