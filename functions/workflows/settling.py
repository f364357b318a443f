"""Writing what became of an execution, against what it is by now, and carrying on with what that made ready."""

import random
import time
from collections.abc import Callable, Iterable
from datetime import datetime

from pentarch.platform import clock
from pentarch.platform.observability import logger
from pentarch.platform.tables import Transaction
from workflows import course, facts, machine, pace, store
from workflows.errors import MovedError
from workflows.model import Execution, Snapshot
from workflows.pace import PaceChangedError
from workflows.table import TextItem

ATTEMPTS = 100
"""As many as a workflow has branches that may end at the same time, and some."""
PAUSE_S = 0.05


def settle(
    tenant: str,
    execution_id: str,
    change: Callable[[Snapshot, datetime], Snapshot],
    *,
    still_mine: Callable[[Snapshot], bool],
    text: TextItem | None = None,
    result: object = None,
    actor: str | None = None,
    also: Callable[[Transaction, Snapshot], None] | None = None,
) -> tuple[Snapshot, Snapshot] | None:
    """Change an execution from what it is now: read, change, write, and anew when others wrote meanwhile.

    None when it is over, or when what was to be changed is no longer there to change.
    """
    for attempt in range(ATTEMPTS):
        now = store.snapshot(tenant, execution_id)
        if now is None or now.execution.state.ended or not still_mine(now):
            return None
        at = clock.now()
        after = course.summed_up(change(now, at), result)
        measured = pace.of_end(after.execution) if attempt < ATTEMPTS // 2 else None
        told = facts.of_change(now, after, at, actor)
        transaction = Transaction()
        if also is not None:
            also(transaction, now)
        try:
            store.commit(now, after, told, texts=() if text is None else (text,), pace=measured, also=transaction)
        except (MovedError, PaceChangedError):
            time.sleep(random.uniform(0, PAUSE_S))  # noqa: S311 (chance is no secret)
            continue
        if after.execution.state.ended:
            _tell_end(after.execution)
        return now, after
    raise MovedError


def begin_all(now: Snapshot, step_ids: Iterable[str]) -> None:
    for key in step_ids:
        machine.begin(now.execution, key, life=now.row(key).lives)


def _tell_end(execution: Execution) -> None:
    reason = None if execution.wrong is None else execution.wrong.kind
    logger().info("execution ended", execution=execution.id, state=execution.state, reason=reason)
