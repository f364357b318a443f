"""A tenant's own skills in the table."""

from datetime import datetime
from typing import NamedTuple

from pentarch.events import store as events
from pentarch.events.model import Event
from pentarch.platform.clock import epoch_ms, from_epoch_ms
from pentarch.platform.tables import Transaction, batch_get
from sessions.errors import MovedError, SkillNotFoundError, SkillTakenError
from sessions.schemas import SkillDefinition
from sessions.table import SkillItem, skill_key


class Skill(NamedTuple):
    definition: SkillDefinition
    revision: int
    """0: it comes with Pentarch."""
    created_at: datetime | None = None
    updated_at: datetime | None = None
    author: str | None = None

    @property
    def name(self) -> str:
        return self.definition.name

    @property
    def is_builtin(self) -> bool:
        return self.revision == 0

    @property
    def agent(self) -> str:
        """As runs name it."""
        return f"{self.definition.agent.name}-agent"


def get(tenant: str, name: str) -> Skill | None:
    [item] = batch_get([(SkillItem, tenant, skill_key(name))], consistent=True)
    return _to_skill(item) if item else None


def every(tenant: str) -> list[Skill]:
    """All of a tenant's own: people write them, so they are few."""
    found = SkillItem.query(tenant, SkillItem.key.startswith(skill_key("")), consistent_read=True)
    return [_to_skill(item) for item in found]


def put(tenant: str, definition: SkillDefinition, before: Skill | None, event: Event) -> None:
    """Write a skill over what it was read as, or a new one."""
    item = SkillItem(
        tenant,
        skill_key(definition.name),
        revision=1 if before is None else before.revision + 1,
        definition=definition.model_dump(mode="json", by_alias=True),
        created_at=epoch_ms(before.created_at if before is not None and before.created_at is not None else event.at),
        updated_at=epoch_ms(event.at),
        author=event.actor,
    )
    transaction = Transaction()
    if before is None:
        taken = SkillTakenError(f"there is a skill named {definition.name}")
        transaction.put(item, condition=SkillItem.key.does_not_exist(), otherwise=taken)
    else:
        transaction.put(item, condition=SkillItem.revision == before.revision, otherwise=MovedError())
    events.record(transaction, event)
    transaction.commit()


def remove(tenant: str, name: str, event: Event) -> None:
    transaction = Transaction()
    item = SkillItem(tenant, skill_key(name))
    transaction.delete(item, condition=SkillItem.key.exists(), otherwise=SkillNotFoundError(name))
    events.record(transaction, event)
    transaction.commit()


def _to_skill(item: SkillItem) -> Skill:
    return Skill(
        SkillDefinition.model_validate(item.definition),
        int(item.revision),
        from_epoch_ms(int(item.created_at)),
        from_epoch_ms(int(item.updated_at)),
        item.author,
    )
