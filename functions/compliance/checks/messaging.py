"""How work travels: encrypted, to the right places, never lost unseen."""

from collections.abc import Sequence

from compliance.checks import policies
from compliance.checks.rules import each, every
from compliance.facts import read
from compliance.model import Check, JsonObject, Outcome, Severity

LONGEST_RETENTION_S = 14 * 24 * 3600
"""SQS keeps a message no longer; a weekend and a holiday fit into it."""
STREAMS = ("dynamodb", "kinesis")


def _encrypted(queues: Sequence[JsonObject]) -> Outcome:
    return every(
        queues,
        lambda queue: read(queue, "kms_key") or read(queue, "managed_encryption") is True,
        "its messages are not encrypted",
    )


def _not_public(queues: Sequence[JsonObject]) -> Outcome:
    return each(
        queues,
        lambda queue: [
            f"its policy lets everybody in ({policies.label(statement)}: {', '.join(policies.actions(statement))})"
            for statement in policies.public(read(queue, "policy"))
        ],
    )


def _dead_letters(queues: Sequence[JsonObject], sources: Sequence[JsonObject]) -> Outcome:
    worked = {read(source, "source") for source in sources if read(source, "service") == "sqs"}
    return every(
        queues,
        lambda queue: read(queue, "dead_letter"),
        "a message that always fails is tried until it expires, and then lost",
        where=lambda queue: read(queue, "arn") in worked,
    )


def _dead_letter_arns(
    queues: Sequence[JsonObject], sources: Sequence[JsonObject], schedules: Sequence[JsonObject]
) -> set[str]:
    """Wherever the stack puts what could not be handled."""
    arns = {read(queue, "dead_letter") for queue in queues}
    arns |= {read(source, "on_failure") for source in sources}
    arns |= {read(target, "dead_letter") for schedule in schedules for target in read(schedule, "targets")}
    return arns - {None}


def _watched(
    queues: Sequence[JsonObject],
    sources: Sequence[JsonObject],
    schedules: Sequence[JsonObject],
    alarms: Sequence[JsonObject],
) -> Outcome:
    dead = _dead_letter_arns(queues, sources, schedules)
    seen = {
        read(alarm, "dimensions").get("QueueName")
        for alarm in alarms
        if read(alarm, "metric") == "ApproximateNumberOfMessagesVisible"
    }
    return every(
        queues,
        lambda queue: read(queue, "name") in seen,
        "no alarm tells when a message is set aside here",
        where=lambda queue: read(queue, "arn") in dead,
    )


def _dead_letters_kept(
    queues: Sequence[JsonObject], sources: Sequence[JsonObject], schedules: Sequence[JsonObject]
) -> Outcome:
    dead = _dead_letter_arns(queues, sources, schedules)
    return every(
        queues,
        lambda queue: read(queue, "retention_s") >= LONGEST_RETENTION_S,
        "what is set aside is dropped before two weeks are over",
        where=lambda queue: read(queue, "arn") in dead,
    )


def _streams_keep_failures(sources: Sequence[JsonObject]) -> Outcome:
    return every(
        sources,
        lambda source: read(source, "on_failure"),
        "a record that always fails is dropped when it expires, and nothing remembers it",
        where=lambda source: read(source, "service") in STREAMS,
    )


def _sources_on(sources: Sequence[JsonObject]) -> Outcome:
    def rule(source: JsonObject) -> str | None:
        state = str(read(source, "state"))
        if state in ("Enabled", "Enabling", "Updating", "Creating"):
            return None
        return f"it is {state.lower()}: {read(source, 'function')} does not get its work"

    return each(sources, rule)


def _sources_partial(sources: Sequence[JsonObject]) -> Outcome:
    return every(
        sources,
        lambda source: read(source, "partial_failures") is True,
        "one message that fails makes the whole batch come again, work that was done included",
    )


def _schedules_keep_failures(schedules: Sequence[JsonObject]) -> Outcome:
    def rule(schedule: JsonObject) -> list[str]:
        return [
            f"a run of {str(read(target, 'arn')).rpartition(':')[2]} that could not be started is forgotten"
            for target in read(schedule, "targets")
            if not read(target, "dead_letter")
        ]

    return each(schedules, rule)


def _schedules_on(schedules: Sequence[JsonObject]) -> Outcome:
    def rule(schedule: JsonObject) -> str | None:
        if read(schedule, "state") != "ENABLED":
            return "it is switched off"
        return None if read(schedule, "targets") else "it starts nothing"

    return each(schedules, rule)


def _machines_logged(machines: Sequence[JsonObject]) -> Outcome:
    return every(
        machines,
        lambda machine: read(machine, "log_level") in ("ALL", "ERROR", "FATAL"),
        "its executions are not logged",
    )


def _machines_silent(machines: Sequence[JsonObject]) -> Outcome:
    return every(
        machines,
        lambda machine: read(machine, "logs_data") is False,
        "it writes its input and output, which may be personal, into logs",
    )


