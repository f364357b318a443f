"""What an event of a call adds to its model's latency histogram: pure rules."""

from collections.abc import Mapping

from fanout.usage import ANALYZED, SERVED
from pentarch.events.model import Event
from pentarch.usage import latency

FAILED = frozenset({"llm.failed", "vision.failed", "nlp.failed"})
COUNTED = SERVED | ANALYZED | FAILED


def additions(event: Event) -> Mapping[str, Mapping[str, int]]:
    """Amounts by the key of the item that they are added to. What the cache answered says nothing of the model."""
    data = event.data
    if event.type in FAILED:
        name = data.get("model") or event.resource
        return {latency.key(str(name)): latency.failed()}
    if event.type not in COUNTED or data.get("cached"):
        return {}
    spent = latency.answered(float(data["latency_ms"]), float(data.get("cpu_ms", 0)))
    return {latency.key(str(data["model"])): spent}
