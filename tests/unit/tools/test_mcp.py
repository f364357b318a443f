"""What an MCP server sends, read as the protocol has it."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pentarch.platform.egress import Reply
from pentarch.tools.own import Server, ServerStatus
from tools.builtin.mcp import events, messages
from tools.listing import id_for, tools_of

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def reply(body: bytes, media: str) -> Reply:
    return Reply(200, {"content-type": media}, body, is_cut=False, milliseconds=1)


def test_events_of_several_lines_and_endings_are_read() -> None:
    text = "event: message\r\ndata: {\r\ndata:  1}\r\n\r\n: a comment\n\ndata:x\n\ndata: unfinished"
    assert list(events(text)) == ["{\n 1}", "x", "unfinished"]


def test_what_is_no_message_is_passed_over() -> None:
    body = b'data: rubbish\n\ndata: {"id": 1}\n\ndata: [{"id": 2}, 3]\n\n'
    assert [one["id"] for one in messages(reply(body, "text/event-stream; charset=utf-8"))] == [1, 2]
    assert list(messages(reply(b"<html>", "text/html"))) == []


@given(st.binary(max_size=200), st.sampled_from(["text/event-stream", "application/json", ""]))
def test_rubbish_has_no_messages_and_breaks_nothing(body: bytes, media: str) -> None:
    assert all(isinstance(one, dict) for one in messages(reply(body, media)))


def server() -> Server:
    return Server(
        tenant="acme",
        id="tool-shop",
        name="shop",
        description="",
        url="https://mcp.example.com/mcp",
        credential=None,
        status=ServerStatus.REACHABLE,
        checked_at=NOW,
        created_at=NOW,
        updated_at=NOW,
        created_by="key:test",
    )


def listed(name: Any, schema: Any = None, **more: Any) -> dict[str, Any]:
    return {"name": name, "inputSchema": {"type": "object"} if schema is None else schema, **more}


def test_what_cannot_be_offered_is_left_out_and_counted() -> None:
    tools, left_out = tools_of(
        server(),
        [
            listed("one", annotations={"readOnlyHint": True}),
            listed("two"),
            listed(""),
            listed(7),
            listed("bad", {"type": "string"}),
            listed("worse", {"type": "object", "properties": 7}),
            listed("outside", {"type": "object", "properties": {"a": {"$ref": "https://evil.test/schema"}}}),
            listed("long", {"type": "object", "description": "x" * 40_000}),
            *(listed(f"more-{number}") for number in range(60)),
        ],
        [],
        NOW,
    )
    assert (len(tools), left_out) == (48, 6 + 14)
    assert [(tool.spec.id, tool.spec.acts) for tool in tools[:2]] == [("tool-shop-one", False), ("tool-shop-two", True)]


@pytest.mark.parametrize("name", ["create_issue", "x" * 200, "ÄÖ", "a/b.c"])
def test_ids_are_such_as_models_take_and_stay_apart(name: str) -> None:
    taken: set[str] = {"tool-shop-create-issue"}
    found = id_for("tool-shop", name, taken)
    assert found not in taken
    assert len(found) <= 64
    assert json.dumps(found).strip('"') == found
    assert found == id_for("tool-shop", name, taken)
