import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from identity import store
from identity.sessions import Sessions, Tokens
from identity.settings import Settings
from identity.signing import Signer
from pentarch.identity.errors import AuthenticationError
from support.atomic import make_calls_atomic
from support.log import events_of
from support.stopped_clock import StoppedClock

from .conftest import Seeded

REFRESH = "/api/v2/auth/refresh"


@pytest.fixture
def sessions(acme: Seeded) -> Sessions:  # noqa: ARG001 (makes the signing key)
    return Sessions(Signer(), Settings.read(os.environ))


def refresh(acme: Seeded, token: str, status: int = 200) -> dict[str, Any]:
    body: dict[str, Any] = acme.anybody.post(REFRESH, {"refresh_token": token}).expect(status).json()
    return body


def test_a_refresh_token_gives_new_tokens_again_and_again(acme: Seeded, clock: StoppedClock) -> None:
    tokens: dict[str, Any] = acme.login()
    for _ in range(3):
        clock.advance(hours=1)
        tokens = refresh(acme, tokens["refresh_token"])
        acme.anybody.using(tokens["access_token"]).get("/api/v1/keys").expect(200)
    assert len(events_of("acme", "session.refreshed")) == 3


def test_a_spent_refresh_token_ends_the_whole_session(acme: Seeded, clock: StoppedClock) -> None:
    first = acme.login()
    second = refresh(acme, first["refresh_token"])
    refresh(acme, first["refresh_token"], 401)
    refresh(acme, second["refresh_token"], 401)
    clock.advance(seconds=60)
    acme.anybody.using(second["access_token"]).get("/api/v1/keys").expect(401)
    [event] = events_of("acme", "session.revoked")
    assert event.data == {"reason": "refresh_token_reused"}


def test_other_sessions_of_the_user_go_on(acme: Seeded) -> None:
    stolen, mine = acme.login(), acme.login()
    refresh(acme, stolen["refresh_token"])
    refresh(acme, stolen["refresh_token"], 401)
    refresh(acme, mine["refresh_token"])


def test_of_two_refreshes_at_once_exactly_one_wins(
    acme: Seeded, sessions: Sessions, monkeypatch: pytest.MonkeyPatch, clock: StoppedClock
) -> None:
    make_calls_atomic(monkeypatch)
    token = acme.login()["refresh_token"]

    def attempt(_: int) -> Tokens | None:
        try:
            return sessions.refresh(token, at=clock.at)
        except AuthenticationError:
            return None

    with ThreadPoolExecutor(8) as threads:
        outcomes = list(threads.map(attempt, range(8)))
    assert sum(outcome is not None for outcome in outcomes) == 1
    assert len(events_of("acme", "session.refreshed")) == 1
    assert len(events_of("acme", "session.revoked")) == 1


def test_one_condition_decides_when_both_have_read_the_same_session(
    acme: Seeded, sessions: Sessions, monkeypatch: pytest.MonkeyPatch, clock: StoppedClock
) -> None:
    token = acme.login()["refresh_token"]
    read, raced = store.session, False

    def overtaken(tenant: str, session_id: str) -> Any:
        nonlocal raced
        found = read(tenant, session_id)
        if not raced:
            raced = True
            sessions.refresh(token, at=clock.at)
        return found

    monkeypatch.setattr(store, "session", overtaken)
    refresh(acme, token, 401)
    assert len(events_of("acme", "session.refreshed")) == 1
    assert [event.data["reason"] for event in events_of("acme", "session.revoked")] == ["refresh_token_reused"]


def test_a_session_is_over_thirty_days_after_its_login_however_often_it_is_refreshed(
    acme: Seeded, clock: StoppedClock
) -> None:
    token = acme.login()["refresh_token"]
    clock.advance(days=29, hours=23)
    token = refresh(acme, token)["refresh_token"]
    clock.advance(hours=1)
    refresh(acme, token, 401)


def test_a_changed_password_ends_every_session(acme: Seeded, clock: StoppedClock) -> None:
    tokens = acme.login()
    acme.admin.put("/api/v1/users/admin", {"password": "another long one"}).expect(200)
    refresh(acme, tokens["refresh_token"], 401)
    clock.advance(seconds=60)
    acme.anybody.using(tokens["access_token"]).get("/api/v1/keys").expect(401)
    acme.anybody.post("/api/v2/auth/login", {"username": "admin", "password": "another long one"}).expect(200)


@pytest.mark.parametrize("token", ["made-up", "rt_acme_12345678_" + "0" * 64, "rt_@pentarch_12345678_" + "0" * 64])
def test_a_made_up_refresh_token_is_refused(acme: Seeded, token: str) -> None:
    assert refresh(acme, token, 401)["error"]["code"] == "AUTHENTICATION_REQUIRED"


def test_a_refresh_token_is_no_access_token(acme: Seeded) -> None:
    acme.anybody.using(acme.login()["refresh_token"]).get("/api/v1/keys").expect(401)
