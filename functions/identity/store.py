"""What the identity slice writes: each change and its event in one transaction, decided by one condition."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from identity.errors import ChangedMeanwhileError, NotActiveError, SpentTokenError
from pentarch.events import store as events
from pentarch.events.model import Event
from pentarch.identity import store
from pentarch.identity.errors import NameTakenError
from pentarch.identity.model import Kind, Principal, Session, Status, Tenant
from pentarch.identity.store import IdentityItem, directory_place, principal_key, session_key
from pentarch.platform.tables import Transaction, batch_get

NOBODY = "@nobody"
"""In place of a tenant where the directory knows none, so that looking costs the same."""


@dataclass(frozen=True, slots=True)
class Page:
    principals: tuple[Principal, ...]
    total: int
    next_cursor: str | None


def principal(tenant: str, kind: Kind, name: str) -> Principal | None:
    [item] = batch_get([(IdentityItem, tenant, principal_key(kind, name))], consistent=True)
    return store.to_principal(item) if item else None


def principal_and_tenant(tenant: str, kind: Kind, name: str) -> tuple[Principal | None, Tenant | None]:
    places = [(IdentityItem, tenant, principal_key(kind, name)), (IdentityItem, tenant, store.TENANT_KEY)]
    found, owner = batch_get(places, consistent=True)
    return (store.to_principal(found) if found else None), (store.to_tenant(owner) if owner else None)


def tenant_of_username(username: str) -> str | None:
    [item] = batch_get([(IdentityItem, *directory_place(username))], consistent=True)
    return item.owner if item else None


def session(tenant: str, session_id: str) -> Session | None:
    [item] = batch_get([(IdentityItem, tenant, session_key(session_id))], consistent=True)
    return store.to_session(item) if item else None


def page(tenant: str, kind: Kind, *, limit: int, cursor: str | None) -> Page:
    """One query for `limit` principals, and one read for how many there are: users by name, others newest first."""
    start = None if cursor is None else {"tenant": {"S": tenant}, "key": {"S": principal_key(kind, cursor)}}
    found = IdentityItem.query(
        tenant,
        IdentityItem.key.startswith(f"{kind}#"),
        limit=limit + 1,
        page_size=limit + 1,
        last_evaluated_key=start,
        scan_index_forward=kind is Kind.USER,
    )
    principals = tuple(store.to_principal(item) for item in found)
    [counter] = batch_get([(IdentityItem, tenant, _total_key(kind))])
    shown = principals[:limit]
    next_cursor = shown[-1].name if len(principals) > limit else None
    return Page(shown, int(counter.total or 0) if counter else 0, next_cursor)


def add_creation(transaction: Transaction, *principals: Principal) -> None:
    """Add new principals, a user with its place in the directory, and count them (one item, so once per kind)."""
    for one in principals:
        if one.kind is Kind.USER:
            taken = NameTakenError(f"the user name {one.name} is taken")
            entry = IdentityItem(*directory_place(one.name), owner=one.tenant)
            transaction.put(entry, condition=IdentityItem.key.does_not_exist(), otherwise=taken)
            if one.pseudonym is not None:
                transaction.put(IdentityItem(one.tenant, store.pseudonym_key(one.pseudonym), username=one.name))
        clash = NameTakenError(f"{one.subject} exists")
        transaction.put(store.from_principal(one), condition=IdentityItem.key.does_not_exist(), otherwise=clash)
    for kind in dict.fromkeys(one.kind for one in principals):
        count = sum(one.kind is kind for one in principals)
        counter = IdentityItem(principals[0].tenant, _total_key(kind))
        transaction.update(counter, [IdentityItem.total.add(count)])


def add_revocation(transaction: Transaction, one: Principal) -> None:
    actions: list[Action] = [IdentityItem.status.set(Status.REVOKED)]
    if one.kind is Kind.USER:
        actions.append(_end_sessions())
    gone = NotActiveError(f"{one.subject} is not active")
    transaction.update(_item_of(one), actions, condition=IdentityItem.status == Status.ACTIVE, otherwise=gone)


def add_password(
    transaction: Transaction, user: Principal, password_hash: str, *, roles: Sequence[str], at: datetime
) -> None:
    """Set a user up anew: password, roles, active, logged out everywhere."""
    actions: list[Action] = [
        IdentityItem.secret_hash.set(password_hash),
        _rotated(at),
        IdentityItem.roles.set(list(roles)),
        IdentityItem.status.set(Status.ACTIVE),
        _end_sessions(),
    ]
    _change(transaction, user, actions, IdentityItem.key.exists())


def create(new: Principal, event: Event) -> None:
    transaction = Transaction()
    add_creation(transaction, new)
    events.record(transaction, event)
    transaction.commit()


def revoke(one: Principal, event: Event) -> None:
    """Raises NotActiveError if it was revoked before."""
    transaction = Transaction()
    add_revocation(transaction, one)
    events.record(transaction, event)
    transaction.commit()


def replace_secret(one: Principal, new_hash: str, event: Event) -> None:
    transaction = Transaction()
    condition = (IdentityItem.status == Status.ACTIVE) & (IdentityItem.secret_hash == one.secret_hash)
    _change(transaction, one, [IdentityItem.secret_hash.set(new_hash), _rotated(event.at)], condition)
    events.record(transaction, event)
    transaction.commit()


def update_user(
    user: Principal,
    *,
    roles: Sequence[str] | None,
    status: Status | None,
    password_hash: str | None,
    event: Event,
) -> None:
    """Change what is given. A new password or status ends all of the user's sessions."""
    actions: list[Action] = []
    if roles is not None:
        actions.append(IdentityItem.roles.set(list(roles)))
    if status is not None:
        actions.append(IdentityItem.status.set(status))
    if password_hash is not None:
        actions += [IdentityItem.secret_hash.set(password_hash), _rotated(event.at)]
    if password_hash is not None or status is not None:
        actions.append(_end_sessions())
    # What the service decided on is what is changed: its view of the password and the state still holds.
    condition = (IdentityItem.secret_hash == user.secret_hash) & (IdentityItem.status == user.status)
    transaction = Transaction()
    _change(transaction, user, actions, condition)
    events.record(transaction, event)
    transaction.commit()


