"""Function calling: through OpenAI's dialect, its client, the gateway, and a server that speaks OpenAI's API."""

import json
from dataclasses import replace
from typing import Any

import pytest

from pentarch.llm.errors import PromptRefusedError
from pentarch.llm.model import Message, Prompt, Role, Tool, ToolCall, Usage
from pentarch.llm.providers.openai_compatible import OpenAICompatibleProvider
from pentarch.llm.traces import trace_of
from pentarch.routing.traces import verify
from support.gateway import openai_like, use_providers, written
from support.lambdas import Caller
from support.upstream import FakeUpstream
from support.upstream_replies import Chat, Status, ToolCalls

PATH = "/v1/chat/completions"
OFFERED = {
    "type": "function",
    "function": {"name": "weather", "description": "of a town", "parameters": {"type": "object", "properties": {}}},
}
CALL = {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": '{"town": "Oslo"}'}}
ASKED: dict[str, Any] = {
    "model": "big-model",
    "messages": [{"role": "user", "content": "How is the weather?"}],
    "tools": [OFFERED],
}
ANSWERED = [
    *ASKED["messages"],
    {"role": "assistant", "content": None, "tool_calls": [CALL]},
    {"role": "tool", "tool_call_id": "c1", "content": "4111 1111 1111 1111 degrees"},
]
PROMPT = Prompt(
    (
        Message(Role.USER, "q"),
        Message(Role.ASSISTANT, "", (ToolCall("c1", "weather", "{}"),)),
        Message(Role.TOOL, "sunny", tool_call_id="c1"),
    ),
    tools=(Tool("weather", "of a town", {"type": "object"}),),
    call_id="exec-1:2",
)
NO_TOOLS = Status(400, message="registry.ollama.ai/library/small does not support tools")


def test_a_call_comes_back_as_openais_clients_know_it(api: Caller, upstream: FakeUpstream) -> None:
    use_providers(openai_like(upstream.base_url))
    upstream.script(ToolCalls((("c1", "weather", '{"town": "Oslo"}'),)))
    [choice] = api.post(PATH, json=ASKED | {"tool_choice": "required"}).expect(200).json()["choices"]
    assert choice["finish_reason"] == "tool_calls"
    assert choice["message"] == {"role": "assistant", "content": None, "refusal": None, "tool_calls": [CALL]}
    sent = upstream.requests[0].body
    assert (sent["tools"], sent["tool_choice"]) == ([OFFERED], "required")
    assert written()[0].data["tool_calls"] == ["weather"]


def test_the_choice_for_a_prompt_with_tools_can_be_verified(api: Caller, upstream: FakeUpstream) -> None:
    use_providers(openai_like(upstream.base_url))
    upstream.script(ToolCalls((("c1", "weather", '{"town": "Oslo"}'),)))
    api.post(PATH, json=ASKED).expect(200)
    trace = trace_of(written()[0])
    assert trace is not None
    assert trace["request"]["required_capabilities"] == ["tools"]
    assert verify(trace) == []


def test_a_streamed_call_arrives_whole_before_the_end(api: Caller, upstream: FakeUpstream) -> None:
    use_providers(openai_like(upstream.base_url))
    upstream.script(ToolCalls((("c1", "weather", '{"town": "Oslo"}'), ("c2", "weather", "{}"))))
    lines = api.post(PATH, json=ASKED | {"stream": True}).expect(200).text.split("\n\n")
    events = [json.loads(line.removeprefix("data: ")) for line in lines[:-2]]
    deltas = [event["choices"][0] for event in events]
    assert [call["id"] for call in deltas[0]["delta"]["tool_calls"]] == ["c1", "c2"]
    assert deltas[0]["delta"]["tool_calls"][0] == {"index": 0} | CALL
    assert deltas[-1]["finish_reason"] == "tool_calls"


def test_what_a_tool_said_is_sent_on_and_classified(api: Caller, upstream: FakeUpstream) -> None:
    use_providers(openai_like(upstream.base_url, max_sensitivity="CRITICAL"))
    upstream.script(Chat(("Sunny.",)))
    reply = api.post(PATH, json=ASKED | {"messages": ANSWERED}).expect(200).json()
    assert reply["choices"][0]["message"]["content"] == "Sunny."
    assert upstream.requests[0].body["messages"] == ANSWERED
    assert reply["pentarch"]["sensitivity"] == "CRITICAL"


def test_one_named_tool_is_offered_alone_and_has_to_be_called(api: Caller, upstream: FakeUpstream) -> None:
    use_providers(openai_like(upstream.base_url))
    upstream.script(ToolCalls((("c1", "weather", "{}"),)))
    other = {"type": "function", "function": {"name": "news"}}
    choice = {"type": "function", "function": {"name": "weather"}}
    api.post(PATH, json=ASKED | {"tools": [other, OFFERED], "tool_choice": choice}).expect(200)
    sent = upstream.requests[0].body
    assert ([tool["function"]["name"] for tool in sent["tools"]], sent["tool_choice"]) == (["weather"], "required")


def test_where_no_model_calls_tools_they_are_refused_and_not_ignored(api: Caller) -> None:
    refused = api.post(PATH, json=ASKED | {"model": "gpt-4"}).expect(400).json()["error"]
    assert (refused["param"], refused["type"]) == ("tools", "invalid_request_error")


@pytest.mark.parametrize(
    "change",
    [
        {"tools": [{"type": "function", "function": {"name": "two words"}}]},
        {"tools": None, "tool_choice": "required"},
        {"tool_choice": {"type": "function", "function": {"name": "none such"}}},
        {"messages": [{"role": "tool", "content": "x"}]},
        {"messages": [{"role": "tool", "content": "x", "tool_call_id": "never made"}]},
        {"messages": [{"role": "user", "content": "x", "tool_calls": [CALL]}]},
        {"messages": [{"role": "assistant", "content": None}]},
    ],
)
def test_tools_that_make_no_sense_are_refused(api: Caller, change: dict[str, Any]) -> None:
    api.post(PATH, json=ASKED | change).expect(400)


def test_a_call_carries_its_name_to_the_server(upstream: FakeUpstream, provider: OpenAICompatibleProvider) -> None:
    provider.complete("m", PROMPT, timeout=5)
    assert upstream.requests[0].headers["idempotency-key"] == "exec-1:2"
    assert upstream.requests[0].body["messages"][1]["tool_calls"][0]["id"] == "c1"


def test_a_server_whose_model_calls_no_tools_is_asked_again_without(
    upstream: FakeUpstream, provider: OpenAICompatibleProvider
) -> None:
    upstream.script(NO_TOOLS)
    for _ in range(2):
        assert provider.complete("small", PROMPT, timeout=5).text == "Hello from upstream"
    assert [("tools" in request.body) for request in upstream.requests] == [True, False, False]
    assert upstream.requests[1].body["messages"] == [{"role": "user", "content": "q\n\nweather {} said:\nsunny"}]


def test_a_call_that_needs_tools_is_not_answered_without(
    upstream: FakeUpstream, provider: OpenAICompatibleProvider
) -> None:
    upstream.script(NO_TOOLS, NO_TOOLS)
    for _ in range(2):
        with pytest.raises(PromptRefusedError):
            provider.complete("small", replace(PROMPT, needs_tools=True), timeout=5)


def test_a_small_servers_calls_are_read_too(upstream: FakeUpstream, provider: OpenAICompatibleProvider) -> None:
    upstream.script(ToolCalls((("", "weather", "{}"), ("", "weather", ""))))
    found = provider.complete("m", PROMPT, timeout=5)
    assert found.tool_calls == (ToolCall("call_0", "weather", "{}"), ToolCall("call_1", "weather", ""))
    assert (found.finish_reason, found.usage) == ("tool_calls", Usage(7, 3))
