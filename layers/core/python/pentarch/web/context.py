"""What is known of the request at hand, beside the request itself."""

from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Annotated, NamedTuple

from fastapi import Depends, Request

from pentarch.identity.model import Caller
from pentarch.limits.model import Standing
from pentarch.platform.correlation import accepted_or_new


@dataclass(slots=True)
class RequestContext:
    """Filled as the request passes the gate; every reply's headers are made from it."""

    correlation_id: str
    caller: Caller | None = None
    standing: Standing | None = None
    headers: dict[str, str] = field(default_factory=dict)
    """More headers for the reply."""


_current: ContextVar[RequestContext | None] = ContextVar("pentarch_request", default=None)


def begin(given_id: str | None) -> RequestContext:
    """Start a request's context."""
    context = RequestContext(accepted_or_new(given_id))
    _current.set(context)
    return context


def current() -> RequestContext:
    context = _current.get()
    return context if context is not None else RequestContext(accepted_or_new(None))


def context_of(request: Request) -> RequestContext:
    found = request.scope.get("pentarch")
    return found if isinstance(found, RequestContext) else current()


class Admitted(NamedTuple):
    """A request that was let in: who asks, and the id that follows it through logs and events."""

    caller: Caller
    correlation_id: str


def admitted(request: Request) -> Admitted:
    """What a route that is called often asks for itself: FastAPI's dependencies cost it a tenth of its time."""
    context = context_of(request)
    if context.caller is None:
        msg = "a public route asked for its caller"
        raise RuntimeError(msg)
    return Admitted(context.caller, context.correlation_id)


async def _caller(request: Request) -> Caller:
    return admitted(request).caller


async def _correlation_id(request: Request) -> str:
    return context_of(request).correlation_id


CurrentCaller = Annotated[Caller, Depends(_caller)]
CorrelationId = Annotated[str, Depends(_correlation_id)]
