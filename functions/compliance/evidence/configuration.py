"""Evidence of a tenant's configurations: what is in force, and what is rolled out to some."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from compliance.evidence.context import Collector, Context
from compliance.model import JsonObject
from pentarch.configuration import store
from pentarch.configuration.model import ConfigType, Configuration, Content

JUDGED = frozenset(
    {
        ConfigType.APPROVAL,
        ConfigType.BUDGET,
        ConfigType.POLICY,
        ConfigType.RETENTION,
        ConfigType.ROUTING_POLICY,
        ConfigType.SENSITIVITY_POLICY,
    }
)
"""Of these the values are looked at; others may hold names of people and free text, and stay where they are."""


def _configurations(context: Context) -> Sequence[JsonObject]:
    """One row for each content that somebody is served by: a roll-out is in force for its share of the callers."""
    return [
        {
            "name": one.id,
            "type": str(one.type),
            "is_own": one.label == context.tenant,
            "is_rollout": is_rollout,
            "value": _judged(one, content),
        }
        for one in store.all_of(context.tenant)
        for content, is_rollout in _in_force(one)
    ]


def _in_force(one: Configuration) -> Iterator[tuple[Content, bool]]:
    if one.active:
        yield one.content, False
    if one.rollout is not None:
        yield one.rollout.content, True


def _judged(one: Configuration, content: Content) -> Mapping[str, Any] | None:
    return content.value if one.type in JUDGED else None


COLLECTORS: Mapping[str, Collector] = {"configurations": _configurations}
