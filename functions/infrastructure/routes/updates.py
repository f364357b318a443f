"""Updates and restarts, as the CAIO reference has them."""

from typing import Any

from infrastructure.asking import Rollouts
from infrastructure.operators import ADMIN
from infrastructure.schemas import Restart, Update, updated
from pentarch.limits.model import INFRASTRUCTURE
from pentarch.platform import clock
from pentarch.web.access import access
from pentarch.web.context import CorrelationId, CurrentCaller
from pentarch.web.routes import governed_router

router = governed_router(prefix="/api/v1", tags=["CAIO: updates"])


@router.post("/update", summary="Bring the stack to a release, or tell how far the update is")
@access(ADMIN, bucket=INFRASTRUCTURE)
async def update(body: Update, caller: CurrentCaller, correlation_id: CorrelationId) -> dict[str, Any]:
    one = Rollouts(caller, correlation_id).update(body.target_version, clock.now())
    return updated(one, body.target_version)


@router.post("/restart", summary="Give every function fresh environments")
@access(ADMIN, bucket=INFRASTRUCTURE)
async def restart(body: Restart, caller: CurrentCaller, correlation_id: CorrelationId) -> dict[str, Any]:
    one = Rollouts(caller, correlation_id).restart(clock.now(), graceful=body.graceful)
    how = "function by function" if one.graceful else "all functions at once"
    return {"status": "restarting", "message": f"Pentarch is restarting, {how}", "deployment_id": one.id}
