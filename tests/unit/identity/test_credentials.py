"""How keys and refresh tokens are written and compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pentarch.identity.credentials import Credential, hash_secret, matches


@given(st.from_regex(r"[a-z0-9][a-z0-9-]{0,39}", fullmatch=True), st.sampled_from(["pk", "rt"]))
def test_what_was_written_is_read_back(tenant: str, prefix: str) -> None:
    made = Credential.new(prefix, tenant)
    assert Credential.parse(str(made), prefix) == made
    assert matches(made.secret, made.hash)


def test_no_two_are_alike() -> None:
    assert len({str(Credential.new("pk", "acme")) for _ in range(1000)}) == 1000


def test_a_key_is_no_refresh_token() -> None:
    assert Credential.parse(str(Credential.new("pk", "acme")), "rt") is None


@given(st.text())
def test_any_text_is_taken_apart_or_refused(text: str) -> None:
    found = Credential.parse(text, "pk")
    assert found is None or str(found) == text


@pytest.mark.parametrize(
    "text", ["pk_@pentarch_12345678_" + "a" * 32, "pk_a_12345678_short", "pk__12345678_" + "a" * 32]
)
def test_no_credential_names_the_systems_own_partitions(text: str) -> None:
    assert Credential.parse(text, "pk") is None


def test_neither_repr_nor_hash_tells_the_secret() -> None:
    made = Credential.new("pk", "acme")
    assert made.secret not in repr(made)
    assert made.secret not in made.hash
    assert not matches(made.secret + "0", made.hash)
    assert hash_secret(made.secret) == made.hash
