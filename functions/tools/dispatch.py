"""How each tool is run: what it needs from AWS is fetched here, and the rest happens in the box, which has no key."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pentarch.events.actor import Actor
from pentarch.tools import store
from pentarch.tools.model import PREFIX, Kind, ToolSpec
from tools import credentials, staging
from tools.addresses import host_of, reach
from tools.builtin import file_reader
from tools.failures import Code, ToolFailedError
from tools.sandbox import box
from tools.sandbox.limits import Limits

MEMORY_BYTES = 1024 * 1024 * 1024
"""Of a run's address space; what the function has beside it is its own."""
_Stage = Callable[[str, Mapping[str, Any], Path], None]

STAGES: Mapping[str, _Stage] = {
    "linter": staging.sources,
    "security-scanner": staging.sources,
    "markdown-generator": staging.sources,
    "sql-query": staging.database,
}
"""What is put into the run's directory first."""
ADDRESSES = {"git": "repository", "http-request": "url", "linter": "repository", "security-scanner": "repository",
             "markdown-generator": "repository"}  # fmt: skip
"""The parameter that says where a named credential would be sent."""


def dispatch(
    actor: Actor,
    spec: ToolSpec,
    parameters: Mapping[str, Any],
    *,
    timeout_s: float,
    effect_key: str | None = None,
) -> dict[str, Any]:
    """What a tool gives. Raises ToolFailedError.

    `effect_key` is the same for every attempt at one effect: whoever is asked for it may tell repetitions by it.
    """
    if spec.kind is not Kind.BUILT_IN:
        return _own(actor.tenant, spec, parameters, timeout_s, effect_key)
    name = spec.id.removeprefix(PREFIX)
    if name == "file-reader":
        return file_reader.run(actor.tenant, parameters)
    request = {
        "tool": name,
        "parameters": dict(parameters),
        "reach": reach(),
        "seconds": timeout_s,
        "authorization": _authorization(actor.tenant, name, parameters),
    }
    with box.workplace() as place:
        if name in STAGES:
            STAGES[name](actor.tenant, parameters, place)
        return box.run(request, place, Limits(seconds=timeout_s, memory_bytes=MEMORY_BYTES))


def _own(
    tenant: str, spec: ToolSpec, parameters: Mapping[str, Any], timeout_s: float, effect_key: str | None
) -> dict[str, Any]:
    tool = store.tool(tenant, spec.id)
    if tool is None:
        msg = "the tool was removed"
        raise ToolFailedError(Code.NOT_FOUND, msg)
    if spec.kind is Kind.HTTP:
        target = tool.target
        request = {
            "tool": "@http",
            "parameters": dict(parameters),
            "target": dict(target),
            "authorization": named(tenant, target["credential"], target["url"]),
            "credential_header": target["credential_header"],
        }
        return boxed(request, timeout_s, effect_key)
    server = store.server(tenant, spec.server or "")
    if server is None:
        msg = "the tool's server was removed"
        raise ToolFailedError(Code.NOT_FOUND, msg)
    asked = {"name": tool.target["name"], "parameters": dict(parameters)}
    return of_server(tenant, server.url, server.credential, timeout_s, effect_key=effect_key, **asked)


def of_server(
    tenant: str,
    url: str,
    credential: str | None,
    timeout_s: float,
    *,
    effect_key: str | None = None,
    **asked: Any,  # noqa: ANN401 (JSON)
) -> dict[str, Any]:
    """What an MCP server says: of what it has, or to a call where a tool's name is given."""
    request = {"tool": "@mcp", "url": url, "authorization": named(tenant, credential, url), **asked}
    return boxed(request, timeout_s, effect_key)


def boxed(request: Mapping[str, Any], timeout_s: float, effect_key: str | None = None) -> dict[str, Any]:
    whole = {**request, "reach": reach(), "seconds": timeout_s, "effect_key": effect_key}
    with box.workplace() as place:
        return box.run(whole, place, Limits(seconds=timeout_s, memory_bytes=MEMORY_BYTES))


def named(tenant: str, credential: str | None, url: str) -> str | None:
    """The value of a named credential, for the host of an address."""
    return None if credential is None else credentials.authorization(tenant, credential, host_of(url))


def _authorization(tenant: str, tool: str, parameters: Mapping[str, Any]) -> str | None:
    return named(tenant, parameters.get("credential"), str(parameters.get(ADDRESSES.get(tool, ""), "")))
