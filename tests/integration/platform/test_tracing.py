"""Traces, as the X-Ray daemon on a Lambda host would receive them."""

import json
import socket

import pytest

from pentarch.platform.observability import _tracer, traced

TRACE = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled={}"


@pytest.fixture
def daemon(monkeypatch: pytest.MonkeyPatch) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    listener.bind(("127.0.0.1", 0))
    listener.settimeout(3)
    monkeypatch.setenv("AWS_XRAY_DAEMON_ADDRESS", f"127.0.0.1:{listener.getsockname()[1]}")
    monkeypatch.setenv("LAMBDA_TASK_ROOT", "/var/task")
    return listener


def test_a_sampled_request_is_found_by_its_correlation_id(
    daemon: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("_X_AMZN_TRACE_ID", TRACE.format(1))
    _tracer.cache_clear()
    with daemon:
        with traced("request", "c-17"):
            pass
        told = json.loads(daemon.recv(65_536).split(b"\n", 1)[1])
    assert told["annotations"] == {"correlation_id": "c-17"}
    assert told["trace_id"] == "1-5759e988-bd862e3fe1be46a994272793"


def test_what_is_not_sampled_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_X_AMZN_TRACE_ID", TRACE.format(0))
    _tracer.cache_clear()
    with traced("request", "c-17"):
        pass
    assert _tracer.cache_info().currsize == 0
