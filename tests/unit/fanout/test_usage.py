from datetime import UTC, datetime
from typing import Any

import pytest

from fanout.usage import additions
from pentarch.events.model import Event, happened
from pentarch.usage.model import Consumption
from pentarch.usage.store import day_key, month_key

AT = datetime(2026, 2, 28, 23, 59, tzinfo=UTC)
SERVED = {
    "model": "m",
    "cached": False,
    "prompt_tokens": 2,
    "completion_tokens": 3,
    "cost_nano_usd": 35,
    "latency_ms": 9,
}


def an_event(event_type: str, **data: Any) -> Event:
    return happened(AT, "acme", event_type, action="llm_generate", actor="key:k", resource="m", data=data)


@pytest.mark.parametrize("event_type", ["llm.completed", "llm.interrupted", "llm.abandoned"])
def test_what_was_served_counts_on_its_own_day(event_type: str) -> None:
    consumed = Consumption(requests=1, prompt_tokens=2, completion_tokens=3, cost_nano_usd=35, milliseconds=9)
    assert additions(an_event(event_type, **SERVED)) == [
        (day_key(AT.date(), "m", "key:k"), consumed),
        (month_key(AT), consumed),
    ]


def test_a_cached_answer_is_a_request_that_consumed_no_tokens() -> None:
    data = SERVED | {"cached": True, "prompt_tokens": 0, "completion_tokens": 0, "cost_nano_usd": 0}
    [(_, consumed), _] = additions(an_event("llm.cached", **data))
    assert consumed == Consumption(requests=1, cached_requests=1, milliseconds=9)


@pytest.mark.parametrize("event_type", ["llm.refused", "llm.failed", "job.completed", "key.created"])
def test_what_served_nothing_does_not_count(event_type: str) -> None:
    assert additions(an_event(event_type)) == []
