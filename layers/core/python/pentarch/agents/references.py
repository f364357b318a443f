"""Who uses an agent: written by whoever begins or ends a use, in the transaction of that change.

The agent's own item counts its users, so that a delete and a new use of it cannot both succeed.
"""

from collections.abc import Collection

from pentarch.agents.errors import UnknownAgentError
from pentarch.agents.model import User
from pentarch.agents.table import AgentItem, UserItem, agent_key, user_key
from pentarch.platform.tables import Transaction

SHOWN = 20
"""Users that a refusal lists."""


def change(
    transaction: Transaction, tenant: str, user: User, *, before: Collection[str], after: Collection[str]
) -> None:
    """Let a user use other agents than before: two writes for each that comes or goes.

    `before` is what the user's own item says, which the same transaction holds it to. `commit` raises
    UnknownAgentError for an agent that is not there.
    """
    for agent_id in sorted(set(after) - set(before)):
        transaction.put(UserItem(tenant, user_key(agent_id, *user)))
        transaction.update(
            AgentItem(tenant, agent_key(agent_id)),
            [AgentItem.users.add(1)],
            condition=AgentItem.key.exists(),
            otherwise=UnknownAgentError(agent_id),
        )
    for agent_id in sorted(set(before) - set(after)):
        transaction.delete(UserItem(tenant, user_key(agent_id, *user)))
        transaction.update(
            AgentItem(tenant, agent_key(agent_id)),
            [AgentItem.users.add(-1)],
            condition=AgentItem.key.exists(),
            otherwise=UnknownAgentError(agent_id),
        )


def of(tenant: str, agent_id: str, *, limit: int = SHOWN) -> list[User]:
    """The first users of an agent, in the order of kind and id."""
    prefix = user_key(agent_id)
    found = UserItem.query(tenant, UserItem.key.startswith(prefix), consistent_read=True, limit=limit)
    return [User(*str(item.key).removeprefix(prefix).split("#", 1)) for item in found]
