"""The template's route table against what the functions serve."""

import importlib

import pytest
from fastapi.routing import APIRoute

from pentarch.web.access import access_of
from support.template import resources, routes

EDGE = "EdgeFunction"
ROUTED = sorted({route.function for route in routes()} - {EDGE})
UNLISTED = {("GET", "/ready")}
"""What the Lambda Web Adapter asks inside the function; nobody else reaches it."""


@pytest.mark.parametrize("function", ROUTED)
def test_the_template_lists_what_a_function_serves_and_nothing_else(function: str) -> None:
    listed = {(route.method, route.path) for route in routes() if route.function == function}
    served = {
        (method, route.path.replace(":path}", "+}"))  # Starlette's greedy parameter, and API Gateway's
        for route in _served(function)
        for method in route.methods or ()
    }
    assert {place for place in listed if place[0] != "OPTIONS"} == served - UNLISTED


@pytest.mark.parametrize("function", ROUTED)
def test_requests_of_ai_semble_are_limited_by_the_tiers_hour_alone(function: str) -> None:
    """Its reference knows no other limit, so a reply that told of a minute would not be what its clients expect."""
    limited = [
        route.path
        for route in _served(function)
        if route.path.startswith("/api/v2/") and access_of(route.endpoint).bucket
    ]
    assert limited == []


def _served(function: str) -> list[APIRoute]:
    module = importlib.import_module(_module(function))
    app = module.app if hasattr(module, "app") else module.make_app()
    return [route for route in app.routes if isinstance(route, APIRoute)]


def _module(function: str) -> str:
    handler = resources()[function]["Properties"]["Handler"]
    if isinstance(handler, dict):  # where tokens stream, a web server takes the handler's place
        handler = handler["Fn::If"][2]
    return str(handler).rpartition(".")[0]
