"""Ids of the documented form, in the order of their making."""

import hashlib
import re
from datetime import datetime

from pentarch.platform.clock import epoch_ms
from pentarch.platform.ids import uuid7, uuid7_floor

_FORM = r"-[0-9a-f]{32}"
_WORKFLOW = re.compile(f"workflow{_FORM}")
_EXECUTION = re.compile(f"exec{_FORM}")


def new_workflow_id(at: datetime) -> str:
    return f"workflow-{_hex(at)}"


def new_execution_id(at: datetime) -> str:
    return f"exec-{_hex(at)}"


def is_workflow_id(text: str) -> bool:
    return _WORKFLOW.fullmatch(text) is not None


def is_execution_id(text: str) -> bool:
    return _EXECUTION.fullmatch(text) is not None


def execution_floor(at: datetime) -> str:
    """Below the id of every execution from an instant on, and above all before it."""
    return f"exec-{uuid7_floor(epoch_ms(at)).replace('-', '')}"


def execution_before(execution_id: str) -> str:
    """The id before one in their order: makes an exclusive bound of an inclusive one."""
    return f"exec-{int(execution_id.removeprefix('exec-'), 16) - 1:032x}"


def attempt_id(execution_id: str, step_id: str, attempt: int, item: int | None = None) -> str:
    """What an attempt's effects are known by, and what is passed on as the Idempotency-Key."""
    place = "" if item is None else f"/item-{item}"
    return f"{execution_id}/{step_id}/attempt-{attempt}{place}"


def machine_name(execution_id: str, step_id: str, life: int, lane: int | None, turn: int) -> str:
    """The name of the run of the state machine that carries a step: the same for the same, so that it is begun once.

    At most 80 letters, as Step Functions asks for.
    """
    said = f"{step_id}\n{life}\n{'' if lane is None else lane}\n{turn}"
    return f"{execution_id}-{hashlib.sha256(said.encode()).hexdigest()[:32]}"


def _hex(at: datetime) -> str:
    return uuid7(epoch_ms(at)).replace("-", "")
