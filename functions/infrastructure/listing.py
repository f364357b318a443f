"""All roll-outs in one list: the stack's for its operator, those of specialists and configurations for their tenant."""

import heapq
import os
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from infrastructure import operators, store
from infrastructure.errors import DeploymentNotFoundError
from infrastructure.model import Rollout
from pentarch.identity.errors import PermissionDeniedError
from pentarch.identity.model import Caller
from pentarch.platform.errors import InvalidInputError
from pentarch.platform.tables import batch_get
from pentarch.rollouts import store as records
from pentarch.rollouts.model import Kind, Status, TenantRollout

AnyRollout = Rollout | TenantRollout


@dataclass(frozen=True, slots=True)
class Filters:
    kind: Kind | None = None
    service: str | None = None
    resource: str | None = None
    """The name of a service, or the id of a specialist or of a configuration."""
    status: Status | None = None

    @property
    def of(self) -> str | None:
        return self.resource if self.service is None else self.service

    def check(self) -> None:
        """InvalidInputError where they contradict each other."""
        if self.service is not None and self.kind not in (None, Kind.SERVICE):
            msg = f"a {self.kind} has no service: filter it by resource"
            raise InvalidInputError(msg, field="service")
        if self.service is not None and self.resource not in (None, self.service):
            msg = "service names another resource"
            raise InvalidInputError(msg, field="resource")


class Page(NamedTuple):
    rollouts: list[AnyRollout]
    next_cursor: str | None


def page(caller: Caller, asked: Filters, limit: int, before: str | None) -> Page:
    """One query of keys for each kind that is asked for, merged by time, and one read of the page's records."""
    asked.check()
    listed = {
        partition: records.newest_first(
            partition, resource=asked.of, status=asked.status, before=before, limit=limit + 1
        )
        for partition in _partitions(caller, asked)
    }
    lanes = [[(one, partition) for one in ids] for partition, ids in listed.items()]
    found = list(islice(heapq.merge(*lanes, reverse=True), limit + 1))
    rollouts = _read([(partition, one) for one, partition in found[:limit]])
    following = found[limit - 1][0] if len(found) > limit else None
    return Page([one for one in rollouts if one is not None], following)


def find(caller: Caller, rollout_id: str) -> AnyRollout:
    """A roll-out of any kind; DeploymentNotFoundError where the caller has none of this id."""
    found = _read([(partition, rollout_id) for partition in _partitions(caller, Filters())])
    one = next((one for one in found if one is not None), None)
    if one is None:
        raise DeploymentNotFoundError
    return one


def _partitions(caller: Caller, asked: Filters) -> list[str]:
    """Where what is asked for lies, as far as the caller may see it."""
    if not caller.may(operators.READ):
        raise PermissionDeniedError(operators.READ)
    kind = Kind.SERVICE if asked.service is not None else asked.kind
    if kind is Kind.SERVICE:
        operators.check(caller, operators.READ)
    kinds = list(Kind) if kind is None else [kind]
    if caller.tenant != os.environ.get("OPERATOR_TENANT"):
        kinds.remove(Kind.SERVICE)
    return [records.partition_of(one, caller.tenant) for one in kinds]


def _read(places: list[tuple[str, str]]) -> list[AnyRollout | None]:
    """Records of all kinds in one call."""
    if not places:
        return []
    items = batch_get([records.place_of(*place) for place in places], consistent=True)
    return [
        None if item is None else store.read(item) if partition == records.STACK else records.TENANTS.read(item)
        for (partition, _), item in zip(places, items, strict=True)
    ]
