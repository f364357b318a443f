"""Moto for several threads: each call to AWS happens at once, as DynamoDB promises and moto does not."""

from threading import Lock
from typing import Any

import botocore.client
import pytest


def make_calls_atomic(patch: pytest.MonkeyPatch) -> None:
    """Moto checks a condition and writes in two steps without a lock, so threads could come between the two."""
    lock = Lock()
    call = botocore.client.BaseClient._make_api_call  # type: ignore[attr-defined]

    def atomic(self: Any, operation: str, parameters: Any) -> Any:
        with lock:
            return call(self, operation, parameters)

    patch.setattr(botocore.client.BaseClient, "_make_api_call", atomic)
