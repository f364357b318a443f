"""Taking back the roll-outs of specialists and configurations, which are other slices' to take back.

They are asked by their own APIs in the caller's name, so the same rules hold as on their own routes: who may, what is
still in force, and what needs a second person.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import quote

from infrastructure import listing
from infrastructure.errors import StateError
from pentarch.identity.model import Caller, Named
from pentarch.platform.doors import Door, Reply
from pentarch.platform.errors import (
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    PentarchError,
    UnavailableError,
)
from pentarch.rollouts import store as records
from pentarch.rollouts.model import Kind, Status, TenantRollout

_AWAITS_APPROVAL, _INVALID = 202, 400
_REFUSALS: Mapping[int, type[PentarchError]] = {403: ForbiddenError, 404: NotFoundError, 409: ConflictError}


@dataclass(frozen=True, slots=True)
class Ask:
    """A request to the API that has the thing."""

    api: str
    """The environment variable that names its function."""
    path: str
    body: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What came of it."""

    rollback_id: str | None
    """None while a second person has to approve it."""
    target_version: str | None
    status: Status


def roll_back(caller: Caller, one: TenantRollout, target: str | None, correlation_id: str) -> TakenBack:
    """What the other API refuses is refused in its words."""
    if one.status not in (Status.DEPLOYING, Status.COMPLETED):
        msg = f"the {one.action} is {one.status}: there is nothing to roll back"
        raise StateError(msg, details={"status": one.status})
    ask = _ASKS[one.kind](one, target)
    named = Named(caller.tenant, caller.subject, caller.kind, caller.roles, caller.scopes)
    reply = Door(ask.headers, correlation_id, asdict(named)).post(ask.api, ask.path, ask.body)
    if not reply.ok:
        raise _refusal(reply)
    return _outcome(caller, one, target or one.previous_version, reply)


def _outcome(caller: Caller, one: TenantRollout, target: str | None, reply: Reply) -> TakenBack:
    if reply.status == _AWAITS_APPROVAL:
        return TakenBack(None, target, Status.QUEUED)
    now = listing.find(caller, one.id)
    newest = records.newest_first(records.partition_of(one.kind, one.tenant), resource=one.resource, limit=1)
    after = listing.find(caller, newest[0])
    back = after if after.undoes == one.id else now
    return TakenBack(back.id, back.version if back is after and back.undoes else target, now.status)


def _refusal(reply: Reply) -> PentarchError:
    if reply.status == _INVALID:
        return InvalidInputError(reply.problem, field="target_version")
    return _REFUSALS.get(reply.status, UnavailableError)(reply.problem)


def _specialist(one: TenantRollout, target: str | None) -> Ask:
    body: dict[str, Any] = {"deployment_id": one.id, "environment": one.environment}
    if target is not None:
        body["version"] = _number(target)
    return Ask("SPECIALISTS_API_FUNCTION", f"/api/v1/specialists/{quote(one.resource, safe='')}/rollback", body)


def _configuration(one: TenantRollout, target: str | None) -> Ask:
    """Under way it is set to no callers; completed, the version before is made the next one."""
    api, path = "CONFIGURATIONS_API_FUNCTION", f"/configurations/{quote(one.resource, safe='')}"
    if one.status is Status.COMPLETED:
        number = _number(target or one.previous_version or "")
        return Ask(api, f"{path}/rollback/{number}", {}, {"if-match": f'"{one.version}"'})
    if target not in (None, one.previous_version):
        msg = "the roll-out is under way: it can go back to what it found, and to nothing else"
        raise StateError(msg, details={"previous_version": one.previous_version})
    return Ask(api, f"{path}/rollout", {"percentage": 0, "version": _number(one.version)})


def _number(version: str) -> int:
    if not version.isascii() or not version.isdecimal() or int(version) < 1:
        msg = "a specialist's and a configuration's versions are whole numbers"
        raise InvalidInputError(msg, field="target_version")
    return int(version)


_ASKS: Mapping[Kind, Callable[[TenantRollout, str | None], Ask]] = {
    Kind.SPECIALIST: _specialist,
    Kind.CONFIGURATION: _configuration,
}
