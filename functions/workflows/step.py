"""Step Functions entry point: one round of a step. The state machine is infra/state_machines/workflow.asl.json."""

from typing import Any

from pentarch.platform.observability import logger
from workflows import stepping
from workflows.rounds import DONE, Round

PROBE = "probe"


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:  # noqa: ANN401 (Lambda's context)
    """What the state machine does next, and what it carries there."""
    if PROBE in event:
        return {"next": DONE, "seconds": 0}
    carried = event["carried"]
    this = Round(
        tenant=carried["tenant"],
        execution=carried["execution"],
        step=carried["step"],
        lane=carried["lane"],
        life=carried["life"],
        turn=carried["turn"],
        rounds=carried["rounds"],
        remaining_s=lambda: context.get_remaining_time_in_millis() / 1000,
        place=f"{event['run']}/{carried['rounds']}/",
        is_retry=event["retries"] > 0,
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
