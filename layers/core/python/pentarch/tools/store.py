"""Where a tenant's own tools are kept.

| key           | item                                                                             |
|---------------|----------------------------------------------------------------------------------|
| tool#id       | a tool: an operation of an HTTP API, or one that an MCP server told of            |
| server#id     | an MCP server                                                                    |
| totals        | how many operations and servers there are, which are bounded                      |
| run#hash      | a run with an idempotency key, for a day: the slice's (`tools.runs`)              |
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pynamodb.attributes import JSONAttribute, NumberAttribute
from pynamodb.exceptions import UpdateError

from pentarch.platform.clock import iso, parse_iso
from pentarch.platform.tables import TableName, TenantTable, Transaction, batch_get
from pentarch.tools.errors import ToolNameTakenError
from pentarch.tools.model import Kind, ToolSpec
from pentarch.tools.own import OwnTool, Server, ServerStatus

MAX_TOOLS = 100
"""Operations of HTTP APIs that a tenant may have."""
MAX_SERVERS = 10
MAX_SERVER_TOOLS = 48
"""Of one server: where all of them give way to others, one transaction of 100 places holds both."""
MAX_FOUND = 100
"""Keys that DynamoDB reads in one call."""


class ToolItem(TenantTable):
    class Meta:
        table_name = TableName("TOOLS_TABLE")

    body = JSONAttribute()
    revision = NumberAttribute()
    checking_until = NumberAttribute(null=True)
    """Of a server: until when somebody is asking it again."""


class TotalsItem(TenantTable):
    class Meta:
        table_name = TableName("TOOLS_TABLE")

    tools = NumberAttribute(null=True)
    servers = NumberAttribute(null=True)


@dataclass(frozen=True, slots=True)
class Shelf:
    """Everything of a tenant's own."""

    tools: tuple[OwnTool, ...]
    servers: tuple[Server, ...]


def tool_key(tool_id: str) -> str:
    return f"tool#{tool_id}"


def server_key(server_id: str) -> str:
    return f"server#{server_id}"


def shelf(tenant: str) -> Shelf:
    """All of it, in one query: how much there may be is bounded."""
    low, high = server_key(""), tool_key("~")
    items = list(ToolItem.query(tenant, ToolItem.key.between(low, high)))
    servers = tuple(_to_server(item) for item in items if item.key.startswith(server_key("")))
    return Shelf(tuple(_to_tool(item) for item in items if item.key.startswith(tool_key(""))), servers)


def tools(tenant: str, tool_ids: Sequence[str]) -> dict[str, OwnTool]:
    """Those of the ids that there are, in one call for each hundred."""
    found: dict[str, OwnTool] = {}
    for start in range(0, len(tool_ids), MAX_FOUND):
        keys = [(ToolItem, tenant, tool_key(one)) for one in tool_ids[start : start + MAX_FOUND]]
        found |= {tool.spec.id: tool for tool in (_to_tool(item) for item in batch_get(keys) if item is not None)}
    return found


def tool(tenant: str, tool_id: str) -> OwnTool | None:
    return tools(tenant, [tool_id]).get(tool_id)


def server(tenant: str, server_id: str) -> Server | None:
    [item] = batch_get([(ToolItem, tenant, server_key(server_id))])
    return None if item is None else _to_server(item)


def put_tool(transaction: Transaction, new: OwnTool, *, over: OwnTool | None = None) -> None:
    """A tool that is new, or takes the place of the one that was read."""
    item = _tool_item(new)
    condition = ToolItem.key.does_not_exist() if over is None else ToolItem.revision == over.revision
    transaction.put(item, condition=condition, otherwise=ToolNameTakenError(new.spec.id))


def put_server(transaction: Transaction, new: Server, *, over: Server | None, otherwise: Exception) -> None:
    item = _server_item(new)
    condition = ToolItem.key.does_not_exist() if over is None else ToolItem.revision == over.revision
    transaction.put(item, condition=condition, otherwise=otherwise)


def remove(transaction: Transaction, tenant: str, keys: Iterable[str]) -> None:
    for key in keys:
        transaction.delete(ToolItem(tenant, key))


