"""The runs of the state machine that carry steps. One is begun once for each name, however often it is asked for."""

import json
import os
from typing import Any

from pentarch.platform import clients
from workflows.ids import machine_name
from workflows.model import Execution


def begin(execution: Execution, step_id: str, *, life: int = 0, lane: int | None = None, turn: int = 0) -> None:
    """`turn` counts the runs that went on where one had become too long."""
    states = clients.stepfunctions()
    try:
        states.start_execution(
            stateMachineArn=os.environ["WORKFLOW_STATE_MACHINE"],
            name=machine_name(execution.id, step_id, life, lane, turn),
            input=json.dumps(
                carried(execution.tenant, execution.id, step_id, life=life, lane=lane, turn=turn) | {"rounds": 0}
            ),
        )
    except states.exceptions.ExecutionAlreadyExists:
        return


def carried(tenant: str, execution_id: str, step_id: str, *, life: int, lane: int | None, turn: int) -> dict[str, Any]:
    """What the state machine hands from one of its steps to the next."""
    return {"tenant": tenant, "execution": execution_id, "step": step_id, "lane": lane, "life": life, "turn": turn}
