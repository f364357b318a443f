"""Bodies of the model API, as the Ai-semble reference has them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field, StrictBool, StrictInt

from models.service import estimated_s
from pentarch import __version__
from pentarch.llm.model import ModelSpec
from pentarch.models.manifest import CLASSIFICATION
from pentarch.models.model import Registered, State
from pentarch.platform.clock import iso
from pentarch.usage.latency import Latency
from pentarch.usage.model import Consumption

_HOUR_S = 3600
_P95 = 0.95
_MEGABYTE = 1024 * 1024
_TYPES = {CLASSIFICATION: "vision_classification_model"}


class LoadRequest(BaseModel):
    force_reload: StrictBool = False
    gpu_device: Annotated[StrictInt, Field(ge=0)] | None = None
    """Lambda has no GPU: taken and not used."""


def of_language(spec: ModelSpec, today: Consumption, now: datetime) -> dict[str, Any]:
    """A language model is never unloaded: what the catalogue holds can be called."""
    return {
        "id": spec.name,
        "name": spec.name,
        "type": "language_model",
        "version": __version__ if spec.provider == "pentarch" else "unversioned",
        "status": "loaded",
        "provider": spec.provider,
        "capabilities": ["text_generation", *spec.features] if "completion" in spec.features else list(spec.features),
        "parameters": {"max_tokens": spec.max_output_tokens, "context_length": spec.context_window},
        "performance": of_today(today, now),
    }


def of_registered(model: Registered, today: Consumption, now: datetime) -> dict[str, Any]:
    manifest = model.manifest
    given = manifest.input
    return {
        "id": model.id,
        "name": manifest.name or model.id,
        "type": _TYPES.get(manifest.task, "vision_detection_model"),
        "version": manifest.version,
        "status": model.state,
        "provider": "onnx",
        "capabilities": [manifest.task],
        "parameters": {
            "format": manifest.format,
            "labels": len(manifest.labels),
            "input": {"width": given.width, "height": given.height, "channels": given.channels},
            "size_bytes": manifest.size_bytes,
        },
        "owner": "deployment" if model.is_system else "tenant",
        "progress": model.progress,
        **({} if model.error is None else {"error": model.error}),
        "performance": of_today(today, now),
    }


def detailed(model: Registered, today: Consumption, now: datetime) -> dict[str, Any]:
    return of_registered(model, today, now) | {
        "description": model.manifest.description,
        "manifest": model.manifest.model_dump(mode="json"),
        "created_at": iso(model.created_at),
        "loaded_at": None if model.loaded_at is None else iso(model.loaded_at),
        "load_seconds": model.seconds,
    }


def of_load(model: Registered) -> dict[str, Any]:
    loaded = model.state is State.LOADED
    return {
        "model_id": model.id,
        "status": model.state,
        "estimated_time": estimated_s(model),
        "progress": model.progress,
        "message": "Model is loaded" if loaded else "Model loading initiated",
    }


def of_provider(name: str) -> dict[str, Any]:
    message = "A language model is held by its provider and is always loaded"
    return {"model_id": name, "status": "loaded", "estimated_time": 0, "progress": 100, "message": message}


def of_today(today: Consumption, now: datetime) -> dict[str, float]:
    """Seconds an answer took, and answers an hour, both of the UTC day so far; 0 where nothing was asked."""
    return {
        "avg_response_time": round(today.milliseconds / 1000 / today.requests, 4) if today.requests else 0.0,
        "requests_per_hour": per_hour(today, now),
    }


def per_hour(today: Consumption, now: datetime) -> float:
    since_midnight_s = now.hour * _HOUR_S + now.minute * 60 + now.second
    return round(today.requests / max(since_midnight_s / _HOUR_S, 1 / 60), 2)


def performance(name: str, found: Latency, today: Consumption, now: datetime, memory: int | None) -> Mapping[str, Any]:
    """All of the tenant's traffic with the model. The rates are of 100; throughput is that of the UTC day so far."""
    failed = round(100 * found.errors / found.requests, 2) if found.requests else 0.0
    busy = 100 * found.cpu_microseconds / found.microseconds if found.microseconds else 0.0
    return {
        "model_id": name,
        "performance_metrics": {
            "requests_total": found.requests,
            "avg_response_time": round(found.average_s(), 4),
            "p95_response_time": round(found.quantile_s(_P95), 4),
            "success_rate": round(100 - failed, 2),
            "error_rate": failed,
            "throughput_per_hour": per_hour(today, now),
        },
        "resource_usage": {
            "memory_mb": round((memory or 0) / _MEGABYTE, 2),
            "gpu_memory_mb": None,
            "cpu_percent": round(busy, 2),
        },
    }
