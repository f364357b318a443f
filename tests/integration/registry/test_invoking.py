"""Sending what was routed: to the chosen service, with the credential that the decision refers to."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from pentarch.services import credentials, store
from support.health_server import HealthServer
from support.lambdas import Caller, Reply
from support.log import events_of
from support.services import register
from support.stopped_clock import StoppedClock
from support.tenants import make_key

VALUE = "sk-the-value-of-acme"
PAYLOAD = {"text": "add these", "numbers": [1, 2]}


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[HealthServer]:
    monkeypatch.setenv("EGRESS_REACH", "local")
    credentials.forget()
    with HealthServer() as running:
        running.headers, running.body = {"Content-Type": "application/json"}, b'{"sum": 3}'
        yield running


@pytest.fixture
def routed(acme: Caller, service: HealthServer) -> dict[str, Any]:
    acme.put("/api/credentials/adder", {"value": VALUE}).expect(200)
    register(acme, "adder", "addition", base_url=service.url + "/add", credential_ref="adder")
    return route(acme)


def route(caller: Caller) -> dict[str, Any]:
    body = {"request": {"intent": "addition", "payload": PAYLOAD, "sensitivity": "PUBLIC"}}
    found: dict[str, Any] = caller.post("/api/route", body).expect(200).json()
    return found


def invoke(caller: Caller, decision: dict[str, Any], payload: object = None, **options: Any) -> Reply:
    path = f"/api/traces/{decision['trace']['trace_id']}/invoke"
    return caller.post(path, {"payload": PAYLOAD if payload is None else payload}, **options)


def test_the_gateway_puts_the_value_where_the_decision_has_the_reference(
    acme: Caller, service: HealthServer, routed: dict[str, Any], capfd: pytest.CaptureFixture[str]
) -> None:
    assert routed["decision"]["headers"] == {"Authorization": "ref:adder"}
    reply = invoke(acme, routed).expect(200)
    answer = reply.json()
    assert (answer["service_id"], answer["status"], answer["body"]) == ("adder", 200, {"sum": 3})
    [asked] = service.asked
    assert (asked.method, asked.path, json.loads(asked.body)) == ("POST", "/add", PAYLOAD)
    assert asked.headers["Authorization"] == f"Bearer {VALUE}"
    assert asked.headers["Idempotency-Key"] == routed["trace"]["trace_id"]
    [event] = events_of("acme", "route.invoked")
    assert (event.data["service_id"], event.data["status_code"]) == ("adder", 200)
    trace = acme.get(f"/api/traces/{routed['trace']['trace_id']}").text
    told = json.dumps([one.as_json() for one in events_of("acme")]) + reply.text + trace + "".join(capfd.readouterr())
    assert VALUE not in told
    health = store.health("acme", "adder")
    assert health is not None
    assert health.averages.observed(event.at)


def test_a_service_that_repeats_its_credential_does_not_tell_it(
    acme: Caller, service: HealthServer, routed: dict[str, Any]
) -> None:
    service.body = json.dumps({"you sent": f"Bearer {VALUE}"}).encode()
    assert invoke(acme, routed).expect(200).json()["body"] == {"you sent": "***"}


def test_any_status_is_an_answer_and_none_is_an_error(
    acme: Caller, service: HealthServer, routed: dict[str, Any]
) -> None:
    service.status, service.body = 302, b"elsewhere"
    service.headers = {"Location": "http://169.254.169.254/"}
    answer = invoke(acme, routed).expect(200).json()
    assert (answer["status"], answer["body"]) == (302, "elsewhere")
    assert len(service.asked) == 1


def test_a_rotated_value_is_looked_up_again_at_once(
    acme: Caller, service: HealthServer, routed: dict[str, Any]
) -> None:
    invoke(acme, routed).expect(200)
    acme.put("/api/credentials/adder", {"value": "sk-another-value"}).expect(200)
    service.status = 401
    invoke(acme, routed).expect(200)
    assert [one.headers["Authorization"] for one in service.asked[1:]] == [
        f"Bearer {VALUE}",
        "Bearer sk-another-value",
    ]


def test_nothing_is_sent_that_was_not_judged_so(
    acme: Caller, other: Caller, service: HealthServer, routed: dict[str, Any], clock: StoppedClock
) -> None:
    error = invoke(acme, routed, {"text": "something else"}).expect(400).json()["error"]
    assert error["details"]["field"] == "payload"
    invoke(other, routed).expect(404)
    acme.post("/api/traces/nothing/invoke", {"payload": PAYLOAD}).expect(404)
    acme.using(make_key("acme", "viewer")).post(
        f"/api/traces/{routed['trace']['trace_id']}/invoke", {"payload": PAYLOAD}
    ).expect(403)
    clock.advance(minutes=5, seconds=1)
    invoke(acme, routed).expect(409)
    again = route(acme)
    acme.put("/api/services/adder", {"base_url": service.url + "/moved"}).expect(200)
    invoke(acme, again).expect(409)
    assert service.asked == []


def test_a_service_that_is_gone_or_inside_is_not_asked(
    acme: Caller, service: HealthServer, routed: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EGRESS_REACH", "off")
    invoke(acme, routed).expect(503)
    assert service.asked == []
    [event] = events_of("acme", "route.invoked")
    assert "status_code" not in event.data
    acme.delete("/api/services/adder").expect(204)
    invoke(acme, routed).expect(409)


def test_the_same_request_with_a_key_is_sent_once(acme: Caller, service: HealthServer, routed: dict[str, Any]) -> None:
    for _ in range(2):
        invoke(acme, routed, headers={"Idempotency-Key": "once"}).expect(200)
    assert len(service.asked) == 1
