"""Entry point of predictions, by HTTP and for the gateway: the deployed version of a specialist answers."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from hashlib import blake2b
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Path, Request
from starlette.responses import Response

from pentarch.events import store as events
from pentarch.events.actor import Actor
from pentarch.llm.specialists import QUESTION
from pentarch.platform import clock
from pentarch.platform.dialects import enveloped
from pentarch.platform.errors import PentarchError
from pentarch.platform.observability import logger
from pentarch.web.access import access
from pentarch.web.app import build_app, lambda_handler
from pentarch.web.context import admitted
from pentarch.web.replies import JsonReply
from pentarch.web.routes import governed_router
from specialists import facts, serving, store
from specialists.errors import ModelTamperedError, NotServedError, SpecialistNotFoundError
from specialists.lifecycle import Environment, Status
from specialists.model import Served, Specialist, Version
from specialists.schemas import PredictRequest

if TYPE_CHECKING:
    from specialists.finetuning.predicting import Asking

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
    version = version_of(specialist.tenant, specialist.id, chosen_version(served, specialist.id, body.asked))

    def asking() -> "Asking":
        from specialists.finetuning.predicting import Asking  # what only a provider's model needs is not paid by all

        return Asking(caller, specialist, correlation_id, begun)

    if version.tuned is None:
        answers = answered(version, body.asked)
        latency = 1000 * (perf_counter() - begun)
        compared = shadowed(specialist, served, body.asked, answers, asking)
        event = facts.did(
            Actor(caller.tenant, caller.subject, correlation_id),
            facts.PREDICTED,
            specialist.id,
            clock.now(),
            version=version.number,
            environment=environment,
            inputs=len(answers),
            latency_ms=round(latency),
            **({} if compared is None else {"shadow": compared}),
        )
        events.append(event)
        event_id = event.id
    else:

        def compare(text: Any, prediction: str | None) -> dict[str, Any] | None:  # noqa: ANN401 (JSON)
            asked_too = place_of(specialist.id, body.asked) < served.shadow_share
            said = [{"prediction": prediction}]
            return shadowed(specialist, replace(served, shadow_share=1.0), [text], said, asking) if asked_too else None

        told = {"environment": environment, "answered": True}
        answers = [one.shown() for one in asking().predict(version, body.asked, told, compare)]
        latency = 1000 * (perf_counter() - begun)
        event_id = answers[-1]["event_id"]
    data = {
        "specialist_id": specialist.id,
        "name": specialist.name,
        "version": version.number,
        "environment": environment,
        "latency_ms": round(latency, 3),
        "event_id": event_id,
    }
    if version.tuned is not None:
        data["model"] = version.tuned["model"]
    data |= answers[0] if body.inputs is None else {"predictions": answers}
    return JsonReply(enveloped(data, timestamp=clock.iso(clock.now())))


def answered(version: Version, asked: list[Any]) -> list[dict[str, Any]]:
    """What a version that is kept here says."""
    try:
        return SHELF.get(version).answer(asked)
    except ModelTamperedError as error:
        msg = "the deployed model is not the one that was signed; nothing answers until another one is deployed"
        raise NotServedError(msg, details={"reason": str(error)}) from error


def shadowed(
    specialist: Specialist,
    served: Served,
    asked: list[Any],
    answers: list[dict[str, Any]],
    asking: "Callable[[], Asking] | None" = None,
) -> dict[str, Any] | None:
    """How often a shadow says what was answered, for the share that it is asked; its failure is no agreement.

    Without a caller who pays for it a provider's model is not asked.
    """
    if served.shadow is None or place_of(specialist.id, asked) >= served.shadow_share:
        return None
    version = version_of(specialist.tenant, specialist.id, served.shadow)
    if version.tuned is not None and asking is None:
        return None
    try:
        if version.tuned is None or asking is None:
            said = [one["prediction"] for one in SHELF.get(version).answer(asked)]
        else:
            said = [one.prediction for one in asking().predict(version, asked, {"shadowing": True})]
    except Exception:  # noqa: BLE001 (whatever a shadow does, the answer is there already)
        logger().warning("a shadow does not answer", exc_info=True, version=served.shadow)
        said = []
    agreed = sum(one["prediction"] == other and other is not None for one, other in zip(answers, said, strict=False))
    return {
        "deployment_id": served.shadow_deployment,
        "version": served.shadow,
        "compared": len(answers),
        "agreed": agreed,
    }


def for_gateway(question: Mapping[str, Any]) -> dict[str, Any]:
    """What production answers to a text of a model call. The call's own event tells of it, so none is written here."""
    try:
        specialist = store.get(question["tenant"], question["specialist_id"])
        if specialist is None:
            raise SpecialistNotFoundError
        _, served = chosen_environment(specialist, Environment.PRODUCTION)
        asked = [question["text"]]
        version = version_of(specialist.tenant, specialist.id, chosen_version(served, specialist.id, asked))
        if version.tuned is not None:  # the gateway itself asks a provider's model; of a canary the other one answers
            version = version_of(specialist.tenant, specialist.id, served.version)
        if version.tuned is not None:
            msg = "a provider's model answers for this version"
            raise NotServedError(msg)
        [answer] = answered(version, asked)
    except PentarchError as error:
        return {"error": type(error).__name__}
    return {"version": version.number, **answer, "shadow": shadowed(specialist, served, asked, [answer])}


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
    return served.candidate if place_of(specialist_id, asked) < served.share else served.version


def place_of(specialist_id: str, asked: list[Any]) -> float:
    """Where a question lies between 0 and 1."""
    said = f"{specialist_id}\x1f{json.dumps(asked, sort_keys=True)}".encode()
    return int.from_bytes(blake2b(said, digest_size=4).digest(), "big") / _SPAN


@lru_cache(maxsize=4096)
def version_of(tenant: str, specialist_id: str, number: int) -> Version:
    """A version never changes once it is there."""
    found = store.version(tenant, specialist_id, number)
    if found is None:
        msg = "the deployed version does not exist any more"
        raise NotServedError(msg)
    return found


app = build_app("Pentarch specialist inference", router)
_by_http = lambda_handler(app)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:  # noqa: ANN401 (Lambda's context)
    """API Gateway writes the top of its events itself, always with a `requestContext`: no request looks like ours."""
    if "requestContext" not in event and QUESTION in event:
        return for_gateway(event[QUESTION])
    return _by_http(event, context)
