"""Sessions in the table: each change with its lists, its totals and its events, in one transaction."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any, NamedTuple

from pynamodb.expressions.operand import Path

from pentarch.events import store as events
from pentarch.events.model import Event
from pentarch.identity.model import Kind
from pentarch.platform.clock import epoch_ms, from_epoch_ms
from pentarch.platform.tables import Transaction, batch_get
from pentarch.work.model import Owner
from sessions.errors import MovedError, StateError
from sessions.lifecycle import Status, may_become
from sessions.model import Artifact, LogLine, Session, adoption_digest
from sessions.table import (
    ALL,
    ID_PREFIX,
    TOTALS_KEY,
    ListRow,
    SessionItem,
    TotalsItem,
    adoptable_key,
    list_key,
    session_key,
)

Also = Callable[[Transaction], None]
_LAST = f"{ID_PREFIX}~"


class Page(NamedTuple):
    """Sessions, newest first; `next_cursor` is the id after which the next page begins."""

    sessions: tuple[Session, ...]
    total: int
    next_cursor: str | None


def add(session: Session, told: Iterable[Event]) -> None:
    transaction = Transaction()
    transaction.put(_to_item(session), condition=SessionItem.key.does_not_exist(), otherwise=MovedError())
    _shelve(transaction, session, None, session.status)
    _commit(transaction, told)


def replace_with(before: Session, after: Session, told: Iterable[Event], *, also: Also | None = None) -> Session:
    """Write a session over what it was read as; MovedError if it is no longer that."""
    if not may_become(before.status, after.status):
        msg = f"a session that is {before.status} cannot become {after.status}"
        raise StateError(msg, details={"status": before.status})
    written = replace(after, revision=before.revision + 1)
    transaction = Transaction()
    unmoved = SessionItem.revision == before.revision
    transaction.put(_to_item(written), condition=unmoved, otherwise=MovedError())
    if after.status is not before.status:
        _shelve(transaction, before, before.status, after.status)
    if also is not None:
        also(transaction)
    _commit(transaction, told)
    return written


def remove(session: Session, told: Iterable[Event]) -> None:
    transaction = Transaction()
    item = SessionItem(session.tenant, session_key(session.id))
    unmoved = SessionItem.revision == session.revision
    transaction.delete(item, condition=unmoved, otherwise=MovedError())
    _shelve(transaction, session, session.status, None)
    _commit(transaction, told)


def get(tenant: str, session_id: str) -> Session | None:
    [item] = batch_get([(SessionItem, tenant, session_key(session_id))], consistent=True)
    return _to_session(item) if item else None


def adoptable(tenant: str, digest: str, limit: int = 5) -> list[str]:
    """Ids of sessions that nobody ran yet, newest first."""
    rows = ListRow.query(
        tenant,
        ListRow.key.startswith(adoptable_key(digest, "")),
        scan_index_forward=False,
        consistent_read=True,
        limit=limit,
    )
    return [str(row.key).rpartition("#")[2] for row in rows]


def page(tenant: str, status: Status | None, *, limit: int, offset: int = 0, cursor: str | None = None) -> Page:
    """One query over keys for the page and all before it, one read for its sessions and the total."""
    listed = status or ALL
    last = None if cursor is None else {"tenant": {"S": tenant}, "key": {"S": list_key(listed, cursor)}}
    rows = ListRow.query(
        tenant,
        ListRow.key.between(list_key(listed, ID_PREFIX), list_key(listed, _LAST)),
        scan_index_forward=False,
        consistent_read=True,
        limit=offset + limit + 1,
        last_evaluated_key=last,
    )
    ids = [str(row.key).rpartition("#")[2] for row in rows][offset:]
    shown = ids[:limit]
    found = batch_get(
        [(TotalsItem, tenant, TOTALS_KEY), *((SessionItem, tenant, session_key(one)) for one in shown)],
        consistent=True,
    )
    total = int(getattr(found[0], listed)) if found[0] else 0
    sessions = tuple(_to_session(item) for item in found[1:] if item)
    return Page(sessions, total, shown[-1] if len(ids) > limit else None)


def totals(tenant: str) -> dict[Status, int]:
    [item] = batch_get([(TotalsItem, tenant, TOTALS_KEY)], consistent=True)
    return {status: int(getattr(item, status)) if item else 0 for status in Status}


def _commit(transaction: Transaction, told: Iterable[Event]) -> None:
    for event in told:
        events.record(transaction, event)
    transaction.commit()


def _shelve(transaction: Transaction, session: Session, before: Status | None, after: Status | None) -> None:
    """Bring lists and totals from one state to another; None: it is not there."""
    counts: dict[str, int] = {}
    for status, amount in ((before, -1), (after, 1)):
        for listed in () if status is None else (ALL, status.value):
            counts[listed] = counts.get(listed, 0) + amount
    for listed, amount in counts.items():
        row = ListRow(session.tenant, list_key(listed, session.id))
        if amount < 0:
            transaction.delete(row)
        elif amount > 0:
            transaction.put(row)
    changes = [Path(listed).add(amount) for listed, amount in sorted(counts.items()) if amount]
    transaction.update(TotalsItem(session.tenant, TOTALS_KEY), changes)
    digest = adoption_digest(session.owner.subject, session.skill, session.input)
    row = ListRow(session.tenant, adoptable_key(digest, session.id))
    if after is Status.CREATED:
        transaction.put(row)
    elif before is Status.CREATED:
        transaction.delete(row)


_INSTANTS = ("created_at", "updated_at", "started_at", "expires_at", "leased_until")


def _to_item(one: Session) -> SessionItem:
    facts = asdict(one)
    for name in ("tenant", "id", "status", "revision"):
        del facts[name]
    for name in _INSTANTS:
        facts[name] = None if facts[name] is None else epoch_ms(facts[name])
    facts["log"] = [[epoch_ms(line.at), line.message] for line in one.log]
    return SessionItem(one.tenant, session_key(one.id), revision=one.revision, status=one.status, facts=facts)


def _to_session(item: SessionItem) -> Session:
    facts: dict[str, Any] = dict(item.facts)
    owner: Mapping[str, Any] = facts["owner"]
    return Session(
        **facts
        | {name: _instant(facts[name]) for name in _INSTANTS}
        | {
            "tenant": item.tenant,
            "id": item.key.partition("#")[2],
            "status": Status(item.status),
            "revision": int(item.revision),
            "owner": Owner(owner["subject"], Kind(owner["kind"]), tuple(owner["roles"]), tuple(owner["scopes"])),
            "instructions": tuple(facts["instructions"]),
            "artifacts": tuple(Artifact(**one) for one in facts["artifacts"]),
            "sources": tuple(facts["sources"]),
            "log": tuple(LogLine(from_epoch_ms(at), message) for at, message in facts["log"]),
        }
    )


def _instant(ms: float | None) -> datetime | None:
    return None if ms is None else from_epoch_ms(int(ms))
