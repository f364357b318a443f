"""Sending a request to an OpenAI-compatible server: connection, one retry, size limit, failures as our errors.

Failures are raised outside the `except` that saw them, so that nothing is chained: httpx's exceptions carry the
request with its key, and h11's quote the bytes that they stumbled over.

Import this module only when a call is about to be made: httpx takes 0.2-0.4 s to import.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from http import HTTPStatus
from typing import Protocol

import httpx

from pentarch.llm.errors import (
    UpstreamCredentialsError,
    UpstreamError,
    UpstreamGarbageError,
    UpstreamTimeoutError,
    UpstreamUnavailableError,
)
from pentarch.llm.providers.calls import Call
from pentarch.llm.providers.openai_failures import Refusal, refusal
from pentarch.llm.providers.retry_after import seconds_to_wait
from pentarch.llm.providers.transport import DeadlineTransport, request_extensions, tls_context
from pentarch.platform.egress import Reach
from pentarch.services.credentials import CredentialUnreadableError

MAX_BODY_BYTES = 20 * 1024 * 1024
MAX_ERROR_BYTES = 64 * 1024
RETRY_SECONDS = 0.25
"""Before another try, where the backend does not say how long to wait."""


class Credential(Protocol):
    """Something that stands for a secret and can tell it, `pentarch.services.credentials.Reference` for one."""

    def authorization(self, *, refused: str | None = None) -> str: ...


class OpenAIAnswer:
    """A good answer of which the headers are read; whoever opened it closes it."""

    def __init__(self, call: Call, response: httpx.Response) -> None:
        self._call = call
        self._response = response

    def chunks(self) -> Iterator[bytes]:
        """The body as it arrives, cut off where it is too large to be an answer."""
        return _chunks(self._call, self._response)

    def close(self) -> None:
        self._response.close()


class OpenAIConnection:
    """The way to one server. Threads may share it; idle connections are kept for the next call."""

    def __init__(
        self,
        base_url: str,
        api_key: str,
        *,
        transport: httpx.BaseTransport | None = None,
        credential: Credential | None = None,
        reach: Reach | None = None,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._credential = credential
        self._client = httpx.Client(
            transport=transport
            or DeadlineTransport(tls_context(base_url), reach, encrypted=base_url.startswith("https://")),
            # Compressed events would be held back until the compressor's block is full.
            headers={"accept-encoding": "identity", "content-type": "application/json"} | _credentials(api_key),
            # A redirect would carry key and prompt to wherever it says.
            follow_redirects=False,
        )

    def close(self) -> None:
        self._client.close()

    def fetch(
        self, call: Call, method: str, path: str, body: bytes | None = None, *, idempotency_key: str = ""
    ) -> bytes:
        """The whole body of a good answer."""
        with closing(self.open(call, method, path, body, idempotency_key=idempotency_key)) as answer:
            return b"".join(answer.chunks())

    def fetch_once(
        self, call: Call, method: str, path: str, body: bytes | None = None, *, content_type: str = "application/json"
    ) -> bytes | Refusal:
        """As `fetch`, never sent twice: for what a repeat would begin again."""
        answer = self._attempt(call, method, path, body, {"content-type": content_type})
        if isinstance(answer, Refusal):
            return answer
        with closing(answer):
            return b"".join(answer.chunks())

    def open(
        self, call: Call, method: str, path: str, body: bytes | None = None, *, idempotency_key: str = ""
    ) -> OpenAIAnswer:
        headers = {"idempotency-key": idempotency_key} if idempotency_key else {}
        first = self._attempt(call, method, path, body, headers)
        if isinstance(first, OpenAIAnswer):
            return first
        advice = first.error.retry_after
        wait = RETRY_SECONDS if advice is None else advice
        # The second try gets at least as long as the wait before it; else the caller hears the advice instead.
        if not first.retryable or wait > call.remaining / 2:
            raise first.error
        call.pause(wait)
        second = self._attempt(call, method, path, body, headers)
        if isinstance(second, Refusal):
            raise second.error
        return second

    def _attempt(
        self, call: Call, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> OpenAIAnswer | Refusal:
        sent = {"content-type": "application/json", **headers}
        if self._credential is not None:
            sent["authorization"] = _revealed(self._credential)
        try:
            response = self._send(call, method, path, body, sent)
            if response.status_code == HTTPStatus.UNAUTHORIZED and self._credential is not None:
                # The credential may have been replaced since it was read; then it is this request that notices, once.
                try:
                    newer = _revealed(self._credential, refused=sent["authorization"])
                except UpstreamCredentialsError:
                    response.close()
                    raise
                if newer != sent["authorization"]:
                    response.close()
                    response = self._send(call, method, path, body, sent | {"authorization": newer})
        except httpx.TransportError as error:
            return Refusal(_failure(call, error), retryable=True)
        if response.status_code == HTTPStatus.OK:
            return OpenAIAnswer(call, response)
        with closing(response):
            report = _error_report(call, response)
        advice = seconds_to_wait(response.headers.get("retry-after"), time.time())
        return refusal(response.status_code, report, retry_after=advice)

    def _send(self, call: Call, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> httpx.Response:
        request = self._client.build_request(
            method, self._base_url + path, content=body, headers=headers, extensions=request_extensions(call)
        )
        return self._client.send(request, stream=True)


def _revealed(credential: Credential, *, refused: str | None = None) -> str:
    try:
        value = credential.authorization(refused=refused)
    except CredentialUnreadableError as error:
        message = str(error)
    else:
        return _printable(value)
    raise UpstreamCredentialsError(message)


def _chunks(call: Call, response: httpx.Response) -> Iterator[bytes]:
    size = 0
    failure: UpstreamError
    try:
        for part in response.iter_bytes():
            size += len(part)
            if size > MAX_BODY_BYTES:
                break
            yield part
        else:
            return
        failure = UpstreamGarbageError(f"The backend's answer is larger than {MAX_BODY_BYTES} bytes.")
    except (httpx.RemoteProtocolError, httpx.DecodingError):
        failure = UpstreamGarbageError("The backend's answer breaks off or is not valid HTTP.")
    except httpx.TransportError as error:
        failure = _failure(call, error)
    raise failure


def _error_report(call: Call, response: httpx.Response) -> bytes:
    """As much of an error's body as helps to tell what it means; without it the status has to do."""
    report = b""
    with suppress(UpstreamError):
        for part in _chunks(call, response):
            report += part
            if len(report) > MAX_ERROR_BYTES:
                break
    return report


def _failure(call: Call, error: httpx.TransportError) -> UpstreamError:
    if call.remaining <= 0:
        return UpstreamTimeoutError("The backend did not answer in time.")
    return UpstreamUnavailableError(f"The backend cannot be reached ({type(error).__name__}).")


def _credentials(api_key: str) -> dict[str, str]:
    key = _printable(api_key.strip())  # a secret that was pasted with its line end
    return {"authorization": f"Bearer {key}"} if key else {}


def _printable(key: str) -> str:
    if not (key.isascii() and key.isprintable()):
        message = "The key for the backend is not text that a header can hold."
        raise UpstreamCredentialsError(message)
    return key
