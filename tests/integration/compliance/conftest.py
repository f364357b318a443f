import pytest

from support.assessments import Auditor
from support.lambdas import Caller
from support.stopped_clock import StoppedClock


@pytest.fixture
def auditor(
    aws: None,  # noqa: ARG001 (a fixture that this one needs)
    monkeypatch: pytest.MonkeyPatch,
    clock: StoppedClock,
) -> Auditor:
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Pentarch")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "test")
    return Auditor(monkeypatch, clock)


@pytest.fixture
def api(auditor: Auditor) -> Caller:
    """An admin of the tenant `acme`."""
    return auditor.tenant("acme")
