"""From the event log to open connections: all of it, in order, once."""

import itertools
import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from live import connections, feed, rooms, telling
from live.table import FEED_DAYS, EventRow, feed_partition, number_key
from support.live_stack import GONE, QUEUE, Client, LiveStack, message_of

NAMES = itertools.count()


def test_a_connection_is_told_of_a_run_from_its_start_to_its_end(stack: LiveStack, key: str) -> None:
    socket = stack.opened(key)
    stack.run()
    assert socket.messages == [{"event": "live.ready", "data": {"last": 0}}]

    stack.happen(*stack.steps("acme", "s1", 4))
    stack.run()

    names = [event["event"] for event in socket.events]
    assert names == ["session.started", "agent.progress", "agent.progress", "session.complete"]
    assert socket.numbers == [1, 2, 3, 4]
    assert socket.events[0]["data"] == {"session_id": "s1", "skill": "spec"}


def test_a_client_that_comes_back_is_told_the_rest(stack: LiveStack, key: str) -> None:
    first = stack.opened(key)
    stack.run()
    stack.happen(*stack.steps("acme", "s1", 3))
    stack.run()
    stack.drop(first)
    stack.happen(*stack.steps("acme", "s2", 3))
    stack.run()
    second = stack.opened(key, last=first.numbers[-1])
    stack.happen(*stack.steps("acme", "s3", 3))
    stack.run()
    assert first.numbers == [1, 2, 3]
    assert second.messages[0] == {"event": "live.ready", "data": {"last": 3}}
    assert second.numbers == [4, 5, 6, 7, 8, 9]


def test_nobody_is_told_of_another_tenants_events(stack: LiveStack, key: str) -> None:
    other = stack.opened(stack.tenant("other"))
    mine = stack.opened(key)
    stack.happen(*stack.steps("acme", "s1", 2))
    stack.run()
    assert mine.numbers == [1, 2]
    assert other.events == []


@settings(max_examples=2)
@given(seed=st.integers(0, 2**32))
def test_a_client_that_loses_its_connection_every_few_events_has_the_whole_ordered_single_list(
    seed: int, request: pytest.FixtureRequest
) -> None:
    """Whatever is repeated, reordered, lost on the way or thrown back by the gateway."""
    stack: LiveStack = request.getfixturevalue("stack")
    tenant, chance = f"t{next(NAMES)}", random.Random(seed)  # noqa: S311 (no secret)
    client = Client(stack, stack.tenant(tenant))
    client.catch_up()
    answers = [None] * 12 + ["LimitExceededException", "lost", "InternalServerException"]
    stack.gateway.refuse = lambda _: chance.choice(answers)
    runs = [stack.steps(tenant, f"s{number}", chance.randint(2, 5)) for number in range(2)]
    written = [event for events in itertools.zip_longest(*runs) for event in events if event]
    for event in written:
        stack.happen(event)
        for _ in range(chance.randint(0, 2)):
            stack.step()
        if chance.random() < 0.2:
            stack.send(QUEUE, message_of(tenant, chance.sample(written, 2)))
        client.read(chance.randint(0, 4))
        if chance.random() < 0.3:
            client.drop(told=chance.random() < 0.5)
    stack.gateway.refuse = lambda _: None
    client.catch_up()
    stack.send(QUEUE, message_of(tenant, written))
    client.catch_up()

    assert client.numbers == list(range(1, len(written) + 1))
    assert client.resyncs == 0
    for run in runs:
        mine = [event["id"] for event in client.seen if event["data"]["session_id"] == run[0].resource]
        assert mine == [event.id for event in run]


def test_killed_after_any_call_the_worker_leaves_every_client_with_the_same_list(stack: LiveStack) -> None:
    for after in range(1, 60):
        tenant = f"t{after}"
        key = stack.tenant(tenant)
        clients = [Client(stack, key) for _ in range(2)]
        for client in clients:
            client.catch_up()
        run = stack.happen(*stack.steps(tenant, "s1", 4))
        death = stack.kill("live", after=after)
        for client in clients:
            client.catch_up()
        assert [client.numbers for client in clients] == [[1, 2, 3, 4]] * 2, f"killed at {death.last_call}"
        assert [event["id"] for event in clients[0].seen] == [event.id for event in run]
        if not death.happened:
            assert after > 20
            return
    pytest.fail("the worker makes more calls than were tried")


def test_where_an_answer_was_lost_the_connection_is_closed_and_nothing_is_sent_again(
    stack: LiveStack, key: str
) -> None:
    client, socket = Client(stack, key), stack.opened(key)
    client.catch_up()
    stack.happen(*stack.steps("acme", "s1", 3))
    stack.gateway.refuse = lambda found: "lost" if found is socket and len(socket.events) == 1 else None
    client.catch_up()
    assert not socket.open
    assert socket.numbers == [1, 2]  # the second one arrived, and its answer did not
    assert client.numbers == [1, 2, 3]


def test_a_throttled_connection_gets_what_is_left_later_and_once(stack: LiveStack, key: str) -> None:
    socket = stack.opened(key)
    stack.run()
    stack.happen(*stack.steps("acme", "s1", 4))
    throttled = itertools.chain([None, None], ["LimitExceededException"] * 6, itertools.repeat(None))
    stack.gateway.refuse = lambda _: next(throttled)
    stack.run()
    assert socket.numbers == [1, 2, 3, 4]


