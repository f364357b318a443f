"""Scaling, as the AI DevOps part of the MetaQore reference has it."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictInt

from infrastructure import operators
from infrastructure.scaling import asking
from infrastructure.scaling.asking import Scaling
from infrastructure.scaling.model import Mode, Operation
from pentarch.limits.model import INFRASTRUCTURE
from pentarch.platform import clock
from pentarch.platform.clock import iso
from pentarch.platform.dialects import enveloped
from pentarch.web.access import access
from pentarch.web.context import CorrelationId, CurrentCaller
from pentarch.web.routes import governed_router

router = governed_router(prefix="/api/v1/infrastructure", tags=["MetaQore: AI DevOps"])


class Scale(BaseModel):
    model_config = ConfigDict(extra="forbid")

    service: Annotated[str, Field(min_length=1, max_length=64)]
    replicas: Annotated[StrictInt, Field(ge=0, le=10_000)]
    environment: Literal["staging", "production"] | None = None
    mode: Mode = Mode.PROVISIONED


@router.post("/scale", summary="Let more or fewer of a service run")
@access(operators.WRITE, bucket=INFRASTRUCTURE, idempotent=True)
async def scale(body: Scale, caller: CurrentCaller, correlation_id: CorrelationId) -> dict[str, Any]:
    now = clock.now()
    operation = Scaling(caller, correlation_id).begin(body.service, body.replicas, body.mode, body.environment, now)
    return enveloped(shown(operation), timestamp=iso(now))


@router.get("/scale/{operation_id}", summary="How far a scaling operation is")
@access(operators.READ, bucket=INFRASTRUCTURE)
async def get_operation(operation_id: str, caller: CurrentCaller) -> dict[str, Any]:
    now = clock.now()
    return enveloped(shown(Scaling(caller).get(operation_id, now)), timestamp=iso(now))


def shown(operation: Operation) -> dict[str, Any]:
    return {
        "scaling_operation_id": operation.id,
        "service": operation.service,
        "target_replicas": operation.wanted,
        "current_replicas": operation.before,
        "mode": operation.mode,
        "status": operation.progress,
        "reason": operation.reason,
        "environment": operation.environment,
        "started_at": iso(operation.created_at),
        "estimated_completion": iso(asking.estimated_end(operation)),
    }
