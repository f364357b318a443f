"""Reading agents, and the form in which the table holds them. The agents' slice alone writes definitions."""

from collections.abc import Sequence

from pentarch.agents.model import Agent, Status
from pentarch.agents.table import AgentItem, agent_key
from pentarch.platform.clock import epoch_ms, from_epoch_ms
from pentarch.platform.tables import batch_get

_BATCH = 100
"""DynamoDB's bound for one BatchGetItem."""


def get(tenant: str, agent_id: str) -> Agent | None:
    return get_many(tenant, [agent_id])[0]


def get_many(tenant: str, agent_ids: Sequence[str]) -> list[Agent | None]:
    """The agents as they are at this moment, None for each that is not there. Ids may repeat."""
    distinct = list(dict.fromkeys(agent_ids))
    found: dict[str, Agent] = {}
    for start in range(0, len(distinct), _BATCH):
        keys = [(AgentItem, tenant, agent_key(one)) for one in distinct[start : start + _BATCH]]
        items = batch_get(keys, consistent=True)
        found |= {agent.id: agent for agent in (to_agent(item) for item in items if item)}
    return [found.get(one) for one in agent_ids]


def to_agent(item: AgentItem) -> Agent:
    return Agent(
        tenant=item.tenant,
        id=item.key.partition("#")[2],
        name=item.name,
        description=item.description,
        type=item.type,
        status=Status(item.status),
        configuration=item.configuration,
        capabilities=tuple(item.capabilities),
        tags=tuple(item.tags),
        metadata=item.metadata,
        created_at=from_epoch_ms(int(item.created_at)),
        updated_at=from_epoch_ms(int(item.updated_at)),
        created_by=item.created_by,
        version=int(item.version),
        updated_by=item.updated_by or item.created_by,
    )


def from_agent(agent: Agent) -> AgentItem:
    return AgentItem(
        agent.tenant,
        agent_key(agent.id),
        name=agent.name,
        description=agent.description,
        type=agent.type,
        status=agent.status,
        configuration=dict(agent.configuration),
        capabilities=list(agent.capabilities),
        tags=list(agent.tags),
        metadata=dict(agent.metadata),
        created_at=epoch_ms(agent.created_at),
        updated_at=epoch_ms(agent.updated_at),
        created_by=agent.created_by,
        updated_by=agent.updated_by or agent.created_by,
        version=agent.version,
    )
