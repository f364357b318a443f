"""HTTP entry point of model management, as the Ai-semble reference has it: so far the language models' list."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pentarch import __version__
from pentarch.llm import catalogue
from pentarch.llm.model import ModelSpec
from pentarch.platform import clock
from pentarch.usage import store as usage
from pentarch.usage.model import Consumption, UsageRow
from pentarch.web.access import access
from pentarch.web.app import build_app, lambda_handler
from pentarch.web.context import CurrentCaller
from pentarch.web.routes import governed_router

_HOUR_S = 3600

router = governed_router(prefix="/api/v2/models", tags=["Ai-semble: models"])


@router.get("", summary="List the models with what today's traffic says of them")
@access("models:read")
async def models(caller: CurrentCaller) -> dict[str, Any]:
    now = clock.now()
    today = served_by_model(usage.rows(caller.tenant, now.date(), now.date()))
    known = catalogue.current()
    return {
        "models": [
            listed(backend.spec, today.get(name, Consumption()), now) for name, backend in known.backends.items()
        ]
    }


def served_by_model(rows: Iterable[UsageRow]) -> dict[str, Consumption]:
    found: dict[str, Consumption] = {}
    for row in rows:
        found[row.model] = found.get(row.model, Consumption()) + row.consumption
    return found


def listed(spec: ModelSpec, today: Consumption, now: datetime) -> dict[str, Any]:
    """A language model is never unloaded: what the catalogue holds can be called."""
    return {
        "id": spec.name,
        "name": spec.name,
        "type": "language_model",
        "version": __version__ if spec.provider == "pentarch" else "unversioned",
        "status": "loaded",
        "provider": spec.provider,
        "capabilities": ["text_generation", *spec.features] if "completion" in spec.features else list(spec.features),
        "parameters": {"max_tokens": spec.max_output_tokens, "context_length": spec.context_window},
        "performance": performance(today, now),
    }


def performance(today: Consumption, now: datetime) -> dict[str, float]:
    """Seconds an answer took, and answers an hour, both of the UTC day so far; 0 where nothing was asked."""
    since_midnight_s = now.hour * _HOUR_S + now.minute * 60 + now.second
    hours = max(since_midnight_s / _HOUR_S, 1 / 60)
    return {
        "avg_response_time": round(today.milliseconds / 1000 / today.requests, 4) if today.requests else 0.0,
        "requests_per_hour": round(today.requests / hours, 2),
    }


app = build_app("Pentarch models", router)
handler = lambda_handler(app)
