"""Assessments by the clock: a schedule for each tenant and framework that wants one (see `pentarch.work.recurring`)."""

from datetime import datetime, timedelta

from botocore.exceptions import BotoCoreError, ClientError

from compliance import announcing, standing, store
from compliance.assessment import Assessment, Scope
from compliance.errors import EndedError, ScheduleNotFoundError
from compliance.schedule import Schedule
from compliance.schemas import ScheduleRequest, asked_types
from pentarch.events.model import Event
from pentarch.identity.model import Caller
from pentarch.platform import clock
from pentarch.platform.clock import epoch_ms
from pentarch.platform.errors import InvalidInputError
from pentarch.platform.ids import uuid7, uuid7_named
from pentarch.platform.observability import logger
from pentarch.work import cron, recurring
from pentarch.work.cron import INTERVALS
from pentarch.work.messages import Run
from pentarch.work.recurring import Wish

KIND = "assess_scheduled"
OWNER = "COMPLIANCE"


def put(caller: Caller, framework: str, asked: ScheduleRequest, correlation_id: str, at: datetime) -> Schedule:
    """Set what is wanted. InvalidInputError names the field where the expression cannot be kept to."""
    expression = asked.expression if asked.interval is None else INTERVALS[asked.interval]
    if expression is None:
        msg = "a request without a time is refused before"
        raise RuntimeError(msg)
    try:
        parsed = cron.parse(expression)
    except ValueError as error:
        raise InvalidInputError(str(error), field="expression") from error
    if parsed.next_after(at, at) is None:
        msg = "it names no time to come"
        raise InvalidInputError(msg, field="expression")
    before = standing.schedule(caller.tenant, framework)
    one = Schedule(
        tenant=caller.tenant,
        framework=framework,
        expression=expression,
        enabled=asked.enabled,
        organization=asked.scope.organization,
        project=asked.scope.project,
        evidence_types=asked_types(asked.evidence_types),
        range_days=asked.range_days,
        generate_report=asked.generate_report,
        created_at=at if before is None else before.created_at,
        updated_at=at,
        updated_by=caller.subject,
        revision=uuid7(epoch_ms(at)),
    )
    event = _event(
        announcing.SCHEDULE_SET,
        caller,
        one,
        correlation_id,
        at,
        expression=expression,
        enabled=one.enabled,
        range_days=one.range_days,
        revision=one.revision,
    )
    standing.set_schedule(one, before, event)
    return one


def get(tenant: str, framework: str) -> Schedule:
    one = standing.schedule(tenant, framework)
    if one is None:
        raise ScheduleNotFoundError(framework)
    return one


def remove(caller: Caller, framework: str, correlation_id: str, at: datetime) -> None:
    one = get(caller.tenant, framework)
    event = _event(announcing.SCHEDULE_REMOVED, caller, one, correlation_id, at)
    standing.remove_schedule(one, event)


def try_to_apply(tenant: str, framework: str) -> bool:
    """Whether the schedule in AWS is as it is wanted now; where it is not, the worker brings it there."""
    try:
        apply(tenant, framework)
    except (BotoCoreError, ClientError):
        logger().exception("the schedule is left to the worker", framework=framework)
        return False
    return True


def apply(tenant: str, framework: str) -> None:
    """Make the schedule in AWS what is wanted."""

    def wanted() -> Wish | None:
        one = standing.schedule(tenant, framework)
        return None if one is None else _wish(one)

    recurring.apply(OWNER, recurring.name_of(framework.lower(), tenant, framework), wanted)


def assess_scheduled(run: Run) -> None:
    """Ask for the assessment that is due; its event hands it to the worker, as any other's does."""
    tenant, framework = str(run.body["tenant"]), str(run.body["id"])
    one = standing.schedule(tenant, framework)
    if one is None or not one.enabled:
        apply(tenant, framework)
        return
    due, occasion = recurring.occasion(run)
    asked = Assessment(
        tenant=tenant,
        id=uuid7_named(epoch_ms(due), f"{tenant}\n{framework}\n{occasion}"),
        framework=framework,
        scope=Scope(one.organization, one.project, due - timedelta(days=one.range_days), due),
        evidence_types=one.evidence_types,
        generate_report=one.generate_report,
        requested_by=f"schedule:{framework}",
        requested_at=due,
        correlation_id=run.message_id,
    )
    try:
        store.add(asked, announcing.requested(asked, clock.now()))
    except EndedError:
        logger().info("this scheduled assessment was asked for before", check_id=asked.id)


def _event(event_type: str, caller: Caller, one: Schedule, correlation_id: str, at: datetime, **data: object) -> Event:
    return announcing.of_schedule(
        event_type,
        one.tenant,
        one.framework,
        at,
        actor=caller.subject,
        correlation_id=correlation_id,
        **data,
    )


def _wish(one: Schedule) -> Wish:
    message = {"kind": KIND, "tenant": one.tenant, "id": one.framework}
    return Wish(one.expression, one.enabled, one.updated_at, message)
