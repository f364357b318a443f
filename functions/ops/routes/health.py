"""Health and version, in the bodies that four references publish."""

import os
from typing import Any

from fastapi import Response

from ops import machine, probes
from pentarch import __version__
from pentarch.platform import clock, programs
from pentarch.platform.dialects import enveloped
from pentarch.web.access import access, public
from pentarch.web.routes import governed_router

router = governed_router(tags=["Operations"])


def running_version() -> str:
    """The release that an update brought; without one, what the code calls itself."""
    return os.environ.get("VERSION") or __version__


@router.get("/health", summary="CAIO: whether the service runs")
@public
async def health(response: Response) -> dict[str, Any]:
    storage = probes.storage()
    status = probes.overall(storage)
    response.status_code = 503 if status == probes.UNHEALTHY else 200
    return {"status": status, "version": running_version(), "timestamp": clock.iso(clock.now())}


@router.get("/api/v1/health", summary="MetaQore and MetaForge: health of the gateway")
@public
async def health_of_gateway() -> dict[str, Any]:
    storage, models = probes.storage(), probes.language_models()
    status = probes.overall(storage, models)
    shared = {"status": status, "version": running_version(), "uptime": probes.uptime()}
    cache_status = "connected" if storage.status == probes.HEALTHY else "disconnected"
    enveloped_part = enveloped(shared | {"cache_status": cache_status}, timestamp=clock.iso(clock.now()))
    tools = {found.name: found.word for found in programs.look()}
    components = {"gateway": _word(storage), "llm_provider": _word(models), "tools": tools}
    return enveloped_part | shared | {"components": components}


@router.get("/api/v2/health", summary="Ai-semble: health of each service")
@public
async def health_of_services() -> dict[str, Any]:
    storage, models, vision, texts = (
        probes.storage(),
        probes.language_models(),
        probes.work("vision"),
        probes.natural_language(),
    )
    return {
        "status": probes.overall(storage, models, vision, texts),
        "timestamp": clock.iso(clock.now()),
        "version": running_version(),
        "services": {
            "orchestrator": _timed(storage) | {"uptime": probes.uptime()},
            "llm_service": _timed(models)
            | {
                "models_loaded": models.facts.get("models_loaded", 0),
                "queue_size": models.facts.get("queue_size", 0),
                "unavailable_providers": models.facts.get("unavailable_providers", []),
            },
            "vision_service": _timed(vision) | {"gpu_utilization": None, **vision.facts},
            "nlp_service": _timed(texts) | {"memory_usage": f"{texts.facts.get('memory_bytes', 0) // 10**6} MB"},
        },
    }


@router.get("/api/v2/health/comprehensive", summary="Ai-semble: the machine, the database and what is around")
@access("ops:read")
async def comprehensive_health() -> dict[str, Any]:
    storage, models, monitoring, files = (
        probes.storage(),
        probes.language_models(),
        probes.monitoring(),
        probes.files(),
    )
    return {
        "status": probes.overall(storage, models, monitoring, files),
        "timestamp": clock.iso(clock.now()),
        "version": running_version(),
        "system_metrics": machine.metrics(),
        "database": {
            "status": "connected" if storage.status == probes.HEALTHY else "disconnected",
            "connection_pool": probes.connection_pool(),
        },
        "external_services": {
            "model_registry": models.status,
            "monitoring": monitoring.status,
            "storage": files.status,
        },
    }


@router.get("/api/v1/version", summary="CAIO: the running version")
@public
async def version() -> dict[str, Any]:
    return {
        "version": running_version(),
        "build_date": os.environ.get("BUILD_DATE", "unknown"),
        "commit": os.environ.get("BUILD_COMMIT", "unknown"),
    }


def _word(finding: probes.Finding) -> str:
    return "ok" if finding.status == probes.HEALTHY else finding.status


def _timed(finding: probes.Finding) -> dict[str, Any]:
    return {"status": finding.status, "response_time": finding.seconds}
