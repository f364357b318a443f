"""The inventory: all sources beside each other, then the figures of everything in one question to CloudWatch."""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from botocore.exceptions import BotoCoreError, ClientError

from infrastructure.inventory import clusters, containers, figures, lambdas, machines
from infrastructure.inventory.figures import Figure
from infrastructure.inventory.model import Gap, Inventory, Kind, Resource
from pentarch.platform.observability import logger

TAG = "pentarch:stack"
"""What is not Lambda's is the stack's if it has this tag with the stack's name."""
FRESH_S = 5.0
"""Control planes answer few questions a second, so within this time the same is told again."""

Source = Callable[[], list[Resource]]


@dataclass(slots=True)
class _Known:
    read_at: float = float("-inf")
    inventory: Inventory = field(default_factory=lambda: Inventory(()))


@cache
def _known() -> _Known:
    return _Known()


def current(at: datetime, *, fresh: bool = False) -> Inventory:
    known = _known()
    if fresh or time.monotonic() - known.read_at >= FRESH_S:
        known.inventory, known.read_at = read(at), time.monotonic()
    return known.inventory


def forget() -> None:
    """Read again at the next use: after a change, and for tests."""
    _known.cache_clear()


def read(at: datetime) -> Inventory:
    stack = os.environ["STACK_NAME"]
    sources: Mapping[str, Source] = {
        "lambda": lambdas.resources,
        "ecs": lambda: containers.resources(TAG, stack),
        "ec2": lambda: machines.resources(TAG, stack),
        "eks": lambda: clusters.resources(TAG, stack),
    }
    with ThreadPoolExecutor(len(sources)) as threads:
        answers = list(threads.map(lambda pair: _asked(*pair), sources.items()))
    found = [one for rows, _ in answers for one in rows]
    gaps = [gap for _, gap in answers if gap is not None]
    measured: dict[Figure, float] | None = None
    try:
        measured = figures.read([figure for one in found for figure in _wanted(one)], at)
    except (BotoCoreError, ClientError) as error:
        gaps.append(_gap("cloudwatch", error))
    rows = found if measured is None else _measured(found, measured, at)
    return Inventory(tuple(sorted(rows, key=lambda one: (one.kind, one.name, one.place))), tuple(gaps))


def _asked(name: str, source: Source) -> tuple[list[Resource], Gap | None]:
    """A source that does not answer leaves a gap that is told, and the others are there all the same."""
    try:
        return source(), None
    except (BotoCoreError, ClientError, clusters.ClusterError) as error:
        return [], _gap(name, error)


def _gap(name: str, error: Exception) -> Gap:
    logger().warning("a source of the inventory does not answer", source=name, exc_info=error)
    reason = error.response["Error"].get("Code", "") if isinstance(error, ClientError) else ""
    return Gap(name, reason or type(error).__name__)


def _wanted(one: Resource) -> Iterator[Figure]:
    match one.kind:
        case Kind.FUNCTION:
            yield from lambdas.wanted(one)
        case Kind.CONTAINERS:
            yield from containers.wanted(one)
        case Kind.INSTANCE | Kind.SCALING_GROUP:
            yield from machines.wanted(one)
        case Kind.DEPLOYMENT:
            return  # measured by the cluster itself


def _measured(found: list[Resource], measured: Mapping[Figure, float], at: datetime) -> list[Resource]:
    rows = lambdas.measured([one for one in found if one.kind is Kind.FUNCTION], measured, at)
    for one in found:
        match one.kind:
            case Kind.FUNCTION:
                continue
            case Kind.CONTAINERS:
                rows.append(containers.measured(one, measured))
            case Kind.INSTANCE | Kind.SCALING_GROUP:
                rows.append(machines.measured(one, measured))
            case Kind.DEPLOYMENT:
                rows.append(one)
    return rows
