"""Strangers, neighbours and roles: who may call what, and that nobody sees another tenant's services or traces."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.routing import APIRoute

from registry.routes import credentials, routing, services
from support.lambdas import Caller
from support.log import events_of
from support.services import register, registration_of
from support.tenants import make_key

BODIES: dict[str, Any] = {
    "/api/services/register": registration_of("one"),
    "/api/services/{service_id}": {"name": "Mine now"},
    "/api/services/{service_id}/observations": {"latency_ms": 1, "success": True},
    "/api/discover": {"capability": "chat_completion"},
    "/api/credentials/{name}": {"value": "sk-of-somebody"},
    "/api/route": {"request": {"intent": "chat_completion"}},
}


PUT_CREDENTIAL = ("PUT", "/api/credentials/{name}")
"""Makes what it names, in the caller's own tenant; see test_credentials."""


def served() -> Iterator[tuple[str, str]]:
    for router in (services.router, credentials.router, routing.router):
        for route in router.routes:
            assert isinstance(route, APIRoute)
            for method in sorted(route.methods or ()):
                yield method, route.path


@pytest.fixture
def trace_id(acme: Caller) -> str:
    register(acme, "one")
    made: str = acme.post("/api/route", BODIES["/api/route"]).expect(200).json()["trace"]["trace_id"]
    return made


def path_for(route: str, trace_id: str) -> str:
    return route.replace("{service_id}", "one").replace("{trace_id}", trace_id).replace("{name}", "acme-key")


@pytest.mark.parametrize(("method", "route"), list(served()))
def test_a_stranger_gets_a_401_whatever_the_body(anybody: Caller, method: str, route: str) -> None:
    for raw in (None, "{"):
        anybody.send(method, path_for(route, "x"), raw=raw).expect(401)


@pytest.mark.parametrize(("method", "route"), [pair for pair in served() if "{" in pair[1] and pair != PUT_CREDENTIAL])
def test_a_neighbour_finds_nothing_and_changes_nothing(
    acme: Caller, other: Caller, trace_id: str, method: str, route: str
) -> None:
    before = len(events_of("acme"))
    other.send(method, path_for(route, trace_id), json=BODIES.get(route)).expect(404)
    assert len(events_of("acme")) == before
    acme.get("/api/services/one").expect(200)


@pytest.mark.usefixtures("trace_id")
def test_a_neighbours_lists_and_searches_are_empty(other: Caller) -> None:
    assert other.get("/api/services").json() == {"services": [], "total": 0, "next_cursor": None}
    assert other.get("/api/traces").json()["traces"] == []
    assert other.get("/api/traces", query={"service_id": "one"}).json()["traces"] == []
    assert other.post("/api/discover", BODIES["/api/discover"]).json()["services"] == []
    refused = other.post("/api/route", BODIES["/api/route"]).expect(404).json()["error"]
    assert refused["code"] == "NO_MATCHING_SERVICE"
    register(other, "one")


def test_a_developer_registers_and_routes_and_a_viewer_only_looks(developer: Caller) -> None:
    viewer = developer.using(make_key("acme", "viewer"))
    register(developer, "one")
    developer.post("/api/route", BODIES["/api/route"]).expect(200)
    viewer.get("/api/services/one").expect(200)
    viewer.post("/api/discover", BODIES["/api/discover"]).expect(200)
    viewer.post("/api/route", BODIES["/api/route"]).expect(403)
    viewer.post("/api/services/register", registration_of("two")).expect(403)
    viewer.delete("/api/services/one").expect(403)


def test_the_registry_takes_a_hundred_requests_a_minute(acme: Caller) -> None:
    reply = acme.get("/api/services").expect(200)
    assert reply.headers["x-ratelimit-limit"] == "100"
