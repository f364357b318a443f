"""From the event log on: counts what model calls used, lists how models were chosen, and hands work to its queue.

Both can be repeated: usage is counted once for each event, and workers expect messages that come twice. So the batch
is simply done again, from its beginning, whenever something did not answer: this function then raises, which every
event source understands. What can never be handled goes to the dead-letter queue as it is, and delays nothing.
"""

import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException

from fanout import handover, metrics, routing, usage
from pentarch.events import store as events
from pentarch.events.model import Event
from pentarch.platform import clients, clock
from pentarch.platform.errors import UnavailableError
from pentarch.platform.observability import logger
from pentarch.usage.store import count_once
from pentarch.work import queue

_HOPELESS = frozenset({"ValidationException", "ValidationError", "InvalidMessageContents"})
"""AWS's words for a request that will be refused as often as it is made."""


@dataclass(slots=True)
class Batch:
    """The records of one delivery, and those among them that can never be handled."""

    read: list[tuple[Mapping[str, Any], Event]] = field(default_factory=list)
    hopeless: list[Mapping[str, Any]] = field(default_factory=list)

    @property
    def handled(self) -> list[Event]:
        lost = set(map(id, self.hopeless))
        return [event for record, event in self.read if id(record) not in lost]

    def each(self, act: Callable[[Event], None], records: Iterable[tuple[Mapping[str, Any], Event]]) -> None:
        for record, event in records:
            try:
                act(event)
            except Exception as error:
                if is_passing(error):
                    raise
                logger().exception("event cannot be handled", event_id=event.id, event_type=event.type)
                self.hopeless.append(record)


def handler(event: Mapping[str, Any], _: Any) -> dict[str, Any]:  # noqa: ANN401 (Lambda's context)
    batch = _read(event["Records"])
    _count_usage(batch)
    _hand_over(batch)
    batch.each(
        routing.index, [(record, event) for record, event in batch.read if event.type.startswith(routing.PREFIX)]
    )
    _set_aside(batch.hopeless)
    metrics.emit(batch.handled)
    return {"batchItemFailures": []}


def is_passing(error: Exception) -> bool:
    """Whether the same call may succeed later: AWS was out of reach or busy, or did not let us."""
    cause = error.cause if isinstance(error, PynamoDBException) and error.cause is not None else error
    if isinstance(cause, ClientError):
        reasons: list[dict[str, Any]] = cause.response.get("CancellationReasons", [])  # type: ignore[assignment]
        codes = {cause.response["Error"].get("Code"), *(reason.get("Code") for reason in reasons)}
        return not codes & _HOPELESS
    return isinstance(cause, BotoCoreError | UnavailableError)


def _read(records: Sequence[Mapping[str, Any]]) -> Batch:
    batch = Batch()
    for record in records:
        if record.get("eventName") != "INSERT":
            continue  # events are never changed
        try:
            batch.read.append((record, events.from_image(record["dynamodb"]["NewImage"])))
        except (AttributeError, KeyError, TypeError, ValueError):
            logger().exception("a record of the stream is no event")
            batch.hopeless.append(record)
    return batch


def _count_usage(batch: Batch) -> None:
    """Each tenant's events together, which is fewer transactions; one by one if that is refused."""
    at = clock.now()
    by_tenant: dict[str, list[tuple[Mapping[str, Any], Event]]] = {}
    for record, event in batch.read:
        if event.type in usage.SERVED:
            by_tenant.setdefault(event.tenant, []).append((record, event))
    for tenant, records in by_tenant.items():
        try:
            count_once(tenant, {event.id: usage.additions(event) for _, event in records}, at)
        except Exception as error:
            if is_passing(error):
                raise
            batch.each(lambda event: count_once(event.tenant, {event.id: usage.additions(event)}, at), records)


def _hand_over(batch: Batch) -> None:
    """Equal messages of a batch are sent once: of a job's shards that end together, one is enough."""
    sent: set[str] = set()

    def send(event: Event) -> None:
        route = handover.ROUTES[event.type]
        message = route.message(event)
        name = json.dumps([route.queue, message], sort_keys=True)
        if name not in sent:
            queue.send(route.queue, message, tenant=event.tenant)
            sent.add(name)

    batch.each(send, [(record, event) for record, event in batch.read if event.type in handover.ROUTES])


def _set_aside(records: Iterable[Mapping[str, Any]]) -> None:
    for record in records:
        clients.sqs().send_message(
            QueueUrl=os.environ["FANOUT_DEAD_LETTER_QUEUE_URL"],
            MessageBody=json.dumps(record, default=str),
        )
