"""How the stack's functions run and where they log. Of their variables only the names are kept."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from compliance.evidence import runtimes, secretlike
from compliance.evidence.asking import document, field
from compliance.evidence.context import Collector, Context, Resource
from compliance.evidence.gathering import explained, over
from compliance.facts import is_unseen, unseen
from compliance.model import JsonObject
from pentarch.platform import clients

NEWEST = "$LATEST"
"""What Lambda calls the version that was deployed last, published or not."""
GROUPS_A_CALL = 50
"""The most log groups that DescribeLogGroups takes by name."""


def functions(context: Context) -> Sequence[JsonObject]:
    """An item for each function as it was deployed last, and one for each alias: what callers reach runs there.

    Lambda answers 15 such calls a second, all functions together, so it is asked as little as can be.
    """
    told = frozenset(
        entry.physical_id.partition(":")[0] for entry in context.resources("AWS::Lambda::EventInvokeConfig")
    )
    known = _Known(_references(context), told, context.at)
    found = over(lambda resource: _variants(resource, known), context.resources("AWS::Lambda::Function"))
    return [item for variants in found for item in variants]


@dataclass(frozen=True)
class _Known:
    references: Collection[str]
    told: Collection[str]
    """Functions of which the template says where asynchronous calls go that failed."""
    at: datetime


def _references(context: Context) -> frozenset[str]:
    """What variables may call a resource: a secret by its name too, before the six characters of AWS in its ARN."""
    own = [entry.physical_id for entry in context.everything()]
    return frozenset(name for arn in own for name in (arn, arn.rpartition(":")[2], arn.rpartition(":")[2][:-7]))


def _variants(function: Resource, known: _Known) -> list[JsonObject]:
    service, name = clients.inspection("lambda"), function.physical_id
    try:
        pages = service.get_paginator("list_versions_by_function").paginate(FunctionName=name)
        versions = {version["Version"]: version for page in pages for version in page["Versions"]}
        listed = service.get_paginator("list_aliases").paginate(FunctionName=name)
        aliases = [alias for page in listed for alias in page["Aliases"]]
        variants = {"": versions[NEWEST]}
        for alias in aliases:
            shares = (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
            variants |= {alias["Name"]: versions[alias["FunctionVersion"]]} | {v: versions[v] for v in shares}
    except (BotoCoreError, ClientError, KeyError) as error:
        return [{"name": name, "logical_id": function.logical_id} | unseen(explained(error))]
    shared = {
        "logical_id": function.logical_id,
        "function": name,
        "urls": field(
            lambda: [
                {"authorization": entry["AuthType"]}
                for entry in service.list_function_url_configs(FunctionName=name)["FunctionUrlConfigs"]
            ]
        ),
    }
    failing = field(lambda: _failing(name)) if name in known.told else unseen("the template does not set it")
    return [{**shared, **_variant(name, place, made, failing, known)} for place, made in variants.items()]


def _variant(name: str, place: str, made: Mapping[str, Any], failing: Mapping[str, Any], known: _Known) -> JsonObject:
    which = {"FunctionName": name} | ({"Qualifier": place} if place else {})
    runtime = made.get("Runtime")
    return {
        "name": f"{name}:{place}" if place else name,
        "runtime": runtime,
        "support_days_left": runtimes.support_days_left(runtime, known.at) if runtime else None,
        "packaged": made.get("PackageType", "Zip"),
        "variables": field(lambda: _variables(made, known.references)),
        "tracing": made.get("TracingConfig", {}).get("Mode", "PassThrough"),
        "role": field(lambda: made["Role"]),
        "log_group": made.get("LoggingConfig", {}).get("LogGroup") or f"/aws/lambda/{name}",
        "timeout_s": made.get("Timeout"),
        "memory_mb": made.get("MemorySize"),
        "dead_letter": made.get("DeadLetterConfig", {}).get("TargetArn"),
        "on_failure": failing if is_unseen(failing) else failing.get(place),
        "policy": field(
            lambda: document(clients.inspection("lambda").get_policy(**which)["Policy"]),
            {"ResourceNotFoundException": None},
        ),
    }


def _variables(configuration: Mapping[str, Any], references: Collection[str]) -> list[JsonObject]:
    environment = configuration.get("Environment", {})
    if environment.get("Error"):  # the variables could not be decrypted
        raise ValueError(environment["Error"].get("ErrorCode"))
    return [
        {"name": name, "looks_secret": secretlike.reason(name, value, references)}
        for name, value in sorted(environment.get("Variables", {}).items())
    ]


def _failing(name: str) -> dict[str, str]:
    """Where asynchronous calls go that failed, by alias; by nothing for the function itself."""
    listed = clients.inspection("lambda").list_function_event_invoke_configs(FunctionName=name)
    found: dict[str, str] = {}
    for configuration in listed["FunctionEventInvokeConfigs"]:
        place = configuration["FunctionArn"].split(":function:")[-1].partition(":")[2].removeprefix(NEWEST)
        destination = configuration.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
        if destination:
            found[place] = destination
    return found


def log_groups(context: Context) -> Sequence[JsonObject]:
    """Groups that the template declares; a group that is not there any more is said to be gone."""
    logical = {entry.physical_id: entry.logical_id for entry in context.resources("AWS::Logs::LogGroup")}
    names = sorted(logical)
    pages = clients.inspection("logs").get_paginator("describe_log_groups")
    found = {
        group["logGroupName"]: group
        for first in range(0, len(names), GROUPS_A_CALL)
        for page in pages.paginate(logGroupIdentifiers=names[first : first + GROUPS_A_CALL])
        for group in page["logGroups"]
    }
    return [
        {
            "name": name,
            "logical_id": logical[name],
            "exists": name in found,
            "retention_days": found.get(name, {}).get("retentionInDays"),
            "kms_key": found.get(name, {}).get("kmsKeyId"),
        }
        for name in names
    ]


COLLECTORS: Mapping[str, Collector] = {"functions": functions, "log_groups": log_groups}
