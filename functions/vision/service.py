"""Looking at a picture: which engines there are, which of them are asked, and what is told."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pentarch.analysis import governed
from pentarch.analysis.model import Answer, Engine, Outcome, Wish
from pentarch.identity.model import Caller
from pentarch.llm import catalogue
from pentarch.llm.model import Sensitivity
from pentarch.models import store
from pentarch.models.errors import ModelNotLoadedError
from pentarch.models.model import Registered, State
from pentarch.platform.errors import InvalidInputError
from pentarch.platform.tables import Transaction
from vision.engines.local import LocalBackend
from vision.engines.registry import ModelBackend
from vision.engines.rekognition import KIND, RekognitionBackend
from vision.model import CLASSIFY, Analysis, Backend, Question
from vision.pictures import Picture

SERVICE = "vision"
ANALYZE, CLASSIFIED = "vision_analyze", "vision_classify"
_LISTED_FOR_S = 5.0
"""How long a process knows which models are loaded, for requests that name none."""

Also = Callable[[Transaction, Sequence[Answer[Any]]], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a caller wants to know of a picture."""

    capabilities: tuple[str, ...]
    model: str | None = None
    top_k: int = 5
    declared: Sensitivity | None = None
    correlation_id: str = ""


def look(caller: Caller, picture: Picture, asked: Asked, *, also: Also | None = None) -> list[Answer[Any]]:
    """An answer for each capability, in their order. `also` adds to the transaction of the events."""
    backends = _backends(caller.tenant, asked)
    named = None if asked.model is None else backends[asked.model]
    wishes = [
        Wish(
            SERVICE,
            CLASSIFIED if capability == CLASSIFY else ANALYZE,
            (capability,),
            picture.digest,
            asked_for=asked.model if named and capability in named.engine.capabilities else None,
            declared=asked.declared,
            correlation_id=asked.correlation_id,
            facts={"width": picture.width, "height": picture.height, "bytes": len(picture.content)},
        )
        for capability in asked.capabilities
    ]

    def ask(wish: Wish, engine: Engine, timeout_s: float) -> Outcome[Any]:
        question = Question(wish.capabilities[0], picture, asked.top_k)
        return backends[engine.name].answer(question, timeout_s)

    engines = [backend.engine for backend in backends.values()]
    if named is not None:
        engines = _beside(named.engine, engines)
    return governed.run(caller, wishes, engines, ask, also=also)


def analyses(tenant: str) -> tuple[Analysis, ...]:
    """What a request gets that names none: all that something here can do."""
    offered = {one for backend in _all(tenant) for one in backend.engine.capabilities}
    return tuple(one for one in Analysis if one in offered)


def analyzed(picture: Picture, by_name: Mapping[str, Answer[Any]]) -> dict[str, Any]:
    """The parts of a reply that a picture's analysis and a line of a job's results share."""
    return {
        "image_info": picture.told(),
        "analysis_results": {Analysis(name).place: answer.value for name, answer in by_name.items()},
        "backends": {name: answer.engine.name for name, answer in by_name.items()},
    }


def classified(picture: Picture, answers: Sequence[Answer[Any]]) -> dict[str, Any]:
    [answer] = answers
    return {
        "image_info": picture.told(),
        "predictions": answer.value,
        "model": answer.engine.name,
        "backend": answer.engine.provider,
    }


def _backends(tenant: str, asked: Asked) -> Mapping[str, Backend]:
    """By name. What is asked for is among them and is loaded, or the request ends here."""
    found = {backend.engine.name: backend for backend in _all(tenant)}
    if asked.model is None:
        return found
    fixed = found.get(asked.model)
    if fixed is None or isinstance(fixed, ModelBackend):
        model = store.get(tenant, asked.model)
        if model is None or model.state is not State.LOADED:
            raise ModelNotLoadedError(asked.model, None if model is None else model.state)
        found[asked.model] = fixed = ModelBackend(model)
    able = set(fixed.engine.capabilities)
    if able.isdisjoint(asked.capabilities):
        msg = f"model: {asked.model} does {', '.join(sorted(able))}, and not {', '.join(asked.capabilities)}"
        raise InvalidInputError(msg, field="model", details={"capabilities": sorted(able)})
    return found


def _beside(named: Engine, engines: Sequence[Engine]) -> list[Engine]:
    """Whoever names a model is not answered by another one for what it does, but for what it does not do."""
    mine = set(named.capabilities)
    others = []
    for engine in engines:
        left = tuple(one for one in engine.capabilities if one not in mine)
        if engine.name != named.name and left:
            others.append(replace(engine, capabilities=left))
    return [named, *others]


def _all(tenant: str) -> list[Backend]:
    clouds: list[Backend] = [RekognitionBackend(entry) for entry in catalogue.entries_of(KIND)]
    return [_local(), *clouds, *(ModelBackend(model) for model in _loaded(tenant))]


@dataclass(slots=True)
class _Process:
    local: LocalBackend | None = None
    loaded: tuple[float, str, list[Registered]] | None = None


_process = _Process()


def _local() -> LocalBackend:
    if _process.local is None:
        _process.local = LocalBackend()
    return _process.local


def _loaded(tenant: str) -> list[Registered]:
    now, known = time.monotonic(), _process.loaded
    if known is None or known[1] != tenant or now - known[0] > _LISTED_FOR_S:
        found = [model for model in store.every(tenant) if model.state is State.LOADED]
        _process.loaded = known = (now, tenant, found)
    return known[2]


def forget() -> None:
    """Look at the registry again at the next use."""
    _process.loaded = None
