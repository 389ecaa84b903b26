"""The least that a dynamic resource can be: it does nothing, with as many properties as wanted."""

from __future__ import annotations

from typing import Any, ClassVar

from pulumi.dynamic import CreateResult, Resource, ResourceProvider


class NothingProvider(ResourceProvider):
    """Creates nothing."""

    # With the default each resource's provider is a secret, which takes longer.
    serialize_as_secret_always: ClassVar[bool] = False  # type: ignore[misc]

    def create(self, props: dict[str, Any]) -> CreateResult:
        return CreateResult(props["branch_name"], props)


class Nothing(Resource):
    """A resource with three properties that are given, and more that are not."""

    def __init__(
        self, name: str, app_id: str, branch_name: str, commit_id: str, *, more: int = 0
    ) -> None:
        given = {"app_id": app_id, "branch_name": branch_name, "commit_id": commit_id}
        super().__init__(
            NothingProvider(), name, {**given, **{f"more_{number}": None for number in range(more)}}
        )
