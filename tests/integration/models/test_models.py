"""The list of models, and where its numbers come from."""

from datetime import UTC, datetime

import pytest

from models.api import app, handler
from models.schemas import of_today
from pentarch.llm import catalogue
from pentarch.platform import clock
from pentarch.usage.model import Consumption
from pentarch.usage.store import count_once, day_key
from pentarch.web.admission import Gate
from support.lambdas import Caller
from support.tenants import make_key, make_tenant


@pytest.fixture
def api(aws: None) -> Caller:  # noqa: ARG001 (a fixture that another needs)
    catalogue.forget()
    app.state.gate = Gate()
    make_tenant("acme")
    return Caller(handler, {"X-API-Key": make_key("acme", "viewer")})


def test_the_local_model_is_listed_with_its_lengths(api: Caller) -> None:
    [model] = api.get("/api/v2/models").json()["models"]
    assert (model["id"], model["type"], model["status"]) == ("pentarch/extractive", "language_model", "loaded")
    assert model["parameters"]["context_length"] > model["parameters"]["max_tokens"] > 0
    assert model["performance"] == {"avg_response_time": 0.0, "requests_per_hour": 0.0}


def test_performance_is_that_of_the_tenants_own_traffic(api: Caller) -> None:
    now = clock.now()
    served = Consumption(requests=2, milliseconds=500)
    for tenant in ("acme", "other"):
        key = day_key(now.date(), "pentarch/extractive", "key:1")
        count_once(tenant, {f"{tenant}-event": [(key, served)]}, now)
    [model] = api.get("/api/v2/models").json()["models"]
    assert model["performance"]["avg_response_time"] == 0.25
    assert model["performance"]["requests_per_hour"] > 0


def test_an_hourly_rate_is_over_the_day_so_far() -> None:
    told = of_today(Consumption(requests=6, milliseconds=6_000), datetime(2026, 1, 1, 12, tzinfo=UTC))
    assert told == {"avg_response_time": 1.0, "requests_per_hour": 0.5}
