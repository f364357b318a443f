"""The same routes under both references' paths: MetaQore wraps what it answers, Ai-semble does not."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query

from pentarch.events.actor import Actor
from pentarch.platform import clock
from pentarch.platform.clock import iso
from pentarch.platform.dialects import enveloped
from pentarch.web.access import access
from pentarch.web.context import CorrelationId, CurrentCaller
from pentarch.web.routes import governed_router
from webhooks import deliveries, schemas, service, signing, store
from webhooks.model import Format, Outcome

MAX_LIMIT = 100
READ = "webhooks:read"
WRITE = "webhooks:write"

Id = Annotated[str, Path(max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT)]
Offset = Annotated[int, Query(ge=0, le=MAX_LIMIT)]
Wrap = Callable[[dict[str, Any]], dict[str, Any]]


async def acting(caller: CurrentCaller, correlation_id: CorrelationId) -> Actor:
    return Actor(caller.tenant, caller.subject, correlation_id)


CurrentActor = Annotated[Actor, Depends(acting)]


def routes(prefix: str, tag: str, layout: Format) -> APIRouter:
    router = governed_router(prefix=prefix, tags=[tag])
    wrap: Wrap = _enveloped if layout is Format.METAQORE else dict
    _about_webhooks(router, layout, wrap)
    _about_deliveries(router, wrap)
    return router


def _enveloped(data: dict[str, Any]) -> dict[str, Any]:
    return enveloped(data, timestamp=iso(clock.now()))


def _about_webhooks(router: APIRouter, layout: Format, wrap: Wrap) -> None:
    @router.post("", status_code=201, summary="Register a webhook; its secret is told this once")
    @access(WRITE, idempotent=True)
    async def register(body: schemas.Registration, actor: CurrentActor) -> dict[str, Any]:
        now = clock.now()
        made = service.register(actor, body, layout, now)
        return wrap(schemas.with_secret(made.webhook, made.secret, signing.as_standard(made.secret), now))

    @router.get("", summary="List webhooks, the oldest first")
    @access(READ)
    async def list_webhooks(caller: CurrentCaller, limit: Limit = 50, offset: Offset = 0) -> dict[str, Any]:
        now = clock.now()
        found = store.of_tenant(caller.tenant)
        rows = [schemas.shown(one, now) for one in found[offset : offset + limit]]
        return wrap({"webhooks": rows, "pagination": schemas.page_of(found, limit=limit, offset=offset)})

    @router.get("/{webhook_id}", summary="A webhook, and how its deliveries went")
    @access(READ)
    async def get_webhook(webhook_id: Id, caller: CurrentCaller) -> dict[str, Any]:
        one = service.get(caller.tenant, webhook_id)
        return wrap(schemas.detailed(one, store.statistics(one.tenant, one.id), clock.now()))

    @router.put("/{webhook_id}", summary="Change a webhook; what is left out stays")
    @access(WRITE)
    async def change(webhook_id: Id, body: schemas.Change, actor: CurrentActor) -> dict[str, Any]:
        now = clock.now()
        return wrap(schemas.shown(service.change(actor, webhook_id, body, now), now))

    @router.delete("/{webhook_id}", status_code=204, summary="Remove a webhook; what is pending is not sent")
    @access(WRITE)
    async def remove(webhook_id: Id, actor: CurrentActor) -> None:
        service.remove(actor, webhook_id, clock.now())

    @router.post("/{webhook_id}/secret/rotate", summary="Give a new secret; the former signs beside it for a while")
    @access(WRITE, idempotent=True)
    async def rotate(webhook_id: Id, actor: CurrentActor, body: schemas.Rotation | None = None) -> dict[str, Any]:
        now = clock.now()
        made = service.rotate(actor, webhook_id, body or schemas.Rotation(), now)
        return wrap(schemas.with_secret(made.webhook, made.secret, signing.as_standard(made.secret), now))


def _about_deliveries(router: APIRouter, wrap: Wrap) -> None:
    @router.post("/{webhook_id}/test", summary="Send a test event now, and see what the receiver answers")
    @access(WRITE)
    async def test(webhook_id: Id, actor: CurrentActor) -> dict[str, Any]:
        one, attempt = service.test(actor, webhook_id, clock.now())
        return wrap(
            {"delivered": one.outcome is Outcome.DELIVERED, "delivery_id": one.id, **schemas.attempted(attempt)}
        )

    @router.get("/{webhook_id}/deliveries", summary="The delivery log, newest first")
    @access(READ)
    async def list_deliveries(
        webhook_id: Id,
        caller: CurrentCaller,
        status: Outcome | None = None,
        limit: Limit = 20,
        cursor: Annotated[str | None, Query(max_length=64, pattern=r"^[0-9a-f-]{36}$")] = None,
    ) -> dict[str, Any]:
        one = service.get(caller.tenant, webhook_id)
        page = deliveries.page(one.tenant, one.id, status, limit=limit, after=cursor)
        pagination = {"limit": limit, "has_more": page.next_cursor is not None, "next_cursor": page.next_cursor}
        return wrap({"deliveries": [schemas.delivered(each) for each in page.deliveries], "pagination": pagination})

    @router.get("/{webhook_id}/deliveries/{delivery_id}", summary="A delivery: what was sent, and each answer")
    @access(READ)
    async def get_delivery(webhook_id: Id, delivery_id: Id, caller: CurrentCaller) -> dict[str, Any]:
        return wrap(schemas.with_attempts(service.delivery(caller.tenant, webhook_id, delivery_id)))

    @router.post("/{webhook_id}/deliveries/{delivery_id}/redeliver", status_code=202, summary="Send one again")
    @access(WRITE, idempotent=True)
    async def redeliver(webhook_id: Id, delivery_id: Id, actor: CurrentActor) -> dict[str, Any]:
        return wrap(schemas.delivered(service.redeliver(actor, webhook_id, delivery_id, clock.now())))

    @router.post("/{webhook_id}/redeliver", status_code=202, summary="Send a span of time again: what failed, or all")
    @access(WRITE, idempotent=True)
    async def redeliver_span(
        webhook_id: Id, actor: CurrentActor, body: schemas.Redelivery | None = None
    ) -> dict[str, Any]:
        span = service.redeliver_span(actor, webhook_id, body or schemas.Redelivery(), clock.now())
        asked_for = "failed" if span.failed_only else "all"
        return wrap({"status": "accepted", "from": iso(span.start), "to": iso(span.end), "deliveries": asked_for})
