"""Services that a tenant registered, as models of the governed call: chosen, called by their credentials, or not."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from pentarch.configuration import accessor
from pentarch.events.actor import Actor
from pentarch.llm import registered
from pentarch.llm.traces import trace_of
from pentarch.platform import clients, clock
from pentarch.routing.traces import verify
from pentarch.services import credentials as stored
from pentarch.services import store
from registry import credentials, registration
from registry.schemas import Change, Registration
from support.gateway import aws_calls, openai_like, use_providers, written
from support.lambdas import Caller
from support.services import registration_of
from support.tenants import make_key, make_tenant
from support.upstream import FakeUpstream
from support.upstream_replies import Status

GENERATE = "/api/v1/llm/generate"
ACTOR = Actor("acme", "key:test")
SECRET, NEWER = "sk-tenants-own-secret", "sk-tenants-newer-secret"
CRITICAL = "Charge 4111 1111 1111 1111 please"


@pytest.fixture
def own(api: Caller, upstream: FakeUpstream, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeUpstream]:  # noqa: ARG001
    """A server of the tenant's own on this machine, registered as `ours` with a credential."""
    monkeypatch.setenv("EGRESS_REACH", "local")
    credentials.put(ACTOR, "our-key", SECRET, clock.now())
    register("ours", upstream)
    yield upstream
    registered.forget()


def register(service_id: str, upstream: FakeUpstream | str, tenant: str = "acme", **changes: Any) -> None:
    terms: dict[str, Any] = {
        "base_url": upstream if isinstance(upstream, str) else upstream.base_url.removesuffix("/v1"),
        "protocol": "openai",
        "model": {"name": "llama", "context_window": 4096, "output_usd_per_million": 3, "input_usd_per_million": 1},
        "data_policy": {"max_sensitivity": "INTERNAL"},
        "credential_ref": "our-key",
    }
    body = registration_of(service_id, "llm.chat", "llm.embeddings", **(terms | changes))
    registration.register(Actor(tenant, "key:test"), Registration(**body), clock.now())
    registered.forget()


def ask(api: Caller, prompt: str = "hello", **asked: Any) -> dict[str, Any]:
    data: dict[str, Any] = api.post(GENERATE, {"prompt": prompt, **asked}).expect(200).json()["data"]
    return data


def keys_sent(upstream: FakeUpstream) -> list[str]:
    return [request.headers.get("authorization", "") for request in upstream.requests]


def trace() -> dict[str, Any]:
    found = trace_of(written()[0])
    assert found is not None
    assert verify(found) == []
    return found


def test_a_call_goes_to_the_tenants_service_with_the_value_behind_the_reference(api: Caller, own: FakeUpstream) -> None:
    data = ask(api)
    assert (data["model"], data["provider"], data["response"]) == ("ours", "registered", "Hello from upstream")
    [request] = own.requests
    assert (request.path, request.body["model"]) == ("/v1/chat/completions", "llama")
    assert keys_sent(own) == [f"Bearer {SECRET}"]
    assert data["cost_usd"] > 0
    decision = trace()["decision"]
    assert decision["service_id"] == "ours"
    assert decision["service_url"] == f"{own.base_url}/chat/completions"
    assert decision["headers"] == {"Authorization": "ref:our-key"}


def test_it_is_asked_by_its_id_and_by_its_models_name_and_listed(api: Caller, own: FakeUpstream) -> None:
    use_providers(openai_like(own.base_url, "first", max_sensitivity="INTERNAL", name="operators"))
    assert ask(api, model="first")["model"] == "first"
    assert [ask(api, model=name)["model"] for name in ("ours", "llama")] == ["ours", "ours"]
    assert "ours" in [one["name"] for one in api.get("/api/v1/llm/models").json()["data"]["models"]]
    assert "ours" in [one["id"] for one in api.get("/v1/models").json()["data"]]


