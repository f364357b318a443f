"""Checks of what people and programs did, as the event log tells it."""

from collections.abc import Iterator, Sequence

from compliance.checks.rules import each
from compliance.checks.sampling import part_of, sampled
from compliance.facts import read
from compliance.model import Check, JsonObject, Outcome, Severity
from pentarch.configuration.model import ConfigType

FAILED_LOGINS_PER_HOUR = 10
"""PCI DSS v4.0.1, 8.3.4: locked after ten wrong attempts at most. An hour is what the evidence counts by."""
_PRIVILEGED = "privileged_actions"
_BY_ITSELF = "system:"
"""Actors that are parts of Pentarch: their work has no request, and so no correlation id."""
GUARDED = frozenset(
    {
        ConfigType.APPROVAL,
        ConfigType.LIMITS,
        ConfigType.POLICY,
        ConfigType.RETENTION,
        ConfigType.ROUTING_POLICY,
        ConfigType.SENSITIVITY_POLICY,
    }
)
"""Types by which a single person could loosen what protects data."""
_UNSEEN_BY_A_SECOND = frozenset(
    f"configuration.{act}" for act in ("created", "updated", "deleted", "rolled_back", "imported", "rollout_started")
)
"""Where a change needs approval these are `proposed` and `approved` instead, and the approver is never the proposer."""
_PUT_IN_FORCE = _UNSEEN_BY_A_SECOND | {"configuration.approved"}


def _logins_bounded(logins: Sequence[JsonObject], log: Sequence[JsonObject]) -> Outcome:
    def rule(row: JsonObject) -> str | None:
        failed = read(row, "failed")
        if failed <= FAILED_LOGINS_PER_HOUR:
            return None
        return (
            f"{failed} logins were refused in the hour from {read(row, 'hour')}, {read(row, 'succeeded')} accepted;"
            f" the last refusal is event {read(row, 'newest_refusal')}"
        )

    return sampled(each(logins, rule), log, "logins")


def _attributable(actions: Sequence[JsonObject], log: Sequence[JsonObject]) -> Outcome:
    def rule(action: JsonObject) -> Iterator[str]:
        actor = read(action, "actor")
        if ":" not in actor:
            yield f"{action['type']}: no principal is named as its actor"
        elif not actor.startswith(_BY_ITSELF) and not read(action, "correlation_id"):
            yield f"{action['type']}: it has no correlation id"

    return sampled(each(actions, rule), log, _PRIVILEGED)


def _credentials_traced(
    principals: Sequence[JsonObject], actions: Sequence[JsonObject], log: Sequence[JsonObject]
) -> Outcome:
    """Credentials that are there, against the events that should tell of their making."""
    since, until = _bounds(log)
    told = {read(action, "resource") for action in actions if read(action, "type").endswith(".created")}

    def rule(principal: JsonObject) -> str | None:
        return None if read(principal, "name") in told else "it was made, and no event tells of that"

    def is_in_range(principal: JsonObject) -> bool:
        return bool(since <= read(principal, "created_at") < until)

    return sampled(each(principals, rule, where=is_in_range), log, _PRIVILEGED)


def _bounds(log: Sequence[JsonObject]) -> tuple[str, str]:
    """ISO 8601 in UTC with milliseconds, so that text sorts as time does."""
    row = part_of(log, _PRIVILEGED)
    return read(row, "since"), read(row, "until")


def _changed_by_two(changes: Sequence[JsonObject], log: Sequence[JsonObject]) -> Outcome:
    """Whether or not the tenant's configuration demands approval: without that demand, nobody was asked."""

    def rule(change: JsonObject) -> str | None:
        if read(change, "type") not in _UNSEEN_BY_A_SECOND:
            return None
        return f"a configuration of the type {change['config_type']} was changed without a second person's approval"

    def is_guarded(change: JsonObject) -> bool:
        return read(change, "config_type") in GUARDED and read(change, "type") in _PUT_IN_FORCE

    return sampled(each(changes, rule, where=is_guarded), log, _PRIVILEGED)


def _no_reuse(ended: Sequence[JsonObject], log: Sequence[JsonObject]) -> Outcome:
    def rule(session: JsonObject) -> str | None:
        if read(session, "reason") != "refresh_token_reused":
            return None
        return f"{read(session, 'session')} was ended because a spent refresh token was presented: somebody has a copy"

    return sampled(each(ended, rule), log, "sessions_ended")


def _free_of_personal_data(texts: Sequence[JsonObject], log: Sequence[JsonObject]) -> Outcome:
    def rule(event: JsonObject) -> str | None:
        found = read(event, "found")
        if not found:
            return None
        kinds = ", ".join(f"{kind} ({count})" for kind, count in sorted(found.items()))
        return f"{read(event, 'type')}: its data holds what looks like {kinds}"

    return sampled(each(texts, rule), log)


CHECKS: tuple[Check, ...] = (
    Check(
        id="failed-logins-bounded",
        title="Nobody could try more than ten wrong passwords or secrets in an hour",
        severity=Severity.HIGH,
        evidence_type="audit_logs",
        needs=("logins", "event_log"),
        rationale="Many refused logins of one principal are what guessing looks like.",
        remediation="Ask the principal's owner; revoke or give a new secret if any of the attempts succeeded.",
        judge=_logins_bounded,
    ),
    Check(
        id="privileged-actions-attributable",
        title="Every privileged action names who did it, and in which request",
        severity=Severity.HIGH,
        evidence_type="audit_logs",
        needs=("privileged_actions", "event_log"),
        rationale="A change of roles, keys or policies that nobody can be asked about is one that nobody answers for.",
        remediation="Find the writer of the event by its id in the functions' logs, and let it name the caller.",
        judge=_attributable,
    ),
    Check(
        id="credentials-traced",
        title="Every credential made in the time has its event",
        severity=Severity.CRITICAL,
        evidence_type="audit_logs",
        needs=("principals", "privileged_actions", "event_log"),
        rationale="A credential without an event was written past the API, into the table: so back doors are made.",
        remediation="Revoke the credential, and look in CloudTrail for who wrote to the identity table.",
        judge=_credentials_traced,
    ),
    Check(
        id="security-changes-approved-by-two",
        title="Configurations that protect data were changed with a second person's approval",
        severity=Severity.HIGH,
        evidence_type="configuration",
        needs=("configuration_changes", "event_log"),
        rationale="Who can loosen a policy alone can do so by mistake or with intent, and nobody notices.",
        remediation="Create a configuration of the type approval (required: true): changes wait for somebody else.",
        judge=_changed_by_two,
    ),
    Check(
        id="refresh-tokens-not-reused",
        title="No spent refresh token was presented",
        severity=Severity.HIGH,
        evidence_type="monitoring",
        needs=("sessions_ended", "event_log"),
        rationale="A refresh token is good once. A spent one comes from a copy, and ends its session when shown.",
        remediation="Treat it as an incident: ask the user, set a new password, and look at what the session did.",
        judge=_no_reuse,
    ),
    Check(
        id="events-free-of-personal-data",
        title="The event log holds no personal data",
        severity=Severity.HIGH,
        evidence_type="audit_logs",
        needs=("event_texts", "event_log"),
        rationale=(
            "The log is kept for long and cannot be edited, so what is personal in it could not be erased. Addresses,"
            " numbers and keys are recognised by their form; names have none, and are not found."
        ),
        remediation="Find out which field it stands in, keep it out, and set the event's retention accordingly.",
        judge=_free_of_personal_data,
    ),
)
