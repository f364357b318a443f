"""A governed call through the gateway's handler: what is answered, what is written, and what it costs."""

import json
from unittest import mock

import pytest

from pentarch.llm.extractive import SPEC
from pentarch.platform import clients, clock
from pentarch.usage import store as usage
from support.gateway import aws_calls, openai_like, use_providers, written
from support.lambdas import Caller
from support.tenants import make_key, make_tenant
from support.upstream import FakeUpstream
from support.upstream_replies import Body, Chat, Status

GENERATE = "/api/v1/llm/generate"


def test_an_answer_tells_who_served_it_and_what_was_asked_for(api: Caller, upstream: FakeUpstream) -> None:
    priced = {"name": "big-model", "input_usd_per_million": 2, "output_usd_per_million": 8}
    use_providers(openai_like(upstream.base_url, priced))
    upstream.script(Chat(("Red, ", "yellow, blue."), usage=(10, 5)))
    data = api.post(GENERATE, {"prompt": "Name three primary colours.", "agent_name": "painter"}).json()["data"]
    assert data["response"] == "Red, yellow, blue."
    assert (data["model"], data["requested_model"], data["provider"]) == ("big-model", "gpt-4", "upstream")
    assert data["tokens_used"] == 15
    assert data["cost_usd"] == pytest.approx(10 * 2e-6 + 5 * 8e-6)
    assert data["cached"] is False


def test_the_event_of_a_call_proves_it_without_its_text(api: Caller, upstream: FakeUpstream) -> None:
    use_providers(openai_like(upstream.base_url))
    reply = api.post(GENERATE, {"prompt": "A secret plan", "agent_name": "spy"}, headers={"X-Correlation-ID": "c-1"})
    [event] = written()
    assert event.id == reply.json()["data"]["audit_event_id"]
    assert (event.type, event.action, event.resource, event.agent) == (
        "llm.completed",
        "llm_generate",
        "big-model",
        "spy",
    )
    assert event.correlation_id == reply.headers["x-correlation-id"] == "c-1"
    assert event.sensitivity == "INTERNAL"
    assert len(event.data["prompt_sha256"]) == len(event.data["answer_sha256"]) == 64
    assert event.data["policy_version"]
    assert "secret plan" not in json.dumps(event.data)
    assert "upstream-secret" not in json.dumps(event.data)


def test_a_call_without_cache_makes_three_aws_calls_and_with_it_four(api: Caller) -> None:
    api.post(GENERATE, {"prompt": "Count to three."})  # fills the memory of credentials and providers
    with aws_calls() as plain:
        api.post(GENERATE, {"prompt": "Count to three."})
    with aws_calls() as cached:
        api.post(GENERATE, {"prompt": "Count to three.", "cache_ttl": 60})
    with aws_calls() as hit:
        api.post(GENERATE, {"prompt": "Count to three.", "cache_ttl": 60})
    assert plain.total() <= 3, plain
    assert cached.total() <= 4, cached
    assert hit.total() <= 4, hit


# Governance


def test_a_prompt_with_a_card_number_never_leaves_for_a_provider_that_may_not_see_it(
    api: Caller, upstream: FakeUpstream
) -> None:
    use_providers(openai_like(upstream.base_url, max_sensitivity="INTERNAL"))
    data = api.post(GENERATE, {"prompt": "Charge 4111 1111 1111 1111 please", "sensitivity": "PUBLIC"}).json()["data"]
    assert data["sensitivity"] == "CRITICAL"
    assert data["model"] == SPEC.name
    assert upstream.requests == []
    [event] = written()
    assert event.data["findings"] == {"payment_card": 1}
    assert event.data["excluded"] == {"big-model": "sensitivity"}


def test_a_provider_of_which_nobody_said_anything_sees_public_prompts_only(api: Caller, upstream: FakeUpstream) -> None:
    use_providers(openai_like(upstream.base_url, max_sensitivity=None))
    assert api.post(GENERATE, {"prompt": "hello"}).json()["data"]["model"] == SPEC.name
    assert upstream.requests == []
    assert api.post(GENERATE, {"prompt": "hello", "sensitivity": "PUBLIC"}).json()["data"]["model"] == "big-model"


