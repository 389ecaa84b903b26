"""AWS's own limits for the inputs, read from botocore's model of the Amplify service.

botocore itself checks only the types and minimum lengths of a request before it sends it. Patterns,
maxima and enums are checked here, so that a preview finds what AWS would refuse.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from .request import JOB_INPUTS
from .schema import Form


@dataclass(frozen=True, slots=True)
class Limit:
    """What AWS's service model says of one text: lengths in characters, pattern, enum."""

    minimum: int | None = None
    maximum: int | None = None
    pattern: str | None = None
    enum: tuple[str, ...] = ()


@cache
def start_job_limits() -> Mapping[str, Limit]:
    """The limit of each text that StartJob takes, by its input's key; from StartJobRequest."""
    # Loading botocore takes a while, and a bare import of this package shall not pay for it.
    from botocore.loaders import Loader

    shapes = Loader().load_service_model("amplify", "service-2")["shapes"]
    members = shapes["StartJobRequest"]["members"]
    return {
        row.key: _limit(shapes[members[member]["shape"]])
        for member, row in JOB_INPUTS.members.items()
        if row.input.form in (Form.TEXT, Form.PROSE)
    }


def _limit(shape: Mapping[str, Any]) -> Limit:
    return Limit(
        minimum=shape.get("min"),
        maximum=shape.get("max"),
        pattern=shape.get("pattern"),
        enum=tuple(shape.get("enum", ())),
    )
