"""Prompts for models that call no tools: what was said to and by tools becomes text."""

from dataclasses import replace

from pentarch.llm.model import Message, Prompt, Role


def without_tools(prompt: Prompt) -> Prompt:
    """The same conversation without calls: each result stands with the message that led to it.

    So the message to answer is still the one that asks, as models expect that read only the last one.
    """
    if not prompt.tools and not any(message.tool_calls or message.role is Role.TOOL for message in prompt.messages):
        return prompt
    told: list[Message] = []
    called: dict[str, str] = {}
    for message in prompt.messages:
        if message.role is Role.TOOL:
            _add(told, f"{called.get(message.tool_call_id, 'A tool')} said:\n{message.content}")
        elif message.tool_calls:
            called |= {call.id: f"{call.name} {call.arguments}".strip() for call in message.tool_calls}
            if message.content.strip():
                _add(told, f"So far: {message.content}")
        else:
            told.append(message)
    return replace(prompt, messages=tuple(told), tools=(), tool_choice="auto")


def _add(told: list[Message], text: str) -> None:
    if told and told[-1].role is Role.USER:
        told[-1] = Message(Role.USER, f"{told[-1].content}\n\n{text}")
    else:
        told.append(Message(Role.USER, text))
