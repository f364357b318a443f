"""From an agent and its task to a conversation, and from what the model wrote to the agent's output: plain rules."""

import json
import re
from collections.abc import Mapping
from typing import Any

from pentarch.agents.model import DEFAULT_MAX_TOKENS, DEFAULT_TEMPERATURE, Agent
from pentarch.agents.toolbox import ToolOutcome
from pentarch.llm.model import Message, Role, Sampling

INSTRUCTION = "prompt"
"""The parameter that is said in plain words, before all others."""
MAX_RESULT_CHARACTERS = 40_000
"""Of a tool's result that a model is shown: some ten thousand tokens."""
_FENCED = re.compile(r"\A\s*```(?:json)?\s*\n(.*)\n\s*```\s*\Z", re.DOTALL)


def opening(agent: Agent, parameters: Mapping[str, Any], context: Mapping[str, Any]) -> tuple[Message, ...]:
    """What the model is told first: who it is, then the task."""
    system = str(agent.configuration.get("system_prompt") or "").strip()
    return (
        Message(Role.SYSTEM, system or f"You are {agent.name}. {agent.description}".strip()),
        Message(Role.USER, _task(parameters, context)),
    )


def _task(parameters: Mapping[str, Any], context: Mapping[str, Any]) -> str:
    instruction = parameters.get(INSTRUCTION)
    said = [instruction] if isinstance(instruction, str) and instruction.strip() else []
    others = {name: value for name, value in parameters.items() if not said or name != INSTRUCTION}
    told = {name: value for name, value in context.items() if value not in ({}, [], None, "")}
    if others:
        said.append(f"Parameters:\n{_listed(others)}")
    if told:
        said.append(f"Context:\n{_listed(told)}")
    return "\n\n".join(said) or "Do your work."


def _listed(values: Mapping[str, Any]) -> str:
    """A line for each; texts as they are, everything else as JSON."""
    return "\n".join(f"- {name}: {_plain(value)}" for name, value in values.items())


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def sampling(agent: Agent) -> Sampling:
    asked = agent.configuration
    temperature = asked.get("temperature")
    return Sampling(
        max_tokens=int(asked.get("max_tokens") or DEFAULT_MAX_TOKENS),
        temperature=DEFAULT_TEMPERATURE if temperature is None else float(temperature),
    )


def arguments(text: str) -> dict[str, Any] | None:
    """The parameters of a tool call; None for what is no JSON object. Nothing stands for no parameters."""
    if not text.strip():
        return {}
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return given if isinstance(given, dict) else None


def told_result(outcome: ToolOutcome) -> str:
    """What the model reads of a tool's outcome."""
    said: dict[str, Any] = {"status": outcome.status}
    if outcome.error is not None:
        said["error"] = outcome.error
    else:
        said["result"] = outcome.result
    text = json.dumps(said, ensure_ascii=False, default=str)
    if len(text) <= MAX_RESULT_CHARACTERS:
        return text
    return f"{text[:MAX_RESULT_CHARACTERS]}\n(cut: {len(text)} characters in all)"


def output(text: str) -> dict[str, Any]:
    """A JSON object that the model wrote, fenced or not; any other answer stands under `text`."""
    fenced = _FENCED.match(text)
    try:
        said = json.loads(fenced[1] if fenced else text)
    except (ValueError, RecursionError):
        said = None
    return said if isinstance(said, dict) else {"text": text}
