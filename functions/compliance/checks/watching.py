"""What watches the stack, and whether it stands as it was deployed."""

from collections.abc import Sequence

from compliance.checks.rules import each, every
from compliance.facts import UnseenFieldError, read
from compliance.model import Check, Fault, JsonObject, Outcome, Severity

LAG_METRIC = "IteratorAge"
DRIFT_DAYS = 90
"""A quarter, as the reviews of configuration that SOC 2 and PCI DSS 1.2.7 ask for at least twice a year."""
SETTLED = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE", "UPDATE_IN_PROGRESS",
           "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")  # fmt: skip


def _server_errors(alarms: Sequence[JsonObject], apis: Sequence[JsonObject]) -> Outcome:
    watched = {
        read(alarm, "dimensions").get("ApiName")
        for alarm in alarms
        if read(alarm, "namespace") == "AWS/ApiGateway" and read(alarm, "metric") == "5XXError"
    }
    return every(apis, lambda api: read(api, "name") in watched, "no alarm tells when it answers with errors")


def _lag(alarms: Sequence[JsonObject], sources: Sequence[JsonObject]) -> Outcome:
    watched = {
        read(alarm, "dimensions").get("FunctionName")
        for alarm in alarms
        if read(alarm, "namespace") == "AWS/Lambda" and read(alarm, "metric") == LAG_METRIC
    }
    return every(
        sources,
        lambda source: read(source, "function") in watched,
        "no alarm tells when the reader of the stream falls behind",
        where=lambda source: read(source, "service") in ("dynamodb", "kinesis"),
    )


def _tell(alarms: Sequence[JsonObject]) -> Outcome:
    def rule(alarm: JsonObject) -> str | None:
        if read(alarm, "actions_enabled") is not True:
            return "its actions are switched off"
        return None if read(alarm, "actions") else "it tells nobody"

    return each(alarms, rule)


def _there(alarms: Sequence[JsonObject], stack: Sequence[JsonObject]) -> Outcome:
    """An alarm that was deleted beside the template is missing among those that were found."""
    there = {read(alarm, "logical_id") for alarm in alarms}
    declared = [name for item in stack for name in read(item, "alarms")]
    missing = tuple(
        Fault(name, "the template has this alarm, and it is gone") for name in declared if name not in there
    )
    return Outcome(tuple(declared), missing)


def _quiet(alarms: Sequence[JsonObject]) -> Outcome:
    return every(
        alarms, lambda alarm: read(alarm, "state") != "ALARM", "it is going off and nobody has mended the cause"
    )


def _protected(stack: Sequence[JsonObject]) -> Outcome:
    return every(
        stack, lambda item: read(item, "termination_protection") is True, "one call deletes the stack and what it holds"
    )


def _settled(stack: Sequence[JsonObject]) -> Outcome:
    def rule(item: JsonObject) -> str | None:
        status = read(item, "status")
        return None if status in SETTLED else f"its last deployment left it in {status}"

    return each(stack, rule)


def _not_drifted(stack: Sequence[JsonObject]) -> Outcome:
    def rule(item: JsonObject) -> str | None:
        drift = read(item, "drift")
        if drift == "DRIFTED":
            return "resources were changed beside the template"
        if drift != "IN_SYNC":
            message = f"{read(item, 'name')}: drift was not looked for (aws cloudformation detect-stack-drift)"
            raise UnseenFieldError(message)
        age = read(item, "drift_checked_days_ago")
        if age > DRIFT_DAYS:
            message = f"{read(item, 'name')}: drift was last looked for {age} days ago"
            raise UnseenFieldError(message)
        return None

    return each(stack, rule)


CHECKS = (
    Check(
        id="alarms-on-server-errors",
        title="Somebody is told when the API answers with errors",
        severity=Severity.HIGH,
        evidence_type="monitoring",
        needs=("alarms", "apis"),
        rationale="Errors that only callers see last as long as callers keep quiet.",
        remediation="Add an alarm on 5XXError of AWS/ApiGateway with the API's name as dimension.",
        judge=_server_errors,
    ),
    Check(
        id="alarms-on-stream-lag",
        title="Somebody is told when sealing or handing on falls behind",
        severity=Severity.MEDIUM,
        evidence_type="monitoring",
        needs=("alarms", "event_sources"),
        rationale="Events are sealed within a minute, or the trail can still be changed; a stream forgets after a day.",
        remediation="Add an alarm on IteratorAge of AWS/Lambda with the function's name as dimension.",
        judge=_lag,
    ),
    Check(
        id="alarms-tell-somebody",
        title="Alarms have somebody to tell",
        severity=Severity.HIGH,
        evidence_type="monitoring",
        needs=("alarms",),
        rationale="An alarm without an action is a light in an empty room.",
        remediation="Deploy with the parameter AlarmTopicArn, an SNS topic that people follow.",
        judge=_tell,
    ),
    Check(
        id="alarms-there",
        title="The alarms of the template are there",
        severity=Severity.MEDIUM,
        evidence_type="monitoring",
        needs=("alarms", "stack"),
        rationale="Removing an alarm is the quiet part of doing what it would tell of.",
        remediation="Deploy the template again; find out in CloudTrail who deleted the alarm.",
        judge=_there,
    ),
    Check(
        id="alarms-quiet",
        title="No alarm is going off",
        severity=Severity.MEDIUM,
        evidence_type="monitoring",
        needs=("alarms",),
        rationale="What an alarm tells of is to be answered: work that was lost, callers that get errors.",
        remediation="Find the cause in the logs, mend it, and send the dead letters again.",
        judge=_quiet,
    ),
    Check(
        id="stack-protected",
        title="The stack refuses to be deleted",
        severity=Severity.MEDIUM,
        evidence_type="configuration",
        needs=("stack",),
        rationale="Deleting is then two deliberate steps, by somebody who may do both.",
        remediation="aws cloudformation update-termination-protection --enable-termination-protection --stack-name ...",
        judge=_protected,
    ),
    Check(
        id="stack-settled",
        title="The last deployment went through",
        severity=Severity.MEDIUM,
        evidence_type="configuration",
        needs=("stack",),
        rationale="A stack that was rolled back does not run what was reviewed and approved.",
        remediation="Look at the stack's events, mend the cause, and deploy again.",
        judge=_settled,
    ),
    Check(
        id="stack-not-drifted",
        title="Nothing was changed beside the template",
        severity=Severity.HIGH,
        evidence_type="configuration",
        needs=("stack",),
        rationale="A change by hand is a change that nobody reviewed, and that the next deployment may undo or not.",
        remediation="aws cloudformation detect-stack-drift; put the change into the template or take it back.",
        judge=_not_drifted,
    ),
)
