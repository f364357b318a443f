"""CPU of a pure decision, of its proof and of checking it, by how many candidates there are; all of them feasible."""

import json
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from pentarch.routing.model import DEFAULT_WEIGHTS, Candidate, Problem
from pentarch.routing.proof import prove, verify
from pentarch.routing.rules import decide

SIZES = (10, 1_000, 10_000)
ROUNDS = 9


def compare() -> dict[str, Any]:
    figures: dict[str, Any] = {}
    for size in SIZES:
        problem = _problem(size)
        decision = decide(problem)
        assert len(decision["order"]) == size
        figures[f"decide among {size}, ms"] = _milliseconds(partial(decide, problem))
        proof = prove(problem, decision, decision["order"][0])
        figures[f"prove {size}, ms"] = _milliseconds(partial(prove, problem, decision, decision["order"][0]))
        figures[f"verify {size}, ms"] = _milliseconds(partial(verify, proof))
        figures[f"proof of {size}, KB of JSON"] = len(json.dumps(proof)) / 1024
    return figures


def _problem(size: int) -> Problem:
    return {
        "need": {
            "capabilities": ["chat_completion"],
            "constraints": {"max_latency_ms": 10_000.0, "max_cost_per_token": 1.0},
            "traits": {"intent_mode": "chat", "trait_mode": "conversational"},
            "sensitivity": "INTERNAL",
        },
        "policies": {"allow_external_services": True, "require_encryption": True, "denied_services": ["x"]},
        "weights": DEFAULT_WEIGHTS,
        "candidates": [_candidate(number) for number in range(size)],
    }


def _candidate(number: int) -> Candidate:
    return {
        "service_id": f"service-{number:05}",
        "revision": 1,
        "base_url": f"https://ai-{number}.example.com",
        "protocol": "https",
        "active": True,
        "capabilities": ["chat_completion", "model_inference"],
        "guarantees": {"latency_ms": 100 + number % 900, "throughput_tokens_per_sec": 50, "reliability": 0.99},
        "cost_per_token": 0.000_01 * (1 + number % 7),
        "traits": {"intent_mode": "chat"},
        "data_policy": {"region": "eu", "retention_days": 0, "max_sensitivity": "CRITICAL"},
        "observed": {"latency_ms": 120.5, "success_rate": 0.98},
    }


def _milliseconds(action: Callable[[], object]) -> float:
    """CPU of one call, the best of some."""
    times = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        action()
        times.append(time.process_time() - begun)
    return 1000 * min(times)
