"""Reading a delivery of the event log's stream: each record for itself, and none is lost.

What fails for a while is raised, and the whole delivery comes again, which its reader must be able to repeat. What can
never be handled goes to a dead-letter queue as it is, and delays nothing.
"""

import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pentarch.events import store
from pentarch.events.model import Event
from pentarch.platform import clients
from pentarch.platform.observability import logger
from pentarch.platform.passing import is_passing

Record = Mapping[str, Any]


@dataclass(slots=True)
class Delivery:
    """The records of one delivery, and those among them that can never be handled."""

    read: list[tuple[Record, Event]] = field(default_factory=list)
    hopeless: list[Record] = field(default_factory=list)

    @property
    def handled(self) -> list[Event]:
        lost = set(map(id, self.hopeless))
        return [event for record, event in self.read if id(record) not in lost]

    def of_types(self, chosen: Callable[[str], bool]) -> list[tuple[Record, Event]]:
        return [(record, event) for record, event in self.read if chosen(event.type)]

    @staticmethod
    def by_tenant(records: Iterable[tuple[Record, Event]]) -> dict[str, list[tuple[Record, Event]]]:
        found: dict[str, list[tuple[Record, Event]]] = {}
        for record, event in records:
            found.setdefault(event.tenant, []).append((record, event))
        return found

    def each(self, act: Callable[[Event], None], records: Iterable[tuple[Record, Event]]) -> None:
        """Do something with each event alone; one that it can never be done with is hopeless."""
        for record, event in records:
            try:
                act(event)
            except Exception as error:
                if is_passing(error):
                    raise
                logger().exception("event cannot be handled", event_id=event.id, event_type=event.type)
                self.hopeless.append(record)

    def set_aside(self, variable: str) -> None:
        """Put what is hopeless on the queue whose address a variable of the environment has."""
        for record in {id(record): record for record in self.hopeless}.values():
            body = json.dumps(record, default=str)
            clients.sqs().send_message(QueueUrl=os.environ[variable], MessageBody=body)


def read(records: Sequence[Record]) -> Delivery:
    delivery = Delivery()
    for record in records:
        if record.get("eventName") != "INSERT":
            continue  # events are never changed; those that are removed were pruned
        try:
            delivery.read.append((record, store.from_image(record["dynamodb"]["NewImage"])))
        except (AttributeError, KeyError, TypeError, ValueError):
            logger().exception("a record of the stream is no event")
            delivery.hopeless.append(record)
    return delivery
