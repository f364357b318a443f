"""Logging in, staying logged in, and logging out."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from identity import guard, passwords, store
from identity.errors import NotActiveError, SpentTokenError
from identity.facts import SYSTEM, did, pseudonym
from identity.settings import Settings
from identity.signing import Signer
from pentarch.events import store as events
from pentarch.events.actor import Actor
from pentarch.identity.credentials import Credential, matches
from pentarch.identity.errors import AuthenticationError
from pentarch.identity.model import Kind, Principal, Session, Status, Tenant
from pentarch.identity.tokens import Claims
from pentarch.platform.ids import short_id

FAMILY_LIFETIME = timedelta(days=30)
"""From the login on; refreshing does not prolong it."""
ANYBODY = "anybody"


@dataclass(frozen=True, slots=True)
class Tokens:
    access_token: str
    expires_in: int
    refresh_token: str


@dataclass(frozen=True, slots=True)
class Sessions:
    signer: Signer
    settings: Settings
    correlation_id: str = ""

    def log_in(self, username: str, password: str, *, address: str | None, at: datetime) -> Tokens:
        """Every refusal costs the same reads, the same hashing and the same write, so time tells nothing."""
        name = username.lower()
        guard.count_login(name, address, at)
        owner = store.tenant_of_username(name)
        user, tenant = store.principal_and_tenant(owner or store.NOBODY, Kind.USER, name)
        fits = passwords.is_password(password, user.secret_hash if user else None)
        if not fits or user is None or not _is_welcome(user, tenant, at):
            self._tell_of_failure(user, name, at)
            raise AuthenticationError
        rehashed = passwords.hash_password(password) if passwords.is_outdated(user.secret_hash) else None
        return self._open(user, at, rehashed)

    def refresh(self, refresh_token: str, *, at: datetime) -> Tokens:
        """New tokens for the present refresh token. A spent one betrays a copy, so it ends the session."""
        session, presented = self._session_of(refresh_token, at)
        if session.status is not Status.ACTIVE:
            raise AuthenticationError
        if not matches(presented.secret, session.refresh_hash):
            self._revoke(session, at, reason="refresh_token_reused")
            raise AuthenticationError
        user, tenant = store.principal_and_tenant(session.tenant, Kind.USER, session.username)
        if user is None or not _is_welcome(user, tenant, at) or session.version != user.session_version:
            raise AuthenticationError
        following = Credential.new("rt", session.tenant, session.id)
        tokens = self._tokens(user, session.id, following, at)
        event = did(self._actor(session), "session.refreshed", f"session:{session.id}", at)
        try:
            store.refresh_session(session, following.hash, event)
        except SpentTokenError:
            self._revoke(session, at, reason="refresh_token_reused")
            raise AuthenticationError from None
        return tokens

    def log_out(self, refresh_token: str, *, at: datetime) -> None:
        """End the session of a refresh token; once more does no harm."""
        session, presented = self._session_of(refresh_token, at)
        if not matches(presented.secret, session.refresh_hash):
            self._revoke(session, at, reason="refresh_token_reused")
            raise AuthenticationError
        self._revoke(session, at, reason="logout")

    def _session_of(self, refresh_token: str, at: datetime) -> tuple[Session, Credential]:
        presented = Credential.parse(refresh_token, "rt")
        session = store.session(presented.tenant, presented.record) if presented else None
        if presented is None or session is None or at >= session.expires_at:
            raise AuthenticationError
        return session, presented

    def _open(self, user: Principal, at: datetime, rehashed: str | None) -> Tokens:
        session_id = short_id("").removeprefix("_")
        refresh = Credential.new("rt", user.tenant, session_id)
        tokens = self._tokens(user, session_id, refresh, at)
        session = Session(
            tenant=user.tenant,
            id=session_id,
            username=user.name,
            refresh_hash=refresh.hash,
            status=Status.ACTIVE,
            expires_at=at + FAMILY_LIFETIME,
            version=user.session_version,
            subject=user.subject,
        )
        event = did(
            self._actor(session),
            "session.opened",
            f"session:{session_id}",
            at,
            password_rehashed=rehashed is not None or None,
        )
        store.open_session(session, event, user=user, rehashed=rehashed)
        return tokens

    def _tokens(self, user: Principal, session_id: str, refresh: Credential, at: datetime) -> Tokens:
        claims = Claims(user.tenant, Kind.USER, user.name, session=session_id)
        lifetime = self.settings.login_token_lifetime
        access = self.signer.sign(claims, secret=self.settings.signing_keys_secret, at=at, lifetime=lifetime)
        return Tokens(access, int(lifetime.total_seconds()), str(refresh))

    def _revoke(self, session: Session, at: datetime, *, reason: str) -> None:
        event = did(self._actor(session), "session.revoked", f"session:{session.id}", at, reason=reason)
        try:
            store.revoke_session(session, event)
        except NotActiveError:
            return  # somebody else was quicker

    def _tell_of_failure(self, user: Principal | None, name: str, at: datetime) -> None:
        if user is None:
            actor, resource = Actor(SYSTEM, ANYBODY, self.correlation_id), f"user:{pseudonym(name)}"
        else:
            actor, resource = Actor(user.tenant, ANYBODY, self.correlation_id), user.subject
        events.append(did(actor, "login.failed", resource, at))

    def _actor(self, session: Session) -> Actor:
        return Actor(session.tenant, session.subject, self.correlation_id)


def _is_welcome(user: Principal, tenant: Tenant | None, at: datetime) -> bool:
    return user.is_usable(at) and tenant is not None and tenant.status is Status.ACTIVE
