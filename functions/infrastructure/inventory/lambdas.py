"""The stack's Lambda functions.

`replicas` is their provisioned concurrency. Their CPU is measured where Lambda Insights is switched on; without it, it
is told for how much of the time their environments were running, since Lambda gives CPU only to those that run.
"""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from typing import Any

from infrastructure import functions, services
from infrastructure.inventory.figures import WINDOW, Figure
from infrastructure.inventory.model import Kind, Resource, State, Usage, share
from infrastructure.limits import MB_PER_VCPU
from pentarch.platform import clients
from pentarch.platform.clock import epoch_ms, parse_iso

_THREADS = 8
_WORD = re.compile(r"[A-Z][a-z0-9]*")
_REPORT = re.compile(r"Memory Size: (\d+) MB\s+Max Memory Used: (\d+) MB")
_LINES = 100
"""Of one function's reports that are looked at; the most that any of them used is told."""
_INSIGHTS = "LambdaInsights"


def resources() -> list[Resource]:
    """Without their usage, which needs figures."""
    named = functions.of_stack(os.environ["STACK_NAME"])
    with ThreadPoolExecutor(_THREADS) as threads:
        return list(threads.map(lambda pair: _resource(*pair), sorted(named.items())))


def wanted(one: Resource) -> Iterator[Figure]:
    own = (("FunctionName", _physical(one)),)
    yield Figure("AWS/Lambda", "Invocations", own, "Sum")
    yield Figure("AWS/Lambda", "Duration", own, "Sum")
    yield Figure("AWS/Lambda", "ConcurrentExecutions", own, "Maximum")
    insights = (("function_name", _physical(one)),)
    yield Figure(_INSIGHTS, "cpu_total_time", insights, "Sum")
    yield Figure(_INSIGHTS, "memory_utilization", insights, "Maximum")


def measured(found: Iterable[Resource], figures: Mapping[Figure, float], at: datetime) -> list[Resource]:
    with ThreadPoolExecutor(_THREADS) as threads:
        return list(threads.map(lambda one: _measured(one, figures, at), found))


def _measured(one: Resource, figures: Mapping[Figure, float], at: datetime) -> Resource:
    invocations, duration, concurrent, cpu_time, memory = (figures.get(figure) for figure in wanted(one))
    if not invocations or not duration:
        return replace(one, usage=Usage(0.0, 0.0))  # no environment ran
    if cpu_time is not None:
        vcpus = one.details["memory_mb"] / MB_PER_VCPU
        cpu, basis = cpu_time / (duration * vcpus), "cpu_time"
    else:
        most_at_once = max(1.0, concurrent or 0.0, float(one.replicas))
        cpu, basis = duration / (WINDOW.total_seconds() * 1000 * most_at_once), "busy_time"
    used = memory / 100 if memory is not None else _reported_memory(one, at)
    return replace(one, usage=Usage(share(cpu), share(used)), details={**one.details, "cpu_basis": basis})


def _reported_memory(one: Resource, at: datetime) -> float | None:
    """The largest share that Lambda's own reports tell; None when there is none (yet)."""
    client = clients.inspection("logs")
    try:
        answer = client.filter_log_events(
            logGroupName=one.details["log_group"],
            startTime=epoch_ms(at - WINDOW),
            filterPattern='"REPORT RequestId"',
            limit=_LINES,
        )
    except client.exceptions.ResourceNotFoundException:
        return None
    found = [_REPORT.search(event["message"]) for event in answer["events"]]
    return max((int(one[2]) / int(one[1]) for one in found if one is not None), default=None)


def _resource(logical_id: str, physical: str) -> Resource:
    client = clients.lambda_functions()
    found: Any = client.get_function_configuration(FunctionName=physical)
    reserved: int | None = client.get_function_concurrency(FunctionName=physical).get("ReservedConcurrentExecutions")
    kept = _provisioned(physical)
    service = next((name for name, parts in services.SLICES.items() if services.slice_of(logical_id) in parts), None)
    return Resource(
        place=found["FunctionArn"],
        name=_name(logical_id, service),
        kind=Kind.FUNCTION,
        state=_state(found, reserved),
        replicas=kept.get("AllocatedProvisionedConcurrentExecutions", 0),
        updated_at=parse_iso(found["LastModified"]),
        service=service,
        details={
            "function": physical,
            "logical_id": logical_id,
            "memory_mb": int(found["MemorySize"]),
            "log_group": found.get("LoggingConfig", {}).get("LogGroup") or f"/aws/lambda/{physical}",
            "provisioned_concurrency": kept.get("RequestedProvisionedConcurrentExecutions", 0),
            "reserved_concurrency": reserved,
        },
    )


def _provisioned(physical: str) -> Mapping[str, Any]:
    client = clients.lambda_functions()
    try:
        return client.get_provisioned_concurrency_config(FunctionName=physical, Qualifier=functions.ALIAS)
    except client.exceptions.ProvisionedConcurrencyConfigNotFoundException:
        return {}


def _state(found: Mapping[str, Any], reserved: int | None) -> State:
    """One that was idle for weeks is Inactive and wakes up with its next call; one that reserves nothing is shut."""
    if found.get("State") == "Failed":
        return State.FAILED
    return State.STOPPED if reserved == 0 or found.get("State") == "Pending" else State.RUNNING


def _name(logical_id: str, service: str | None) -> str:
    """`ai-gateway-worker` of LlmWorkerFunction."""
    words = [word.lower() for word in _WORD.findall(logical_id.removesuffix("Function"))]
    return "-".join([service, *words[1:]] if service else words)


def _physical(one: Resource) -> str:
    return str(one.details["function"])
