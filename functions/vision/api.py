"""HTTP entry point of the vision service, as the Ai-semble reference has it."""

from time import perf_counter
from typing import Any

from fastapi import Request

from pentarch.llm.model import Sensitivity
from pentarch.web.access import access
from pentarch.web.app import build_app, lambda_handler
from pentarch.web.context import admitted
from pentarch.web.replies import JsonReply
from pentarch.web.routes import governed_router
from vision import forms, pictures, service
from vision.model import CLASSIFY, MAX_TOP_K, Analysis
from vision.service import Asked

_PICTURE = {"type": "string", "format": "binary"}
_COMMON = {
    "image": {**_PICTURE, "description": f"{', '.join(pictures.FORMATS)}; {pictures.MAX_BYTES} bytes at most"},
    "model": {"type": "string", "description": "A loaded model, or an engine by its name"},
    "sensitivity": {"type": "string", "enum": list(Sensitivity)},
}


def _form(example: dict[str, Any], **fields: Any) -> dict[str, Any]:  # noqa: ANN401 (JSON Schema)
    """For the API's description: FastAPI would read the form before it is known how large it is."""
    schema = {"type": "object", "required": ["image"], "properties": _COMMON | fields}
    content = {"multipart/form-data": {"schema": schema, "example": {"image": "(a file)"} | example}}
    return {"requestBody": {"required": True, "content": content}}


router = governed_router(prefix="/api/v2/ai/vision", tags=["Ai-semble: vision"])


@router.post(
    "/analyze",
    summary="Look for objects, text and the scene in a picture",
    openapi_extra=_form(
        {"analysis_type": ["object_detection", "text_extraction", "scene_analysis"]},
        analysis_type={"type": "array", "items": {"type": "string", "enum": list(Analysis)}},
    ),
)
@access("vision:invoke", spends=True, idempotent=True)
async def analyze(http: Request) -> JsonReply:
    """A multipart form: `image`, `analysis_type` (repeated, or a JSON list), `model`, `sensitivity`."""
    begun = perf_counter()
    caller, correlation_id = admitted(http)
    form = await forms.read(http)
    picture = pictures.opened(form.image)
    wanted = form.analyses or service.analyses(caller.tenant)
    asked = Asked(wanted, form.model, form.top_k, form.sensitivity, correlation_id)
    answers = service.look(caller, picture, asked)
    told = {
        "request_id": correlation_id,
        **service.analyzed(picture, dict(zip(wanted, answers, strict=True))),
        "event_ids": [answer.event.id for answer in answers],
        "processing_time": round(perf_counter() - begun, 4),
    }
    return JsonReply(told)


@router.post(
    "/classify",
    summary="Say what a picture shows, the surest first",
    openapi_extra=_form({"top_k": 3}, top_k={"type": "integer", "minimum": 1, "maximum": MAX_TOP_K, "default": 5}),
)
@access("vision:invoke", spends=True, idempotent=True)
async def classify(http: Request) -> JsonReply:
    """A multipart form: `image`, `model`, `top_k` (1 to 100), `sensitivity`."""
    begun = perf_counter()
    caller, correlation_id = admitted(http)
    form = await forms.read(http)
    picture = pictures.opened(form.image)
    asked = Asked((CLASSIFY,), form.model, form.top_k, form.sensitivity, correlation_id)
    answers = service.look(caller, picture, asked)
    told = {
        "request_id": correlation_id,
        **service.classified(picture, answers),
        "event_ids": [answer.event.id for answer in answers],
        "processing_time": round(perf_counter() - begun, 4),
    }
    return JsonReply(told)


app = build_app("Pentarch vision", router)
handler = lambda_handler(app)
