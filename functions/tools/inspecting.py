"""Asking MCP servers what they have, in the function that may read credentials."""

from datetime import datetime
from typing import Any

from pentarch.events.actor import Actor
from pentarch.tools import store
from tools import listing
from tools.dispatch import of_server
from tools.failures import ToolFailedError

INSPECTION_S = 15
"""For a server to say what it has: somebody waits for it behind an HTTP request."""


def check(said: dict[str, Any], at: datetime) -> dict[str, Any]:
    """What the function that runs tools does for `ask_again`; repeating it changes nothing."""
    server = store.server(said["tenant"], said["server_id"])
    if server is None:
        return {"checked": False}
    actor = Actor(server.tenant, server.created_by, said.get("correlation_id") or "")
    found = inspect(server.tenant, server.url, server.credential)
    kept = listing.keep(actor, server, server, found, at)
    return {"checked": True, "status": kept.status}


def inspect(tenant: str, url: str, credential: str | None) -> dict[str, Any]:
    """What a server has, or `fault` with a code and a message."""
    try:
        return of_server(tenant, url, credential, INSPECTION_S)
    except ToolFailedError as error:
        return {"fault": [error.code, error.message]}
