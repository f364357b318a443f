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
