"""How long a service takes for an input: measured from a tenant's jobs, and used to say when a job will end."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from pentarch.platform.tables import Transaction, batch_get
from pentarch.work.model import Job, JobState, Priority, Progress
from pentarch.work.sharding import MAX_SHARDS, MIN_SHARD_INPUTS, longest_run, split
from pentarch.work.table import PaceItem, pace_key

FIRST_S: Mapping[str, float] = {"llm": 2.0, "nlp": 0.1, "vision": 1.0}
"""Seconds for an input, assumed of each service until a job of the tenant is measured: what a remote model's short
answer takes, and somewhat more than an analysis did on one CPU. Of anything else nothing is assumed."""
MEMORY = 0.7
"""How much of the former pace is kept when another job is measured: the last three jobs make two thirds of it."""
SETTLING_S = 30.0
"""After so long a running job's own throughput counts half. The first results come after cold starts and before all
workers run, so alone they would tell of hours where minutes are left."""

_BROAD = {Priority.LOW: 20, Priority.NORMAL: 100, Priority.HIGH: 130, Priority.URGENT: 150}
_NARROW = {Priority.LOW: 10, Priority.NORMAL: 40, Priority.HIGH: 50, Priority.URGENT: 60}
WORKERS: Mapping[str, Mapping[Priority, int]] = {"llm": _BROAD, "nlp": _NARROW, "vision": _NARROW}
"""Of each service for each priority, at once: what the queues' event sources are bound to in the template."""


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


def change(job: Job, done: Progress) -> PaceChange | None:
    """What a job that ends teaches: the time that workers were at its inputs, without what they waited for workers."""
    if not done.resolved:
        return None
    before = read(job.tenant, job.service)
    seconds = done.worked_s / done.resolved
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
        return at + timedelta(seconds=_remaining_s(job, progress, (at - job.started_at).total_seconds()))
    pace = FIRST_S.get(job.service) if seconds_per_input is None else seconds_per_input
    if pace is None:
        return None
    begin = job.started_at or max(at, job.scheduled_at or at)
    end = begin + timedelta(seconds=pace * longest_run(job.total or MIN_SHARD_INPUTS, _workers(job)))
    return max(end, at)


def _remaining_s(job: Job, progress: Progress, taken_s: float) -> float:
    """By what was done a second so far, and by what all workers can do at the pace that the job itself has."""
    done_a_second = progress.resolved / max(taken_s, 1e-3)
    if progress.worked_s:
        workers = min(_workers(job), len(split(progress.total)))
        possible, weight = workers * progress.resolved / progress.worked_s, taken_s / (taken_s + SETTLING_S)
        done_a_second = weight * done_a_second + (1 - weight) * possible
    return (progress.total - progress.resolved) / done_a_second


def _workers(job: Job) -> int:
    return WORKERS.get(job.service, {}).get(job.priority, MAX_SHARDS)
