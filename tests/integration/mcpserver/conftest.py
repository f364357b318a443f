import pytest

import agents.api
import tools.api
from mcpserver import api
from pentarch.web.admission import Gate
from support.lambdas import Caller
from support.stack_doors import Executions, StackDoors
from support.tenants import make_tenant


@pytest.fixture
def executions() -> Executions:
    return Executions()


@pytest.fixture
def doors(
    aws: None,  # noqa: ARG001 (a fixture that this one needs)
    executions: Executions,
    monkeypatch: pytest.MonkeyPatch,
) -> StackDoors:
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "test")
    monkeypatch.setattr("mcpserver.server._PAUSES_S", (0.0,) * 4)
    for one in (api, agents.api, tools.api):
        one.app.state.gate = Gate()
    made = StackDoors(executions)
    made.use(monkeypatch)
    return made


@pytest.fixture
def acme(doors: StackDoors) -> Caller:  # noqa: ARG001 (a fixture that this one needs)
    """An admin of the tenant `acme`, before the MCP server."""
    return Caller(api.handler, {"X-API-Key": make_tenant("acme")})
