"""Step Functions entry point: one step of a roll-out. The state machine is infra/state_machines/rollout.asl.json."""

import os
from typing import Any

from infrastructure import steps
from pentarch.platform.observability import logger

PROBE = "probe"


def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
    """What is due next, after how many seconds, and which version of this function shall do it.

    A roll-out is driven to its end by the version that began it: this function may be among those that it changes.
    """
    if event["step"] == PROBE:
        return {"next": "done", "seconds": 0}
    told = steps.take(event["rollout"], event["step"])
    logger().info("roll-out step", rollout=event["rollout"], step=event["step"], then=told["next"])
    return told | {"driver": _myself()}


def _myself() -> str:
    name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
    version = os.environ.get("AWS_LAMBDA_FUNCTION_VERSION", "")
    return f"{name}:{version}" if version.isdecimal() else name
