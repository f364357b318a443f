"""How work travels: queues, the sources that start functions, schedules, rules and state machines."""

from collections.abc import Mapping, Sequence
from typing import Any

from compliance.evidence.asking import document, field
from compliance.evidence.context import Collector, Context, Resource
from compliance.evidence.gathering import items
from compliance.model import JsonObject
from pentarch.platform import clients


def queues(context: Context) -> Sequence[JsonObject]:
    return items(_queue, context.resources("AWS::SQS::Queue"))


def _queue(resource: Resource) -> JsonObject:
    sqs = clients.inspection("sqs")
    attributes = sqs.get_queue_attributes(QueueUrl=resource.physical_id, AttributeNames=["All"])["Attributes"]
    redrive = document(attributes.get("RedrivePolicy")) or {}
    return {
        "name": attributes["QueueArn"].rpartition(":")[2],
        "logical_id": resource.logical_id,
        "arn": attributes["QueueArn"],
        "kms_key": attributes.get("KmsMasterKeyId"),
        "managed_encryption": attributes.get("SqsManagedSseEnabled") == "true",
        "dead_letter": redrive.get("deadLetterTargetArn"),
        "retention_s": int(attributes["MessageRetentionPeriod"]),
        "policy": document(attributes.get("Policy")),
    }


def event_sources(context: Context) -> Sequence[JsonObject]:
    return items(_event_source, context.resources("AWS::Lambda::EventSourceMapping"))


def _event_source(resource: Resource) -> JsonObject:
    mapping = clients.inspection("lambda").get_event_source_mapping(UUID=resource.physical_id)
    source = mapping["EventSourceArn"]
    destinations = mapping.get("DestinationConfig") or {}
    return {
        "name": resource.logical_id,
        "source": source,
        "service": source.split(":")[2],
        "function": mapping["FunctionArn"].split(":function:")[-1].partition(":")[0],
        "state": mapping["State"],
        "on_failure": (destinations.get("OnFailure") or {}).get("Destination"),
        "partial_failures": "ReportBatchItemFailures" in (mapping.get("FunctionResponseTypes") or ()),
    }


def schedules(context: Context) -> Sequence[JsonObject]:
    """Schedules of EventBridge Scheduler, and rules of EventBridge; both start functions that nobody waits for."""
    timed = items(_schedule, context.resources("AWS::Scheduler::Schedule"))
    return [*timed, *items(_rule, context.resources("AWS::Events::Rule"))]


def _schedule(resource: Resource) -> JsonObject:
    schedule = clients.inspection("scheduler").get_schedule(Name=resource.physical_id)
    return {
        "name": resource.physical_id,
        "logical_id": resource.logical_id,
        "state": schedule["State"],
        "targets": [_target(schedule["Target"])],
    }


def _rule(resource: Resource) -> JsonObject:
    events = clients.inspection("events")
    bus, _, name = resource.physical_id.rpartition("|")  # a rule of a bus of its own is called `bus|rule`
    where = {"EventBusName": bus} if bus else {}
    rule = events.describe_rule(Name=name, **where)
    targets = events.list_targets_by_rule(Rule=name, **where)["Targets"]
    return {
        "name": name,
        "logical_id": resource.logical_id,
        "state": rule["State"],
        "targets": [_target(target) for target in targets],
    }


def _target(target: Mapping[str, Any]) -> JsonObject:
    return {"arn": target["Arn"], "dead_letter": (target.get("DeadLetterConfig") or {}).get("Arn")}


def state_machines(context: Context) -> Sequence[JsonObject]:
    return items(_state_machine, context.resources("AWS::StepFunctions::StateMachine"))


def _state_machine(resource: Resource) -> JsonObject:
    machine = clients.inspection("stepfunctions").describe_state_machine(stateMachineArn=resource.physical_id)
    logging = field(lambda: machine["loggingConfiguration"])
    return {
        "name": machine["name"],
        "logical_id": resource.logical_id,
        "log_level": field(lambda: logging["level"]),
        "logs_data": field(lambda: logging.get("includeExecutionData", False)),
        "tracing": field(lambda: machine["tracingConfiguration"]["enabled"]),
    }


COLLECTORS: Mapping[str, Collector] = {
    "queues": queues,
    "event_sources": event_sources,
    "schedules": schedules,
    "state_machines": state_machines,
}
