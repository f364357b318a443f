from datetime import timedelta
from typing import Any

import pytest

from pentarch.identity.model import Kind
from pentarch.identity.store import IdentityItem, principal_key
from pentarch.web.idempotency import IdempotencyItem
from support.lambdas import Caller
from support.log import events_of
from support.stopped_clock import StoppedClock
from support.tenants import make_key, make_tenant

from .conftest import Seeded

KEYS = "/api/v1/keys"


def create(admin: Caller, **changes: Any) -> dict[str, Any]:
    made: dict[str, Any] = admin.post(KEYS, {"name": "ci", "role": "developer"} | changes).expect(201).data
    return made


def test_a_key_is_shown_once_and_works_at_once(acme: Seeded) -> None:
    made = create(acme.admin, scopes=["llm:*", "agents:read"])
    assert made["key"].startswith(f"pk_acme_{made['id']}_")
    seen = acme.anybody.using(made["key"]).get(f"{KEYS}/{made['id']}").expect(200).data
    assert seen == {name: value for name, value in made.items() if name != "key"}
    assert seen["scopes"] == ["llm:*", "agents:read"]
    stored = IdentityItem.get("acme", principal_key(Kind.KEY, made["id"]))
    assert made["key"].rpartition("_")[2] not in repr(stored.attribute_values)
    event = events_of("acme", "key.created")[-1]
    assert any(event.resource == f"key:{made['id']}" for event in events_of("acme", "key.created"))
    assert made["key"].rpartition("_")[2] not in repr(event)


def test_a_key_works_in_either_header(acme: Seeded) -> None:
    acme.anybody.get(KEYS, headers={"X-API-Key": acme.api_key}).expect(200)
    acme.anybody.get(KEYS, headers={"x-api-key": acme.api_key}).expect(200)
    acme.anybody.get(KEYS, headers={"AUTHORIZATION": f"bearer {acme.api_key}"}).expect(200)
    acme.anybody.get(KEYS, headers={"Authorization": acme.api_key}).expect(401)


def test_a_revoked_key_is_refused_within_a_minute_everywhere(acme: Seeded, clock: StoppedClock) -> None:
    made = create(acme.admin)
    holder = acme.anybody.using(made["key"])
    holder.get(f"{KEYS}/{made['id']}").expect(200)
    acme.admin.delete(f"{KEYS}/{made['id']}").expect(200)
    acme.admin.delete(f"{KEYS}/{made['id']}").expect(200)
    clock.advance(seconds=59)
    holder.get(f"{KEYS}/{made['id']}").expect(401)
    assert acme.admin.get(f"{KEYS}/{made['id']}").expect(200).data["status"] == "revoked"
    assert len(events_of("acme", "key.revoked")) == 1


def test_a_key_ends_with_its_expiry_even_while_it_is_remembered(acme: Seeded, clock: StoppedClock) -> None:
    end = clock.at + timedelta(seconds=10)
    made = create(acme.admin, expires_at=end.isoformat())
    holder = acme.anybody.using(made["key"])
    holder.get(f"{KEYS}/{made['id']}").expect(200)
    clock.advance(seconds=10)
    holder.get(f"{KEYS}/{made['id']}").expect(401)


def test_an_expiry_in_the_past_is_refused(acme: Seeded, clock: StoppedClock) -> None:
    body = {"name": "ci", "role": "viewer", "expires_at": clock.at.isoformat()}
    assert acme.admin.post(KEYS, body).expect(400).json()["error"]["details"]["field"] == "expires_at"


def test_a_key_looks_at_itself_and_revokes_itself_and_nothing_else(acme: Seeded, clock: StoppedClock) -> None:
    made, another = create(acme.admin, role="viewer"), create(acme.admin, role="viewer")
    holder = acme.anybody.using(made["key"])
    holder.get(KEYS).expect(403)
    holder.post(KEYS, {"name": "mine", "role": "viewer"}).expect(403)
    holder.get(f"{KEYS}/{another['id']}").expect(403)
    holder.delete(f"{KEYS}/{another['id']}").expect(403)
    holder.get(f"{KEYS}/{made['id']}").expect(200)
    holder.delete(f"{KEYS}/{made['id']}").expect(200)
    clock.advance(seconds=60)
    holder.get(f"{KEYS}/{made['id']}").expect(401)


