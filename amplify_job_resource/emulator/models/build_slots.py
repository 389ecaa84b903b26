"""The build slots of an account in a region."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import replace

from moto.core.base_backend import BaseBackend

from ..jobs import Job, Snapshot
from ..state import emulator_state

#: How many jobs one account builds at once in a region; further jobs stay PENDING.
CONCURRENT_BUILDS = 5


class BuildSlots(BaseBackend):
    """The slots in which jobs build.

    Jobs get them in the order in which they become ready. Slots are assigned only when jobs are read or
    changed. A slot then counts from the moment when it was free and the job was ready, so the result
    does not depend on how often jobs are read.

    Attributes:
        lock: Held while anything of this account and region is read or changed.
        open_jobs: The jobs that may need a slot, or have one.
    """

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.lock = threading.RLock()
        self.open_jobs: list[Job] = []

    def snapshot(self, job: Job) -> Snapshot:
        """What a job shows now."""
        snapshot = job.snapshot(self.assign_build_slots())
        waits = job.content is not None and job.content.started_at is None
        if waits and snapshot.status == "PENDING":
            return replace(snapshot, status=emulator_state.behaviours.waiting_status)
        return snapshot

    def assign_build_slots(self) -> float:
        """Assign the build slots that have become free by now to the jobs that are ready.

        Returns:
            The present time, up to which the assignment is complete.
        """
        now = emulator_state.clock.now()
        while True:
            ready = [
                job
                for job in self.open_jobs
                if job.slot_at is None and job.stopped_at is None and job.ready_at <= now
            ]
            if not ready:
                break
            job = min(ready, key=lambda job: (job.ready_at, job.created_at, job.number))
            ends = sorted(
                other.ends_at
                for other in self.open_jobs
                if other.slot_at is not None and other.ends_at > job.ready_at
            )
            free_at = job.ready_at
            if len(ends) >= CONCURRENT_BUILDS:
                free_at = ends[-CONCURRENT_BUILDS]
            if free_at > now:
                break
            job.slot_at = free_at
        # No later call assigns a slot for a time before this one, so ended jobs can be forgotten.
        if len(self.open_jobs) > 4 * CONCURRENT_BUILDS:
            self.open_jobs = [job for job in self.open_jobs if not job.ended(now)]
        return now

    def give_up_slots(self, jobs: Iterable[Job]) -> None:
        """Free the slots of jobs that are deleted, whether they have ended or not."""
        deleted = {id(job) for job in jobs}
        self.open_jobs = [job for job in self.open_jobs if id(job) not in deleted]
