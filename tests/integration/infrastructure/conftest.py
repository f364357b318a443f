from typing import Any

import httpx
import pytest

from infrastructure import functions
from infrastructure.api import app, handler
from pentarch.configuration import accessor
from pentarch.web.admission import Gate
from support.fake_ecs import FakeEcs
from support.fake_lambda import FakeStack, code_at
from support.lambdas import Caller
from support.rollouts import FakeMachine
from support.stopped_clock import StoppedClock
from support.strict_dynamodb import use_strict_dynamodb
from support.tenants import make_tenant

NAMES = ("LlmWorkerFunction", "LlmApiFunction", "ModelsApiFunction", "InfrastructureStepFunction",
         "InfrastructureApiFunction", "IdentityBootstrapFunction")  # fmt: skip


@pytest.fixture
def api(
    aws: None,  # noqa: ARG001 (a fixture that this one needs)
    monkeypatch: pytest.MonkeyPatch,
) -> Caller:
    """An administrator of the tenant that operates the stack."""
    for name, value in {
        "POWERTOOLS_SERVICE_NAME": "test",
        "OPERATOR_TENANT": "acme",
        "STACK_NAME": "pentarch",
        "ROLLOUT_BAKE_SECONDS": "60",
        "ROLLOUT_STATE_MACHINE": "arn:machine",
        "AWS_LAMBDA_FUNCTION_NAME": "pentarch-InfrastructureStepFunction",
    }.items():
        monkeypatch.setenv(name, value)
    use_strict_dynamodb(monkeypatch)
    app.state.gate = Gate()
    accessor.forget()
    functions._code.cache_clear()
    return Caller(handler, {"X-API-Key": make_tenant("acme")})


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> FakeStack:
    def get(url: str, **_: Any) -> httpx.Response:
        return httpx.Response(200, content=code_at(url), request=httpx.Request("GET", url))

    monkeypatch.setattr(httpx, "get", get)
    return FakeStack(*NAMES).use(monkeypatch)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> FakeMachine:
    return FakeMachine().use(monkeypatch)


@pytest.fixture
def ecs(aws: None, monkeypatch: pytest.MonkeyPatch) -> FakeEcs:  # noqa: ARG001 (its clients need a region)
    return FakeEcs().use(monkeypatch)


@pytest.fixture
def going(machine: FakeMachine, ecs: FakeEcs, clock: StoppedClock) -> FakeMachine:
    """A machine whose waits let ECS go on."""

    def wait(name: str) -> None:
        if name == "Bake":
            clock.advance(seconds=15)
            ecs.tick()

    machine.before = wait
    return machine
