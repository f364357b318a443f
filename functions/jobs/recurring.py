"""Recurring jobs: what callers want again and again, and what a firing makes of it.

Each firing makes one job, once: its id is made from the time that was due. A firing that makes none (no room, an owner
who may no longer, a source that is gone) and one that never came are told; neither is made up for.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from jobs import creating
from jobs.errors import RecurrenceNotFoundError
from jobs.ids import is_recurrence_id, job_id_of, new_recurrence_id
from jobs.schemas import JobRequest, RecurrenceRequest
from pentarch.events.actor import Actor
from pentarch.identity.model import Caller
from pentarch.platform import clock
from pentarch.platform.clock import epoch_ms, iso
from pentarch.platform.errors import InvalidInputError, PentarchError
from pentarch.platform.ids import uuid7
from pentarch.platform.observability import logger
from pentarch.platform.passing import is_passing
from pentarch.work import cron, facts, owner, recurrences, recurring
from pentarch.work.errors import JobExistsError
from pentarch.work.model import Owner
from pentarch.work.recurrences import Missed, Recurrence, RecurrenceMovedError
from pentarch.work.recurring import Wish

if TYPE_CHECKING:
    from pentarch.work.messages import Run

OWNER = "JOBS"
STEP = "recur"
MAX_GAP = 1_000
"""Times that did not come are counted so far; a schedule of every minute was away for most of a day then."""


def create(caller: Caller, asked: RecurrenceRequest, correlation_id: str, at: datetime) -> Recurrence:
    """InvalidInputError names the field where the expression cannot be kept to, or the job cannot be made."""
    expression = cron.INTERVALS[asked.interval] if asked.interval else str(asked.expression)
    _require_times(expression, asked.time_zone, at)
    creating.require(caller, asked.job)
    one = Recurrence(
        tenant=caller.tenant,
        id=new_recurrence_id(at),
        name=asked.name,
        expression=expression,
        time_zone=asked.time_zone,
        enabled=asked.enabled,
        job=asked.job.model_dump(mode="json", exclude_unset=True),
        owner=Owner.of(caller),
        created_at=at,
        updated_at=at,
        revision=uuid7(epoch_ms(at)),
    )
    told = facts.of_recurrence(
        _actor(caller, correlation_id),
        facts.RECURRENCE_SET,
        one.id,
        at,
        expression=expression,
        time_zone=one.time_zone,
        enabled=one.enabled,
        job_type=asked.job.type,
    )
    recurrences.add(one, told)
    return one


def get(tenant: str, recurrence_id: str) -> Recurrence:
    one = recurrences.get(tenant, recurrence_id) if is_recurrence_id(recurrence_id) else None
    if one is None:
        raise RecurrenceNotFoundError
    return one


def enable(caller: Caller, recurrence_id: str, correlation_id: str, at: datetime, *, enabled: bool) -> Recurrence:
    """Pause or resume; what is so already stays as it is."""
    one = get(caller.tenant, recurrence_id)
    if one.enabled == enabled:
        return one
    after = replace(one, enabled=enabled, updated_at=at, revision=uuid7(epoch_ms(at)))
    actor = _actor(caller, correlation_id)
    recurrences.change(one, after, facts.of_recurrence(actor, facts.RECURRENCE_SET, one.id, at, enabled=enabled))
    return after


def remove(caller: Caller, recurrence_id: str, correlation_id: str, at: datetime) -> None:
    """Its jobs stay."""
    one = get(caller.tenant, recurrence_id)
    actor = _actor(caller, correlation_id)
    recurrences.remove(one, facts.of_recurrence(actor, facts.RECURRENCE_REMOVED, one.id, at))


def try_to_apply(tenant: str, recurrence_id: str) -> bool:
    """Whether the schedule in AWS is as it is wanted now; where it is not, the worker brings it there."""
    try:
        apply(tenant, recurrence_id)
    except (BotoCoreError, ClientError):
        logger().exception("the schedule is left to the worker", recurrence_id=recurrence_id)
        return False
    return True


def apply(tenant: str, recurrence_id: str) -> None:
    """Make the schedule in AWS what is wanted."""

    def wanted() -> Wish | None:
        one = recurrences.get(tenant, recurrence_id)
        if one is None:
            return None
        message = {"step": STEP, "tenant": tenant, "recurrence_id": recurrence_id}
        return Wish(one.expression, one.enabled, one.updated_at, message, one.time_zone)

    recurring.apply(OWNER, recurring.name_of("jobs", tenant, recurrence_id), wanted)


def fire(run: "Run") -> None:
    """Make the job that is due. What passes is tried again; what does not is a firing that was missed."""
    tenant, recurrence_id = str(run.body["tenant"]), str(run.body["recurrence_id"])
    one = recurrences.get(tenant, recurrence_id)
    if one is None or not one.enabled:
        apply(tenant, recurrence_id)
        return
    due, occasion = recurring.occasion(run)
    if not _is_wanted(one, due):
        logger().info("this firing is of a time before it was set or taken up again", recurrence_id=one.id)
        return
    try:
        _make(one, due, occasion, run.message_id)
    except JobExistsError:
        logger().info("this firing made its job before", recurrence_id=one.id)
    except RecurrenceMovedError:
        logger().info("nobody wants the recurring job any more", recurrence_id=one.id)
    except PentarchError as error:
        if is_passing(error) and not run.is_last:
            raise
        _miss(one, Missed(due, error.message))


def next_at(one: Recurrence, at: datetime) -> datetime | None:
    """When it comes next; None while it is paused, and where no time is left."""
    return cron.parse(one.expression, one.time_zone).next_after(at, one.updated_at) if one.enabled else None


def _is_wanted(one: Recurrence, due: datetime) -> bool:
    """Whether the time is one of those since it was last set; a schedule that rested may make up for one in between."""
    first = cron.parse(one.expression, one.time_zone).next_after(one.updated_at, one.updated_at)
    return first is not None and due >= first.replace(microsecond=0)  # Scheduler tells whole seconds


def _make(one: Recurrence, due: datetime, occasion: str, message_id: str) -> None:
    at = clock.now()
    caller = owner.on_behalf(one.tenant, one.owner, at)
    job_id = job_id_of(due, one.tenant, one.id, occasion)
    gap = [*_gap(one, due)] if occasion == iso(due) else []
    creating.create(
        caller,
        JobRequest.model_validate(one.job),
        message_id,
        at,
        job_id=job_id,
        recurrence=one.id,
        also=lambda transaction: recurrences.made(transaction, one, job_id, due, gap),
    )


def _gap(one: Recurrence, due: datetime) -> Iterator[datetime]:
    """The times since it last came, or since it was last set, that did not."""
    times = cron.parse(one.expression, one.time_zone)
    last = max(one.last_due or one.updated_at, one.updated_at)
    for _ in range(MAX_GAP):
        found = times.next_after(last, one.updated_at)
        if found is None or found >= due.replace(microsecond=0):
            return
        yield found
        last = found


def _miss(one: Recurrence, missed: Missed) -> None:
    told = facts.of_recurrence(
        Actor(one.tenant, one.owner.subject),
        facts.RECURRENCE_MISSED,
        one.id,
        clock.now(),
        due_at=iso(missed.due_at),
        reason=missed.reason,
    )
    try:
        recurrences.miss(one, missed, told)
    except RecurrenceMovedError:
        logger().info("this firing was noted before", recurrence_id=one.id)


def _require_times(expression: str, time_zone: str, at: datetime) -> None:
    try:
        cron.zone_of(time_zone)
    except ValueError as error:
        raise InvalidInputError(str(error), field="time_zone") from error
    try:
        found = cron.parse(expression, time_zone).next_after(at, at)
    except ValueError as error:
        raise InvalidInputError(str(error), field="expression") from error
    if found is None:
        msg = "it names no time to come"
        raise InvalidInputError(msg, field="expression")


def _actor(caller: Caller, correlation_id: str) -> Actor:
    return Actor(caller.tenant, caller.subject, correlation_id)