@pytest.mark.usefixtures("without_local_model")
def test_a_prompt_that_nobody_may_see_is_refused_and_the_refusal_is_written(
    api: Caller, upstream: FakeUpstream
) -> None:
    use_providers(openai_like(upstream.base_url))
    reply = api.post(GENERATE, {"prompt": "hello", "sensitivity": "CRITICAL"})
    assert reply.status == 403
    assert reply.json()["error"]["code"] == "AUTHORIZATION_ERROR"
    assert upstream.requests == []
    assert [event.type for event in written()] == ["llm.refused"]


def test_a_spent_budget_is_402_before_any_model_is_called(api: Caller, upstream: FakeUpstream) -> None:
    make_tenant("poor", monthly_budget_nano_usd=1_000)
    use_providers(openai_like(upstream.base_url))
    poor = Caller(api.handler, {"X-API-Key": make_key("poor", "developer")})
    assert poor.post(GENERATE, {"prompt": "hello"}).status == 200
    usage.UsageItem("poor", usage.month_key(clock.now()), cost_nano_usd=1_000).save()
    asked = len(upstream.requests)
    for path, body in (
        (GENERATE, {"prompt": "hello"}),
        ("/api/v2/ai/llm/generate", {"prompt": "hello"}),
        ("/v1/chat/completions", {"model": "gpt-4", "messages": [{"role": "user", "content": "hello"}]}),
    ):
        reply = poor.post(path, body)
        assert reply.status == 402
        assert reply.json()["error"]["code"].upper() in ("QUOTA_EXCEEDED", "INSUFFICIENT_QUOTA")
    assert len(upstream.requests) == asked


def test_a_viewer_may_list_models_and_not_call_them(api: Caller) -> None:
    viewer = Caller(api.handler, {"X-API-Key": make_key("acme", "viewer")})
    assert viewer.get("/api/v1/llm/models").status == 200
    assert viewer.post(GENERATE, {"prompt": "hello"}).status == 403


# The cache


def test_a_cached_answer_is_found_again_by_the_same_tenant_and_class_only(api: Caller, upstream: FakeUpstream) -> None:
    use_providers(openai_like(upstream.base_url, max_sensitivity="CRITICAL"))
    make_tenant("other")
    other = Caller(api.handler, {"X-API-Key": make_key("other", "developer")})
    asked = {"prompt": "What is new?", "cache_ttl": 60}
    assert api.post(GENERATE, asked).json()["data"]["cached"] is False
    assert api.post(GENERATE, asked).json()["data"]["cached"] is True
    assert api.post(GENERATE, asked | {"sensitivity": "SENSITIVE"}).json()["data"]["cached"] is False
    assert api.post(GENERATE, asked | {"temperature": 0.1}).json()["data"]["cached"] is False
    assert other.post(GENERATE, asked).json()["data"]["cached"] is False
    assert len(upstream.requests) == 4
    assert [event.type for event in written()].count("llm.cached") == 1


def test_a_cached_answer_costs_nothing_and_says_so(api: Caller, upstream: FakeUpstream) -> None:
    use_providers(openai_like(upstream.base_url, {"name": "big-model", "input_usd_per_million": 2}))
    api.post(GENERATE, {"prompt": "What is new?", "cache_ttl": 60})
    api.post(GENERATE, {"prompt": "What is new?", "cache_ttl": 60})
    hit = next(event for event in written() if event.type == "llm.cached")
    assert hit.data["cost_nano_usd"] == hit.data["prompt_tokens"] == 0


def test_an_answer_past_its_time_is_made_anew(api: Caller, upstream: FakeUpstream) -> None:
    use_providers(openai_like(upstream.base_url))
    api.post(GENERATE, {"prompt": "What is new?", "cache_ttl": 1})
    with mock.patch("pentarch.llm.cache.CacheItem.get") as found:
        found.return_value.ttl = 0
        assert api.post(GENERATE, {"prompt": "What is new?", "cache_ttl": 1}).json()["data"]["cached"] is False


# Failing backends


