"""What an agent's attempt has done so far, so that a repetition after a crash neither pays nor acts twice.

A model call's result and the event that tells of it are one transaction. Each result is written once: of two workers on
one attempt, the slower one's call is in the log too, and it goes on with the other's result.
"""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Protocol

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from pentarch.llm.errors import AnsweredBeforeError
from pentarch.platform import clock
from pentarch.platform.tables import Table, TableName, Transaction

KEPT_FOR = timedelta(days=7)
MAX_BYTES = 350_000
"""Of a result: an item holds 400 KB. A longer one is not kept, so a repetition makes its call again."""

JsonObject = Mapping[str, Any]


class Journal(Protocol):
    """The results of an attempt's calls, by the calls' keys."""

    def recall(self, key: str, *, fresh: bool = False) -> JsonObject | None:
        """What a call gave, if it came to its end; `fresh` asks the store, and not what was read of it before."""

    def record(self, transaction: Transaction, key: str, result: JsonObject) -> None:
        """Add a call's result to a transaction, whose commit raises AnsweredBeforeError if there is one already."""


class JournalItem(Table):
    class Meta:
        table_name = TableName("TURNS_TABLE")

    attempt = UnicodeAttribute(hash_key=True)
    call = UnicodeAttribute(range_key=True)
    result = JSONAttribute()
    ttl = NumberAttribute()


class TableJournal:
    """In the table of turns. What is there is read once, at the first `recall`."""

    def __init__(self, tenant: str, attempt_id: str) -> None:
        self._partition = f"{tenant}#{attempt_id}"
        self._known: dict[str, JsonObject] | None = None

    def recall(self, key: str, *, fresh: bool = False) -> JsonObject | None:
        if self._known is None or fresh:
            found = JournalItem.query(self._partition, consistent_read=True)
            self._known = {item.call: item.result for item in found}
        return self._known.get(key)

    def record(self, transaction: Transaction, key: str, result: JsonObject) -> None:
        if len(json.dumps(result)) > MAX_BYTES:
            return
        ttl = int((clock.now() + KEPT_FOR).timestamp())
        item = JournalItem(self._partition, key, result=dict(result), ttl=ttl)
        taken = AnsweredBeforeError("another try of this call has kept its answer")
        transaction.put(item, condition=JournalItem.call.does_not_exist(), otherwise=taken)
