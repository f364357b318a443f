"""Letting in a version whose model a provider keeps: nothing is asked, all that can be checked here is."""

from typing import Any

from pentarch.llm import catalogue
from specialists import arrays, signing
from specialists.errors import ModelTamperedError
from specialists.model import Version


def probed(version: Version) -> tuple[dict[str, Any], list[str]]:
    try:
        signing.verify(version.tenant, version.specialist_id, version.model_hash)
        _, facts = arrays.read(signing.prefix(version.tenant, version.specialist_id), version.model_hash)
    except ModelTamperedError as error:
        return {"healthy": False}, [str(error)]
    if facts != version.tuned:
        return {"healthy": False}, ["the version names another model than the one that was signed"]
    told = {"healthy": True, "rows": 0, "accuracy": None, "latency_ms": None}
    backend = catalogue.current().backends.get(str(facts["model"]))
    if backend is None or backend.spec.provider != facts["provider"]:
        reason = f"the provider {facts['provider']!r} does not offer {facts['model']!r}: add it to its models"
        return {**told, "healthy": False}, [reason]
    return told, []
