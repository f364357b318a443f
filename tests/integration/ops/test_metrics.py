"""A thousand requests are a thousand in the metrics, however often and in whatever parts their lines are delivered."""

import base64
import gzip
import json
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from ops import requests
from pentarch.platform import clients
from support.lambdas import Caller

METRICS = "/api/v2/metrics"
PREFIX = "aisemble_"

pytestmark = pytest.mark.usefixtures("services")


def a_line(number: int, service: str = "llm", status: int = 200, milliseconds: float = 12.5) -> dict[str, Any]:
    facts = {"message": "request", "service": service, "status": status, "milliseconds": milliseconds}
    return {"id": f"line-{number}", "timestamp": 1, "message": json.dumps(facts)}


def delivery(lines: list[dict[str, Any]], stream: str = "s") -> dict[str, Any]:
    body = {"messageType": "DATA_MESSAGE", "logGroup": "g", "logStream": stream, "logEvents": lines}
    return {"awslogs": {"data": base64.b64encode(gzip.compress(json.dumps(body).encode())).decode()}}


def samples(api: Caller) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    reply = api.get(METRICS).expect(200)
    assert reply.headers["content-type"].startswith("text/plain")
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(reply.text)
        for sample in family.samples
    }


def value(api: Caller, name: str, **labels: str) -> float:
    return samples(api)[f"{PREFIX}{name}", frozenset(labels.items())]


def test_a_thousand_requests_from_twenty_threads_are_a_thousand(api: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    one_at_a_time, client = Lock(), clients.dynamodb()
    write = client.transact_write_items

    def write_alone(**given: Any) -> Any:
        with one_at_a_time:  # moto copies its tables while others write to them
            return write(**given)

    monkeypatch.setattr(client, "transact_write_items", write_alone)
    lines = [a_line(number, milliseconds=number % 40) for number in range(1000)]
    parts = [delivery(lines[start : start + 50], f"stream-{start}") for start in range(0, 1000, 50)]
    with ThreadPoolExecutor(20) as threads:
        list(threads.map(lambda part: requests.handler(part, None), [*parts, *parts[:5]]))
    requests.handler(delivery(lines[25:75], "stream-0"), None)  # delivered once more, in other parts

    found = samples(api)
    labels = {("service", "llm"), ("status", "success")}
    assert found[f"{PREFIX}requests_total", frozenset(labels)] == 1000
    assert found[f"{PREFIX}request_duration_seconds_count", frozenset(labels)] == 1000
    assert found[f"{PREFIX}request_duration_seconds_bucket", frozenset({*labels, ("le", "+Inf")})] == 1000
    assert found[f"{PREFIX}request_duration_seconds_bucket", frozenset({*labels, ("le", "0.005")})] == 150
    exact = sum(number % 40 for number in range(1000)) / 1000
    assert found[f"{PREFIX}request_duration_seconds_sum", frozenset(labels)] == pytest.approx(exact, abs=1e-9)


def test_outcomes_are_told_apart_and_other_lines_are_not_requests(api: Caller) -> None:
    statuses = {200: "success", 302: "success", 404: "client_error", 429: "client_error", 503: "server_error"}
    lines = [a_line(status, "jobs", status) for status in statuses]
    lines += [
        {"id": "a", "timestamp": 1, "message": "milliseconds are no JSON"},
        {"id": "b", "timestamp": 1, "message": '{"message": "another", "milliseconds": 4}'},
        {"id": "c", "timestamp": 1, "message": '{"message": "request", "milliseconds": 4}'},
    ]
    requests.handler(delivery(lines), None)
    requests.handler({"Records": []}, None)
    assert value(api, "requests_total", service="jobs", status="success") == 2
    assert value(api, "requests_total", service="jobs", status="client_error") == 2
    assert value(api, "requests_total", service="jobs", status="server_error") == 1
