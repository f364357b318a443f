from typing import Any

import pytest

from support.lambdas import Caller
from support.log import events_of
from support.stopped_clock import StoppedClock
from support.tenants import make_key

from .conftest import Seeded

USERS = "/api/v1/users"
PASSWORD = "a long password"


def create(admin: Caller, username: str = "anna", **changes: Any) -> dict[str, Any]:
    body = {"username": username, "password": PASSWORD, "role": "viewer"} | changes
    made: dict[str, Any] = admin.post(USERS, body).expect(201).data
    return made


def log_in(acme: Seeded, username: str = "anna", password: str = PASSWORD) -> Caller:
    reply = acme.anybody.post("/api/v2/auth/login", {"username": username, "password": password}).expect(200)
    return acme.anybody.using(reply.json()["access_token"])


def test_a_new_user_logs_in_with_its_roles(acme: Seeded) -> None:
    made = create(acme.admin)
    assert made | {"created_at": ""} == {
        "username": "anna", "roles": ["viewer"], "scopes": [], "status": "active", "created_at": "",
        "created_by": made["created_by"], "expires_at": None, "subject": made["subject"],
    }  # fmt: skip
    anna = log_in(acme)
    assert anna.get(f"{USERS}/anna").expect(200).data == made
    anna.get(USERS).expect(403)
    anna.get(f"{USERS}/admin").expect(403)
    anna.post(USERS, {"username": "eve", "password": PASSWORD, "role": "viewer"}).expect(403)
    anna.delete(f"{USERS}/anna").expect(403)
    assert PASSWORD not in repr(events_of("acme"))


def test_events_name_a_user_by_what_only_the_identity_table_can_resolve(acme: Seeded) -> None:
    made = create(acme.admin)
    log_in(acme).put(f"{USERS}/anna", {"password": "an even longer password", "current_password": PASSWORD}).expect(200)
    told = events_of("acme")
    assert "anna" not in repr(told)
    assert {event.type for event in told if event.resource == made["subject"]} == {"user.created", "user.updated"}


def test_a_user_name_is_taken_over_all_tenants(acme: Seeded, other: Seeded) -> None:
    create(acme.admin)
    body = {"username": "anna", "password": PASSWORD, "role": "viewer"}
    assert acme.admin.post(USERS, body).expect(409).json()["error"]["code"] == "CONFLICT"
    other.admin.post(USERS, body).expect(409)
    other.admin.get(f"{USERS}/anna").expect(404)
    assert other.admin.get(USERS).expect(200).data["total"] == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"password": "short"}, "password"),
        ({"password": "anna.anna.anna", "username": "anna.anna.anna"}, "password"),
        ({"password": "x" * 129}, "password"),
        ({"password": 12345678901234}, "password"),
        ({"username": "anna@example.com"}, "username"),
        ({"role": "root"}, "roles.0"),
        ({"email": "anna@example.com"}, "email"),
    ],
)
def test_a_malformed_user_is_refused_by_field(acme: Seeded, wrong: dict[str, Any], field: str) -> None:
    body = {"username": "anna", "password": PASSWORD, "role": "viewer"} | wrong
    details = acme.admin.post(USERS, body).expect(400).json()["error"]["details"]
    assert details["field"] == field
    assert acme.admin.get(USERS).expect(200).data["total"] == 1


def test_everybody_changes_their_own_password_with_the_present_one(acme: Seeded) -> None:
    create(acme.admin)
    anna, new = log_in(acme), "an even longer password"
    anna.put(f"{USERS}/anna", {"password": new}).expect(403)
    anna.put(f"{USERS}/anna", {"password": new, "current_password": "wrong"}).expect(403)
    anna.put(f"{USERS}/anna", {"password": "short", "current_password": PASSWORD}).expect(400)
    anna.put(f"{USERS}/anna", {"password": new, "current_password": PASSWORD, "roles": ["admin"]}).expect(403)
    anna.put(f"{USERS}/admin", {"password": new, "current_password": PASSWORD}).expect(403)
    anna.put(f"{USERS}/anna", {"password": new, "current_password": PASSWORD}).expect(200)
    acme.anybody.post("/api/v2/auth/login", {"username": "anna", "password": PASSWORD}).expect(401)
    log_in(acme, password=new)
    [event] = events_of("acme", "user.updated")
    assert (event.actor, event.data) == (acme.subject_of("anna"), {"changed": ["password"]})


