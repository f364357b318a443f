"""Loads models; by direct invocation the deployment's own too, which nobody but its operator may ask for."""

from collections.abc import Mapping
from typing import Any

from models import facts, loading
from pentarch.events.actor import Actor
from pentarch.models import store
from pentarch.models.errors import ModelExistsError
from pentarch.models.manifest import Manifest
from pentarch.models.model import STACK, Registered, State
from pentarch.platform import clock
from pentarch.platform.ids import uuid7
from pentarch.work.messages import Run, consumer

QUEUE = "MODELS_QUEUE_URL"
OPERATOR = Actor(STACK, "system:operator")


def work(run: Run) -> None:
    body = run.body
    model = loading.of_message(str(body["tenant"]), str(body["model_id"]), str(body["load"]))
    if model is not None:
        loading.load(Actor(model.tenant, str(body["actor"]), str(body.get("correlation_id", ""))), model)


def register_for_all(told: Mapping[str, Any]) -> dict[str, Any]:
    """A model of the deployment, whose file lies in its place already: registered if it is not, and loaded."""
    manifest = Manifest.model_validate(told)
    at = clock.now()
    model = Registered(STACK, manifest.id, manifest, State.UNLOADED, at, OPERATOR.subject)
    before = store.get(STACK, manifest.id, consistent=True)
    if before is not None and before.manifest != manifest:
        store.remove(before, facts.did(OPERATOR, facts.DELETED, before, at))
        before = None
    if before is None:
        try:
            store.add(model, facts.did(OPERATOR, facts.REGISTERED, model, at))
        except ModelExistsError:
            before = store.get(STACK, manifest.id, consistent=True)
    model = before or model
    if model.state is not State.LOADED:
        load = uuid7()
        event = facts.did(OPERATOR, facts.LOAD_REQUESTED, model, at, load=load)
        store.move(model, State.LOADING, event, load=load, progress=0, asked_at=at, error=None)
        loading.load(OPERATOR, loading.begun(model, load))
    ended = store.get(STACK, manifest.id, consistent=True)
    return {"model_id": manifest.id, "status": ended.state if ended else None, "error": ended.error if ended else None}


_by_queue = consumer(QUEUE, work)


def handler(event: dict[str, Any], context: Any) -> Any:  # noqa: ANN401 (Lambda's context)
    if "register_for_all" in event:
        return register_for_all(event["register_for_all"])
    return _by_queue(event, context)
