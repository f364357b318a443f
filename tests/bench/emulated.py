"""An emulator of AWS in a process of its own, with the template's tables, queues and buckets: for benches of stores."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import httpx
import pytest

from support import aws
from support.template import resources

_PATIENCE_S = 60


@contextmanager
def emulator() -> Iterator[None]:
    """Inside, the environment names the emulator and what it holds, as a function's does."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    endpoint = f"http://127.0.0.1:{port}"
    names = {"GATEWAY_PORT": str(port), "BIND_HOST": "127.0.0.1", "IOT_MTLS_ENABLED": "0", "PERSIST_STATE": "0"}
    quiet = {"DOCKER_HOST": "unix:///nonexistent/docker.sock", "SFTP_ENABLED": "0", "LOG_LEVEL": "ERROR"}
    with tempfile.TemporaryDirectory() as scratch, pytest.MonkeyPatch.context() as patch:
        process = subprocess.Popen(
            [sys.executable, "-m", "ministack.app"],
            cwd=scratch,
            env={"PATH": os.environ["PATH"], "TMPDIR": scratch, "STATE_DIR": scratch, **names, **quiet},
            stdout=subprocess.DEVNULL,
        )
        try:
            _wait(endpoint)
            own = {"POWERTOOLS_METRICS_NAMESPACE": "Pentarch", "POWERTOOLS_SERVICE_NAME": "bench"}
            for name, value in {**aws.ENVIRONMENT, "AWS_ENDPOINT_URL": endpoint, **own}.items():
                patch.setenv(name, value)
            client: Any = boto3.client
            for name, value in aws.make(client).items():
                patch.setenv(name, value)
            _set_visibility(client("sqs"))
            yield
        finally:
            process.terminate()
            process.wait()


def _set_visibility(sqs: Any) -> None:
    """As the template has it, so that no message comes again while it is worked on."""
    for logical_id, queue in resources("AWS::SQS::Queue").items():
        seconds = str(queue["Properties"].get("VisibilityTimeout", 30))
        url = sqs.get_queue_url(QueueName=logical_id)["QueueUrl"]
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": seconds})


def _wait(endpoint: str) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        try:
            if httpx.get(f"{endpoint}/_ministack/health").is_success:
                return
        except httpx.TransportError:
            if time.monotonic() > deadline:
                raise
        time.sleep(0.1)
