"""Routing: what is chosen, what is refused and why, and the traces that prove both."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from pentarch.routing.traces import verify
from pentarch.services import traces
from pentarch_client.cli.app import run as main
from support.configurations import configure
from support.lambdas import Caller, Reply
from support.log import events_of
from support.services import register, register_many
from support.stopped_clock import StoppedClock

ROUTE, TRACES = "/api/route", "/api/traces"
CRITICAL = {"messages": [{"role": "user", "content": "my card is 4111 1111 1111 1111"}]}


def ask(caller: Caller, intent: str = "chat_completion", **asked: Any) -> Reply:
    request = {"intent": intent}
    request |= {name: asked.pop(name) for name in list(asked) if name in {"traits", "payload", "sensitivity"}}
    request |= {name: asked.pop(name) for name in list(asked) if name == "required_capabilities"}
    return caller.post(ROUTE, {"request": request, **asked})


def refusal(reply: Reply, status: int) -> dict[str, Any]:
    error: dict[str, Any] = reply.expect(status).json()["error"]
    return error


def trace_of(caller: Caller, trace_id: str) -> dict[str, Any]:
    trace: dict[str, Any] = caller.get(f"{TRACES}/{trace_id}").expect(200).json()
    return trace


def test_the_best_feasible_service_is_chosen_and_addressed(acme: Caller) -> None:
    register(acme, "slow", guarantees={"latency_ms": 900, "throughput_tokens_per_sec": 50})
    register(acme, "fast", guarantees={"latency_ms": 100, "throughput_tokens_per_sec": 50}, credential_ref="acme-fast")
    acme.put("/api/credentials/acme-fast", {"value": "sk-of-the-fast-one"}).expect(200)
    body = ask(acme).expect(200).json()
    assert body["decision"] == {
        "service_id": "fast",
        "service_url": "http://localhost:8081/v1/chat/completions",
        "method": "POST",
        "headers": {"Authorization": "ref:acme-fast"},
    }
    proof = body["proof"]
    assert proof["guarantee_composition"]["latency_ms"] == 100
    assert proof["contract_match"] is proof["rule_satisfaction"] is proof["security_verified"] is True
    assert proof["links"][0]["order"] == ["fast", "slow"]
    assert 0 < proof["master_equation_score"] < 1
    assert body["trace"]["decision_path"] == [
        "contract_matching", "rule_evaluation", "security_verification", "optimization"
    ]  # fmt: skip


def test_what_was_measured_counts(acme: Caller) -> None:
    register(acme, "a", guarantees={"latency_ms": 100, "reliability": 1})
    register(acme, "b", guarantees={"latency_ms": 200, "reliability": 1})
    assert ask(acme).json()["decision"]["service_id"] == "a"
    acme.post("/api/services/a/observations", {"latency_ms": 5000, "success": True}).expect(200)
    assert ask(acme).json()["decision"]["service_id"] == "b"


def test_a_trace_tells_the_decision_without_the_payload(acme: Caller) -> None:
    register(acme, "one", data_policy={"max_sensitivity": "CRITICAL"})
    made = ask(acme, payload=CRITICAL, traits={"mode": "chat"}).expect(200).json()
    trace = trace_of(acme, made["trace"]["trace_id"])
    assert trace["decision"] == made["decision"]
    assert trace["proof"] == made["proof"]
    assert trace["request"]["sensitivity"] == "CRITICAL"
    assert "4111" not in json.dumps(trace)
    [event] = events_of("acme", "route.decided")
    assert (event.resource, event.sensitivity) == (trace["trace_id"], "CRITICAL")
    assert event.data["services"] == ["one"]


@pytest.mark.parametrize(
    ("service", "asked", "status", "code", "rule"),
    [
        ({}, {"constraints": {"max_latency_ms": 1}}, 404, "NO_MATCHING_SERVICE", "max_latency_ms"),
        ({}, {"policies": {"denied_services": ["one"]}}, 403, "RULE_VIOLATION", "denied_services"),
        ({}, {"policies": {"allowed_regions": ["eu"]}}, 403, "RULE_VIOLATION", "allowed_regions"),
        ({"base_url": "https://ai.example.com"}, {}, 403, "SECURITY_VIOLATION", "allow_external_services"),
        ({}, {"policies": {"require_encryption": True}}, 403, "SECURITY_VIOLATION", "require_encryption"),
        ({}, {"payload": CRITICAL}, 403, "SECURITY_VIOLATION", "sensitivity"),
        ({}, {"sensitivity": "INTERNAL"}, 403, "SECURITY_VIOLATION", "sensitivity"),
        ({"needs_credential": True}, {}, 403, "SECURITY_VIOLATION", "credential"),
        ({"credential_ref": "nobody-stored-it"}, {}, 403, "SECURITY_VIOLATION", "credential"),
    ],
)
def test_a_refusal_says_which_rule_excluded_whom_and_leaves_a_trace(  # noqa: PLR0917 (a table's columns)
    acme: Caller, service: dict[str, Any], asked: dict[str, Any], status: int, code: str, rule: str
) -> None:
    register(acme, "one", **service)
    error = refusal(ask(acme, **asked), status)
    assert error["code"] == code
    [excluded] = error["details"]["excluded"]
    assert (excluded["service_id"], excluded["rule"]) == ("one", rule)
    trace = trace_of(acme, error["details"]["trace_id"])
    assert (trace["decision"], trace["error"]["code"]) == (None, code)
    assert trace["audit_trail"][-1]["result"] == "refused"
    assert verify(trace) == []
    assert [event.data["code"] for event in events_of("acme", "route.refused")] == [code]


def test_the_furthest_stage_that_anybody_reached_gives_the_code(acme: Caller) -> None:
    register(acme, "a", guarantees={})
    register(acme, "b", base_url="https://ai.example.com")
    assert refusal(ask(acme, constraints={"max_latency_ms": 600}), 403)["code"] == "SECURITY_VIOLATION"
    assert refusal(ask(acme, intent="nothing"), 404)["code"] == "NO_MATCHING_SERVICE"


def test_a_dry_run_leaves_nothing(acme: Caller) -> None:
    register(acme, "one")
    assert ask(acme, dry_run=True).expect(200).json()["trace"]["trace_id"] is None
    assert refusal(ask(acme, intent="nothing", dry_run=True), 404)["details"]["trace_id"] is None
    assert acme.get(TRACES).json()["traces"] == []
    assert [event.type for event in events_of("acme")] == ["service.registered"]


def test_one_service_that_covers_everything_is_chosen_alone(acme: Caller) -> None:
    register(acme, "a", "chat_completion")
    register(acme, "ab", "chat_completion", "translation")
    body = ask(acme, required_capabilities=["translation"]).expect(200).json()
    assert body["decision"]["service_id"] == "ab"
    assert "chain" not in body["decision"]


def test_a_chain_is_composed_of_one_service_for_each_capability(acme: Caller) -> None:
    promised = {"latency_ms": 300, "throughput_tokens_per_sec": 20, "reliability": 0.9}
    register(acme, "a", "chat_completion", guarantees=promised, cost_per_token=0.1)
    register(acme, "b", "translation", guarantees=promised | {"throughput_tokens_per_sec": 10}, cost_per_token=0.2)
    body = ask(acme, required_capabilities=["translation"], constraints={"max_latency_ms": 600}).expect(200).json()
    assert [stop["service_id"] for stop in body["decision"]["chain"]] == ["a", "b"]
    assert body["proof"]["guarantee_composition"] == {
        "latency_ms": 600, "throughput_tokens_per_sec": 10, "reliability": 0.81, "cost_per_token": 0.3
    }  # fmt: skip
    assert body["proof"]["whole"]["chosen"] is None
    trace = trace_of(acme, body["trace"]["trace_id"])
    assert verify(trace) == []
    for service_id in "ab":
        assert len(acme.get(TRACES, query={"service_id": service_id}).json()["traces"]) == 1
    error = refusal(ask(acme, required_capabilities=["translation"], constraints={"max_latency_ms": 599}), 404)
    assert error["details"]["capability"] == "translation"


def test_a_trace_is_verified_by_the_api_and_by_the_command(
    acme: Caller, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    register(acme, "one")
    register(acme, "two", guarantees={})
    trace_id = ask(acme).json()["trace"]["trace_id"]
    assert acme.post(f"{TRACES}/{trace_id}/verify").expect(200).json() == {
        "trace_id": trace_id, "valid": True, "faults": []
    }  # fmt: skip
    file = tmp_path / "trace.json"
    file.write_text(acme.get(f"{TRACES}/{trace_id}").text)
    assert main(["verify-route", str(file)]) == 0
    assert trace_id in capsys.readouterr().out
    trace = json.loads(file.read_text())
    forged = copy.deepcopy(trace)
    forged["decision"]["service_id"] = "two"
    file.write_text(json.dumps(forged))
    assert main(["verify-route", str(file)]) == 1
    assert "names ['two']" in capsys.readouterr().out
    file.write_text("no trace")
    assert main(["verify-route", str(file)]) == 1


def test_traces_are_listed_newest_first_by_time_and_page_by_page(acme: Caller, clock: StoppedClock) -> None:
    register(acme, "one")
    made = []
    for _ in range(5):
        clock.advance(seconds=1)
        made.append(ask(acme).json()["trace"])
    newest_first = [trace["trace_id"] for trace in reversed(made)]

    def listed(**query: Any) -> dict[str, Any]:
        page: dict[str, Any] = acme.get(TRACES, query=query).expect(200).json()
        return page

    assert [row["trace_id"] for row in listed()["traces"]] == newest_first
    first = listed(limit=2, service_id="one")
    second = listed(limit=2, service_id="one", cursor=first["next_cursor"])
    assert [row["trace_id"] for row in first["traces"] + second["traces"]] == newest_first[:4]
    window = listed(**{"from": made[1]["timestamp"], "to": made[3]["timestamp"]})
    assert [row["trace_id"] for row in window["traces"]] == newest_first[2:4]
    acme.get(TRACES, query={"from": "yesterday"}).expect(400)
    acme.get(f"{TRACES}/nowhere").expect(404)
    clock.advance(days=91)
    assert listed()["traces"] == []
    acme.get(f"{TRACES}/{newest_first[0]}").expect(404)


def test_a_large_trace_is_a_file_and_reads_and_verifies_the_same(acme: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traces, "MAX_ITEM_BYTES", 500)
    register_many("acme", 120, "chat_completion")
    trace_id = ask(acme).expect(200).json()["trace"]["trace_id"]
    [item] = list(traces.TraceItem.query("acme", traces.TraceItem.id == trace_id))
    assert item.body is None
    assert item.file == f"traces/acme/{trace_id}.json.gz"
    assert len(trace_of(acme, trace_id)["proof"]["links"][0]["evaluations"]) == 120
    assert acme.post(f"{TRACES}/{trace_id}/verify").json()["valid"]
    monkeypatch.setattr(traces, "MAX_SHOWN_BYTES", 1000)
    shown = trace_of(acme, trace_id)
    assert "links" not in shown["proof"]
    assert shown["whole_trace_url"].startswith("https://")


def test_a_request_that_is_sent_again_with_its_key_is_decided_once(acme: Caller) -> None:
    register(acme, "one")
    body, header = {"request": {"intent": "chat_completion"}}, {"Idempotency-Key": "k-1"}
    first = acme.post(ROUTE, body, headers=header).expect(200)
    assert acme.post(ROUTE, body, headers=header).expect(200).text == first.text
    assert len(events_of("acme", "route.decided")) == 1


def test_the_tenants_own_policy_and_weights_are_in_force_beside_those_of_the_request(acme: Caller) -> None:
    register(acme, "near", guarantees={"latency_ms": 10}, cost_per_token=0.001)
    register(acme, "cheap", guarantees={"latency_ms": 5000}, cost_per_token=0)
    register(acme, "outside", base_url="https://ai.example.com", cost_per_token=0)
    external: dict[str, Any] = {"policies": {"allow_external_services": True}}
    assert ask(acme, **external).json()["decision"]["service_id"] == "outside"
    configure(acme, "routing_policy", {"allow_external_services": False, "denied_services": ["near"]})
    assert ask(acme, **external).json()["decision"]["service_id"] == "cheap"
    configure(acme, "routing_weights", {"latency": 1, "throughput": 0, "cost": 0, "reliability": 0, "traits": 0})
    proof = ask(acme, **external).json()["proof"]
    assert proof["links"][0]["weights"]["latency"] == 1
    assert proof["links"][0]["problem"]["policies"]["denied_services"] == ["near"]
