"""Evidence of the event log: what people and programs did in the assessed time.

The newest `MAX_EVENTS` are read once, for all that looks at events of any kind. Where there are more, what is rare and
matters most is taken from the audit trail's lists as well, so that a flood of model calls hides no change of a role.
`event_log` says of each part how much was read and since when it is whole; checks pass that on with what they say.
Nothing of another tenant is in a tenant's log and lists, so none is in here.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from compliance.evidence.context import Collector, Context
from compliance.evidence.gathering import over
from compliance.evidence.naming import reference
from compliance.model import JsonObject
from pentarch.audit import store as audit
from pentarch.audit.model import Filters
from pentarch.events import store as events
from pentarch.events.model import Event
from pentarch.platform.clock import iso

MAX_EVENTS = 5_000
"""Read in one go: some 4 KB each, within seconds of a request."""
MAX_LISTED = 1_000
"""Of each list of the audit trail."""
PAGE = 100
LOGINS = ("access_refuse", "login", "token_issue")
SESSION_ENDS = ("session_revoke",)
CONFIGURATION_CHANGES = (
    "configuration_approve",
    "configuration_create",
    "configuration_delete",
    "configuration_import",
    "configuration_propose",
    "configuration_reject",
    "configuration_rollback",
    "configuration_rollout_change",
    "configuration_rollout_complete",
    "configuration_rollout_roll_back",
    "configuration_rollout_start",
    "configuration_update",
)
PRIVILEGED = (
    *CONFIGURATION_CHANGES,
    "approval_grant",
    "approval_reject",
    "audit_prune",
    "client_create",
    "client_revoke",
    "compliance_export",
    "compliance_export_request",
    "compliance_schedule_remove",
    "compliance_schedule_set",
    "credential_remove",
    "credential_replace",
    "credential_store",
    "infrastructure_deploy",
    "infrastructure_restart",
    "infrastructure_rollback",
    "infrastructure_scale",
    "infrastructure_sync",
    "infrastructure_update",
    "job_message_redrive",
    "job_recurrence_remove",
    "job_recurrence_set",
    "key_create",
    "key_revoke",
    "key_rotate",
    "model_delete",
    "model_load",
    "model_register",
    "model_unload",
    "service_deregister",
    "service_register",
    "service_start",
    "service_stop",
    "service_update",
    "session_approve",
    "skill_create",
    "skill_delete",
    "skill_update",
    "specialist_deploy",
    "specialist_rollback",
    "tenant_create",
    "tenant_update",
    "tool_create",
    "tool_delete",
    "tool_update",
    "user_create",
    "user_deactivate",
    "user_erase",
    "user_update",
    "workflow_create",
    "workflow_delete",
    "workflow_update",
    "webhook_create",
    "webhook_delete",
    "webhook_rotate_secret",
    "webhook_update",
)
"""Actions that change who may do what or how the system behaves, or that reach for the whole trail."""
SENSITIVE = ("SENSITIVE", "CRITICAL")
ALL = "all"
PARTS: Mapping[str, tuple[Filters, ...]] = {
    "logins": tuple(Filters(action=action) for action in LOGINS),
    "privileged_actions": tuple(Filters(action=action) for action in PRIVILEGED),
    "sessions_ended": tuple(Filters(action=action) for action in SESSION_ENDS),
    "sensitive_calls": tuple(Filters(sensitivity=sensitivity) for sensitivity in SENSITIVE),
}


class Reading(NamedTuple):
    events: tuple[Event, ...]
    """Newest first."""
    is_whole: bool
    since: datetime
    """From here on nothing is left out."""


def reading(context: Context) -> Reading:
    """The newest events of any kind."""

    def read() -> Reading:
        found = events.newest_first(context.tenant, start=context.start, end=context.end, page=PAGE)
        return _bounded(found, MAX_EVENTS, context)

    return context.once("event_log", read)


def part(context: Context, name: str) -> Reading:
    """The events of one of `PARTS`: from the newest of all, and where those are not all, from their lists too."""

    def matches(event: Event) -> bool:
        return any(
            one.action in (None, event.action) and one.sensitivity in (None, event.sensitivity) for one in PARTS[name]
        )

    def read() -> Reading:
        newest = reading(context)
        found = tuple(event for event in newest.events if matches(event))
        if newest.is_whole:
            return Reading(found, newest.is_whole, newest.since)
        lists = over(lambda one: _listed(context, one), PARTS[name])
        known = {event.id: event for event in (*found, *(event for each in lists for event in each.events))}
        in_order = tuple(known[event_id] for event_id in sorted(known, reverse=True))
        return Reading(in_order, all(each.is_whole for each in lists), max(each.since for each in lists))

    return context.once(f"event_log {name}", read)


def _listed(context: Context, one: Filters) -> Reading:
    return _bounded(audit.walk(context.tenant, one, context.start, context.end), MAX_LISTED, context)


def _bounded(found: Iterable[Event], bound: int, context: Context) -> Reading:
    taken = tuple(islice(found, bound + 1))
    if len(taken) <= bound:
        return Reading(taken, is_whole=True, since=context.start)
    return Reading(taken[:bound], is_whole=False, since=taken[bound - 1].at)


def _log(context: Context) -> Sequence[JsonObject]:
    newest = reading(context)
    return [_told(context, ALL, newest), *(_told(context, name, part(context, name)) for name in PARTS)]


def _told(context: Context, name: str, found: Reading) -> JsonObject:
    return {
        "name": f"event log from {iso(context.start)} to {iso(context.end)}",
        "part": name,
        "read": len(found.events),
        "is_whole": found.is_whole,
        "since": iso(found.since),
        "until": iso(context.end),
    }


def _logins(context: Context) -> Sequence[JsonObject]:
    """Attempts by principal and hour: an attacker's thousand are one row. Keys show only their refusals."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for event in part(context, "logins").events:
        outcome = _login_outcome(event)
        if outcome is None:
            continue
        who = reference(event.tenant, event.resource if outcome == "failed" else event.actor)
        hour = iso(event.at.replace(minute=0, second=0, microsecond=0))
        row = rows.setdefault(
            (who, hour), {"name": who, "hour": hour, "succeeded": 0, "failed": 0, "newest_refusal": None}
        )
        row[outcome] += 1
        if outcome == "failed" and row["newest_refusal"] is None:
            row["newest_refusal"] = event.id
    return list(rows.values())


