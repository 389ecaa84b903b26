"""AWS's rules for webhooks, which are the incoming ones: whoever has their address starts a job."""

from __future__ import annotations

import secrets
import uuid

from ..exceptions import NotFoundException
from ..jobs import Job
from ..state import emulator_state
from . import quotas
from .jobs import JobBackend
from .records import Webhook


class WebhookBackend(JobBackend):
    """The webhooks of apps."""

    def create_webhook(self, app_id: str, branch_name: str, description: str) -> Webhook:
        """Create a webhook for a branch.

        An app without a repository can have webhooks as well, which start nothing.

        Raises:
            LimitExceededException: the app has `quotas.WEBHOOKS`.
        """
        self.branch(app_id, branch_name)
        webhooks = self.app(app_id).webhooks
        # AWS's text is unconfirmed.
        quotas.require_room(
            len(webhooks),
            quotas.WEBHOOKS,
            "You have reached the maximum number of webhooks in this app.",
        )
        now = emulator_state.clock.now()
        webhook = Webhook(
            webhook_id=str(uuid.uuid4()),
            token=secrets.token_urlsafe(30),
            app_id=app_id,
            branch_name=branch_name,
            description=description,
            created_at=now,
            updated_at=now,
        )
        webhooks[webhook.webhook_id] = webhook
        return webhook

    def webhook(self, webhook_id: str) -> Webhook:
        """The webhook with this id."""
        for app in self.apps.values():
            if webhook_id in app.webhooks:
                return app.webhooks[webhook_id]
        # AWS's text is unconfirmed.
        raise NotFoundException(f"Webhook {webhook_id} not found.")

    def update_webhook(
        self, webhook_id: str, branch_name: str | None, description: str | None
    ) -> Webhook:
        """Change what is given of a webhook, and return it."""
        webhook = self.webhook(webhook_id)
        if branch_name is not None:
            self.branch(webhook.app_id, branch_name)
            webhook.branch_name = branch_name
        if description is not None:
            webhook.description = description
        webhook.updated_at = emulator_state.clock.now()
        return webhook

    def delete_webhook(self, webhook_id: str) -> Webhook:
        """Delete a webhook, and return it."""
        webhook = self.webhook(webhook_id)
        return self.apps[webhook.app_id].webhooks.pop(webhook_id)

    def trigger(self, webhook: Webhook) -> Job | None:
        """Build the branch's HEAD, as after a push.

        What happens at AWS while the branch is busy is unconfirmed.

        Returns:
            The job, None if the app has no repository.
        """
        if not self.app(webhook.app_id).settings.get("repository"):
            return None
        return self.build_next(self.branch(webhook.app_id, webhook.branch_name), "HEAD", "")
