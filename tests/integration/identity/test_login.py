import hashlib
import json

import pytest
from argon2 import PasswordHasher
from botocore.client import BaseClient

from identity import passwords
from pentarch.identity.model import Kind
from pentarch.identity.store import IdentityItem, principal_key
from support.lambdas import Caller
from support.log import events_of
from support.stopped_clock import StoppedClock
from support.tenants import make_tenant

from .conftest import Seeded

LOGIN = "/api/v2/auth/login"
LOGOUT = "/api/v2/auth/logout"


def test_a_login_gives_tokens_that_open_the_api(acme: Seeded) -> None:
    tokens = acme.login()
    assert tokens["token_type"] == "bearer"
    assert tokens["expires_in"] == 3600
    acme.anybody.using(tokens["access_token"]).get("/api/v1/keys").expect(200)
    [event] = events_of("acme", "session.opened")
    assert (event.action, event.actor, event.tags) == ("login", acme.subject_of("admin"), ("access_control",))


def test_a_user_name_is_found_in_any_case(acme: Seeded) -> None:
    acme.anybody.post(LOGIN, {"username": "ADMIN", "password": acme.password}).expect(200)


def test_the_lifetime_of_tokens_is_the_deployments_choice(acme: Seeded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGIN_TOKEN_SECONDS", "600")
    assert acme.login()["expires_in"] == 600


def test_a_wrong_password_and_an_unknown_user_are_refused_in_the_same_words(acme: Seeded) -> None:
    bodies = []
    for username in ("admin", "nobody"):
        reply = acme.anybody.post(LOGIN, {"username": username, "password": "wrong password"}).expect(401)
        error = reply.json()["error"]
        bodies.append((error["code"], error["message"], error["details"]))
    assert bodies[0] == bodies[1] == ("AUTHENTICATION_REQUIRED", "missing or invalid credentials", {})


def test_a_wrong_password_and_an_unknown_user_cost_the_same_calls(
    acme: Seeded, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    original = passwords.is_password

    def counted(password: str, stored: str | None) -> bool:
        calls.append("hash")
        return original(password, stored)

    monkeypatch.setattr(passwords, "is_password", counted)
    call = BaseClient._make_api_call  # type: ignore[attr-defined]

    def recorded(self: object, operation: str, parameters: object) -> object:
        calls.append(operation)
        return call(self, operation, parameters)

    monkeypatch.setattr(BaseClient, "_make_api_call", recorded)
    seen = []
    for username in ("admin", "nobody"):
        calls.clear()
        acme.anybody.post(LOGIN, {"username": username, "password": "wrong password"}).expect(401)
        seen.append(list(calls))
    assert seen[0] == seen[1]


def test_a_failed_login_is_told_without_the_name_of_a_stranger(acme: Seeded) -> None:
    acme.anybody.post(LOGIN, {"username": "admin", "password": "wrong password"}, source_ip="198.51.100.7")
    acme.anybody.post(LOGIN, {"username": "my-password-in-the-wrong-field", "password": "x"})
    [known] = events_of("acme", "login.failed")
    assert (known.actor, known.resource) == ("anybody", acme.subject_of("admin"))
    [unknown] = events_of("@pentarch", "login.failed")
    assert unknown.resource == "user:" + hashlib.sha256(b"my-password-in-the-wrong-field").hexdigest()
    assert "198.51.100.7" not in repr((known, unknown))


def test_the_eleventh_attempt_in_a_minute_waits_even_with_the_right_password(acme: Seeded, clock: StoppedClock) -> None:
    for number in range(10):
        acme.anybody.post(LOGIN, {"username": "admin", "password": "wrong"}, source_ip=f"192.0.2.{number}").expect(401)
    refused = acme.anybody.post(LOGIN, {"username": "admin", "password": acme.password}, source_ip="192.0.2.77")
    assert refused.expect(429).json()["error"]["code"] == "RATE_LIMIT_EXCEEDED"
    assert int(refused.headers["retry-after"]) == 60
    clock.advance(seconds=60)
    acme.login()


def test_one_address_may_not_try_many_names(anybody: Caller) -> None:
    for number in range(60):
        anybody.post(LOGIN, {"username": f"user{number}", "password": "wrong"}).expect(401)
    anybody.post(LOGIN, {"username": "somebody", "password": "wrong"}).expect(429)
    anybody.post(LOGIN, {"username": "somebody", "password": "wrong"}, source_ip="192.0.2.2").expect(401)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"username": "admin"},
        {"username": 7, "password": 7},
        {"username": "", "password": "x"},
        {"username": "admin", "password": "x" * 129},
        {"username": "\ud800", "password": "x"},
        [],
        None,
    ],
)
def test_a_malformed_login_is_refused_before_it_is_counted(anybody: Caller, body: object) -> None:
    assert anybody.post(LOGIN, body).expect(400).json()["error"]["code"] == "INVALID_REQUEST"


def test_a_deactivated_user_is_out(acme: Seeded, clock: StoppedClock) -> None:
    acme.admin.post("/api/v1/users", {"username": "anna", "password": "a long password", "role": "viewer"}).expect(201)
    tokens = acme.anybody.post(LOGIN, {"username": "anna", "password": "a long password"}).expect(200).json()
    anna = acme.anybody.using(tokens["access_token"])
    anna.get("/api/v1/users/anna").expect(200)
    acme.admin.delete("/api/v1/users/anna").expect(200)
    clock.advance(seconds=60)
    anna.get("/api/v1/users/anna").expect(401)
    acme.anybody.post("/api/v2/auth/refresh", {"refresh_token": tokens["refresh_token"]}).expect(401)
    acme.anybody.post(LOGIN, {"username": "anna", "password": "a long password"}).expect(401)


def test_a_password_kept_with_earlier_parameters_is_hashed_anew(acme: Seeded) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(acme.password)
    user = IdentityItem.get("acme", principal_key(Kind.USER, "admin"))
    user.update([IdentityItem.secret_hash.set(weak)])
    acme.login()
    user.refresh()
    assert user.secret_hash != weak
    assert not passwords.is_outdated(user.secret_hash or "")
    assert events_of("acme", "session.opened")[-1].data == {"password_rehashed": True}
    acme.login()


def test_a_logout_ends_the_session_everywhere(acme: Seeded, clock: StoppedClock) -> None:
    tokens = acme.login()
    body = {"refresh_token": tokens["refresh_token"]}
    assert acme.anybody.post(LOGOUT, body).expect(204).text == ""
    acme.anybody.post(LOGOUT, body).expect(204)
    acme.anybody.post("/api/v2/auth/refresh", body).expect(401)
    clock.advance(seconds=60)
    acme.anybody.using(tokens["access_token"]).get("/api/v1/keys").expect(401)
    [event] = events_of("acme", "session.revoked")
    assert event.data == {"reason": "logout"}


def test_a_logout_of_nothing_is_refused(anybody: Caller) -> None:
    anybody.post(LOGOUT, {"refresh_token": "made-up"}).expect(401)
    anybody.post(LOGOUT, {"refresh_token": "rt_acme_12345678_" + "0" * 64}).expect(401)
    anybody.post(LOGOUT, {}).expect(400)


def test_nobody_logs_in_before_there_is_a_signing_key(anybody: Caller) -> None:
    make_tenant("acme")
    form = {"grant_type": "client_credentials", "client_id": "cl_acme_12345678", "client_secret": "x"}
    anybody.post("/oauth2/v2.0/token", form=form).expect(401)
    assert json.loads(anybody.get("/.well-known/jwks.json").expect(200).text) == {"keys": []}
