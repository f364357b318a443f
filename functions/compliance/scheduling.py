"""Assessments by the clock: a schedule of EventBridge Scheduler for each tenant and framework that wants one.

What a tenant wants is in the table, and written first, with its event. The schedule in AWS follows from it: at once in
the same request, and again from the event, by the worker, which reads what is wanted then. So a request that dies in
between changes nothing for good, and a schedule that fires though nobody wants it any more is taken away by what it
fired. Every firing is one assessment, however often its message comes: its id is made from the time it was due.
"""

import hashlib
import json
import os
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from compliance import announcing, schedule, standing, store
from compliance.assessment import Assessment, Scope
from compliance.errors import EndedError, ScheduleNotFoundError
from compliance.schedule import INTERVALS, Rate, Schedule
from compliance.schemas import ScheduleRequest, asked_types
from pentarch.events.model import Event
from pentarch.identity.model import Caller
from pentarch.platform import clients, clock
from pentarch.platform.clock import epoch_ms, from_epoch_ms, parse_iso
from pentarch.platform.errors import InvalidInputError
from pentarch.platform.ids import uuid7, uuid7_named
from pentarch.platform.observability import logger
from pentarch.work.messages import Run

KIND = "assess_scheduled"
DUE_AT = "<aws.scheduler.scheduled-time>"
"""EventBridge Scheduler puts the time in its place; an emulator that does not leaves the message's own id to go by."""
_ATTEMPTS = 5
_MAX_EVENT_AGE_S = 3600
_RETRIES = 8


def put(caller: Caller, framework: str, asked: ScheduleRequest, correlation_id: str, at: datetime) -> Schedule:
    """Set what is wanted. InvalidInputError names the field where the expression cannot be kept to."""
    expression = asked.expression if asked.interval is None else INTERVALS[asked.interval]
    if expression is None:
        msg = "a request without a time is refused before"
        raise RuntimeError(msg)
    try:
        parsed = schedule.parse(expression)
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
    """Make the schedule in AWS what is wanted, and look again: another may have changed the wish meanwhile."""
    wanted = standing.schedule(tenant, framework)
    for _ in range(_ATTEMPTS):
        _write(tenant, framework, wanted)
        now_wanted = standing.schedule(tenant, framework)
        if now_wanted == wanted:
            return
        wanted = now_wanted
    msg = "the schedule does not stand still"
    raise RuntimeError(msg)


def assess_scheduled(run: Run) -> None:
    """Ask for the assessment that is due; its event hands it to the worker, as any other's does."""
    tenant, framework = str(run.body["tenant"]), str(run.body["id"])
    one = standing.schedule(tenant, framework)
    if one is None or not one.enabled:
        apply(tenant, framework)
        return
    due, occasion = _occasion(run)
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


def name_of(tenant: str, framework: str) -> str:
    """Schedules of all tenants share a group, and a tenant's name may be too long for a schedule's."""
    digest = hashlib.sha256(f"{tenant}\n{framework}".encode()).hexdigest()
    return f"{framework.lower()}-{digest[:40]}"


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


def _occasion(run: Run) -> tuple[datetime, str]:
    """When a firing was due, and what distinguishes it: the same for each time that its message comes."""
    try:
        due = parse_iso(str(run.body.get("due_at")))
    except ValueError:
        return from_epoch_ms(run.sent_ms), run.message_id
    return due, clock.iso(due)


def _write(tenant: str, framework: str, wanted: Schedule | None) -> None:
    client = clients.scheduler()
    place = {"GroupName": os.environ["COMPLIANCE_SCHEDULE_GROUP"], "Name": name_of(tenant, framework)}
    if wanted is None:
        try:
            client.delete_schedule(**place)
        except client.exceptions.ResourceNotFoundException:
            return
        return
    settings = place | _settings(wanted)
    try:
        client.update_schedule(**settings)
    except client.exceptions.ResourceNotFoundException:
        try:
            client.create_schedule(**settings)
        except client.exceptions.ConflictException:  # another has made it since
            client.update_schedule(**settings)


def _settings(wanted: Schedule) -> dict[str, Any]:
    message = {"kind": KIND, "tenant": wanted.tenant, "id": wanted.framework, "due_at": DUE_AT}
    settings: dict[str, Any] = {
        "ScheduleExpression": wanted.expression,
        "State": "ENABLED" if wanted.enabled else "DISABLED",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {
            "Arn": os.environ["COMPLIANCE_QUEUE_ARN"],
            "RoleArn": os.environ["COMPLIANCE_SCHEDULE_ROLE_ARN"],
            "Input": json.dumps(message),
            "DeadLetterConfig": {"Arn": os.environ["SCHEDULES_DEAD_LETTER_QUEUE_ARN"]},
            "RetryPolicy": {"MaximumRetryAttempts": _RETRIES, "MaximumEventAgeInSeconds": _MAX_EVENT_AGE_S},
        },
    }
    parsed = schedule.parse(wanted.expression)
    if isinstance(parsed, Rate):  # else it would be counted from whenever it was last written
        settings["StartDate"] = parsed.next_after(clock.now(), wanted.updated_at)
    return settings
