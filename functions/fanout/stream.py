"""From the event log on: counts what model calls used, lists events and choices, hands work and news to their queues.

All can be repeated: usage and lists take each event in once, and workers expect messages that come twice. So the batch
is simply done again, from its beginning, whenever something did not answer: this function then raises, which every
event source understands. What can never be handled goes to the dead-letter queue as it is, and delays nothing.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from fanout import handover, latency, live, metrics, routing, totals, usage
from pentarch.audit import store as audit
from pentarch.events import stream
from pentarch.events.live import ENDING, LIVE
from pentarch.events.model import Event
from pentarch.events.stream import Delivery, Record
from pentarch.platform import clock
from pentarch.platform.passing import is_passing
from pentarch.usage.store import count_once
from pentarch.work import queue


def handler(event: Mapping[str, Any], _: Any) -> dict[str, Any]:  # noqa: ANN401 (Lambda's context)
    delivery = stream.read(event["Records"])
    _count_usage(delivery)
    _hand_over(delivery)
    _together(delivery, delivery.of_types(LIVE.__contains__), live.hand_over)
    delivery.each(live.cut_off, delivery.of_types(ENDING.__contains__))
    delivery.each(routing.index, delivery.of_types(lambda kind: kind.startswith(routing.PREFIXES)))
    _together(delivery, delivery.read, audit.add)
    delivery.set_aside("FANOUT_DEAD_LETTER_QUEUE_URL")
    metrics.emit(delivery.handled)
    return {"batchItemFailures": []}


def _count_usage(delivery: Delivery) -> None:
    at = clock.now()

    def count(tenant: str, served: Sequence[Event]) -> None:
        counted = {event.id: usage.additions(event) for event in served}
        count_once(
            tenant,
            counted,
            at,
            totals={event.id: totals.totals(event) for event in served},
            amounts={event.id: latency.additions(event) for event in served},
        )

    counted = usage.COUNTED | totals.COUNTED | latency.COUNTED
    _together(delivery, delivery.of_types(counted.__contains__), count)


def _together(
    delivery: Delivery, records: Iterable[tuple[Record, Event]], act: Callable[[str, Sequence[Event]], None]
) -> None:
    """Each tenant's events at once, which is fewer calls; one by one if that is refused."""
    for tenant, found in delivery.by_tenant(records).items():
        try:
            act(tenant, [event for _, event in found])
        except Exception as error:
            if is_passing(error):
                raise
            delivery.each(lambda event: act(event.tenant, [event]), found)


def _hand_over(delivery: Delivery) -> None:
    """Equal messages of a batch are sent once: of a job's shards that end together, one is enough."""
    sent: set[str] = set()

    def send(event: Event) -> None:
        for route in handover.routes_of(event):
            message = route.message(event)
            name = json.dumps([route.queue, message], sort_keys=True)
            if name not in sent:
                queue.send(route.queue, message, tenant=event.tenant)
                sent.add(name)

    delivery.each(send, delivery.of_types(handover.is_handed_over))
