"""What the functions serve: the applications of all endpoint groups, and their routes with who may call them."""

import importlib
from collections.abc import Iterator
from pathlib import Path

from fastapi import FastAPI
from fastapi.routing import APIRoute

from pentarch.web.routes import GovernedRoute

FUNCTIONS = Path(__file__).parents[2] / "functions"
_ENTRY_POINTS = ("api.py", "inference.py")
"""The files of a slice that answer HTTP."""


def applications() -> list[FastAPI]:
    """Every application, in the order of the slices' names."""
    found = []
    for file in sorted(path for name in _ENTRY_POINTS for path in FUNCTIONS.glob(f"*/{name}")):
        module = importlib.import_module(f"{file.parent.name}.{file.stem}")
        app = getattr(module, "app", None) or (module.make_app() if hasattr(module, "make_app") else None)
        if isinstance(app, FastAPI):
            found.append(app)
    return found


def governed(apps: list[FastAPI]) -> dict[tuple[str, str], GovernedRoute]:
    """The routes by method and path as the document writes it."""
    return {
        (method, route.path_format): route
        for route in _routes(apps)
        if route.include_in_schema
        for method in route.methods or ()
    }


def _routes(apps: list[FastAPI]) -> Iterator[GovernedRoute]:
    for app in apps:
        for route in app.routes:
            if isinstance(route, APIRoute):
                if not isinstance(route, GovernedRoute):
                    msg = f"{route.path} says not who may call it"
                    raise TypeError(msg)
                yield route
