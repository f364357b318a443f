"""What an event adds to the sums of the whole stack, which its operator sees as metrics: pure rules."""

from collections.abc import Sequence

from fanout.usage import SERVED, Addition
from pentarch.events.model import Event
from pentarch.usage.model import Consumption

_ONE, _ONE_LESS = Consumption(requests=1), Consumption(requests=-1)
_RUNNING = "running"
JOBS = {
    "job.created": ("queued", None),
    "job.waiting": ("waiting", "scheduled"),
    "job.queued": ("queued", "waiting"),
    "job.started": (_RUNNING, "queued"),
    "job.completed": ("completed", _RUNNING),
    "job.failed": ("failed", _RUNNING),
    "job.cancelled": ("cancelled", _RUNNING),
}
"""The state that an event brings a job to, and the one that it was in; `state` and `was` in an event say otherwise."""
FAILED = "llm.failed"
COUNTED = SERVED | JOBS.keys() | {FAILED}


def totals(event: Event) -> Sequence[Addition]:
    if event.type in JOBS:
        to, usually = JOBS[event.type]
        to = event.data.get("state", to)
        was = event.data.get("was", usually)
        found = [(f"jobs#{to}", _ONE)]
        if was is not None:
            found.append((f"jobs#{was}", _ONE_LESS))
        if to == "failed":
            found.append((f"failed_jobs#{event.at:%Y-%m-%dT%H}", _ONE))
        return found
    if event.type == FAILED:
        return [(f"provider_errors#{event.data.get('provider') or event.data.get('model') or 'none'}", _ONE)]
    if event.type not in SERVED:
        return []
    data = event.data
    return [
        (
            f"model#{data['model']}",
            Consumption(
                requests=1,
                cached_requests=int(bool(data["cached"])),
                prompt_tokens=int(data["prompt_tokens"]),
                completion_tokens=int(data["completion_tokens"]),
                cost_nano_usd=int(data["cost_nano_usd"]),
                milliseconds=int(data["latency_ms"]),
            ),
        )
    ]
