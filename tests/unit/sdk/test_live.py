"""Events as they happen, over connections that end."""

import json
from collections.abc import Callable
from itertools import islice
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import pytest
from websockets.exceptions import ConnectionClosedError

from pentarch_client import Pentarch
from pentarch_client._sync import live
from support.api_double import ApiDouble, streamed, told

URL = "https://api.test"


class Socket:
    """Says what it is given; an exception ends it."""

    def __init__(self, *messages: Any) -> None:
        self._messages = iter(messages)
        self.sent: list[Any] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def recv(self, _timeout: float) -> str:
        message = next(self._messages)
        if isinstance(message, BaseException):
            raise message
        return json.dumps(message)

    def send(self, text: str) -> None:
        self.sent.append(json.loads(text))


LOST = ConnectionClosedError(None, None)
READY = {"event": "live.ready", "data": {"last": 5}}


def event(number: int) -> dict[str, Any]:
    return {"event": "job.completed", "data": {}, "seq": number}


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Let connections be these, one after another; their addresses are kept."""

    def given(*sockets: Socket) -> list[str]:
        following, addresses = iter(sockets), list[str]()

        def connect(address: str) -> Socket:
            addresses.append(address)
            return next(following)

        monkeypatch.setattr(live, "connect", connect)
        return addresses

    return given


def numbers(count: int, **options: Any) -> list[int]:
    api = ApiDouble([told({"ticket": "t1"}), told({"ticket": "t2"}), told({"ticket": "t3"})])
    client = Pentarch(URL, "pk", http=api.http())
    return [seen.seq for seen in islice(client.live(**options), count)]


def queries(addresses: list[str]) -> list[dict[str, list[str]]]:
    return [parse_qs(urlsplit(address).query) for address in addresses]


def test_a_lost_connection_is_taken_up_after_the_last_number(connections: Callable[..., list[str]]) -> None:
    addresses = connections(Socket(READY, event(6), event(7), LOST), Socket(READY, event(8)))
    assert numbers(3, types=["job.*"]) == [6, 7, 8]
    assert addresses[0].startswith("wss://api.test/ws?")
    assert queries(addresses) == [
        {"ticket": ["t1"], "types": ["job.*"]},
        {"ticket": ["t2"], "types": ["job.*"], "last": ["7"]},
    ]


def test_a_connection_that_is_lost_before_its_first_event_misses_none(connections: Callable[..., list[str]]) -> None:
    addresses = connections(Socket(READY, LOST), Socket(READY, event(6)))
    assert numbers(1) == [6]
    assert queries(addresses)[1]["last"] == ["5"]


def test_silence_is_asked_about_and_if_it_lasts_the_connection_is_left(connections: Callable[..., list[str]]) -> None:
    dead = Socket(READY, event(6), TimeoutError(), {"event": "live.pong"}, event(7), TimeoutError(), TimeoutError())
    addresses = connections(dead, Socket(event(8)))
    assert numbers(3) == [6, 7, 8]
    assert dead.sent == [{"action": "ping"}] * 2
    assert queries(addresses)[1]["last"] == ["7"]


def test_a_gap_that_is_no_longer_kept_is_told(connections: Callable[..., list[str]]) -> None:
    connections(Socket({"event": "live.resync", "data": {"last": 1, "next": 9}}, event(9)))
    api = ApiDouble([told({"ticket": "t1"})])
    seen = list(islice(Pentarch(URL, "pk", http=api.http()).live(last=1), 2))
    assert [(one.event, one.seq) for one in seen] == [("live.resync", None), ("job.completed", 9)]


def test_a_sessions_events_go_on_over_replies_that_end() -> None:
    api = ApiDouble([streamed(json.dumps(event(1)), json.dumps(event(2))), streamed(), streamed(json.dumps(event(3)))])
    events = Pentarch(URL, "pk", http=api.http()).sessions.events("s")
    assert [seen.seq for seen in islice(events, 3)] == [1, 2, 3]
    assert api.headers("Last-Event-ID") == [None, "2", "2"]
