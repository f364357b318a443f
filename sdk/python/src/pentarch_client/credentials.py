"""Who asks: an API key, a token, a user who logs in, or an OAuth client. Each works in both kinds of client.

Access tokens are renewed before they end and after a 401. Refresh tokens are used once: whoever showed one twice would
lose the whole session, so one renewal at a time, and whoever waited for it takes what it brought.
"""

import asyncio
import threading
import time
from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import httpx

from pentarch_client import errors

LOGIN = "/api/v2/auth/login"
REFRESH = "/api/v2/auth/refresh"
OAUTH = "/oauth2/v2.0/token"
_EARLY_S = 30.0
"""A token is renewed this long before it ends: clocks differ, and requests take time."""


@dataclass(frozen=True, slots=True)
class Tokens:
    access: str
    ends_at: float
    """Seconds since 1970."""
    refresh: str | None = None

    @classmethod
    def of(cls, answer: Mapping[str, Any], now: float) -> "Tokens":
        return cls(answer["access_token"], now + float(answer.get("expires_in", 0)), answer.get("refresh_token"))


class KeyAuth(httpx.Auth):
    """An API key."""

    def __init__(self, key: str) -> None:
        self._key = key

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response]:
        request.headers["X-API-Key"] = self._key
        yield request


class BearerAuth(httpx.Auth):
    """A token that somebody else renews."""

    def __init__(self, token: str) -> None:
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response]:
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request


class RenewedAuth(httpx.Auth):
    """Tokens that are fetched when one is needed."""

    def __init__(
        self, base_url: str, tokens: Tokens | None = None, kept: Callable[[Tokens], None] | None = None
    ) -> None:
        self._base_url = base_url
        self.tokens = tokens
        self._kept = kept
        """Told of every new pair: a refresh token that nobody keeps is a session that is lost."""
        self._lock = threading.Lock()
        self._async_lock = asyncio.Lock()

    def first(self) -> httpx.Request:
        """The request for a first pair."""
        raise NotImplementedError

    def renewal(self, refresh: str) -> httpx.Request:
        return httpx.Request("POST", self._base_url + REFRESH, json={"refresh_token": refresh})

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response]:
        for again in (False, True):
            with self._lock:
                steps = self._renewed(request if again else None)
                try:
                    asked = next(steps)
                    while True:
                        answer = yield asked
                        answer.read()
                        asked = steps.send(answer)
                except StopIteration:
                    pass
            response = yield self._signed(request)
            if response.status_code != httpx.codes.UNAUTHORIZED or again:
                return

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        for again in (False, True):
            async with self._async_lock:
                steps = self._renewed(request if again else None)
                try:
                    asked = next(steps)
                    while True:
                        answer = yield asked
                        await answer.aread()
                        asked = steps.send(answer)
                except StopIteration:
                    pass
            response = yield self._signed(request)
            if response.status_code != httpx.codes.UNAUTHORIZED or again:
                return

    def _signed(self, request: httpx.Request) -> httpx.Request:
        if self.tokens is not None:
            request.headers["Authorization"] = f"Bearer {self.tokens.access}"
        return request

    def _renewed(self, refused: httpx.Request | None) -> Generator[httpx.Request, httpx.Response]:
        """Ask for tokens if there are none, they end, or a request was refused with just those that there are."""
        tokens = self.tokens
        if tokens is not None:
            was_shown = refused is not None and refused.headers.get("Authorization") == f"Bearer {tokens.access}"
            if not was_shown and tokens.ends_at - _EARLY_S > time.time():
                return
        if tokens is not None and tokens.refresh is not None:
            answer = yield self.renewal(tokens.refresh)
            if answer.is_success:
                self._keep(Tokens.of(answer.json(), time.time()))
                return
            if answer.status_code != httpx.codes.UNAUTHORIZED:
                raise errors.of(answer)
        answer = yield self.first()
        if not answer.is_success:
            raise errors.of(answer)
        self._keep(Tokens.of(answer.json(), time.time()))

    def _keep(self, tokens: Tokens) -> None:
        self.tokens = tokens if tokens.refresh or not self.tokens else replace(tokens, refresh=self.tokens.refresh)
        if self._kept is not None:
            self._kept(self.tokens)


class LoginAuth(RenewedAuth):
    """A user's name and password."""

    def __init__(
        self,
        base_url: str,
        username: str,
        password: str,
        *,
        tokens: Tokens | None = None,
        kept: Callable[[Tokens], None] | None = None,
    ) -> None:
        super().__init__(base_url, tokens, kept)
        self._login = {"username": username, "password": password}

    def first(self) -> httpx.Request:
        return httpx.Request("POST", self._base_url + LOGIN, json=self._login)


class SessionAuth(RenewedAuth):
    """The tokens of a login that was made before; when its refresh token has ended, somebody has to log in again."""

    def first(self) -> httpx.Request:
        msg = "the session has ended: log in again"
        raise errors.AuthenticationError(msg, status=401, code="SESSION_ENDED")


class OAuthAuth(RenewedAuth):
    """A client's id and secret, by OAuth 2's client credentials."""

    def __init__(self, base_url: str, client_id: str, client_secret: str, scope: str | None = None) -> None:
        super().__init__(base_url)
        self._form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
        if scope is not None:
            self._form["scope"] = scope

    def first(self) -> httpx.Request:
        return httpx.Request("POST", self._base_url + OAUTH, data=self._form)
