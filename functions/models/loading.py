"""Loading: the file is read, held against its hash, opened and asked once; then every function may serve it.

Each step is told as progress. A load that was asked for again, cancelled or finished by another worker changes nothing
any more: each write is held against the load that is the last one.
"""

import time
from dataclasses import replace
from typing import Any

from models import facts
from pentarch.events.actor import Actor
from pentarch.models import sessions, store
from pentarch.models.errors import LoadFailedError, ModelMovedError
from pentarch.models.model import Registered, State
from pentarch.platform import clock

_READ, _OPENED = 40, 80
_PAGES = "/proc/self/statm"
_PAGE_BYTES = 4096


def load(actor: Actor, model: Registered) -> None:
    started, before = time.perf_counter(), _resident_bytes()
    try:
        _told(model, 5)
        content = sessions.content(model)
        _told(model, _READ)
        session = sessions.of_bytes(model.manifest, content)
        _told(model, _OPENED)
        sessions.tried(session)
        seconds = time.perf_counter() - started
        memory = max(0, _resident_bytes() - before)
        at = clock.now()
        event = facts.did(actor, facts.LOADED, model, at, status="loaded", seconds=round(seconds, 3))
        measured: dict[str, Any] = {"seconds": round(seconds, 3), "memory_bytes": memory}
        store.move(model, State.LOADED, event, progress=100, loaded_at=at, error=None, **measured)
    except LoadFailedError as error:
        _fail(actor, model, str(error))
    except ModelMovedError:
        return


def _fail(actor: Actor, model: Registered, reason: str) -> None:
    """The reason is for the model's owner: it may hold names of the file's inputs, so the log does not have it."""
    event = facts.did(actor, facts.LOAD_FAILED, model, clock.now())
    try:
        store.move(model, State.FAILED, event, error=reason)
    except ModelMovedError:
        return


def _told(model: Registered, percent: int) -> None:
    store.move(model, State.LOADING, None, progress=percent)


def of_message(tenant: str, model_id: str, load_id: str) -> Registered | None:
    """The model, if the message's load is still the one that is wanted."""
    found = store.get(tenant, model_id, consistent=True)
    wanted = found is not None and found.tenant == tenant and found.load == load_id and found.state is State.LOADING
    return found if wanted else None


def begun(model: Registered, load_id: str) -> Registered:
    return replace(model, state=State.LOADING, load=load_id, progress=0)


def _resident_bytes() -> int:
    """Linux tells a process its pages; elsewhere nothing is measured."""
    try:
        with open(_PAGES, encoding="ascii") as told:  # noqa: PTH123 (a pseudo-file)
            return int(told.read().split()[1]) * _PAGE_BYTES
    except OSError:
        return 0