def test_it_is_one_of_several_that_are_scored_alike(api: Caller, own: FakeUpstream) -> None:
    use_providers(openai_like(own.base_url, "theirs", max_sensitivity="INTERNAL", name="operators"))
    ask(api)
    judged = {one["service_id"]: one for one in trace()["proof"]["links"][0]["evaluations"]}
    assert judged["ours"]["score"] is not None
    assert judged["theirs"]["score"] is not None


@pytest.mark.parametrize("stream", [False, True])
def test_a_service_that_fails_is_fallen_back_from_and_the_trace_says_so(
    api: Caller, own: FakeUpstream, *, stream: bool
) -> None:
    own.script(Status(500), Status(500))
    api.post(GENERATE, {"prompt": "hello", "stream": stream}).expect(200)
    found = trace()
    assert found["decision"]["service_id"] == "pentarch/extractive"
    assert "ours: UpstreamUnavailableError" in [step.get("result") for step in found["audit_trail"]]


def test_a_service_that_keeps_failing_is_left_alone_for_its_tenant_only(api: Caller, own: FakeUpstream) -> None:
    own.script(*[Status(500)] * 10)
    for _ in range(5):
        ask(api)
    asked = len(own.requests)
    ask(api)
    assert len(own.requests) == asked
    neighbour = api.using(make_tenant("other"))
    credentials.put(Actor("other", "key:test"), "our-key", NEWER, clock.now())
    register("ours", own, tenant="other")
    assert ask(neighbour)["model"] == "ours"
    assert keys_sent(own)[-1] == f"Bearer {NEWER}"


@pytest.mark.parametrize("stream", [False, True])
def test_a_replaced_credential_is_noticed_by_the_first_refusal_and_only_once(
    api: Caller, own: FakeUpstream, *, stream: bool
) -> None:
    ask(api)
    credentials.put(ACTOR, "our-key", NEWER, clock.now())
    own.script(Status(401))
    api.post(GENERATE, {"prompt": "hello", "stream": stream}).expect(200)
    assert written()[0].data["model"] == "ours"
    assert keys_sent(own) == [f"Bearer {one}" for one in (SECRET, SECRET, NEWER)]
    own.script(Status(401), Status(401), Status(401))
    assert ask(api)["model"] == "pentarch/extractive"
    assert keys_sent(own)[3:] == [f"Bearer {NEWER}"]


def test_a_removed_credential_takes_the_service_out(api: Caller, own: FakeUpstream) -> None:
    ask(api)
    credentials.remove(ACTOR, "our-key", clock.now())
    stored.forget()  # a minute later
    assert ask(api)["model"] == "pentarch/extractive"
    registered.forget()
    ask(api)
    assert written()[0].data["excluded"]["ours"] == "credential"
    assert len(own.requests) == 1


@pytest.mark.parametrize(
    ("changes", "prompt", "rule"),
    [
        ({}, CRITICAL, "sensitivity"),
        ({"data_policy": {}}, "hello", "sensitivity"),
        ({"base_url": "https://models.example.com"}, "hello", "allow_external_services"),
        (
            {"base_url": "https://models.example.com", "data_policy": {"max_sensitivity": "CRITICAL"}},
            CRITICAL,
            "allow_external_services",
        ),
    ],
)
def test_nothing_goes_to_a_service_that_may_not_see_it(
    api: Caller, own: FakeUpstream, changes: dict[str, Any], prompt: str, rule: str
) -> None:
    register("careless", own, **changes)
    registration.remove(ACTOR, "ours", clock.now())
    registered.forget()
    assert ask(api, prompt)["model"] == "pentarch/extractive"
    assert written()[0].data["excluded"]["careless"] == rule
    assert own.requests == []


