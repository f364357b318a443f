"""The slice over moto, with the state machine walked by hand."""

import pytest

from support.lambdas import Caller
from support.stopped_clock import StoppedClock
from support.strict_dynamodb import use_strict_dynamodb
from support.tenants import make_tenant
from support.workflows import Machine, Turns, make_agents
from workflows import api as workflows_api


@pytest.fixture
def machine(aws: None, monkeypatch: pytest.MonkeyPatch, clock: StoppedClock) -> Machine:
    del aws
    use_strict_dynamodb(monkeypatch)
    return Machine(monkeypatch, clock)


@pytest.fixture
def turns(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Turns:
    return Turns(monkeypatch, machine)


@pytest.fixture
def api(machine: Machine, turns: Turns) -> Caller:
    """The API for an administrator of `acme`, which has the agents a to d."""
    del machine, turns
    key = make_tenant("acme")
    make_agents("acme", "agent-a", "agent-b", "agent-c", "agent-d", "agent-analyzer", "agent-validator")
    return Caller(workflows_api.handler, {"X-API-Key": key})
