"""What must hold in every history: each request gets exactly one job, and none is lost.

Each rule is one method of `Invariants` with a sentence that says it. In a few situations the provider
cannot know better; docs/reliability.md names these limits, and each is an allowance, with a method
of its own. Below them stands when each rule is checked: always before the books change.
"""

from __future__ import annotations

import json
from typing import Any, ClassVar, Final

from amplify_job_resource import errors
from amplify_job_resource._inputs.request import JOB_INPUTS
from amplify_job_resource._inputs.schema import Schema
from amplify_job_resource._lifecycle import RecordedFailure
from amplify_job_resource._values.commits import SECRET, is_same_commit

from tests.machine.books import Books, Started
from tests.machine.engine import APP
from tests.machine.observer import JobKey, Resource

#: Faults after which StartJob may have had its effect.
UNCLEAR: Final = ("500", "503", "drop", "slow")
ENDED: Final = ("SUCCEED", "FAILED", "CANCELLED")


class Violated(AssertionError):
    """A rule is broken; the message ends with the whole history."""


class Invariants(Books):
    """The rules, checked as things happen.

    Attributes:
        schema: the table of the resource's inputs.
        starts: the operations of AWS that start a job.
    """

    schema: ClassVar[Schema] = JOB_INPUTS
    starts: ClassVar[tuple[str, ...]] = ("StartJob",)

    def violated(self, what: str) -> Violated:
        """The error for a broken rule."""
        return Violated("\n  ".join([what, *self.history.lines]))

    # --- rules: jobs that are started and stopped -------------------------------------------------

    def _a_job_is_requested(self) -> None:
        """A job is started only while a request is open."""
        if self.open is None:
            raise self.violated("a job was started that nobody requested")

    def _one_job_a_request(self, jobs: int) -> None:
        """At most one job is started for each request."""
        earlier = self.started_for_open
        if earlier and self._may_build_again(earlier):
            return
        if earlier or jobs > 1:
            raise self.violated("two jobs were started for one request")

    def _a_stop_is_wanted(self, job: JobKey) -> None:
        """A job is stopped under `on_busy="stop"`, or when the resource that started it is deleted."""
        if self.method == "create":
            wanted = self.inputs.get("onBusy") == "stop"
        else:
            # Of two resources with one id, as after a branch was made anew, a destroy deletes both.
            same_id = self.deleted in (job, (job[0], -job[1])) and self.kept is None
            own = job in self.trailers and (job == self.deleted or same_id)
            wanted = self.method == "delete" and own
        if not wanted:
            raise self.violated(f"job {job[1]} of {job[0]} is being stopped, and nobody wants that")

    def _the_job_in_state_goes_on(self, job: JobKey) -> None:
        """The delete of a replaced resource does not stop the job of the one that replaced it."""
        if self.method == "delete" and job == self.kept:
            raise self.violated(f"job {job[1]} of {job[0]} is stopped, and it is the one in state")

    # --- rules: the job that is recorded ----------------------------------------------------------

    def _adoption_is_asked_for(self, made: Resource) -> None:
        """Another job is adopted only if the inputs ask for that and it reports the commit."""
        asked = made.inputs["onBusy"] == "adopt" or made.inputs["skipIfBuilt"]
        reported = made.outputs["reportedCommitId"]
        if not asked or not is_same_commit(made.inputs.get("commitId"), reported):
            raise self.violated(f"job {made.job} was adopted, and nobody asked for that")

    def _adoption_loses_no_job(self, made: Resource) -> None:
        """No other job is adopted on a machine that has started one for the request."""
        started = self.started_for_open
        if started and started.machine == self.facts.machine:
            raise self.violated(f"job {started.job} is lost: {made.job} was adopted instead")

    def _the_job_is_of_the_request(self, job: JobKey) -> None:
        """A job that is recorded as our own was started for the same request."""
        if self.trailers.get(job) != self.open:
            raise self.violated(f"job {job} was recorded, and it is of another request")

    def _the_job_is_the_one_started(self, job: JobKey, *, first: bool) -> None:
        """The job that is recorded is the one that was started since the request is open."""
        started = self.started_for_open
        right = job == started.job if started else self._may_resume(job, first=first)
        if not right:
            shown = started.job if started else "none"
            raise self.violated(f"job {job} was recorded, and {shown} was started for it")

    # --- rules: how a command ends ----------------------------------------------------------------

    def _state_is_true(self, outputs: dict[str, Any], status: str) -> None:
        """After a successful `up`, an end that is in state is the one that the service shows."""
        if outputs["status"] in ENDED and status != outputs["status"]:
            raise self.violated(f"state says {outputs['status']}, the service {status}")

    def _the_job_is_accepted(self, outputs: dict[str, Any]) -> None:
        """An `up` that waits succeeds only with a job that succeeded or may fail."""
        accepted = ["SUCCEED"] + ["FAILED", "CANCELLED"] * bool(outputs["allowFailure"])
        if outputs["waitForCompletion"] and outputs["status"] not in accepted:
            raise self.violated(f"up succeeded with a job that is {outputs['status']}")

    def _its_note_is_gone(self, resource: Resource) -> None:
        """After success, no note on this machine is about the job in state.

        Where the branch was created again, a note of that id may be about another job: one that is
        newer than what is in state, or of another request.
        """
        notes = [json.loads(note.read_text(encoding="utf-8")) for note in self.facts.notes]
        trailer = self.trailers.get(resource.job)
        if not resource.lost and any(
            (note["job"], note["marker"]) == (resource.id, trailer) for note in notes
        ):
            raise self.violated("state has the job, and the note of it is still there")

    def _the_job_is_of_the_branch(self, resource: Resource) -> None:
        """A refresh drops the job of a branch that was deleted and created again since."""
        if resource.lost:
            raise self.violated("the branch was made anew, and refresh has kept the job in state")

    def _an_error_says_where(self, text: str) -> None:
        """Every error names the app, unless that is a secret."""
        if APP not in text and SECRET not in text:
            raise self.violated(f"an error that does not say where: {text}")

    def _the_start_is_unclear(self, text: str) -> None:
        """A start is unknown only after an unclear StartJob, or where an earlier run left a note."""
        unclear = any((call, kind) in self.faults for call in self.starts for kind in UNCLEAR)
        if not (unclear or self.had_note):
            raise self.violated(f"nothing was unclear: {text}")

    def _the_next_run_has_a_note(self, text: str) -> None:
        """When a start is unknown, there is a note, and the error names it."""
        if not any(str(note) in text for note in self.facts.notes):
            raise self.violated(f"the next run has no note to look with: {text}")

    def _no_job_is_dropped(self, text: str) -> None:
        """A create that has started a job does not fail without recording it."""
        if self.jobs_started and self.method == "create":
            raise self.violated(f"{self.jobs_started} job was started, and the error is: {text}")

    def _no_job_is_denied(self, text: str) -> None:
        """No error says "no Amplify job" where this machine has started one and has a note."""
        left = self.started_for_open
        denied = "no Amplify job" in text and self.facts.notes
        if left and left.machine == self.facts.machine and denied:
            raise self.violated(f"job {left.job} is open, and the error is: {text}")

    # --- rules: the end of a history, when no fault is left and all jobs have ended ---------------

    def up_succeeds(self, outcome: str) -> None:
        """`up` succeeds."""
        if outcome not in ("ok", "same"):
            raise self.violated(f"all is well, and up ends as {outcome}")

    def nothing_is_left_to_do(self, outcome: str) -> None:
        """A second `up` finds nothing to do."""
        if outcome != "same":
            raise self.violated("a second up finds something to do")

    def state_is_as_requested(self, resource: Resource | None, inputs: dict[str, Any]) -> None:
        """State holds what the program asks for."""
        recorded = resource.inputs if resource else {}
        requested = [key for key in self.schema.release_keys if key in inputs]
        if any(recorded.get(key) != inputs[key] for key in requested):
            raise self.violated("up succeeded, and state is not what was requested")

    # --- allowances -------------------------------------------------------------------------------

    def _may_build_again(self, earlier: Started) -> bool:
        """A killed run's job is built again on another machine, which has no note of it.

        That is allowed unless the command was shown the job while it was active, or as a success that
        is newer than the job in state.
        """
        allowed = not earlier.seen and self.facts.machine not in earlier.machines
        if allowed:
            self.history.counts["built again on another machine"] += 1
        return allowed

    def _may_resume(self, job: JobKey, *, first: bool) -> bool:
        """A job that was started earlier for the same inputs is resumed in one of four situations."""
        return (
            self._came_back_to(job)
            or self._replaced_while_active(job)
            or self._replaced_after_a_kill(job)
            or self._named_by_an_old_note(job, first=first)
        )

    def _came_back_to(self, job: JobKey) -> bool:
        """The request was given up for another one and made again while its job was active."""
        return job in self.active_at_begin and job not in self.recorded

    def _replaced_while_active(self, job: JobKey) -> bool:
        """`--replace` resumes the active job in state: it looks like the job of a killed run."""
        return self.replaces and job in self.active_at_begin

    def _replaced_after_a_kill(self, job: JobKey) -> bool:
        """`--replace` resumes the job in state if the run that recorded it was killed afterwards."""
        return self.replaces and job == self.unfinished

    def _named_by_an_old_note(self, job: JobKey, *, first: bool) -> bool:
        """A job that the other machine has settled is resumed here by an old note.

        That happens with `--replace`, or with nothing in state, since any other command removes
        the note.
        """
        outdated = job in self.settled_elsewhere[self.facts.machine]
        allowed = outdated and (self.replaces or first)
        if allowed:
            self.history.counts["resumed by an old note"] += 1
        return allowed

    # --- when the rules are checked ---------------------------------------------------------------

    def inputs_refused(self, reason: str) -> None:
        """The inputs are always good, so none is refused."""
        raise self.violated(f"good inputs were refused: {reason}")

    def create_failed(self, failure: RecordedFailure) -> None:
        """A failure that comes with a job names it, unless it is made of a secret."""
        if failure.id not in str(failure) and SECRET not in str(failure):
            raise self.violated(f"a failure that does not name its job: {failure}")

    def created(self, resource: Resource, *, first: bool) -> None:
        if resource.outputs.get("adopted"):
            self._adoption_is_asked_for(resource)
            self._adoption_loses_no_job(resource)
        else:
            self._the_job_is_of_the_request(resource.job)
            self._the_job_is_the_one_started(resource.job, first=first)
        super().created(resource, first=first)

    def up_succeeded(self, resource: Resource) -> None:
        status = self.facts.status(resource.job)
        if status:
            self._state_is_true(resource.outputs, status)
            self._the_job_is_accepted(resource.outputs)

    def refused(self, error: errors.AmplifyJobError) -> None:
        text = str(error)
        self._an_error_says_where(text)
        if isinstance(error, errors.StartUnknown):
            self._the_start_is_unclear(text)
            self._the_next_run_has_a_note(text)
        else:
            self._no_job_is_dropped(text)
            self._no_job_is_denied(text)

    def ended(self, outcome: str, resource: Resource | None) -> None:
        if resource and outcome == "ok" and self.method == "read":
            self._the_job_is_of_the_branch(resource)
        elif resource and outcome in ("ok", "same"):
            self._its_note_is_gone(resource)
        super().ended(outcome, resource)

    def started(self, branch: str, jobs: int) -> None:
        if jobs:
            self._a_job_is_requested()
            self._one_job_a_request(jobs)
        super().started(branch, jobs)

    def stopping(self, job: JobKey) -> None:
        self._a_stop_is_wanted(job)
        self._the_job_in_state_goes_on(job)
