"""HTTP entry point of the vision service, as the Ai-semble reference has it."""

from time import perf_counter
from typing import Any

from fastapi import Request

from pentarch.limits.model import GENERATE
from pentarch.web.access import access
from pentarch.web.app import build_app, lambda_handler
from pentarch.web.context import admitted
from pentarch.web.routes import governed_router
from vision import forms, pictures, service
from vision.model import CLASSIFY
from vision.service import Asked

router = governed_router(prefix="/api/v2/ai/vision", tags=["Ai-semble: vision"])


@router.post("/analyze", summary="Look for objects, text and the scene in a picture")
@access("vision:invoke", bucket=GENERATE, spends=True, idempotent=True)
async def analyze(http: Request) -> dict[str, Any]:
    """A multipart form: `image`, `analysis_type` (repeated, or a JSON list), `model`, `sensitivity`."""
    begun = perf_counter()
    caller, correlation_id = admitted(http)
    form = await forms.read(http)
    picture = pictures.opened(form.image)
    wanted = form.analyses or service.analyses(caller.tenant)
    asked = Asked(wanted, form.model, form.top_k, form.sensitivity, correlation_id)
    answers = service.look(caller, picture, asked)
    return {
        "request_id": correlation_id,
        **service.analyzed(picture, dict(zip(wanted, answers, strict=True))),
        "event_ids": [answer.event.id for answer in answers],
        "processing_time": round(perf_counter() - begun, 4),
    }


@router.post("/classify", summary="Say what a picture shows, the surest first")
@access("vision:invoke", bucket=GENERATE, spends=True, idempotent=True)
async def classify(http: Request) -> dict[str, Any]:
    """A multipart form: `image`, `model`, `top_k` (1 to 100), `sensitivity`."""
    begun = perf_counter()
    caller, correlation_id = admitted(http)
    form = await forms.read(http)
    picture = pictures.opened(form.image)
    asked = Asked((CLASSIFY,), form.model, form.top_k, form.sensitivity, correlation_id)
    answers = service.look(caller, picture, asked)
    return {
        "request_id": correlation_id,
        **service.classified(picture, answers),
        "event_ids": [answer.event.id for answer in answers],
        "processing_time": round(perf_counter() - begun, 4),
    }


app = build_app("Pentarch vision", router)
handler = lambda_handler(app)
