"""What tenants do with tools of their own: add, change and remove them."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from pentarch.events import store as events
from pentarch.events.actor import Actor
from pentarch.platform import egress
from pentarch.platform.egress import EgressError, Reach
from pentarch.platform.errors import ConflictError, InvalidInputError
from pentarch.platform.tables import Transaction
from pentarch.tools import catalogue, client, store
from pentarch.tools.errors import ToolNameTakenError, ToolNotFoundError
from pentarch.tools.model import MAX_ID, Kind, ToolSpec, id_of
from pentarch.tools.own import OwnTool, Server, ServerStatus
from tools import credentials, facts, listing, openapi
from tools.addresses import host_of, reach
from tools.failures import ToolFailedError
from tools.schemas import NewTool, ToolChange

MAX_BODY_BYTES = 64 * 1024
"""Of a tool as it is kept."""


class ToolLimitError(ConflictError):
    """The tenant has as many tools of its own as it may have."""


class ToolMovedError(ConflictError):
    """The tool was changed or removed meanwhile."""

    def __init__(self) -> None:
        super().__init__("it is being changed by others; try again", retry_after=1)


def create(actor: Actor, new: NewTool, at: datetime) -> OwnTool | Server:
    tool_id = id_of(new.name)
    if not tool_id or len(tool_id) > MAX_ID:
        msg = f"a name has a letter or a digit, and its id {MAX_ID} characters at most"
        raise InvalidInputError(msg, field="name")
    if tool_id in catalogue.built_in():
        raise ToolNameTakenError(tool_id)
    return _create_tool(actor, tool_id, new, at) if new.kind == "http" else _create_server(actor, tool_id, new, at)


def change(actor: Actor, tool_id: str, asked: ToolChange, at: datetime) -> OwnTool | Server:
    """What is given is changed. Raises ToolNotFoundError, for a built-in tool too, which nobody changes."""
    found = get(actor.tenant, tool_id)
    if isinstance(found, Server):
        return _change_server(actor, found, asked, at)
    _check_own(found)
    spec, target = found.spec, dict(found.target)
    if asked.openapi is not None:
        operation = openapi.operation_of(asked.openapi, asked.operation)
        spec = replace(spec, input_schema=operation.input_schema, acts=operation.acts)
        target = {**operation.target, "credential": target["credential"]}
        _check_address(target["url"], "openapi.servers")
    spec = replace(
        spec,
        description=spec.description if asked.description is None else asked.description,
        category=spec.category if asked.category is None else asked.category,
        capabilities=spec.capabilities if asked.capabilities is None else tuple(asked.capabilities),
    )
    if "credential" in asked.model_fields_set:
        target["credential"] = asked.credential
    _check_credential(target["credential"], target["url"])
    changed = replace(found, spec=spec, target=target, updated_at=at, revision=found.revision + 1)
    transaction = Transaction()
    store.put_tool(transaction, changed, over=found)
    events.record(transaction, facts.did(actor, facts.UPDATED, spec.id, at, kind=spec.kind))
    try:
        transaction.commit()
    except ToolNameTakenError as error:
        raise ToolMovedError from error
    return changed


def remove(actor: Actor, tool_id: str, at: datetime) -> None:
    """A server goes with its tools."""
    found = get(actor.tenant, tool_id)
    transaction = Transaction()
    if isinstance(found, Server):
        store.remove_exactly(
            transaction, actor.tenant, store.server_key(found.id), found.revision, otherwise=ToolMovedError()
        )
        store.remove(transaction, actor.tenant, [store.tool_key(one) for one in found.tools])
        store.count(transaction, actor.tenant, Kind.MCP, -1, otherwise=ToolMovedError())
        named = found.id
    else:
        _check_own(found)
        named = found.spec.id
        store.remove_exactly(
            transaction, actor.tenant, store.tool_key(named), found.revision, otherwise=ToolMovedError()
        )
        store.count(transaction, actor.tenant, Kind.HTTP, -1, otherwise=ToolMovedError())
    kind = Kind.MCP if isinstance(found, Server) else Kind.HTTP
    events.record(transaction, facts.did(actor, facts.DELETED, named, at, kind=kind))
    transaction.commit()


def get(tenant: str, name: str) -> OwnTool | Server:
    """Raises ToolNotFoundError."""
    tool_id = id_of(name)
    found = store.tool(tenant, tool_id) or store.server(tenant, tool_id) if tool_id else None
    if found is None:
        raise ToolNotFoundError
    return found


def refresh(actor: Actor, tool_id: str, at: datetime) -> Server:
    """Ask a server again what it has."""
    found = get(actor.tenant, tool_id)
    if not isinstance(found, Server):
        msg = "only an MCP server can be asked what it has"
        raise ConflictError(msg)
    return listing.keep(actor, found, found, _asked(actor, found.url, found.credential, must_answer=False), at)


def _create_tool(actor: Actor, tool_id: str, new: NewTool, at: datetime) -> OwnTool:
    operation = openapi.operation_of(new.openapi or {}, new.operation)
    _check_address(operation.target["url"], "openapi.servers")
    _check_credential(new.credential, operation.target["url"])
    spec = ToolSpec(
        id=tool_id,
        name=new.name,
        description=operation.description if new.description is None else new.description,
        category=new.category or "http",
        capabilities=tuple(new.capabilities or ()),
        input_schema=operation.input_schema,
        kind=Kind.HTTP,
        acts=operation.acts,
    )
    target = {**operation.target, "credential": new.credential}
    made = OwnTool(actor.tenant, spec, target, at, at, actor.subject)
    if store.server(actor.tenant, tool_id) is not None:
        raise ToolNameTakenError(tool_id)
    if store.size_of(made) > MAX_BODY_BYTES:
        msg = f"the operation's description has more than {MAX_BODY_BYTES} bytes"
        raise InvalidInputError(msg, field="openapi")
    transaction = Transaction()
    store.put_tool(transaction, made)
    store.count(transaction, actor.tenant, Kind.HTTP, 1, otherwise=_too_many(store.MAX_TOOLS, "tools"))
    events.record(transaction, facts.did(actor, facts.CREATED, tool_id, at, kind=Kind.HTTP))
    transaction.commit()
    return made


def _create_server(actor: Actor, server_id: str, new: NewTool, at: datetime) -> Server:
    """It must answer: what nobody could use is not kept."""
    url = str(new.url)
    _check_address(url, "url")
    _check_credential(new.credential, url)
    if store.tool(actor.tenant, server_id) is not None or store.server(actor.tenant, server_id) is not None:
        raise ToolNameTakenError(server_id)
    said = _asked(actor, url, new.credential, must_answer=True)
    empty = Server(
        tenant=actor.tenant,
        id=server_id,
        name=new.name,
        description=new.description or "",
        url=url,
        credential=new.credential,
        status=ServerStatus.REACHABLE,
        checked_at=at,
        created_at=at,
        updated_at=at,
        created_by=actor.subject,
        revision=0,
    )
    return listing.keep(actor, None, empty, said, at, too_many=_too_many(store.MAX_SERVERS, "servers"))


def _change_server(actor: Actor, found: Server, asked: ToolChange, at: datetime) -> Server:
    changed = replace(
        found,
        description=found.description if asked.description is None else asked.description,
        url=found.url if asked.url is None else asked.url,
        credential=asked.credential if "credential" in asked.model_fields_set else found.credential,
        updated_at=at,
    )
    _check_address(changed.url, "url")
    _check_credential(changed.credential, changed.url)
    return listing.keep(actor, found, changed, _asked(actor, changed.url, changed.credential, must_answer=True), at)


def _asked(actor: Actor, url: str, credential: str | None, *, must_answer: bool) -> dict[str, Any]:
    """What the server says of itself, by the function that may read credentials; or `fault`."""
    said = client.invoke({"inspect": {"tenant": actor.tenant, "url": url, "credential": credential}})
    if "fault" in said and must_answer:
        raise InvalidInputError(str(said["fault"][1]), field="url")
    return said


def _check_address(url: str, field: str) -> None:
    where = reach()
    try:
        egress.check(url, reach=where, schemes=("https",) if where is Reach.PUBLIC else ("https", "http"))
    except EgressError as error:
        msg = f"the address is refused: {error}"
        raise InvalidInputError(msg, field=field) from error


def _check_credential(name: str | None, url: str) -> None:
    if name is None:
        return
    try:
        credentials.check(name, host_of(url))
    except ToolFailedError as error:
        raise InvalidInputError(error.message, field="credential") from error


def _check_own(tool: OwnTool) -> None:
    if tool.spec.server is not None:
        msg = f"the tool is of the server {tool.spec.server}: change or remove that"
        raise ConflictError(msg, details={"server": tool.spec.server})


def _too_many(most: int, what: str) -> ToolLimitError:
    return ToolLimitError(f"a tenant has {most} {what} of its own at most")
