# Written from _async by unasync.py ("make sdk"): change it there.
"""What all clients have in common: where the API is, who asks, and how patiently."""

from types import TracebackType
from typing import Any, Generic, Self, TypeVar, overload

import httpx

from pentarch_client import settings
from pentarch_client._sync.endpoints import Endpoints
from pentarch_client._sync.transport import Transport
from pentarch_client.credentials import BearerAuth, KeyAuth, LoginAuth, OAuthAuth
from pentarch_client.requests import Retries

G = TypeVar("G", bound=Endpoints)


class ClientBase:
    """One credential is enough: an API key, a token, a user's name and password, or an OAuth client's id and secret.

    What is not given is read from PENTARCH_URL, PENTARCH_API_KEY, PENTARCH_TOKEN and PENTARCH_WEBSOCKET_URL.
    """

    def __init__(
        self,
        base_url: str | None = None,
        api_key: str | None = None,
        *,
        token: str | None = None,
        username: str | None = None,
        password: str | None = None,
        client_id: str | None = None,
        client_secret: str | None = None,
        auth: httpx.Auth | None = None,
        websocket_url: str | None = None,
        timeout: float = 60.0,
        retries: int = 3,
        http: httpx.Client | None = None,
    ) -> None:
        place = settings.address(base_url, websocket_url)
        if auth is None and username is not None and password is not None:
            auth = LoginAuth(place.base_url, username, password)
        if auth is None and client_id is not None and client_secret is not None:
            auth = OAuthAuth(place.base_url, client_id, client_secret)
        if auth is None and token is not None:
            auth = BearerAuth(token)
        if auth is None and (key := settings.api_key(api_key)) is not None:
            auth = KeyAuth(key)
        if auth is None and (kept := settings.token(None)) is not None:
            auth = BearerAuth(kept)
        self._transport = Transport.open(
            place.base_url, place.websocket_url, auth, timeout=timeout, retries=retries, http=http
        )

    @property
    def base_url(self) -> str:
        return self._transport.base_url

    def with_options(
        self, *, timeout: float | None = None, retries: int | None = None, idempotency_key: str | None = None
    ) -> Self:
        """The same client with other options. An idempotency key is for one request: give each its own."""
        options: dict[str, Any] = {}
        if timeout is not None:
            options["timeout"] = timeout
        if retries is not None:
            options["retries"] = Retries(retries)
        if idempotency_key is not None:
            options["idempotency_key"] = idempotency_key
        other = object.__new__(type(self))
        other._transport = self._transport.changed(**options)
        return other

    def close(self) -> None:
        self._transport.http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Group(Generic[G]):
    """A group of endpoints, as an attribute of a client."""

    def __init__(self, kind: type[G]) -> None:
        self._kind = kind

    @overload
    def __get__(self, client: None, owner: type[ClientBase]) -> Self: ...

    @overload
    def __get__(self, client: ClientBase, owner: type[ClientBase]) -> G: ...

    def __get__(self, client: ClientBase | None, owner: type[ClientBase]) -> Self | G:
        return self if client is None else self._kind(client._transport)  # noqa: SLF001 (a part of the client)
