"""What is in force, for the code that obeys it: from memory, at most a minute old.

    weights = accessor.current(caller.tenant, ConfigType.ROUTING_WEIGHTS, bucket_key=caller.subject)
    policy = DEFAULT if weights is None else ...

A process reads all of a tenant's configurations once a minute, in one query. When the table does not answer, what was
read before stays in force, and is said to be in the log; only a process that has read nothing yet passes the error on,
because a policy that is not known cannot be taken for none.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException

from pentarch.configuration import store
from pentarch.configuration.model import ConfigType, Configuration, JsonObject
from pentarch.platform import clock
from pentarch.platform.observability import logger

KEPT_FOR_S = 60
RETRY_AFTER_S = 5
"""After a read that failed: until then what is known is used, so an outage is not made worse by asking."""
_TENANTS = 200
"""Kept at once; one process of one function serves far fewer in a minute."""

Place = tuple[ConfigType, str]


@dataclass(frozen=True, slots=True)
class _Known:
    read_at: float
    """Unix time: a monotonic clock may stand still while Lambda keeps the process frozen."""
    good_for_s: float
    by_place: dict[Place, list[Configuration]]
    """By type and label, in the order of names."""


@dataclass(slots=True)
class Accessor:
    """One per process."""

    _known: dict[str, _Known] = field(default_factory=dict)

    def current(
        self,
        tenant: str,
        config_type: ConfigType,
        name: str | None = None,
        *,
        label: str | None = None,
        bucket_key: str | None = None,
    ) -> JsonObject | None:
        """The value in force, or None where nothing is set.

        `label` None is the tenant's own. Without a name it is the first by name, so that a type of which a tenant needs
        one setting can be named as one likes. `bucket_key` says who asks, for roll-outs.
        """
        place = (config_type, tenant if label is None else label)
        in_force = self._in_force(tenant, place, bucket_key)
        return next((value for found, value in in_force if name in (None, found)), None)

    def every(self, tenant: str, config_type: ConfigType, *, bucket_key: str | None = None) -> list[JsonObject]:
        """All of the tenant's own values of a type that are in force, in the order of their names."""
        return [value for _, value in self._in_force(tenant, (config_type, tenant), bucket_key)]

    def _in_force(self, tenant: str, place: Place, bucket_key: str | None) -> Iterator[tuple[str, JsonObject]]:
        for one in self._places(tenant).get(place, ()):
            content = one.content_for(bucket_key)
            if content is not None:
                yield one.name, content.value

    def _places(self, tenant: str) -> dict[Place, list[Configuration]]:
        now = clock.now().timestamp()
        known = self._known.get(tenant)
        if known is None or not 0 <= now - known.read_at < known.good_for_s:
            known = self._read(tenant, known, now)
            if len(self._known) >= _TENANTS:
                self._known.clear()
            self._known[tenant] = known
        return known.by_place

    @staticmethod
    def _read(tenant: str, known: _Known | None, now: float) -> _Known:
        by_place: dict[Place, list[Configuration]] = {}
        try:
            for one in store.all_of(tenant):
                by_place.setdefault((one.type, one.label), []).append(one)
        except (BotoCoreError, ClientError, PynamoDBException) as error:
            if known is None:
                raise
            logger().warning("the configurations could not be read; the former ones stay", exc_info=error)
            return _Known(now, RETRY_AFTER_S, known.by_place)
        for found in by_place.values():
            found.sort(key=lambda one: one.name)
        return _Known(now, KEPT_FOR_S, by_place)


@cache
def _of_the_process() -> Accessor:
    return Accessor()


def current(
    tenant: str,
    config_type: ConfigType,
    name: str | None = None,
    *,
    label: str | None = None,
    bucket_key: str | None = None,
) -> JsonObject | None:
    """The value in force; see `Accessor.current`."""
    return _of_the_process().current(tenant, config_type, name, label=label, bucket_key=bucket_key)


def every(tenant: str, config_type: ConfigType, *, bucket_key: str | None = None) -> list[JsonObject]:
    """All values of a type that are in force; see `Accessor.every`."""
    return _of_the_process().every(tenant, config_type, bucket_key=bucket_key)


def forget() -> None:
    """Read again at the next use: for tests."""
    _of_the_process.cache_clear()
