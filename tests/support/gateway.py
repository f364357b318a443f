"""The gateway's own fixtures: providers in the secret, and what was written and called."""

import json
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from botocore.client import BaseClient

from llm.asking import gateway
from pentarch.events import store as events
from pentarch.events.model import Event
from pentarch.llm import catalogue
from pentarch.platform import clients, clock


def use_providers(*providers: dict[str, Any]) -> None:
    """Write the providers' secret, and let the process read it again."""
    clients.secretsmanager().put_secret_value(
        SecretId=os.environ["PROVIDERS_SECRET"], SecretString=json.dumps({"providers": list(providers)})
    )
    catalogue.forget()
    gateway.cache_clear()


def openai_like(
    base_url: str, *models: str | dict[str, Any], max_sensitivity: str | None = "INTERNAL", name: str = "upstream"
) -> dict[str, Any]:
    policy = {} if max_sensitivity is None else {"data_policy": {"max_sensitivity": max_sensitivity}}
    return {
        "name": name,
        "kind": "openai",
        "base_url": base_url,
        "api_key": "upstream-secret",
        "models": list(models) or ["big-model"],
        **policy,
    }


def written(tenant: str = "acme") -> list[Event]:
    """The tenant's events of the last minute, newest first."""
    now = clock.now()
    return list(events.newest_first(tenant, start=now - timedelta(minutes=1), end=now + timedelta(seconds=1)))


@contextmanager
def aws_calls() -> Iterator[Counter[str]]:
    """Counts the AWS operations that are called inside."""
    counted: Counter[str] = Counter()
    original = BaseClient._make_api_call  # type: ignore[attr-defined]

    def counting(self: Any, operation: str, parameters: Any) -> Any:
        counted[operation] += 1
        return original(self, operation, parameters)

    BaseClient._make_api_call = counting  # type: ignore[attr-defined]
    try:
        yield counted
    finally:
        BaseClient._make_api_call = original  # type: ignore[attr-defined]
