"""Entry point of runs: whoever needs a tool invokes this function and waits. See `pentarch.tools.client`."""

from typing import Any

from pentarch.events.actor import Actor
from pentarch.platform import clock
from pentarch.platform.errors import PentarchError
from pentarch.platform.observability import logger
from pentarch.tools.catalogue import built_in
from pentarch.tools.client import DEFAULT_TIMEOUT_S, MAX_TIMEOUT_S
from pentarch.tools.errors import (
    KeyReusedError,
    ParametersError,
    RunInProgressError,
    ToolNotFoundError,
)
from tools import inspecting, running
from tools.running import Asked
from tools.sandbox import box

_REASONS: dict[type[PentarchError], str] = {
    ToolNotFoundError: "tool_not_found",
    ParametersError: "parameters",
    KeyReusedError: "key_reused",
    RunInProgressError: "in_progress",
}


box.close_to_others()


def handler(event: dict[str, Any], _: Any) -> dict[str, Any]:  # noqa: ANN401 (Lambda's context)
    """`run` runs a tool, `inspect` asks an MCP server what it has, `check` asks one of the tenant's again.

    Anything else is told what can be run.
    """
    if "run" in event:
        return run(event["run"])
    if "inspect" in event:
        said = event["inspect"]
        return inspecting.inspect(said["tenant"], said["url"], said["credential"])
    if "check" in event:
        return inspecting.check(event["check"], clock.now())
    return {"tools": list(built_in())}


def run(said: dict[str, Any]) -> dict[str, Any]:
    """The result as `ToolResult.shown` has it, or `refused` with the reason."""
    actor = Actor(said["tenant"], said["subject"], said.get("correlation_id") or "")
    asked = Asked(
        actor=actor,
        tool=said["tool_id"],
        parameters=said["parameters"],
        timeout_s=min(float(said.get("timeout") or DEFAULT_TIMEOUT_S), MAX_TIMEOUT_S),
        idempotency_key=said.get("idempotency_key"),
    )
    try:
        result = running.run(asked)
    except tuple(_REASONS) as error:
        refused: dict[str, Any] = {
            "reason": _REASONS[type(error)],
            "message": error.message,
            "retry_after": error.retry_after,
        }
        if isinstance(error, ParametersError):
            refused["errors"] = error.errors
        return {"refused": refused}
    logger().info(
        "tool executed",
        tool=result.tool_id,
        status=result.status,
        error=None if result.error is None else result.error.code,
        seconds=result.execution_time,
        tenant=actor.tenant,
        correlation_id=actor.correlation_id,
    )
    return result.shown() | {"replayed": result.replayed}
