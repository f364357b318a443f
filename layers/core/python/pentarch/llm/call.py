"""One governed call, from what was asked to the event that tells of it: values and pure rules."""

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

from pentarch.events.model import Event, happened
from pentarch.identity.model import Caller
from pentarch.llm.catalogue import Backend, Catalogue
from pentarch.llm.classification import POLICY_VERSION, Findings, classify
from pentarch.llm.errors import (
    ModelNotFoundError,
    PolicyRefusedError,
    PromptTooLongError,
    ToolsUnsupportedError,
)
from pentarch.llm.governance import DEFAULT, Governance
from pentarch.llm.model import TOOLS, Completion, Message, ModelSpec, Prompt, Sensitivity, Usage
from pentarch.llm.providers.estimate import estimate_tokens
from pentarch.llm.sensitivity import inspect
from pentarch.llm.toolless import without_tools
from pentarch.routing import gates
from pentarch.routing.model import Candidate, Decision, Observed, Problem
from pentarch.routing.packing import packed
from pentarch.routing.proof import Proof, prove
from pentarch.routing.rules import decide

CHAT = "chat"
EMBEDDINGS = "embeddings"
_BY_POLICY = frozenset(
    {
        "sensitivity",
        "allow_external_services",
        "require_encryption",
        "denied_services",
        "allowed_regions",
        "required_certifications",
        "max_retention_days",
        "min_reliability",
        gates.RULE,
    }
)


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """What a caller asks for, in no dialect."""

    prompt: Prompt
    model: str
    action: str = "llm_generate"
    declared: Sensitivity | None = None
    agent: str | None = None
    cache_ttl_s: int | None = None
    correlation_id: str = ""
    specialist: Mapping[str, Any] | None = None
    """Which specialist briefed the prompt or answers it, for the event; read when that is written."""
    first: Backend | None = None
    """Asked before every model of the catalogue; these answer when it fails."""
    timeout_s: float | None = None
    """For all backends together; None: what the gateway grants."""


class Assessment(NamedTuple):
    """What governance found about a request, before any backend hears of it."""

    sensitivity: Sensitivity
    findings: Findings
    problem: Problem
    decision: Decision
    policy_version: str = POLICY_VERSION

    @property
    def exclusions(self) -> dict[str, str]:
        """The rule that took each model out."""
        judged = self.decision["evaluations"]
        return {one["service_id"]: one["excluded"]["rule"] for one in judged if one["excluded"] is not None}

    @property
    def reasons(self) -> dict[str, str]:
        """Why each model was taken out, in words."""
        judged = self.decision["evaluations"]
        return {one["service_id"]: one["excluded"]["reason"] for one in judged if one["excluded"] is not None}


