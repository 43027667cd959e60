"""Refusals of webhooks."""

from organizations.errors import Conflict


class DeliveryWaiting(Conflict):
    """The delivery waits to be sent already; its next attempt comes by itself."""

    code = "delivery_waiting"
    message = "The delivery is waiting to be sent already"


class WebhookDisabled(Conflict):
    """Nothing is sent to a webhook that is disabled; enable it first."""

    code = "webhook_disabled"
    message = "The webhook is disabled"
