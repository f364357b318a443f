"""What can go wrong with limits."""

from pentarch.limits.model import Standing
from pentarch.platform.errors import Meaning, PentarchError


class RateLimitedError(PentarchError):
    """A limit is used up until its window ends."""

    meaning = Meaning.RATE_LIMITED

    def __init__(self, standing: Standing, retry_after: int) -> None:
        super().__init__(
            f"API rate limit exceeded. Retry after {retry_after} seconds.",
            details={"limit": standing.limit, "window_seconds": standing.window_s, "retry_after": retry_after},
            retry_after=retry_after,
        )
        self.standing = standing


class NoFreeSlotError(PentarchError):
    """As many as may run at once are running."""

    meaning = Meaning.RATE_LIMITED

    def __init__(self, at_most: int, retry_after: int) -> None:
        super().__init__(
            f"{at_most} may run at once, and as many are running",
            details={"limit": at_most, "retry_after": retry_after},
            retry_after=retry_after,
        )


class SlotLostError(PentarchError):
    """The lease had ended and the slot was given to another, or it was freed."""

    meaning = Meaning.CONFLICT

    def __init__(self) -> None:
        super().__init__("the slot is no longer held")
