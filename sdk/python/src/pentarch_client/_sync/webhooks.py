# Written from _async by unasync.py ("make sdk"): change it there.
"""Webhooks, by either reference: which one registered a webhook decides the form of what it is sent."""

from collections.abc import Sequence
from datetime import datetime

from pentarch_client._sync.endpoints import Endpoints
from pentarch_client._sync.listing import Listing
from pentarch_client.models import Delivery, Webhook
from pentarch_client.records import Record
from pentarch_client.requests import given


class Webhooks(Endpoints):
    """Ai-semble's."""

    _root = "/api/v2/webhooks"

    @property
    def _one(self) -> str:
        return self._root + "/{webhook_id}"

    def create(
        self,
        url: str,
        events: Sequence[str],
        *,
        secret: str | None = None,
        description: str | None = None,
        ordered: bool | None = None,
    ) -> Webhook:
        """Register an address for events, groups of them (`job.*`) or all (`*`). The answer tells the secret, once."""
        body = given(url=url, events=list(events), secret=secret, description=description, ordered=ordered)
        return Webhook(self._send("POST", self._root, body=body))

    def list(self, *, limit: int | None = None, offset: int | None = None) -> Listing[Webhook]:
        return self._list(self._root, "webhooks", Webhook, given(limit=limit, offset=offset))

    def get(self, webhook_id: str) -> Webhook:
        return Webhook(self._send("GET", self._one, places={"webhook_id": webhook_id}))

    def update(
        self,
        webhook_id: str,
        *,
        url: str | None = None,
        events: Sequence[str] | None = None,
        description: str | None = None,
        ordered: bool | None = None,
        status: str | None = None,
    ) -> Webhook:
        body = given(url=url, events=events, description=description, ordered=ordered, status=status)
        return Webhook(self._send("PUT", self._one, places={"webhook_id": webhook_id}, body=body))

    def delete(self, webhook_id: str) -> None:
        self._send("DELETE", self._one, places={"webhook_id": webhook_id})

    def test(self, webhook_id: str) -> Record:
        """Send a test event now, and see what the receiver answers."""
        places = {"webhook_id": webhook_id}
        return Record(self._send("POST", self._one + "/test", places=places, repeatable=False))

    def rotate_secret(self, webhook_id: str, *, secret: str | None = None, overlap_hours: int | None = None) -> Webhook:
        body = given(secret=secret, overlap_hours=overlap_hours)
        places = {"webhook_id": webhook_id}
        return Webhook(self._send("POST", self._one + "/secret/rotate", places=places, body=body))

    def deliveries(self, webhook_id: str, *, status: str | None = None, limit: int | None = None) -> Listing[Delivery]:
        query = given(status=status, limit=limit)
        return self._list(self._one + "/deliveries", "deliveries", Delivery, query, webhook_id=webhook_id)

    def delivery(self, webhook_id: str, delivery_id: str) -> Delivery:
        places = {"webhook_id": webhook_id, "delivery_id": delivery_id}
        return Delivery(self._send("GET", self._one + "/deliveries/{delivery_id}", places=places))

    def redeliver(self, webhook_id: str, delivery_id: str) -> Delivery:
        places = {"webhook_id": webhook_id, "delivery_id": delivery_id}
        return Delivery(self._send("POST", self._one + "/deliveries/{delivery_id}/redeliver", places=places))

    def redeliver_span(
        self,
        webhook_id: str,
        *,
        start: datetime | str | None = None,
        end: datetime | str | None = None,
        status: str | None = None,
    ) -> Record:
        """Send a span of time again: what failed, or `all`."""
        body = given(from_=_time(start), to=_time(end), status=status)
        return Record(self._send("POST", self._one + "/redeliver", places={"webhook_id": webhook_id}, body=body))


class MetaQoreWebhooks(Webhooks):
    """MetaQore's."""

    _root = "/api/v1/webhooks"


def _time(at: datetime | str | None) -> str | None:
    return at.isoformat() if isinstance(at, datetime) else at
