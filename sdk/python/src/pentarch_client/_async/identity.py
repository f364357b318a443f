"""Who may ask: tokens, API keys, OAuth clients, users."""

from collections.abc import Sequence
from datetime import datetime

from pentarch_client._async.endpoints import AsyncEndpoints
from pentarch_client._async.listing import AsyncListing
from pentarch_client.models import Credential, TokenPair
from pentarch_client.records import Record
from pentarch_client.requests import given


class AsyncAuth(AsyncEndpoints):
    """Tokens by hand; a client that was opened with a user's name and password fetches and renews its own."""

    async def login(self, username: str, password: str) -> TokenPair:
        body = {"username": username, "password": password}
        return TokenPair(await self._send("POST", "/api/v2/auth/login", body=body))

    async def refresh(self, refresh_token: str) -> TokenPair:
        """A new pair; the refresh token is spent by it."""
        body = {"refresh_token": refresh_token}
        return TokenPair(await self._send("POST", "/api/v2/auth/refresh", body=body, repeatable=False))

    async def logout(self, refresh_token: str) -> None:
        await self._send("POST", "/api/v2/auth/logout", body={"refresh_token": refresh_token})

    async def token(self, client_id: str, client_secret: str, *, scope: str | None = None) -> Record:
        """An OAuth client's token."""
        form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
        form |= given(scope=scope)
        return Record(await self._send("POST", "/oauth2/v2.0/token", form=form, repeatable=False))

    async def jwks(self) -> Record:
        """The public keys of access tokens."""
        return Record(await self._send("GET", "/.well-known/jwks.json"))


class AsyncKeys(AsyncEndpoints):
    async def create(
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
            await self._send("POST", "/api/v1/keys", body=_new(name, roles, scopes, expires_in_days, expires_at))
        )

    def list(self, *, limit: int | None = None) -> AsyncListing[Credential]:
        return self._list("/api/v1/keys", "items", Credential, given(limit=limit))

    async def get(self, key_id: str) -> Credential:
        return Credential(await self._send("GET", "/api/v1/keys/{id}", places={"id": key_id}))

    async def rotate(self, key_id: str) -> Credential:
        return Credential(await self._send("POST", "/api/v1/keys/{id}/rotate", places={"id": key_id}))

    async def revoke(self, key_id: str) -> Record:
        return Record(await self._send("DELETE", "/api/v1/keys/{id}", places={"id": key_id}))


class AsyncOAuthClients(AsyncEndpoints):
    async def create(
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
        return Credential(await self._send("POST", "/api/v1/clients", body=body))

    def list(self, *, limit: int | None = None) -> AsyncListing[Credential]:
        return self._list("/api/v1/clients", "items", Credential, given(limit=limit))

    async def get(self, client_id: str) -> Credential:
        return Credential(await self._send("GET", "/api/v1/clients/{id}", places={"id": client_id}))

    async def revoke(self, client_id: str) -> Record:
        return Record(await self._send("DELETE", "/api/v1/clients/{id}", places={"id": client_id}))


class AsyncUsers(AsyncEndpoints):
    async def create(self, username: str, password: str, roles: Sequence[str]) -> Credential:
        body = {"username": username, "password": password, "roles": list(roles)}
        return Credential(await self._send("POST", "/api/v1/users", body=body))

    def list(self, *, limit: int | None = None) -> AsyncListing[Credential]:
        return self._list("/api/v1/users", "items", Credential, given(limit=limit))

    async def get(self, username: str) -> Credential:
        return Credential(await self._send("GET", "/api/v1/users/{username}", places={"username": username}))

    async def update(
        self,
        username: str,
        *,
        roles: Sequence[str] | None = None,
        status: str | None = None,
        password: str | None = None,
        current_password: str | None = None,
    ) -> Credential:
        body = given(roles=roles, status=status, password=password, current_password=current_password)
        return Credential(await self._send("PUT", "/api/v1/users/{username}", places={"username": username}, body=body))

    async def deactivate(self, username: str) -> Record:
        return Record(await self._send("DELETE", "/api/v1/users/{username}", places={"username": username}))


def _new(
    name: str,
    roles: Sequence[str],
    scopes: Sequence[str] | None,
    expires_in_days: int | None,
    expires_at: datetime | None,
) -> dict[str, object]:
    end = expires_at.isoformat() if expires_at else None
    return given(name=name, roles=list(roles), scopes=scopes, expires_in_days=expires_in_days, expires_at=end)
