"""Finding services by their contracts, at a cost that does not grow with how many there are."""

from typing import Any

from pentarch.services.model import Status
from support.gateway import aws_calls
from support.lambdas import Caller
from support.services import register, register_many

DISCOVER = "/api/discover"


def found(caller: Caller, **asked: Any) -> list[str]:
    body = caller.post(DISCOVER, {"capability": "chat", **asked}).expect(200).json()
    names = [row["service_id"] for row in body["services"]]
    assert body["proof"]["matching_contracts"] == names
    assert len(body["proof"]["snapshot_hash"]) == 64
    return names


def test_contracts_that_match_are_found_the_best_first(acme: Caller) -> None:
    register(acme, "slow", "chat", guarantees={"latency_ms": 900, "throughput_tokens_per_sec": 50})
    register(acme, "fast", "chat", guarantees={"latency_ms": 10, "throughput_tokens_per_sec": 50})
    register(acme, "silent", "chat", guarantees={})
    register(acme, "elsewhere", "vision")
    assert found(acme) == ["fast", "slow", "silent"]
    assert found(acme, constraints={"max_latency_ms": 500}) == ["fast"]
    assert found(acme, constraints={"min_reliability": 0.5}) == []
    assert found(acme, capability="nothing") == []


def test_external_services_are_found_and_inactive_ones_are_not(acme: Caller) -> None:
    register(acme, "external", "chat", base_url="https://ai.example.com")
    register(acme, "asleep", "chat")
    acme.put("/api/services/asleep", {"status": Status.INACTIVE}).expect(200)
    assert found(acme) == ["external"]


def test_traits_that_are_asked_for_put_their_services_first(acme: Caller) -> None:
    register(acme, "a", "chat")
    register(acme, "b", "chat", traits={"mode": "chat"})
    assert found(acme, traits={"mode": "chat"}) == ["b", "a"]


def test_a_bound_of_an_unknown_name_is_refused_and_not_ignored(acme: Caller) -> None:
    refused = acme.post(DISCOVER, {"capability": "chat", "constraints": {"max_latency": 1}}).expect(400).json()
    assert refused["error"]["code"] == "VALIDATION_ERROR"


def test_a_page_costs_the_same_with_ten_services_and_with_three_hundred(acme: Caller, other: Caller) -> None:
    register_many("acme", 10, "chat")
    register_many("other", 300, "chat")
    counts = []
    for caller, expected in ((acme, 10), (other, 50)):
        caller.post(DISCOVER, {"capability": "chat", "limit": 50}).expect(200)  # who asks is remembered from now on
        with aws_calls() as calls:
            body = caller.post(DISCOVER, {"capability": "chat", "limit": 50}).expect(200).json()
        assert len(body["services"]) == expected
        counts.append(dict(calls))
    assert counts[0] == counts[1] == {"UpdateItem": 1, "Query": 1, "BatchGetItem": 1}
    names: list[str] = []
    cursor = None
    while True:
        body = other.post(DISCOVER, {"capability": "chat", "limit": 100, "cursor": cursor}).expect(200).json()
        names += [row["service_id"] for row in body["services"]]
        cursor = body["next_cursor"]
        if cursor is None:
            break
    assert len(set(names)) == len(names) == 300


def test_a_list_costs_the_same_however_many_services_there_are(acme: Caller, other: Caller) -> None:
    register_many("acme", 10, "chat")
    register_many("other", 150, "chat")
    counts = []
    for caller in (acme, other):
        caller.get("/api/services").expect(200)
        with aws_calls() as calls:
            caller.get("/api/services", query={"limit": 10, "capability": "chat"}).expect(200)
        counts.append(dict(calls))
    assert counts[0] == counts[1] == {"UpdateItem": 1, "Query": 1, "GetItem": 1}
