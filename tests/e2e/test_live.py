"""Live events on the deployed stack: through the log's stream, the queue, and a real gateway's connections."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from local.target import Target
from pentarch.events import store
from pentarch.platform import clients
from support import loops
from support.deployed import api, new_tenant, resource
from support.live_stack import complete, progress, started

STEPS = 12
EVERY = 3
"""Events after which the client loses its connection."""


@pytest.fixture
def log(stack: Target, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The deployed event log, to write to as its slices do."""
    for name, value in {
        "AWS_ENDPOINT_URL": str(stack["endpoint_url"]),
        "AWS_REGION": str(stack["region"]),
        "AWS_DEFAULT_REGION": str(stack["region"]),
        "AWS_ACCESS_KEY_ID": "000000000000",
        "AWS_SECRET_ACCESS_KEY": "test",
        "EVENTS_TABLE": resource(stack, "EventsTable"),
    }.items():
        monkeypatch.setenv(name, value)
    clients.forget()
    yield
    clients.forget()


async def _write(tenant: str, session: str) -> None:
    await asyncio.to_thread(store.append, started(tenant, session))
    for step in range(1, STEPS + 1):
        await asyncio.sleep(0.05)
        await asyncio.to_thread(store.append, progress(tenant, session, step / (STEPS + 1)))
    await asyncio.sleep(0.05)
    await asyncio.to_thread(store.append, complete(tenant, session))


async def _listen(address: str, key: str, ready: asyncio.Event) -> tuple[list[dict[str, Any]], int]:
    """What a client sees that loses its connection every few events, and how often it did."""
    seen: list[dict[str, Any]] = []
    last: int | None = None
    drops = 0
    while True:
        query = "" if last is None else f"?last={last}"
        async with connect(address + query, additional_headers={"X-API-Key": key}) as socket:
            try:
                async for text in socket:
                    message = json.loads(text)
                    if message["event"] == "live.ready":
                        last = message["data"]["last"] if last is None else last
                        ready.set()
                    if "seq" not in message:
                        continue
                    seen.append(message)
                    last = message["seq"]
                    if message["event"] == "session.complete":
                        return seen, drops
                    if len(seen) % EVERY == 0:
                        drops += 1
                        socket.transport.abort()  # no farewell: the gateway is left to find out
                        break
            except ConnectionClosed:
                continue


@pytest.mark.usefixtures("log")
def test_a_client_that_loses_its_connection_every_few_events_has_the_whole_ordered_single_list(stack: Target) -> None:
    made = new_tenant(stack, "live")
    tenant, key = made["tenant"], made["api_key"]

    async def run() -> tuple[list[dict[str, Any]], int]:
        ready = asyncio.Event()
        listening = asyncio.create_task(_listen(str(stack["websocket_url"]), key, ready))
        await asyncio.wait_for(ready.wait(), 30)
        await _write(tenant, "s1")
        return await asyncio.wait_for(listening, 90)

    seen, drops = loops.run(run())
    assert [event["seq"] for event in seen] == list(range(1, STEPS + 3))
    assert drops >= STEPS // EVERY
    shares = [event["data"]["progress"] for event in seen if event["event"] == "agent.progress"]
    assert shares == sorted(shares)
    assert len(set(shares)) == STEPS
    assert [seen[0]["event"], seen[-1]["event"]] == ["session.started", "session.complete"]

    with api(stack, key) as client:
        streamed = client.get("/api/v1/sessions/s1/events", headers={"Last-Event-ID": "5"})
    assert streamed.status_code == 200, streamed.text
    numbers = [int(line.removeprefix("id: ")) for line in streamed.text.splitlines() if line.startswith("id: ")]
    assert numbers == list(range(6, STEPS + 3))


def test_the_gateway_lets_in_who_shows_a_credential_or_a_ticket_once(stack: Target) -> None:
    address = str(stack["websocket_url"])
    reply = httpx.post(
        f"{stack['base_url']}/api/v1/ws/ticket", headers={"X-API-Key": str(stack["api_key"])}, timeout=60
    )
    assert reply.status_code == 201, reply.text

    async def knock(query: str) -> str:
        async with connect(address + query) as socket:
            return str(await asyncio.wait_for(socket.recv(), 30))

    ticket = f"?ticket={reply.json()['ticket']}"
    assert json.loads(loops.run(knock(ticket)))["event"] == "live.ready"
    for query in ("", ticket):
        with pytest.raises(InvalidStatus) as refused:
            loops.run(knock(query))
        assert refused.value.response.status_code in (401, 403)
