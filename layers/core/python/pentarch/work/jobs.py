"""Jobs in the table: each change of a job, its place in the lists, the totals and the event, in one transaction."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from pynamodb.exceptions import UpdateError
from pynamodb.expressions.update import Action

from pentarch.events import store as events
from pentarch.events.model import Event
from pentarch.identity.model import Kind
from pentarch.platform.clock import epoch_ms, from_epoch_ms, iso, parse_iso
from pentarch.platform.tables import Transaction, batch_get
from pentarch.work.errors import JobExistsError, JobMovedError, JobQuotaError
from pentarch.work.model import (
    TRANSITIONS,
    Job,
    JobState,
    LogLine,
    Owner,
    Priority,
    Progress,
    Results,
    Source,
)
from pentarch.work.pace import PaceChange
from pentarch.work.quota import Quota
from pentarch.work.table import (
    ALL,
    JOB_KEY,
    TOTALS_KEY,
    DependentRow,
    JobItem,
    ListRow,
    TotalsItem,
    dependent_key,
    list_key,
    partition_of,
)

_STAMPS = {state: JobItem.ended_at for state in JobState if state.ended} | {JobState.RUNNING: JobItem.started_at}
_FIRST_ID = "job_"
_LAST_ID = "job_~"
"""Bounds of every job id, in the order of the table's keys."""


@dataclass(frozen=True, slots=True)
class Page:
    """Jobs, newest first; `next_cursor` is the id after which the next page begins."""

    jobs: tuple[Job, ...]
    total: int
    next_cursor: str | None


def add(job: Job, event: Event, quota: Quota, *, also: Callable[[Transaction], None] | None = None) -> None:
    """Make a job; JobExistsError when it is there, JobQuotaError when its tenant has as much open work as it may."""
    transaction = Transaction()
    transaction.put(_to_item(job), condition=JobItem.key.does_not_exist(), otherwise=JobExistsError("the job exists"))
    for listed in (ALL, job.state):
        transaction.put(ListRow(job.tenant, list_key(listed, job.id)))
    for needed in job.depends_on:
        transaction.put(DependentRow(partition_of(job.tenant, needed), dependent_key(job.id)))
    inputs = job.total or 0
    transaction.update(
        _totals(job.tenant),
        [
            TotalsItem.all.add(1),
            _counter(job.state).add(1),
            TotalsItem.open.add(1),
            TotalsItem.open_inputs.add(inputs),
        ],
        condition=_room(TotalsItem.open, quota.jobs, 1) & _room(TotalsItem.open_inputs, quota.inputs, inputs),
        otherwise=JobQuotaError(quota.message, details={"open_jobs": quota.jobs, "open_inputs": quota.inputs}),
    )
    if also is not None:
        also(transaction)
    events.record(transaction, event)
    transaction.commit()


def get(tenant: str, job_id: str) -> Job | None:
    [item] = batch_get([place(tenant, job_id)], consistent=True)
    return to_job(item) if item else None


def get_many(tenant: str, job_ids: Sequence[str]) -> list[Job | None]:
    found = batch_get([place(tenant, job_id) for job_id in job_ids], consistent=True) if job_ids else []
    return [to_job(item) if item else None for item in found]


def dependents(tenant: str, job_id: str) -> Iterator[str]:
    """The jobs that wait for this one, or have waited."""
    rows = DependentRow.query(
        partition_of(tenant, job_id), DependentRow.key.startswith(dependent_key()), consistent_read=True
    )
    return (str(row.key).removeprefix(dependent_key()) for row in rows)


def place(tenant: str, job_id: str) -> tuple[type[JobItem], str, str]:
    """Where a job lies, for reading it together with other things."""
    return JobItem, partition_of(tenant, job_id), JOB_KEY


