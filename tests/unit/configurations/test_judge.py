import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from configurations import judge
from pentarch.configuration.model import ConfigType
from pentarch.llm.classification import Kind
from pentarch.llm.model import Sensitivity

EQUAL = dict.fromkeys(("latency", "throughput", "cost", "reliability", "traits"), 0.2)


@pytest.mark.parametrize("config_type", ConfigType)
def test_every_type_has_a_valid_schema(config_type: ConfigType) -> None:
    schema = judge.schema_of(config_type)
    Draft202012Validator.check_schema(schema)
    assert schema["type"] == "object"
    assert schema["description"]


@pytest.mark.parametrize(
    ("config_type", "value"),
    [
        (ConfigType.POLICY, {"required": True, "routing": {"require_encryption": True, "denied_services": ["a"]}}),
        (ConfigType.CONSTRAINT, {"max_latency_ms": 10.5, "something": [1, None]}),
        (ConfigType.SLO, {}),
        (ConfigType.TENANT, {"display_name": "Shop", "theme": {"dark": True}}),
        (ConfigType.ROUTING_WEIGHTS, EQUAL),
        (ConfigType.ROUTING_WEIGHTS, EQUAL | {"latency": 0.1, "cost": 0.3}),
        (ConfigType.ROUTING_POLICY, {"min_reliability": 1, "allowed_regions": []}),
        (ConfigType.SENSITIVITY_POLICY, {"undeclared": "SENSITIVE", "floors": {"email": "CRITICAL"}}),
        (ConfigType.SENSITIVITY_POLICY, {"floors": {"iban": "PUBLIC"}, "acknowledge_risk": True}),
        (ConfigType.LIMITS, {"requests_per_hour": 1}),
        (ConfigType.BUDGET, {"monthly_usd": 0}),
        (ConfigType.RETENTION, {"events_days": 365}),
        (ConfigType.APPROVAL, {"required": True, "config_types": []}),
    ],
)
def test_valid_values_have_no_faults(config_type: ConfigType, value: dict[str, Any]) -> None:
    assert judge.faults(config_type, value) == {}


@pytest.mark.parametrize(
    ("config_type", "value", "fields"),
    [
        (ConfigType.POLICY, {"routing": {"wish": 1}}, ["value.routing"]),
        (ConfigType.POLICY, {"routing": {"min_reliability": 2}}, ["value.routing.min_reliability"]),
        (ConfigType.CONSTRAINT, {"max_latency_ms": True}, ["value.max_latency_ms"]),
        (ConfigType.SLO, {"availability": 99.9}, ["value.availability"]),
        (ConfigType.ROUTING_WEIGHTS, EQUAL | {"cost": 0.3}, ["value"]),
        (ConfigType.ROUTING_WEIGHTS, {"cost": 1}, ["value"]),
        (ConfigType.ROUTING_WEIGHTS, EQUAL | {"cost": -0.2, "latency": 0.6}, ["value.cost"]),
        (ConfigType.ROUTING_POLICY, {}, ["value"]),
        (ConfigType.ROUTING_POLICY, {"denied_services": ["a", "a"]}, ["value.denied_services"]),
        (ConfigType.SENSITIVITY_POLICY, {"undeclared": "PUBLIC"}, ["value.undeclared"]),
        (ConfigType.SENSITIVITY_POLICY, {"floors": {"iban": "SENSITIVE"}}, ["value.floors.iban"]),
        (ConfigType.SENSITIVITY_POLICY, {"acknowledge_risk": False}, ["value.acknowledge_risk"]),
        (ConfigType.LIMITS, {"requests_per_hour": 0}, ["value.requests_per_hour"]),
        (ConfigType.BUDGET, {"monthly_usd": "5"}, ["value.monthly_usd"]),
        (ConfigType.RETENTION, {"events_days": 0}, ["value.events_days"]),
        (ConfigType.APPROVAL, {"required": True, "config_types": ["wish"]}, ["value.config_types.0"]),
    ],
)  # fmt: skip
def test_faults_are_told_by_their_fields(config_type: ConfigType, value: dict[str, Any], fields: list[str]) -> None:
    assert sorted(judge.faults(config_type, value)) == fields


def test_a_value_that_is_too_large_is_not_looked_at() -> None:
    faults = judge.faults(ConfigType.SLO, {"note": "x" * judge.MAX_VALUE_BYTES})
    assert list(faults) == ["value"]


def test_the_schema_names_what_the_gateway_recognises() -> None:
    properties = judge.schema_of(ConfigType.SENSITIVITY_POLICY)["properties"]
    assert set(properties["floors"]["properties"]) == set(Kind)
    assert properties["undeclared"]["enum"] == list(Sensitivity)


def test_the_schema_of_approval_names_every_type() -> None:
    items = judge.schema_of(ConfigType.APPROVAL)["properties"]["config_types"]["items"]
    assert items["enum"] == sorted(ConfigType)


def test_policies_of_routing_are_the_same_in_both_places() -> None:
    members = judge.schema_of(ConfigType.POLICY)["properties"]["routing"]["properties"]
    assert json.dumps(members) == json.dumps(judge.schema_of(ConfigType.ROUTING_POLICY)["properties"])
