"""Reading configurations, and the form in which the table holds them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pentarch.configuration.model import (
    ConfigType,
    Configuration,
    Content,
    Origin,
    Outcome,
    Pending,
    Rollout,
    Version,
)
from pentarch.configuration.table import CONFIG, ConfigItem, VersionItem, config_key, version_key
from pentarch.platform.clock import epoch_ms, from_epoch_ms
from pentarch.platform.tables import batch_get

_BATCH = 100
"""DynamoDB's bound for one BatchGetItem."""


def get(tenant: str, config_id: str) -> Configuration | None:
    return get_many(tenant, [config_id])[0]


def get_many(tenant: str, config_ids: Sequence[str]) -> list[Configuration | None]:
    """The configurations as they are at this moment, None for each that is not there."""
    found: list[ConfigItem | None] = []
    for start in range(0, len(config_ids), _BATCH):
        keys = [(ConfigItem, tenant, config_key(config_id)) for config_id in config_ids[start : start + _BATCH]]
        found.extend(batch_get(keys, consistent=True))
    return [to_configuration(item) if item else None for item in found]


def all_of(tenant: str, config_type: ConfigType | None = None) -> Iterator[Configuration]:
    """All configurations of a tenant, or of one type: one query for each megabyte of them."""
    prefix = CONFIG if config_type is None else config_key(f"{config_type}-")
    for item in ConfigItem.query(tenant, ConfigItem.key.startswith(prefix), consistent_read=True):
        yield to_configuration(item)


def to_configuration(item: ConfigItem) -> Configuration:
    config_id = str(item.key).removeprefix(CONFIG)
    return Configuration(
        tenant=item.tenant,
        id=config_id,
        label=item.label,
        type=type_of(config_id),
        name=item.name,
        active=int(item.active),
        content=_to_content(item.content),
        latest=int(item.latest),
        revision=int(item.revision),
        created_at=from_epoch_ms(int(item.created_at)),
        created_by=item.created_by,
        updated_at=from_epoch_ms(int(item.updated_at)),
        updated_by=item.updated_by,
        rollout=_to_rollout(item.rollout) if item.rollout else None,
        pending=_to_pending(item.pending) if item.pending else None,
        brought_by=item.brought_by,
    )


def from_configuration(one: Configuration) -> ConfigItem:
    return ConfigItem(
        one.tenant,
        config_key(one.id),
        label=one.label,
        name=one.name,
        active=one.active,
        content=_from_content(one.content),
        latest=one.latest,
        revision=one.revision,
        created_at=epoch_ms(one.created_at),
        created_by=one.created_by,
        updated_at=epoch_ms(one.updated_at),
        updated_by=one.updated_by,
        rollout=None if one.rollout is None else _from_step(one.rollout) | {"id": one.rollout.id},
        pending=None if one.pending is None else _from_step(one.pending) | {"origin": one.pending.origin},
        brought_by=one.brought_by,
    )


def to_version(item: VersionItem) -> Version:
    return Version(
        number=int(str(item.key).rpartition("#")[2]),
        content=_to_content(item.content),
        origin=Origin(item.origin),
        created_at=from_epoch_ms(int(item.created_at)),
        created_by=item.created_by,
        source=None if item.source is None else int(item.source),
        outcome=Outcome(item.outcome) if item.outcome else None,
    )


def from_version(tenant: str, config_id: str, version: Version) -> VersionItem:
    return VersionItem(
        tenant,
        version_key(config_id, version.number),
        content=_from_content(version.content),
        origin=version.origin,
        created_at=epoch_ms(version.created_at),
        created_by=version.created_by,
        source=version.source,
        outcome=version.outcome,
    )


def type_of(config_id: str) -> ConfigType:
    return ConfigType(config_id.partition("-")[0])


def _to_content(stored: Mapping[str, Any]) -> Content:
    return Content(stored["value"], stored.get("description"))


def _from_content(content: Content) -> dict[str, Any]:
    return {"value": content.value, "description": content.description}


def _to_rollout(stored: Mapping[str, Any]) -> Rollout:
    content = _to_content(stored["content"])
    begun = stored.get("id", "")
    return Rollout(stored["version"], content, stored["percentage"], stored["by"], stored["alarm"], begun)


def _to_pending(stored: Mapping[str, Any]) -> Pending:
    content, origin = _to_content(stored["content"]), Origin(stored["origin"])
    return Pending(stored["version"], content, origin, stored["by"], stored["percentage"], stored["alarm"])


def _from_step(step: Rollout | Pending) -> dict[str, Any]:
    return {
        "version": step.version,
        "content": _from_content(step.content),
        "percentage": step.percentage,
        "by": step.by,
        "alarm": step.alarm,
    }
