"""What is sent, and its signatures: Standard Webhooks headers for all, and MetaQore's field in the body.

`signature` is the HMAC-SHA256, with the secret's text as the key, of the body's bytes without that field: compact JSON
with the fields in the order in which they are sent.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from standardwebhooks import Webhook as Signer

from webhooks.model import Format

PREFIX = "whsec_"
_KEY_BYTES = range(24, 65)
"""What Standard Webhooks allows for a key."""


class Sent(NamedTuple):
    body: bytes
    headers: Mapping[str, str]


def message(
    delivery_id: str,
    event: str,
    happened_at: str,
    data: Mapping[str, Any],
    *,
    layout: Format,
    secrets: Sequence[str],
    at: datetime,
) -> Sent:
    """One try's request: the id stays, the time and so the signature are the try's own.

    All secrets that are in force sign the headers, the present one first; it alone signs the body's field.
    """
    payload: dict[str, Any] = {"event": event, "timestamp": happened_at, "data": data}
    if layout is Format.METAQORE:
        payload["signature"] = field_signature(secrets[0], payload)
    body = _text(payload)
    # The library takes a naive time for one in UTC, and any other for that as well.
    moment = at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    signatures = [Signer(key_of(secret)).sign(delivery_id, moment, body) for secret in secrets]
    headers = {
        "Content-Type": "application/json",
        "webhook-id": delivery_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
    return Sent(body.encode(), headers)


def key_of(secret: str) -> bytes:
    """The key that a secret's text stands for: `whsec_` and base64 of 24 to 64 bytes, or else the text itself."""
    if secret.startswith(PREFIX):
        try:
            key = base64.b64decode(secret.removeprefix(PREFIX) + "==", validate=False)
        except binascii.Error:
            return secret.encode()
        if len(key) in _KEY_BYTES:
            return key
    return secret.encode()


def as_standard(secret: str) -> str:
    """The secret as verifiers of Standard Webhooks take it."""
    return PREFIX + base64.b64encode(key_of(secret)).decode()


def field_signature(secret: str, payload: Mapping[str, Any]) -> str:
    return "sha256=" + hmac.new(secret.encode(), _text(payload).encode(), hashlib.sha256).hexdigest()


def _text(payload: Mapping[str, Any]) -> str:
    return json.dumps(payload, separators=(",", ":"), ensure_ascii=False)
