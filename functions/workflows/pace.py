"""How long executions take: measured from past ones of a workflow or an agent, used to say when one will end."""

from dataclasses import dataclass

from pentarch.platform.tables import Transaction, batch_get
from workflows.model import Execution, State
from workflows.table import PaceItem

MEMORY = 0.7
"""How much of the former pace is kept when another execution is measured: the last three make two thirds of it."""


class PaceChangedError(Exception):
    """Another execution was measured at the same time."""


@dataclass(frozen=True, slots=True)
class PaceChange:
    """The next pace; written only if nobody else changed it meanwhile."""

    tenant: str
    subject: str
    before: float | None
    after: float

    def keep(self, transaction: Transaction) -> None:
        unchanged = PaceItem.key.does_not_exist() if self.before is None else PaceItem.seconds == self.before
        transaction.put(
            PaceItem(self.tenant, _key(self.subject), seconds=self.after),
            condition=unchanged,
            otherwise=PaceChangedError(),
        )


def read(tenant: str, subject: str) -> float | None:
    """Seconds that an execution takes; None when none was measured yet. `subject` is as lists are named."""
    [item] = batch_get([(PaceItem, tenant, _key(subject))], consistent=True)
    return None if item is None else float(item.seconds)


def of_end(execution: Execution) -> PaceChange | None:
    """What an execution that completes teaches; one that was run again from a later step teaches nothing."""
    if execution.state is not State.COMPLETED or execution.rerun_of is not None:
        return None
    if execution.started_at is None or execution.ended_at is None:
        return None
    seconds = (execution.ended_at - execution.started_at).total_seconds()
    before = read(execution.tenant, execution.subject_of_lists)
    after = seconds if before is None else MEMORY * before + (1 - MEMORY) * seconds
    return PaceChange(execution.tenant, execution.subject_of_lists, before, round(after, 3))


def _key(subject: str) -> str:
    return f"pace#{subject}"
