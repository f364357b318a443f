"""A registered model: whose it is, where its file lies, and whether it is loaded."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from pentarch.models.manifest import Manifest

STACK = "@stack"
"""In place of a tenant: a model of the deployment, which every tenant may ask and none may change."""
AREA = "models"
"""Of the bucket."""
MAX_MODELS = 100
"""Of one tenant: a list of all of them is one query."""


class State(StrEnum):
    UNLOADED = "unloaded"
    LOADING = "loading"
    LOADED = "loaded"
    FAILED = "failed"


TRANSITIONS: Mapping[State, frozenset[State]] = {
    State.UNLOADED: frozenset({State.LOADING}),
    State.LOADING: frozenset({State.LOADING, State.LOADED, State.FAILED, State.UNLOADED}),
    State.LOADED: frozenset({State.LOADING, State.UNLOADED}),
    State.FAILED: frozenset({State.LOADING, State.UNLOADED}),
}
"""What a state may become. A load that is asked for again while it runs begins anew: the former one may have died."""


@dataclass(frozen=True, slots=True)
class Registered:
    tenant: str
    id: str
    manifest: Manifest
    state: State
    created_at: datetime
    created_by: str
    load: str = ""
    """Names the last load that was asked for: what an earlier one comes to does not count any more."""
    progress: int = 0
    """Of the load, in percent."""
    asked_at: datetime | None = None
    loaded_at: datetime | None = None
    seconds: float | None = None
    """How long its last load took."""
    memory_bytes: int | None = None
    """By how much loading and asking it once made the process grow."""
    error: str | None = None

    @property
    def key(self) -> str:
        """Of its file. The hash is part of it, so that another file is another object."""
        return file_key(self.tenant, self.manifest)

    @property
    def is_system(self) -> bool:
        return self.tenant == STACK


def file_key(tenant: str, manifest: Manifest) -> str:
    return f"{AREA}/{tenant}/{manifest.id}/{manifest.sha256}.onnx"


def facts(model: Registered) -> dict[str, Any]:
    """For events."""
    manifest = model.manifest
    return {"model_id": model.id, "task": manifest.task, "version": manifest.version, "sha256": manifest.sha256}
