"""What an event of a model call adds to the usage table: pure rules.

A call counts when a model, or the cache, gave something, whole or in part; refused and failed calls gave nothing and
cost nothing, so they are told of in the log and not in the usage.
"""

from collections.abc import Mapping
from typing import Any

from pentarch.events.model import Event
from pentarch.usage.model import Consumption
from pentarch.usage.store import day_key, month_key, shadow_keys, specialist_key

SERVED = frozenset({"llm.completed", "llm.cached", "llm.interrupted", "llm.abandoned"})
PREDICTED = "specialist.predicted"
ANALYZED = frozenset({"vision.completed", "nlp.completed"})
COUNTED = SERVED | ANALYZED | {PREDICTED}

Addition = tuple[str, Consumption]


def additions(event: Event) -> list[Addition]:
    """The sums that an event goes into: its day's row of model and credential, its month, its specialist's."""
    if event.type == PREDICTED:
        served = Consumption(requests=1, milliseconds=int(event.data["latency_ms"]))
        return [(specialist_key(event.resource), served), *_compared(event.data)]
    data = event.data
    if event.type in ANALYZED:
        return _of_day_and_month(
            event,
            Consumption(
                requests=1, cost_nano_usd=int(data["cost_nano_usd"]), milliseconds=round(float(data["latency_ms"]))
            ),
        )
    if event.type not in SERVED:
        return []
    consumption = Consumption(
        requests=1,
        cached_requests=int(bool(data["cached"])),
        prompt_tokens=int(data["prompt_tokens"]),
        completion_tokens=int(data["completion_tokens"]),
        cost_nano_usd=int(data["cost_nano_usd"]),
        milliseconds=int(data["latency_ms"]),
    )
    found = _of_day_and_month(event, consumption)
    specialist = data.get("specialist", {})
    if specialist.get("answered"):
        served = Consumption(requests=1, milliseconds=consumption.milliseconds)
        found += [(specialist_key(str(specialist["specialist_id"])), served), *_compared(specialist)]
    return found


def _of_day_and_month(event: Event, consumption: Consumption) -> list[Addition]:
    day = event.at.date()
    return [(day_key(day, str(event.data["model"]), event.actor), consumption), (month_key(day), consumption)]


def _compared(facts: Mapping[str, Any]) -> list[Addition]:
    """What a shadow said to the same inputs, where one was asked."""
    shadow = facts.get("shadow")
    if shadow is None:
        return []
    compared, agreed = shadow_keys(str(shadow["deployment_id"]))
    found = [(compared, Consumption(requests=int(shadow["compared"])))]
    return [*found, (agreed, Consumption(requests=int(shadow["agreed"])))] if shadow["agreed"] else found
