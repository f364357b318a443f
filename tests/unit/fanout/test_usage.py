from datetime import UTC, datetime
from typing import Any

import pytest

from fanout.usage import additions
from pentarch.events.model import Event, happened
from pentarch.usage.model import Consumption
from pentarch.usage.store import day_key, month_key, specialist_key

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


def test_an_answer_by_a_specialist_counts_for_it_too_and_a_briefing_does_not() -> None:
    told = {"specialist_id": "s", "version": 1, "answered": True}
    assert additions(an_event("llm.completed", **SERVED, specialist=told))[2:] == [
        (specialist_key("s"), Consumption(requests=1, milliseconds=9))
    ]
    for unheard in ({"specialist_id": "s", "version": 1}, told | {"answered": False}):
        assert len(additions(an_event("llm.completed", **SERVED, specialist=unheard))) == 2


@pytest.mark.parametrize(("agreed", "sums"), [(2, {"compared": 3, "agreed": 2}), (0, {"compared": 3})])
def test_what_a_shadow_said_counts_for_its_deployment(agreed: int, sums: dict[str, int]) -> None:
    shadow = {"deployment_id": "d", "version": 2, "compared": 3, "agreed": agreed}
    [_, *found] = additions(an_event("specialist.predicted", latency_ms=1, shadow=shadow))
    assert {place: one.requests for place, one in found} == {f"shadow#d#{name}": count for name, count in sums.items()}
