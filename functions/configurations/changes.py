"""What may become of a configuration: rules over plain values, each giving the change that one transaction writes."""

from dataclasses import dataclass, replace
from datetime import datetime

from configurations.errors import SamePersonError, StateError
from pentarch.configuration.model import (
    MAX_PERCENTAGE,
    ConfigType,
    Configuration,
    Content,
    Origin,
    Outcome,
    Pending,
    Rollout,
    State,
    Version,
)
from pentarch.platform.clock import epoch_ms
from pentarch.platform.ids import uuid7_named

CREATED = "configuration.created"
UPDATED = "configuration.updated"
DELETED = "configuration.deleted"
ROLLED_BACK = "configuration.rolled_back"
IMPORTED = "configuration.imported"
PROPOSED = "configuration.proposed"
APPROVED = "configuration.approved"
REJECTED = "configuration.rejected"
ROLLOUT_STARTED = "configuration.rollout_started"
ROLLOUT_CHANGED = "configuration.rollout_changed"
ROLLOUT_COMPLETED = "configuration.rollout_completed"
ROLLOUT_ROLLED_BACK = "configuration.rollout_rolled_back"


@dataclass(frozen=True, slots=True)
class Change:
    """From one state of a configuration to the next; `before` None makes it, `after` None ends it."""

    type: str
    """The event that tells of it."""
    before: Configuration | None
    after: Configuration | None
    number: int
    """The version that it is about."""
    version: Version | None = None
    """A version to keep."""
    outcome: Outcome | None = None
    """What has become of the version that it is about, where that was kept before."""

    @property
    def subject(self) -> Configuration:
        one = self.after or self.before
        if one is None:
            msg = "a change is about something that was or that will be"
            raise ValueError(msg)
        return one


@dataclass(frozen=True, slots=True)
class Author:
    """Who changes something, and when."""

    subject: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Identity:
    """What of a configuration never changes."""

    tenant: str
    id: str
    label: str
    type: ConfigType
    name: str


@dataclass(frozen=True, slots=True)
class Wish:
    """The next version that somebody asks for."""

    content: Content
    origin: Origin = Origin.UPDATE
    source: int | None = None
    percentage: int = MAX_PERCENTAGE
    """To so many callers at first."""
    alarm: str | None = None


def create(
    identity: Identity,
    content: Content,
    author: Author,
    *,
    needs_approval: bool,
    number: int = 1,
    origin: Origin = Origin.CREATE,
) -> Change:
    """A new configuration. `number` is above 1 where an earlier life left versions behind."""
    version = Version(number, content, origin, author.at, author.subject)
    made = Configuration(
        tenant=identity.tenant,
        id=identity.id,
        label=identity.label,
        type=identity.type,
        name=identity.name,
        active=number,
        content=content,
        latest=number,
        revision=1,
        created_at=author.at,
        created_by=author.subject,
        updated_at=author.at,
        updated_by=author.subject,
    )
    if not needs_approval:
        return Change(CREATED, None, made, number, version)
    pending = Pending(number, content, origin, author.subject)
    return Change(PROPOSED, None, replace(made, active=0, pending=pending), number, version)


def update(before: Configuration, wish: Wish, author: Author, *, needs_approval: bool) -> Change:
    """The next version: in force for all, rolled out to some, or waiting for approval."""
    _check_settled(before)
    number = before.latest + 1
    content = _described(wish.content, before)
    version = Version(number, content, wish.origin, author.at, author.subject, wish.source)
    step = None if wish.percentage == MAX_PERCENTAGE else wish.percentage
    after = _touched(before, author, latest=number)
    if needs_approval:
        pending = Pending(number, content, wish.origin, author.subject, step, wish.alarm)
        return Change(PROPOSED, before, replace(after, pending=pending), number, version)
    if step is not None:
        rollout = Rollout(number, content, step, author.subject, wish.alarm, rollout_id(before.id, number, author.at))
        return Change(ROLLOUT_STARTED, before, replace(after, rollout=rollout), number, version)
    told = ROLLED_BACK if wish.origin is Origin.ROLLBACK else UPDATED
    return Change(told, before, _in_force(before, after, version.origin, number, content), number, version)


def delete(before: Configuration, author: Author, *, needs_approval: bool) -> Change:
    """Gone, or going once somebody approves. What was never in force is simply withdrawn."""
    if not needs_approval or not before.active:
        return Change(DELETED, before, None, before.active or before.latest)
    _check_settled(before)
    number = before.latest + 1
    version = Version(number, before.content, Origin.DELETE, author.at, author.subject)
    pending = Pending(number, before.content, Origin.DELETE, author.subject)
    return Change(PROPOSED, before, replace(_touched(before, author, latest=number), pending=pending), number, version)


