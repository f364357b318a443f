"""A small API with one route of every kind, over the tables of the template."""

from typing import Annotated, Any

import pytest
from botocore.exceptions import EndpointConnectionError
from fastapi import Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from pentarch.limits.model import GENERATE
from pentarch.platform.errors import ConflictError
from pentarch.web.access import SELF, access, public
from pentarch.web.app import build_app, lambda_handler
from pentarch.web.context import CorrelationId, CurrentCaller
from pentarch.web.routes import governed_router
from support import answers
from support.lambdas import Caller
from support.stopped_clock import StoppedClock
from support.tenants import make_tenant

router = governed_router()
made: list[str] = []


class Thing(BaseModel):
    name: Annotated[str, Field(max_length=10)]
    size: Annotated[int, Field(ge=0)] = 0


@router.post("/api/v1/llm/things", status_code=201)
@access("llm:write", idempotent=True)
async def create_thing(body: Thing) -> dict[str, Any]:
    if body.name == "taken":
        msg = "the name is taken"
        raise ConflictError(msg)
    made.append(body.name)
    return {"name": body.name, "number": len(made)}


@router.post("/api/v1/llm/secrets", status_code=201)
@access("llm:write", idempotent=True, confidential=True)
async def create_secret(body: Thing) -> dict[str, Any]:
    made.append(body.name)
    return {"secret": f"{body.name}-{len(made)}"}


@router.post("/api/v1/llm/generate")
@access("llm:invoke", bucket=GENERATE, spends=True)
async def generate() -> dict[str, str]:
    return {"text": "hello"}


@router.get("/api/v2/models")
@access("models:read")
async def models(limit: Annotated[int, Query(ge=1, le=10)] = 5) -> dict[str, int]:
    return {"limit": limit}


@router.get("/api/v1/agents/{agent}")
@access("agents:read")
async def agent(agent: int, caller: CurrentCaller, correlation_id: CorrelationId) -> dict[str, Any]:
    return {"agent": agent, "tenant": caller.tenant, "correlation_id": correlation_id}


@router.get("/api/v1/status/me")
@access(SELF)
async def me(caller: CurrentCaller) -> dict[str, str]:
    return {"subject": caller.subject}


@router.get("/api/v1/agents/broken/{how}")
@access("agents:read")
async def broken(how: str) -> JSONResponse:
    if how == "outage":
        raise EndpointConnectionError(endpoint_url="https://dynamodb.internal.example")
    if how == "answer":
        return JSONResponse({"no": float("nan")})
    msg = "the secret of the house"
    raise RuntimeError(msg)


@router.get("/open")
@public
async def opened() -> dict[str, str]:
    return {"hello": "world"}


@pytest.fixture(autouse=True)
def answers_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Under paths that the document has, for their dialects."""
    monkeypatch.setattr(answers, "check", lambda *_: None)


@pytest.fixture
def anybody(aws: None, clock: StoppedClock) -> Caller:  # noqa: ARG001 (what it runs in)
    made.clear()
    return Caller(lambda_handler(build_app("toy", router)), {})


@pytest.fixture
def api(anybody: Caller) -> Caller:
    """As an administrator of acme sees it."""
    return anybody.using(make_tenant("acme"))
