"""Running a tool from anywhere in the stack: the tools' own function does it, with the libraries that it needs."""

import json
import os
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, ReadTimeoutError

from pentarch.platform import clients
from pentarch.tools.errors import (
    KeyReusedError,
    ParametersError,
    RunInProgressError,
    RunnerUnavailableError,
    ToolNotFoundError,
)
from pentarch.tools.model import ToolResult

FUNCTION = "TOOLS_RUNNER_FUNCTION"
MAX_TIMEOUT_S = 120
DEFAULT_TIMEOUT_S = 30
READ_TIMEOUT_S = MAX_TIMEOUT_S + 25
"""The longest run, a cold start and what is written around it: one client serves every run."""


def run(
    tenant: str,
    subject: str,
    tool_id: str,
    parameters: Mapping[str, Any],
    *,
    idempotency_key: str | None = None,
    timeout_s: float = DEFAULT_TIMEOUT_S,
    correlation_id: str = "",
) -> ToolResult:
    """Run a tool and wait for what comes of it; `tool_id` may be its name too.

    With an idempotency key, which counts within the tenant, subject and tool, the first result is given again for a
    day. What goes wrong in the tool is a result that says so, its time-out too. Raises ToolNotFoundError,
    ParametersError, KeyReusedError (another run had the key), RunInProgressError (try again) and
    RunnerUnavailableError (whether it ran is not known; with the key it is safe to ask again).
    """
    asked = {
        "tenant": tenant,
        "subject": subject,
        "tool_id": tool_id,
        "parameters": dict(parameters),
        "idempotency_key": idempotency_key,
        "timeout": min(timeout_s, MAX_TIMEOUT_S),
        "correlation_id": correlation_id,
    }
    said = invoke({"run": asked})
    if "refused" in said:
        raise _refusal(said["refused"])
    try:
        return ToolResult.read(said)
    except (KeyError, TypeError, ValueError) as error:
        msg = "what the function that runs tools answers is no result"
        raise RunnerUnavailableError(msg) from error


def invoke(request: Mapping[str, Any]) -> dict[str, Any]:
    """Ask the tools' own function. Raises RunnerUnavailableError."""
    try:
        reply = clients.prediction_functions(READ_TIMEOUT_S).invoke(
            FunctionName=os.environ[FUNCTION], Payload=json.dumps(request).encode()
        )
        said = json.loads(reply["Payload"].read())
    except ReadTimeoutError as error:
        msg = "the function that runs tools did not answer in time"
        raise RunnerUnavailableError(msg) from error
    except (BotoCoreError, ClientError, ValueError) as error:
        msg = "the function that runs tools does not answer"
        raise RunnerUnavailableError(msg, retry_after=1) from error
    if "FunctionError" in reply or not isinstance(said, dict):
        msg = "the function that runs tools failed"
        raise RunnerUnavailableError(msg)
    return said


def _refusal(said: Mapping[str, Any]) -> Exception:
    message, retry_after = str(said.get("message")), said.get("retry_after")
    match said.get("reason"):
        case "tool_not_found":
            return ToolNotFoundError()
        case "parameters":
            return ParametersError(said["errors"])
        case "key_reused":
            return KeyReusedError(message)
        case "in_progress":
            return RunInProgressError(message, retry_after=retry_after)
        case _:
            return RunnerUnavailableError(message)
