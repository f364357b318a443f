"""One request of the API, and when to send it again."""

import random
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

import httpx

from pentarch_client import errors

Place = str | int
Query = Mapping[str, Any]

IDEMPOTENCY_KEY = "Idempotency-Key"
TEMPLATE = "pentarch_template"
"""The name in a request's extensions of the path with its placeholders, as the OpenAPI document writes it."""

_PLACEHOLDER = re.compile(r"{(\w+)}")
_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 20.0
_LONGEST_ASKED_S = 60.0
"""A longer `Retry-After` is told to the caller instead of waited for."""
_UNDONE = frozenset({429, 503})
"""Refusals before anything was done."""
_UNCLEAR = frozenset({408, 502, 504})
"""Something may have been done: repeated only where doing it twice is doing it once."""


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    template: str
    places: Mapping[str, Place] = field(default_factory=dict)
    query: Query = field(default_factory=dict)
    body: Any = None
    """JSON; left out if None."""
    content: bytes | None = None
    form: Mapping[str, str] | None = None
    files: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    repeatable: bool = True
    """Whether sending it twice has one effect: by its nature, or by the `Idempotency-Key` that goes with it."""
    timeout: float | None = None
    """Seconds, in place of the client's."""

    @property
    def path(self) -> str:
        return _PLACEHOLDER.sub(self._filled, self.template)

    def _filled(self, found: re.Match[str]) -> str:
        name = found[1]
        text = str(self.places[name])
        if not text:
            msg = f"{name} must not be empty"
            raise ValueError(msg)
        return quote(text, safe="/" if name in _WITH_SLASHES else "")

    def keyed(self, key: str | None) -> "Request":
        """With the key under which the API answers a repetition with the first answer."""
        if self.method != "POST" or not self.repeatable:
            return self
        return replace(self, headers={IDEMPOTENCY_KEY: key or str(uuid.uuid4()), **self.headers})

    def arguments(self) -> dict[str, Any]:
        """What httpx builds the request from."""
        told: dict[str, Any] = {
            "params": {name: _text(value) for name, value in self.query.items() if value is not None},
            "headers": {name: value for name, value in self.headers.items() if value is not None},
            "extensions": {TEMPLATE: self.template},
        }
        if self.body is not None:
            told["json"] = self.body
        if self.content is not None:
            told["content"] = self.content
        if self.form is not None:
            told["data"] = self.form
        if self.files is not None:
            told["files"] = self.files
        if self.timeout is not None:
            told["timeout"] = self.timeout
        return told


_WITH_SLASHES = frozenset({"path", "model", "model_id"})


@dataclass(frozen=True, slots=True)
class Retries:
    """How often, and after which pause, a request is sent again."""

    at_most: int = 3

    def pause(self, request: Request, attempt: int, failed: httpx.Response | httpx.TransportError) -> float | None:
        """Seconds until the next attempt; None if there is to be none. Attempts count from 0."""
        if attempt >= self.at_most:
            return None
        if isinstance(failed, httpx.Response):
            return self._after_refusal(request, attempt, failed)
        never_sent = isinstance(failed, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
        return self._growing(attempt) if never_sent or request.repeatable else None

    def _after_refusal(self, request: Request, attempt: int, response: httpx.Response) -> float | None:
        asked = errors.retry_after(response)
        status = response.status_code
        still_answered = status == httpx.codes.CONFLICT and asked is not None
        again = status in _UNDONE or (status in _UNCLEAR and request.repeatable) or still_answered
        if not again or (asked is not None and asked > _LONGEST_ASKED_S):
            return None
        return self._growing(attempt) if asked is None else asked + random.uniform(0, 0.25)  # noqa: S311 (no secret)

    @staticmethod
    def _growing(attempt: int) -> float:
        """Full jitter: clients that failed together do not come back together."""
        return random.uniform(0.1, min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2**attempt))  # noqa: S311 (no secret)


def given(**fields: Any) -> dict[str, Any]:  # noqa: ANN401 (JSON)
    """The fields that were given: None leaves one out. A name that Python keeps to itself ends in `_`."""
    return {name.rstrip("_"): value for name, value in fields.items() if value is not None}


def _text(value: Any) -> Any:  # noqa: ANN401 (what httpx takes)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_text(one) for one in value]
    return value.isoformat() if hasattr(value, "isoformat") else value