def test_the_present_password_cannot_be_guessed_from_an_open_session(acme: Seeded) -> None:
    create(acme.admin)
    anna = log_in(acme)
    change = {"password": "an even longer password", "current_password": "wrong"}
    for _ in range(9):
        anna.put(f"{USERS}/anna", change).expect(403)
    anna.put(f"{USERS}/anna", change).expect(429)


def test_an_administrator_changes_roles_and_passwords_of_others(acme: Seeded, clock: StoppedClock) -> None:
    create(acme.admin)
    anna = log_in(acme)
    anna.get("/api/v1/keys").expect(403)
    changed = acme.admin.put(f"{USERS}/anna", {"roles": ["admin"]}).expect(200).data
    assert changed["roles"] == ["admin"]
    clock.advance(seconds=60)
    anna.get("/api/v1/keys").expect(200)
    acme.admin.put(f"{USERS}/anna", {"password": "given by the admin"}).expect(200)
    clock.advance(seconds=60)
    anna.get("/api/v1/keys").expect(401)
    log_in(acme, password="given by the admin")


def test_a_deactivated_user_is_activated_again_with_no_old_session(acme: Seeded, clock: StoppedClock) -> None:
    create(acme.admin)
    anna = log_in(acme)
    acme.admin.delete(f"{USERS}/anna").expect(200)
    acme.admin.delete(f"{USERS}/anna").expect(200)
    assert len(events_of("acme", "user.deactivated")) == 1
    acme.admin.put(f"{USERS}/anna", {"status": "active"}).expect(200)
    clock.advance(seconds=60)
    anna.get(f"{USERS}/anna").expect(401)
    log_in(acme).get(f"{USERS}/anna").expect(200)
    acme.admin.put(f"{USERS}/anna", {"status": "revoked"}).expect(200)
    assert len(events_of("acme", "user.deactivated")) == 2


def test_a_change_of_nothing_changes_nothing(acme: Seeded) -> None:
    create(acme.admin)
    acme.admin.put(f"{USERS}/anna", {}).expect(200)
    acme.admin.put(f"{USERS}/anna", {"status": "active"}).expect(200)
    assert events_of("acme", "user.updated") == []


def test_whoever_sets_a_password_needs_all_rights_of_its_user(acme: Seeded) -> None:
    narrow = acme.anybody.using(make_key("acme", "admin", scopes=("identity:*",)))
    narrow.put(f"{USERS}/admin", {"password": "taken over by me"}).expect(403)
    narrow.put(f"{USERS}/admin", {"roles": ["viewer"]}).expect(403)


def test_users_are_listed_by_name(acme: Seeded) -> None:
    for username in ("carl", "berta", "dora"):
        create(acme.admin, username)
    page = acme.admin.get(USERS, query={"limit": 2}).expect(200).data
    assert [item["username"] for item in page["items"]] == ["admin", "berta"]
    rest = acme.admin.get(USERS, query={"cursor": page["next_cursor"]}).expect(200).data
    assert [item["username"] for item in rest["items"]] == ["carl", "dora"]
    assert rest["next_cursor"] is None
    assert rest["total"] == 4


def test_a_repeated_creation_is_answered_again(acme: Seeded) -> None:
    body, header = {"username": "anna", "password": PASSWORD, "role": "viewer"}, {"Idempotency-Key": "k1"}
    first = acme.admin.post(USERS, body, headers=header).expect(201)
    assert acme.admin.post(USERS, body, headers=header).expect(201).text == first.text


def test_a_refused_creation_frees_its_idempotency_key(acme: Seeded) -> None:
    header = {"Idempotency-Key": "k1"}
    acme.admin.post(USERS, {"username": "anna", "password": "short", "role": "viewer"}, headers=header).expect(400)
    acme.admin.post(USERS, {"username": "anna", "password": PASSWORD, "role": "viewer"}, headers=header).expect(201)
