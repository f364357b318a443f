import pytest

import llm.worker
from jobs.api import app
from pentarch.llm.service import Gateway
from pentarch.web.admission import Gate
from support.fake_models import FakeModel
from support.job_stack import JobStack
from support.lambdas import Caller
from support.stopped_clock import StoppedClock


@pytest.fixture
def stack(
    aws: None,  # noqa: ARG001 (a fixture that this one needs)
    monkeypatch: pytest.MonkeyPatch,
    clock: StoppedClock,
) -> JobStack:
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Pentarch")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "test")
    app.state.gate = Gate()
    return JobStack(monkeypatch, clock)


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> FakeModel:
    """Answers every prompt in capitals."""
    fake = FakeModel()
    monkeypatch.setattr(llm.worker, "GATEWAY", Gateway(load=fake.catalogue))
    return fake


@pytest.fixture
def api(stack: JobStack, model: FakeModel) -> Caller:  # noqa: ARG001 (a fixture that this one needs)
    """An admin of the tenant `acme`."""
    return stack.tenant("acme")
