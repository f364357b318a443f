"""Laws of choosing, and of proofs that it was done so."""

import copy
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pentarch.analysis.governed import Judge
from pentarch.routing import places
from pentarch.routing.model import DEFAULT_WEIGHTS, SENSITIVITIES, Candidate, Gate, Problem
from pentarch.routing.proof import prove, verify
from pentarch.routing.rules import decide

ADDRESSES = [
    "http://localhost:1",
    "https://10.0.0.8/x",
    "https://ai.example.com",
    "http://ai.example.com",
    "internal://x",
]
REGIONS = ["eu", "us"]
FRAMEWORKS = ["SOC2", "GDPR"]


def optional(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


GUARANTEES = optional(
    latency_ms=st.integers(0, 3000).map(float),
    throughput_tokens_per_sec=st.integers(0, 500).map(float),
    reliability=st.sampled_from([0.5, 0.9, 1.0]),
)
CANDIDATES = st.lists(
    st.fixed_dictionaries(
        {
            "service_id": st.sampled_from("abcdef"),
            "revision": st.just(1),
            "base_url": st.sampled_from(ADDRESSES),
            "protocol": st.just("http"),
            "active": st.booleans(),
            "capabilities": st.lists(st.sampled_from(["chat", "vision"]), unique=True),
            "guarantees": GUARANTEES,
            "cost_per_token": st.none() | st.sampled_from([0.0, 0.0001, 0.01]),
            "traits": st.fixed_dictionaries({}, optional={"mode": st.sampled_from(["chat", "batch"])}),
            "data_policy": optional(
                region=st.sampled_from(REGIONS),
                retention_days=st.integers(0, 60),
                certifications=st.lists(st.sampled_from(["SOC2", "HIPAA"]), unique=True),
                max_sensitivity=st.sampled_from(SENSITIVITIES),
            ),
            "observed": optional(latency_ms=st.integers(0, 3000).map(float), success_rate=st.sampled_from([0.4, 1.0])),
        },
        optional={
            "capacity_tokens": st.integers(1, 100),
            "preference": st.integers(0, 2),
            "needs_credential": st.booleans(),
            "credential_ref": st.just("a"),
            "credential_missing": st.booleans(),
            "vouched": st.booleans(),
        },
    ),
    unique_by=lambda one: one["service_id"],
    max_size=6,
)
NEEDS = st.fixed_dictionaries(
    {
        "capabilities": st.lists(st.sampled_from(["chat", "vision"]), min_size=1, unique=True),
        "constraints": optional(
            max_latency_ms=st.integers(0, 3000).map(float),
            max_cost_per_token=st.sampled_from([0.0, 0.001]),
            min_throughput_tokens_per_sec=st.integers(0, 500).map(float),
            min_reliability=st.sampled_from([0.5, 0.95]),
        ),
        "traits": st.fixed_dictionaries({}, optional={"mode": st.just("chat")}),
    },
    optional={
        "sensitivity": st.sampled_from(SENSITIVITIES),
        "size_tokens": st.integers(0, 100),
        "asked_for": st.sampled_from("abz"),
    },
)
POLICIES = optional(
    require_encryption=st.booleans(),
    allow_external_services=st.booleans(),
    allowed_regions=st.lists(st.sampled_from(REGIONS), unique=True),
    required_certifications=st.lists(st.sampled_from(["SOC2", "HIPAA"]), unique=True),
    min_reliability=st.sampled_from([0.5, 0.95]),
    max_retention_days=st.integers(0, 60),
    denied_services=st.lists(st.sampled_from("abc"), unique=True),
    compliance_gates=st.lists(
        st.fixed_dictionaries(
            {"framework": st.sampled_from(FRAMEWORKS)},
            optional={
                "min_score": st.sampled_from([0.0, 0.8]),
                "max_critical_findings": st.integers(0, 1),
                "max_age_days": st.sampled_from([1.0, 90.0]),
                "from_sensitivity": st.sampled_from(SENSITIVITIES),
            },
        ),
        max_size=2,
    ),
)
STANDINGS = st.dictionaries(
    st.sampled_from(FRAMEWORKS),
    st.fixed_dictionaries(
        {
            "score": st.sampled_from([0.5, 0.8, 1.0]),
            "critical_findings": st.integers(0, 2),
            "age_days": st.sampled_from([0.5, 30.0, 100.0]),
        }
    ),
)
PROBLEMS = st.fixed_dictionaries(
    {"need": NEEDS, "policies": POLICIES, "weights": st.just(DEFAULT_WEIGHTS), "candidates": CANDIDATES},
    optional={"standing": STANDINGS},
)


def oracle(candidate: Candidate, problem: Problem) -> bool:
    """Feasibility, said another way: one long conjunction."""
    need, policies, data = problem["need"], problem["policies"], candidate["data_policy"]
    bounds, inf = need["constraints"], float("inf")
    promised, seen = candidate["guarantees"], candidate["observed"]
    latencies = [one["latency_ms"] for one in (promised, seen) if "latency_ms" in one]
    latency = max(latencies) if latencies else inf
    rates = [rate for rate in (promised.get("reliability"), seen.get("success_rate")) if rate is not None]
    rate = min(rates) if rates else -1.0
    cost = inf if candidate["cost_per_token"] is None else candidate["cost_per_token"]
    outside = "example.com" in candidate["base_url"]
    plain = candidate["base_url"].startswith("http://")
    rank = SENSITIVITIES.index
    return (
        candidate["active"]
        and all(one in candidate["capabilities"] for one in need["capabilities"])
        and need.get("size_tokens", 0) <= candidate.get("capacity_tokens", inf)
        and ("max_latency_ms" not in bounds or latency <= bounds["max_latency_ms"])
        and ("max_cost_per_token" not in bounds or cost <= bounds["max_cost_per_token"])
        and (
            "min_throughput_tokens_per_sec" not in bounds
            or promised.get("throughput_tokens_per_sec", -1.0) >= bounds["min_throughput_tokens_per_sec"]
        )
        and ("min_reliability" not in bounds or rate >= bounds["min_reliability"])
        and candidate["service_id"] not in policies.get("denied_services", [])
        and ("allowed_regions" not in policies or data.get("region") in policies["allowed_regions"])
        and all(one in data.get("certifications", []) for one in policies.get("required_certifications", []))
        and ("max_retention_days" not in policies or data.get("retention_days", inf) <= policies["max_retention_days"])
        and ("min_reliability" not in policies or rate >= policies["min_reliability"])
        and (not outside or policies.get("allow_external_services", candidate.get("vouched", False)))
        and (not outside or all(is_open(gate, problem) for gate in policies.get("compliance_gates", [])))
        and (not plain or not policies.get("require_encryption", False))
        and rank(need.get("sensitivity", "PUBLIC")) <= rank(data.get("max_sensitivity", "PUBLIC"))
        and (not candidate.get("needs_credential", False) or "credential_ref" in candidate)
        and not candidate.get("credential_missing", False)
    )


def is_open(gate: Gate, problem: Problem) -> bool:
    rank = SENSITIVITIES.index
    if rank(problem["need"].get("sensitivity", "PUBLIC")) < rank(gate.get("from_sensitivity", "PUBLIC")):
        return True
    standing = problem.get("standing", {}).get(gate["framework"])
    return (
        standing is not None
        and standing["score"] >= gate.get("min_score", 0)
        and standing["critical_findings"] <= gate.get("max_critical_findings", float("inf"))
        and standing["age_days"] <= gate.get("max_age_days", float("inf"))
    )


@given(PROBLEMS)
def test_the_feasible_set_is_that_of_the_oracle(problem: Any) -> None:
    feasible = {one["service_id"] for one in problem["candidates"] if oracle(one, problem)}
    assert set(decide(problem)["order"]) == feasible


@given(PROBLEMS)
def test_every_candidate_is_scored_or_excluded_with_a_reason(problem: Any) -> None:
    for judged in decide(problem)["evaluations"]:
        assert (judged["excluded"] is None) == (judged["score"] is not None)
        assert judged["score"] is None or 0 <= judged["score"] <= 1
        assert judged["excluded"] is None or judged["excluded"]["reason"]


@given(PROBLEMS, st.randoms(use_true_random=False))
def test_the_order_of_the_candidates_does_not_matter(problem: Any, chance: random.Random) -> None:
    shuffled = copy.deepcopy(problem)
    chance.shuffle(shuffled["candidates"])
    assert decide(shuffled) == decide(problem)
    one, other = (prove(given, decide(given), None) for given in (problem, shuffled))
    assert one["snapshot_hash"] == other["snapshot_hash"]


@given(st.lists(PROBLEMS, min_size=1, max_size=3), st.data())
def test_a_ruling_that_is_kept_is_the_one_that_would_be_made_anew(problems: list[Any], data: st.DataObject) -> None:
    judge = Judge()
    for problem in data.draw(st.lists(st.sampled_from(problems), max_size=6)):
        decision = decide(problem)
        assert judge.rule(copy.deepcopy(problem)) == prove(problem, decision, next(iter(decision["order"]), None))


@given(PROBLEMS, st.sampled_from(["latency_ms", "throughput_tokens_per_sec", "reliability"]), st.floats(0, 1))
def test_a_better_guarantee_never_lowers_a_score(problem: Any, name: str, by: float) -> None:
    before = {one["service_id"]: one["score"] for one in decide(problem)["evaluations"]}
    better = copy.deepcopy(problem)
    for candidate in better["candidates"]:
        value = candidate["guarantees"].get(name)
        if value is not None:
            candidate["guarantees"][name] = value * (1 - by) if name == "latency_ms" else value * (1 + by)
    for judged in decide(better)["evaluations"]:
        earlier = before[judged["service_id"]]
        if earlier is not None:
            assert judged["score"] is not None
            assert judged["score"] >= earlier


@given(PROBLEMS)
def test_an_infeasible_service_changes_nothing_but_the_exclusions(problem: Any) -> None:
    before = decide(problem)
    stranger = {"service_id": "zz", "revision": 1, "base_url": "internal://z", "protocol": "http", "active": False}
    stranger |= {"capabilities": [], "guarantees": {}, "cost_per_token": None}
    stranger |= {"traits": {}, "data_policy": {}, "observed": {}}
    after = decide(problem | {"candidates": [*problem["candidates"], stranger]})
    assert after["order"] == before["order"]
    assert after["evaluations"][:-1] == before["evaluations"]


@given(PROBLEMS)
def test_a_feasible_candidate_that_was_asked_for_goes_first(problem: Any) -> None:
    order = decide(problem)["order"]
    if problem["need"].get("asked_for") in order:
        assert order[0] == problem["need"]["asked_for"]


@given(PROBLEMS)
def test_an_honest_proof_holds(problem: Any) -> None:
    decision = decide(problem)
    assert verify(prove(problem, decision, decision["order"][0] if decision["order"] else None)) == []


@given(PROBLEMS, st.data())
def test_a_proof_that_was_touched_does_not_hold(problem: Any, data: st.DataObject) -> None:
    decision = decide(problem)
    proof: Any = copy.deepcopy(prove(problem, decision, decision["order"][0] if decision["order"] else None))
    touch = data.draw(st.sampled_from(["chosen", "policy", "weights", "candidate", "evaluation"]))
    if touch == "chosen":
        proof["chosen"] = "somebody-else"
    elif touch == "policy":
        proof["problem"]["policies"]["denied_services"] = ["nobody"]
    elif touch == "weights":
        proof["weights"] = DEFAULT_WEIGHTS | {"cost": 0.9}
    elif touch == "candidate":
        proof["problem"]["candidates"].append({**ANYBODY, "service_id": "new"})
    elif proof["evaluations"]:
        proof["evaluations"].pop()
    else:
        proof["snapshot_hash"] = "0" * 64
    assert verify(proof)


ANYBODY: dict[str, Any] = {
    "service_id": "any",
    "revision": 1,
    "base_url": "internal://x",
    "protocol": "http",
    "active": True,
    "capabilities": [],
    "guarantees": {},
    "cost_per_token": None,
    "traits": {},
    "data_policy": {},
    "observed": {},
}


@pytest.mark.parametrize("rubbish", [None, [], {}, {"version": "routing-1"}, {"version": "routing-0"}, "proof", 7])
def test_rubbish_is_no_proof_and_no_error(rubbish: object) -> None:
    assert verify(rubbish)


def test_a_failed_first_choice_is_part_of_the_proof() -> None:
    candidates: Any = [{**ANYBODY, "service_id": name, "capabilities": ["chat"]} for name in ("a", "b")]
    need: Any = {"capabilities": ["chat"], "constraints": {}, "traits": {}}
    problem: Problem = {"need": need, "policies": {}, "weights": DEFAULT_WEIGHTS, "candidates": candidates}
    proof = prove(problem, decide(problem), "b")
    assert verify(proof)
    proof["failures"] = [{"service_id": "a", "reason": "down"}]
    assert verify(proof) == []


@pytest.mark.parametrize(
    ("address", "internal", "encrypted"),
    [
        ("http://localhost:8081", True, False),
        ("https://127.0.0.1", True, True),
        ("https://10.1.2.3:443/x", True, True),
        ("https://[::1]/", True, True),
        ("https://vllm.internal", True, True),
        ("https://ai.example.com", False, True),
        ("https://internal.example.com", False, True),
        ("http://8.8.8.8", False, False),
        ("internal://pentarch", True, True),
        ("wss://ai.example.com", False, True),
        ("nonsense", False, False),
    ],
)
def test_addresses_tell_inside_from_outside(address: str, *, internal: bool, encrypted: bool) -> None:
    assert places.is_internal(address) is internal
    assert places.is_encrypted(address) is encrypted
