"""What is kept of a resource between two operations of one command."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ._amplify.ids import JobId
from ._amplify.records import JobRecord
from ._preview.changes import Change


@dataclass(frozen=True, slots=True)
class Plan:
    """What is known of one URN in this process.

    A replacement is a diff, a second check, a create and finally the delete of the old resource. None
    of them is told of the others by the engine; this is what they tell each other.

    Attributes:
        release: the change that diff has found, if it asks for a new release.
        inputs: the new inputs in which it was found.
        recorded_job: the job that was in state then.
        current_job: the job that the resource has in state, or is about to have; None while that is not
            known. That of the old resource of a replacement is another one, unless the new one has
            taken the same job.
        is_read: whether the resource was read, and not checked since. A refresh reads it, and then asks
            for the difference without a check: nothing is pending then.
    """

    release: Change | None = None
    inputs: Mapping[str, Any] = field(default_factory=dict)
    recorded_job: JobRecord | None = None
    current_job: JobId | None = None
    is_read: bool = False
