"""What a receiver of webhooks does first: see whether it was Pentarch who sent it."""

import hashlib
import hmac
import json
from collections.abc import Mapping

from standardwebhooks import Webhook, WebhookVerificationError

from pentarch_client.errors import InvalidSignatureError
from pentarch_client.records import Record, parsed

_SCHEME = "sha256="


def verify(body: bytes | str, headers: Mapping[str, str], signing_key: str) -> Record:
    """The event, if its headers are those that the key signs and it is at most five minutes old.

    `signing_key` is what registering the webhook told by that name.
    """
    text = body.decode() if isinstance(body, bytes) else body
    given = {name.lower(): value for name, value in headers.items()}
    try:
        Webhook(signing_key).verify(text, given)
    except WebhookVerificationError as error:
        raise InvalidSignatureError(str(error) or "the headers are not signed by this key") from error
    return parsed(Record, text)


def verify_body(body: bytes | str, secret: str) -> Record:
    """The event, if the `signature` in its body is what the secret makes of the rest: MetaQore's way.

    It says nothing of when it was sent; `verify` does.
    """
    event = json.loads(body)
    signature = event.pop("signature", None) if isinstance(event, dict) else None
    if not isinstance(signature, str):
        msg = "the body has no signature"
        raise InvalidSignatureError(msg)
    signed = json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode()
    expected = _SCHEME + hmac.digest(secret.encode(), signed, hashlib.sha256).hex()
    if not hmac.compare_digest(expected.encode(), signature.encode()):
        msg = "the body is not signed with this secret"
        raise InvalidSignatureError(msg)
    return Record(event)
