"""What callers do with configurations. Each change reads what is there, lets a rule decide, and writes in one go.

A change that lost a race is tried again on what is there now, so no version is lost; unless the caller said which
version it decided on, and that is not the present one any more.
"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from configurations import approval, changes, facts, judge, rollouts, store
from configurations.changes import Author, Change, Identity, Wish
from configurations.errors import (
    ChangedMeanwhileError,
    ConfigurationNotFoundError,
    StaleVersionError,
    VersionNotFoundError,
)
from configurations.ids import is_config_id, new_config_id
from configurations.schemas import RolloutMove
from pentarch.configuration import store as reading
from pentarch.configuration.model import ConfigType, Configuration, Content, Origin
from pentarch.identity.errors import PermissionDeniedError
from pentarch.identity.model import Caller
from pentarch.platform.errors import InvalidInputError, UnavailableError
from pentarch.web.preconditions import ANY, Expected

WRITE = "configurations:write"
_ATTEMPTS = 12
_PAUSE_S = 0.02
_TICK = timedelta(milliseconds=1)
"""What an instant is kept to."""

Rule = Callable[[Configuration, Author], Change]


@dataclass(frozen=True, slots=True)
class Names:
    """What an update may say of a configuration again, and cannot change."""

    label: str | None = None
    type: str | None = None
    name: str | None = None

    def check(self, one: Configuration) -> None:
        told = {"tenant_id": (self.label, one.label), "config_type": (self.type, one.type)}
        for field, (said, present) in (told | {"name": (self.name, one.name)}).items():
            if said is not None and said != present:
                msg = f"{field} cannot be changed: it is {present!r}"
                raise InvalidInputError(msg, field=field)


@dataclass(frozen=True, slots=True)
class Configurations:
    """The configurations of the caller's tenant."""

    caller: Caller
    correlation_id: str = ""

    def create(self, label: str, config_type: ConfigType, name: str, content: Content, at: datetime) -> Configuration:
        check_writes(self.caller)
        judge.check(config_type, content.value)
        tenant = self.caller.tenant
        identity = Identity(tenant, new_config_id(config_type, at), label, config_type, name)
        needs_approval = self._needs_approval(label, config_type)
        author = Author(self.caller.subject, at)
        change = changes.create(identity, content, author, needs_approval=needs_approval)
        self._write(change, author)
        return change.subject

    def get(self, config_id: str) -> Configuration:
        found = reading.get(self.caller.tenant, config_id) if is_config_id(config_id) else None
        if found is None:
            raise ConfigurationNotFoundError
        return found

    def update(
        self,
        config_id: str,
        wish: Wish,
        at: datetime,
        expected: Expected = ANY,
        *,
        names: Names = Names(),
    ) -> Configuration:
        def rule(before: Configuration, author: Author) -> Change:
            names.check(before)
            judge.check(before.type, wish.content.value)
            return changes.update(before, wish, author, needs_approval=self._guarded(before))

        return self._change(config_id, rule, at, expected).subject

    def roll_back(self, config_id: str, number: int, at: datetime, expected: Expected = ANY) -> Configuration:
        def rule(before: Configuration, author: Author) -> Change:
            version = store.version(before.tenant, before.id, number)
            if version is None:
                raise VersionNotFoundError(number)
            changes.check_may_return(before, version)
            judge.check(before.type, version.content.value)  # the rules may have become stricter since
            wish = Wish(version.content, Origin.ROLLBACK, source=number)
            return changes.update(before, wish, author, needs_approval=self._guarded(before))

        return self._change(config_id, rule, at, expected).subject

    def delete(self, config_id: str, at: datetime, expected: Expected = ANY) -> Change:
        def rule(before: Configuration, author: Author) -> Change:
            return changes.delete(before, author, needs_approval=self._guarded(before))

        return self._change(config_id, rule, at, expected)

    def approve(self, config_id: str, number: int, at: datetime) -> Change:
        return self._change(config_id, lambda before, author: changes.approve(before, number, author), at)

    def reject(self, config_id: str, number: int, at: datetime) -> Change:
        return self._change(config_id, lambda before, author: changes.reject(before, number, author), at)

    def move_rollout(self, config_id: str, move: RolloutMove, at: datetime, expected: Expected = ANY) -> Configuration:
        def rule(before: Configuration, author: Author) -> Change:
            return changes.move_rollout(before, move.percentage, author, move.version)

        return self._change(config_id, rule, at, expected).subject

    def _change(self, config_id: str, rule: Rule, at: datetime, expected: Expected = ANY) -> Change:
        check_writes(self.caller)
        for attempt in range(_ATTEMPTS):
            before = self.get(config_id)
            if not expected.allows(before.present):
                raise StaleVersionError(str(expected), before.present)
            author = Author(self.caller.subject, after(before, at))
            change = rule(before, author)
            try:
                self._write(change, author)
            except ChangedMeanwhileError:
                time.sleep(random.uniform(0, _PAUSE_S * (attempt + 1)))  # noqa: S311 (jitter is no secret)
            else:
                return change
        msg = "the configuration changes too fast; try again"
        raise UnavailableError(msg, retry_after=1)

    def _write(self, change: Change, author: Author) -> None:
        event = facts.event_of(change, author, self.correlation_id)
        store.write([change], event, rollouts.of(change, author))

    def _guarded(self, one: Configuration) -> bool:
        return self._needs_approval(one.label, one.type)

    def _needs_approval(self, label: str, config_type: ConfigType) -> bool:
        tenant = self.caller.tenant
        return approval.is_needed(approval.demands(tenant), tenant, label, config_type)


def after(before: Configuration, at: datetime) -> datetime:
    """The instant of a change: later than the one before it, so that the audit has both in their order.

    A request that came first may well write last, and clocks of different machines differ.
    """
    return max(at, before.updated_at + _TICK)


def check_writes(caller: Caller) -> None:
    if not caller.may(WRITE):
        raise PermissionDeniedError(WRITE)
