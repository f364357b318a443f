"""The AI Gateway part of the MetaQore reference."""

import os
from dataclasses import replace
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import Query, Request
from pydantic import BaseModel
from starlette.responses import Response

from llm.asking import CacheTtl, MaxTokens, Name, Temperature, Text, gateway
from llm.streaming import server_sent_events
from pentarch import budgets
from pentarch.limits.model import GENERATE
from pentarch.llm.call import Answer, ModelRequest
from pentarch.llm.model import Message, Prompt, Role, Sampling, Sensitivity
from pentarch.llm.providers.specialist import FUNCTION, SpecialistProvider
from pentarch.llm.specialists import Briefing, Briefings, Mode, briefed
from pentarch.platform import clock
from pentarch.platform.dialects import enveloped
from pentarch.platform.errors import InvalidInputError, PentarchError
from pentarch.platform.money import usd
from pentarch.usage import store as usage
from pentarch.usage.model import Consumption
from pentarch.web.access import access
from pentarch.web.context import CurrentCaller, admitted
from pentarch.web.replies import JsonReply
from pentarch.web.routes import governed_router

MAX_USAGE_DAYS = 92
_BRIEFINGS = Briefings()

router = governed_router(prefix="/api/v1/llm", tags=["MetaQore: AI gateway"])


class GenerateRequest(BaseModel):
    prompt: Text
    model: Name = "gpt-4"
    agent_name: Name | None = None
    max_tokens: MaxTokens = 1000
    temperature: Temperature = 0.7
    stream: bool = False
    cache_ttl: CacheTtl | None = None
    sensitivity: Sensitivity | None = None

    def request(self, correlation_id: str) -> ModelRequest:
        sampling = Sampling(max_tokens=self.max_tokens, temperature=self.temperature)
        return ModelRequest(
            Prompt((Message(Role.USER, self.prompt),), sampling),
            self.model,
            declared=self.sensitivity,
            agent=self.agent_name,
            cache_ttl_s=self.cache_ttl,
            correlation_id=correlation_id,
        )


@router.post("/generate", summary="Generate a response, at once or streamed", response_model=None)
@access("llm:invoke", bucket=GENERATE, spends=True)
async def generate(body: GenerateRequest, http: Request) -> Response:
    current = admitted(http)
    request = body.request(current.correlation_id)
    briefing = _BRIEFINGS.find(current.caller.tenant, body.agent_name, clock.now()) if body.agent_name else None
    answering: SpecialistProvider | None = None
    if briefing is not None:
        request = _with_specialist(request, briefing)
        if briefing.mode is Mode.ANSWER and briefing.tuned is None and FUNCTION in os.environ:
            answering = SpecialistProvider(current.caller.tenant, briefing)
            request = replace(request, specialist=answering.facts, first=answering.backend())
    if body.stream:
        return server_sent_events(
            gateway().stream(current.caller, request),
            piece=lambda text: {"event": "token", "data": text},
            end=lambda answer: [{"event": "complete", "data": _completed(answer, briefing, answering)}],
            failure=_broken,
        )
    answer = gateway().complete(current.caller, request)
    return JsonReply(enveloped(_generated(answer, briefing, answering), timestamp=clock.iso(clock.now())))


def _with_specialist(request: ModelRequest, briefing: Briefing) -> ModelRequest:
    told = {"specialist_id": briefing.specialist_id, "version": briefing.version}
    first = None if briefing.tuned is None else gateway().load().tuned(**briefing.tuned)
    return replace(request, prompt=briefed(request.prompt, briefing), first=first, specialist=told)


def _generated(
    answer: Answer, briefing: Briefing | None, answering: SpecialistProvider | None = None
) -> dict[str, Any]:
    version = briefing.version if briefing else None
    told = {
        "response": answer.completion.text,
        "model": answer.model,
        "requested_model": answer.requested_model,
        "provider": answer.provider,
        "processing_time": round(answer.seconds, 4),
        "cached": answer.cached,
        "specialist_used": briefing.name if briefing else None,
        "specialist_version": version if answering is None else answering.facts["version"],
        "tokens_used": answer.completion.usage.total_tokens,
        "finish_reason": answer.completion.finish_reason,
        "sensitivity": answer.sensitivity,
        "cost_usd": usd(answer.cost_nano_usd),
        "audit_event_id": answer.event_id,
        "trace_id": answer.event_id,
    }
    return told if answering is None else told | {"prediction": answering.prediction}


def _completed(answer: Answer, briefing: Briefing | None, answering: SpecialistProvider | None) -> dict[str, Any]:
    told = _generated(answer, briefing, answering)
    del told["response"]
    return told | {"total_tokens": told["tokens_used"]}


def _broken(error: PentarchError) -> dict[str, Any]:
    return {"event": "error", "data": {"code": "SERVICE_UNAVAILABLE", "message": error.message}}


@router.get("/models", summary="List the models that can be called")
@access("llm:read")
async def models(caller: CurrentCaller) -> dict[str, Any]:
    listed = [
        {
            "name": spec.name,
            "provider": spec.provider,
            "description": spec.description,
            "context_window": spec.context_window,
            "supported_features": list(spec.features),
            "max_sensitivity": spec.max_sensitivity or Sensitivity.PUBLIC,
            "region": spec.region,
        }
        for spec in gateway().models(caller.tenant)
    ]
    return enveloped({"models": listed}, timestamp=clock.iso(clock.now()))


@router.get("/usage", summary="What the tenant used, by day, model and credential")
@access("usage:read")
async def used(
    caller: CurrentCaller,
    start_date: Annotated[date | None, Query()] = None,
    end_date: Annotated[date | None, Query()] = None,
) -> dict[str, Any]:
    now = clock.now()
    last = end_date or now.date()
    first = start_date or last - timedelta(days=30)
    if not first <= last <= first + timedelta(days=MAX_USAGE_DAYS):
        msg = f"start_date must lie before end_date, by {MAX_USAGE_DAYS} days at most"
        raise InvalidInputError(msg, field="start_date")
    rows = list(usage.rows(caller.tenant, first, last))
    total = sum((row.consumption for row in rows), Consumption())
    budget = budgets.in_force(caller.tenant, caller.monthly_budget_nano_usd)
    data = {
        "rows": [
            {"day": row.day.isoformat(), "model": row.model, "subject": row.subject, **_consumed(row.consumption)}
            for row in rows
        ],
        "total": _consumed(total),
        "month": _consumed(usage.month(caller.tenant, now)),
        "budget_usd": None if budget is None else usd(budget),
    }
    return enveloped(data, timestamp=clock.iso(now))


def _consumed(consumption: Consumption) -> dict[str, Any]:
    return {
        "requests": consumption.requests,
        "cached_requests": consumption.cached_requests,
        "prompt_tokens": consumption.prompt_tokens,
        "completion_tokens": consumption.completion_tokens,
        "cost_usd": usd(consumption.cost_nano_usd),
    }
