"""Verifying what arrives at a receiver."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from pentarch_client import InvalidSignatureError, webhooks

KEY = "whsec_" + base64.b64encode(b"k" * 32).decode()
BODY = '{"event":"job.completed","data":{"job_id":"job_1"}}'


def headers(body: str = BODY) -> dict[str, str]:
    now = datetime.now(tz=UTC)
    signature = Webhook(KEY).sign("evt_1", now, body)
    return {
        "Webhook-Id": "evt_1",
        "Webhook-Timestamp": str(int(now.timestamp())),
        "Webhook-Signature": signature,
    }


def test_what_the_key_signed_is_the_event() -> None:
    assert webhooks.verify(BODY.encode(), headers(), KEY).data.job_id == "job_1"


@pytest.mark.parametrize("body", [BODY.replace("job_1", "job_2"), "", "{}"])
def test_anything_else_is_refused(body: str) -> None:
    with pytest.raises(InvalidSignatureError):
        webhooks.verify(body, headers(), KEY)


def test_missing_headers_are_refused() -> None:
    with pytest.raises(InvalidSignatureError):
        webhooks.verify(BODY, {}, KEY)


def in_body(event: dict[str, object], secret: str) -> bytes:
    """As the stack signs a body: compact JSON in the order sent, then the signature in it."""
    text = json.dumps(event, separators=(",", ":"), ensure_ascii=False)
    signature = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    return json.dumps({**event, "signature": f"sha256={signature}"}, ensure_ascii=False).encode()


@given(st.dictionaries(st.text(max_size=5).filter(lambda name: name != "signature"), st.text(max_size=5), max_size=4))
def test_a_signature_in_the_body_holds_for_just_that_body(event: dict[str, object]) -> None:
    body = in_body(event, "a secret")
    assert webhooks.verify_body(body, "a secret") == event
    with pytest.raises(InvalidSignatureError):
        webhooks.verify_body(body, "another")
    changed = json.loads(body) | {"more": 1}
    with pytest.raises(InvalidSignatureError):
        webhooks.verify_body(json.dumps(changed), "a secret")


@pytest.mark.parametrize("body", ["{}", "[]", '{"signature": 7}'])
def test_a_body_without_a_signature_is_refused(body: str) -> None:
    with pytest.raises(InvalidSignatureError):
        webhooks.verify_body(body, "a secret")
