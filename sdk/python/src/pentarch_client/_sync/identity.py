# Written from _async by unasync.py ("make sdk"): change it there.
"""Who may ask: tokens, API keys, OAuth clients, users."""

from collections.abc import Sequence
from datetime import datetime

from pentarch_client._sync.endpoints import Endpoints
from pentarch_client._sync.listing import Listing
from pentarch_client.models import Credential, TokenPair
from pentarch_client.records import Record
from pentarch_client.requests import given


class Auth(Endpoints):
    """Tokens by hand; a client that was opened with a user's name and password fetches and renews its own."""

    def login(self, username: str, password: str) -> TokenPair:
        body = {"username": username, "password": password}
        return TokenPair(self._send("POST", "/api/v2/auth/login", body=body))

    def refresh(self, refresh_token: str) -> TokenPair:
        """A new pair; the refresh token is spent by it."""
        body = {"refresh_token": refresh_token}
        return TokenPair(self._send("POST", "/api/v2/auth/refresh", body=body, repeatable=False))

    def logout(self, refresh_token: str) -> None:
        self._send("POST", "/api/v2/auth/logout", body={"refresh_token": refresh_token})

    def token(self, client_id: str, client_secret: str, *, scope: str | None = None) -> Record:
        """An OAuth client's token."""
        form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
        form |= given(scope=scope)
        return Record(self._send("POST", "/oauth2/v2.0/token", form=form, repeatable=False))

    def jwks(self) -> Record:
        """The public keys of access tokens."""
        return Record(self._send("GET", "/.well-known/jwks.json"))


class Keys(Endpoints):
    def create(
        self,
        name: str,
        roles: Sequence[str],
        *,
        scopes: Sequence[str] | None = None,
        expires_in_days: int | None = None,
        expires_at: datetime | None = None,
    ) -> Credential:
        """The answer's `key` is the key; nothing else ever shows it."""
        return Credential(
            self._send("POST", "/api/v1/keys", body=_new(name, roles, scopes, expires_in_days, expires_at))
        )

    def list(self, *, limit: int | None = None) -> Listing[Credential]:
        return self._list("/api/v1/keys", "items", Credential, given(limit=limit))

    def get(self, key_id: str) -> Credential:
        return Credential(self._send("GET", "/api/v1/keys/{id}", places={"id": key_id}))

    def rotate(self, key_id: str) -> Credential:
        return Credential(self._send("POST", "/api/v1/keys/{id}/rotate", places={"id": key_id}))

    def revoke(self, key_id: str) -> Record:
        return Record(self._send("DELETE", "/api/v1/keys/{id}", places={"id": key_id}))


class OAuthClients(Endpoints):
    def create(
        self,
        name: str,
        roles: Sequence[str],
        *,
        scopes: Sequence[str] | None = None,
        expires_in_days: int | None = None,
        expires_at: datetime | None = None,
    ) -> Credential:
        """The answer's `client_secret` is shown this once."""
        body = _new(name, roles, scopes, expires_in_days, expires_at)
        return Credential(self._send("POST", "/api/v1/clients", body=body))

    def list(self, *, limit: int | None = None) -> Listing[Credential]:
        return self._list("/api/v1/clients", "items", Credential, given(limit=limit))

    def get(self, client_id: str) -> Credential:
        return Credential(self._send("GET", "/api/v1/clients/{id}", places={"id": client_id}))

    def revoke(self, client_id: str) -> Record:
        return Record(self._send("DELETE", "/api/v1/clients/{id}", places={"id": client_id}))


class Users(Endpoints):
    def create(self, username: str, password: str, roles: Sequence[str]) -> Credential:
        body = {"username": username, "password": password, "roles": list(roles)}
        return Credential(self._send("POST", "/api/v1/users", body=body))

    def list(self, *, limit: int | None = None) -> Listing[Credential]:
        return self._list("/api/v1/users", "items", Credential, given(limit=limit))

    def get(self, username: str) -> Credential:
        return Credential(self._send("GET", "/api/v1/users/{username}", places={"username": username}))

    def update(
        self,
        username: str,
        *,
        roles: Sequence[str] | None = None,
        status: str | None = None,
        password: str | None = None,
        current_password: str | None = None,
    ) -> Credential:
        body = given(roles=roles, status=status, password=password, current_password=current_password)
        return Credential(self._send("PUT", "/api/v1/users/{username}", places={"username": username}, body=body))

    def deactivate(self, username: str) -> Record:
        return Record(self._send("DELETE", "/api/v1/users/{username}", places={"username": username}))


def _new(
    name: str,
    roles: Sequence[str],
    scopes: Sequence[str] | None,
    expires_in_days: int | None,
    expires_at: datetime | None,
) -> dict[str, object]:
    end = expires_at.isoformat() if expires_at else None
    return given(name=name, roles=list(roles), scopes=scopes, expires_in_days=expires_in_days, expires_at=end)
