"""Which passwords are accepted, and how they are kept."""

import pytest
from argon2 import PasswordHasher, Type, extract_parameters

from identity import passwords
from identity.errors import WeakPasswordError

GOOD = "correct horse battery"


@pytest.mark.parametrize("password", [GOOD, "x" * 12, "x" * 128, "пароль длинный", "🔑" * 12])
def test_length_is_all_that_a_password_needs(password: str) -> None:
    passwords.check_policy(password, "anna")


@pytest.mark.parametrize("password", ["", "x" * 11, "x" * 129, "anna.the.admin", "ANNA.the.ADMIN", " anna.the.admin "])
def test_short_endless_and_self_describing_passwords_are_refused(password: str) -> None:
    with pytest.raises(WeakPasswordError) as refusal:
        passwords.check_policy(password, "anna.the.admin")
    assert refusal.value.field == "password"


def test_a_hash_fits_its_password_alone() -> None:
    kept = passwords.hash_password(GOOD)
    assert passwords.is_password(GOOD, kept)
    assert not passwords.is_password(GOOD + "!", kept)
    assert GOOD not in kept
    assert not passwords.is_outdated(kept)


def test_the_hash_is_argon2id_with_the_documented_work() -> None:
    found = extract_parameters(passwords.hash_password(GOOD))
    assert (found.type, found.memory_cost, found.time_cost, found.parallelism) == (Type.ID, 47_104, 1, 1)


def test_one_letter_typed_in_two_ways_is_one_password() -> None:
    assert passwords.is_password("re\u0301sume\u0301 for work", passwords.hash_password("r\u00e9sum\u00e9 for work"))


def test_nobodys_hash_takes_the_same_work_and_fits_nothing() -> None:
    assert not passwords.is_outdated(passwords.NO_PASSWORD)
    assert not passwords.is_password("anything", None)


def test_a_hash_of_earlier_parameters_still_fits_and_is_known_as_outdated() -> None:
    kept = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(GOOD)
    assert passwords.is_password(GOOD, kept)
    assert passwords.is_outdated(kept)


def test_a_stored_text_that_is_no_hash_fits_nothing() -> None:
    assert not passwords.is_password(GOOD, "no hash")