def move(
    job: Job,
    to: JobState,
    event: Event,
    *,
    message: str,
    level: str = "INFO",
    total: int | None = None,
    completed: int | None = None,
    failed: int | None = None,
    results: Results | None = None,
    pace: PaceChange | None = None,
    quota: Quota | None = None,
) -> None:
    """Take a job from the state that it was seen in to another; JobMovedError if it has left that state.

    `quota` is asked where inputs are counted only now: JobQuotaError if they are too many beside the tenant's others.
    """
    if to not in TRANSITIONS[job.state]:
        msg = f"a {job.state} job cannot become {to}"
        raise JobMovedError(msg)
    moved = JobMovedError(f"the job is no longer {job.state}")
    actions: list[Action] = [
        JobItem.state.set(to),
        *([_STAMPS[to].set(epoch_ms(event.at))] if to in _STAMPS else ()),
        _appended(LogLine(event.at, level, message)),
        *_set({"total": total, "completed": completed, "failed": failed}),
    ]
    if results is not None:
        actions.append(JobItem.results.set(asdict(results)))
    transaction = Transaction()
    transaction.update(_item_of(job), actions, condition=JobItem.state == job.state, otherwise=moved)
    transaction.delete(ListRow(job.tenant, list_key(job.state, job.id)))
    transaction.put(ListRow(job.tenant, list_key(to, job.id)))
    counted = total if total is not None and job.total is None else 0
    counters = [_counter(job.state).add(-1), _counter(to).add(1)]
    if to.ended:
        counters += [TotalsItem.open.add(-1), TotalsItem.open_inputs.add(-(job.total or 0))]
    elif counted:
        counters.append(TotalsItem.open_inputs.add(counted))
    if quota is not None and counted:
        full = JobQuotaError(quota.message)
        room = _room(TotalsItem.open_inputs, quota.inputs, counted)
        transaction.update(_totals(job.tenant), counters, condition=room, otherwise=full)
    else:
        transaction.update(_totals(job.tenant), counters)
    if pace is not None:
        pace.keep(transaction)
    events.record(transaction, event)
    transaction.commit()


def attach_target(job: Job, target: str, message: str, at: datetime) -> None:
    """Note what a job began elsewhere, and let it be found by that; a repeat changes nothing."""
    transaction = Transaction()
    actions = [JobItem.target.set(target), _appended(LogLine(at, "INFO", message))]
    noted = JobMovedError("the job has begun something")
    transaction.update(_item_of(job), actions, condition=JobItem.target.does_not_exist(), otherwise=noted)
    transaction.put(DependentRow(partition_of(job.tenant, target), dependent_key(job.id)))
    with suppress(JobMovedError):
        transaction.commit()


def reach(job: Job, progress: Progress) -> None:
    """Note how far a running job is that another part of the stack does; what an older look saw is let go."""
    if progress == job.reached:
        return
    further = JobItem.steps_done.does_not_exist() | (JobItem.steps_done <= progress.resolved)
    actions: list[Action] = [JobItem.steps.set(progress.total), JobItem.steps_done.set(progress.resolved)]
    try:
        _item_of(job).update(actions, condition=(JobItem.state == job.state) & further)
    except UpdateError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise


def attach_results(job: Job, results: Results, event: Event, *, completed: int, failed: int, message: str) -> None:
    """Give an ended job the file of what it did before its end; JobMovedError if it has one."""
    transaction = Transaction()
    actions = [
        JobItem.results.set(asdict(results)),
        *_set({"completed": completed, "failed": failed}),
        _appended(LogLine(event.at, "INFO", message)),
    ]
    has_some = JobMovedError("the job has results")
    condition = (JobItem.state == job.state) & JobItem.results.does_not_exist()
    transaction.update(_item_of(job), actions, condition=condition, otherwise=has_some)
    events.record(transaction, event)
    transaction.commit()


def erase_words(job: Job, *, name: str) -> None:
    """Take away all words that an ended job's owner gave it, and its results' place; that it was there stays known."""
    actions = [
        JobItem.name.set(name),
        JobItem.parameters.set({}),
        JobItem.source.set(asdict(Source("", is_prefix=False))),
        JobItem.results.remove(),
    ]
    transaction = Transaction()
    transaction.update(_item_of(job), actions, condition=JobItem.key.exists(), otherwise=JobMovedError("it is gone"))
    transaction.commit()


