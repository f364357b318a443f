from collections.abc import Iterator

import pytest

from pentarch.web.admission import Gate
from support.atomic import make_calls_atomic
from support.health_server import HealthServer
from support.lambdas import Caller
from support.stopped_clock import StoppedClock
from support.webhooks import WebhookStack
from webhooks import vault
from webhooks.api import app


@pytest.fixture
def stack(
    aws: None,  # noqa: ARG001 (a fixture that this one needs)
    monkeypatch: pytest.MonkeyPatch,
    clock: StoppedClock,
) -> WebhookStack:
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Pentarch")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "test")
    monkeypatch.setenv("EGRESS_REACH", "local")
    app.state.gate = Gate()
    vault._cipher.cache_clear()
    make_calls_atomic(monkeypatch)  # deliveries are sent side by side
    return WebhookStack(monkeypatch, clock)


@pytest.fixture
def receiver() -> Iterator[HealthServer]:
    """Takes everything, unless a test says otherwise."""
    with HealthServer() as running:
        yield running


@pytest.fixture
def api(stack: WebhookStack) -> Caller:
    """An admin of the tenant `acme`."""
    return stack.tenant("acme")
