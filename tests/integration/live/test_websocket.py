"""Connections come, say what they want to hear, and go."""

import json
from typing import Any

import pytest

from live import api, connections
from pentarch.events.model import happened
from pentarch.web.admission import Gate
from support.lambdas import Caller
from support.live_stack import LiveStack, Socket
from support.log import events_of
from support.tenants import make_key


@pytest.fixture
def http(key: str) -> Caller:
    api.app.state.gate = Gate()
    return Caller(api.handler, {}).using(key)


def answer(stack: LiveStack, socket: Socket, **message: Any) -> dict[str, Any]:
    stack.say(socket, **message)
    reply: dict[str, Any] = json.loads(socket.texts[-1])
    return reply


@pytest.mark.parametrize("key_given", [None, "pk_acme_00000000_" + "0" * 64, "nonsense"])
def test_strangers_are_refused(stack: LiveStack, key: str, key_given: str | None) -> None:
    assert key
    status, _ = stack.connect(key_given)
    assert status == 401


def test_a_wrong_secret_is_told_to_the_owners_log(stack: LiveStack, key: str) -> None:
    stack.connect(key[:-4] + "0000")
    assert [event.data["reason"] for event in events_of("acme", "access.refused")] == ["wrong_secret"]


def test_a_ticket_lets_its_holder_in_once(stack: LiveStack, http: Caller) -> None:
    made = http.post("/api/v1/ws/ticket").expect(201).json()
    assert made["expires_in"] == 60
    status, socket = stack.connect(None, ticket=made["ticket"])
    assert status == 200
    stack.run()
    assert socket.named("live.ready") == [{"last": 0}]
    assert stack.connect(None, ticket=made["ticket"])[0] == 401


def test_a_ticket_is_good_for_a_minute(stack: LiveStack, http: Caller) -> None:
    ticket = http.post("/api/v1/ws/ticket").expect(201).json()["ticket"]
    stack.clock.advance(seconds=61)
    assert stack.connect(None, ticket=ticket)[0] == 401


@pytest.mark.parametrize("ticket", ["", "wt_acme_" + "0" * 64, "wt_other", "x" * 500])
def test_a_made_up_ticket_lets_nobody_in(stack: LiveStack, key: str, ticket: str) -> None:
    assert key
    assert stack.connect(None, ticket=ticket)[0] == 401


def test_a_ticket_gives_no_more_rights_than_its_maker_has(stack: LiveStack, key: str) -> None:
    assert key
    api.app.state.gate = Gate()
    jobs_only = Caller(api.handler, {}).using(make_key("acme", "viewer", scopes=("jobs:read",)))
    ticket = jobs_only.post("/api/v1/ws/ticket").expect(201).json()["ticket"]
    assert stack.connect(None, ticket=ticket)[0] == 403


def test_who_may_not_read_sessions_hears_none(stack: LiveStack, key: str) -> None:
    assert key
    status, _ = stack.connect(make_key("acme", "viewer", scopes=("jobs:read",)))
    assert status == 403
    assert events_of("acme", "access.denied") == []


@pytest.mark.parametrize(
    "query", [{"last": "-1"}, {"last": "x"}, {"types": "nothing.known"}, {"sessions": "a," * 60}, {"sessions": ","}]
)
def test_a_connection_that_asks_for_nonsense_is_refused(stack: LiveStack, key: str, query: dict[str, str]) -> None:
    assert stack.connect(key, **query)[0] == 400


def test_subscriptions_add_up_and_end(stack: LiveStack, key: str) -> None:
    socket = stack.opened(key)
    stack.run()
    told = answer(stack, socket, action="subscribe", sessions=["s1"])
    assert told["data"]["subscriptions"] == [{"sessions": ["s1"], "types": []}]
    answer(stack, socket, action="subscribe", types=["session.complete"])
    for name in ("s1", "s2"):
        stack.happen(*stack.steps("acme", name, 3))
    stack.run()
    heard = [(event["data"]["session_id"], event["event"]) for event in socket.events]
    assert heard == [
        ("s1", "session.started"),
        ("s1", "agent.progress"),
        ("s1", "session.complete"),
        ("s2", "session.complete"),
    ]
    told = answer(stack, socket, action="unsubscribe", sessions=["s1"])
    assert told["data"]["subscriptions"] == [{"sessions": [], "types": ["session.complete"]}]
    assert answer(stack, socket, action="unsubscribe")["data"]["subscriptions"] == []
    before = len(socket.events)
    stack.happen(*stack.steps("acme", "s3", 2))
    stack.run()
    assert len(socket.events) == before


