"""Scaling, as an operator asks for it, and following each operation until what runs is what was asked for."""

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from botocore.exceptions import BotoCoreError, ClientError

from infrastructure import operators, probes, services
from infrastructure.errors import ChangedMeanwhileError
from infrastructure.inventory import reading
from infrastructure.inventory.clusters import ClusterError
from infrastructure.inventory.model import Inventory, Kind, Resource
from infrastructure.scaling import acting, store
from infrastructure.scaling.errors import NothingToScaleError, OperationNotFoundError, OutOfBoundsError
from infrastructure.scaling.model import Mode, Operation, Progress
from pentarch.events.model import Event, happened
from pentarch.identity.model import Caller
from pentarch.platform.clock import epoch_ms
from pentarch.platform.ids import uuid7
from pentarch.platform.observability import logger

STARTED, SCALED, FAILED = "infrastructure.scaling_started", "infrastructure.scaled", "infrastructure.scaling_failed"
PATIENCE = timedelta(minutes=10)
"""What is not there by then has failed. AWS makes provisioned environments within a few minutes."""
_USUALLY = timedelta(minutes=2)
_REFUSED = frozenset({"ValidationError", "InvalidParameterValueException", "ResourceNotFoundException",
                      "AccessDeniedException", "AccessDenied", "InvalidParameterException",
                      "ServiceNotFoundException", "ServiceNotActiveException", "ClusterNotFoundException"})  # fmt: skip
"""Codes that trying again does not change."""


@dataclass(frozen=True, slots=True)
class Scaling:
    caller: Caller
    correlation_id: str = ""

    def begin(self, service: str, replicas: int, mode: Mode, environment: str | None, at: datetime) -> Operation:
        operators.check(self.caller, operators.WRITE)
        inventory = reading.current(at, fresh=True)
        targets = targets_of(service, inventory)
        check_bounds(targets, replicas)
        operation = Operation(
            id=uuid7(epoch_ms(at)),
            service=service,
            targets=tuple(one.id for one in targets),
            wanted=replicas,
            before=max(acting.present(one, mode) or 0 for one in targets),
            mode=mode,
            tenant=self.caller.tenant,
            actor=self.caller.subject,
            created_at=at,
            deadline=at + PATIENCE,
            updated_at=at,
            correlation_id=self.correlation_id,
            environment=environment,
        )
        return start(operation, inventory, at)

    def get(self, operation_id: str, at: datetime) -> Operation:
        operators.check(self.caller, operators.READ)
        found = store.get(operation_id)
        if found is None:
            raise OperationNotFoundError
        return found if found.has_ended else settle(found, reading.current(at, fresh=True), at)


def start(operation: Operation, inventory: Inventory, at: datetime) -> Operation:
    """Write the record and ask AWS; CoolingDownError when one of its targets was scaled a moment ago."""
    cool_down = timedelta(seconds=int(os.environ["SCALE_COOLDOWN_SECONDS"]))
    store.begin(operation, _event(STARTED, operation, at), cool_down)
    return settle(operation, inventory, at)


def check_bounds(targets: Iterable[Resource], replicas: int) -> None:
    lowest, highest = int(os.environ["SCALE_MINIMUM"]), int(os.environ["SCALE_MAXIMUM"])
    for one in targets:
        least, most = acting.bounds(one, lowest, highest)
        if not least <= replicas <= most:
            raise OutOfBoundsError(least, most)


def follow(at: datetime, limit: int = 50) -> int:
    """Look after the operations that are under way; how many there were."""
    names = store.under_way(limit)
    if names:
        inventory = reading.current(at, fresh=True)
        for name in names:
            found = store.get(name)
            if found is not None and not found.has_ended:
                settle(found, inventory, at)
    return len(names)


def settle(operation: Operation, inventory: Inventory, at: datetime) -> Operation:
    """Ask AWS if that was not done yet, and write down how far it is. Anybody may do this, at any time, twice."""
    targets = [one for one in inventory.resources if one.id in operation.targets]
    present = [acting.present(one, operation.mode) for one in targets]
    if operation.applied and len(targets) == len(operation.targets) and set(present) == {operation.wanted}:
        return _write(replace(operation, progress=Progress.COMPLETED), at)
    if at >= operation.deadline:
        return _write(replace(operation, progress=Progress.FAILED, reason=f"there are {present}"), at)
    if operation.applied:
        return operation
    try:
        for one in targets:
            acting.apply(one, operation.wanted, operation.mode)
    except (BotoCoreError, ClientError, ClusterError) as error:
        logger().warning("scaling was refused", operation=operation.id, exc_info=error)
        reason = _refusal(error)
        if reason is None:
            return operation  # the sweep tries again, until the deadline
        return _write(replace(operation, progress=Progress.FAILED, reason=reason), at)
    return _write(replace(operation, applied=True), at)


def _refusal(error: BotoCoreError | ClientError | ClusterError) -> str | None:
    """Why it was refused for good; None where another try may do."""
    if isinstance(error, ClusterError):
        return error.message if error.is_final else None
    code = error.response["Error"].get("Code", "") if isinstance(error, ClientError) else ""
    return code if code in _REFUSED else None


def estimated_end(operation: Operation) -> datetime:
    return operation.updated_at if operation.has_ended else operation.created_at + _USUALLY


def _write(operation: Operation, at: datetime) -> Operation:
    written = replace(operation, revision=operation.revision + 1, updated_at=at)
    ends = {Progress.COMPLETED: SCALED, Progress.FAILED: FAILED}
    event = _event(ends[written.progress], written, at) if written.has_ended else None
    try:
        store.save(written, event)
    except ChangedMeanwhileError:
        return store.get(operation.id) or operation
    return written


def targets_of(service: str, inventory: Inventory) -> list[Resource]:
    """A service's functions that answer HTTP, or the one resource of an id."""
    scalable = [one for one in inventory.resources if one.kind in acting.SCALABLE]
    found = [one for one in scalable if one.id == service]
    if not found and service in services.SLICES:
        functions = [one for one in scalable if one.kind is Kind.FUNCTION and one.service == service]
        found = [one for one in functions if probes.answers_http(str(one.details["logical_id"]))] or functions
    if not found:
        raise NothingToScaleError(service, list(services.SLICES))
    return found


def _event(event_type: str, operation: Operation, at: datetime) -> Event:
    return happened(
        at,
        operation.tenant,
        event_type,
        action="infrastructure_scale",
        actor=operation.actor,
        resource=f"service:{operation.service}",
        tags=("change_management", "availability"),
        correlation_id=operation.correlation_id,
        data={
            "scaling_operation_id": operation.id,
            "service": operation.service,
            "replicas": operation.wanted,
            "previous_replicas": operation.before,
            "mode": operation.mode,
            **({"environment": operation.environment} if operation.environment else {}),
            **({"reason": operation.reason} if operation.reason else {}),
        },
    )
