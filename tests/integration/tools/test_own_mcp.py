"""MCP servers that a tenant names, and their tools."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from pentarch.platform import clock
from pentarch.tools import service
from support.lambdas import Caller
from support.log import events_of
from support.mcp_server import McpServer
from support.tools import PATH, Runner, completed, execute, failed
from tools import checking
from tools import runner as tools_runner

pytestmark = pytest.mark.usefixtures("quick", "local")


@pytest.fixture
def local(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOOLS_REACH", "local")


@pytest.fixture(scope="module")
def shop() -> Iterator[McpServer]:
    with McpServer() as running:
        yield running


def added(acme: Caller, url: str, name: str = "shop") -> Any:
    return acme.post(PATH, {"name": name, "kind": "mcp", "url": url}).expect(201).json()


def test_a_servers_tools_are_listed_and_run(acme: Caller, shop: McpServer) -> None:
    made = added(acme, shop.url)
    assert (made["id"], made["status"]) == ("tool-shop", "reachable")
    assert made["tools"] == ["tool-shop-find-price", "tool-shop-place-order"]
    listed = acme.get(PATH).expect(200).json()
    row = next(one for one in listed["data"] if one["id"] == "tool-shop-find-price")
    assert (row["server"], row["server_status"], row["description"]) == (
        "tool-shop",
        "reachable",
        "What an item costs.",
    )
    assert row["input_schema"]["required"] == ["item"]
    assert [one["id"] for one in listed["servers"]] == ["tool-shop"]
    [spec] = service.of("acme", ["shop-find_price"])
    assert (spec.id, spec.acts) == ("tool-shop-find-price", False)

    told = completed(acme, "tool-shop-find-price", {"item": "lamp"})

    assert told["structured"] == {"item": "lamp", "price": 12}
    assert '"price": 12' in told["text"]


def test_a_server_that_answers_in_json_is_understood(acme: Caller) -> None:
    with McpServer(json_response=True) as server:
        added(acme, server.url)
        assert completed(acme, "tool-shop-place-order", {"item": "lamp"})["text"] == "ordered 1 lamp"


def test_a_tools_own_error_is_a_failure(acme: Caller, shop: McpServer) -> None:
    added(acme, shop.url)
    error = failed(acme, "tool-shop-place-order", {"item": "lamp", "count": 0})
    assert error["code"] == "upstream_failed"
    assert "one piece or more" in error["message"]
    execute(acme, "tool-shop-place-order", {"count": 1}).expect(400)


def test_an_order_with_a_key_is_placed_once(acme: Caller, shop: McpServer) -> None:
    added(acme, shop.url)
    shop.calls.clear()
    for _ in range(2):
        execute(acme, "tool-shop-place-order", {"item": "chair"}, key="one").expect(200)
    assert shop.calls == ["order chair"]


def test_a_server_that_does_not_answer_is_not_added(acme: Caller) -> None:
    with McpServer() as server:
        url = server.url
    told = acme.post(PATH, {"name": "shop", "kind": "mcp", "url": url}).expect(400).json()
    assert "url" in told["errors"]
    assert acme.get(PATH).json()["servers"] == []
    assert events_of("acme") == []


def test_a_server_that_fails_later_is_told_in_the_list_and_keeps_its_tools(acme: Caller) -> None:
    with McpServer() as server:
        added(acme, server.url)
    told = acme.post(f"{PATH}/tool-shop/refresh").expect(200).json()
    assert told["status"] == "failing"
    assert "no answer" in told["error"]
    listed = acme.get(PATH).json()
    assert listed["servers"][0]["status"] == "failing"
    assert [one["server_status"] for one in listed["data"] if "server" in one] == ["failing", "failing"]
    assert failed(acme, "tool-shop-find-price", {"item": "lamp"})["code"] == "upstream_failed"


def test_whoever_lists_tools_has_old_servers_asked_again(
    acme: Caller, runner: Runner, shop: McpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    added(acme, shop.url)
    acme.get(PATH)
    assert [list(one) for one in runner.asked] == [["inspect"]]
    later = clock.now() + checking.FRESH_FOR + timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    for _ in range(3):
        acme.get(PATH)
    assert [list(one) for one in runner.asked] == [["inspect"], ["check"]]
    assert tools_runner.handler(runner.asked[-1], None) == {"checked": True, "status": "reachable"}
    assert [event.type for event in events_of("acme")] == ["tool.created", "tool.server_checked"]


def test_a_server_is_changed_and_removed_with_its_tools(acme: Caller, other: Caller, shop: McpServer) -> None:
    added(acme, shop.url)
    path = f"{PATH}/tool-shop"
    assert acme.put(path, {"description": "The shop"}).expect(200).json()["description"] == "The shop"
    acme.put(path, {"url": "http://169.254.169.254/mcp"}).expect(400)
    acme.put(f"{path}-find-price", {"description": "x"}).expect(409)
    acme.delete(f"{path}-find-price").expect(409)
    other.delete(path).expect(404)
    other.get(f"{path}-find-price").expect(404)
    acme.delete(path).expect(204)
    assert acme.get(PATH).json()["servers"] == []
    acme.get(f"{path}-find-price").expect(404)
    added(acme, shop.url)


def test_names_of_servers_and_tools_are_unique(acme: Caller, shop: McpServer) -> None:
    added(acme, shop.url)
    acme.post(PATH, {"name": "Shop", "kind": "mcp", "url": shop.url}).expect(409)
    acme.post(PATH, {"name": "git", "kind": "mcp", "url": shop.url}).expect(409)
