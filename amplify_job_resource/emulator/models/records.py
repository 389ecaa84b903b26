"""What Amplify keeps of apps, and of what belongs to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..domains import Domain
from ..jobs import Job
from ..plans import Plan


@dataclass(slots=True)
class Branch:
    """One branch.

    Attributes:
        settings: Members of CreateBranch and UpdateBranch, unchanged.
        head: The commit that was pushed last.
        count: The number of the last job.
        jobs: The branch's jobs by their number, oldest first.
        plans: How the next jobs run, one plan for each.
        deleted: The job whose files are still live although its record was deleted; None for most.
    """

    app_id: str
    name: str
    settings: dict[str, Any]
    created_at: float
    updated_at: float
    head: str = "0" * 40
    count: int = 0
    jobs: dict[int, Job] = field(default_factory=dict)
    plans: list[Plan] = field(default_factory=list)
    deleted: Job | None = None

    def active(self, now: float) -> list[Job]:
        """The jobs that have not ended at the time `now`, oldest first."""
        return [job for job in self.jobs.values() if not job.ended(now)]


@dataclass(slots=True)
class App:
    """One app.

    Attributes:
        settings: Members of CreateApp and UpdateApp, unchanged.
        branches: The app's branches by name.
        domains: The app's domains by name.
        former: Deleted branches by name, where a switch says that something of them is kept.
    """

    app_id: str
    settings: dict[str, Any]
    created_at: float
    updated_at: float
    branches: dict[str, Branch] = field(default_factory=dict)
    domains: dict[str, Domain] = field(default_factory=dict)
    former: dict[str, Branch] = field(default_factory=dict)
