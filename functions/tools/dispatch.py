"""How each tool is run: what it needs from AWS is fetched here, and the rest happens in the box, which has no key."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pentarch.platform.egress import Reach
from pentarch.tools.model import PREFIX, ToolSpec
from tools import credentials, staging
from tools.builtin import file_reader
from tools.facts import Actor
from tools.sandbox import box
from tools.sandbox.limits import Limits

REACH = "TOOLS_REACH"
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


def reach() -> Reach:
    """Where tools may go beside the public internet, as the deployment says."""
    return Reach(os.environ.get(REACH, Reach.PUBLIC))


def dispatch(actor: Actor, spec: ToolSpec, parameters: Mapping[str, Any], *, timeout_s: float) -> dict[str, Any]:
    """What a built-in tool gives. Raises ToolFailedError."""
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


def _authorization(tenant: str, tool: str, parameters: Mapping[str, Any]) -> str | None:
    credential = parameters.get("credential")
    if credential is None:
        return None
    return credentials.authorization(tenant, credential, host_of(str(parameters.get(ADDRESSES[tool], ""))))


def host_of(url: str) -> str:
    """Empty for what is no address; whoever asks it says so."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""
