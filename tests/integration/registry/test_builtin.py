"""The gateway's own models among the services, and the gateway's choices among the traces."""

import pytest

from fanout import stream
from llm.api import app as gateway_app
from llm.api import handler as gateway
from pentarch.events import store as events
from pentarch.llm import catalogue
from pentarch.web.admission import Gate
from registry import builtin
from support.lambdas import Caller

LOCAL = "model:pentarch.extractive"


_services = builtin.services


@pytest.fixture(autouse=True)
def _with_models(anybody: Caller, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001 (what it undoes)
    catalogue.forget()
    monkeypatch.setattr(builtin, "services", _services)


def test_the_gateways_models_are_services(acme: Caller) -> None:
    body = acme.get("/api/services").json()
    assert [one["service_id"] for one in body["services"]] == [LOCAL]
    assert body["total"] == 1
    found = acme.get(f"/api/services/{LOCAL}").json()
    assert found["status"] == "active"
    assert "llm.chat" in found["capabilities"]
    assert found["data_policy"]["max_sensitivity"] == "CRITICAL"


def test_they_come_behind_the_tenants_own_and_are_filtered_alike(acme: Caller) -> None:
    assert acme.get("/api/services", query={"capability": "chat_completion"}).json()["services"] == []
    assert acme.get("/api/services", query={"status": "inactive"}).json()["total"] == 0
    assert acme.get("/api/services", query={"capability": "llm.embeddings"}).json()["total"] == 1


def test_nobody_changes_or_takes_their_names(acme: Caller) -> None:
    body = {
        "service_id": LOCAL,
        "name": "x",
        "version": "1",
        "base_url": "http://localhost:1",
        "protocol": "http",
        "contract": {"capabilities": ["chat"]},
    }
    assert acme.post("/api/services/register", body).status in (400, 403, 409)
    assert acme.delete(f"/api/services/{LOCAL}").status in (400, 403, 409)


def test_they_are_discovered_and_routed_to_by_their_own_capabilities(acme: Caller) -> None:
    found = acme.post("/api/discover", {"capability": "llm.chat"}).json()
    assert found["proof"]["matching_contracts"] == [LOCAL]
    routed = acme.post("/api/route", {"request": {"intent": "llm.chat", "payload": {}}}).json()
    assert routed["decision"]["service_id"] == LOCAL
    verified = acme.post(f"/api/traces/{routed['trace']['trace_id']}/verify").json()
    assert verified["faults"] == []


def test_a_model_calls_trace_is_read_and_verified_by_its_id(acme: Caller) -> None:
    gateway_app.state.gate = Gate()
    answered = Caller(gateway, acme.headers).post("/api/v1/llm/generate", {"prompt": "hello"}).json()["data"]
    trace = acme.get(f"/api/traces/{answered['trace_id']}").json()
    assert trace["decision"]["service_id"] == answered["model"]
    assert [step["step"] for step in trace["audit_trail"]][-1] == "optimization"
    assert acme.post(f"/api/traces/{answered['trace_id']}/verify").json()["valid"] is True


def test_model_calls_are_listed_by_time_and_by_model(acme: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Pentarch")
    gateway_app.state.gate = Gate()
    answered = Caller(gateway, acme.headers).post("/api/v1/llm/generate", {"prompt": "hello"}).json()["data"]
    event = events.get("acme", answered["trace_id"])
    assert event is not None
    record = {"eventName": "INSERT", "dynamodb": {"NewImage": events.attributes_of(event)}}
    for _ in range(2):  # streams deliver at least once
        stream.handler({"Records": [record]}, None)
    for query in ({}, {"service_id": answered["model"]}):
        [listed] = acme.get("/api/traces", query=query).json()["traces"]
        assert (listed["trace_id"], listed["services"]) == (answered["trace_id"], [answered["model"]])
    assert acme.get("/api/traces", query={"service_id": "other"}).json()["traces"] == []
    assert acme.post(f"/api/traces/{answered['trace_id']}/verify").json()["valid"] is True
