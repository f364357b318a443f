"""The tables, which hold all state: encrypted, recoverable, hard to lose."""

from collections.abc import Sequence

from compliance.checks.rules import each, every
from compliance.facts import read
from compliance.model import Check, JsonObject, Outcome, Severity

EVENT_LOG = "EventsTable"
"""The log of everything that happened, by its name in the template."""


def _encrypted(tables: Sequence[JsonObject]) -> Outcome:
    def rule(table: JsonObject) -> str | None:
        status, kind = read(table, "encryption", "status"), read(table, "encryption", "type")
        if status in ("ENABLED", "UPDATING") and kind == "KMS":
            return None
        return f"its encryption with a KMS key of the account is {str(status).lower()}"

    return each(tables, rule)


def _recoverable(tables: Sequence[JsonObject]) -> Outcome:
    return every(
        tables, lambda table: read(table, "point_in_time_recovery") == "ENABLED", "point-in-time recovery is off"
    )


def _protected(tables: Sequence[JsonObject]) -> Outcome:
    return every(
        tables, lambda table: read(table, "deletion_protection") is True, "anybody who may can delete it at once"
    )


def _on_demand(tables: Sequence[JsonObject]) -> Outcome:
    return every(
        tables,
        lambda table: read(table, "billing") == "PAY_PER_REQUEST",
        "its capacity is fixed, so a burst of requests is throttled",
    )


def _log_kept(tables: Sequence[JsonObject]) -> Outcome:
    return every(
        tables,
        lambda table: read(table, "expiry", "TimeToLiveStatus") == "DISABLED",
        "events expire, and with them the proof of what happened",
        where=_is_event_log,
    )


def _log_streamed(tables: Sequence[JsonObject]) -> Outcome:
    return every(
        tables,
        lambda table: read(table, "stream") is True,
        "its stream is off: nothing seals, counts or hands on what happens",
        where=_is_event_log,
    )


def _is_event_log(table: JsonObject) -> bool:
    return bool(read(table, "logical_id") == EVENT_LOG)


CHECKS = (
    Check(
        id="tables-encrypted-with-kms",
        title="Tables are encrypted with a KMS key of the account",
        severity=Severity.HIGH,
        evidence_type="data_processing",
        needs=("tables",),
        rationale="A key in the account's KMS makes every use of it visible in CloudTrail and can be withdrawn; the "
        "key that DynamoDB owns does neither.",
        remediation="Set SSESpecification: {SSEEnabled: true, SSEType: KMS} on the table.",
        judge=_encrypted,
    ),
    Check(
        id="tables-recoverable",
        title="Tables can be restored to any second of the last weeks",
        severity=Severity.HIGH,
        evidence_type="data_processing",
        needs=("tables",),
        rationale="Without continuous backups, what a fault or an intruder overwrites is gone.",
        remediation="Set PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: true} on the table.",
        judge=_recoverable,
    ),
    Check(
        id="tables-deletion-protected",
        title="Tables refuse to be deleted",
        severity=Severity.MEDIUM,
        evidence_type="configuration",
        needs=("tables",),
        rationale="One call deletes an unprotected table with its records; protection makes that two deliberate steps.",
        remediation="Deploy with the parameter DataProtection=on, or set DeletionProtectionEnabled: true.",
        judge=_protected,
    ),
    Check(
        id="tables-on-demand",
        title="Tables take bursts of requests",
        severity=Severity.LOW,
        evidence_type="configuration",
        needs=("tables",),
        rationale="Availability is promised to callers; a table of fixed capacity refuses what goes beyond it.",
        remediation="Set BillingMode: PAY_PER_REQUEST on the table.",
        judge=_on_demand,
    ),
    Check(
        id="event-log-kept",
        title="Events do not expire",
        severity=Severity.HIGH,
        evidence_type="audit_logs",
        needs=("tables",),
        rationale="The event log is the audit trail; what a clock has removed cannot be shown to an auditor.",
        remediation="Remove TimeToLiveSpecification from EventsTable and deploy.",
        judge=_log_kept,
    ),
    Check(
        id="event-log-streamed",
        title="The event log is read as it is written",
        severity=Severity.HIGH,
        evidence_type="audit_logs",
        needs=("tables",),
        rationale="Sealing, usage counters and webhooks follow the log's stream; without it events stay unsealed.",
        remediation="Set StreamSpecification: {StreamViewType: NEW_IMAGE} on EventsTable and deploy.",
        judge=_log_streamed,
    ),
)
