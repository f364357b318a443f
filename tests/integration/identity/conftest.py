from dataclasses import dataclass
from typing import Any

import pytest

from identity import api, bootstrap
from pentarch.web.app import lambda_handler
from support.lambdas import Caller
from support.stopped_clock import StoppedClock
from support.strict_dynamodb import use_strict_dynamodb


@dataclass(frozen=True)
class Seeded:
    """What the bootstrap answered, and the API as its holders see it."""

    tenant: str
    username: str
    password: str
    client_id: str
    client_secret: str
    api_key: str
    user_api_key: str
    anybody: Caller

    @property
    def admin(self) -> Caller:
        return self.anybody.using(self.api_key)

    @property
    def developer(self) -> Caller:
        return self.anybody.using(self.user_api_key)

    def subject_of(self, username: str) -> str:
        """What events call a user."""
        return str(self.admin.get(f"/api/v1/users/{username}").expect(200).data["subject"])

    def login(self) -> dict[str, Any]:
        body = {"username": self.username, "password": self.password}
        tokens: dict[str, Any] = self.anybody.post("/api/v2/auth/login", body).expect(200).json()
        return tokens


@pytest.fixture
def anybody(aws: None, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch) -> Caller:  # noqa: ARG001 (what it runs in)
    use_strict_dynamodb(monkeypatch)
    return Caller(lambda_handler(api.make_app()), {})


@pytest.fixture
def acme(anybody: Caller) -> Seeded:
    return seed(anybody, "acme", "admin")


@pytest.fixture
def other(anybody: Caller) -> Seeded:
    return seed(anybody, "other", "other-admin")


def seed(anybody: Caller, tenant: str, username: str) -> Seeded:
    order = {"tenant": tenant, "tier": "enterprise", "requests_per_hour": 10_000, "admin": {"username": username}}
    return Seeded(**bootstrap.handler(order, None), anybody=anybody)
