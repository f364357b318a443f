"""The published schema of contracts, as a table of what it takes and what it names."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from registry import contracts
from registry.errors import InvalidContractError

WHOLE = {
    "capabilities": ["chat_completion", "org/model:v1.2"],
    "guarantees": {"latency_ms": 0, "throughput_tokens_per_sec": 10.5, "reliability": 0.999},
    "constraints": {"max_concurrent_requests": 10},
    "cost_per_token": 0,
    "protocol": "http",
    "traits": {"intent_mode": "chat"},
    "data_policy": {
        "region": "eu-central-1", "retention_days": 0, "certifications": ["SOC2"], "max_sensitivity": "CRITICAL"
    },
    "health_path": "/health?deep=1",
    "needs_credential": True,
    "credential_ref": "acme-model-key",
    "model": {"name": "llama-3.1-8b", "context_window": 131072, "max_output_tokens": 4096, "input_usd_per_million": 0},
}  # fmt: skip


def test_the_schema_is_one_and_takes_a_whole_contract_and_the_smallest() -> None:
    Draft202012Validator.check_schema(contracts.schema())
    assert contracts.check(WHOLE) == WHOLE
    assert contracts.check({"capabilities": ["x"]})


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"capabilities": None}, "contract.capabilities"),
        ({"capabilities": []}, "contract.capabilities"),
        ({"capabilities": "chat"}, "contract.capabilities"),
        ({"capabilities": [""]}, "contract.capabilities.0"),
        ({"capabilities": ["a#b"]}, "contract.capabilities.0"),
        ({"capabilities": ["a", "a"]}, "contract.capabilities"),
        ({"capabilities": [f"c{n}" for n in range(33)]}, "contract.capabilities"),
        ({"guarantees": {"latency_ms": -5}}, "contract.guarantees.latency_ms"),
        ({"guarantees": {"latency_ms": True}}, "contract.guarantees.latency_ms"),
        ({"guarantees": {"latency_ms": 10**400}}, "contract.guarantees.latency_ms"),
        ({"guarantees": {"reliability": 1.01}}, "contract.guarantees.reliability"),
        ({"guarantees": {"latency": 5}}, "contract.guarantees"),
        ({"constraints": {"max": "many"}}, "contract.constraints.max"),
        ({"cost_per_token": "cheap"}, "contract.cost_per_token"),
        ({"traits": {"mode": 7}}, "contract.traits.mode"),
        ({"data_policy": {"max_sensitivity": "SECRET"}}, "contract.data_policy.max_sensitivity"),
        ({"health_path": "health"}, "contract.health_path"),
        ({"health_path": "/a b"}, "contract.health_path"),
        ({"unknown": 1}, "contract"),
        ({"credential_ref": "sk-abcdefghijklmnop"}, "contract.credential_ref"),
        ({"credential_ref": "ghp_16C7e42F292c6912E7710c838347Ae178B4a"}, "contract.credential_ref"),
        ({"credential_ref": "eyJhbGciOiJIUzI1NiJ9.e30.x"}, "contract.credential_ref"),
        ({"credential_ref": "AKIAIOSFODNN7EXAMPLE"}, "contract.credential_ref"),
        ({"credential_ref": "4f9c2a7be1d04c6f8a3b5d7e9f1a2c4e"}, "contract.credential_ref"),
        ({"credential_ref": "Bearer x"}, "contract.credential_ref"),
        ({"credential_ref": "other/acme-model-key"}, "contract.credential_ref"),
        ({"model": {"context_window": 0}}, "contract.model.context_window"),
        ({"model": {"api_key": "x"}}, "contract.model"),
    ],
)
def test_a_fault_is_named_by_its_field(change: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidContractError) as caught:
        contracts.check(WHOLE | change)
    assert field in caught.value.details["errors"]


@pytest.mark.parametrize("contract", [None, [], "chat", 7])
def test_what_is_no_object_is_no_contract(contract: Any) -> None:
    with pytest.raises(InvalidContractError):
        contracts.check(contract)


@pytest.mark.parametrize("name", ["acme-model-key", "prod_openai_key", "team-a.model.key", "a-4f9c2a7be1d0"])
def test_an_ordinary_name_of_a_secret_is_taken(name: str) -> None:
    assert contracts.check({"capabilities": ["x"], "credential_ref": name})


def test_yaml_and_json_are_read_and_what_json_cannot_hold_is_not() -> None:
    assert contracts.parse(b'{"capabilities": ["chat"]}') == contracts.parse(b"capabilities: [chat]")
    for body in (b"since: 2026-01-01", b"a: .inf", b"a: [1, 2", b"\xff", b"a: &x 1\nb: *x", b"[" * 5000):
        with pytest.raises(InvalidContractError):
            contracts.parse(body)
