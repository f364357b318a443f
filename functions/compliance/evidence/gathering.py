"""Runs collectors side by side within a bound of time; what fails or is late is unseen, and says why."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from concurrent.futures import TimeoutError as LateError
from typing import TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from compliance import stopping
from compliance.evidence.context import Collector, Context, Resource
from compliance.facts import unseen
from compliance.model import LATE, JsonObject, Section, Unseen
from pentarch.platform.observability import logger

COLLECTORS_AT_ONCE = 12
ITEMS_AT_ONCE = 6
WITHIN_S = 20
"""API Gateway answers for a function after 29 s; judging, storing and a cold start want the rest."""

T = TypeVar("T")
R = TypeVar("R")


def collect(
    context: Context, collectors: Mapping[str, Collector], names: Iterable[str], within: float = WITHIN_S
) -> dict[str, Section]:
    """The named sections. Collectors that are still at work after `within` seconds are left alone: they only read."""
    wanted = dict.fromkeys(names)
    pool = ThreadPoolExecutor(COLLECTORS_AT_ONCE, thread_name_prefix="evidence")
    ends = time.monotonic() + within
    try:
        begun = {name: pool.submit(collectors[name], context) for name in wanted if name in collectors}
        _wait(begun.values(), ends)
        return {name: _section(name, begun.get(name), ends) for name in wanted}
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _wait(begun: "Iterable[Future[Sequence[JsonObject]]]", ends: float) -> None:
    """For the last of them, or the end of the time; or for the end of whoever wants them."""
    left = set(begun)
    while left and (seconds := ends - time.monotonic()) > 0:
        _, left = wait(left, timeout=min(seconds, stopping.LOOK_EVERY_S))
        stopping.look_up()


def items(describe: Callable[[Resource], JsonObject], resources: Iterable[Resource]) -> list[JsonObject]:
    """One item for each resource; of one that could not be described only the names are known, and why."""

    def item(resource: Resource) -> JsonObject:
        try:
            return describe(resource)
        except (BotoCoreError, ClientError, KeyError, ValueError) as error:
            return {"name": resource.physical_id, "logical_id": resource.logical_id} | unseen(explained(error))

    return over(item, resources)


def over(read: Callable[[T], R], things: Iterable[T]) -> list[R]:
    """`read` of each thing, several at once and in their order: for collectors that make calls for each resource."""
    with ThreadPoolExecutor(ITEMS_AT_ONCE, thread_name_prefix="evidence-item") as pool:
        return list(pool.map(read, things))


def _section(name: str, begun: "Future[Sequence[JsonObject]] | None", ends: float) -> Section:
    if begun is None:
        return Unseen(f"nothing collects {name}")
    try:
        return tuple(begun.result(timeout=max(0.0, ends - time.monotonic())))
    except LateError as error:
        reason = explained(error) if begun.done() else LATE
    except Exception as error:  # noqa: BLE001 (whatever stops a collector, its evidence was not seen)
        reason = explained(error)
    logger().warning("evidence unseen", section=name, reason=reason)
    return Unseen(reason)


def explained(error: Exception) -> str:
    """Why something was not seen, in words that may be shown: a service's code and call, never its free text."""
    if isinstance(error, ClientError):
        code = error.response.get("Error", {}).get("Code") or "an error without a code"
        return f"{error.operation_name} answered {code}"
    if isinstance(error, BotoCoreError):
        return f"the service was not reached ({type(error).__name__})"
    if isinstance(error, KeyError):
        return "the answer does not hold it"
    return f"it could not be read ({type(error).__name__})"
