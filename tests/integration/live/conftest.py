import pytest

from support.live_stack import LiveStack
from support.stopped_clock import StoppedClock


@pytest.fixture
def stack(
    aws: None,  # noqa: ARG001 (a fixture that this one needs)
    monkeypatch: pytest.MonkeyPatch,
    clock: StoppedClock,
) -> LiveStack:
    return LiveStack(monkeypatch, clock)


@pytest.fixture
def key(stack: LiveStack) -> str:
    """An admin's key of the tenant `acme`."""
    return stack.tenant("acme")
