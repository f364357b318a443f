"""Health in the bodies of four references, when all is well and when it is not."""

import io
import json
from collections.abc import Iterator
from unittest import mock

import pytest
from botocore.exceptions import EndpointConnectionError

import nlp.api
from ops import probes
from ops.api import handler
from pentarch.llm import catalogue
from pentarch.platform import clients
from support.gateway import use_providers
from support.lambdas import Caller


@pytest.fixture
def anyone(aws: None) -> Iterator[Caller]:  # noqa: ARG001 (a fixture that another needs)
    catalogue.forget()
    probes._memory().clear()
    yield Caller(handler, {})
    probes._memory().clear()
    catalogue.forget()


def test_all_is_well(anyone: Caller) -> None:
    plain, gateway, services = (anyone.get(path).json() for path in ("/health", "/api/v1/health", "/api/v2/health"))
    assert plain["status"] == gateway["status"] == services["status"] == "healthy"
    assert gateway["data"]["cache_status"] == "connected"
    assert gateway["components"]["llm_provider"] == "ok"
    assert services["services"]["llm_service"]["models_loaded"] == 1
    assert services["services"]["orchestrator"]["response_time"] > 0


def test_natural_language_is_asked_what_it_takes_of_its_memory(anyone: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """Through its own function, as it would answer the invocation."""

    def invoke(FunctionName: str, Payload: str) -> dict[str, io.BytesIO]:  # noqa: N803 (boto3's names)
        assert FunctionName == "nlp-alias"
        return {"Payload": io.BytesIO(json.dumps(nlp.api.handler(json.loads(Payload), None)).encode())}

    monkeypatch.setenv("NLP_API_FUNCTION", "nlp-alias")
    with mock.patch.object(clients.prediction_functions(10), "invoke", side_effect=invoke):
        told = anyone.get("/api/v2/health").json()["services"]["nlp_service"]
    assert told["status"] == "healthy"
    assert int(told["memory_usage"].removesuffix(" MB")) > 10


def test_a_provider_that_does_not_answer_is_named_and_degrades(anyone: Caller) -> None:
    use_providers({"name": "gone", "kind": "openai", "base_url": "http://127.0.0.1:9"})
    told = anyone.get("/api/v2/health").json()
    assert told["status"] == told["services"]["llm_service"]["status"] == "degraded"
    assert told["services"]["llm_service"]["unavailable_providers"] == ["gone"]


def test_without_storage_health_is_503(anyone: Caller) -> None:
    down = EndpointConnectionError(endpoint_url="http://nowhere")
    with mock.patch.object(clients.dynamodb(), "get_item", side_effect=down):
        reply = anyone.get("/health")
        assert (reply.status, reply.json()["status"]) == (503, "unhealthy")
        assert anyone.get("/api/v1/health").json()["data"]["cache_status"] == "disconnected"


def test_asking_often_reads_once(anyone: Caller) -> None:
    with mock.patch.object(clients.dynamodb(), "get_item", wraps=clients.dynamodb().get_item) as read:
        for _ in range(5):
            anyone.get("/health")
    assert read.call_count == 1


def test_the_version_is_told_to_everybody(anyone: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUILD_DATE", "2026-01-01T00:00:00Z")
    monkeypatch.setenv("BUILD_COMMIT", "abc")
    told = anyone.get("/api/v1/version").json()
    assert (told["build_date"], told["commit"]) == ("2026-01-01T00:00:00Z", "abc")
    assert told["version"]
