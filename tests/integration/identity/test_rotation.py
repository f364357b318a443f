import os
from datetime import timedelta
from typing import Any

import pytest

from identity import keyset, published, rotate
from identity.sessions import Sessions
from identity.settings import Settings
from identity.signing import CACHE_S, Keyset, Signer, read_keyset
from pentarch.identity.service import Authenticator
from pentarch.identity.store import PUBLIC_KEYS, IdentityItem
from pentarch.platform import clients
from support.log import events_of
from support.stopped_clock import StoppedClock

from .conftest import Seeded


class CrashError(Exception):
    """The function ends here."""


def crash(*_: Any, **__: Any) -> None:
    raise CrashError


def secret() -> Keyset:
    return read_keyset(os.environ["SIGNING_KEYS_SECRET"])


def opens(acme: Seeded, token: str) -> bool:
    return acme.anybody.using(token).get("/api/v1/keys").status == 200


def test_a_rotation_logs_nobody_out(acme: Seeded, clock: StoppedClock) -> None:
    before = acme.login()["access_token"]
    assert opens(acme, before)
    assert rotate.handler({"force": True}, None)["rotated"]
    clock.advance(seconds=61)  # the signer forgets the old key
    after = acme.login()["access_token"]
    assert before.split(".")[0] != after.split(".")[0]
    assert opens(acme, before)
    assert opens(acme, after)


def test_a_function_that_remembers_the_old_keys_takes_a_token_of_the_new_one_at_once(
    acme: Seeded, clock: StoppedClock
) -> None:
    elsewhere = Authenticator()
    old = {"authorization": f"Bearer {acme.login()['access_token']}"}
    elsewhere.authenticate(old, clock.at)
    rotate.handler({"force": True}, None)
    clock.advance(seconds=1)
    # The API's own signer still remembers the old key, so another process's one signs.
    fresh = Sessions(Signer(), Settings.read(os.environ))
    tokens = fresh.log_in("admin", acme.password, address=None, at=clock.at)
    caller, _ = elsewhere.authenticate({"authorization": f"Bearer {tokens.access_token}"}, clock.at)
    assert caller.subject == acme.subject_of("admin")
    elsewhere.authenticate(old, clock.at)


def test_the_schedule_rotates_once_in_its_time_however_often_it_fires(acme: Seeded, clock: StoppedClock) -> None:
    first = secret().current
    clock.advance(days=30)
    assert rotate.handler({"id": "one", "detail-type": "Scheduled Event"}, None)["rotated"]
    second = secret().current
    assert second != first
    assert not rotate.handler({"id": "one", "detail-type": "Scheduled Event"}, None)["rotated"]
    assert secret().current == second
    assert len(events_of("@pentarch", "signing_key.published")) == 2
    assert acme.login()


def test_after_a_leak_former_keys_are_dropped_at_once_and_refresh_tokens_still_work(
    acme: Seeded, clock: StoppedClock
) -> None:
    tokens = acme.login()
    assert rotate.handler({"compromised": True}, None)["rotated"]
    assert list(published.read().keys) == [secret().current]
    clock.advance(seconds=61)
    assert not opens(acme, tokens["access_token"])
    body = {"refresh_token": tokens["refresh_token"]}
    assert opens(acme, acme.anybody.post("/api/v2/auth/refresh", body).expect(200).json()["access_token"])


def test_a_former_public_key_outlives_its_tokens_and_is_then_dropped(acme: Seeded, clock: StoppedClock) -> None:
    former = secret().current
    rotate.handler({"force": True}, None)
    clock.advance(hours=25)  # longer than any token
    rotate.handler({}, None)
    assert former in published.read().keys
    clock.advance(hours=24)
    rotate.handler({}, None)
    assert list(published.read().keys) == [secret().current]
    assert [event.data["dropped"] for event in events_of("@pentarch", "signing_keys.settled")][-1] == [former]
    assert acme.anybody.get("/.well-known/jwks.json").json()["keys"][0]["kid"] == secret().current


