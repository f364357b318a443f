"""Models in the registry, loaded without the functions that load them."""

from datetime import UTC, datetime
from typing import Any

from pentarch.events.actor import Actor
from pentarch.files import store as files
from pentarch.models import store
from pentarch.models.manifest import Manifest
from pentarch.models.model import Registered, State
from vision import service

AT = datetime(2026, 11, 1, tzinfo=UTC)


def make_loaded(manifest: dict[str, Any], content: bytes, *, tenant: str = "acme") -> Registered:
    model = make_registered(manifest, content, tenant=tenant)
    told = Actor(tenant, "key:k").did("model.load_requested", model.id, AT, action="model_load")
    store.move(model, State.LOADING, told, load="load-1")
    loading = found(tenant, model.id)
    store.move(loading, State.LOADED, None, progress=100, loaded_at=AT, memory_bytes=1_000_000)
    service.forget()
    return found(tenant, model.id)


def make_registered(manifest: dict[str, Any], content: bytes | None, *, tenant: str = "acme") -> Registered:
    model = Registered(tenant, manifest["id"], Manifest.model_validate(manifest), State.UNLOADED, AT, "key:k")
    store.add(model, Actor(tenant, "key:k").did("model.registered", model.id, AT, action="model_register"))
    if content is not None:
        files.put(model.key, content, "application/octet-stream")
    return model


def found(tenant: str, model_id: str) -> Registered:
    model = store.get(tenant, model_id, consistent=True)
    assert model is not None
    return model
