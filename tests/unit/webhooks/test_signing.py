"""What is signed, as verifiers of both worlds check it."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from webhooks import signing
from webhooks.model import Format

STANDARD = "whsec_" + base64.b64encode(bytes(range(32))).decode()
PLAIN = "webhook-secret"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def sent(data: dict[str, Any], *secrets: str, layout: Format = Format.AI_SEMBLE) -> signing.Sent:
    now = datetime.now(UTC)
    return signing.message(
        "evt-1", "job.completed", "2026-11-01T10:00:00.000Z", data, layout=layout, secrets=secrets, at=now
    )


@pytest.mark.parametrize("secret", [STANDARD, PLAIN])
@given(data=st.dictionaries(st.text(max_size=8), JSON, max_size=4))
def test_the_official_verifier_accepts_what_is_sent(secret: str, data: dict[str, Any]) -> None:
    made = sent(data, secret)
    verified = Verifier(signing.as_standard(secret)).verify(made.body, dict(made.headers))
    assert verified == {"event": "job.completed", "timestamp": "2026-11-01T10:00:00.000Z", "data": data}


def test_while_two_secrets_are_in_force_either_verifies() -> None:
    other = "whsec_" + base64.b64encode(bytes(32)).decode()
    made = sent({}, STANDARD, other)
    for secret in (STANDARD, other):
        Verifier(secret).verify(made.body, dict(made.headers))
    with pytest.raises(WebhookVerificationError):
        Verifier("whsec_" + base64.b64encode(b"x" * 32).decode()).verify(made.body, dict(made.headers))


@given(data=st.dictionaries(st.text(max_size=8), JSON, max_size=4))
def test_the_field_signs_the_body_without_itself(data: dict[str, Any]) -> None:
    payload = json.loads(sent(data, PLAIN, layout=Format.METAQORE).body)
    claimed = payload.pop("signature")
    text = json.dumps(payload, separators=(",", ":"), ensure_ascii=False)
    assert claimed == "sha256=" + hmac.new(PLAIN.encode(), text.encode(), hashlib.sha256).hexdigest()


def test_a_changed_body_is_not_accepted() -> None:
    made = sent({"amount": 1}, STANDARD)
    with pytest.raises(WebhookVerificationError):
        Verifier(STANDARD).verify(made.body.replace(b"1}", b"2}"), dict(made.headers))
