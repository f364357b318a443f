"""What callers do with definitions: create, read, change, delete."""

import json
from dataclasses import replace
from datetime import datetime

from agents import facts, store
from agents.model import body_of, changes
from agents.schemas import AgentChange, AgentRequest
from pentarch.agents.errors import AgentNotFoundError, ChangedMeanwhileError
from pentarch.agents.model import Agent
from pentarch.agents.store import get as stored
from pentarch.agents.store import get_many
from pentarch.events.actor import Actor
from pentarch.llm.classification import Kind
from pentarch.llm.sensitivity import inspect
from pentarch.platform.clock import epoch_ms
from pentarch.platform.errors import ConflictError, InvalidInputError
from pentarch.platform.ids import uuid7
from pentarch.platform.shelves import Ids, Question
from pentarch.tools import service as tools
from pentarch.tools.errors import UnknownToolsError
from pentarch.web.preconditions import ANY, Expected

_ATTEMPTS = 5
MAX_METADATA_BYTES = 16_384


def create(actor: Actor, asked: AgentRequest, at: datetime) -> Agent:
    agent = Agent(
        tenant=actor.tenant,
        id=f"agent-{uuid7(epoch_ms(at)).replace('-', '')}",
        name=asked.name.strip(),
        description=asked.description,
        type=asked.type,
        status=asked.status,
        configuration=asked.configuration.model_dump(exclude_none=True),
        capabilities=tuple(dict.fromkeys(asked.capabilities)),
        tags=tuple(dict.fromkeys(asked.tags)),
        metadata=asked.metadata,
        created_at=at,
        updated_at=at,
        created_by=actor.subject,
        updated_by=actor.subject,
    )
    _check(agent)
    store.create(agent, facts.did(actor, facts.CREATED, agent, at))
    return agent


def get(tenant: str, agent_id: str) -> Agent:
    agent = stored(tenant, agent_id)
    if agent is None:
        raise AgentNotFoundError
    return agent


def page(tenant: str, asked: Question) -> tuple[list[Agent], Ids]:
    found = store.page(tenant, asked)
    agents = get_many(tenant, found.ids) if found.ids else []
    return [agent for agent in agents if agent is not None], found


def update(actor: Actor, agent_id: str, asked: AgentChange, at: datetime, expected: Expected = ANY) -> Agent:
    """What differs afterwards is a new version; what changes nothing is none."""
    for _ in range(_ATTEMPTS):
        before = get(actor.tenant, agent_id)
        _require(before, expected)
        after = _changed(before, asked)
        changed = changes(before, after)
        if not changed:
            return before
        moved = max(at, before.updated_at)
        after = replace(after, version=before.version + 1, updated_at=moved, updated_by=actor.subject)
        _check(after)
        event = facts.did(actor, facts.UPDATED, after, at, changed=list(changed))
        try:
            store.replace_with(before, after, event, changed=changed)
        except ChangedMeanwhileError:
            continue
        return after
    raise ChangedMeanwhileError


def delete(actor: Actor, agent_id: str, at: datetime, expected: Expected = ANY) -> None:
    for _ in range(_ATTEMPTS):
        agent = get(actor.tenant, agent_id)
        _require(agent, expected)
        try:
            store.delete(agent, facts.did(actor, facts.DELETED, agent, at))
        except ChangedMeanwhileError:
            continue
        return
    raise ChangedMeanwhileError


def warnings(agent: Agent) -> list[str]:
    """What would be missing if the agent were executed now: a tool may be made, or go, at any time."""
    try:
        tools.of(agent.tenant, agent.tools)
    except UnknownToolsError as error:
        return [f"no tool is named {name!r}; the agent works without it" for name in error.names]
    return []


def _changed(agent: Agent, asked: AgentChange) -> Agent:
    given = {name: getattr(asked, name) for name in asked.model_fields_set if getattr(asked, name) is not None}
    if "name" in given:
        given["name"] = given["name"].strip()
    if "configuration" in given:
        sent = given["configuration"].model_dump(exclude_unset=True)
        merged = {**agent.configuration, **sent}
        given["configuration"] = {name: value for name, value in merged.items() if value is not None}
    for words in ("capabilities", "tags"):
        if words in given:
            given[words] = tuple(dict.fromkeys(given[words]))
    return replace(agent, **given)


def _require(agent: Agent, expected: Expected) -> None:
    if not expected.allows(agent.version):
        msg = f"the agent has version {agent.version}, not {expected}"
        raise ConflictError(msg, details={"version": agent.version})


def _check(agent: Agent) -> None:
    """A definition is shown to everybody who may read agents, and sent to models: it is no place for secrets."""
    if len(json.dumps(agent.metadata)) > MAX_METADATA_BYTES:
        msg = f"metadata has at most {MAX_METADATA_BYTES} bytes as JSON"
        raise InvalidInputError(msg, field="metadata")
    for name, value in body_of(agent).items():
        if Kind.SECRET_KEY in inspect(json.dumps(value)).kinds:
            msg = "holds what looks like a secret key, which is no part of a definition"
            raise InvalidInputError(msg, field=name)
