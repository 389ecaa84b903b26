"""Jobs: what is stored about a job, and what it shows at a given time.

What a job shows is a pure function of its plan and of four times: when it was created, when it got
its build slot, when it was stopped, and now. Nothing runs in the background. All times are readings
of the emulator's clock, unless something else is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import inf

from .content import Content
from .plans import STEPS, Plan

ENDED = frozenset({"SUCCEED", "FAILED", "CANCELLED"})


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a job.

    `end_time` is None while the step runs. At `cut_at`, StopJob interrupted what the step does; None if
    it did not.
    """

    name: str
    status: str
    start_time: float
    end_time: float | None
    status_reason: str | None = None
    cut_at: float | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a job shows at one moment.

    Attributes:
        status: One of AWS's job statuses, or one of the plan's `words`.
        end_time: When the job ended; None if it has not.
        steps: The steps that have begun, in their order.
    """

    status: str
    end_time: float | None
    steps: tuple[Step, ...]

    @property
    def ended(self) -> bool:
        """Whether the job has ended, so that it will not change again."""
        return self.status in ENDED


@dataclass(frozen=True, slots=True)
class _Phase:
    """A part of a job's life during which its status stays the same.

    Only StopJob can end a phase earlier than `ends`, which is infinite if the phase has no planned
    end. `step` is the step that runs during the phase.
    """

    status: str
    starts: float
    ends: float
    step: str | None = None


@dataclass(slots=True, eq=False)
class Job:
    """One job as the service stores it.

    Attributes:
        number: The job's number in its branch: a later job has a higher one.
        job_id: The number as AWS shows it, sometimes padded with zeros.
        job_arn: The job's ARN.
        job_type: `RELEASE`, `RETRY`, `WEB_HOOK` for a push, or `MANUAL` for a deployment of files.
        commit_id: The commit that the job reports.
        commit_message: The commit message that the job reports.
        commit_time: The commit's time as the job reports it, in seconds since 1970.
        created_at: When the job was created.
        plan: How the job runs.
        behind: The job that must end before this one can build; None for most jobs. Only a push
            can create a job that waits for another.
        slot_at: When the job got a build slot; None while it has none.
        stopped_at: When StopJob was called; None if it was not.
        content: What a deployment of files deploys; None for a job that builds. Without its start
            the job stays PENDING.
        artifacts: The names of its artifacts by their ids.
    """

    number: int
    job_id: str
    job_arn: str
    job_type: str
    commit_id: str
    commit_message: str
    commit_time: float
    created_at: float
    plan: Plan
    behind: Job | None = None
    slot_at: float | None = None
    stopped_at: float | None = None
    content: Content | None = None
    artifacts: dict[str, str] = field(default_factory=dict)

    @property
    def ready_at(self) -> float:
        """When the job can take a build slot; infinite if it never can or the time is unknown."""
        if self.plan.stuck in ("CREATED", "PENDING"):
            return inf
        created = self.created_at + self.plan.created
        if self.content is not None:
            created = max(
                created, inf if self.content.started_at is None else self.content.started_at
            )
        ready = created + self.plan.pending
        return ready if self.behind is None else max(ready, self.behind.ends_at)

    @property
    def ends_at(self) -> float:
        """When the job ends; infinite if it never does or the time is unknown."""
        return self._phases()[-1].ends

    def snapshot(self, now: float) -> Snapshot:
        """What the job shows at the time `now`."""
        phases = self._phases()
        ends_at = phases[-1].ends
        if now >= ends_at:
            outcome = "CANCELLED" if self.stopped_at is not None else self.plan.outcome
            return Snapshot(outcome, ends_at, self._steps(phases, now, outcome))
        status = next(phase.status for phase in phases if now < phase.ends)
        return Snapshot(status, None, self._steps(phases, now, None))

    def ended(self, now: float) -> bool:
        """Whether the job has ended at the time `now`."""
        return now >= self.ends_at

    def _phases(self) -> list[_Phase]:
        phases = list(self._phases_before_slot())
        if self.slot_at is not None and phases[-1].ends != inf:
            phases.extend(self._phases_with_slot(self.slot_at))
        stop = self.stopped_at
        if stop is None:
            return phases
        begun = [phase for phase in phases if phase.starts <= stop]
        last = begun.pop()
        begun.append(_Phase(last.status, last.starts, min(last.ends, stop), last.step))
        ends = inf if self.plan.stuck == "CANCELLING" else stop + self.plan.cancelling
        return [*begun, _Phase("CANCELLING", stop, ends)]

    def _phases_before_slot(self) -> Iterator[_Phase]:
        created = self.created_at + self.plan.created
        if self.plan.stuck == "CREATED":
            yield _Phase("CREATED", self.created_at, inf)
            return
        yield _Phase("CREATED", self.created_at, created)
        if self.plan.stuck == "PENDING":
            yield _Phase("PENDING", created, inf)
            return
        # Without a slot the phase has no known end, although the plan does not say "stuck".
        yield _Phase("PENDING", created, inf if self.slot_at is None else self.slot_at)

    def _phases_with_slot(self, starts: float) -> Iterator[_Phase]:
        plan = self.plan
        parts: list[tuple[str, float, str | None]] = [("PROVISIONING", plan.provisioning, None)]
        parts += [(word, plan.word_seconds, None) for word in plan.words]
        steps = STEPS if self.content is None else STEPS[1:]
        parts += [("RUNNING", plan.seconds_of(step), step) for step in steps]
        for status, seconds, step in parts:
            stuck = plan.stuck == status and (step is None or step == plan.step)
            ends = inf if stuck else starts + seconds
            yield _Phase(status, starts, ends, step)
            if stuck or (plan.outcome != "SUCCEED" and step == plan.step):
                return
            starts = ends

    def _steps(self, phases: list[_Phase], now: float, outcome: str | None) -> tuple[Step, ...]:
        """The steps that have begun."""
        steps = []
        for phase in phases:
            if phase.step is None or phase.starts > now:
                continue
            # In a stopped job, the last phase is CANCELLING; StopJob interrupted the one before it.
            interrupted = self.stopped_at is not None and phase is phases[-2]
            end_time: float | None
            if interrupted:
                # The interrupted step goes on until the job has ended.
                status, end_time = outcome or "RUNNING", phases[-1].ends if outcome else None
            elif now < phase.ends:
                status, end_time = "RUNNING", None
            elif phase is phases[-1] and outcome is not None:
                status, end_time = outcome, phase.ends
            else:
                status, end_time = "SUCCEED", phase.ends
            failed = status in ("FAILED", "CANCELLED")
            reason = self.plan.status_reason if failed else None
            cut_at = self.stopped_at if interrupted else None
            steps.append(Step(phase.step, status, phase.starts, end_time, reason, cut_at))
        return tuple(steps)