def _login_outcome(event: Event) -> str | None:
    """A key that is over was presented by who has it: that is no guess."""
    if event.type in ("session.opened", "token.issued"):
        return "succeeded"
    guessed = event.type == "access.refused" and event.data.get("reason") == "wrong_secret"
    return "failed" if guessed or event.type == "login.failed" else None


def _privileged(context: Context) -> Sequence[JsonObject]:
    return [
        {
            "name": event.id,
            "type": event.type,
            "at": iso(event.at),
            "actor": reference(event.tenant, event.actor),
            "resource": reference(event.tenant, event.resource),
            "correlation_id": event.correlation_id,
        }
        for event in part(context, "privileged_actions").events
    ]


def _configuration_changes(context: Context) -> Sequence[JsonObject]:
    return [
        {
            "name": event.id,
            "type": event.type,
            "at": iso(event.at),
            "config_id": change.get("config_id"),
            "config_type": change.get("config_type"),
        }
        for event in part(context, "privileged_actions").events
        if event.action in CONFIGURATION_CHANGES
        for change in _changes(event.data)
    ]


def _changes(data: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """One import is one event about many configurations."""
    yield from data.get("configurations") or [data]


def _sessions_ended(context: Context) -> Sequence[JsonObject]:
    return [
        {"name": event.id, "session": event.resource, "at": iso(event.at), "reason": event.data.get("reason")}
        for event in part(context, "sessions_ended").events
    ]


def _texts(context: Context) -> Sequence[JsonObject]:
    """Kinds and counts of what looks personal in an event, never the text itself. Most recent first, and bounded."""
    from pentarch.llm.sensitivity import inspect

    return [
        {
            "name": event.id,
            "type": event.type,
            "found": {str(kind): count for kind, count in inspect("\n".join(_strings(event.data))).counts.items()},
        }
        for event in reading(context).events
    ]


_MACHINE_MADE = frozenset({"routing", "prompt_sha256", "answer_sha256"})
"""Members of an event's data that hold proofs and digests, in which no person writes."""


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, member in value.items():
            if name not in _MACHINE_MADE:
                yield from _strings(member)
    elif isinstance(value, list):
        for member in value:
            yield from _strings(member)


COLLECTORS: Mapping[str, Collector] = {
    "event_log": _log,
    "logins": _logins,
    "privileged_actions": _privileged,
    "configuration_changes": _configuration_changes,
    "sessions_ended": _sessions_ended,
    "event_texts": _texts,
}
