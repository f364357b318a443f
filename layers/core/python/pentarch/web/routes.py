"""The route class of every API: it lets a request in before the request's body is read."""

import re
import sys
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.params import Form
from fastapi.routing import APIRoute

from pentarch.identity.errors import AuthenticationError, PermissionDeniedError
from pentarch.platform import clock
from pentarch.web import delegation
from pentarch.web.access import Access, access_of
from pentarch.web.body import StrictRequest
from pentarch.web.context import RequestContext, context_of

# FastAPI asks of each model whether it is one of pydantic's former version, and imports all of that version to ask:
# 20 ms of every cold start. It takes an ImportError for a no.
sys.modules.setdefault("pydantic.v1", None)  # type: ignore[arg-type]

IDEMPOTENCY_HEADER = "idempotency-key"

_BOUNDARY = re.compile(r'^multipart/form-data\s*;.*?\bboundary="?([^";,\s]+)', re.IGNORECASE)

Handle = Callable[[Request], Coroutine[Any, Any, Response]]


class GovernedRoute(APIRoute):
    """A route that knows its access; see `pentarch.web.access`."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:  # noqa: ANN401 (FastAPI's)
        self.access: Access = access_of(endpoint)
        super().__init__(path, endpoint, **{**options, "strict_content_type": False})

    def get_route_handler(self) -> Handle:
        handle = super().get_route_handler()
        access = self.access
        takes_json = self.body_field is not None and not isinstance(self.body_field.field_info, Form)

        async def open_to_all(request: Request) -> Response:
            return await handle(_read_as(request, json=takes_json))

        async def governed(plain: Request) -> Response:
            request = _read_as(plain, json=takes_json)
            at = clock.now()
            context = context_of(request)
            gate = request.app.state.gate
            try:
                named = delegation.named(request.scope)
                context.caller, spent = gate.identify(request.headers, access, at, named)
                gate.require_running()
                if named is None or request.method != "GET":  # to look after what it began costs the owner nothing
                    context.standing = gate.count(context.caller, access, at)
                gate.authorize(context.caller, access, spent, at)
                if access.idempotent and IDEMPOTENCY_HEADER in request.headers:
                    return await _once(handle, request, context, access)
                return await handle(request)
            except (AuthenticationError, PermissionDeniedError) as error:
                from pentarch.web import refusals

                refusals.tell(error, context, at)
                raise

        return open_to_all if access.scope is None else governed


def _read_as(request: Request, *, json: bool) -> StrictRequest:
    """The request with a strict body. A JSON route reads JSON whatever the header says, as `curl -d` sends it.

    (A browser cannot use that to act for its user: credentials travel in headers, which it asks leave for.)
    """
    scope = request.scope
    if json:
        # What says nothing of its type is JSON to these routes; FastAPI would have the header parsed as an e-mail's.
        scope["headers"] = [(name, value) for name, value in scope["headers"] if name != b"content-type"]
    return StrictRequest(scope, request.receive)


async def _once(handle: Handle, request: Request, context: RequestContext, access: Access) -> Response:
    """Answer a request with an `Idempotency-Key`: at most one of its kind does the work."""
    from pentarch.web import idempotency

    if context.caller is None:
        msg = "a request is let in before its key is looked at"
        raise RuntimeError(msg)
    attempt = idempotency.Attempt(
        tenant=context.caller.tenant,
        subject=context.caller.subject,
        route=f"{request.method} {request.url.path}",
        key=request.headers[IDEMPOTENCY_HEADER],
        request_body=_comparable(request.headers.get("content-type", ""), await request.body()),
        confidential=access.confidential,
    )
    first = attempt.begin(clock.now())
    if first is not None:
        context.headers["Idempotency-Replayed"] = "true"
        return Response(first.body, first.status, media_type=first.media_type)
    try:
        response = await handle(request)
    except Exception:
        attempt.abandon()
        raise
    body = getattr(response, "body", None)
    if response.status_code >= 400 or not body:  # noqa: PLR2004 (successes are below 400)
        attempt.abandon()
    else:
        media_type = response.headers.get("content-type", "application/json")
        attempt.complete(idempotency.Answer(response.status_code, media_type, bytes(body)))
    return response


def _comparable(content_type: str, body: bytes) -> bytes:
    """A form's boundary is made up anew whenever it is sent: the same form is the same request all the same."""
    found = _BOUNDARY.search(content_type)
    return body if found is None else body.replace(f"--{found[1]}".encode(), b"--")


def governed_router(**options: Any) -> APIRouter:  # noqa: ANN401 (FastAPI's options)
    return APIRouter(route_class=GovernedRoute, **options)
