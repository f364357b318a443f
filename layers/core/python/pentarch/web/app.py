"""Building the application of one endpoint group, and the Lambda handler around it."""

import os
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from mangum import Mangum
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response

from pentarch import __version__
from pentarch.platform.errors import Meaning, PentarchError
from pentarch.platform.observability import logger
from pentarch.web.admission import Gate
from pentarch.web.context import context_of
from pentarch.web.failures import response_for
from pentarch.web.middleware import CORRELATION_HEADER, Frame, Shelter

TEXT_TYPES = [
    "text/",
    "application/json",
    "application/problem+json",
    "application/x-ndjson",
    "application/javascript",
    "application/xml",
    "application/pdf",  # reports are made of ASCII alone, which passes a REST API whatever the client accepts
]
EXPOSED_HEADERS = [CORRELATION_HEADER, "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset",
                   "RateLimit", "RateLimit-Policy", "Retry-After", "Idempotency-Replayed", "ETag",
                   "Content-Disposition", "Location"]  # fmt: skip

Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


def build_app(title: str, *routers: APIRouter, gate: Gate | None = None) -> FastAPI:
    """An endpoint group's application: its routes behind the gate, its errors in the path's dialect."""
    # No redirect to a path without its slash: behind API Gateway it would lack the stage.
    app = FastAPI(
        title=title,
        version=__version__,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # those of `observability` are the house's
    )
    app.state.gate = gate or Gate()
    for router in routers:
        app.router.routes.extend(router.routes)  # an included router is matched twice, and route by route
    for kind in (PentarchError, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, _refuse)
    app.add_middleware(Shelter)  # what is added later stands around what was added before
    origins = os.environ.get("CORS_ORIGINS", "").split()
    if origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=origins,
            allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=["*"],
            expose_headers=EXPOSED_HEADERS,
            max_age=600,
        )
    app.add_middleware(Frame)
    return app


def lambda_handler(app: FastAPI) -> Handler:
    adapter = Mangum(app, lifespan="off", text_mime_types=TEXT_TYPES)

    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:  # noqa: ANN401 (Lambda's context)
        return adapter(event, context)

    return handler


async def _refuse(request: Request, error: Exception) -> Response:
    if isinstance(error, PentarchError) and error.meaning is Meaning.INTERNAL:
        logger().error("request failed", exc_info=error, correlation_id=context_of(request).correlation_id)
    return response_for(error, request.url.path, context_of(request))
