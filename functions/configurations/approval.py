"""Whether a change needs a second person: what the tenant's configurations of the type `approval` say."""

from collections.abc import Collection, Iterable

from pentarch.configuration import store
from pentarch.configuration.model import ConfigType, Configuration


def demands(tenant: str) -> tuple[Configuration, ...]:
    """The tenant's approval configurations, as they are at this moment: one query."""
    return tuple(store.all_of(tenant, ConfigType.APPROVAL))


def is_needed(demanded: Iterable[Configuration], tenant: str, label: str, config_type: ConfigType) -> bool:
    """The tenant's own demands hold for all labels, those of a label for it."""
    return any(
        _covers(one.content.value, config_type)
        for one in demanded
        if one.active and one.label in (tenant, label) and one.content.value.get("required")
    )


def _covers(value: object, config_type: ConfigType) -> bool:
    """Whoever demands approval demands it for approval too: else one person could simply switch it off."""
    types: Collection[str] | None = value.get("config_types") if isinstance(value, dict) else None
    return config_type is ConfigType.APPROVAL or types is None or config_type in types