def test_the_query_of_a_connection_subscribes(stack: LiveStack, key: str) -> None:
    socket = stack.opened(key, sessions="s2,s3", types="session.*")
    for name in ("s1", "s2"):
        stack.happen(*stack.steps("acme", name, 3))
    stack.run()
    assert [(event["data"]["session_id"], event["event"]) for event in socket.events] == [
        ("s2", "session.started"),
        ("s2", "session.complete"),
    ]


def test_a_ping_is_answered(stack: LiveStack, key: str) -> None:
    assert answer(stack, stack.opened(key), action="ping") == {"event": "live.pong", "data": {}}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "[]",
        "7",
        "null",
        "{}",
        '{"action": "dance"}',
        '{"action": 7}',
        '{"action": "resume"}',
        '{"action": "resume", "last": -1}',
        '{"action": "resume", "last": "x"}',
        '{"action": "subscribe", "sessions": "s1"}',
        '{"action": "subscribe", "types": ["nothing.known"]}',
        '{"action": "subscribe", "extra": 1}',
        "[" * 5_000,
        '{"action": "ping", "x": "' + "x" * 20_000 + '"}',
    ],
)
def test_a_bad_message_is_answered_with_what_is_wrong(stack: LiveStack, key: str, text: str) -> None:
    socket = stack.opened(key)
    stack.say_text(socket, text)
    [reply] = socket.messages
    assert reply["error"]["code"] == "VALIDATION_ERROR"
    assert reply["error"]["message"]
    assert socket.open


def test_a_connection_that_talks_too_much_is_told_so(stack: LiveStack, key: str) -> None:
    socket = stack.opened(key)
    for _ in range(60):
        stack.say(socket, action="ping")
    assert answer(stack, socket, action="ping")["error"]["code"] == "RATE_LIMITED"


def test_subscriptions_are_bounded(stack: LiveStack, key: str) -> None:
    socket = stack.opened(key)
    for number in range(20):
        stack.say(socket, action="subscribe", sessions=[f"s{number}"])
    assert answer(stack, socket, action="subscribe", sessions=["more"])["error"]["code"] == "CONFLICT"


def test_a_connection_that_nobody_knows_any_more_is_closed_when_it_speaks(stack: LiveStack, key: str) -> None:
    socket = stack.opened(key)
    connections.leave(socket.id)
    stack.say(socket, action="ping")
    assert not socket.open


def test_an_end_that_is_told_twice_or_of_nobody_changes_nothing(stack: LiveStack, key: str) -> None:
    socket, other = stack.opened(key), stack.opened(key)
    stack.run()
    stack.drop(socket)
    stack.drop(socket)
    stack.happen(*stack.steps("acme", "s1", 1))
    stack.run()
    assert other.numbers == [1]


@pytest.mark.parametrize(
    ("kind", "actor", "stays"),
    [
        ("key.revoked", "user:u_admin", ""),
        ("key.rotated", "user:u_admin", ""),
        ("user.updated", "user:u_admin", ""),
        ("session.revoked", None, ""),
        ("key.created", "user:u_admin", "stays"),
    ],
)
def test_who_loses_a_credential_loses_its_connections(
    stack: LiveStack, key: str, kind: str, actor: str | None, stays: str
) -> None:
    socket, other = stack.opened(key), stack.opened(make_key("acme", "admin"))
    stack.run()
    connection = connections.get(socket.id)
    assert connection is not None
    resource = "session:0" if actor is None else connection.subject
    stack.happen(
        happened(
            stack.clock.at, "acme", kind, action="a", actor=actor or connection.subject, resource=resource, data={}
        )
    )
    stack.run()
    assert (socket.open, other.open) == (bool(stays), True)
    assert (connections.get(socket.id) is not None) is bool(stays)


def test_a_connection_that_memory_let_in_after_a_revocation_is_cut_off_within_a_minute(
    stack: LiveStack, key: str
) -> None:
    socket = stack.opened(key)
    connection = connections.get(socket.id)
    assert connection is not None
    subject = connection.subject
    stack.happen(happened(stack.clock.at, "acme", "key.revoked", action="a", actor="user:u_admin", resource=subject))
    while stack.step():
        pass
    assert not socket.open
    late = stack.opened(key)
    before = stack.clock.at
    stack.run()
    assert not late.open
    assert (stack.clock.at - before).total_seconds() <= 61