def remove_exactly(transaction: Transaction, tenant: str, key: str, revision: int, *, otherwise: Exception) -> None:
    """Remove what was read, and nothing that took its place."""
    transaction.delete(ToolItem(tenant, key), condition=ToolItem.revision == revision, otherwise=otherwise)


def claim_check(server: Server, at: datetime, claimed_for: timedelta) -> bool:
    """Whether it is this caller who shall ask a server again: of all who look at it at a time, one is."""
    free = ToolItem.checking_until.does_not_exist() | (ToolItem.checking_until < at.timestamp())
    try:
        ToolItem(server.tenant, server_key(server.id)).update(
            actions=[ToolItem.checking_until.set((at + claimed_for).timestamp())],
            condition=(ToolItem.revision == server.revision) & free,
        )
    except UpdateError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        return False
    return True


def count(transaction: Transaction, tenant: str, kind: Kind, change: int, *, otherwise: Exception) -> None:
    """Count a tool or a server more or less; `otherwise` is raised where there are as many as there may be."""
    attribute, bound = (TotalsItem.tools, MAX_TOOLS) if kind is Kind.HTTP else (TotalsItem.servers, MAX_SERVERS)
    room = attribute.does_not_exist() | (attribute < bound)
    condition = room if change > 0 else None
    transaction.update(TotalsItem(tenant, "totals"), [attribute.add(change)], condition=condition, otherwise=otherwise)


def size_of(tool: OwnTool) -> int:
    """Bytes of a tool as it is kept; an item has 400 KB at most."""
    return len(json.dumps(_tool_item(tool).body, ensure_ascii=False).encode(errors="replace"))


def _tool_item(tool: OwnTool) -> ToolItem:
    spec = tool.spec
    body = {
        "spec": {
            "name": spec.name,
            "description": spec.description,
            "category": spec.category,
            "capabilities": list(spec.capabilities),
            "input_schema": dict(spec.input_schema),
            "kind": spec.kind,
            "acts": spec.acts,
            "server": spec.server,
        },
        "target": dict(tool.target),
        "created_at": iso(tool.created_at),
        "updated_at": iso(tool.updated_at),
        "created_by": tool.created_by,
    }
    return ToolItem(tool.tenant, tool_key(spec.id), body=body, revision=tool.revision)


def _to_tool(item: ToolItem) -> OwnTool:
    body, spec = item.body, item.body["spec"]
    return OwnTool(
        tenant=item.tenant,
        spec=ToolSpec(
            id=item.key.removeprefix(tool_key("")),
            name=spec["name"],
            description=spec["description"],
            category=spec["category"],
            capabilities=tuple(spec["capabilities"]),
            input_schema=spec["input_schema"],
            kind=Kind(spec["kind"]),
            acts=spec["acts"],
            server=spec["server"],
        ),
        target=body["target"],
        created_at=parse_iso(body["created_at"]),
        updated_at=parse_iso(body["updated_at"]),
        created_by=body["created_by"],
        revision=int(item.revision),
    )


def _server_item(server: Server) -> ToolItem:
    body = {
        "name": server.name,
        "description": server.description,
        "url": server.url,
        "credential": server.credential,
        "status": server.status,
        "checked_at": iso(server.checked_at),
        "created_at": iso(server.created_at),
        "updated_at": iso(server.updated_at),
        "created_by": server.created_by,
        "tools": list(server.tools),
        "error": server.error,
        "left_out": server.left_out,
        "facts": dict(server.facts),
    }
    return ToolItem(server.tenant, server_key(server.id), body=body, revision=server.revision)


def _to_server(item: ToolItem) -> Server:
    body = item.body
    return Server(
        tenant=item.tenant,
        id=item.key.removeprefix(server_key("")),
        name=body["name"],
        description=body["description"],
        url=body["url"],
        credential=body["credential"],
        status=ServerStatus(body["status"]),
        checked_at=parse_iso(body["checked_at"]),
        created_at=parse_iso(body["created_at"]),
        updated_at=parse_iso(body["updated_at"]),
        created_by=body["created_by"],
        tools=tuple(body["tools"]),
        error=body["error"],
        left_out=body["left_out"],
        facts=body["facts"],
        revision=int(item.revision),
    )
