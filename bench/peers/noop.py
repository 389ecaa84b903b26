"""The least that a dynamic resource can be: it does nothing, with as many properties as wanted."""

from __future__ import annotations

from typing import Any, ClassVar

from pulumi.dynamic import CreateResult, Resource, ResourceProvider


class NothingProvider(ResourceProvider):
    """Creates nothing, and has a text for each property that is not given."""

    # With the default each resource's provider is a secret, which takes longer.
    serialize_as_secret_always: ClassVar[bool] = False  # type: ignore[misc]

    def create(self, props: dict[str, Any]) -> CreateResult:
        made = {f"more_{number}": "as good as any" for number in range(int(props["more"]))}
        return CreateResult(props["branch_name"], {**props, **made})


class Nothing(Resource):
    """A resource with four properties that are given, and more outputs."""

    def __init__(
        self, name: str, app_id: str, branch_name: str, commit_id: str, *, more: int = 0
    ) -> None:
        given = {"app_id": app_id, "branch_name": branch_name, "commit_id": commit_id, "more": more}
        outputs = dict.fromkeys(f"more_{number}" for number in range(more))
        super().__init__(NothingProvider(), name, {**given, **outputs})
