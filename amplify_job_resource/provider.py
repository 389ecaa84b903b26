"""The providers: the dynamic front, which is what Pulumi's engine calls for a resource in Python.

Each method turns Pulumi's values into plain ones, asks the lifecycle, and turns its answer back. Each
class is pickled by reference, so its import path is part of every user's state, and it must keep no
attributes in the program; `configure` runs in the plugin process only.
"""

from __future__ import annotations

from typing import Any, ClassVar, Final

from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    ConfigureRequest,
    CreateResult,
    DiffResult,
    ReadResult,
    ResourceProvider,
    UpdateResult,
)
from pulumi.output import Unknown

from ._engine import plugin_process
from ._engine.methods import engine_method
from ._engine.operation import current_operation
from ._inputs.rules import asset_in
from ._kind import DEPLOYMENT
from ._lifecycle import Lifecycle
from ._operation import NO_URN
from ._preview.changes import ChangeKind
from ._values.text import untagged
from ._values.unknown import UNKNOWN

Properties = dict[str, Any]

plugin_process.install()


class JobProvider(ResourceProvider):
    """Releases as resources: create starts a job and follows it, read looks at it, delete stops it."""

    # A pickle by reference holds nothing, secret or not; as a secret it would only be slow.
    serialize_as_secret_always: ClassVar[bool] = False  # type: ignore[misc]
    lifecycle: ClassVar[Lifecycle] = Lifecycle()

    def configure(self, req: ConfigureRequest) -> None:
        """Take the whole stack config; runs once per plugin process."""
        self.lifecycle.access.config = dict(req.config._props)  # noqa: SLF001 - its getters want each key

    # The SDK fixes the parameters' names.
    @engine_method
    def check(self, _olds: Properties, news: Properties) -> CheckResult:
        """All that is wrong with the inputs; or the inputs with their defaults."""
        operation = current_operation()
        if asset_in(_from_sdk(_olds.get("triggers"))):
            urn = "URN" if operation.urn == NO_URN else f"'{operation.urn}'"
            return CheckResult(news, [CheckFailure("triggers", _STUCK + urn)])
        inputs, problems = self.lifecycle.check(operation, _olds, _from_sdk(news))
        return CheckResult(
            _to_sdk(inputs), [CheckFailure(p.key, untagged(p.reason)) for p in problems]
        )

    @engine_method
    def diff(self, _id: str, _olds: Properties, _news: Properties) -> DiffResult:
        """Nothing, an update, or a replacement, which is a new release."""
        change = self.lifecycle.diff(current_operation(), _id, _olds, _from_sdk(_news))
        return DiffResult(
            changes=change.kind is not ChangeKind.NOTHING,
            replaces=list(change.keys) if change.kind is ChangeKind.RELEASE else [],
            delete_before_replace=False,
        )

    @engine_method
    def create(self, props: Properties) -> CreateResult:
        """Start exactly one job, follow it, accept it."""
        recorded = self.lifecycle.create(current_operation(), props)
        return CreateResult(recorded.id, recorded.properties)

    @engine_method
    def read(self, id_: str, props: Properties) -> ReadResult:
        """The outputs as they are now; an empty id when the job is gone."""
        recorded = self.lifecycle.read(current_operation(), id_, props)
        return ReadResult(recorded.id, recorded.properties) if recorded else ReadResult("", {})

    @engine_method
    def update(self, _id: str, _olds: Properties, _news: Properties) -> UpdateResult:
        """Record labels and policies, and keep waiting; no job is started."""
        return UpdateResult(
            self.lifecycle.update(current_operation(), _id, _olds, _news).properties
        )

    @engine_method
    def delete(self, _id: str, _props: Properties) -> None:
        """Stop our own job if it is still active."""
        self.lifecycle.delete(current_operation(), _id, _props)


class DeploymentProvider(JobProvider):
    """Deployments of files as resources: the same steps, for files instead of commits."""

    lifecycle: ClassVar[Lifecycle] = Lifecycle(kind=DEPLOYMENT)


#: Said here, where the SDK can still read what is recorded: the diff that follows could not.
_STUCK: Final = (
    "triggers are recorded with an asset or archive, which Pulumi's SDK cannot read back. Remove the "
    "resource from state, which touches nothing in AWS, and release again:\n"
    "pulumi state delete "
)

_SDK_UNKNOWN: Any = Unknown()  # type: ignore[no-untyped-call]


def _from_sdk(value: Any) -> Any:
    """The value with the SDK's unknowns as ours."""
    return _mapped(value, lambda item: UNKNOWN if isinstance(item, Unknown) else item)


def _to_sdk(value: Any) -> Any:
    """The value with our unknowns as the SDK's."""
    return _mapped(value, lambda item: _SDK_UNKNOWN if item is UNKNOWN else item)


def _mapped(value: Any, change: Any) -> Any:
    if isinstance(value, dict):
        return {key: _mapped(entry, change) for key, entry in value.items()}
    if isinstance(value, list):
        return [_mapped(entry, change) for entry in value]
    return change(value)
