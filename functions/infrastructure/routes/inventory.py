"""What runs, as the AI DevOps part of the MetaQore reference has it."""

from typing import Annotated, Any

from fastapi import Query

from infrastructure import operators
from infrastructure.inventory import reading
from infrastructure.inventory.model import Family, Resource, State
from pentarch.limits.model import INFRASTRUCTURE
from pentarch.platform import clock
from pentarch.platform.clock import iso
from pentarch.platform.dialects import enveloped
from pentarch.web.access import access
from pentarch.web.context import CurrentCaller
from pentarch.web.routes import governed_router

router = governed_router(prefix="/api/v1/infrastructure", tags=["MetaQore: AI DevOps"])


@router.get("", summary="What runs: functions, containers, deployments, machines")
@access(operators.READ, bucket=INFRASTRUCTURE)
async def list_infrastructure(
    caller: CurrentCaller,
    family: Annotated[Family | None, Query(alias="type")] = None,
    status: Annotated[State | None, Query()] = None,
) -> dict[str, Any]:
    operators.check(caller, operators.READ)
    now = clock.now()
    inventory = reading.current(now)
    data = {
        "resources": [shown(one) for one in inventory.chosen(family, status)],
        "not_asked": [{"source": gap.source, "reason": gap.reason} for gap in inventory.gaps],
    }
    return enveloped(data, timestamp=iso(now))


def shown(one: Resource) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "type": one.kind,
        "status": one.state,
        "replicas": one.replicas,
        "cpu_usage": one.usage.cpu,
        "memory_usage": one.usage.memory,
        "last_updated": iso(one.updated_at),
        "service": one.service,
        "details": dict(one.details),
    }
