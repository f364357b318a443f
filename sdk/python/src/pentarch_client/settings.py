"""Where the API is and who asks: as given, else from the environment."""

import os
from typing import NamedTuple

BASE_URL = "PENTARCH_URL"
API_KEY = "PENTARCH_API_KEY"
TOKEN = "PENTARCH_TOKEN"  # noqa: S105 (a variable's name)
WEBSOCKET_URL = "PENTARCH_WEBSOCKET_URL"

_SUFFIXES = ("/api/v1", "/api/v2")


class Address(NamedTuple):
    base_url: str
    websocket_url: str


def address(base_url: str | None, websocket_url: str | None = None) -> Address:
    """The root that all paths begin at; a base URL may name a version, as the references write it."""
    url = base_url or os.environ.get(BASE_URL)
    if not url:
        msg = f"no base URL: pass base_url, or set {BASE_URL}"
        raise ValueError(msg)
    url = url.rstrip("/")
    for suffix in _SUFFIXES:
        url = url.removesuffix(suffix)
    told = websocket_url or os.environ.get(WEBSOCKET_URL)
    return Address(url, told or f"ws{url.removeprefix('http')}/ws")


def api_key(given: str | None) -> str | None:
    return given or os.environ.get(API_KEY) or None


def token(given: str | None) -> str | None:
    return given or os.environ.get(TOKEN) or None
