"""What an agent does with a language model: one governed call, its answer held against the outputs' schemas.

An answer that breaks its schema goes back to the model with what is wrong, a bounded number of times. The local model
writes no JSON, so what it answered is used for plain texts alone.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pentarch.identity.errors import QuotaExceededError
from pentarch.identity.model import Caller
from pentarch.llm import extractive
from pentarch.llm.call import Answer, ModelRequest
from pentarch.llm.errors import (
    ModelNotFoundError,
    PolicyRefusedError,
    PromptRefusedError,
    PromptTooLongError,
    UpstreamError,
    UpstreamTimeoutError,
)
from pentarch.llm.model import Message, Prompt, Role, Sampling, Sensitivity
from pentarch.llm.service import Gateway
from sessions.errors import AgentError, RefusedRunError, RunTimeoutError
from sessions.model import Session
from sessions.schemas import OutputDefinition, SkillDefinition
from sessions.work import Task

REPAIRS = 2
_CACHE_S = 3600
"""A worker that takes over after a crash finds the answer that was paid for."""
_FENCE = re.compile(r"^\s*```[\w-]*\n(.*?)\n?```\s*$", re.DOTALL)
_SHOWN_FAULTS = 5


def has_model(gateway: Gateway, tenant: str) -> bool:
    """Whether there is any model beside the local one."""
    return any(spec.provider != extractive.SPEC.provider for spec in gateway.models(tenant))


@dataclass(slots=True)
class Modelled:
    gateway: Gateway
    caller: Caller
    session: Session
    skill: SkillDefinition
    task: Task

    def texts(self, *, accept_local: bool) -> tuple[Mapping[str, str], str] | None:
        """The outputs' texts and the model that wrote them; RunError where there is no usable answer.

        None when the local model answered, and that is not wanted or not for what it cannot write.
        """
        messages = [Message(Role.SYSTEM, self._briefing()), Message(Role.USER, self._request())]
        faults: list[str] = []
        for attempt in range(1 + REPAIRS):
            self.task.say(0.3 + 0.15 * attempt, "Asking a model" if not attempt else "Asking a model again")
            answer = self._ask(messages)
            if answer.provider == extractive.SPEC.provider and (self._wants_json() or not accept_local):
                return None
            texts, faults = self._judged(answer.completion.text)
            if not faults:
                return texts, answer.model
            self.task.detail(f"The answer of {answer.model} is not usable: {faults[0]}")
            messages += [
                Message(Role.ASSISTANT, answer.completion.text),
                Message(Role.USER, "This is not what was asked for:\n- " + "\n- ".join(faults)),
            ]
        msg = "the model's answers do not keep the schema of the output"
        raise AgentError(msg, details={"faults": faults})

    def _ask(self, messages: list[Message]) -> Answer:
        policy = self.skill.model
        temperature = policy.temperature if self.session.temperature is None else self.session.temperature
        sampling = Sampling(max_tokens=policy.max_tokens, temperature=temperature)
        request = ModelRequest(
            Prompt(tuple(messages), sampling),
            policy.name,
            action="agent_model_call",
            declared=None if policy.sensitivity is None else Sensitivity(policy.sensitivity),
            agent=self.session.agent,
            cache_ttl_s=_CACHE_S,
            correlation_id=self.session.correlation_id,
        )
        try:
            return self.gateway.complete(self.caller, request)
        except UpstreamTimeoutError as error:
            msg = "no model answered in time"
            raise RunTimeoutError(msg) from error
        except (PolicyRefusedError, QuotaExceededError) as error:
            raise RefusedRunError(error.message, details=error.details) from error
        except (UpstreamError, PromptRefusedError, PromptTooLongError, ModelNotFoundError) as error:
            raise AgentError(error.message, details=error.details) from error

    def _wants_json(self) -> bool:
        return len(self.skill.outputs) > 1 or any(one.content_schema is not None for one in self.skill.outputs)

    def _briefing(self) -> str:
        # The run's name makes the prompt its own, so that a run finds its own answers again and no other's.
        lines = [self.skill.agent.instructions, f"(Run {self.session.id}, round {self.session.round}.)"]
        if len(self.skill.outputs) > 1:
            names = ", ".join(json.dumps(one.path) for one in self.skill.outputs)
            lines.append(f"Answer with one JSON object and nothing else: the members {names}, each a file's content.")
        for one in self.skill.outputs:
            if one.content_schema is not None:
                what = "Answer with" if len(self.skill.outputs) == 1 else f"The content of {one.path} is"
                lines.append(f"{what} JSON that keeps this JSON Schema, and nothing else:")
                lines.append(json.dumps(one.content_schema, separators=(",", ":")))
            elif len(self.skill.outputs) == 1:
                lines.append(f"Answer with the content of {one.path} ({one.content_type}) and nothing else.")
        return "\n".join(lines)

    def _request(self) -> str:
        parts = [self.skill.prompt]
        if self.task.args:
            parts.append(f"Parameters: {json.dumps(dict(self.task.args), ensure_ascii=False)}")
        parts += [f"A reviewer asks for: {one}" for one in self.task.instructions]
        parts += [f"File {one.path}:\n\n{one.text}" for one in self.task.sources]
        return "\n\n".join(parts)

    def _judged(self, text: str) -> tuple[dict[str, str], list[str]]:
        """The outputs in an answer, and what is wrong with them."""
        plain = _unfenced(text)
        if len(self.skill.outputs) == 1:
            return self._each({self.skill.outputs[0].path: plain})
        try:
            members = json.loads(plain)
        except ValueError as error:
            return {}, [f"no JSON: {error}"]
        if not isinstance(members, dict):
            return {}, ["no JSON object"]
        missing = [one.path for one in self.skill.outputs if one.path not in members]
        if missing:
            return {}, [f"{path} is missing" for path in missing]
        return self._each(
            {
                one.path: members[one.path] if isinstance(members[one.path], str) else json.dumps(members[one.path])
                for one in self.skill.outputs
            }
        )

    def _each(self, texts: dict[str, str]) -> tuple[dict[str, str], list[str]]:
        faults: list[str] = []
        for output in self.skill.outputs:
            found, wrong = held(output, texts[output.path])
            texts[output.path] = found
            faults += wrong
        return texts, faults[:_SHOWN_FAULTS]


def held(output: OutputDefinition, text: str) -> tuple[str, list[str]]:
    """An output's text in its one form, and where it breaks the output's schema."""
    if output.content_schema is None:
        return (text if text.endswith("\n") else f"{text}\n"), [] if text.strip() else [f"{output.path} is empty"]
    from jsonschema import Draft202012Validator

    try:
        value: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        return text, [f"{output.path} is no JSON: {error}"]
    found = Draft202012Validator(output.content_schema).iter_errors(value)
    faults = [f"{output.path} at {error.json_path}: {error.message[:300]}" for error in found]
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n", faults


def _unfenced(text: str) -> str:
    fenced = _FENCE.match(text)
    return fenced[1] if fenced else text
