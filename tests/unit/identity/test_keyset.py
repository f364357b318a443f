"""When public keys are published and dropped."""

from datetime import UTC, datetime, timedelta

import jwt
from hypothesis import given
from hypothesis import strategies as st

from identity import keyset
from identity.keyset import GRACE, LIFETIME, Published, is_due, jwk
from identity.signing import Keyset

NOW = datetime(2026, 7, 1, tzinfo=UTC)


def test_a_key_is_replaced_after_its_lifetime_and_not_before() -> None:
    assert is_due(None, NOW)
    assert not is_due(NOW - LIFETIME + timedelta(seconds=1), NOW)
    assert is_due(NOW - LIFETIME, NOW)


def test_every_key_but_the_current_one_retires_and_is_dropped_in_the_end() -> None:
    published = Published({"old": "o", "new": "n"}).settled("new", "n", NOW)
    assert published.retire_at == {"old": NOW + GRACE}
    assert published.settled("new", "n", NOW + GRACE - timedelta(seconds=1)).keys.keys() == {"old", "new"}
    assert published.settled("new", "n", NOW + GRACE).keys.keys() == {"new"}


def test_a_key_that_signs_again_does_not_retire() -> None:
    retiring = Published({"one": "1", "two": "2"}).settled("two", "2", NOW)
    assert retiring.settled("one", "1", NOW).retire_at == {"two": NOW + GRACE}


def test_settling_brings_back_a_current_key_that_the_table_lost() -> None:
    assert Published().settled("one", "1", NOW).keys == {"one": "1"}


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 100)), max_size=12))
def test_a_key_stays_published_for_the_whole_grace_after_it_last_signed(history: list[tuple[str, int]]) -> None:
    published, at, last_signed = Published(), NOW, dict[str, datetime]()
    current = None
    for key_id, hours in history:
        at += timedelta(hours=hours)
        if current is not None:  # a run's first step, with the key that signed until now
            published = published.settled(current, current, at)
            last_signed[current] = at
        published = published.with_key(key_id, key_id).settled(key_id, key_id, at)
        current = key_id
        last_signed[key_id] = at
        for known, since in last_signed.items():
            assert at - since >= GRACE or known in published.keys
        assert current in published.keys


def test_settling_twice_changes_nothing_more() -> None:
    once = Published({"old": "o"}).settled("new", "n", NOW)
    assert once.settled("new", "n", NOW) == once


def test_a_jwk_verifies_what_its_private_half_signed() -> None:
    key = keyset.new_key(NOW)
    published = jwk(key.id, key.public_pem)
    assert published | {"x": "", "y": ""} == {
        "kty": "EC", "crv": "P-256", "x": "", "y": "", "kid": key.id, "use": "sig", "alg": "ES256"
    }  # fmt: skip
    token = jwt.encode({"sub": "x"}, key.private_pem, "ES256")
    assert jwt.decode(token, jwt.PyJWK(published), algorithms=["ES256"]) == {"sub": "x"}


def test_the_secrets_text_is_read_back_and_its_repr_tells_no_key() -> None:
    key = keyset.new_key(NOW)
    written = Keyset(key.id, {key.id: {"pem": key.private_pem, "created_at": NOW.isoformat()}})
    read = Keyset.parse(str(written))
    assert (read.current, read.current_pem, read.current_since) == (key.id, key.private_pem, NOW)
    assert "PRIVATE" not in repr(read)
    assert Keyset.parse("{}").current_pem is None
