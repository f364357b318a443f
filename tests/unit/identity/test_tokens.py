"""Forged, altered and outdated tokens."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from identity import keyset
from pentarch.identity import tokens
from pentarch.identity.errors import AuthenticationError
from pentarch.identity.model import Kind
from pentarch.identity.tokens import CLOCK_SKEW, Claims

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
KEY = keyset.new_key(NOW)
OTHER = keyset.new_key(NOW)
PUBLIC = {KEY.id: KEY.public_pem}
CLAIMS = Claims("acme", Kind.USER, "anna", session="s1", scopes=("agents:read", "llm:invoke"))


def signed(key: keyset.SigningKey = KEY, key_id: str | None = None) -> str:
    return tokens.sign(CLAIMS, key_id=key_id or key.id, private_pem=key.private_pem, at=NOW, lifetime=HOUR)


def encoded(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def decoded(part: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def altered(**claims: Any) -> str:
    header, payload, signature = signed().split(".")
    return ".".join([header, encoded(decoded(payload) | claims), signature])


def without(claim: str) -> str:
    payload = {name: value for name, value in decoded(signed().split(".")[1]).items() if name != claim}
    return jwt.encode(payload, KEY.private_pem, "ES256", headers={"kid": KEY.id})


def unsigned(algorithm: str) -> str:
    payload = signed().split(".")[1]
    return f"{encoded({'alg': algorithm, 'typ': 'at+jwt', 'kid': KEY.id})}.{payload}."


def signed_with_the_public_key_as_a_password() -> str:
    content = f"{encoded({'alg': 'HS256', 'typ': 'JWT', 'kid': KEY.id})}.{signed().split('.')[1]}"
    digest = hmac.digest(KEY.public_pem.encode(), content.encode(), hashlib.sha256)
    return f"{content}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def test_what_was_signed_is_read_back() -> None:
    assert tokens.verify(signed(), PUBLIC, at=NOW) == CLAIMS


def test_a_token_is_good_until_its_end_and_a_little_longer_for_clocks_that_differ() -> None:
    end = NOW + HOUR + CLOCK_SKEW
    assert tokens.verify(signed(), PUBLIC, at=end - timedelta(seconds=1)) == CLAIMS
    with pytest.raises(AuthenticationError):
        tokens.verify(signed(), PUBLIC, at=end)


FORGERIES = {
    "alg none": unsigned("none"),
    "alg None": unsigned("None"),
    "public key as HMAC secret": signed_with_the_public_key_as_a_password(),
    "another tenant": altered(tid="other"),
    "another subject": altered(sub="user:root"),
    "more scopes": altered(scope="*:*"),
    "a later end": altered(exp=4_102_444_800),
    "another key's signature under our key's id": signed(OTHER, KEY.id),
    "an unknown key": signed(OTHER),
    "no signature": signed().rpartition(".")[0] + ".",
    "an altered signature": signed()[:-4] + "AAAA",
    "no expiry": without("exp"),
    "no subject": without("sub"),
    "no tenant": without("tid"),
    "another issuer": jwt.encode(
        decoded(signed().split(".")[1]) | {"iss": "other"}, KEY.private_pem, "ES256", headers={"kid": KEY.id}
    ),
    "a kind that does not exist": jwt.encode(
        decoded(signed().split(".")[1]) | {"sub": "god:one"}, KEY.private_pem, "ES256", headers={"kid": KEY.id}
    ),
    "no JWT": "a.b.c",
    "empty parts": "..",
    "deeply nested": f"{encoded({'alg': 'ES256'})}.{base64.urlsafe_b64encode(b'[' * 6000).decode()}.AAAA",
}


@pytest.mark.parametrize("token", FORGERIES.values(), ids=FORGERIES.keys())
def test_a_forged_token_is_refused(token: str) -> None:
    with pytest.raises(AuthenticationError):
        tokens.verify(token, PUBLIC, at=NOW)


def test_no_two_tokens_are_alike() -> None:
    assert signed() != signed()
