"""Laws of chains: what they promise, what they keep, and that a forged trace of one is found out."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pentarch.routing import composite
from pentarch.routing.model import DEFAULT_WEIGHTS, Candidate, Need
from pentarch.routing.traces import verify

PROMISES = st.fixed_dictionaries(
    {},
    optional={
        "latency_ms": st.integers(0, 2000),
        "throughput_tokens_per_sec": st.integers(0, 500),
        "reliability": st.sampled_from([0.5, 0.9, 1]),
    },
)


def candidate(name: str, *capabilities: str, cost: float | None = 0.1, **changes: Any) -> Candidate:
    made: Any = {
        "service_id": name,
        "revision": 1,
        "base_url": "http://localhost:1",
        "protocol": "http",
        "active": True,
        "capabilities": list(capabilities),
        "guarantees": {},
        "cost_per_token": cost,
        "traits": {},
        "data_policy": {},
        "observed": {},
    }
    complete: Candidate = made | changes
    return complete


CHAINS = st.lists(
    st.builds(
        lambda guarantees, cost: candidate("x", "a", guarantees=guarantees, cost=cost),
        PROMISES,
        st.none() | st.integers(0, 5),
    ),
    min_size=1,
    max_size=5,
)


@given(CHAINS)
def test_a_chain_promises_no_more_than_any_of_its_links(chain: list[Candidate]) -> None:
    whole = composite.compose(chain)
    for one in chain:
        promised = one["guarantees"]
        if "latency_ms" in whole:
            assert whole["latency_ms"] >= promised["latency_ms"]
        if "throughput_tokens_per_sec" in whole:
            assert whole["throughput_tokens_per_sec"] <= promised["throughput_tokens_per_sec"]
        if "reliability" in whole:
            assert whole["reliability"] <= promised["reliability"]
        assert ("latency_ms" in whole) <= ("latency_ms" in promised)
        assert "cost_per_token" not in whole or one["cost_per_token"] is not None


@given(CHAINS, CHAINS)
def test_composing_is_associative_and_the_order_does_not_matter(
    first: list[Candidate], second: list[Candidate]
) -> None:
    assert composite.compose(first + second) == pytest.approx(composite.compose(second + first))
    parts = [composite.compose(first), composite.compose(second)]
    joined = [
        candidate(
            "x",
            "a",
            cost=part.get("cost_per_token"),
            guarantees={name: value for name, value in part.items() if name != "cost_per_token"},
        )
        for part in parts
    ]
    assert composite.compose(joined) == pytest.approx(composite.compose(first + second))


def test_one_link_composes_to_itself() -> None:
    one = candidate("x", "a", guarantees={"latency_ms": 5, "reliability": 1})
    assert composite.compose([one]) == {"latency_ms": 5, "reliability": 1, "cost_per_token": 0.1}


OFFERS = st.lists(
    st.builds(
        lambda name, capability, guarantees, cost: candidate(
            f"{capability}-{name}", capability, guarantees=guarantees, cost=cost
        ),
        st.sampled_from("xyz"),
        st.sampled_from("abc"),
        PROMISES,
        st.none() | st.integers(0, 5),
    ),
    max_size=9,
    unique_by=lambda one: one["service_id"],
)
BOUNDS = st.fixed_dictionaries(
    {},
    optional={
        "max_latency_ms": st.integers(0, 4000).map(float),
        "max_cost_per_token": st.integers(0, 10).map(float),
        "min_throughput_tokens_per_sec": st.integers(0, 300).map(float),
        "min_reliability": st.sampled_from([0.1, 0.5, 0.9]),
    },
)


@given(OFFERS, BOUNDS)
def test_a_chain_that_was_chosen_keeps_every_bound_and_its_trace_holds(offers: list[Candidate], bounds: Any) -> None:
    selection = select(offers, bounds)
    if selection.is_feasible:
        whole = composite.compose(selection.chosen)
        assert whole.get("latency_ms", 0) <= bounds.get("max_latency_ms", 1e9) + 1e-6
        assert whole.get("cost_per_token", 0) <= bounds.get("max_cost_per_token", 1e9) + 1e-6
        assert whole.get("throughput_tokens_per_sec", 1e9) >= bounds.get("min_throughput_tokens_per_sec", 0)
        assert whole.get("reliability", 1) >= bounds.get("min_reliability", 0) - 1e-6
    assert verify(trace_of(selection, bounds)) == []


def select(offers: list[Candidate], bounds: Any) -> composite.Selection:
    need: Need = {"capabilities": ["a", "b", "c"], "constraints": bounds, "traits": {}, "sensitivity": "PUBLIC"}

    def candidates_of(capability: str) -> list[Candidate]:
        return [one for one in offers if capability in one["capabilities"]]

    return composite.select(need, {}, DEFAULT_WEIGHTS, candidates_of)


def trace_of(selection: composite.Selection, bounds: Any) -> dict[str, Any]:
    done = selection.is_feasible
    stops = (
        [{"service_id": one["service_id"], "service_url": one["base_url"]} for one in selection.chosen] if done else []
    )
    return {
        "request": {
            "intent": "a",
            "required_capabilities": ["b", "c"],
            "traits": {},
            "sensitivity": "PUBLIC",
            "constraints": bounds,
        },
        "decision": {**stops[0], "chain": stops} if len(stops) > 1 else stops[0] if stops else None,
        "proof": {
            "master_equation_score": composite.score(selection.links) if done else None,
            "contract_match": done,
            "rule_satisfaction": done,
            "security_verified": done,
            "guarantee_composition": composite.compose(selection.chosen) if done else None,
            "links": selection.links,
            **({} if selection.whole is None else {"whole": selection.whole}),
        },
    }


OFFERED = [
    candidate("a1", "a", guarantees={"latency_ms": 100}),
    candidate("b1", "b", guarantees={"latency_ms": 100}),
    candidate("b2", "b", guarantees={"latency_ms": 200}),
    candidate("c1", "c", guarantees={"latency_ms": 100}),
]


def edited(path: list[Any], value: Any) -> dict[str, Any]:
    trace = copy.deepcopy(trace_of(select(OFFERED, {"max_latency_ms": 900.0}), {"max_latency_ms": 900.0}))
    place: Any = trace
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    return trace


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["decision", "service_id"], "b1"),
        (["decision", "chain", 1, "service_id"], "b2"),
        (["decision", "chain", 1, "service_url"], "http://evil.example"),
        (["decision", "service_url"], "http://evil.example"),
        (["decision"], None),
        (["proof", "master_equation_score"], 0.99),
        (["proof", "guarantee_composition", "latency_ms"], 1),
        (["proof", "security_verified"], False),
        (["proof", "whole"], None),
        (["proof", "links"], []),
        (["proof", "links", 1, "chosen"], "b2"),
        (["proof", "links", 2, "problem", "need", "constraints", "max_latency_ms"], 900.0),
        (["proof", "links", 1, "problem", "candidates", 0, "base_url"], "http://evil.example"),
        (["request", "required_capabilities"], ["b"]),
        (["request", "traits"], {"mode": "chat"}),
        (["request", "sensitivity"], "CRITICAL"),
        (["request", "constraints"], {}),
        (["request"], None),
    ],
)
def test_whatever_is_changed_in_a_trace_is_found(path: list[Any], value: Any) -> None:
    assert verify(edited(["request", "intent"], "a")) == []
    assert verify(edited(path, value))


def test_a_chosen_service_that_was_no_candidate_is_named_beside_what_was_to_be_chosen() -> None:
    found = verify(edited(["proof", "links", 0, "chosen"], "quick"))
    assert found[-1] == "quick is told to be chosen, and was no candidate"
    assert any(fault.endswith("was to be chosen, not quick") for fault in found)


@pytest.mark.parametrize("value", [None, 7, [], {}, "x", {"proof": {"links": [{}]}}, {"proof": {"links": [7]}}])
def test_what_is_no_trace_is_said_to_be_none(value: Any) -> None:
    assert verify(value)
