"""A clock that stands still until a test moves it."""

from datetime import UTC, datetime, timedelta

import pytest

from pentarch.platform import clock


class StoppedClock:
    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.at = datetime.now(UTC).replace(minute=10, second=0, microsecond=0)
        """Ten past an hour, so that no test meets the end of a window by chance."""
        patch.setattr(clock, "now", lambda: self.at)

    def advance(self, **amount: float) -> None:
        self.at += timedelta(**amount)