def approve(before: Configuration, number: int, author: Author) -> Change:
    pending = _decided(before, number, author)
    after = replace(_touched(before, author), pending=None)
    if pending.origin is Origin.DELETE:
        return Change(APPROVED, before, None, number, outcome=Outcome.APPROVED)
    if pending.percentage is not None:
        begun = rollout_id(before.id, number, author.at)
        rollout = Rollout(number, pending.content, pending.percentage, pending.by, pending.alarm, begun)
        return Change(APPROVED, before, replace(after, rollout=rollout), number, outcome=Outcome.APPROVED)
    after = _in_force(before, after, pending.origin, number, pending.content)
    return Change(APPROVED, before, after, number, outcome=Outcome.APPROVED)


def reject(before: Configuration, number: int, author: Author) -> Change:
    """Back to what is in force; a configuration that never was in force is gone."""
    _decided(before, number, author)
    after = replace(_touched(before, author), pending=None) if before.active else None
    return Change(REJECTED, before, after, number, outcome=Outcome.REJECTED)


def move_rollout(before: Configuration, percentage: int, author: Author, number: int | None = None) -> Change:
    """To more or fewer callers; 100 ends a roll-out well, 0 takes it back. `number` is the version that is meant."""
    rollout = before.rollout
    if rollout is None or number not in (None, rollout.version):
        msg = "no version is being rolled out" if number is None else f"version {number} is not being rolled out"
        raise StateError(msg, details={"state": before.state})
    after = _touched(before, author)
    if percentage == 0:
        after = replace(after, rollout=None)
        return Change(ROLLOUT_ROLLED_BACK, before, after, rollout.version, outcome=Outcome.ROLLED_BACK)
    if percentage == MAX_PERCENTAGE:
        after = replace(
            after, rollout=None, active=rollout.version, content=rollout.content, brought_by=rollout.id or None
        )
        return Change(ROLLOUT_COMPLETED, before, after, rollout.version)
    after = replace(after, rollout=replace(rollout, percentage=percentage))
    return Change(ROLLOUT_CHANGED, before, after, rollout.version)


def check_may_return(before: Configuration, version: Version) -> None:
    """Only what was in force can be rolled back to: approval is not got around by way of the history."""
    unapproved = before.pending is not None and before.pending.version == version.number
    if unapproved or version.outcome is Outcome.REJECTED:
        msg = f"version {version.number} was not approved, so there is no way back to it"
        raise StateError(msg, details={"version": version.number})


def rollout_id(config_id: str, number: int, at: datetime) -> str:
    """Of the roll-out of a version: the same one however often its change is tried."""
    return uuid7_named(epoch_ms(at), f"{config_id}#{number}")


def _in_force(
    before: Configuration, after: Configuration, origin: Origin, number: int, content: Content
) -> Configuration:
    """A version that all callers see at once; what takes a roll-out back is a roll-out itself."""
    is_way_back = origin is Origin.ROLLBACK and before.brought_by is not None
    brought_by = rollout_id(before.id, number, after.updated_at) if is_way_back else None
    return replace(after, active=number, content=content, brought_by=brought_by)


def _check_settled(before: Configuration) -> None:
    """One change at a time: what is in force after two open ones would depend on which ends first."""
    if before.state is State.ACTIVE:
        return
    waiting = before.pending or before.rollout
    number = waiting.version if waiting else before.latest
    msg = f"version {number} is waiting for approval: approve or reject it first"
    if before.state is State.ROLLING_OUT:
        msg = f"version {number} is being rolled out: set it to 100 or to 0 percent first"
    raise StateError(msg, details={"state": before.state, "version": number})


def _described(content: Content, before: Configuration) -> Content:
    """A version without a description of its own keeps the former one."""
    return replace(content, description=before.content.description) if content.description is None else content


def _decided(before: Configuration, number: int, author: Author) -> Pending:
    pending = before.pending
    if pending is None or pending.version != number:
        msg = f"version {number} is not waiting for approval"
        raise StateError(msg, details={"state": before.state})
    if pending.by == author.subject:
        raise SamePersonError
    return pending


def _touched(before: Configuration, author: Author, *, latest: int | None = None) -> Configuration:
    return replace(
        before,
        latest=latest or before.latest,
        revision=before.revision + 1,
        updated_at=author.at,
        updated_by=author.subject,
    )
