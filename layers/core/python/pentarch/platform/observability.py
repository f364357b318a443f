"""The process's logger and tracer: JSON lines and X-Ray subsegments with the correlation id, and no personal data."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger

from pentarch.platform.clock import iso, now
from pentarch.platform.jsons import encoded

if TYPE_CHECKING:
    from aws_lambda_powertools import Tracer


@cache
def logger() -> Logger:
    """Service name and level come from POWERTOOLS_SERVICE_NAME and POWERTOOLS_LOG_LEVEL."""
    return Logger(utc=True)


def log_request(**facts: object) -> None:
    """The one line of a request, in the logger's form; its own machinery would cost a sixth of a request's time.

    It is written whatever the log level is, because requests are counted by it (`pentarch.usage.requests`).
    """
    line = {
        "level": "INFO",
        "message": "request",
        "timestamp": iso(now()),
        "service": logger().service,
        **{name: value for name, value in facts.items() if value is not None},
    }
    sys.stdout.write(encoded(line, default=str).decode() + "\n")
    sys.stdout.flush()


@cache
def _tracer() -> "Tracer":
    from aws_lambda_powertools import Tracer

    # Patching every library would cost each cold start more than the traces of AWS calls tell.
    return Tracer(auto_patch=False)


@contextmanager
def traced(name: str, correlation_id: str) -> Iterator[None]:
    """A subsegment that X-Ray finds by the correlation id; nothing at all where this invocation is not sampled."""
    if "Sampled=1" not in os.environ.get("_X_AMZN_TRACE_ID", ""):
        yield
        return
    with _tracer().provider.in_subsegment(f"## {name}") as subsegment:
        subsegment.put_annotation("correlation_id", correlation_id)
        yield
