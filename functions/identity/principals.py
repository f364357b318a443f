"""API keys and OAuth clients: made, listed, revoked. Their secrets are random, shown once, and kept as SHA-256."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from identity import grants, store
from identity.client_tokens import client_id
from identity.errors import NotActiveError
from identity.facts import did
from pentarch.events.actor import Actor
from pentarch.identity.credentials import Credential, hash_secret
from pentarch.identity.errors import PermissionDeniedError
from pentarch.identity.model import Caller, Kind, Principal, Status
from pentarch.platform.errors import InvalidInputError, NotFoundError
from pentarch.platform.ids import uuid7

ADMINISTER = "identity:admin"


@dataclass(frozen=True, slots=True)
class Issued:
    """A new credential; `shown` is what its owner presents, and is nowhere stored."""

    principal: Principal
    shown: str


def issue(
    kind: Kind,
    tenant: str,
    *,
    label: str,
    roles: tuple[str, ...],
    scopes: tuple[str, ...] = (),
    expires_at: datetime | None = None,
    created_by: str,
    at: datetime,
) -> Issued:
    """A key's or a client's record and its secret, not yet stored. Names sort by the time of their making."""
    name = uuid7().replace("-", "")
    if kind is Kind.KEY:
        key = Credential.new("pk", tenant, name)
        shown, secret_hash = str(key), key.hash
    else:
        shown = secrets.token_urlsafe(32)
        secret_hash = hash_secret(shown)
    principal = Principal(
        tenant=tenant,
        kind=kind,
        name=name,
        label=label,
        roles=roles,
        scopes=scopes,
        status=Status.ACTIVE,
        secret_hash=secret_hash,
        created_at=at,
        created_by=created_by,
        expires_at=expires_at,
    )
    return Issued(principal, shown)


def check_administers(caller: Caller) -> None:
    if not caller.may(ADMINISTER):
        raise PermissionDeniedError(ADMINISTER)


@dataclass(frozen=True, slots=True)
class Principals:
    """The keys (or the clients) of the caller's tenant. An admin may see to all; a key may see to itself."""

    kind: Kind
    caller: Caller
    correlation_id: str = ""

    def create(
        self,
        *,
        label: str,
        roles: tuple[str, ...],
        scopes: tuple[str, ...],
        expires_at: datetime | None,
        at: datetime,
    ) -> Issued:
        check_administers(self.caller)
        grants.check_grant(self.caller, roles, scopes)
        if expires_at is not None and expires_at <= at:
            msg = "expires_at lies in the past"
            raise InvalidInputError(msg, field="expires_at")
        made = issue(
            self.kind,
            self.caller.tenant,
            label=label,
            roles=roles,
            scopes=scopes,
            expires_at=expires_at,
            created_by=self.caller.subject,
            at=at,
        )
        facts = {"roles": list(roles), "scopes": list(scopes)}
        store.create(made.principal, did(self._actor, f"{self.kind}.created", made.principal.subject, at, **facts))
        return made

    def page(self, *, limit: int, cursor: str | None) -> store.Page:
        check_administers(self.caller)
        return store.page(self.caller.tenant, self.kind, limit=limit, cursor=cursor)

    def get_or_raise(self, name: str) -> Principal:
        if self.caller.subject != f"{self.kind}:{name}":
            check_administers(self.caller)
        found = store.principal(self.caller.tenant, self.kind, name)
        if found is None:
            msg = f"there is no {self.kind} {self._public_name(name)}"
            raise NotFoundError(msg)
        return found

    def revoke(self, name: str, *, at: datetime) -> None:
        """Stop a credential everywhere within a minute; once more changes nothing."""
        found = self.get_or_raise(name)
        try:
            store.revoke(found, did(self._actor, f"{self.kind}.revoked", found.subject, at))
        except NotActiveError:
            return

    def rotate(self, name: str, *, at: datetime) -> Issued:
        """Give a key a new secret under its old id, roles and expiry; the old secret stops within a minute."""
        found = self.get_or_raise(name)
        if found.status is not Status.ACTIVE:
            msg = f"the {self.kind} is revoked"
            raise NotActiveError(msg)
        if self.caller.subject != found.subject:
            grants.check_grant(self.caller, found.roles, found.scopes)
        key = Credential.new("pk", found.tenant, found.name)
        store.replace_secret(found, key.hash, did(self._actor, "key.rotated", found.subject, at))
        return Issued(found, str(key))

    def _public_name(self, name: str) -> str:
        return client_id(self.caller.tenant, name) if self.kind is Kind.CLIENT else name

    @property
    def _actor(self) -> Actor:
        return Actor(self.caller.tenant, self.caller.subject, self.correlation_id)
