"""What an MCP server says it has, made into tools and kept until it is asked again."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from pentarch.events import store as events
from pentarch.events.actor import Actor
from pentarch.platform.errors import ConflictError
from pentarch.platform.tables import Transaction
from pentarch.tools import catalogue, store, validation
from pentarch.tools.errors import ToolNameTakenError
from pentarch.tools.model import MAX_ID, Kind, ToolSpec, id_of
from pentarch.tools.own import OwnTool, Server, ServerStatus
from tools import facts

MAX_DESCRIPTION = 2000
MAX_TOOL_BYTES = 32 * 1024
"""Of a tool as it is kept; all of a server's are in one transaction, which has 4 MB."""
_HASHED = 8


def keep(
    actor: Actor,
    before: Server | None,
    server: Server,
    said: Mapping[str, Any],
    at: datetime,
    *,
    too_many: Exception | None = None,
) -> Server:
    """Write the server and its tools, and tell of it. One that does not answer keeps the tools that it had."""
    transaction = Transaction()
    moved = ConflictError("it is being changed by others; try again", retry_after=1)
    if "fault" in said:
        code, message = said["fault"]
        after = replace(server, status=ServerStatus.FAILING, error=message, checked_at=at, revision=server.revision + 1)
        store.put_server(transaction, after, over=before, otherwise=moved)
        outcome: dict[str, Any] = {"outcome": after.status, "error": code}
    else:
        others = _others(server)
        tools, left_out = tools_of(server, said["tools"], others, at)
        after = replace(
            server,
            status=ServerStatus.REACHABLE,
            error=None,
            checked_at=at,
            tools=tuple(tool.spec.id for tool in tools),
            left_out=left_out,
            facts={"protocol": said.get("protocol"), **said.get("server", {})},
            revision=server.revision + 1,
        )
        _replace_tools(transaction, server, before, tools)
        taken = ToolNameTakenError(server.id) if before is None else moved
        store.put_server(transaction, after, over=before, otherwise=taken)
        outcome = {"outcome": after.status, "tools": len(tools), "tools_left_out": left_out}
    if before is None:
        store.count(transaction, actor.tenant, Kind.MCP, 1, otherwise=too_many or moved)
    word = facts.CREATED if before is None else facts.SERVER_CHECKED
    if before is not None and server.updated_at == at:
        word = facts.UPDATED
    events.record(transaction, facts.did(actor, word, server.id, at, kind=Kind.MCP, **outcome))
    transaction.commit()
    return after


def tools_of(
    server: Server, listed: Sequence[Mapping[str, Any]], taken: Iterable[str], at: datetime
) -> tuple[list[OwnTool], int]:
    """The tools that can be offered, and how many cannot, for their schema, size or number."""
    made: dict[str, OwnTool] = {}
    ids = set(taken)
    left_out = 0
    for one in listed:
        name, schema = one.get("name"), one.get("inputSchema")
        if not isinstance(name, str) or not name or validation.schema_fault(schema) is not None:
            left_out += 1
            continue
        tool_id = id_for(server.id, name, ids)
        spec = ToolSpec(
            id=tool_id,
            name=str(one.get("title") or name)[:200],
            description=str(one.get("description") or name)[:MAX_DESCRIPTION],
            category="mcp",
            capabilities=(name[:64],),
            input_schema=dict(schema or {}) | {"properties": (schema or {}).get("properties", {})},
            kind=Kind.MCP,
            acts=not _only_reads(one),
            server=server.id,
        )
        tool = OwnTool(server.tenant, spec, {"name": name}, at, at, server.created_by)
        if len(made) >= store.MAX_SERVER_TOOLS or store.size_of(tool) > MAX_TOOL_BYTES:
            left_out += 1
            continue
        ids.add(tool_id)
        made[tool_id] = tool
    return list(made.values()), left_out


def id_for(server_id: str, name: str, taken: set[str]) -> str:
    """`tool-<server>-<name>`; where that is too long or taken, with a hash of the name at its end."""
    tool_id = id_of(f"{server_id}-{name}")
    if len(tool_id) <= MAX_ID and tool_id not in taken and tool_id != server_id:
        return tool_id
    mark = hashlib.sha256(name.encode()).hexdigest()[:_HASHED]
    return f"{tool_id[: MAX_ID - _HASHED - 1].rstrip('-')}-{mark}"


def _only_reads(listed: Mapping[str, Any]) -> bool:
    """What the server does not promise is not taken for granted."""
    hints = listed.get("annotations")
    return isinstance(hints, Mapping) and (hints.get("readOnlyHint") is True or hints.get("idempotentHint") is True)


def _others(server: Server) -> set[str]:
    """Ids that are another's: of built-in tools, and of the tenant's own that are not this server's."""
    shelf = store.shelf(server.tenant)
    own = {tool.spec.id for tool in shelf.tools if tool.spec.server != server.id}
    return own | set(catalogue.built_in()) | {one.id for one in shelf.servers if one.id != server.id}


def _replace_tools(transaction: Transaction, server: Server, before: Server | None, tools: Sequence[OwnTool]) -> None:
    """At most as many writes as a transaction has: what is gone goes, what is there is written, changed or not."""
    former = () if before is None else before.tools
    known = store.tools(server.tenant, list(former)) if former else {}
    for tool in tools:
        old = known.get(tool.spec.id)
        if old is not None and (old.spec, old.target) == (tool.spec, tool.target):
            continue
        if old is not None:
            tool = replace(tool, created_at=old.created_at, revision=old.revision + 1)  # noqa: PLW2901 (as it is kept)
        store.put_tool(transaction, tool, over=old)
    kept = {tool.spec.id for tool in tools}
    store.remove(transaction, server.tenant, [store.tool_key(one) for one in former if one not in kept])
