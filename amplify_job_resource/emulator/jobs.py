"""Jobs: what is written down about one, and what it looks like at a given time.

The look of a job is a pure function of its plan and four times: when it was created, when it got
its build slot, when it was stopped, and now. Nothing ticks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf

from .plans import STEPS, Plan

ENDED = frozenset({"SUCCEED", "FAILED", "CANCELLED"})


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a job; `end_time` is None while it runs."""

    name: str
    status: str
    start_time: float
    end_time: float | None
    status_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """A job as it looks at one moment."""

    status: str
    end_time: float | None
    steps: tuple[Step, ...]

    @property
    def ended(self) -> bool:
        """Whether the job will never change again."""
        return self.status in ENDED


@dataclass(frozen=True, slots=True)
class _Phase:
    """A stretch of a job's life that nothing but StopJob changes; `ends` may be infinite."""

    status: str
    starts: float
    ends: float
    step: str | None = None


@dataclass(slots=True, eq=False)
class Job:
    """One job as the service keeps it.

    Attributes:
        number: The job's place in the branch's count; jobs of a branch sort by it.
        job_id: The number as AWS shows it, sometimes padded with zeros.
        behind: A pushed job that was queued waits for the end of this one.
        slot_at: When the job got a build slot; None as long as it has none.
        stopped_at: When StopJob was called.
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

    @property
    def ready_at(self) -> float:
        """When the job may take a build slot; infinite if it never will or nobody can say yet."""
        if self.plan.stuck in ("CREATED", "PENDING"):
            return inf
        ready = self.created_at + self.plan.created + self.plan.pending
        return ready if self.behind is None else max(ready, self.behind.ends_at)

    @property
    def ends_at(self) -> float:
        """When the job ends; infinite if it never does or nobody can say yet."""
        return self._phases()[-1].ends

    def look(self, now: float) -> Look:
        """The job as it looks at `now`."""
        phases = self._phases()
        ends_at = phases[-1].ends
        if now >= ends_at:
            outcome = "CANCELLED" if self.stopped_at is not None else self.plan.outcome
            return Look(outcome, ends_at, self._steps(phases, now, outcome))
        status = next(phase.status for phase in phases if now < phase.ends)
        return Look(status, None, self._steps(phases, now, None))

    def ended(self, now: float) -> bool:
        """Whether the job has ended at `now`."""
        return now >= self.ends_at

    def _phases(self) -> list[_Phase]:
        phases = list(self._waiting())
        if self.slot_at is not None and phases[-1].ends != inf:
            phases.extend(self._building(self.slot_at))
        stop = self.stopped_at
        if stop is None:
            return phases
        lived = [phase for phase in phases if phase.starts <= stop]
        last = lived.pop()
        lived.append(_Phase(last.status, last.starts, min(last.ends, stop), last.step))
        ends = inf if self.plan.stuck == "CANCELLING" else stop + self.plan.cancelling
        return [*lived, _Phase("CANCELLING", stop, ends)]

    def _waiting(self) -> Iterator[_Phase]:
        """The time before the job has a build slot."""
        created = self.created_at + self.plan.created
        if self.plan.stuck == "CREATED":
            yield _Phase("CREATED", self.created_at, inf)
            return
        yield _Phase("CREATED", self.created_at, created)
        if self.plan.stuck == "PENDING":
            yield _Phase("PENDING", created, inf)
            return
        # A job without a slot is PENDING until further notice, but not stuck by plan.
        yield _Phase("PENDING", created, inf if self.slot_at is None else self.slot_at)

    def _building(self, starts: float) -> Iterator[_Phase]:
        """The time with a build slot, up to the end of the job."""
        plan = self.plan
        parts: list[tuple[str, float, str | None]] = [("PROVISIONING", plan.provisioning, None)]
        parts += [(word, plan.word_seconds, None) for word in plan.words]
        parts += [("RUNNING", plan.seconds_of(step), step) for step in STEPS]
        for status, seconds, step in parts:
            stuck = plan.stuck == status and (step is None or step == plan.step)
            ends = inf if stuck else starts + seconds
            yield _Phase(status, starts, ends, step)
            if stuck or (plan.outcome != "SUCCEED" and step == plan.step):
                return
            starts = ends

    def _steps(self, phases: list[_Phase], now: float, outcome: str | None) -> tuple[Step, ...]:
        """The steps that have begun. Those that never begin are not listed (AWS: unconfirmed)."""
        steps = []
        for phase in phases:
            if phase.step is None or phase.starts > now:
                continue
            # Behind the phase that StopJob cut short there is only CANCELLING.
            cut_short = self.stopped_at is not None and phase is phases[-2]
            end_time: float | None
            if cut_short:
                # The step of a stopped job goes on until the job has really ended.
                status, end_time = outcome or "RUNNING", phases[-1].ends if outcome else None
            elif now < phase.ends:
                status, end_time = "RUNNING", None
            elif phase is phases[-1] and outcome is not None:
                status, end_time = outcome, phase.ends
            else:
                status, end_time = "SUCCEED", phase.ends
            failed = status in ("FAILED", "CANCELLED")
            reason = self.plan.status_reason if failed else None
            steps.append(Step(phase.step, status, phase.starts, end_time, reason))
        return tuple(steps)
