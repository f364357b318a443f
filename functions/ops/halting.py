"""Stopping and starting services. One record names those that are stopped, and every gate reads it along.

A stopped service refuses requests; what it had accepted is worked off, and queues keep what comes from elsewhere. Each
environment reads the record with its next caller, at most every `STOPPED_S` seconds, so that long it may take.
"""

import time
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ops import queues, stack
from ops.errors import BusyError, CannotStopError, ChangedMeanwhileError, UnknownServiceError
from pentarch.events import store as events
from pentarch.events.model import Event, happened
from pentarch.identity import operators
from pentarch.identity.model import Caller
from pentarch.identity.service import STOPPED_S
from pentarch.identity.store import STOPPED, IdentityItem
from pentarch.platform import clients
from pentarch.platform.clock import iso
from pentarch.platform.tables import Transaction, batch_get

READ, WRITE = "ops:read", "ops:write"
NEVER = frozenset({"edge", "fanout", "identity", "infrastructure", "ops"})
"""Without them nobody could log in, see what is wrong, or start anything again."""
_ATTEMPTS = 5
_HEALTH_WAIT_S = 8.0
_POLL_S = 0.5


class Action(StrEnum):
    START = "start"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Outcome:
    service: str
    status: str
    message: str


def stopped() -> dict[str, dict[str, str]]:
    """When and by whom, by service."""
    [item] = batch_get([(IdentityItem, *STOPPED)], consistent=True)
    return dict(item.stopped or {}) if item else {}


@dataclass(frozen=True, slots=True)
class Operator:
    caller: Caller
    correlation_id: str = ""

    def stop(self, service: str, at: datetime, *, force: bool, wait: bool) -> Outcome:
        """Refuse what comes in from now on. Without `force`, only when no work is queued or under way."""
        operators.check(self.caller, WRITE)
        one = _service(service)
        if one.name in NEVER:
            raise CannotStopError(one.name)
        if not force:
            messages = sum(sum(queues.depth(url)) for url in one.queues)
            if messages:
                raise BusyError(one.name, messages)
        if not self._write(one.name, Action.STOP, at, force=force):
            return Outcome(one.name, "stopped", "The service was stopped before")
        if not wait:
            return Outcome(one.name, "stopping", f"Service stop initiated; every environment knows in {STOPPED_S} s")
        time.sleep(STOPPED_S)
        return Outcome(one.name, "stopped", "The service is stopped")

    def start(self, service: str, at: datetime, *, force: bool, wait: bool) -> Outcome:
        """Let requests in again. `force` is noted in the event; nothing could refuse a start."""
        operators.check(self.caller, WRITE)
        one = _service(service)
        changed = self._write(one.name, Action.START, at, force=force)
        if not wait:
            status = "starting" if changed else "running"
            return Outcome(one.name, status, "Service start initiated" if changed else "The service runs already")
        if changed:
            time.sleep(STOPPED_S)
        sick = _wait_for_health(one)
        if sick:
            return Outcome(one.name, "unhealthy", f"Lambda does not run {', '.join(sick)} yet")
        return Outcome(one.name, "running", "The service is started" if changed else "The service runs already")

    def _write(self, service: str, action: Action, at: datetime, *, force: bool) -> bool:
        """Change the record, and tell the log; False when there was nothing to change."""
        for _ in range(_ATTEMPTS):
            [item] = batch_get([(IdentityItem, *STOPPED)], consistent=True)
            names = dict(item.stopped or {}) if item else {}
            if (service in names) is (action is Action.STOP):
                return False
            if action is Action.STOP:
                names[service] = {"at": iso(at), "by": self.caller.subject}
            else:
                del names[service]
            revision = int(item.revision or 0) if item else 0
            unchanged = IdentityItem.revision == revision if item else IdentityItem.key.does_not_exist()
            transaction = Transaction()
            changed = IdentityItem(*STOPPED, stopped=names, revision=revision + 1)
            transaction.put(changed, condition=unchanged, otherwise=ChangedMeanwhileError())
            events.record(transaction, self._event(service, action, at, force=force))
            try:
                transaction.commit()
            except ChangedMeanwhileError:
                continue
            return True
        raise ChangedMeanwhileError

    def _event(self, service: str, action: Action, at: datetime, *, force: bool) -> Event:
        past = {Action.START: "ops.service_started", Action.STOP: "ops.service_stopped"}[action]
        return happened(
            at,
            self.caller.tenant,
            past,
            action=f"service_{action}",
            actor=self.caller.subject,
            resource=f"service:{service}",
            tags=("change_management", "availability"),
            correlation_id=self.correlation_id,
            data={"service": service, "force": force},
        )


def slice_of(service: str) -> str:
    """`llm` of the reference's `llm_service`."""
    return service.removesuffix("_service").removesuffix("-service")


def _service(name: str) -> stack.Service:
    services = stack.current().services
    found = services.get(slice_of(name))
    if found is None:
        raise UnknownServiceError(name, sorted(services))
    return found


def _wait_for_health(one: stack.Service) -> list[str]:
    """The functions that Lambda cannot run, after some patience."""
    deadline = time.monotonic() + _HEALTH_WAIT_S
    while True:
        sick = [name for name in one.functions if not _runs(name)]
        if not sick or time.monotonic() > deadline:
            return sick
        time.sleep(_POLL_S)


def _runs(function: str) -> bool:
    """Whether Lambda would run it: one that was idle for long is Inactive, and starts with its next call."""
    found = clients.lambda_functions().get_function_configuration(FunctionName=function, Qualifier="live")
    return found.get("State", "Active") in ("Active", "Inactive")
