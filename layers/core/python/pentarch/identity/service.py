"""From the credential of a request to its caller, in at most one read (two when the public keys are not known yet).

What was read is kept for `CACHE_S` seconds, so a revocation is felt everywhere within that time.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pentarch.identity import store, tokens
from pentarch.identity.credentials import Credential, matches
from pentarch.identity.errors import AuthenticationError, Refused
from pentarch.identity.model import Caller, Kind, Named, Principal, Status, Tenant
from pentarch.platform.tables import Table, batch_get

if TYPE_CHECKING:
    from pentarch.identity.federation import Issuer

CACHE_S = 30
"""Revocation takes effect within a minute; half of that leaves room for DynamoDB's own replication."""
STOPPED_S = 5
"""So soon every environment knows that a service was stopped or started."""
_CACHE_ENTRIES = 1_000
WRONG_SECRET = "wrong_secret"  # noqa: S105 (a reason, no secret)
NOT_ACTIVE = "not_active"

Place = tuple[type[Table], str, str]
Places = dict[tuple[str, str], Callable[[store.IdentityItem], Any]]
"""Where records lie in the identity table, and what makes records of them."""
Also = Callable[[str], Place]
"""Places one more item, given the tenant: it is read along where anything is read."""
Along = list[Any]
"""That item, or None in its place if it is missing; empty where memory knew all and nothing was read."""


