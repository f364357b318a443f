"""Strangers and neighbours: nobody without a credential, and nobody of another tenant, sees or changes anything."""

from collections.abc import Iterator

import pytest
from fastapi.routing import APIRoute

from identity.routes import clients, keys, users
from pentarch.web.routes import GovernedRoute
from support.log import events_of

from .conftest import Seeded


def governed() -> Iterator[tuple[str, str]]:
    for router in (keys.router, users.router, clients.router):
        for route in router.routes:
            assert isinstance(route, GovernedRoute)
            for method in sorted(route.methods or ()):
                yield method, route.path


def path_for(route: str, owner: Seeded) -> str:
    identifier = owner.client_id if "/clients/" in route else owner.api_key.split("_")[2]
    return route.replace("{id}", identifier).replace("{username}", owner.username)


BODIES = {
    "/api/v1/keys": {"name": "x", "role": "viewer"},
    "/api/v1/clients": {"name": "x", "role": "viewer"},
    "/api/v1/users": {"username": "stranger", "password": "a long password", "role": "viewer"},
    "/api/v1/users/{username}": {"status": "revoked", "roles": ["viewer"], "password": "a long password"},
}


@pytest.mark.parametrize(("method", "route"), list(governed()))
def test_a_stranger_gets_a_401_whatever_the_body(acme: Seeded, method: str, route: str) -> None:
    path = path_for(route, acme)
    for raw in (None, "{", "[]"):
        reply = acme.anybody.send(method, path, raw=raw).expect(401)
        assert reply.json()["error"]["code"] == "AUTHENTICATION_ERROR"
        assert reply.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(("method", "route"), [pair for pair in governed() if "{" in pair[1]])
def test_a_neighbours_administrator_finds_nothing(acme: Seeded, other: Seeded, method: str, route: str) -> None:
    before = len(events_of("acme"))
    body = BODIES.get(route)
    other.admin.send(method, path_for(route, acme), json=body).expect(404)
    assert len(events_of("acme")) == before


@pytest.mark.parametrize("route", ["/api/v1/keys", "/api/v1/users", "/api/v1/clients"])
def test_a_neighbours_lists_hold_only_their_own(acme: Seeded, other: Seeded, route: str) -> None:
    mine = {str(item) for item in acme.admin.get(route).expect(200).data["items"]}
    theirs = {str(item) for item in other.admin.get(route).expect(200).data["items"]}
    assert mine
    assert theirs
    assert not mine & theirs


@pytest.mark.parametrize(("method", "route"), list(governed()))
def test_a_developer_administers_nothing(acme: Seeded, method: str, route: str) -> None:
    reply = acme.developer.send(method, path_for(route, acme), json=BODIES.get(route)).expect(403)
    assert reply.json()["error"]["details"]["required_scope"] == "identity:admin"


def test_every_route_says_who_may_call_it() -> None:
    assert all(isinstance(route, APIRoute) for route in keys.router.routes)
    assert len(list(governed())) == 14
