"""The operator's tenant and another one, before the API of operations."""

from collections.abc import Iterator

import pytest

from ops import probes, stack
from ops.api import app, handler
from ops.stack import Service, Stack
from pentarch.identity.service import Authenticator
from pentarch.llm import catalogue
from pentarch.platform import clients
from pentarch.web.admission import Gate
from support.lambdas import Caller
from support.tenants import make_tenant


@pytest.fixture
def api(aws: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Caller]:  # noqa: ARG001 (a fixture that another needs)
    """An administrator of the tenant that operates the stack."""
    for name, value in {
        "POWERTOOLS_SERVICE_NAME": "ops",
        "OPERATOR_TENANT": "acme",
        "STACK_NAME": "pentarch",
    }.items():
        monkeypatch.setenv(name, value)
    catalogue.forget()
    probes._memory().clear()
    app.state.gate = Gate(Authenticator())
    yield Caller(handler, {"X-API-Key": make_tenant("acme")})
    probes._memory().clear()
    catalogue.forget()
    stack.forget()


@pytest.fixture
def services(api: Caller, monkeypatch: pytest.MonkeyPatch) -> Stack:  # noqa: ARG001 (AWS is there)
    """A stack of two services beside those that cannot be stopped."""
    queue = clients.sqs().create_queue(QueueName="work")["QueueUrl"]
    made = Stack(
        {
            "llm": Service("llm", [], ["llm-logs"], [queue]),
            "jobs": Service("jobs", [], ["jobs-logs"], []),
            "ops": Service("ops", [], ["ops-logs"], []),
        }
    )
    monkeypatch.setattr(stack, "current", lambda: made)
    return made
