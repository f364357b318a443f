"""Pauses take no time."""

import asyncio
import time

import pytest


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long was paused, each time."""
    taken: list[float] = []
    monkeypatch.setattr(time, "sleep", taken.append)

    async def sleep(seconds: float) -> None:
        taken.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    for name in ("PENTARCH_URL", "PENTARCH_API_KEY", "PENTARCH_TOKEN", "PENTARCH_WEBSOCKET_URL"):
        monkeypatch.delenv(name, raising=False)
    return taken
