"""The one place that sends requests."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import httpx

from pentarch_client import errors
from pentarch_client.requests import Request, Retries
from pentarch_client.version import VERSION

_USER_AGENT = f"pentarch-python/{VERSION}"
_UPLOAD_S = 300


@dataclass(frozen=True, slots=True)
class AsyncTransport:
    base_url: str
    websocket_url: str
    auth: httpx.Auth | None
    http: httpx.AsyncClient
    retries: Retries = field(default_factory=Retries)
    timeout: float = 60.0
    idempotency_key: str | None = None

    @classmethod
    def open(
        cls,
        base_url: str,
        websocket_url: str,
        auth: httpx.Auth | None,
        *,
        timeout: float,
        retries: int,
        http: httpx.AsyncClient | None,
    ) -> "AsyncTransport":
        client = http or httpx.AsyncClient(timeout=timeout)
        return cls(base_url, websocket_url, auth, client, Retries(retries), timeout)

    def changed(self, **options: Any) -> "AsyncTransport":  # noqa: ANN401 (its own fields)
        return replace(self, **options)

    async def send(self, request: Request) -> httpx.Response:
        """The answer, read; anything but a success is raised."""
        response = await self._sent(request.keyed(self.idempotency_key), stream=False)
        if not response.is_success:
            raise errors.of(response)
        return response

    async def file(self, request: Request) -> httpx.Response:
        """A file, from the API or from where the API says that it lies. No credential goes there."""
        response = await self.redirect(request)
        return await self.fetch(response.headers["Location"]) if response.has_redirect_location else response

    async def redirect(self, request: Request) -> httpx.Response:
        """The answer itself, also if it leads elsewhere."""
        response = await self._sent(request, stream=False)
        if response.is_error:
            raise errors.of(response)
        return response

    async def fetch(self, url: str) -> httpx.Response:
        """What lies at an address that is its own credential."""
        try:
            response = await self.http.get(url, timeout=self.timeout, follow_redirects=True)
        except httpx.TransportError as error:
            raise _failed(error) from error
        if not response.is_success:
            raise errors.of(response)
        return response

    async def upload(self, form: Mapping[str, Any], name: str, content: bytes) -> None:
        """Send a file to S3 with the form that the API gave for it; the file comes last, as S3 asks for."""
        try:
            response = await self.http.post(
                form["url"], data=dict(form["fields"]), files={"file": (name, content)}, timeout=_UPLOAD_S
            )
        except httpx.TransportError as error:
            raise _failed(error) from error
        if not response.is_success:
            raise errors.UploadFailedError(response)

    @asynccontextmanager
    async def stream(self, request: Request) -> AsyncIterator[httpx.Response]:
        """The answer as it comes. Once it has begun nothing is sent again."""
        response = await self._sent(request.keyed(self.idempotency_key), stream=True)
        try:
            if not response.is_success:
                await response.aread()
                raise errors.of(response)
            yield response
        except httpx.TransportError as error:
            raise errors.StreamBrokenError(str(error) or type(error).__name__) from error
        finally:
            await response.aclose()

    async def _sent(self, request: Request, *, stream: bool) -> httpx.Response:
        attempt = 0
        while True:
            failed: httpx.Response | httpx.TransportError
            try:
                failed = response = await self._once(request, stream=stream)
            except httpx.TransportError as error:
                failed = error
            if isinstance(failed, httpx.Response) and not failed.is_error:
                return response
            pause = self.retries.pause(request, attempt, failed)
            if pause is None:
                if isinstance(failed, httpx.TransportError):
                    raise _failed(failed) from failed
                return failed
            if isinstance(failed, httpx.Response):
                await failed.aclose()
            await asyncio.sleep(pause)
            attempt += 1

    async def _once(self, request: Request, *, stream: bool) -> httpx.Response:
        arguments: dict[str, Any] = {"timeout": self.timeout} | request.arguments()
        arguments["headers"] = {"User-Agent": _USER_AGENT, "Accept": "application/json"} | arguments["headers"]
        built = self.http.build_request(request.method, self.base_url + request.path, **arguments)
        return await self.http.send(built, auth=self.auth, stream=stream, follow_redirects=False)


def _failed(error: httpx.TransportError) -> errors.ConnectionFailedError:
    kind = errors.TimedOutError if isinstance(error, httpx.TimeoutException) else errors.ConnectionFailedError
    where = error._request.url if error._request else "the API"  # noqa: SLF001 (its property raises where there is none)
    return kind(f"{where}: {error or type(error).__name__}")
