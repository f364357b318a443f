"""OAuth 2.0 client credentials: a token for a program that knows its client's secret (RFC 6749, section 4.4)."""

import re
from dataclasses import dataclass
from datetime import datetime

from identity import grants, guard, store
from identity.errors import InvalidClientError, OAuthError
from identity.facts import did
from identity.settings import Settings
from identity.signing import Signer
from pentarch.events import store as events
from pentarch.events.actor import Actor
from pentarch.identity.credentials import matches
from pentarch.identity.model import Kind, Principal, Status
from pentarch.identity.tokens import Claims

GRANT_TYPE = "client_credentials"
_ID_FORM = re.compile(r"cl_([a-z0-9][a-z0-9-]{0,39})_([0-9a-z]{8,32})")


@dataclass(frozen=True, slots=True)
class ClientToken:
    access_token: str
    expires_in: int
    scope: str


def client_id(tenant: str, name: str) -> str:
    """The id that a client presents; it names its tenant, so that one read by key finds it."""
    return f"cl_{tenant}_{name}"


def parse_client_id(text: str) -> tuple[str, str] | None:
    """Tenant and name."""
    found = _ID_FORM.fullmatch(text)
    return (found[1], found[2]) if found else None


@dataclass(frozen=True, slots=True)
class ClientTokens:
    signer: Signer
    settings: Settings
    correlation_id: str = ""

    def issue(self, *, grant_type: str, client: str, secret: str, scope: str, at: datetime) -> ClientToken:
        if grant_type != GRANT_TYPE:
            code = "unsupported_grant_type"
            msg = f"the grant type is {GRANT_TYPE}"
            raise OAuthError(code, msg)
        known = self._authenticated(client, secret, at)
        scopes = grants.narrowed(known, scope)
        lifetime = self.settings.client_token_lifetime
        token = self.signer.sign(
            Claims(known.tenant, Kind.CLIENT, known.name, scopes=scopes),
            secret=self.settings.signing_keys_secret,
            at=at,
            lifetime=lifetime,
        )
        granted = " ".join(scopes or sorted(grants.rights(known.roles, known.scopes)))
        actor = Actor(known.tenant, known.subject, self.correlation_id)
        events.append(did(actor, "token.issued", known.subject, at, scope=granted))
        return ClientToken(token, int(lifetime.total_seconds()), granted)

    def _authenticated(self, client: str, secret: str, at: datetime) -> Principal:
        place = parse_client_id(client)
        if place is None:
            raise InvalidClientError
        known, tenant = store.principal_and_tenant(place[0], Kind.CLIENT, place[1])
        if known is None or tenant is None:
            raise InvalidClientError
        welcome = known.is_usable(at) and tenant.status is Status.ACTIVE
        if not matches(secret, known.secret_hash) or not welcome:
            guard.count_refused_client(client, at)
            actor = Actor(known.tenant, "anybody", self.correlation_id)
            events.append(did(actor, "login.failed", known.subject, at))
            raise InvalidClientError
        return known