def test_a_rotated_key_keeps_its_id_and_loses_its_old_secret(acme: Seeded, clock: StoppedClock) -> None:
    made = create(acme.admin, role="viewer")
    old = acme.anybody.using(made["key"])
    fresh = old.post(f"{KEYS}/{made['id']}/rotate").expect(200).data
    assert fresh["id"] == made["id"]
    clock.advance(seconds=60)
    old.get(f"{KEYS}/{made['id']}").expect(401)
    acme.anybody.using(fresh["key"]).get(f"{KEYS}/{made['id']}").expect(200)
    acme.admin.delete(f"{KEYS}/{made['id']}").expect(200)
    acme.admin.post(f"{KEYS}/{made['id']}/rotate").expect(409)


def test_a_narrowed_administrator_hands_out_no_more_than_it_has(acme: Seeded) -> None:
    narrow = acme.anybody.using(make_key("acme", "admin", scopes=("identity:*", "llm:read")))
    narrow.post(KEYS, {"name": "ci", "role": "admin"}).expect(403)
    narrow.post(KEYS, {"name": "ci", "role": "admin", "scopes": ["llm:read"]}).expect(201)
    full = create(acme.admin, role="admin")
    narrow.post(f"{KEYS}/{full['id']}/rotate").expect(403)


def test_keys_are_listed_in_pages_newest_first(acme: Seeded) -> None:
    made = [create(acme.admin, name=f"key {number}")["id"] for number in range(5)]
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = acme.admin.get(KEYS, query={"limit": 3, **cursor}).expect(200).data
        assert page["total"] == 7
        seen += [item["id"] for item in page["items"]]
        assert all("key" not in item for item in page["items"])
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert len(seen) == len(set(seen)) == 7
    assert seen == sorted(seen, reverse=True)
    assert set(made) < set(seen)


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 101}, {"limit": "x"}, {"cursor": "a#b"}, {"cursor": ""}])
def test_a_page_out_of_bounds_is_refused(acme: Seeded, query: dict[str, Any]) -> None:
    assert acme.admin.get(KEYS, query=query).expect(400).json()["error"]["code"] == "VALIDATION_ERROR"


def test_an_unknown_key_is_not_found_and_an_endless_id_is_refused(acme: Seeded) -> None:
    assert acme.admin.get(f"{KEYS}/nowhere").expect(404).json()["error"]["code"] == "NOT_FOUND"
    acme.admin.delete(f"{KEYS}/nowhere").expect(404)
    acme.admin.get(f"{KEYS}/{'x' * 2000}").expect(400)


def test_a_repeated_request_shows_the_same_key_again_and_makes_no_other(acme: Seeded) -> None:
    body, header = {"name": "ci", "role": "viewer"}, {"Idempotency-Key": "a-random-one"}
    first = acme.admin.post(KEYS, body, headers=header).expect(201)
    again = acme.admin.post(KEYS, body, headers=header).expect(201)
    assert again.text == first.text
    assert again.headers["idempotency-replayed"] == "true"
    acme.admin.post(KEYS, body | {"name": "other"}, headers=header).expect(409)
    assert acme.admin.get(KEYS).expect(200).data["total"] == 3
    [kept] = IdempotencyItem.query("acme")
    assert first.data["key"] not in repr(kept.attribute_values)


def test_a_tenants_rate_and_budget_are_its_own(anybody: Caller) -> None:
    poor = anybody.using(make_tenant("poor", requests_per_hour=2))
    rich = anybody.using(make_tenant("rich"))
    for _ in range(2):
        poor.get(KEYS).expect(200)
    refused = poor.get(KEYS).expect(429)
    assert refused.headers["x-ratelimit-remaining"] == "0"
    rich.get(KEYS).expect(200)
