"""Analyses as they pass governance: over the real tables."""

import os
from collections.abc import Sequence
from typing import Any

import pytest

import fanout.stream
from pentarch.analysis import governed
from pentarch.analysis.errors import NothingLoadedError
from pentarch.analysis.model import Answer, Engine, Outcome, Wish
from pentarch.identity.model import Caller, Kind, Tier
from pentarch.llm.errors import PolicyRefusedError, UpstreamUnavailableError
from pentarch.llm.model import Sensitivity
from pentarch.platform import clock
from pentarch.platform.tables import Transaction
from pentarch.routing.packing import unpacked
from pentarch.routing.proof import verify
from pentarch.usage import latency
from pentarch.usage import store as usage
from support.gateway import written
from support.pump import Stack
from support.stopped_clock import StoppedClock

pytestmark = pytest.mark.usefixtures("aws")
CALLER = Caller("acme", "key:k", Kind.KEY, ("admin",), (), Tier.PRO, 1000)
LOCAL = Engine("local", "pentarch", ("count", "weigh"))
CLOUD = Engine("cloud", "aws", ("count",), "https://cloud.example", {"max_sensitivity": "INTERNAL"}, preference=10)


def wish(*capabilities: str, **facts: Any) -> Wish:
    return Wish("vision", "vision_analyze", capabilities or ("count",), "0" * 64, **facts)


def by_name(_: Wish, engine: Engine, __: float) -> Outcome[str]:
    return Outcome(engine.name, 1_000 if engine is CLOUD else 0)


def names(answers: Sequence[Answer[str]]) -> list[str]:
    return [answer.value for answer in answers]


def test_the_preferred_engine_answers_and_its_event_proves_the_choice() -> None:
    [answer] = governed.run(CALLER, [wish()], [LOCAL, CLOUD], by_name)

    [event] = written()
    assert answer.value == "cloud"
    assert (event.type, event.resource, event.data["cost_nano_usd"]) == ("vision.completed", "cloud", 1_000)
    assert verify(unpacked(event.data["routing"])) == []


def test_what_is_confidential_stays_inside_and_without_an_engine_inside_it_is_refused() -> None:
    secret = wish(declared=Sensitivity.CRITICAL)

    assert names(governed.run(CALLER, [secret], [LOCAL, CLOUD], by_name)) == ["local"]
    with pytest.raises(PolicyRefusedError):
        governed.run(CALLER, [secret], [CLOUD], by_name)
    assert [event.type for event in written()] == ["vision.refused", "vision.completed"]


def test_what_no_engine_can_do_is_not_loaded() -> None:
    with pytest.raises(NothingLoadedError):
        governed.run(CALLER, [wish("fly")], [LOCAL, CLOUD], by_name)


def test_another_engine_answers_for_one_that_fails() -> None:
    def ask(given: Wish, engine: Engine, seconds: float) -> Outcome[str]:
        if engine is CLOUD:
            msg = "it does not answer"
            raise UpstreamUnavailableError(msg)
        return by_name(given, engine, seconds)

    assert names(governed.run(CALLER, [wish()], [LOCAL, CLOUD], ask)) == ["local"]
    assert written()[0].data["routing"]["failures"] == [{"service_id": "cloud", "reason": "UpstreamUnavailableError"}]


def test_when_a_later_analysis_fails_the_earlier_ones_are_told_of_and_nothing_is_added() -> None:
    def ask(given: Wish, engine: Engine, seconds: float) -> Outcome[str]:
        if given.capabilities == ("weigh",):
            msg = "it does not answer"
            raise UpstreamUnavailableError(msg)
        return by_name(given, engine, seconds)

    def never(_: Transaction, __: Sequence[Answer[str]]) -> None:
        pytest.fail("a result was kept")

    with pytest.raises(UpstreamUnavailableError):
        governed.run(CALLER, [wish("count"), wish("weigh")], [LOCAL], ask, also=never)
    assert sorted(event.type for event in written()) == ["vision.completed", "vision.failed"]


def test_what_was_read_raises_the_class_that_the_event_tells() -> None:
    def ask(_: Wish, __: Engine, ___: float) -> Outcome[str]:
        return Outcome("read", text="write to jane@example.org")

    [answer] = governed.run(CALLER, [wish(declared=Sensitivity.PUBLIC)], [LOCAL], ask)

    assert answer.sensitivity == "SENSITIVE"
    assert written()[0].data["findings"] == {"email": 1}


def test_usage_and_latency_are_counted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    stack = Stack(monkeypatch, StoppedClock(monkeypatch))
    stack.reads_stream("fanout", fanout.stream.handler)
    governed.run(CALLER, [wish(), wish()], [CLOUD], by_name)
    stack.run()

    assert "USAGE_TABLE" in os.environ
    assert usage.month("acme", clock.now()).cost_nano_usd == 2_000
    found = latency.of("acme", "cloud")
    assert (found.requests, found.errors) == (2, 0)
    assert found.quantile_s(0.95) > 0
