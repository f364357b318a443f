# Written from _async by unasync.py ("make sdk"): change it there.
"""What all groups of endpoints have in common."""

from typing import Any, TypeVar

from pentarch_client._sync.listing import Listing
from pentarch_client._sync.transport import Transport
from pentarch_client.records import Record
from pentarch_client.requests import Request

R = TypeVar("R", bound=Record)


class Endpoints:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def _send(self, method: str, template: str, **options: Any) -> Any:  # noqa: ANN401 (Request's fields; JSON)
        """The answer's JSON, out of MetaQore's envelope; None if it has no content."""
        response = self._transport.send(Request(method, template, **options))
        return unwrapped(response.json()) if response.content else None

    def _list(self, template: str, field: str, kind: type[R], query: dict[str, Any], **places: str) -> Listing[R]:
        def fetch(asked: dict[str, Any]) -> dict[str, Any]:
            found: dict[str, Any] = self._send("GET", template, places=places, query=asked)
            return found

        return Listing(fetch, field, kind, query)


def unwrapped(body: Any) -> Any:  # noqa: ANN401 (JSON)
    if isinstance(body, dict) and body.get("success") is True and "data" in body:
        return body["data"]
    return body
