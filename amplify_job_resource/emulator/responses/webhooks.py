"""Operations on webhooks."""

from __future__ import annotations

from typing import Any

from .. import webhook_server
from ..models.records import Webhook
from .request import AmplifyRequest, shown


class WebhookResponse(AmplifyRequest):
    """The operations on webhooks."""

    def create_webhook(self) -> dict[str, Any]:
        """CreateWebhook: the new webhook.

        Raises:
            LimitExceededException: the app has as many as the quota.
        """
        description = self._get_param("description") or ""
        webhook = self.backend.create_webhook(*self._app_and_branch(), description)
        return {"webhook": self._webhook(webhook)}

    def get_webhook(self) -> dict[str, Any]:
        """GetWebhook: the webhook."""
        return {"webhook": self._webhook(self.backend.webhook(self._get_param("webhookId")))}

    def update_webhook(self) -> dict[str, Any]:
        """UpdateWebhook: the webhook with what has changed; what is not given stays."""
        webhook = self.backend.update_webhook(
            self._get_param("webhookId"),
            self._get_param("branchName"),
            self._get_param("description"),
        )
        return {"webhook": self._webhook(webhook)}

    def list_webhooks(self) -> dict[str, Any]:
        """ListWebhooks: one page of the app's webhooks, by their ids."""
        webhooks = self.backend.app(self._get_param("appId")).webhooks
        page, token = self._page("webhooks", webhooks.values(), lambda each: each.webhook_id)
        return {"webhooks": [self._webhook(each) for each in page], "nextToken": token}

    def delete_webhook(self) -> dict[str, Any]:
        """DeleteWebhook: the deleted webhook."""
        webhook = self.backend.delete_webhook(self._get_param("webhookId"))
        return {"webhook": self._webhook(webhook)}

    def _webhook(self, webhook: Webhook) -> dict[str, Any]:
        return {
            "webhookArn": f"{self.backend.arn(webhook.app_id)}/webhooks/{webhook.webhook_id}",
            "webhookId": webhook.webhook_id,
            "webhookUrl": webhook_server.address(self._server(), webhook),
            "appId": webhook.app_id,
            "branchName": webhook.branch_name,
            "description": webhook.description,
            "createTime": shown(webhook.created_at),
            "updateTime": shown(webhook.updated_at),
        }
