"""Rules that hold for every route of the API."""

import pytest
from fastapi.routing import APIRoute

from configurations.routes import collection, records, steps
from pentarch.web.access import access_of
from support.configurations import PATH
from support.lambdas import Caller

ROUTES = [
    (method, route)
    for router in (collection.router, records.router, steps.router)
    for route in router.routes
    if isinstance(route, APIRoute)
    for method in sorted(route.methods or ())
]


def test_a_stranger_gets_a_401(api: Caller) -> None:
    stranger = Caller(api.handler, {})
    for method, route in ROUTES:
        reply = stranger.send(method, route.path.replace("{version}", "1"), raw="{").expect(401)
        assert reply.json()["error"]["code"] == "AUTHENTICATION_ERROR"


def test_what_changes_something_needs_the_scope_to_write() -> None:
    judged = f"{PATH}/validate"
    for method, route in ROUTES:
        reads = method == "GET" or route.path == judged
        assert access_of(route.endpoint).scope == ("configurations:read" if reads else "configurations:write")


@pytest.mark.parametrize("depth", [400, 5_000])
def test_what_is_nested_without_end_is_refused(api: Caller, depth: int) -> None:
    nested = '{"a":' * depth + "1" + "}" * depth
    body = f'{{"config_type": "policy", "name": "deep", "value": {nested}}}'
    assert api.post(PATH, raw=body).status in (201, 400)
    assert api.post(f"{PATH}/validate", raw=body).status in (200, 400)
