"""Tools in OpenAI's dialect: what a caller offers, what a model called, and what the caller's tools said."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints

from pentarch.llm.model import Prompt, Tool, ToolCall
from pentarch.platform.errors import InvalidInputError

MAX_TOOLS = 128
Function = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class FunctionOffered(BaseModel):
    name: Function
    description: str = ""
    parameters: dict[str, Any] = Field(default_factory=lambda: {"type": "object", "properties": {}})


class ToolOffered(BaseModel):
    type: Literal["function"]
    function: FunctionOffered

    def tool(self) -> Tool:
        return Tool(self.function.name, self.function.description, self.function.parameters)


class FunctionCalled(BaseModel):
    name: Function
    arguments: str


class CallMade(BaseModel):
    id: Annotated[str, StringConstraints(min_length=1, max_length=256)]
    type: Literal["function"] = "function"
    function: FunctionCalled

    def call(self) -> ToolCall:
        return ToolCall(self.id, self.function.name, self.function.arguments)


class _Named(BaseModel):
    name: Function


class Choice(BaseModel):
    type: Literal["function"]
    function: _Named


ToolChoice = Literal["none", "auto", "required"] | Choice


def offered(tools: Sequence[ToolOffered], choice: ToolChoice | None) -> dict[str, Any]:
    """The prompt's fields. Whoever offers tools wants a model that calls them, and no other answers."""
    if not tools:
        if choice not in (None, "none", "auto"):
            msg = "tool_choice without tools"
            raise InvalidInputError(msg, field="tool_choice")
        return {}
    found = tuple(one.tool() for one in tools)
    if isinstance(choice, Choice):  # to offer that one alone says the same, and every backend knows how
        found = tuple(tool for tool in found if tool.name == choice.function.name)
        if not found:
            msg = f"tool_choice: no tool is named {choice.function.name!r}"
            raise InvalidInputError(msg, field="tool_choice")
        return {"tools": found, "tool_choice": "required", "needs_tools": True}
    return {"tools": found, "tool_choice": choice or "auto", "needs_tools": choice != "none"}


def check_results(prompt: Prompt) -> None:
    """Each result names a call that was made before it: backends refuse anything else, each in its own words."""
    made: set[str] = set()
    for place, message in enumerate(prompt.messages):
        made |= {call.id for call in message.tool_calls}
        if message.tool_call_id and message.tool_call_id not in made:
            msg = "tool_call_id names no call of an earlier message"
            raise InvalidInputError(msg, field=f"messages.{place}.tool_call_id")


def shown(calls: Sequence[ToolCall]) -> list[dict[str, Any]]:
    return [
        {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
        for call in calls
    ]
