"""Registering models, loading and unloading them."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from models import facts
from pentarch.events.actor import Actor
from pentarch.files import store as files
from pentarch.models import store
from pentarch.models.errors import DeploymentsModelError, ModelMissingError, ModelMovedError
from pentarch.models.manifest import Manifest
from pentarch.models.model import Registered, State
from pentarch.platform import clients
from pentarch.platform.errors import ConflictError
from pentarch.platform.ids import uuid7

UPLOAD_LIFETIME_S = 3600
LOAD_TIME = timedelta(minutes=6)
"""Longer than the worker runs: a load that has not ended by then has died, and may be asked for anew."""
_FIRST_LOAD_S = 4.0
_BYTES_PER_S = 20_000_000
"""What loads take where none was measured: a worker's start, and reading, hashing and opening the file."""


def register(actor: Actor, manifest: Manifest, at: datetime) -> Registered:
    model = Registered(actor.tenant, manifest.id, manifest, State.UNLOADED, at, actor.subject)
    store.add(model, facts.did(actor, facts.REGISTERED, model, at))
    return model


def find(tenant: str, model_id: str) -> Registered:
    found = store.get(tenant, model_id, consistent=True)
    if found is None:
        raise ModelMissingError(model_id)
    return found


def own(tenant: str, model_id: str) -> Registered:
    """One that the tenant may change."""
    found = find(tenant, model_id)
    if found.is_system:
        raise DeploymentsModelError
    return found


def presigned_upload(model: Registered) -> dict[str, Any]:
    """A form that uploads the model's file and nothing else: S3 itself refuses one of another size."""
    size = model.manifest.size_bytes
    form = clients.s3().generate_presigned_post(
        files.bucket(), model.key, Conditions=[["content-length-range", size, size]], ExpiresIn=UPLOAD_LIFETIME_S
    )
    return {**form, "size_bytes": size, "expires_in": UPLOAD_LIFETIME_S}


def ask_to_load(actor: Actor, model: Registered, at: datetime, *, force: bool) -> Registered:
    """The model as it is now: loaded already, loading already, or asked for by this call."""
    if model.state is State.LOADED and not force:
        return model
    if model.is_system:
        raise DeploymentsModelError
    if model.state is State.LOADING and model.asked_at is not None and at - model.asked_at < LOAD_TIME:
        return model
    if files.entry(model.key) is None:
        msg = "the model's file was not uploaded yet"
        raise ConflictError(msg, details={"model_id": model.id, "status": model.state})
    load = uuid7()
    event = facts.did(actor, facts.LOAD_REQUESTED, model, at, load=load)
    try:
        store.move(model, State.LOADING, event, load=load, progress=0, asked_at=at, error=None)
    except ModelMovedError:
        moved = find(model.tenant, model.id)
        if moved.state is State.LOADING:
            return moved
        raise
    return replace(model, state=State.LOADING, load=load, progress=0, asked_at=at, error=None)


def estimated_s(model: Registered) -> float:
    """What is left of a load: as long as its last one took, or by the file's size."""
    if model.state is State.LOADED:
        return 0.0
    whole = model.seconds or _FIRST_LOAD_S + model.manifest.size_bytes / _BYTES_PER_S
    return round(whole * (100 - model.progress) / 100, 1)


def unload(actor: Actor, model: Registered, at: datetime) -> Registered:
    if model.is_system:
        raise DeploymentsModelError
    if model.state is not State.UNLOADED:
        event = facts.did(actor, facts.UNLOADED, model, at)
        store.move(model, State.UNLOADED, event, load=None, progress=0, loaded_at=None, error=None)
    return replace(model, state=State.UNLOADED, load="", progress=0, loaded_at=None, error=None)


def delete(actor: Actor, model: Registered, at: datetime) -> None:
    """The file goes after the row: one that is left by a crash belongs to nobody, and is overwritten or erased."""
    if model.is_system:
        raise DeploymentsModelError
    store.remove(model, facts.did(actor, facts.DELETED, model, at))
    files.delete_below(f"{model.key.rpartition('/')[0]}/")
