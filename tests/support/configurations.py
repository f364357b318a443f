"""Configurations for tests."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import configurations.api
from pentarch.configuration import accessor
from pentarch.web.admission import Gate
from support.lambdas import Caller, Reply

PATH = "/configurations"


def slo(**changes: Any) -> dict[str, Any]:
    """The body of a configuration."""
    return {"tenant_id": "shop", "config_type": "slo", "name": "latency", "value": {"p95_ms": 500}} | changes


def create(api: Caller, **changes: Any) -> dict[str, Any]:
    made: dict[str, Any] = api.post(PATH, slo(**changes)).expect(201).json()
    return made


def configure(api: Caller, config_type: str, value: dict[str, Any], *, name: str = "ours") -> None:
    """Let a configuration of `acme` be in force at once; `api` is any function's caller for its administrator."""
    configurations.api.app.state.gate = Gate()  # the former test's remembers tenants of the same name
    settings = replace(api, handler=configurations.api.handler)
    create(settings, tenant_id="acme", config_type=config_type, name=name, value=value)
    accessor.forget()


def update(api: Caller, made: dict[str, Any], value: dict[str, Any], **more: Any) -> dict[str, Any]:
    reply = api.put(f"{PATH}/{made['config_id']}", {"value": value} | more)
    changed: dict[str, Any] = reply.expect(200).json()
    return changed


def seen(api: Caller, made: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = api.get(f"{PATH}/{made['config_id']}").expect(200).json()
    return found


def at_once(count: int, act: Callable[[int], Reply]) -> list[Reply]:
    """Each in a thread of its own, with the event loop that Lambda's main thread would have."""

    def act_alone(number: int) -> Reply:
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        try:
            return act(number)
        finally:
            asyncio.set_event_loop(None)
            loop.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(act_alone, range(count)))
