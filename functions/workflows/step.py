"""Step Functions entry point: one round of a step. The state machine is infra/state_machines/workflow.asl.json."""

from typing import Any

from pentarch.platform.observability import logger
from workflows import stepping
from workflows.stepping import Round

PROBE = "probe"


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:  # noqa: ANN401 (Lambda's context)
    """What the state machine does next, and what it carries there."""
    if PROBE in event:
        return {"next": stepping.DONE, "seconds": 0}
    this = Round(
        tenant=event["tenant"],
        execution=event["execution"],
        step=event["step"],
        lane=event["lane"],
        life=event["life"],
        turn=event["turn"],
        rounds=event["rounds"],
        remaining_s=lambda: context.get_remaining_time_in_millis() / 1000,
    )
    told = stepping.take(this)
    logger().info(
        "step round",
        execution=this.execution,
        step=this.step,
        lane=this.lane,
        then=told["next"],
        seconds=told["seconds"],
    )
    return told
