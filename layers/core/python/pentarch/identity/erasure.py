"""Forgetting a user: everything that the identity table holds of a person."""

from collections.abc import Iterator

from pentarch.identity.model import Kind, Principal, Session, Status
from pentarch.identity.roles import ADMIN
from pentarch.identity.store import (
    BOOTSTRAP_KEY,
    IdentityItem,
    directory_place,
    principal_key,
    principals,
    pseudonym_key,
    session_key,
    to_principal,
    to_session,
)
from pentarch.platform.tables import Transaction, batch_get


class UserGoneError(Exception):
    """The user was erased before."""


def user(tenant: str, username: str) -> Principal | None:
    [item] = batch_get([(IdentityItem, tenant, principal_key(Kind.USER, username))], consistent=True)
    return to_principal(item) if item else None


def username_of(tenant: str, pseudonym: str) -> str | None:
    [item] = batch_get([(IdentityItem, tenant, pseudonym_key(pseudonym))], consistent=True)
    return item.username if item else None


def sessions(tenant: str, username: str) -> Iterator[Session]:
    """A user's sessions; reads all of the tenant's, which end by themselves after a month."""
    found = IdentityItem.query(
        tenant, IdentityItem.key.startswith("session#"), IdentityItem.username == username, consistent_read=True
    )
    for item in found:
        yield to_session(item)


def administrators(tenant: str, *, but: str) -> Iterator[Principal]:
    """The users who may administer a tenant, one left out."""
    for one in principals(tenant, Kind.USER):
        if is_administrator(one) and one.name != but:
            yield one


def is_administrator(one: Principal) -> bool:
    return ADMIN in one.roles and one.status is Status.ACTIVE


def add_erasure(transaction: Transaction, one: Principal, *, remaining: Principal | None, if_last: Exception) -> None:
    """Add the removal of a user. `remaining` is an administrator who must still be one when it happens."""
    gone = UserGoneError(one.subject)
    item = IdentityItem(one.tenant, principal_key(Kind.USER, one.name))
    transaction.delete(item, condition=IdentityItem.key.exists(), otherwise=gone)
    transaction.delete(IdentityItem(*directory_place(one.name)))
    if one.pseudonym is not None:
        transaction.delete(IdentityItem(one.tenant, pseudonym_key(one.pseudonym)))
    transaction.update(IdentityItem(one.tenant, f"total#{Kind.USER}"), [IdentityItem.total.add(-1)])
    if remaining is not None:
        other = IdentityItem(one.tenant, principal_key(Kind.USER, remaining.name))
        still = (IdentityItem.status == Status.ACTIVE) & IdentityItem.roles.contains(ADMIN)
        transaction.check(other, still, otherwise=if_last)
    [bootstrap] = batch_get([(IdentityItem, one.tenant, BOOTSTRAP_KEY)], consistent=True)
    if bootstrap is not None and bootstrap.username == one.name:
        transaction.update(IdentityItem(one.tenant, BOOTSTRAP_KEY), [IdentityItem.username.remove()])


def delete_session(one: Session) -> None:
    IdentityItem(one.tenant, session_key(one.id)).delete()


def rename(one: Principal, label: str) -> None:
    """Give a key or client another label; one that is gone stays gone."""
    item = IdentityItem(one.tenant, principal_key(one.kind, one.name))
    transaction = Transaction()
    transaction.update(item, [IdentityItem.label.set(label)], condition=IdentityItem.key.exists())
    transaction.commit()
