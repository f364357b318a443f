"""Seals the event log: reads its stream, and appends each tenant's events to the tenant's tree.

Sealing can be repeated, as an event that has a leaf is passed over. So a delivery is simply done again whenever
something did not answer; what can never be sealed goes to the dead-letter queue as it is, and delays nothing.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from compliance.sealing import appending, metrics
from pentarch.events import stream
from pentarch.events.model import Event
from pentarch.platform.passing import is_passing


def handler(event: Mapping[str, Any], _: Any) -> dict[str, Any]:  # noqa: ANN401 (Lambda's context)
    delivery = stream.read(event["Records"])
    for tenant, records in delivery.by_tenant(delivery.read).items():
        try:
            _seal(tenant, [event for _, event in records])
        except Exception as error:
            if is_passing(error):
                raise
            delivery.each(lambda event: _seal(event.tenant, [event]), records)
    delivery.set_aside("SEALER_DEAD_LETTER_QUEUE_URL")
    return {"batchItemFailures": []}


def _seal(tenant: str, told: Sequence[Event]) -> None:
    for sealed in appending.seal(tenant, told):
        metrics.emit(sealed)
