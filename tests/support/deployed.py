"""Using the deployed stack as its clients and operators do."""

import json
import secrets
import time
from collections.abc import Callable
from typing import Any, TypeVar

import boto3
import httpx

from local.target import Target

T = TypeVar("T")


def api(target: Target, key: str | None = None) -> httpx.Client:
    """A client of the stack's API with the admin's key, or another."""
    return httpx.Client(
        base_url=str(target["base_url"]), headers={"X-API-Key": key or str(target["api_key"])}, timeout=60
    )


def aws(target: Target, service: str) -> Any:
    return boto3.client(
        service,  # type: ignore[call-overload]
        endpoint_url=target["endpoint_url"],
        region_name=target["region"],
        aws_access_key_id="000000000000",
        aws_secret_access_key="test",
    )


def resource(target: Target, logical_id: str) -> str:
    """The physical name of a resource of the stack."""
    found = aws(target, "cloudformation").describe_stack_resource(
        StackName=target["stack_name"], LogicalResourceId=logical_id
    )
    return str(found["StackResourceDetail"]["PhysicalResourceId"])


def new_tenant(target: Target, word: str, **options: Any) -> dict[str, str]:
    """Make a tenant whose name begins with a word, as an operator does; returns its first credentials."""
    tenant = f"{word}-{secrets.token_hex(3)}"
    payload = {"tenant": tenant, "tier": "enterprise", "requests_per_hour": 100_000} | options
    payload.setdefault("admin", {"username": f"admin-of-{tenant}"})
    answer = aws(target, "lambda").invoke(
        FunctionName=resource(target, "IdentityBootstrapFunction"), Payload=json.dumps(payload).encode()
    )
    made: dict[str, str] = json.loads(answer["Payload"].read())
    assert "api_key" in made, made
    return made


def eventually(fetch: Callable[[], T], done: Callable[[T], bool], *, within_s: float = 60, every_s: float = 0.3) -> T:
    """Fetch until it is done; the last value fails the test when it never is."""
    deadline = time.monotonic() + within_s
    while not done(value := fetch()):
        assert time.monotonic() < deadline, value
        time.sleep(every_s)
    return value
