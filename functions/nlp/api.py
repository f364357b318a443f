"""HTTP entry point of the NLP service, as the Ai-semble reference has it; the health check asks it by invocation."""

import os
from typing import Any

from fastapi import Request

from nlp import schemas, service
from nlp.local import language
from pentarch.platform import memory
from pentarch.web.access import access
from pentarch.web.app import build_app, lambda_handler
from pentarch.web.context import admitted
from pentarch.web.replies import JsonReply
from pentarch.web.routes import governed_router

router = governed_router(prefix="/api/v2/ai/nlp", tags=["Ai-semble: natural language"])


@router.post("/analyze", summary="Analyse a text: sentiment, entities, keywords, language")
@access("nlp:invoke", spends=True, idempotent=True)
async def analyze(body: schemas.AnalyzeRequest, http: Request) -> JsonReply:
    current = admitted(http)
    done = service.analyze(current.caller, body.question(), body.terms(current.correlation_id))
    return JsonReply(schemas.analyzed(body, done))


@router.post("/summarize", summary="Sum a text up")
@access("nlp:invoke", spends=True, idempotent=True)
async def summarize(body: schemas.SummarizeRequest, http: Request) -> JsonReply:
    current = admitted(http)
    done = service.summarize(current.caller, body.text, body.lengths(), body.terms(current.correlation_id))
    return JsonReply(schemas.summarized(body, done))


if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    language.load()  # Lambda gives a new environment more CPU until its handler is there than the function has then

app = build_app("Pentarch natural language", router)
_by_http = lambda_handler(app)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:  # noqa: ANN401 (Lambda's context)
    """API Gateway writes the top of its events itself, always with a `requestContext`: no request looks like ours."""
    if "requestContext" not in event and "health" in event:
        return {"memory_bytes": memory.resident_bytes()}
    return _by_http(event, context)
