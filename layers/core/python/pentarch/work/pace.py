"""How long a service takes for an input: measured from a tenant's jobs, and used to say when a job will end."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from pentarch.platform.tables import Transaction, batch_get
from pentarch.work.model import Job, JobState, Progress
from pentarch.work.sharding import MIN_SHARD_INPUTS, longest_run
from pentarch.work.table import PaceItem, pace_key

FIRST_S: Mapping[str, float] = {"llm": 2.0, "nlp": 0.1, "vision": 1.0}
"""Seconds for an input, assumed of each service until a job of the tenant is measured: what a remote model's short
answer takes, and somewhat more than an analysis did on one CPU. Of anything else nothing is assumed."""
MEMORY = 0.7
"""How much of the former pace is kept when another job is measured: the last three jobs make two thirds of it."""


class PaceChangedError(Exception):
    """Another job was measured at the same time."""


@dataclass(frozen=True, slots=True)
class PaceChange:
    """The next pace; written only if nobody else changed it meanwhile."""

    tenant: str
    service: str
    before: float | None
    after: float

    def keep(self, transaction: Transaction) -> None:
        unchanged = PaceItem.key.does_not_exist() if self.before is None else PaceItem.seconds_per_input == self.before
        transaction.update(
            PaceItem(self.tenant, pace_key(self.service)),
            [PaceItem.seconds_per_input.set(self.after)],
            condition=unchanged,
            otherwise=PaceChangedError(),
        )


def read(tenant: str, service: str) -> float | None:
    """Seconds per input; None when no job was measured yet."""
    [item] = batch_get([(PaceItem, tenant, pace_key(service))], consistent=True)
    return float(item.seconds_per_input) if item else None


def change(job: Job, ended_at: datetime) -> PaceChange | None:
    """What a job that ends teaches: its time over the inputs that had to wait for each other."""
    if job.started_at is None or not job.total:
        return None
    before = read(job.tenant, job.service)
    seconds = (ended_at - job.started_at).total_seconds() / longest_run(job.total)
    after = seconds if before is None else MEMORY * before + (1 - MEMORY) * seconds
    return PaceChange(job.tenant, job.service, before, round(after, 6))


def estimated_end(
    job: Job, at: datetime, *, seconds_per_input: float | None, progress: Progress | None = None
) -> datetime | None:
    """When a job should end: from its own progress once there is some, before that from the pace; None if unknown.

    Inputs that have not been counted are taken for one shard's.
    """
    if job.state.ended or job.state is JobState.WAITING or job.total == 0:
        return None
    if job.state is JobState.RUNNING and job.started_at is not None and progress is not None and progress.resolved:
        taken = (at - job.started_at).total_seconds()
        remaining = taken / progress.resolved * (progress.total - progress.resolved)
        return at + timedelta(seconds=remaining)
    pace = FIRST_S.get(job.service) if seconds_per_input is None else seconds_per_input
    if pace is None:
        return None
    begin = job.started_at or max(at, job.scheduled_at or at)
    end = begin + timedelta(seconds=pace * longest_run(job.total or MIN_SHARD_INPUTS))
    return max(end, at)