@dataclass(slots=True)
class Authenticator:
    """Remembers what it read; one per process."""

    issuers: "tuple[Issuer, ...]" = ()
    stopped: frozenset[str] = frozenset()
    """The services that an operator has stopped, as the last call of `authenticate` found them."""
    _stopped_read_at: float = float("-inf")
    _cache: dict[tuple[str, str], tuple[float, Any]] = field(default_factory=dict)

    def authenticate(
        self, headers: Mapping[str, str], at: datetime, *, also: Also | None = None
    ) -> tuple[Caller, Along]:
        """The caller, and what was read along with what tells who it is."""
        secret = _presented(headers)
        key = Credential.parse(secret, "pk")
        if key is not None:
            return self._by_key(key, at, also)
        if secret.count(".") == 2:  # noqa: PLR2004 (a JWT has three parts)
            return self._by_token(secret, at, also)
        raise AuthenticationError

    def on_behalf(self, named: Named, at: datetime, *, also: Also | None = None) -> tuple[Caller, Along]:
        """Somebody whom a part of the stack asks for, as `authenticate` has them; their tenant must be active."""
        _, tenant, extra = self._read(named.tenant, {}, at, also)
        if tenant.status is not Status.ACTIVE:
            raise AuthenticationError
        return _of_tenant(tenant, named.subject, named.kind, named.roles, named.scopes), extra

    def _by_key(self, key: Credential, at: datetime, also: Also | None) -> tuple[Caller, Along]:
        place = (key.tenant, store.principal_key(Kind.KEY, key.record))
        [principal], tenant, extra = self._read(key.tenant, {place: store.to_principal}, at, also)
        if principal is None:
            raise AuthenticationError
        if not matches(key.secret, principal.secret_hash):
            raise AuthenticationError(refused=Refused(principal.tenant, principal.subject, WRONG_SECRET))
        return _caller(principal, tenant, principal.scopes, at), extra

    def _by_token(self, token: str, at: datetime, also: Also | None) -> tuple[Caller, Along]:
        header, written = tokens.unverified(token)
        if written.get("iss") != tokens.ISSUER:
            return self._by_issuer(token, written, at, also)
        claims = tokens.verify(token, self._public_keys(str(header.get("kid")), at), at=at)
        places: Places = {(claims.tenant, store.principal_key(claims.kind, claims.name)): store.to_principal}
        if claims.session is not None:
            places[claims.tenant, store.session_key(claims.session)] = store.to_session
        [principal, *sessions], tenant, extra = self._read(claims.tenant, places, at, also)
        if any(found is None or found.status is not Status.ACTIVE for found in (principal, *sessions)):
            raise AuthenticationError
        if any(session.version != principal.session_version for session in sessions):
            raise AuthenticationError  # the password was changed since
        return _caller(principal, tenant, claims.scopes or principal.scopes, at), extra

    def _by_issuer(
        self, token: str, written: Mapping[str, Any], at: datetime, also: Also | None
    ) -> tuple[Caller, Along]:
        from pentarch.identity import federation

        issuer = next((one for one in self.issuers if one.issuer == written.get("iss")), None)
        if issuer is None:
            raise AuthenticationError
        identity = federation.verify(token, issuer)
        _, tenant, extra = self._read(identity.tenant, {}, at, also)
        if tenant.status is not Status.ACTIVE:
            raise AuthenticationError
        subject = federation.subject(issuer, identity)
        return _of_tenant(tenant, subject, Kind.FEDERATED, identity.roles, ()), extra

    def _public_keys(self, key_id: str, at: datetime) -> Mapping[str, str]:
        place = store.PUBLIC_KEYS
        known: Mapping[str, str] | None = self._recall(place, at)
        if known is None or key_id not in known:
            [item] = batch_get([(store.IdentityItem, *place)])
            known = (item.public_keys or {}) if item else {}
            self._keep(place, known, at)
        return known

    def _read(self, tenant_id: str, places: Places, at: datetime, also: Also | None) -> tuple[list[Any], Tenant, Along]:
        """Records and tenant: from memory where they are young enough, else all in one call with what is read along."""
        wanted: Places = {**places, (tenant_id, store.TENANT_KEY): store.to_tenant}
        known = {place: self._recall(place, at) for place in wanted}
        missing = [place for place, record in known.items() if record is None]
        keys: list[Place] = [(store.IdentityItem, *place) for place in missing]
        is_due = not 0 <= at.timestamp() - self._stopped_read_at < STOPPED_S
        if is_due:
            keys.append((store.IdentityItem, *store.STOPPED))
        along = [] if also is None or not keys else [also(tenant_id)]
        found = batch_get([*keys, *along]) if keys else []
        if is_due:
            item = found[len(missing)]
            self.stopped = frozenset(item.stopped or ()) if item else frozenset()
            self._stopped_read_at = at.timestamp()
        for place, item in zip(missing, found, strict=False):
            if item is not None:  # what is not there is not remembered: a key made a moment ago works at once
                known[place] = wanted[place](item)
                self._keep(place, known[place], at)
        tenant = known[tenant_id, store.TENANT_KEY]
        if tenant is None:
            raise AuthenticationError
        return [known[place] for place in places], tenant, found[len(keys) :]

    def _recall(self, place: tuple[str, str], at: datetime) -> Any:  # noqa: ANN401 (any kind of record)
        since, record = self._cache.get(place, (0.0, None))
        return record if at.timestamp() - since < CACHE_S else None

    def _keep(self, place: tuple[str, str], record: object, at: datetime) -> None:
        if len(self._cache) >= _CACHE_ENTRIES:
            self._cache.clear()
        self._cache[place] = (at.timestamp(), record)


def _presented(headers: Mapping[str, str]) -> str:
    scheme, _, bearer = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and bearer:
        return bearer.strip()
    secret = headers.get("x-api-key", "").strip()
    if not secret:
        raise AuthenticationError
    return secret


def _caller(principal: Principal, tenant: Tenant, scopes: tuple[str, ...], at: datetime) -> Caller:
    if not principal.is_usable(at) or tenant.status is not Status.ACTIVE:
        raise AuthenticationError(refused=Refused(principal.tenant, principal.subject, NOT_ACTIVE))
    return _of_tenant(tenant, principal.subject, principal.kind, principal.roles, scopes)


def _of_tenant(tenant: Tenant, subject: str, kind: Kind, roles: tuple[str, ...], scopes: tuple[str, ...]) -> Caller:
    return Caller(
        tenant=tenant.id,
        subject=subject,
        kind=kind,
        roles=roles,
        scopes=scopes,
        tier=tenant.tier,
        requests_per_hour=tenant.requests_per_hour,
        monthly_budget_nano_usd=tenant.monthly_budget_nano_usd,
        concurrent_executions=tenant.concurrent_executions,
    )
