"""What a program asks for with a `Deployment`: files, and where they go."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Final

from .._amplify.ids import BranchId
from .._values.commits import Commit
from .request import JOB_INPUTS, Properties, typed
from .schema import Form, Input, OnChange, Schema
from .words import OnBusy

_TEXT, _FLAG, _COUNT = Form.TEXT, Form.FLAG, Form.COUNT
_RELEASE = OnChange.RELEASE


@dataclass(frozen=True, slots=True)
class DeploymentRequest:
    """A checked set of inputs: which files are to be live, and how to go about it.

    Each field is one input; see `ReleaseRequest`. Those that are derived say what the source holds.
    """

    app_id: Annotated[str, Input(_TEXT, _RELEASE, "appId", what="the Amplify app's id")]
    branch_name: Annotated[str, Input(_TEXT, _RELEASE, "branchName", what="the branch's name")]
    source: Annotated[
        Any, Input(Form.SOURCE, what="a folder, a .zip, an archive, or the address of a .zip")
    ]
    content_digest: Annotated[
        str | None, Input(_TEXT, _RELEASE, what="the digest of the content", is_derived=True)
    ] = None
    exclude: Annotated[tuple[str, ...] | None, Input(Form.TEXTS)] = None
    triggers: Annotated[Any, Input(Form.TRIGGERS, _RELEASE)] = None
    wait_for_completion: Annotated[bool, Input(_FLAG)] = True
    on_busy: Annotated[OnBusy, Input(_TEXT, words=(OnBusy.WAIT, OnBusy.STOP, OnBusy.FAIL))] = (
        OnBusy.WAIT
    )
    allow_failure: Annotated[bool, Input(_FLAG)] = False
    lookahead: Annotated[bool | None, Input(_FLAG)] = None
    log_lines: Annotated[int | None, Input(_COUNT)] = None
    health_check: Annotated[str | None, Input(_TEXT)] = None
    region: Annotated[str | None, Input(_TEXT, _RELEASE)] = None
    profile: Annotated[str | None, Input(_TEXT)] = None
    file_count: Annotated[int | None, Input(Form.NUMBER, is_derived=True)] = None
    total_bytes: Annotated[int | None, Input(Form.NUMBER, is_derived=True)] = None
    manifest: Annotated[str | None, Input(Form.PROSE, is_derived=True)] = None

    #: The keys of the inputs that the program gave as secrets.
    secret_inputs: frozenset[str] = field(default_factory=frozenset)

    #: Files have no commit.
    commit: ClassVar[Commit] = Commit(None)
    verify_commit: ClassVar[bool] = False
    skip_if_built: ClassVar[bool] = False

    @classmethod
    def from_properties(cls, properties: Properties) -> DeploymentRequest:
        """The request in properties that have passed `rules.problems`.

        Raises:
            KeyError, TypeError, ValueError: they have not passed it.
        """
        return cls(**typed(DEPLOYMENT_INPUTS, properties))

    @property
    def branch(self) -> BranchId:
        """The branch to deploy to."""
        return BranchId(self.app_id, self.branch_name)

    def for_changed_triggers(self) -> DeploymentRequest:
        """See `Request`: nothing that is there is ever taken instead of a deployment."""
        return self


#: The table of a `Deployment`'s inputs.
DEPLOYMENT_INPUTS: Final = Schema.of(DeploymentRequest)
#: All inputs: one that two resources have means the same in both.
ALL_INPUTS: Final = JOB_INPUTS | DEPLOYMENT_INPUTS
