"""HTTP entry point of model management, as the Ai-semble reference has it.

Names of language models may hold a slash (`pentarch/extractive`), and a gateway may part a path there even where the
client encoded it. So every path with an id is there twice, for a name of one part and of two.
"""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any

from fastapi import Depends, Path, Request

from models import schemas, service
from pentarch.events.actor import Actor
from pentarch.llm import catalogue
from pentarch.llm.catalogue import Backend
from pentarch.models import store
from pentarch.models.errors import ProvidersModelError
from pentarch.models.manifest import Manifest
from pentarch.platform import clock
from pentarch.usage import latency
from pentarch.usage import store as usage
from pentarch.usage.model import Consumption, UsageRow
from pentarch.web.access import access
from pentarch.web.app import build_app, lambda_handler
from pentarch.web.context import CorrelationId, CurrentCaller
from pentarch.web.routes import governed_router

READ, WRITE = "models:read", "models:write"

router = governed_router(prefix="/api/v2/models", tags=["Ai-semble: models"])
_ONE, _TWO = "/{model_id}", "/{model_id}/{name}"


async def _id(model_id: Annotated[str, Path(max_length=256)], request: Request) -> str:
    name = request.path_params.get("name")
    return f"{model_id}/{name}" if name else model_id


Id = Annotated[str, Depends(_id)]


@router.get("", summary="List the models with what today's traffic says of them")
@access(READ)
async def models(caller: CurrentCaller) -> dict[str, Any]:
    now = clock.now()
    today = served_by_model(usage.rows(caller.tenant, now.date(), now.date()))
    language = [
        schemas.of_language(backend.spec, today.get(name, Consumption()), now)
        for name, backend in catalogue.current().backends.items()
    ]
    registered = [
        schemas.of_registered(model, today.get(model.id, Consumption()), now) for model in store.every(caller.tenant)
    ]
    return {"models": [*language, *registered]}


@router.post("", status_code=201, summary="Register a model by its manifest, and get a form to upload its file with")
@access(WRITE, idempotent=True, confidential=True)  # whoever has the form may upload
async def register(body: Manifest, caller: CurrentCaller, correlation_id: CorrelationId) -> dict[str, Any]:
    now = clock.now()
    if body.id in catalogue.current().backends:
        raise ProvidersModelError
    made = service.register(Actor(caller.tenant, caller.subject, correlation_id), body, now)
    return schemas.detailed(made, Consumption(), now) | {"upload": service.presigned_upload(made)}


@router.post(f"{_ONE}/upload", summary="A new form to upload the model's file with")
@router.post(f"{_TWO}/upload", include_in_schema=False, summary="A new form to upload the model's file with")
@access(WRITE, confidential=True)
async def upload(model_id: Id, caller: CurrentCaller) -> dict[str, Any]:
    model = service.own(caller.tenant, model_id)
    return {"model_id": model.id, "upload": service.presigned_upload(model)}


@router.post(f"{_ONE}/load", summary="Load a model")
@router.post(f"{_TWO}/load", include_in_schema=False, summary="Load a model")
@access(WRITE, idempotent=True)
async def load(
    model_id: Id, caller: CurrentCaller, correlation_id: CorrelationId, body: schemas.LoadRequest | None = None
) -> dict[str, Any]:
    if _language(model_id) is not None:
        return schemas.of_provider(model_id)
    asked = body or schemas.LoadRequest()
    actor = Actor(caller.tenant, caller.subject, correlation_id)
    model = service.find(caller.tenant, model_id)
    return schemas.of_load(service.ask_to_load(actor, model, clock.now(), force=asked.force_reload))


@router.post(f"{_ONE}/unload", summary="Unload a model; its file stays")
@router.post(f"{_TWO}/unload", include_in_schema=False, summary="Unload a model; its file stays")
@access(WRITE, idempotent=True)
async def unload(model_id: Id, caller: CurrentCaller, correlation_id: CorrelationId) -> dict[str, Any]:
    if _language(model_id) is not None:
        raise ProvidersModelError
    actor = Actor(caller.tenant, caller.subject, correlation_id)
    model = service.unload(actor, service.find(caller.tenant, model_id), clock.now())
    return {"model_id": model.id, "status": model.state, "message": "Model unloaded"}


@router.get(f"{_ONE}/performance", summary="What the tenant's own traffic says of a model")
@router.get(f"{_TWO}/performance", include_in_schema=False, summary="What the tenant's own traffic says of a model")
@access(READ)
async def performance(model_id: Id, caller: CurrentCaller) -> dict[str, Any]:
    memory = None if _language(model_id) is not None else service.find(caller.tenant, model_id).memory_bytes
    now = clock.now()
    found = latency.of(caller.tenant, model_id)
    return dict(schemas.performance(model_id, found, _today(caller.tenant, model_id, now.date()), now, memory))


@router.get(_ONE, summary="A model, with its manifest and how far its load is")
@router.get(_TWO, include_in_schema=False, summary="A model, with its manifest and how far its load is")
@access(READ)
async def get_model(model_id: Id, caller: CurrentCaller) -> dict[str, Any]:
    now = clock.now()
    today = _today(caller.tenant, model_id, now.date())
    known = _language(model_id)
    if known is not None:
        return schemas.of_language(known.spec, today, now)
    return schemas.detailed(service.find(caller.tenant, model_id), today, now)


@router.delete(_ONE, status_code=204, summary="Delete a model and its file")
@router.delete(_TWO, include_in_schema=False, status_code=204, summary="Delete a model and its file")
@access(WRITE)
async def delete(model_id: Id, caller: CurrentCaller, correlation_id: CorrelationId) -> None:
    if _language(model_id) is not None:
        raise ProvidersModelError
    actor = Actor(caller.tenant, caller.subject, correlation_id)
    service.delete(actor, service.find(caller.tenant, model_id), clock.now())


def served_by_model(rows: Iterable[UsageRow]) -> dict[str, Consumption]:
    found: dict[str, Consumption] = {}
    for row in rows:
        found[row.model] = found.get(row.model, Consumption()) + row.consumption
    return found


def _today(tenant: str, model_id: str, day: date) -> Consumption:
    return served_by_model(usage.rows(tenant, day, day)).get(model_id, Consumption())


def _language(model_id: str) -> Backend | None:
    return catalogue.current().backends.get(model_id)


app = build_app("Pentarch models", router)
handler = lambda_handler(app)
