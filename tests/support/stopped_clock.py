"""A clock that stands still until a test moves it, or that ticks whenever somebody looks."""

from datetime import UTC, datetime, timedelta

import pytest

from pentarch.platform import clock


class StoppedClock:
    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.at = datetime.now(UTC).replace(minute=10, second=0, microsecond=0)
        """Ten past an hour, so that no test meets the end of a window by chance."""
        self.ticks = False
        """Whether each look is a millisecond after the one before, so that events are in the order of their ids."""
        patch.setattr(clock, "now", self._now)

    def _now(self) -> datetime:
        if self.ticks:
            self.at += timedelta(milliseconds=1)
        return self.at

    def advance(self, **amount: float) -> None:
        self.at += timedelta(**amount)
