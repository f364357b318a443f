"""What an agent does with a language model: a turn, its answer held against the outputs' schemas.

An answer that breaks its schema goes back to the model with what is wrong, a bounded number of times. The local model
writes no JSON, so what it answered is used for plain texts alone. Turns keep what was paid for: a worker that takes
the run over after a crash goes through the same calls and pays for none of them again.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pentarch.agents import turn
from pentarch.agents.errors import TurnTimeoutError
from pentarch.agents.journal import TableJournal
from pentarch.agents.model import Agent, Status
from pentarch.agents.turn import CallMade, Turn
from pentarch.identity.errors import QuotaExceededError
from pentarch.identity.model import Caller
from pentarch.llm import extractive
from pentarch.llm.errors import (
    ModelNotFoundError,
    PolicyRefusedError,
    PromptRefusedError,
    PromptTooLongError,
    UpstreamError,
    UpstreamTimeoutError,
)
from pentarch.llm.model import Sensitivity
from pentarch.llm.service import Gateway
from pentarch.platform import clock
from sessions import tools
from sessions.errors import AgentError, RefusedRunError, RunTimeoutError
from sessions.model import Session
from sessions.schemas import OutputDefinition, SkillDefinition
from sessions.work import Task

REPAIRS = 2
_FENCE = re.compile(r"^\s*```[\w-]*\n(.*?)\n?```\s*$", re.DOTALL)
_SHOWN_FAULTS = 5
_SHOWN_ANSWER = 20_000


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
        asked = self._request()
        faults: list[str] = []
        for attempt in range(1 + REPAIRS):
            self.task.say(0.3 + 0.15 * attempt, "Asking a model" if not attempt else "Asking a model again")
            answer = self._turn(attempt, asked)
            if answer.provider == extractive.SPEC.provider and (self._wants_json() or not accept_local):
                return None
            texts, faults = self._judged(answer.text)
            if not faults:
                return texts, answer.model
            self.task.detail(f"The answer of {answer.model} is not usable: {faults[0]}")
            wrong = "\n- ".join(faults)
            asked = (
                f"{self._request()}\n\nYou answered:\n\n{answer.text[:_SHOWN_ANSWER]}\n\n"
                f"This is not what was asked for:\n- {wrong}"
            )
        msg = "the model's answers do not keep the schema of the output"
        raise AgentError(msg, details={"faults": faults})

    def _turn(self, attempt: int, asked: str) -> Turn:
        policy, agent = self.skill.model, self._agent()
        declared = None if policy.sensitivity is None else Sensitivity(policy.sensitivity)
        attempt_id = f"{self.session.id}/{self.session.round}/{attempt}"
        try:
            return turn.run(
                self.caller,
                agent,
                turn.Task({"prompt": asked}, declared=declared, correlation_id=self.session.correlation_id),
                attempt_id=attempt_id,
                deadline=clock.now() + timedelta(seconds=self.task.remaining_s()),
                gateway=self.gateway,
                journal=TableJournal(self.session.tenant, attempt_id),
                toolbox=tools.of(self.caller, agent, correlation_id=self.session.correlation_id),
                tell=self._tell,
            )
        except (TurnTimeoutError, UpstreamTimeoutError) as error:
            msg = "no model answered in time"
            raise RunTimeoutError(msg) from error
        except (PolicyRefusedError, QuotaExceededError) as error:
            raise RefusedRunError(error.message, details=error.details) from error
        except (UpstreamError, PromptRefusedError, PromptTooLongError, ModelNotFoundError) as error:
            raise AgentError(error.message, details=error.details) from error

    def _tell(self, call: CallMade) -> None:
        self.task.detail(f"{call.kind} {call.name}: {call.message}")

    def _agent(self) -> Agent:
        """The skill's agent, as turns know agents."""
        policy, temperature = self.skill.model, self.session.temperature
        return Agent(
            tenant=self.session.tenant,
            id=self.session.agent,
            name=self.session.agent,
            description=self.skill.description,
            type="skill",
            status=Status.ACTIVE,
            configuration={
                "model": policy.name,
                "temperature": policy.temperature if temperature is None else temperature,
                "max_tokens": policy.max_tokens,
                "system_prompt": self._briefing(),
                "tools": self.skill.tools,
            },
            capabilities=(),
            tags=(),
            metadata={},
            created_at=self.session.created_at,
            updated_at=self.session.created_at,
            created_by=self.session.owner.subject,
        )

    def _wants_json(self) -> bool:
        return len(self.skill.outputs) > 1 or any(one.content_schema is not None for one in self.skill.outputs)

    def _briefing(self) -> str:
        lines = [self.skill.agent.instructions]
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
