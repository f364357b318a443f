"""Users, their sessions, and keys and clients that are called by a person's name."""

from collections.abc import Iterator
from contextlib import suppress

from compliance.subjects import facts
from compliance.subjects.aggregates.aggregate import Aggregate, Record
from compliance.subjects.errors import LastAdminError
from compliance.subjects.model import Counts, Person, Request
from pentarch.events import store as events
from pentarch.identity import erasure, store
from pentarch.identity.model import Kind, Principal
from pentarch.platform import clock
from pentarch.platform.clock import iso
from pentarch.platform.tables import Transaction

ERASED_LABEL = "erased"


def _labelled(tenant: str, person: Person) -> Iterator[Principal]:
    """Keys and clients that are called by the person's name."""
    for kind in (Kind.KEY, Kind.CLIENT):
        for one in store.principals(tenant, kind):
            if person.is_named_in(one.label):
                yield one


def _find_identity(tenant: str, person: Person) -> Counts:
    user = None if person.username is None else erasure.user(tenant, person.username)
    open_ones = [] if person.username is None else list(erasure.sessions(tenant, person.username))
    labels = sum(1 for _ in _labelled(tenant, person))
    return {"users": int(user is not None), "sessions": len(open_ones), "labels": labels}


def _identity_records(tenant: str, person: Person) -> Iterator[Record]:
    if person.username is not None:
        user = erasure.user(tenant, person.username)
        if user is not None:
            yield {
                "record": "user",
                "username": user.name,
                "subject": user.subject,
                "roles": list(user.roles),
                "status": user.status,
                "created_at": iso(user.created_at),
            }
        for session in erasure.sessions(tenant, person.username):
            yield {"record": "session", "id": session.id, "expires_at": iso(session.expires_at)}
    for one in _labelled(tenant, person):
        yield {"record": f"label of a {one.kind}", "id": one.name, "label": one.label}


def _erase_identity(request: Request, person: Person) -> None:
    """The user goes first: with it end its sessions and tokens, everywhere within a minute."""
    tenant = request.tenant
    user = None if person.username is None else erasure.user(tenant, person.username)
    if user is not None:
        remaining = None
        if erasure.is_administrator(user):
            remaining = next(erasure.administrators(tenant, but=user.name), None)
            if remaining is None:
                raise LastAdminError
        transaction = Transaction()
        erasure.add_erasure(transaction, user, remaining=remaining, if_last=LastAdminError())
        events.record(transaction, facts.user_erased(request, _subject_of(user), clock.now()))
        with suppress(erasure.UserGoneError):  # another run of this request was quicker
            transaction.commit()
    if person.username is not None:
        for session in erasure.sessions(tenant, person.username):
            erasure.delete_session(session)
    for one in _labelled(tenant, person):
        erasure.rename(one, ERASED_LABEL)


def _subject_of(user: Principal) -> str:
    """What an event may call an erased user: nobody that can be told from another, if all it has is a name."""
    return user.subject if user.pseudonym is not None else f"{Kind.USER}:{ERASED_LABEL}"


IDENTITY = Aggregate("identity", ("IdentityTable",), _find_identity, _identity_records, _erase_identity)
