"""Operations on tags."""

from __future__ import annotations

from typing import Any

from .request import AmplifyRequest


class TagResponse(AmplifyRequest):
    """The operations on tags.

    Raises from every operation:
        ResourceNotFoundException: there is no such resource in this account and region.
    """

    def list_tags_for_resource(self) -> dict[str, Any]:
        """ListTagsForResource: the tags of an app, a branch, a domain or a webhook."""
        return {"tags": self.backend.tags_of(self._get_param("resourceArn"))}

    def tag_resource(self) -> dict[str, Any]:
        """TagResource: nothing; tags of the same key are replaced.

        Raises:
            BadRequestException: the resource would have too many.
        """
        self.backend.tag(self._get_param("resourceArn"), self._get_param("tags"))
        return {}

    def untag_resource(self) -> dict[str, Any]:
        """UntagResource: nothing, also where the resource has no such tag."""
        self.backend.untag(self._get_param("resourceArn"), self._get_param("tagKeys"))
        return {}
