"""A session's events over HTTP: the same list, from where the client was."""

import asyncio
from collections.abc import Coroutine
from contextlib import closing
from typing import Any

import pytest

from live import api, streaming
from live.table import FEED_DAYS
from pentarch.web.admission import Gate
from support.lambdas import Caller
from support.live_stack import LiveStack

PATH = "/api/v1/sessions/s1/events"


@pytest.fixture
def http(key: str, monkeypatch: pytest.MonkeyPatch) -> Caller:
    monkeypatch.setattr(streaming, "HELD_S", 0.0)
    monkeypatch.setattr(streaming, "APPEARING_S", 0.0)
    api.app.state.gate = Gate()
    return Caller(api.handler, {}).using(key)


def run(listening: Coroutine[Any, Any, list[int]]) -> list[int]:
    """In a loop of its own, as the adapter's is left alone."""
    with closing(asyncio.new_event_loop()) as loop:
        return loop.run_until_complete(listening)


def ids(text: str) -> list[int]:
    return [int(line.removeprefix("id: ")) for line in text.splitlines() if line.startswith("id: ")]


def test_a_session_is_told_from_its_beginning(stack: LiveStack, http: Caller) -> None:
    stack.happen(*stack.steps("acme", "s2", 2), *stack.steps("acme", "s1", 3))
    stack.run()
    reply = http.get(PATH).expect(200)
    assert reply.headers["content-type"].startswith("text/event-stream")
    assert reply.text.startswith("retry: 1000\n\n")
    assert ids(reply.text) == [3, 4, 5]
    assert "event: agent.progress\ndata: {" in reply.text


def test_a_client_that_comes_back_with_the_last_id_gets_the_rest(stack: LiveStack, http: Caller) -> None:
    written = stack.happen(*stack.steps("acme", "s1", 7))
    stack.run()
    seen: list[int] = []
    while len(seen) < len(written):
        headers = {"Last-Event-ID": str(seen[-1])} if seen else {}
        found = ids(http.get(PATH, headers=headers).expect(200).text)
        seen += found[:2]  # the connection is lost after two
    assert seen == [1, 2, 3, 4, 5, 6, 7]


def test_with_nothing_new_the_reply_is_empty_and_in_order(stack: LiveStack, http: Caller) -> None:
    stack.happen(*stack.steps("acme", "s1", 2))
    stack.run()
    reply = http.get(PATH, headers={"Last-Event-ID": "2"}).expect(200)
    assert ids(reply.text) == []


def test_what_has_expired_is_said_to_be_missing(stack: LiveStack, http: Caller) -> None:
    stack.happen(*stack.steps("acme", "s1", 2))
    stack.run()
    stack.clock.advance(days=FEED_DAYS - 1)
    stack.happen(*stack.steps("acme", "s1", 1))
    stack.run()
    stack.clock.advance(days=1, hours=1)
    reply = http.get(PATH, query={"last": 1}).expect(200)
    assert 'event: live.resync\ndata: {"event":"live.resync","data":{"last":1,"next":3}}' in reply.text
    assert ids(reply.text) == [3]


def test_where_all_of_it_has_expired_that_is_said_and_the_session_is_still_known(
    stack: LiveStack, http: Caller
) -> None:
    stack.happen(*stack.steps("acme", "s1", 2))
    stack.run()
    stack.clock.advance(days=FEED_DAYS, hours=1)
    reply = http.get(PATH).expect(200)
    assert '"data":{"last":0,"next":3}' in reply.text
    assert ids(reply.text) == []


def test_a_session_that_is_not_there_or_anothers_is_not_found(stack: LiveStack, http: Caller) -> None:
    stack.happen(*stack.steps("other", "s1", 2))
    stack.run()
    assert http.get(PATH).expect(404).json()["error"]["code"] == "NOT_FOUND"


@pytest.mark.parametrize("last", ["x", "-1", "1" * 19])
def test_an_id_that_is_none_is_refused(http: Caller, last: str) -> None:
    assert http.get(PATH, headers={"Last-Event-ID": last}).expect(400).json()["error"]["code"] == "VALIDATION_ERROR"


def test_strangers_are_refused(http: Caller) -> None:
    assert http
    Caller(api.handler, {}).get(PATH).expect(401)


def test_where_replies_stream_one_goes_on_as_events_come(
    stack: LiveStack, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert key
    monkeypatch.setenv("LIVE_STREAMS", "on")
    monkeypatch.setattr(streaming, "_FIRST_PAUSE_S", 0.01)

    async def listen() -> list[int]:
        stack.happen(*stack.steps("acme", "s1", 1))
        stack.run()
        reply = streaming.stream("acme", "s1", 0, await streaming.find("acme", "s1"))
        seen: list[int] = []
        async for text in reply:
            seen += ids(text)
            if len(seen) == 1 and not text.startswith(":"):
                stack.happen(*stack.steps("acme", "s1", 2))
                stack.run()
            if len(seen) == 3:
                await reply.aclose()
        return seen

    assert run(listen()) == [1, 2, 3]


def test_a_held_reply_waits_for_an_event_and_ends_with_it(
    stack: LiveStack, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert key
    monkeypatch.setattr(streaming, "_FIRST_PAUSE_S", 0.01)

    async def wait() -> list[int]:
        stack.happen(*stack.steps("acme", "s1", 1))
        stack.run()
        seen: list[int] = []
        async for text in streaming.stream("acme", "s1", 1, await streaming.find("acme", "s1")):
            seen += ids(text)
            if text.startswith(":"):
                stack.happen(*stack.steps("acme", "s1", 1))
                stack.run()
        return seen

    assert run(wait()) == [2]
