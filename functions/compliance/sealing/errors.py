"""What the proof routes refuse."""

from pentarch.platform.errors import ConflictError, NotFoundError

_SOON_S = 10
"""Sealing collects events for 5 seconds, and then takes one or two."""


class EventNotFoundError(NotFoundError):
    """The tenant's trail has no such event, or it was pruned."""

    def __init__(self) -> None:
        super().__init__("there is no such event")


class NotSealedYetError(ConflictError):
    """The event is in the log, and not in the tree yet."""

    def __init__(self) -> None:
        super().__init__("the event is not sealed yet; ask again in some seconds", retry_after=_SOON_S)
