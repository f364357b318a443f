"""Function calling by Converse."""

from typing import Any

from pentarch.llm.model import Completion, Message, Prompt, Role, Tool, ToolCall, Usage
from pentarch.llm.providers import bedrock_wire
from support.bedrock import MODEL, answering, streaming

SCHEMA = {"type": "object", "properties": {"town": {"type": "string"}}}
CALL = ToolCall("t1", "weather", '{"town": "Oslo"}')
PROMPT = Prompt(
    (
        Message(Role.USER, "How is it?"),
        Message(Role.ASSISTANT, "I look.", (CALL, ToolCall("t2", "weather", "not JSON"))),
        Message(Role.TOOL, "sunny", tool_call_id="t1"),
        Message(Role.TOOL, "no JSON", tool_call_id="t2"),
    ),
    tools=(Tool("weather", "of a town", SCHEMA),),
)
USE = {"toolUse": {"toolUseId": "t1", "name": "weather", "input": {"town": "Oslo"}}}
RESPONSE: dict[str, Any] = {
    "output": {"message": {"role": "assistant", "content": [{"text": "I look."}, USE]}},
    "stopReason": "tool_use",
    "usage": {"inputTokens": 9, "outputTokens": 3, "totalTokens": 12},
}


def test_calls_and_results_are_blocks_of_alternating_turns() -> None:
    request = bedrock_wire.converse_request(MODEL, PROMPT)
    assert request["messages"] == [
        {"role": "user", "content": [{"text": "How is it?"}]},
        {
            "role": "assistant",
            "content": [{"text": "I look."}, USE, {"toolUse": {"toolUseId": "t2", "name": "weather", "input": {}}}],
        },
        {
            "role": "user",
            "content": [
                {"toolResult": {"toolUseId": "t1", "content": [{"text": "sunny"}]}},
                {"toolResult": {"toolUseId": "t2", "content": [{"text": "no JSON"}]}},
            ],
        },
    ]
    spec = {"name": "weather", "description": "of a town", "inputSchema": {"json": SCHEMA}}
    assert request["toolConfig"] == {"tools": [{"toolSpec": spec}], "toolChoice": {"auto": {}}}


def test_a_prompt_in_which_no_tool_is_to_be_called_tells_results_as_text() -> None:
    """Converse refuses blocks of calls without their tools, and knows no way to forbid a call."""
    request = bedrock_wire.converse_request(MODEL, Prompt(PROMPT.messages, tools=PROMPT.tools, tool_choice="none"))
    assert "toolConfig" not in request
    [turn] = request["messages"]
    assert "sunny" in turn["content"][0]["text"]


def test_a_required_call_is_any_of_the_tools() -> None:
    request = bedrock_wire.converse_request(MODEL, Prompt(PROMPT.messages, tools=PROMPT.tools, tool_choice="required"))
    assert request["toolConfig"]["toolChoice"] == {"any": {}}


def test_a_call_comes_beside_what_the_model_says() -> None:
    found = answering(lambda _: RESPONSE).complete(MODEL, PROMPT, timeout=5)
    assert found == Completion("I look.", "tool_calls", Usage(9, 3), (CALL,))


def test_a_streamed_call_is_put_together() -> None:
    source: list[dict[str, Any]] = [
        {
            "contentBlockStart": {
                "start": {"toolUse": {"toolUseId": "t1", "name": "weather"}},
                "contentBlockIndex": 1,
            }
        },
        {"contentBlockDelta": {"delta": {"toolUse": {"input": '{"town": '}}, "contentBlockIndex": 1}},
        {"contentBlockDelta": {"delta": {"toolUse": {"input": '"Oslo"}'}}, "contentBlockIndex": 1}},
        {"contentBlockStop": {"contentBlockIndex": 1}},
        {"messageStop": {"stopReason": "tool_use"}},
    ]
    stream = streaming(source).stream(MODEL, PROMPT, timeout=5)
    assert list(stream) == []
    assert (stream.finish_reason, stream.tool_calls) == ("tool_calls", (CALL,))
