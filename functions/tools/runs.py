"""Runs with an idempotency key: who has begun one, and what came of it. Kept for a day.

A run is claimed before it begins and completed together with its event. While it is open, others with the same key are
turned away. One that a crash left open is begun again, unless it may have changed something outside: then what became
of it is not known, and it stays so.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import PutError

from pentarch.events import store as events
from pentarch.events.model import Event
from pentarch.platform.tables import TableName, TenantTable, Transaction
from pentarch.tools.errors import KeyReusedError, RunInProgressError

KEPT_FOR = timedelta(hours=24)
MAX_KEY = 255


class RunItem(TenantTable):
    class Meta:
        table_name = TableName("TOOLS_TABLE")

    request_hash = UnicodeAttribute()
    acts = BooleanAttribute()
    open_until = NumberAttribute()
    claimed = UnicodeAttribute()
    """Which claim it is: one that another took over completes nothing."""
    answer = UnicodeAttribute(null=True)
    ttl = NumberAttribute()


class OutcomeUnknownError(Exception):
    """An earlier run with this key ended without a word, and may have changed something."""


@dataclass(frozen=True, slots=True)
class Claim:
    tenant: str
    key: str
    request_hash: str
    acts: bool
    id: str
    """A name of its own for this attempt."""

    @classmethod
    def of(
        cls, tenant: str, subject: str, tool_id: str, parameters: object, idempotency_key: str, *, acts: bool, name: str
    ) -> "Claim":
        place = hashlib.sha256(f"{subject}\n{tool_id}\n{idempotency_key}".encode()).hexdigest()
        asked = hashlib.sha256(json.dumps(parameters, sort_keys=True).encode()).hexdigest()
        return cls(tenant, f"run#{place}", asked, acts, name)

    def begin(self, at: datetime, open_for: timedelta, started: Event | None) -> dict[str, Any] | None:
        """The first answer if there is one, None if the run is this claim's.

        Raises KeyReusedError, RunInProgressError and OutcomeUnknownError.
        """
        item = RunItem(
            self.tenant,
            self.key,
            request_hash=self.request_hash,
            acts=self.acts,
            open_until=(at + open_for).timestamp(),
            claimed=self.id,
            ttl=int((at + KEPT_FOR).timestamp()),
        )
        crashed = (
            RunItem.answer.does_not_exist()
            & (RunItem.open_until < at.timestamp())
            & (RunItem.request_hash == self.request_hash)
            & (RunItem.acts == False)  # noqa: E712 (a condition, not a comparison)
        )
        free = RunItem.key.does_not_exist() | (RunItem.ttl < at.timestamp()) | crashed
        if started is None:
            try:
                item.save(condition=free)
            except PutError as error:
                if error.cause_response_code != "ConditionalCheckFailedException":
                    raise
                return self._first_answer(at)
            return None
        transaction = Transaction()
        transaction.put(item, condition=free, otherwise=_TakenError())
        events.record(transaction, started)
        try:
            transaction.commit()
        except _TakenError:
            return self._first_answer(at)
        return None

    def complete(self, answer: str, event: Event) -> bool:
        """Keep the answer and tell the event, together; whether this claim still held the run."""
        transaction = Transaction()
        transaction.update(
            RunItem(self.tenant, self.key),
            [RunItem.answer.set(answer)],
            condition=(RunItem.claimed == self.id) & RunItem.answer.does_not_exist(),
            otherwise=_TakenError(),
        )
        events.record(transaction, event)
        try:
            transaction.commit()
        except _TakenError:
            return False
        return True

    def _first_answer(self, at: datetime) -> dict[str, Any]:
        item = RunItem.get(self.tenant, self.key, consistent_read=True)
        if item.request_hash != self.request_hash:
            msg = "this idempotency key was used for a run with other parameters"
            raise KeyReusedError(msg, details={"header": "Idempotency-Key"})
        if item.answer is not None:
            found: dict[str, Any] = json.loads(item.answer)
            return found
        if item.open_until < at.timestamp():
            raise OutcomeUnknownError
        msg = "the first run with this idempotency key has not ended"
        raise RunInProgressError(msg, details={"header": "Idempotency-Key"}, retry_after=1)


class _TakenError(Exception):
    """Another claim holds the run."""
