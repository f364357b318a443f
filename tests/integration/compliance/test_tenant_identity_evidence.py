"""What the identity functions do is what the checks of keys, users and sessions judge."""

import os
from collections.abc import Iterator

import pytest

from compliance.model import Verdict
from identity import rotate
from pentarch.identity.model import Status
from pentarch.identity.store import IdentityItem
from support.audited import WRONG, House, audited
from support.stopped_clock import StoppedClock


@pytest.fixture
def acme(aws: None, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:  # noqa: ARG001 (what it runs in)
    with audited("acme", "alice", clock, monkeypatch) as house:
        yield house


def test_ten_wrong_passwords_are_a_slip_and_eleven_are_an_attack(acme: House, clock: StoppedClock) -> None:
    for _ in range(10):
        acme.log_in(WRONG).expect(401)
    acme.is_well("failed-logins-bounded")
    clock.advance(minutes=2)  # the brake allows ten a minute
    acme.log_in(WRONG).expect(401)
    [fault] = acme.faults("failed-logins-bounded")
    assert fault.startswith("user:u_")
    assert "11 logins were refused" in fault


def test_guessing_a_keys_secret_is_found(acme: House) -> None:
    guess = acme.identity.using(f"{acme.seeded['api_key'][:-8]}{'0' * 8}")
    for _ in range(11):
        guess.get("/api/v1/keys").expect(401)
    [fault] = acme.faults("failed-logins-bounded")
    assert fault.startswith(f"key:{acme.seeded['api_key'].split('_')[2]}: 11 logins were refused")


def test_a_key_that_was_slipped_into_the_table_is_found(acme: House) -> None:
    acme.is_well("credentials-traced")
    item = next(iter(IdentityItem.query("acme", IdentityItem.key.startswith("key#"))))
    item.key = "key#backdoor"
    item.save()
    assert acme.faults("credentials-traced") == ["key:backdoor: it was made, and no event tells of that"]


def test_a_key_is_as_old_as_its_secret(acme: House, clock: StoppedClock) -> None:
    clock.advance(days=91)
    [fault, _] = acme.faults("api-keys-rotated")
    assert "91 days old" in fault
    keys = [key["id"] for key in acme.identity.get("/api/v1/keys").expect(200).data["items"]]
    for key in sorted(keys, key=lambda key: key in acme.seeded["api_key"]):  # one's own last: it is another one then
        acme.identity.post(f"/api/v1/keys/{key}/rotate").expect(200)
    acme.is_well("api-keys-rotated")


def test_an_administrator_who_did_nothing_for_a_quarter_is_found(acme: House, clock: StoppedClock) -> None:
    acme.seal()
    clock.advance(days=100)
    acme.log_in().expect(200)
    acme.seal()
    [fault] = acme.faults("admins-in-use")
    assert fault.startswith("key:")
    assert "done nothing that is recorded for 90 days" in fault


def test_the_bootstraps_keys_are_too_powerful_and_never_end(acme: House) -> None:
    assert any("may do everything" in fault for fault in acme.faults("credentials-scoped"))
    assert any("never expires" in fault for fault in acme.faults("credentials-expire"))


def test_a_narrow_key_that_ends_is_well(acme: House) -> None:
    made = acme.identity.post("/api/v1/keys", {"name": "ci", "role": "developer", "expires_in_days": 30}).expect(201)
    named = f"key:{made.data['id']}"
    for check_id in ("credentials-scoped", "credentials-expire"):
        assert not [fault for fault in acme.faults(check_id) if fault.startswith(named)]


def test_passwords_and_secrets_are_kept_well(acme: House) -> None:
    acme.log_in().expect(200)
    for check_id in (
        "passwords-hashed-strongly",
        "secrets-kept-as-digests",
        "refresh-tokens-kept-as-digests",
        "sessions-bounded",
        "sessions-of-present-users",
        "signing-keys-rotated",
    ):
        acme.is_well(check_id)


def test_a_weak_hash_is_found(acme: House) -> None:
    [user] = IdentityItem.query("acme", IdentityItem.key.startswith("user#"))
    user.update(actions=[IdentityItem.secret_hash.set("$argon2id$v=19$m=1024,t=1,p=1$c2FsdA$aGFzaA")])
    [fault] = acme.faults("passwords-hashed-strongly")
    assert "argon2id with 1024 KiB and 1 passes is weaker" in fault


def test_a_session_outlives_its_user_only_by_the_tables_back_door(acme: House) -> None:
    acme.log_in().expect(200)
    [user] = IdentityItem.query("acme", IdentityItem.key.startswith("user#"))
    user.update(actions=[IdentityItem.status.set(Status.REVOKED)])
    [fault] = acme.faults("sessions-of-present-users")
    assert "deactivated or gone" in fault


def test_deactivating_a_user_ends_the_sessions_for_this_check_too(acme: House) -> None:
    acme.log_in().expect(200)
    acme.identity.delete("/api/v1/users/alice")
    verdict, outcome = acme.judged("sessions-of-present-users")
    assert verdict is Verdict.NOT_APPLICABLE, outcome


def test_a_stopped_rotation_is_found(acme: House, clock: StoppedClock) -> None:
    clock.advance(days=32)
    [fault] = acme.faults("signing-keys-rotated")
    assert "since 32 days" in fault
    rotate.rotate(os.environ["SIGNING_KEYS_SECRET"], clock.at)
    acme.is_well("signing-keys-rotated")
    acme.is_well("former-signing-keys-dropped")


def test_a_spent_refresh_token_is_an_incident(acme: House) -> None:
    tokens = acme.log_in().expect(200).json()
    for status in (200, 401):
        acme.identity.post("/api/v2/auth/refresh", {"refresh_token": tokens["refresh_token"]}).expect(status)
    [fault] = acme.faults("refresh-tokens-not-reused")
    assert "somebody has a copy" in fault