def test_the_next_backend_answers_when_the_first_is_down(api: Caller, upstream: FakeUpstream) -> None:
    use_providers(openai_like("http://127.0.0.1:9", "dead-model"), openai_like(upstream.base_url, name="second"))
    data = api.post(GENERATE, {"prompt": "hello", "model": "dead-model"}).json()["data"]
    assert (data["model"], data["requested_model"]) == ("big-model", "dead-model")


@pytest.mark.usefixtures("without_local_model")
@pytest.mark.parametrize("broken", [Body(b"<html>oops</html>", "text/html"), Status(401), Status(500)])
def test_an_upstream_that_fails_is_503_in_the_dialect_and_written(
    api: Caller, upstream: FakeUpstream, broken: object
) -> None:
    use_providers(openai_like(upstream.base_url))
    upstream.script(broken, broken)  # type: ignore[arg-type]
    reply = api.post(GENERATE, {"prompt": "hello"})
    assert reply.status == 503
    assert reply.json()["error"]["code"] == "SERVICE_UNAVAILABLE"
    assert "upstream-secret" not in reply.text
    assert [event.type for event in written()] == ["llm.failed"]


@pytest.mark.usefixtures("without_local_model")
def test_a_backend_that_keeps_failing_is_left_alone(api: Caller, upstream: FakeUpstream) -> None:
    use_providers(openai_like(upstream.base_url))
    upstream.script(*[Status(401)] * 5)
    for _ in range(7):
        assert api.post(GENERATE, {"prompt": "hello"}).status == 503
    assert len(upstream.requests) == 5


def test_a_broken_entry_of_the_secret_takes_only_itself_out(api: Caller, upstream: FakeUpstream) -> None:
    use_providers({"name": "odd", "kind": "unheard-of"}, {"kind": "openai"}, openai_like(upstream.base_url))
    names = [model["name"] for model in api.get("/api/v1/llm/models").json()["data"]["models"]]
    assert names == ["big-model", SPEC.name]


# Bad input


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"prompt": 7},
        {"prompt": ""},
        {"prompt": "  \n"},
        {"prompt": "hi", "max_tokens": "many"},
        {"prompt": "hi", "max_tokens": -1},
        {"prompt": "hi", "temperature": "warm"},
        {"prompt": "hi", "sensitivity": "SOMEWHAT"},
        {"prompt": "hi", "cache_ttl": -5},
        {"prompt": "hi", "model": "no-such-model"},
        {"prompt": "word " * 200_000},
    ],
)
def test_bad_bodies_are_400_in_the_dialect(api: Caller, body: object) -> None:
    reply = api.post(GENERATE, body)
    assert reply.status == 400
    error = reply.json()["error"]
    assert error["code"] == "VALIDATION_ERROR"
    assert error["details"]["field"]
    assert reply.headers["x-ratelimit-limit"] == "120"


def test_malformed_json_is_400_and_an_unknown_model_is_404_where_openai_says_so(api: Caller) -> None:
    assert api.post(GENERATE, raw=b'{"prompt": "cut sho').json()["error"]["details"]["field"] == "body"
    asked = {"model": "no-such-model", "messages": [{"role": "user", "content": "hi"}]}
    reply = api.post("/v1/chat/completions", asked)
    assert (reply.status, reply.json()["error"]["code"]) == (404, "model_not_found")


def test_a_store_that_does_not_answer_is_503_and_says_when_to_come_back(api: Caller) -> None:
    from botocore.exceptions import EndpointConnectionError

    down = EndpointConnectionError(endpoint_url="http://nowhere")
    with mock.patch.object(clients.dynamodb(), "update_item", side_effect=down):
        reply = api.post(GENERATE, {"prompt": "hello"})
    assert (reply.status, reply.headers["retry-after"]) == (503, "1")
    assert "nowhere" not in reply.text


def test_requests_past_the_limit_are_429_and_carry_the_headers(api: Caller) -> None:
    statuses = [api.post(GENERATE, {"prompt": "Count to two."}) for _ in range(121)]
    assert [reply.status for reply in statuses].count(200) in (120, 121)  # 121: the minute ended in between
    last = statuses[-1]
    if last.status == 429:
        assert last.json()["error"]["code"] == "RATE_LIMITED"
        assert last.headers["x-ratelimit-remaining"] == "0"
        assert 1 <= int(last.headers["retry-after"]) <= 60
