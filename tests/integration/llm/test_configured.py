"""What a tenant configures is obeyed, and can only make things stricter."""

from llm.api import app
from pentarch import standing
from pentarch.identity.store import TENANT_KEY, IdentityItem
from pentarch.platform import clock
from pentarch.platform.money import NANO_PER_USD
from pentarch.routing.proof import verify
from pentarch.web.admission import Gate
from support.configurations import configure
from support.gateway import openai_like, use_providers, written
from support.lambdas import Caller
from support.upstream import FakeUpstream

GENERATE = "/api/v1/llm/generate"


def test_a_policy_keeps_prompts_from_services_outside(api: Caller, upstream: FakeUpstream) -> None:
    use_providers(openai_like("https://models.example.com/v1"), openai_like(upstream.base_url, "inner", name="inside"))
    configure(api, "routing_policy", {"allow_external_services": False})
    assert api.post(GENERATE, {"prompt": "hello"}).json()["data"]["model"] == "inner"
    event = written()[0]
    assert event.data["excluded"]["big-model"] == "allow_external_services"


def test_every_stored_policy_that_is_enabled_is_obeyed(api: Caller, upstream: FakeUpstream) -> None:
    use_providers(openai_like(upstream.base_url, "inner", name="inside"))
    configure(api, "policy", {"enabled": False, "routing": {"denied_services": ["pentarch/extractive"]}})
    configure(api, "policy", {"routing": {"denied_services": ["inner"]}}, name="another")
    assert api.post(GENERATE, {"prompt": "hello"}).json()["data"]["model"] == "pentarch/extractive"
    assert written()[0].data["excluded"] == {"inner": "denied_services"}


def test_nothing_confidential_goes_outside_while_an_assessment_is_not_good_enough(api: Caller) -> None:
    use_providers(openai_like("https://models.example.com/v1", max_sensitivity="CRITICAL"))
    gate = {"framework": "SOC2", "min_score": 0.9, "max_age_days": 30, "from_sensitivity": "INTERNAL"}
    configure(api, "routing_policy", {"compliance_gates": [gate]})

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


def test_weights_of_the_tenant_are_in_the_proof(api: Caller) -> None:
    weights = {"latency": 0.0, "throughput": 0.0, "cost": 1.0, "reliability": 0.0, "traits": 0.0}
    configure(api, "routing_weights", weights)
    api.post(GENERATE, {"prompt": "hello"})
    event = written()[0]
    assert event.data["routing"]["weights"] == weights


def test_a_sensitivity_policy_raises_what_is_undeclared(api: Caller, upstream: FakeUpstream) -> None:
    use_providers(openai_like(upstream.base_url, max_sensitivity="INTERNAL"))
    configure(api, "sensitivity_policy", {"undeclared": "SENSITIVE"})
    data = api.post(GENERATE, {"prompt": "hello"}).json()["data"]
    assert (data["sensitivity"], data["model"]) == ("SENSITIVE", "pentarch/extractive")
    assert upstream.requests == []


def test_a_budget_of_nothing_spends_nothing(api: Caller) -> None:
    configure(api, "budget", {"monthly_usd": 0})
    reply = api.post(GENERATE, {"prompt": "hello"})
    assert (reply.status, reply.json()["error"]["code"]) == (402, "QUOTA_EXCEEDED")


def test_the_stricter_of_what_is_booked_and_what_is_configured_is_the_budget(api: Caller) -> None:
    def told() -> float | None:
        budget: float | None = api.get("/api/v1/llm/usage").data["budget_usd"]
        return budget

    assert told() is None
    configure(api, "budget", {"monthly_usd": 2.5})
    assert told() == 2.5
    for booked, stricter in ((3, 2.5), (1, 1.0)):
        in_nano = IdentityItem.monthly_budget_nano_usd.set(booked * NANO_PER_USD)
        IdentityItem("acme", TENANT_KEY).update(actions=[in_nano])
        app.state.gate = Gate()
        assert told() == stricter


def test_a_tenant_may_bind_itself_to_fewer_requests(api: Caller) -> None:
    configure(api, "limits", {"requests_per_hour": 2})
    api.get("/api/v1/llm/models")
    assert [api.get("/api/v1/llm/models").status for _ in range(3)][-1] == 429
