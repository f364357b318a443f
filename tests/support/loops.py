"""Coroutines in tests, on a thread of their own: `asyncio.run` takes away the loop that Mangum asks its thread for."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    with ThreadPoolExecutor(1) as elsewhere:
        return elsewhere.submit(asyncio.run, work).result()


def call_elsewhere(handler: Callable[[dict[str, Any], Any], dict[str, Any]], event: dict[str, Any]) -> dict[str, Any]:
    """What a handler answers on a thread of its own, as in a process of its own: a loop runs in the one that asks."""

    def answer() -> dict[str, Any]:
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        try:
            return handler(event, None)
        finally:
            loop.close()

    with ThreadPoolExecutor(1) as elsewhere:
        return elsewhere.submit(answer).result()
