"""Requests of data subjects in the table: each change with its event in one transaction."""

import hmac
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from pynamodb.exceptions import PutError

from compliance.subjects.errors import MovedError, OpenRequestError
from compliance.subjects.model import TRANSITIONS, Kind, Person, Request, State
from compliance.subjects.table import (
    CLOSED,
    KEY,
    OPEN,
    PERSON,
    REQUEST,
    TOTALS,
    KeyItem,
    PlaceItem,
    RequestItem,
    TotalsItem,
)
from pentarch.events import store as events
from pentarch.events.model import Event
from pentarch.platform.clock import epoch_ms, from_epoch_ms, iso
from pentarch.platform.errors import InvalidInputError
from pentarch.platform.ids import uuid7_ms
from pentarch.platform.tables import Transaction, batch_get

_KEY_BYTES = 32
_PAGE = 100


@dataclass(frozen=True, slots=True)
class Page:
    """Newest first."""

    requests: tuple[Request, ...]
    total: int
    next_cursor: str | None


def digest(tenant: str, name: str) -> str:
    """Stands for a name in what is kept. Without the tenant's key nobody can try names out on it."""
    return hmac.digest(_key(tenant), name.encode(), "sha256").hex()


def add(request: Request, event: Event) -> None:
    """Raises OpenRequestError while another one of the same kind is open for the person."""
    transaction = Transaction()
    place = PlaceItem(request.tenant, _person_key(request), request_id=request.id)
    transaction.put(place, condition=PlaceItem.key.does_not_exist(), otherwise=OpenRequestError())
    transaction.put(_to_item(request), condition=RequestItem.key.does_not_exist())
    transaction.put(PlaceItem(request.tenant, _open_key(request)))
    transaction.update(TotalsItem(request.tenant, TOTALS), [TotalsItem.all.add(1)])
    events.record(transaction, event)
    transaction.commit()


def move(before: Request, after: Request, *told: Event) -> None:
    """Take a request on to its next state, from the one that it was seen in; MovedError if it has left that."""
    if after.state not in TRANSITIONS[before.state]:
        msg = f"a request that is {before.state} cannot become {after.state}"
        raise ValueError(msg)
    moved = MovedError(before.id)
    transaction = Transaction()
    transaction.put(_to_item(after), condition=RequestItem.state == before.state, otherwise=moved)
    if not after.state.is_open:
        transaction.delete(PlaceItem(before.tenant, _open_key(before)))
        transaction.delete(PlaceItem(before.tenant, _person_key(before)))
        transaction.put(PlaceItem(before.tenant, _closed_key(after)))
    for event in told:
        events.record(transaction, event)
    transaction.commit()


def note(request: Request) -> None:
    """Keep how far the work on a request has come; MovedError if it is no longer in its state."""
    transaction = Transaction()
    transaction.update(
        RequestItem(request.tenant, f"{REQUEST}{request.id}"),
        [
            RequestItem.found.set(dict(request.found)),
            RequestItem.models.set(list(request.models)),
            RequestItem.erased.set(list(request.erased)),
        ],
        condition=RequestItem.state == request.state,
        otherwise=MovedError(request.id),
    )
    transaction.commit()


def closed(request: Request, state: State, at: datetime) -> Request:
    """As a request is kept when it is over: nothing in it tells who it was about."""
    return replace(request, state=state, answered_at=at, person=None, reason=None)


def get(tenant: str, request_id: str) -> Request | None:
    if not _is_id(request_id):
        return None
    [item] = batch_get([(RequestItem, tenant, f"{REQUEST}{request_id}")], consistent=True)
    return _to_request(item) if item else None


def open_of_person(tenant: str, kind: Kind, person_digest: str) -> Request | None:
    [item] = batch_get([(PlaceItem, tenant, f"{PERSON}{kind}#{person_digest}")], consistent=True)
    return get(tenant, str(item.request_id)) if item else None


def page(tenant: str, *, limit: int, cursor: str | None) -> Page:
    """One query for the page, one read for the total."""
    if cursor is not None and not _is_id(cursor):
        msg = "cursor is the next_cursor of an earlier page"
        raise InvalidInputError(msg, field="cursor")
    found = list(
        RequestItem.query(
            tenant,
            RequestItem.key.startswith(REQUEST),
            scan_index_forward=False,
            limit=limit + 1,
            page_size=limit + 1,
            last_evaluated_key=None
            if cursor is None
            else {"tenant": {"S": tenant}, "key": {"S": f"{REQUEST}{cursor}"}},
        )
    )
    [totals] = batch_get([(TotalsItem, tenant, TOTALS)])
    requests = tuple(_to_request(item) for item in found[:limit])
    more = requests[-1].id if len(found) > limit else None
    return Page(requests, int(totals.all) if totals else 0, more)


