"""What a tenant configures is obeyed, and can only make things stricter."""

from collections.abc import Callable
from typing import Any

import pytest

from configurations.api import app as configurations_app
from configurations.api import handler as configurations
from pentarch import standing
from pentarch.configuration import accessor
from pentarch.platform import clock
from pentarch.routing.proof import verify
from pentarch.web.admission import Gate
from support.gateway import openai_like, use_providers, written
from support.lambdas import Caller
from support.tenants import make_key
from support.upstream import FakeUpstream

GENERATE = "/api/v1/llm/generate"
Configure = Callable[..., None]


@pytest.fixture
def configure(api: Caller) -> Configure:  # noqa: ARG001 (a fixture that another needs)
    configurations_app.state.gate = Gate()
    admin = Caller(configurations, {"X-API-Key": make_key("acme", "admin")})

    def make(config_type: str, value: dict[str, Any], name: str = "ours") -> None:
        body = {"tenant_id": "acme", "config_type": config_type, "name": name, "value": value}
        reply = admin.post("/configurations", body)
        assert reply.status == 201, reply.text
        accessor.forget()

    return make


def test_a_policy_keeps_prompts_from_services_outside(
    api: Caller, configure: Configure, upstream: FakeUpstream
) -> None:
    use_providers(openai_like("https://models.example.com/v1"), openai_like(upstream.base_url, "inner", name="inside"))
    configure("routing_policy", {"allow_external_services": False})
    assert api.post(GENERATE, {"prompt": "hello"}).json()["data"]["model"] == "inner"
    event = written()[0]
    assert event.data["excluded"]["big-model"] == "allow_external_services"


def test_every_stored_policy_that_is_enabled_is_obeyed(
    api: Caller, configure: Configure, upstream: FakeUpstream
) -> None:
    use_providers(openai_like(upstream.base_url, "inner", name="inside"))
    configure("policy", {"enabled": False, "routing": {"denied_services": ["pentarch/extractive"]}})
    configure("policy", {"routing": {"denied_services": ["inner"]}}, "another")
    assert api.post(GENERATE, {"prompt": "hello"}).json()["data"]["model"] == "pentarch/extractive"
    assert written()[0].data["excluded"] == {"inner": "denied_services"}


def test_nothing_confidential_goes_outside_while_an_assessment_is_not_good_enough(
    api: Caller, configure: Configure
) -> None:
    use_providers(openai_like("https://models.example.com/v1", max_sensitivity="CRITICAL"))
    gate = {"framework": "SOC2", "min_score": 0.9, "max_age_days": 30, "from_sensitivity": "INTERNAL"}
    configure("routing_policy", {"compliance_gates": [gate]})

    def judged(score: float | None) -> tuple[str, str | None]:
        if score is not None:
            body = {"score": score, "counts": {}, "completed_at": clock.epoch_ms(clock.now())}
            standing.StateItem("acme", standing.latest_key("SOC2"), body=body, revision="1").save()
        standing.forget()
        api.post(GENERATE, {"prompt": "hello", "sensitivity": "INTERNAL"})
        proof = written()[0].data["routing"]
        assert not verify(proof)
        [big] = [one for one in proof["evaluations"] if one["service_id"] == "big-model"]
        return ("chosen", None) if big["excluded"] is None else (big["excluded"]["rule"], big["excluded"]["reason"])

    assert judged(None) == ("compliance_gates", "SOC2 was never assessed")
    assert judged(0.5) == ("compliance_gates", "SOC2 was assessed at 0.5, under 0.9")
    assert judged(0.95) == ("chosen", None)


def test_weights_of_the_tenant_are_in_the_proof(api: Caller, configure: Configure) -> None:
    weights = {"latency": 0.0, "throughput": 0.0, "cost": 1.0, "reliability": 0.0, "traits": 0.0}
    configure("routing_weights", weights)
    api.post(GENERATE, {"prompt": "hello"})
    event = written()[0]
    assert event.data["routing"]["weights"] == weights


def test_a_sensitivity_policy_raises_what_is_undeclared(
    api: Caller, configure: Configure, upstream: FakeUpstream
) -> None:
    use_providers(openai_like(upstream.base_url, max_sensitivity="INTERNAL"))
    configure("sensitivity_policy", {"undeclared": "SENSITIVE"})
    data = api.post(GENERATE, {"prompt": "hello"}).json()["data"]
    assert (data["sensitivity"], data["model"]) == ("SENSITIVE", "pentarch/extractive")
    assert upstream.requests == []


def test_a_budget_of_nothing_spends_nothing(api: Caller, configure: Configure) -> None:
    configure("budget", {"monthly_usd": 0})
    reply = api.post(GENERATE, {"prompt": "hello"})
    assert (reply.status, reply.json()["error"]["code"]) == (402, "QUOTA_EXCEEDED")


def test_a_tenant_may_bind_itself_to_fewer_requests(api: Caller, configure: Configure) -> None:
    configure("limits", {"requests_per_hour": 2})
    api.get("/api/v1/llm/models")
    assert [api.get("/api/v1/llm/models").status for _ in range(3)][-1] == 429
