"""Asking what a service needs whether it answers. Every number here was measured by the asking."""

import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from pentarch.llm import catalogue
from pentarch.llm.cache import CacheItem
from pentarch.platform import clients
from pentarch.platform.observability import logger

FRESH_FOR_S = 5.0
"""Health is public: within this time everybody is told the same, so that asking often costs nothing."""

NLP = "NLP_API_FUNCTION"
_INVOCATION_TIMEOUT_S = 10
"""Room for a cold start."""
HEALTHY, DEGRADED, UNHEALTHY, ABSENT = "healthy", "degraded", "unhealthy", "not_deployed"


@dataclass(frozen=True, slots=True)
class Finding:
    status: str
    seconds: float
    facts: dict[str, Any]


_started = time.monotonic()


def uptime() -> float:
    """Seconds since this execution environment began: the only uptime that a Lambda has."""
    return round(time.monotonic() - _started, 3)


def storage() -> Finding:
    """One read of a key that is not there: the table answers, or it does not."""

    def ask() -> dict[str, Any]:
        clients.dynamodb().get_item(
            TableName=CacheItem.Meta.table_name, Key={"tenant": {"S": "@health"}, "key": {"S": "-"}}
        )
        return {}

    return _fresh("storage", ask)


def language_models() -> Finding:
    def ask() -> dict[str, Any]:
        known = catalogue.current()
        queue = clients.sqs().get_queue_attributes(
            QueueUrl=os.environ["LLM_WORK_QUEUE_URL"], AttributeNames=["ApproximateNumberOfMessages"]
        )
        return {
            "models_loaded": len(known.backends),
            "queue_size": int(queue["Attributes"]["ApproximateNumberOfMessages"]),
            "unavailable_providers": sorted(known.unavailable),
        }

    return _fresh("language_models", ask)


def natural_language() -> Finding:
    """The service's own function says what it takes of its memory."""
    if NLP not in os.environ:
        return Finding(ABSENT, 0.0, {})

    def ask() -> dict[str, Any]:
        asked = clients.prediction_functions(_INVOCATION_TIMEOUT_S)
        answer = asked.invoke(FunctionName=os.environ[NLP], Payload=json.dumps({"health": True}))
        return {"memory_bytes": int(json.loads(answer["Payload"].read())["memory_bytes"])}

    return _fresh("natural_language", ask)


def work(service: str) -> Finding:
    """Whether the queue of a service's work answers; a service without one is not part of this stack."""
    variable = f"{service.upper()}_WORK_QUEUE_URL"
    if variable not in os.environ:
        return Finding(ABSENT, 0.0, {})

    def ask() -> dict[str, Any]:
        queue = clients.sqs().get_queue_attributes(
            QueueUrl=os.environ[variable], AttributeNames=["ApproximateNumberOfMessages"]
        )
        return {"queue_size": int(queue["Attributes"]["ApproximateNumberOfMessages"])}

    return _fresh(service, ask)


def monitoring() -> Finding:
    """Whether CloudWatch answers."""

    def ask() -> dict[str, Any]:
        clients.inspection("cloudwatch").describe_alarms(
            AlarmNamePrefix=f"{os.environ['STACK_NAME']}-", StateValue="ALARM", MaxRecords=1
        )
        return {}

    return _fresh("monitoring", ask)


def files() -> Finding:
    def ask() -> dict[str, Any]:
        clients.s3().head_bucket(Bucket=os.environ["FILES_BUCKET"])
        return {}

    return _fresh("files", ask)


def connection_pool() -> dict[str, int]:
    """The connections that this environment keeps to DynamoDB; botocore counts them, and tells nobody."""
    client: Any = clients.dynamodb()
    most = int(client.meta.config.max_pool_connections)
    manager = client._endpoint.http_session._manager  # noqa: SLF001 (there is no other way to them)
    pools = [manager.pools[key].pool for key in manager.pools.keys()]  # noqa: SIM118 (urllib3's container has no other)
    slots = [slot for pool in pools if pool is not None for slot in list(pool.queue)]
    taken = sum(pool.maxsize - pool.qsize() for pool in pools if pool is not None)
    return {"active": taken, "idle": sum(slot is not None for slot in slots), "max": most}


def overall(*findings: Finding) -> str:
    """The worst of what is deployed."""
    statuses = {finding.status for finding in findings}
    if UNHEALTHY in statuses:
        return UNHEALTHY
    return DEGRADED if DEGRADED in statuses else HEALTHY


@cache
def _memory() -> dict[str, tuple[float, Finding]]:
    return {}


def _fresh(name: str, ask: Callable[[], dict[str, Any]]) -> Finding:
    since, known = _memory().get(name, (float("-inf"), None))
    if known is not None and time.monotonic() - since < FRESH_FOR_S:
        return known
    started = time.perf_counter()
    try:
        facts = ask()
        status = DEGRADED if facts.get("unavailable_providers") else HEALTHY
    except Exception as error:  # noqa: BLE001 (whatever it is, it is the finding)
        logger().warning("probe failed", probe=name, reason=type(error).__name__)
        facts, status = {}, UNHEALTHY
    finding = Finding(status, round(time.perf_counter() - started, 6), facts)
    _memory()[name] = (time.monotonic(), finding)
    return finding
