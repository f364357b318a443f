"""Every model call can be checked afterwards by someone who does not trust us."""

import json
from typing import Any

import pytest

from pentarch.events import store as events
from pentarch.llm.traces import trace_of
from pentarch.routing.traces import verify
from support.gateway import openai_like, use_providers, written
from support.lambdas import Caller
from support.upstream import FakeUpstream
from support.upstream_replies import Status

GENERATE = "/api/v1/llm/generate"


def trace(trace_id: str) -> dict[str, Any]:
    event = events.get("acme", trace_id)
    assert event is not None
    found = trace_of(event)
    assert found is not None
    return found


def test_the_choice_of_a_model_verifies_after_the_models_have_changed(api: Caller, upstream: FakeUpstream) -> None:
    use_providers(openai_like(upstream.base_url))
    data = api.post(GENERATE, {"prompt": "hello"}).json()["data"]
    use_providers()
    found = trace(data["trace_id"])
    assert found["decision"]["service_id"] == data["model"] == "big-model"
    assert verify(found) == []


def test_a_trace_that_was_touched_does_not_verify(api: Caller) -> None:
    found = trace(api.post(GENERATE, {"prompt": "hello"}).json()["data"]["trace_id"])
    found["proof"]["links"][0]["problem"]["candidates"][0]["preference"] = 99
    assert verify(found)


def test_a_failed_call_goes_to_the_next_and_the_trace_says_so(api: Caller, upstream: FakeUpstream) -> None:
    use_providers(openai_like("http://127.0.0.1:9", "dead-model"), openai_like(upstream.base_url, name="second"))
    data = api.post(GENERATE, {"prompt": "hello", "model": "dead-model"}).json()["data"]
    found = trace(data["trace_id"])
    assert found["decision"]["service_id"] == "big-model"
    assert found["audit_trail"][-1]["result"] == "dead-model: UpstreamUnavailableError"
    assert verify(found) == []


@pytest.mark.usefixtures("without_local_model")
def test_a_critical_prompt_with_only_external_providers_is_refused_and_proven(
    api: Caller, upstream: FakeUpstream
) -> None:
    use_providers(openai_like(upstream.base_url))
    reply = api.post(GENERATE, {"prompt": "hello", "sensitivity": "CRITICAL"})
    assert reply.status == 403
    assert reply.json()["error"]["details"]["excluded"] == {
        "big-model": "it may see INTERNAL at most, and this is CRITICAL"
    }
    assert upstream.requests == []
    [event] = written()
    found = trace(event.id)
    assert found["decision"] is None
    [judged] = found["proof"]["links"][0]["evaluations"]
    assert judged["excluded"]["reason"] == "it may see INTERNAL at most, and this is CRITICAL"
    assert verify(found) == []


@pytest.mark.usefixtures("without_local_model")
def test_a_call_that_failed_everywhere_is_proven_too(api: Caller, upstream: FakeUpstream) -> None:
    use_providers(openai_like(upstream.base_url))
    upstream.script(Status(401))
    assert api.post(GENERATE, {"prompt": "hello"}).status == 503
    [event] = written()
    found = trace(event.id)
    assert found["decision"] is None
    assert found["audit_trail"][-1]["result"] == "big-model: UpstreamCredentialsError"
    assert verify(found) == []


def test_a_proof_over_many_models_is_compressed_and_holds(api: Caller, upstream: FakeUpstream) -> None:
    use_providers(openai_like(upstream.base_url, *[f"model-{number}" for number in range(60)]))
    data = api.post(GENERATE, {"prompt": "hello"}).json()["data"]
    event = events.get("acme", data["trace_id"])
    assert event is not None
    assert len(json.dumps(event.data)) < 8_000
    assert verify(trace(data["trace_id"])) == []


def test_what_was_measured_is_an_input_of_the_next_choice(api: Caller) -> None:
    api.post(GENERATE, {"prompt": "hello"})
    data = api.post(GENERATE, {"prompt": "hello"}).json()["data"]
    [candidate] = trace(data["trace_id"])["proof"]["links"][0]["problem"]["candidates"]
    assert candidate["observed"]["success_rate"] == 1
    assert candidate["observed"]["latency_ms"] >= 0