def open_session(new: Session, event: Event, *, user: Principal, rehashed: str | None) -> None:
    transaction = Transaction()
    transaction.put(store.from_session(new), condition=IdentityItem.key.does_not_exist())
    if rehashed is not None:
        unchanged = IdentityItem.secret_hash == user.secret_hash
        _change(transaction, user, [IdentityItem.secret_hash.set(rehashed)], unchanged)
    events.record(transaction, event)
    transaction.commit()


def refresh_session(present: Session, new_hash: str, event: Event) -> None:
    """Move a session from its present refresh token to the next; SpentTokenError if another call did so before."""
    transaction = Transaction()
    transaction.update(
        IdentityItem(present.tenant, session_key(present.id)),
        [IdentityItem.secret_hash.set(new_hash)],
        condition=(IdentityItem.secret_hash == present.refresh_hash) & (IdentityItem.status == Status.ACTIVE),
        otherwise=SpentTokenError(),
    )
    events.record(transaction, event)
    transaction.commit()


def revoke_session(present: Session, event: Event) -> None:
    """Raises NotActiveError if it was revoked before."""
    transaction = Transaction()
    transaction.update(
        IdentityItem(present.tenant, session_key(present.id)),
        [IdentityItem.status.set(Status.REVOKED)],
        condition=IdentityItem.status == Status.ACTIVE,
        otherwise=NotActiveError("the session is not active"),
    )
    events.record(transaction, event)
    transaction.commit()


def _change(transaction: Transaction, one: Principal, actions: list[Action], condition: Condition) -> None:
    changed = ChangedMeanwhileError(f"{one.subject} was changed meanwhile")
    transaction.update(_item_of(one), actions, condition=condition, otherwise=changed)


def _item_of(one: Principal) -> IdentityItem:
    return IdentityItem(one.tenant, principal_key(one.kind, one.name))


def _total_key(kind: Kind) -> str:
    return f"total#{kind}"


def _rotated(at: datetime) -> Action:
    return IdentityItem.rotated_at.set(at.timestamp())


def _end_sessions() -> Action:
    return IdentityItem.session_version.add(1)
