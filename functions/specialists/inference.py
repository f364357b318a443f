"""HTTP entry point of predictions: the deployed version of a specialist answers."""

import json
from functools import lru_cache
from hashlib import blake2b
from time import perf_counter
from typing import Annotated, Any

from fastapi import Path, Request
from starlette.responses import JSONResponse, Response

from pentarch.events import store as events
from pentarch.platform import clock
from pentarch.platform.dialects import enveloped
from pentarch.web.access import access
from pentarch.web.app import build_app, lambda_handler
from pentarch.web.context import admitted
from pentarch.web.routes import governed_router
from specialists import facts, serving, store
from specialists.errors import ModelTamperedError, NotServedError, SpecialistNotFoundError
from specialists.facts import Actor
from specialists.lifecycle import Environment, Status
from specialists.model import Served, Specialist, Version
from specialists.schemas import PredictRequest

router = governed_router(prefix="/api/v1/specialists", tags=["MetaQore: specialist foundry"])
SHELF = serving.Shelf()
_SPAN = 1 << 32


@router.post("/{id}/predict", summary="Ask a deployed specialist", response_model=None)
@access("specialists:invoke")
async def predict(
    specialist_id: Annotated[str, Path(alias="id", max_length=64)], body: PredictRequest, http: Request
) -> Response:
    begun = perf_counter()
    caller, correlation_id = admitted(http)
    specialist = store.get(caller.tenant, specialist_id)
    if specialist is None:
        raise SpecialistNotFoundError
    environment, served = chosen_environment(specialist, body.environment)
    number = chosen_version(served, specialist.id, body.asked)
    version = version_of(caller.tenant, specialist.id, number)
    if version.tuned is not None:
        msg = "a provider's model answers for this version: name the specialist as agent_name of a model call"
        raise NotServedError(msg, details={"version": number, "model": version.tuned["model"]})
    try:
        answers = SHELF.get(version).answer(body.asked)
    except ModelTamperedError as error:
        msg = "the deployed model is not the one that was signed; nothing answers until another one is deployed"
        raise NotServedError(msg, details={"reason": str(error)}) from error
    latency = 1000 * (perf_counter() - begun)
    at = clock.now()
    event = Actor(caller.tenant, caller.subject, correlation_id).did(
        facts.PREDICTED,
        specialist.id,
        at,
        version=number,
        environment=environment,
        inputs=len(answers),
        latency_ms=round(latency),
    )
    events.append(event)
    data = {
        "specialist_id": specialist.id,
        "name": specialist.name,
        "version": number,
        "environment": environment,
        "latency_ms": round(latency, 3),
        "event_id": event.id,
    }
    data |= answers[0] if body.inputs is None else {"predictions": answers}
    return JSONResponse(enveloped(data, timestamp=clock.iso(at)))


def chosen_environment(specialist: Specialist, wanted: Environment | None) -> tuple[Environment, Served]:
    """What was asked for; without a wish production, or staging where production has nothing."""
    if specialist.status is Status.ARCHIVED:
        msg = "the specialist is archived: it does not answer any more"
        raise NotServedError(msg)
    for environment in (wanted,) if wanted else (Environment.PRODUCTION, Environment.STAGING):
        served = specialist.serving.get(environment)
        if served is not None:
            return environment, served
    msg = f"no version of the specialist is deployed{f' to {wanted}' if wanted else ''}"
    raise NotServedError(msg, details={"latest_version": specialist.latest_version})


def chosen_version(served: Served, specialist_id: str, asked: list[Any]) -> int:
    """Of a canary: by a hash of what is asked, so that the same question always meets the same version."""
    if served.candidate is None:
        return served.version
    said = f"{specialist_id}\x1f{json.dumps(asked, sort_keys=True)}".encode()
    place = int.from_bytes(blake2b(said, digest_size=4).digest(), "big") / _SPAN
    return served.candidate if place < served.share else served.version


@lru_cache(maxsize=4096)
def version_of(tenant: str, specialist_id: str, number: int) -> Version:
    """A version never changes once it is there."""
    found = store.version(tenant, specialist_id, number)
    if found is None:
        msg = "the deployed version does not exist any more"
        raise NotServedError(msg)
    return found


app = build_app("Pentarch specialist inference", router)
handler = lambda_handler(app)
