"""What can go wrong with webhooks."""

from pentarch.platform.errors import ConflictError, NotFoundError


class WebhookNotFoundError(NotFoundError):
    """The tenant has no such webhook."""

    def __init__(self) -> None:
        super().__init__("no such webhook")


class DeliveryNotFoundError(NotFoundError):
    """The webhook has no such delivery, or not any more."""

    def __init__(self) -> None:
        super().__init__("no such delivery")


class ChangedMeanwhileError(ConflictError):
    """Another change of the webhook came first."""

    def __init__(self) -> None:
        super().__init__("the webhook was changed meanwhile; look at it and try again")


class TooManyWebhooksError(ConflictError):
    """A tenant has a bounded number of webhooks."""


class NotDeliverableError(ConflictError):
    """The delivery is under way, or its webhook is disabled."""


class DeliveryMovedError(Exception):
    """Somebody else has the delivery, or had it in the meantime."""