def page(tenant: str, state: JobState | None, *, limit: int, offset: int = 0, cursor: str | None = None) -> Page:
    """One query over keys for the page and all before it, one read for its jobs, one for the total."""
    listed = state or ALL
    rows = ListRow.query(
        tenant,
        ListRow.key.between(list_key(listed, _FIRST_ID), list_key(listed, _LAST_ID)),
        scan_index_forward=False,
        consistent_read=True,
        limit=offset + limit + 1,
        last_evaluated_key=_after(tenant, listed, cursor),
    )
    ids = [str(row.key).rpartition("#")[2] for row in rows][offset:]
    shown = ids[:limit]
    items = batch_get([place(tenant, job_id) for job_id in shown], consistent=True) if shown else []
    jobs = tuple(to_job(item) for item in items if item)
    return Page(jobs, _total(tenant, listed), shown[-1] if len(ids) > limit else None)


def to_job(item: JobItem) -> Job:
    tenant, _, job_id = item.partition.partition("#")
    owner: Mapping[str, Any] = item.owner
    return Job(
        tenant=tenant,
        id=job_id,
        name=item.name,
        type=item.type,
        service=item.service,
        parameters=item.parameters,
        priority=Priority(item.priority),
        state=JobState(item.state),
        created_at=from_epoch_ms(int(item.created_at)),
        owner=Owner(owner["subject"], Kind(owner["kind"]), tuple(owner["roles"]), tuple(owner["scopes"])),
        source=Source(**item.source),
        correlation_id=item.correlation_id or "",
        total=_count(item.total),
        started_at=_instant(item.started_at),
        ended_at=_instant(item.ended_at),
        completed=_count(item.completed),
        failed=_count(item.failed),
        results=Results(**item.results) if item.results else None,
        log=tuple(_log_line(text) for text in item.log),
        scheduled_at=_instant(item.scheduled_at),
        depends_on=tuple(item.depends_on or ()),
        retry_of=item.retry_of,
        recurrence=item.recurrence,
        target=item.target,
        reached=None if item.steps is None else Progress(resolved=int(item.steps_done or 0), total=int(item.steps)),
    )


def _to_item(job: Job) -> JobItem:
    return JobItem(
        partition_of(job.tenant, job.id),
        JOB_KEY,
        name=job.name,
        type=job.type,
        service=job.service,
        parameters=dict(job.parameters),
        priority=job.priority,
        state=job.state,
        created_at=epoch_ms(job.created_at),
        owner=asdict(job.owner),
        source=asdict(job.source),
        correlation_id=job.correlation_id or None,
        total=job.total,
        log=[_log_text(line) for line in job.log],
        scheduled_at=None if job.scheduled_at is None else epoch_ms(job.scheduled_at),
        depends_on=list(job.depends_on) or None,
        retry_of=job.retry_of,
        recurrence=job.recurrence,
    )


def _item_of(job: Job) -> JobItem:
    return JobItem(partition_of(job.tenant, job.id), JOB_KEY)


def _total(tenant: str, listed: str) -> int:
    [totals] = batch_get([(TotalsItem, tenant, TOTALS_KEY)], consistent=True)
    return int(getattr(totals, listed)) if totals else 0


def _totals(tenant: str) -> TotalsItem:
    return TotalsItem(tenant, TOTALS_KEY)


def _counter(state: JobState) -> Any:  # noqa: ANN401 (a PynamoDB attribute)
    return getattr(TotalsItem, state)


def _room(counter: Any, most: int, more: int) -> Any:  # noqa: ANN401 (PynamoDB's attribute and condition)
    return counter.does_not_exist() | (counter <= most - more) if more <= most else counter == -1


def _set(values: Mapping[str, int | None]) -> Iterable[Action]:
    return [getattr(JobItem, name).set(value) for name, value in values.items() if value is not None]


def _appended(line: LogLine) -> Action:
    """A job's log has a line for each transition and one for late results, so it needs no bound."""
    return JobItem.log.set(JobItem.log.append([_log_text(line)]))


def _log_text(line: LogLine) -> str:
    return f"{iso(line.at)} {line.level} {line.message}"


def _log_line(text: str) -> LogLine:
    at, level, message = text.split(" ", 2)
    return LogLine(parse_iso(at), level, message)


def _after(tenant: str, listed: str, cursor: str | None) -> dict[str, dict[str, Any]] | None:
    return None if cursor is None else {"partition": {"S": tenant}, "key": {"S": list_key(listed, cursor)}}


def _count(number: float | None) -> int | None:
    return None if number is None else int(number)


def _instant(ms: float | None) -> datetime | None:
    return None if ms is None else from_epoch_ms(int(ms))