def test_the_private_halves_of_former_keys_are_not_kept(acme: Seeded) -> None:
    rotate.handler({"force": True}, None)
    assert list(secret().keys) == [secret().current]
    assert "PRIVATE" not in repr(events_of("@pentarch"))
    assert acme.login()


@pytest.mark.parametrize("step", ["_publish", "_let_sign", "_settle after"])
def test_a_rotation_may_be_killed_anywhere(
    acme: Seeded, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    token = acme.login()["access_token"]
    with monkeypatch.context() as patch:
        if step == "_settle after":
            settle, calls = rotate._settle, iter([False, True])

            def second_crashes(*arguments: Any, **options: Any) -> None:
                if next(calls):
                    raise CrashError
                settle(*arguments, **options)

            patch.setattr(rotate, "_settle", second_crashes)
        else:
            patch.setattr(rotate, step, crash)
        with pytest.raises(CrashError):
            rotate.handler({"force": True}, None)
    clock.advance(seconds=61)
    assert opens(acme, token)
    assert opens(acme, acme.login()["access_token"])
    rotate.handler({}, None)
    assert secret().current in published.read().keys
    assert set(published.read().retire_at) == set(published.read().keys) - {secret().current}
    clock.advance(days=3)
    rotate.handler({}, None)
    assert list(published.read().keys) == [secret().current]


def test_of_two_rotations_at_once_every_key_that_may_sign_is_published(
    acme: Seeded, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_sign, nested = rotate._let_sign, iter([True])

    def overtaken(new: keyset.SigningKey, name: str) -> None:
        if next(nested, False):
            rotate.rotate(name, clock.at, force=True)
        let_sign(new, name)

    monkeypatch.setattr(rotate, "_let_sign", overtaken)
    seen: list[str | None] = []
    monkeypatch.setattr(clients.secretsmanager(), "put_secret_value", _recording(seen))
    rotate.handler({"force": True}, None)
    assert len(seen) == 2
    assert set(seen) <= set(published.read().keys)
    assert secret().current == seen[-1]
    assert secret().current not in published.read().retire_at
    assert seen[0] in published.read().retire_at
    clock.advance(seconds=61)
    assert opens(acme, acme.login()["access_token"])


def test_a_rotation_that_was_overtaken_before_its_turn_leaves_the_others_key(
    acme: Seeded, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish, nested = rotate._publish, iter([True])

    def overtaken(new: keyset.SigningKey, at: Any) -> None:
        publish(new, at)
        if next(nested, False):
            rotate.rotate(os.environ["SIGNING_KEYS_SECRET"], at, force=True)

    monkeypatch.setattr(rotate, "_publish", overtaken)
    outcome = rotate.handler({"force": True}, None)
    assert not outcome["rotated"]
    assert outcome["current"] == secret().current
    clock.advance(seconds=61)
    assert opens(acme, acme.login()["access_token"])


def test_public_keys_that_the_table_lost_come_back(acme: Seeded, clock: StoppedClock) -> None:
    token = acme.login()["access_token"]
    IdentityItem(*PUBLIC_KEYS).delete()
    clock.advance(seconds=60)
    assert not opens(acme, token)
    rotate.handler({}, None)
    assert opens(acme, token)


def test_the_grace_is_longer_than_the_longest_token_and_the_signers_memory() -> None:
    longest = Settings.read({"SIGNING_KEYS_SECRET": "x", "LOGIN_TOKEN_SECONDS": "86400"})
    assert longest.login_token_lifetime + timedelta(seconds=CACHE_S) < keyset.GRACE


def _recording(seen: list[str | None]) -> Any:
    put = clients.secretsmanager().put_secret_value

    def recorded(**arguments: Any) -> Any:
        seen.append(Keyset.parse(arguments["SecretString"]).current)
        return put(**arguments)

    return recorded