def open_requests(tenant: str) -> Iterator[Request]:
    """Those that are not answered, the first to be due first."""
    yield from _in_order(tenant, PlaceItem.key.startswith(OPEN), forward=True)


def answered(tenant: str, start: datetime, end: datetime) -> Iterator[Request]:
    """Those that were answered (or refused) in [start, end), newest first."""
    between = PlaceItem.key.between(f"{CLOSED}{iso(start)}", f"{CLOSED}{iso(end)}")
    yield from _in_order(tenant, between, forward=False)


def _in_order(tenant: str, which: Any, *, forward: bool) -> Iterator[Request]:  # noqa: ANN401 (a key's condition)
    ids: list[str] = []
    for place in PlaceItem.query(tenant, which, scan_index_forward=forward, page_size=_PAGE):
        ids.append(str(place.key).rpartition("#")[2])
        if len(ids) == _PAGE:
            yield from _get_many(tenant, ids)
            ids = []
    yield from _get_many(tenant, ids)


def _get_many(tenant: str, ids: list[str]) -> Iterator[Request]:
    items = batch_get([(RequestItem, tenant, f"{REQUEST}{one}") for one in ids]) if ids else []
    yield from (_to_request(item) for item in items if item is not None)


def _key(tenant: str) -> bytes:
    [item] = batch_get([(KeyItem, tenant, KEY)], consistent=True)
    if item is None:
        try:
            KeyItem(tenant, KEY, secret=secrets.token_bytes(_KEY_BYTES)).save(condition=KeyItem.key.does_not_exist())
        except PutError as error:
            if error.cause_response_code != "ConditionalCheckFailedException":
                raise
        [item] = batch_get([(KeyItem, tenant, KEY)], consistent=True)
    return bytes(item.secret)


def _person_key(request: Request) -> str:
    return f"{PERSON}{request.kind}#{request.digest}"


def _open_key(request: Request) -> str:
    return f"{OPEN}{iso(request.due_at)}#{request.id}"


def _closed_key(request: Request) -> str:
    if request.answered_at is None:
        msg = "a closed request has the time of its answer"
        raise ValueError(msg)
    return f"{CLOSED}{iso(request.answered_at)}#{request.id}"


def _is_id(text: str) -> bool:
    try:
        uuid7_ms(text)
    except ValueError:
        return False
    return True


def _to_item(one: Request) -> RequestItem:
    return RequestItem(
        one.tenant,
        f"{REQUEST}{one.id}",
        kind=one.kind,
        state=one.state,
        digest=one.digest,
        requested_by=one.requested_by,
        received_at=epoch_ms(one.received_at),
        due_at=epoch_ms(one.due_at),
        person=None if one.person is None else asdict(one.person),
        reason=one.reason,
        correlation_id=one.correlation_id or None,
        found=dict(one.found),
        models=list(one.models),
        erased=list(one.erased),
        retained=dict(one.retained),
        answered_at=None if one.answered_at is None else epoch_ms(one.answered_at),
        export=one.export,
        refusal=one.refusal,
    )


def _to_person(person: Mapping[str, Any]) -> Person:
    return Person(person["given"], person["username"], tuple(person["names"]), tuple(person["subjects"]))


def _to_request(item: RequestItem) -> Request:
    person = item.person
    return Request(
        tenant=item.tenant,
        id=item.key.removeprefix(REQUEST),
        kind=Kind(item.kind),
        state=State(item.state),
        digest=item.digest,
        requested_by=item.requested_by,
        received_at=from_epoch_ms(int(item.received_at)),
        due_at=from_epoch_ms(int(item.due_at)),
        person=None if person is None else _to_person(person),
        reason=item.reason,
        correlation_id=item.correlation_id or "",
        found=item.found or {},
        models=tuple(item.models or ()),
        erased=tuple(item.erased or ()),
        retained=item.retained or {},
        answered_at=None if item.answered_at is None else from_epoch_ms(int(item.answered_at)),
        export=item.export,
        refusal=item.refusal,
    )
