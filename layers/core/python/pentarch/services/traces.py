"""Traces of routing decisions: kept whole for a while, found by time and by service.

| key                       | item                                                                  |
|---------------------------|-----------------------------------------------------------------------|
| 01a1...                   | a trace, compressed; one that is too large for an item is a file;     |
|                           | of a model call only the summary, as its event holds the rest         |
| service#vfe-001#01a1...   | that the trace chose this service                                     |

A trace's id carries its time, so a range of keys is a range of time.
"""

import gzip
import json
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pynamodb.attributes import BinaryAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute

from pentarch.configuration import accessor
from pentarch.configuration.model import ConfigType
from pentarch.events import store as events
from pentarch.events.model import Event
from pentarch.files import store as files
from pentarch.files.model import place
from pentarch.platform.clock import epoch_ms, parse_iso
from pentarch.platform.ids import uuid7_floor
from pentarch.platform.tables import Table, TableName, Transaction, batch_get

AREA = "traces"
MAX_ITEM_BYTES = 300_000
"""Of a compressed trace; DynamoDB's items hold 400 KB."""
MAX_SHOWN_BYTES = 4_500_000
"""Lambda answers with 6 MB at most; of a larger trace the proof is an address to fetch it from."""
ADDRESS_LIFETIME_S = 3600
DEFAULT_RETENTION_DAYS = 90
_LEVEL = 3
_LOWEST, _HIGHEST = "0", "g"
"""Ids begin with a hexadecimal digit, and the services' rows behind them."""


class TraceItem(Table):
    class Meta:
        table_name = TableName("TRACES_TABLE")

    tenant = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    summary = JSONAttribute()
    body = BinaryAttribute(legacy_encoding=False, null=True)
    file = UnicodeAttribute(null=True)
    ttl = NumberAttribute()


@dataclass(frozen=True, slots=True)
class Page:
    summaries: tuple[dict[str, Any], ...]
    next_cursor: str | None


def keep(tenant: str, trace: dict[str, Any], event: Event) -> None:
    """The trace, its places under the services that it chose, and the event, in one transaction."""
    trace_id, at = trace["trace_id"], parse_iso(trace["timestamp"])
    days = _retention_days(tenant)
    ttl = int((at + timedelta(days=days)).timestamp())
    body: bytes | None = gzip.compress(json.dumps(trace, separators=(",", ":")).encode(), _LEVEL, mtime=0)
    key = None
    if len(body or b"") > MAX_ITEM_BYTES:
        key = place(AREA, tenant, f"{trace_id}.json.gz")
        files.put(key, body or b"", "application/gzip")
        body = None
    summary = _summary(trace)
    transaction = Transaction()
    transaction.put(TraceItem(tenant, trace_id, summary=summary, body=body, file=key, ttl=ttl))
    for service_id in dict.fromkeys(summary["services"]):
        transaction.put(TraceItem(tenant, f"service#{service_id}#{trace_id}", summary=summary, ttl=ttl))
    events.record(transaction, event)
    transaction.commit()


def index(tenant: str, trace: dict[str, Any]) -> None:
    """Let a trace that is kept elsewhere be listed by time and by service; doing it twice changes nothing."""
    ttl = int((parse_iso(trace["timestamp"]) + timedelta(days=_retention_days(tenant))).timestamp())
    summary = _summary(trace)
    keys = [trace["trace_id"], *(f"service#{name}#{trace['trace_id']}" for name in dict.fromkeys(summary["services"]))]
    with TraceItem.batch_write() as batch:
        for key in keys:
            batch.save(TraceItem(tenant, key, summary=summary, ttl=ttl))


def _retention_days(tenant: str) -> int:
    """What the tenant has configured, else what the deployment has."""
    own = accessor.current(tenant, ConfigType.RETENTION) or {}
    return int(own.get("traces_days", os.environ.get("TRACE_RETENTION_DAYS", DEFAULT_RETENTION_DAYS)))


def get(tenant: str, trace_id: str, at: datetime) -> dict[str, Any] | None:
    """A trace whose time is not over (DynamoDB removes it some hours after that)."""
    item = _item(tenant, trace_id, at)
    return None if item is None else json.loads(_body(item))


def get_shown(tenant: str, trace_id: str, at: datetime) -> dict[str, Any] | None:
    """A trace as it fits into an answer."""
    item = _item(tenant, trace_id, at)
    if item is None:
        return None
    text = _body(item)
    trace: dict[str, Any] = json.loads(text)
    if len(text) > MAX_SHOWN_BYTES and item.file:
        for part in ("links", "whole"):
            trace["proof"].pop(part, None)
        trace["whole_trace_url"] = files.presigned_url(item.file, expires_in_s=ADDRESS_LIFETIME_S)
    return trace


def page(
    tenant: str,
    *,
    service_id: str | None,
    start: datetime | None,
    end: datetime | None,
    limit: int,
    cursor: str | None,
    at: datetime,
) -> Page:
    """One query for the traces of [start, end), newest first: all, or those that chose a service."""
    prefix = "" if service_id is None else f"service#{service_id}#"
    low = prefix + (_LOWEST if start is None else uuid7_floor(epoch_ms(start)))
    high = prefix + (_HIGHEST if end is None else uuid7_floor(epoch_ms(end)))
    if low > high:
        return Page((), None)
    from_key = None if cursor is None else {"tenant": {"S": tenant}, "id": {"S": prefix + cursor}}
    rows = list(
        TraceItem.query(
            tenant,
            TraceItem.id.between(low, high),
            attributes_to_get=["tenant", "id", "summary", "ttl"],
            scan_index_forward=False,
            limit=limit + 1,
            page_size=limit + 1,
            last_evaluated_key=from_key,
        )
    )
    # The oldest come last, so what DynamoDB has yet to remove is cut off.
    rows = [row for row in rows if row.ttl > at.timestamp()]
    shown = rows[:limit]
    more = str(shown[-1].id).removeprefix(prefix) if len(rows) > limit else None
    return Page(tuple(row.summary for row in shown), more)


def _item(tenant: str, trace_id: str, at: datetime) -> TraceItem | None:
    if "#" in trace_id:
        return None
    item: TraceItem | None
    [item] = batch_get([(TraceItem, tenant, trace_id)], consistent=True)
    if item is None or item.ttl <= at.timestamp() or (item.body is None and item.file is None):
        return None
    return item


def _body(item: TraceItem) -> bytes:
    return gzip.decompress(files.get(item.file) if item.file else item.body)


def _summary(trace: dict[str, Any]) -> dict[str, Any]:
    decision = trace["decision"]
    stops = [] if decision is None else decision.get("chain") or [decision]
    return {
        "trace_id": trace["trace_id"],
        "timestamp": trace["timestamp"],
        "intent": trace["request"]["intent"],
        "outcome": "refused" if decision is None else "decided",
        "services": [stop["service_id"] for stop in stops],
        "master_equation_score": trace["proof"]["master_equation_score"],
        "error_code": trace["error"]["code"] if decision is None else None,
    }
