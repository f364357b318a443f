from typing import Any

import pytest
from pydantic import ValidationError

from identity import bootstrap, bootstrap_store
from pentarch.identity.errors import NameTakenError
from pentarch.identity.store import TENANT_KEY, IdentityItem, to_tenant
from pentarch.platform.errors import ConflictError, NotFoundError
from support.lambdas import Caller
from support.log import events_of
from support.stopped_clock import StoppedClock

from .conftest import Seeded, seed

FIRST_EVENTS = ["client.created", "key.created", "key.created", "tenant.created", "user.created"]


def run(**order: Any) -> dict[str, Any]:
    return bootstrap.handler({"tenant": "acme"} | order, None)


def test_the_first_run_makes_a_tenant_that_works(acme: Seeded) -> None:
    acme.admin.get("/api/v1/keys").expect(200)
    acme.developer.get("/api/v1/keys").expect(403)
    acme.login()
    since = ("access.denied", "session.opened")
    assert sorted(event.type for event in events_of("acme") if event.type not in since) == FIRST_EVENTS
    assert {event.actor for event in events_of("acme", "key.created")} == {"system:bootstrap"}
    listed = acme.admin.get("/api/v1/keys").data
    assert (listed["total"], len(listed["items"])) == (2, 2)


def test_no_secret_is_in_the_tables(acme: Seeded) -> None:
    stored = repr([item.attribute_values for item in IdentityItem.scan()]) + repr(events_of("acme"))
    secrets = [
        acme.password,
        acme.client_secret,
        *(key.rpartition("_")[2] for key in (acme.api_key, acme.user_api_key)),
    ]
    assert not any(secret in stored for secret in secrets)


def test_a_later_run_leaves_the_tenant_alone(acme: Seeded) -> None:
    before = len(events_of("acme"))
    order = {"tier": "enterprise", "requests_per_hour": 10_000, "monthly_budget_usd": None}
    assert run(admin={"username": "admin"}, **order) == {"tenant": "acme", "already": True}
    assert run() == {"tenant": "acme", "already": True}
    assert len(events_of("acme")) == before
    acme.login()


def test_a_later_run_may_change_what_is_booked(acme: Seeded) -> None:
    assert run(tier="free", monthly_budget_usd=12.5) == {"tenant": "acme", "already": True, "updated": True}
    tenant = to_tenant(IdentityItem.get("acme", TENANT_KEY))
    assert (tenant.tier, tenant.requests_per_hour, tenant.monthly_budget_nano_usd) == ("free", 100, 12_500_000_000)
    assert [event.data["tier"] for event in events_of("acme", "tenant.updated")] == ["free"]
    acme.login()


def test_a_reset_issues_everything_anew_and_revokes_the_former(
    acme: Seeded, clock: StoppedClock, anybody: Caller
) -> None:
    mine = acme.admin.post("/api/v1/keys", {"name": "kept", "role": "admin"}).expect(201).data["key"]
    token = acme.login()["access_token"]
    fresh = Seeded(**run(reset_credentials=True), anybody=anybody)
    clock.advance(seconds=60)
    for former in (acme.api_key, acme.user_api_key, token):
        anybody.using(former).get("/api/v1/users/admin").expect(401)
    body = {"username": "admin", "password": acme.password}
    anybody.post("/api/v2/auth/login", body).expect(401)
    form = {"grant_type": "client_credentials", "client_id": acme.client_id, "client_secret": acme.client_secret}
    anybody.post("/oauth2/v2.0/token", form=form).expect(401)
    form = {"grant_type": "client_credentials", "client_id": fresh.client_id, "client_secret": fresh.client_secret}
    anybody.post("/oauth2/v2.0/token", form=form).expect(200)
    fresh.login()
    fresh.admin.get("/api/v1/keys").expect(200)
    anybody.using(mine).get("/api/v1/keys").expect(200)
    assert fresh.admin.get("/api/v1/keys").data["total"] == 5
    assert len(events_of("acme", "key.revoked")) == 2


def test_a_reset_brings_a_deactivated_administrator_back(acme: Seeded, anybody: Caller) -> None:
    acme.admin.delete("/api/v1/users/admin").expect(200)
    acme.admin.delete(f"/api/v1/keys/{acme.api_key.split('_')[2]}").expect(200)
    Seeded(**run(reset_credentials=True), anybody=anybody).login()


def test_resets_follow_one_another(acme: Seeded, anybody: Caller) -> None:
    for _ in range(3):
        last = Seeded(**run(reset_credentials=True), anybody=anybody)
        last.login()
    active = [item for item in last.admin.get("/api/v1/keys").data["items"] if item["status"] == "active"]
    assert len(active) == 2
    assert acme.username == last.username


def test_of_two_resets_at_once_one_fails_and_changes_nothing(acme: Seeded, monkeypatch: pytest.MonkeyPatch) -> None:
    read, nested = bootstrap_store.read, iter([True])

    def overtaken(tenant: str) -> Any:
        found = read(tenant)
        if next(nested, False):
            run(reset_credentials=True)
        return found

    monkeypatch.setattr(bootstrap_store, "read", overtaken)
    with pytest.raises(ConflictError):
        run(reset_credentials=True)
    assert len(events_of("acme", "client.created")) == 2
    assert acme.tenant == "acme"


def test_a_user_name_of_another_tenant_is_refused_and_nothing_is_made(acme: Seeded) -> None:
    with pytest.raises(NameTakenError, match="admin is taken"):
        run(tenant="other")
    assert events_of("other") == []
    assert list(IdentityItem.query("other")) == []
    assert acme.username == "admin"


def test_a_reset_keeps_the_administrators_name(acme: Seeded) -> None:
    with pytest.raises(ConflictError, match=acme.username):
        run(admin={"username": "root"}, reset_credentials=True)


def test_there_is_nothing_to_reset_of_an_unknown_tenant(anybody: Caller) -> None:
    with pytest.raises(NotFoundError):
        run(tenant="nowhere", reset_credentials=True)
    seed(anybody, "nowhere", "somebody").login()


@pytest.mark.parametrize(
    "wrong",
    [
        {"tenant": "@pentarch"},
        {"tenant": "Acme"},
        {"tenant": "a_b"},
        {"tier": "gold"},
        {"requests_per_hour": 0},
        {"monthly_budget_usd": -1},
        {"admin": {"username": "a@b.example"}},
        {"reset": True},
    ],
)
def test_a_malformed_order_is_refused(anybody: Caller, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        run(**wrong)
    assert anybody.get("/api/v1/keys").status == 401