def test_a_policy_of_the_tenant_allows_what_is_outside(
    api: Caller, own: FakeUpstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    register("outer", "https://models.example.com", data_policy={"max_sensitivity": "CRITICAL"})
    rules = {"routing_policy": [{"allow_external_services": True}]}
    monkeypatch.setattr(accessor, "every", lambda _, kind, **__: rules.get(kind, []))
    ask(api, CRITICAL)
    assert "outer" in written()[0].data["routing"]["order"]
    assert own.requests == []


@pytest.mark.parametrize("reach", ["off", "private"])
def test_a_name_that_leads_to_this_machine_is_not_asked_where_the_stack_does_not_let_it(
    api: Caller, own: FakeUpstream, monkeypatch: pytest.MonkeyPatch, reach: str
) -> None:
    monkeypatch.setenv("EGRESS_REACH", reach)
    registered.forget()
    assert ask(api)["model"] == "pentarch/extractive"
    assert own.connections == 0
    assert "ours: UpstreamUnavailableError" in [step.get("result") for step in trace()["audit_trail"]]


def test_the_secret_is_in_nothing_that_is_written_or_answered(
    api: Caller, own: FakeUpstream, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    own.script(Status(400, message=f"your key {SECRET} is bad"))
    told = [api.post(GENERATE, {"prompt": "one"}).text]
    own.script(Status(401), Status(500), Status(500))
    told += [api.post(GENERATE, {"prompt": text}).text for text in ("two", "three", "four")]
    told += [api.post(GENERATE, {"prompt": "five", "stream": True}).text]
    told += [json.dumps(event.data) + json.dumps(trace_of(event)) for event in written()]
    told += [*capfd.readouterr(), caplog.text]
    for table in clients.dynamodb().list_tables()["TableNames"]:
        told.append(str(clients.dynamodb().scan(TableName=table)["Items"]))
    assert len(own.requests) >= 5
    assert SECRET not in "".join(told)


def test_what_is_registered_is_read_once_a_minute_and_costs_the_others_nothing(
    api: Caller, upstream: FakeUpstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EGRESS_REACH", "local")
    ask(api)
    with aws_calls() as without:
        ask(api)
    credentials.put(ACTOR, "our-key", SECRET, clock.now())
    register("ours", upstream)
    with aws_calls() as first:
        assert ask(api)["model"] == "ours"
    with aws_calls() as later:
        assert ask(api)["model"] == "ours"
    assert without.total() <= 3
    assert later == without
    assert first - later == {"Query": 1, "BatchGetItem": 2, "GetSecretValue": 1}


def test_a_registry_that_does_not_answer_stops_no_call(
    api: Caller, own: FakeUpstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    from botocore.exceptions import EndpointConnectionError

    def fails(*_: Any, **__: Any) -> Any:
        raise EndpointConnectionError(endpoint_url="https://dynamodb")

    monkeypatch.setattr(store, "offering", fails)
    assert ask(api)["model"] == "pentarch/extractive"
    assert own.requests == []


def test_an_inactive_service_and_one_of_another_protocol_get_nothing(api: Caller, own: FakeUpstream) -> None:
    registration.change(ACTOR, "ours", Change(status="inactive"), clock.now())
    register("other-words", own, protocol="http")
    assert ask(api)["model"] == "pentarch/extractive"
    assert written()[0].data["excluded"] == {"ours": "active"}


def test_embeddings_are_made_by_it_too(api: Caller, own: FakeUpstream) -> None:
    made = api.post("/v1/embeddings", {"model": "ours", "input": ["a", "b"]}).expect(200).json()
    assert (made["model"], len(made["data"])) == ("ours", 2)
    assert own.requests[0].path == "/v1/embeddings"


def test_a_neighbour_neither_sees_nor_uses_it(api: Caller, own: FakeUpstream) -> None:
    make_tenant("other")
    neighbour = api.using(make_key("other", "developer"))
    assert ask(neighbour)["model"] == "pentarch/extractive"
    assert neighbour.post(GENERATE, {"prompt": "hello", "model": "ours"}).status == 400
    assert "ours" not in neighbour.get("/api/v1/llm/models").text
    assert own.requests == []
