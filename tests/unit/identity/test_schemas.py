"""What the identity routes accept."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from identity.schemas import NewPrincipal, NewUser
from identity.settings import Settings

NOW = datetime(2026, 7, 1, tzinfo=UTC)


def test_one_role_may_be_given_by_itself() -> None:
    assert NewPrincipal.model_validate({"name": "ci", "role": "viewer"}).roles == ["viewer"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, None),
        ({"expires_in_days": 2}, NOW + timedelta(days=2)),
        ({"expires_at": "2026-08-01T02:00:00+02:00"}, datetime(2026, 8, 1, tzinfo=UTC)),
    ],
)
def test_an_expiry_is_a_number_of_days_or_an_instant(given: dict[str, Any], expected: datetime | None) -> None:
    assert NewPrincipal.model_validate({"name": "ci", "role": "viewer", **given}).expiry(NOW) == expected


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "  "},
        {"name": 7},
        {"role": "root"},
        {"roles": []},
        {"role": "viewer", "roles": ["admin"]},
        {"scopes": ["everything"]},
        {"scopes": ["llm:destroy"]},
        {"expires_in_days": 0},
        {"expires_in_days": 1, "expires_at": "2027-01-01T00:00:00Z"},
        {"expires_at": "2027-01-01T00:00:00"},
        {"tenant": "other"},
    ],
)
def test_a_malformed_key_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        NewPrincipal.model_validate({"name": "ci", "roles": ["viewer"]} | wrong)


@pytest.mark.parametrize("username", ["ab", "Anna", "anna@example.com", "-anna", "anna b", "a" * 65, "anna\n", "änna"])
def test_a_user_name_is_plain_and_no_address(username: str) -> None:
    with pytest.raises(ValidationError):
        NewUser.model_validate({"username": username, "password": "x" * 12, "role": "viewer"})


def test_a_client_token_never_lives_longer_than_an_hour() -> None:
    with pytest.raises(ValidationError):
        Settings.read({"SIGNING_KEYS_SECRET": "arn", "CLIENT_TOKEN_SECONDS": "3601"})


def test_a_function_without_its_secret_does_not_start() -> None:
    with pytest.raises(ValidationError):
        Settings.read({})