class Served(NamedTuple):
    """What a backend, or the cache, gave."""

    model: str
    provider: str
    completion: Completion
    cost_nano_usd: int
    cached: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a call."""

    completion: Completion
    model: str
    provider: str
    requested_model: str
    sensitivity: Sensitivity
    cached: bool
    seconds: float
    cost_nano_usd: int
    event_id: str


def assess(
    request: ModelRequest,
    catalogue: Catalogue,
    capability: str = CHAT,
    *,
    governance: Governance = DEFAULT,
    observed: Mapping[str, Observed] | None = None,
) -> Assessment:
    """Classify and choose; raises what makes the call impossible, before it costs anything."""
    if not catalogue.knows(request.model):
        msg = f"no model is named {request.model!r}"
        raise ModelNotFoundError(msg, details={"field": "model", "reason": "Model not found"})
    text = request.prompt.text
    findings = inspect(text)
    sensitivity = classify(request.declared, findings, undeclared=governance.undeclared, floors=governance.floors)
    problem: Problem = {
        "need": {
            "capabilities": [capability, TOOLS] if request.prompt.needs_tools else [capability],
            "constraints": {},
            "traits": {},
            "sensitivity": sensitivity,
            "size_tokens": estimate_tokens(text),
            "asked_for": request.model if request.first is None else request.first.spec.name,
        },
        "policies": governance.policies,
        "weights": governance.weights,
        "candidates": [_as_observed(candidate, observed or {}) for candidate in catalogue.candidates],
    }
    if governance.standing is not None:
        problem["standing"] = governance.standing
    return Assessment(sensitivity, findings, problem, decide(problem), governance.version)


def _as_observed(candidate: Candidate, observed: Mapping[str, Observed]) -> Candidate:
    measured = observed.get(candidate["service_id"])
    return candidate if measured is None else {**candidate, "observed": measured}


def refusal(request: ModelRequest, assessment: Assessment) -> Exception | None:
    """Why no backend can take a request; None when one can."""
    if assessment.decision["order"]:
        return None
    broken = set(assessment.exclusions.values())
    if "capacity_tokens" in broken:
        msg = "prompt: longer than the context window of every model that may see it"
        return PromptTooLongError(msg, details={"field": "prompt", "tokens": estimate_tokens(request.prompt.text)})
    if broken & _BY_POLICY:
        msg = f"no model may see a prompt of class {assessment.sensitivity}"
        details = {
            "sensitivity": assessment.sensitivity,
            "policy_version": assessment.policy_version,
            "excluded": assessment.reasons,
        }
        return PolicyRefusedError(msg, details=details)
    if request.prompt.needs_tools:
        msg = "tools: no model here that may see this prompt calls tools"
        return ToolsUnsupportedError(msg, details={"field": "tools", "excluded": assessment.reasons})
    msg = "no model here can do this"
    return ModelNotFoundError(msg, details={"field": "model"})


def fitted(prompt: Prompt, spec: ModelSpec) -> Prompt:
    """The prompt as the model can take it: without tools if it calls none, and asking for no more than it can write."""
    if TOOLS not in spec.features:
        prompt = without_tools(prompt)
    room = min(spec.max_output_tokens, spec.context_window - estimate_tokens(prompt.text))
    if prompt.sampling.max_tokens <= room:
        return prompt
    return replace(prompt, sampling=replace(prompt.sampling, max_tokens=max(1, room)))


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def prompt_digest(prompt: Prompt) -> str:
    """SHA-256 of the conversation as JSON: it shows later that a prompt is the one, without keeping it."""
    said: Any = [_said(message) for message in prompt.messages]
    if prompt.tools:
        said = {"messages": said, "tools": [[tool.name, tool.description, tool.parameters] for tool in prompt.tools]}
    return digest(json.dumps(said, separators=(",", ":"), ensure_ascii=False))


def _said(message: Message) -> list[Any]:
    said: list[Any] = [message.role, message.content]
    if message.tool_calls or message.tool_call_id:
        said += [[list(call) for call in message.tool_calls], message.tool_call_id]
    return said


@dataclass(frozen=True, slots=True)
class Call:
    """A request on its way, and how its event is written whatever becomes of it."""

    caller: Caller
    request: ModelRequest
    assessment: Assessment
    started: float
    """On the clock of `time.perf_counter`."""
    failures: list[dict[str, str]] = field(default_factory=list)
    """Feasible models that were not asked, or asked in vain, in their order; each with its reason."""

    def event(self, outcome: str, at: datetime, served: Served | None = None, **facts: Any) -> Event:  # noqa: ANN401
        """The event of an outcome: kinds and counts of what was found in the text, never the text."""
        request, assessment = self.request, self.assessment
        data: dict[str, Any] = {
            "outcome": outcome,
            "requested_model": request.model,
            "policy_version": assessment.policy_version,
            "findings": dict(assessment.findings.counts),
            "excluded": assessment.exclusions,
            "prompt_sha256": prompt_digest(request.prompt),
            "routing": packed(self._proof()),
            **facts,
        }
        if request.specialist is not None:
            data["specialist"] = dict(request.specialist)
        if served is not None:
            data |= self._facts(served)
        return happened(
            at,
            self.caller.tenant,
            f"llm.{outcome}",
            action=request.action,
            actor=self.caller.subject,
            resource=served.model if served else request.model,
            agent=request.agent,
            sensitivity=str(assessment.sensitivity),
            tags=("data_processing", "access_control"),
            correlation_id=request.correlation_id,
            data=data,
        )

    def _proof(self) -> Proof:
        """Of the choice as it came to be: the first feasible model that did not fail."""
        failed = {failure["service_id"] for failure in self.failures}
        order = self.assessment.decision["order"]
        chosen = next((name for name in order if name not in failed), None)
        proof = prove(self.assessment.problem, self.assessment.decision, chosen)
        if self.failures:
            proof["failures"] = self.failures
        return proof

    def _facts(self, served: Served) -> dict[str, Any]:
        # A cached answer was paid for when it was made: it consumes nothing now.
        usage = Usage(0, 0) if served.cached else served.completion.usage
        facts: dict[str, Any] = {
            "model": served.model,
            "provider": served.provider,
            "cached": served.cached,
            "answer_sha256": digest(served.completion.text),
            "finish_reason": served.completion.finish_reason,
            "prompt_tokens": usage.prompt_tokens,
            "completion_tokens": usage.completion_tokens,
            "tokens_estimated": usage.estimated,
            "cost_nano_usd": served.cost_nano_usd,
            "latency_ms": round(self.seconds() * 1000),
        }
        if served.completion.tool_calls:
            facts["tool_calls"] = [call.name for call in served.completion.tool_calls]
        return facts

    def seconds(self) -> float:
        return time.perf_counter() - self.started

    def answer(self, served: Served, event_id: str) -> Answer:
        return Answer(
            completion=served.completion,
            model=served.model,
            provider=served.provider,
            requested_model=self.request.model,
            sensitivity=self.assessment.sensitivity,
            cached=served.cached,
            seconds=self.seconds(),
            cost_nano_usd=served.cost_nano_usd,
            event_id=event_id,
        )