def test_dead_connections_are_dropped_and_their_room_is_closed(stack: LiveStack, key: str) -> None:
    socket = stack.opened(key)
    stack.run()
    stack.clock.advance(minutes=1)
    stack.drop(socket, told=False)
    stack.happen(*stack.steps("acme", "s1", 1))
    stack.run()
    assert connections.get(socket.id) is None
    stack.happen(*stack.steps("acme", "s2", 1))
    stack.run()
    assert rooms.of_tenant("acme") == []

    before = len(stack.gateway.calls)
    stack.happen(*stack.steps("acme", "s3", 1))
    stack.run()
    assert "PostToConnection" not in stack.gateway.calls[before:]


def test_a_connection_that_the_gateway_does_not_know_yet_is_tried_again(stack: LiveStack, key: str) -> None:
    socket = stack.opened(key)
    answers = itertools.chain([GONE, GONE], itertools.repeat(None))
    stack.gateway.refuse = lambda _: next(answers)
    stack.happen(*stack.steps("acme", "s1", 2))
    stack.run()
    assert socket.named("live.ready") == [{"last": 0}]
    assert socket.numbers == [1, 2]


def test_a_room_that_somebody_tells_already_is_left_to_them(stack: LiveStack, key: str) -> None:
    socket = stack.opened(key)
    stack.run()
    [room] = rooms.of_tenant("acme")
    at = stack.clock.at
    lease = rooms.take("acme", room, "another", at, at)
    assert lease is not None
    stack.clock.at = at
    stack.happen(*stack.steps("acme", "s1", 1))
    with pytest.raises(rooms.BusyError):
        rooms.take("acme", room, "me", at, at)
    more = rooms.give_back(lease, {socket.id: 0}, (), at)
    assert more is not None, "whoever has the room hears that there is more"
    assert rooms.give_back(more, {socket.id: 0}, (), at) is None
    stack.run()
    assert socket.numbers == [1]


def test_a_room_whose_worker_ended_without_a_word_is_emptied(stack: LiveStack, key: str) -> None:
    client = Client(stack, key)
    client.catch_up()
    [room] = rooms.of_tenant("acme")
    rooms.take("acme", room, "dead", stack.clock.at, stack.clock.at)
    stack.clock.advance(seconds=1)
    stack.happen(*stack.steps("acme", "s1", 2))
    client.catch_up()
    assert client.numbers == [1, 2]
    assert "DeleteConnection" in stack.gateway.calls


def test_whoever_comes_back_too_late_is_told_what_is_missing(stack: LiveStack, key: str) -> None:
    stack.happen(*stack.steps("acme", "s1", 3))
    stack.run()
    stack.clock.advance(days=FEED_DAYS - 1)
    stack.happen(*stack.steps("acme", "s2", 2))
    stack.run()
    stack.clock.advance(days=1, hours=1)
    socket = stack.opened(key, last=1)
    stack.run()
    assert socket.messages[:2] == [
        {"event": "live.ready", "data": {"last": 1}},
        {"event": "live.resync", "data": {"last": 1, "next": 4}},
    ]
    assert socket.numbers == [4, 5]


def test_where_nothing_is_left_of_the_feed_one_begins_at_its_end(stack: LiveStack, key: str) -> None:
    stack.happen(*stack.steps("acme", "s1", 3))
    stack.run()
    stack.clock.advance(days=FEED_DAYS, hours=1)
    socket = stack.opened(key, last=1)
    stack.run()
    assert socket.messages == [
        {"event": "live.ready", "data": {"last": 3}},
        {"event": "live.resync", "data": {"last": 1, "next": 4}},
    ]
    stack.happen(*stack.steps("acme", "s2", 1))
    stack.run()
    assert socket.numbers == [4]


def test_a_number_that_was_never_given_begins_at_the_end(stack: LiveStack, key: str) -> None:
    socket = stack.opened(key, last=1_000)
    stack.run()
    assert socket.named("live.resync") == [{"last": 1_000, "next": 1}]


def test_what_a_transaction_has_written_in_part_is_not_told_past(
    stack: LiveStack, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    socket = stack.opened(key)
    stack.run()
    stack.happen(*stack.steps("acme", "s1", 3))
    place = (feed_partition("acme"), number_key(2))
    hidden: list[EventRow] = []

    ask = telling.ask

    def ask_while_the_second_is_hidden(tenant: str, names: list[str]) -> None:
        if feed.head(tenant) == 3:
            hidden.append(EventRow.get(*place))
            hidden[0].delete()
        ask(tenant, names)

    monkeypatch.setattr(telling, "ask", ask_while_the_second_is_hidden)
    stack.run()
    monkeypatch.setattr(telling, "ask", ask)
    assert socket.numbers == [1]
    hidden[0].save()
    telling.ask("acme", rooms.of_tenant("acme"))
    stack.run()
    assert socket.numbers == [1, 2, 3]


def test_a_client_may_ask_to_be_told_again(stack: LiveStack, key: str) -> None:
    socket = stack.opened(key)
    stack.happen(*stack.steps("acme", "s1", 3))
    stack.run()
    assert socket.numbers in ([1, 2, 3], [])
    before = len(socket.texts)
    stack.say(socket, action="resume", last=1)
    stack.run()
    assert [json.loads(text).get("seq") for text in socket.texts[before:]] == [None, 2, 3]