CHECKS = (
    Check(
        id="queues-encrypted",
        title="Queues encrypt their messages",
        severity=Severity.HIGH,
        evidence_type="data_processing",
        needs=("queues",),
        rationale="Messages name tenants and their work; at rest they must be unreadable.",
        remediation="Set SqsManagedSseEnabled: true, or KmsMasterKeyId, on the queue.",
        judge=_encrypted,
    ),
    Check(
        id="queues-not-public",
        title="No queue lets everybody in",
        severity=Severity.CRITICAL,
        evidence_type="access_control",
        needs=("queues",),
        rationale="Whoever may write to a queue gives orders to its worker; whoever may read it takes them away.",
        remediation="Name the principals in the queue's policy, or hold it to aws:SourceArn.",
        judge=_not_public,
    ),
    Check(
        id="queues-have-dead-letter",
        title="Worked queues set aside what always fails",
        severity=Severity.HIGH,
        evidence_type="configuration",
        needs=("queues", "event_sources"),
        rationale="Without a dead-letter queue a message that cannot be handled blocks its worker, and then is lost.",
        remediation="Set RedrivePolicy with a deadLetterTargetArn on the queue.",
        judge=_dead_letters,
    ),
    Check(
        id="dead-letters-watched",
        title="Somebody is told when work is set aside",
        severity=Severity.HIGH,
        evidence_type="monitoring",
        needs=("queues", "event_sources", "schedules", "alarms"),
        rationale="Work in a dead-letter queue is work that was promised and not done; unseen, it expires there.",
        remediation="Add an alarm on ApproximateNumberOfMessagesVisible of the dead-letter queue.",
        judge=_watched,
    ),
    Check(
        id="dead-letters-kept",
        title="What is set aside is kept for two weeks",
        severity=Severity.LOW,
        evidence_type="data_processing",
        needs=("queues", "event_sources", "schedules"),
        rationale="Whoever is told on a Friday needs the message to be there on Monday.",
        remediation=f"Set MessageRetentionPeriod: {LONGEST_RETENTION_S} on the dead-letter queue.",
        judge=_dead_letters_kept,
    ),
    Check(
        id="streams-keep-failures",
        title="Readers of streams set aside what they cannot handle",
        severity=Severity.HIGH,
        evidence_type="audit_logs",
        needs=("event_sources",),
        rationale="A stream forgets after a day; an event that could not be sealed or handed on is to be kept.",
        remediation="Set DestinationConfig.OnFailure on the event source.",
        judge=_streams_keep_failures,
    ),
    Check(
        id="event-sources-on",
        title="Queues and streams are read",
        severity=Severity.HIGH,
        evidence_type="monitoring",
        needs=("event_sources",),
        rationale="A source that is switched off stops sealing, jobs or reports without a single error.",
        remediation="Enable it: aws lambda update-event-source-mapping --uuid ... --enabled.",
        judge=_sources_on,
    ),
    Check(
        id="event-sources-report-partial-failures",
        title="Workers say which messages of a batch failed",
        severity=Severity.LOW,
        evidence_type="configuration",
        needs=("event_sources",),
        rationale="Processing integrity: work that was done should not be done again because a neighbour failed.",
        remediation="Set FunctionResponseTypes: [ReportBatchItemFailures] on the event source.",
        judge=_sources_partial,
    ),
    Check(
        id="schedules-keep-failures",
        title="Scheduled work that could not be started is set aside",
        severity=Severity.MEDIUM,
        evidence_type="monitoring",
        needs=("schedules",),
        rationale="Key rotation and scans run by the clock; a run that was dropped silently looks like a run.",
        remediation="Set DeadLetterConfig on the schedule or on the rule's target.",
        judge=_schedules_keep_failures,
    ),
    Check(
        id="schedules-on",
        title="Scheduled work is switched on",
        severity=Severity.HIGH,
        evidence_type="configuration",
        needs=("schedules",),
        rationale="What runs by the clock, key rotation among it, runs as long as nobody has switched it off.",
        remediation="Enable it: aws scheduler update-schedule --state ENABLED, or aws events enable-rule.",
        judge=_schedules_on,
    ),
    Check(
        id="state-machines-logged",
        title="State machines log their executions",
        severity=Severity.MEDIUM,
        evidence_type="audit_logs",
        needs=("state_machines",),
        rationale="What a workflow did, step by step, is otherwise kept for 90 days by Step Functions alone.",
        remediation="Set Logging with Level ALL or ERROR on the state machine.",
        judge=_machines_logged,
    ),
    Check(
        id="state-machines-log-no-data",
        title="State machines keep data out of their logs",
        severity=Severity.MEDIUM,
        evidence_type="data_processing",
        needs=("state_machines",),
        rationale="Inputs and outputs hold what callers sent; a log is the wrong place to erase it from.",
        remediation="Set IncludeExecutionData: false in the state machine's Logging.",
        judge=_machines_silent,
    ),
)
