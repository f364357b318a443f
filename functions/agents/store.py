"""Definitions in the table: each change with its version, its name, its lists and its event."""

from pynamodb.expressions.update import Action

from agents.model import LISTS, body_of, entry_of
from pentarch.agents import references
from pentarch.agents.errors import (
    AgentInUseError,
    AgentNotFoundError,
    ChangedMeanwhileError,
    NameTakenError,
    TooManyAgentsError,
)
from pentarch.agents.model import Agent, Version
from pentarch.agents.store import from_agent, get
from pentarch.agents.table import (
    MAX_VERSION_DIGITS,
    AgentItem,
    NameItem,
    VersionItem,
    agent_key,
    name_key,
    version_key,
)
from pentarch.events import store as events
from pentarch.events.model import Event
from pentarch.platform.clock import epoch_ms, from_epoch_ms
from pentarch.platform.shelves import Ids, Question
from pentarch.platform.tables import Transaction

_FULL = TooManyAgentsError(LISTS.most)
_CHANGING = (
    "name", "description", "type", "status", "configuration", "capabilities", "tags", "metadata",
    "updated_at", "updated_by", "version",
)  # fmt: skip


def create(agent: Agent, event: Event) -> None:
    transaction = Transaction()
    transaction.put(from_agent(agent), condition=AgentItem.key.does_not_exist(), otherwise=ChangedMeanwhileError())
    _name(transaction, agent)
    _add_version(transaction, agent, changed=())
    LISTS.move(transaction, agent.tenant, None, entry_of(agent), full=_FULL)
    events.record(transaction, event)
    transaction.commit()


def replace_with(before: Agent, after: Agent, event: Event, *, changed: tuple[str, ...]) -> None:
    """Write an agent over what it was read as; ChangedMeanwhileError if it is no longer that."""
    transaction = Transaction()
    transaction.update(
        AgentItem(after.tenant, agent_key(after.id)),
        _settings(after),
        condition=AgentItem.version == before.version,
        otherwise=ChangedMeanwhileError(),
    )
    if name_key(after.name) != name_key(before.name):
        transaction.delete(NameItem(before.tenant, name_key(before.name)))
        _name(transaction, after)
    _add_version(transaction, after, changed=changed)
    LISTS.move(transaction, after.tenant, entry_of(before), entry_of(after), full=_FULL)
    events.record(transaction, event)
    transaction.commit()


def delete(agent: Agent, event: Event) -> None:
    """Its versions stay: what ran can still be read. AgentInUseError names what uses it."""
    transaction = Transaction()
    unused = AgentItem.users.does_not_exist() | (AgentItem.users < 1)
    transaction.delete(
        AgentItem(agent.tenant, agent_key(agent.id)),
        condition=(AgentItem.version == agent.version) & unused,
        otherwise=ChangedMeanwhileError(),
    )
    transaction.delete(NameItem(agent.tenant, name_key(agent.name)))
    LISTS.move(transaction, agent.tenant, entry_of(agent), None, full=_FULL)
    events.record(transaction, event)
    try:
        transaction.commit()
    except ChangedMeanwhileError:
        users = references.of(agent.tenant, agent.id)
        if users:
            raise AgentInUseError(users) from None
        if get(agent.tenant, agent.id) is None:
            raise AgentNotFoundError from None
        raise


def page(tenant: str, asked: Question) -> Ids:
    return LISTS.page(tenant, asked)


def version(tenant: str, agent_id: str, number: int) -> Version | None:
    try:
        return _to_version(VersionItem.get(tenant, version_key(agent_id, number), consistent_read=True))
    except VersionItem.DoesNotExist:
        return None


def newest_versions(tenant: str, agent_id: str, *, before: int | None, limit: int) -> list[Version]:
    """Below a number, the newest first."""
    last = version_key(agent_id, 10**MAX_VERSION_DIGITS - 1 if before is None else before - 1)
    between = VersionItem.key.between(version_key(agent_id, 0), last)
    found = VersionItem.query(tenant, between, scan_index_forward=False, consistent_read=True, limit=limit)
    return [_to_version(item) for item in found]


def _settings(agent: Agent) -> list[Action]:
    """Each attribute for itself, so that the count of users, which others keep, is left alone."""
    item = from_agent(agent)
    return [getattr(AgentItem, name).set(getattr(item, name)) for name in _CHANGING]


def _name(transaction: Transaction, agent: Agent) -> None:
    item = NameItem(agent.tenant, name_key(agent.name), agent_id=agent.id)
    transaction.put(item, condition=NameItem.key.does_not_exist(), otherwise=NameTakenError(agent.name))


def _add_version(transaction: Transaction, agent: Agent, *, changed: tuple[str, ...]) -> None:
    item = VersionItem(
        agent.tenant,
        version_key(agent.id, agent.version),
        body=body_of(agent),
        created_at=epoch_ms(agent.updated_at),
        created_by=agent.updated_by,
        changed=list(changed),
    )
    transaction.put(item, condition=VersionItem.key.does_not_exist(), otherwise=ChangedMeanwhileError())


def _to_version(item: VersionItem) -> Version:
    return Version(
        number=int(item.key.rpartition("#")[2]),
        body=item.body,
        created_at=from_epoch_ms(int(item.created_at)),
        created_by=item.created_by,
        changed=tuple(item.changed),
    )
