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
        tags: The branch's tags.
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
    tags: dict[str, str] = field(default_factory=dict)

    def active(self, now: float) -> list[Job]:
        """The jobs that have not ended at the time `now`, oldest first."""
        return [job for job in self.jobs.values() if not job.ended(now)]


@dataclass(slots=True)
class Webhook:
    """An incoming address, which starts a job of a branch.

    Attributes:
        token: What the address has besides the id, so that nobody can guess it.
    """

    webhook_id: str
    token: str
    app_id: str
    branch_name: str
    description: str
    created_at: float
    updated_at: float
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class BackendEnvironment:
    """One backend environment, of which Amplify Hosting knows hardly more than the name.

    Attributes:
        settings: Members of CreateBackendEnvironment, unchanged.
    """

    app_id: str
    name: str
    settings: dict[str, Any]
    created_at: float
    updated_at: float


@dataclass(slots=True)
class App:
    """One app.

    Attributes:
        settings: Members of CreateApp and UpdateApp, unchanged.
        branches: The app's branches by name.
        domains: The app's domains by name.
        former: Deleted branches by name, where a switch says that something of them is kept.
        webhooks: The app's webhooks by id.
        backend_environments: The app's backend environments by name.
        tags: The app's tags.
    """

    app_id: str
    settings: dict[str, Any]
    created_at: float
    updated_at: float
    branches: dict[str, Branch] = field(default_factory=dict)
    domains: dict[str, Domain] = field(default_factory=dict)
    former: dict[str, Branch] = field(default_factory=dict)
    webhooks: dict[str, Webhook] = field(default_factory=dict)
    backend_environments: dict[str, BackendEnvironment] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
