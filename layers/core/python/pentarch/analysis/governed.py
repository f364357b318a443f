"""Every analysis passes here: it is classified, an engine is chosen by the same rules as a model, and the log is told.

A request may be several analyses, each of which may be done by another engine. The events of those that were done are
written in one transaction, with whatever the caller adds to it: a job's result, for example.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from pentarch.analysis.errors import NothingLoadedError
from pentarch.analysis.model import Answer, Engine, Outcome, Wish
from pentarch.events import store as events
from pentarch.events.model import Event, happened
from pentarch.identity.model import Caller
from pentarch.llm import governance
from pentarch.llm.classification import Findings, classify
from pentarch.llm.errors import PolicyRefusedError, UpstreamError, UpstreamUnavailableError
from pentarch.llm.governance import Governance
from pentarch.llm.model import Sensitivity
from pentarch.llm.sensitivity import counted, inspect
from pentarch.platform import clock
from pentarch.platform.errors import PentarchError
from pentarch.platform.observability import logger
from pentarch.platform.tables import Transaction
from pentarch.routing.model import Need, Problem
from pentarch.routing.packing import packed
from pentarch.routing.proof import Proof, prove
from pentarch.routing.rules import decide

T = TypeVar("T")
TIMEOUT_S = 20.0
"""For all engines of a request together: below the 29 s after which API Gateway gives up."""
_LEAST_ATTEMPT_S = 0.5
_NOTHING = Findings()
_CANNOT = "capabilities"

Ask = Callable[[Wish, Engine, float], Outcome[T]]
"""Does one analysis with an engine, within seconds; raises UpstreamError when another engine may be tried."""
Also = Callable[[Transaction, Sequence[Answer[T]]], None]


@dataclass(slots=True)
class Judge:
    """Keeps its last ruling: most texts of a tenant are one problem to the router, and one problem has one proof."""

    _problem: Problem | None = None
    _proof: Proof | None = None

    def rule(self, problem: Problem) -> Proof:
        if self._proof is None or problem != self._problem:
            decision = decide(problem)
            self._proof = prove(problem, decision, next(iter(decision["order"]), None))
            self._problem = problem
        return self._proof


_JUDGE = Judge()


@dataclass(slots=True)
class _Call:
    caller: Caller
    wish: Wish
    governed: Governance
    sensitivity: Sensitivity
    findings: Findings
    proof: Proof
    started: float = field(default_factory=time.perf_counter)
    cpu: float = field(default_factory=time.process_time)
    failures: list[dict[str, str]] = field(default_factory=list)

    def event(self, outcome: str, at: datetime, engine: Engine | None = None, **facts: Any) -> Event:  # noqa: ANN401
        wish = self.wish
        proof = self.proof
        if self.failures:
            failed = {failure["service_id"] for failure in self.failures}
            chosen = next((name for name in proof["order"] if name not in failed), None)
            proof = {**proof, "chosen": chosen, "failures": self.failures}
        milliseconds = (time.perf_counter() - self.started) * 1000
        told: dict[str, Any] = {
            "outcome": outcome,
            "analyses": list(wish.capabilities),
            "requested_model": wish.asked_for,
            "model": engine.name if engine else wish.asked_for,
            "provider": engine.provider if engine else None,
            "policy_version": self.governed.version,
            "findings": dict(self.findings.counts),
            "input_sha256": wish.digest,
            "routing": packed(proof),
            "latency_ms": round(milliseconds, 3),
            "cpu_ms": round((time.process_time() - self.cpu) * 1000, 3),
            **wish.facts,
            **facts,
        }
        return happened(
            at,
            self.caller.tenant,
            f"{wish.service}.{outcome}",
            action=wish.action,
            actor=self.caller.subject,
            resource=engine.name if engine else (wish.asked_for or wish.capabilities[0]),
            sensitivity=str(self.sensitivity),
            tags=("data_processing", "access_control"),
            correlation_id=wish.correlation_id,
            data=told,
        )


def run(
    caller: Caller,
    wishes: Sequence[Wish],
    engines: Sequence[Engine],
    ask: Ask[T],
    *,
    also: Also[T] | None = None,
    timeout_s: float = TIMEOUT_S,
) -> list[Answer[T]]:
    """Do the analyses in their order; either all are answered, or the first failure is raised.

    What was done before a failure was paid for, so its events are written all the same.
    """
    governed = governance.of(caller.tenant, caller.subject)
    calls = [_assessed(caller, wish, engines, governed) for wish in wishes]
    known = {engine.name: engine for engine in engines}
    deadline = time.monotonic() + timeout_s
    answers: list[Answer[T]] = []
    try:
        for call in calls:
            answers.append(_first_that_answers(call, known, ask, deadline))  # noqa: PERF401 (what was done is kept)
    except Exception:
        _write(answers, None)
        raise
    _write(answers, also)
    return answers


def _assessed(caller: Caller, wish: Wish, engines: Sequence[Engine], governed: Governance) -> _Call:
    findings = _findings(wish)
    sensitivity = classify(wish.declared, findings, undeclared=governed.undeclared, floors=governed.floors)
    need: Need = {
        "capabilities": list(wish.capabilities),
        "constraints": {},
        "traits": {},
        "sensitivity": sensitivity,
    }
    if wish.asked_for is not None:
        need["asked_for"] = wish.asked_for
    problem: Problem = {
        "need": need,
        "policies": governed.policies,
        "weights": governed.weights,
        "candidates": [engine.candidate for engine in engines],
    }
    if governed.standing is not None:
        problem["standing"] = governed.standing
    call = _Call(caller, wish, governed, sensitivity, findings, _JUDGE.rule(problem))
    if not call.proof["order"]:
        refused = _refusal(call)
        events.append(call.event("refused", clock.now(), reason=type(refused).__name__))
        raise refused
    return call


def _findings(wish: Wish) -> Findings:
    if wish.recognised is not None:
        return counted(wish.recognised)
    return inspect(wish.text) if wish.text else _NOTHING


def _refusal(call: _Call) -> PentarchError:
    """A policy is to blame if there is an engine that could, and may not."""
    judged = [(one["service_id"], one["excluded"]) for one in call.proof["evaluations"]]
    barred = {name: excluded["reason"] for name, excluded in judged if excluded and excluded["rule"] != _CANNOT}
    if barred:
        msg = f"nothing here may see what is of class {call.sensitivity} for {', '.join(call.wish.capabilities)}"
        details = {"sensitivity": call.sensitivity, "policy_version": call.governed.version, "excluded": barred}
        return PolicyRefusedError(msg, details=details)
    wanted = ", ".join(call.wish.capabilities)
    msg = f"nothing here can do {wanted}: load a model for it, or configure a cloud service"
    return NothingLoadedError(msg, details={"capabilities": list(call.wish.capabilities)})


def _first_that_answers(call: _Call, known: dict[str, Engine], ask: Ask[T], deadline: float) -> Answer[T]:
    call.started, call.cpu = time.perf_counter(), time.process_time()
    last: UpstreamError | None = None
    for name in call.proof["order"]:
        remaining = deadline - time.monotonic()
        if remaining < _LEAST_ATTEMPT_S:
            call.failures.append({"service_id": name, "reason": "no time left"})
            continue
        try:
            outcome = ask(call.wish, known[name], remaining)
        except UpstreamError as error:
            call.failures.append({"service_id": name, "reason": type(error).__name__})
            logger().warning("engine failed", engine=name, reason=type(error).__name__)
            last = error
        except PentarchError as error:
            events.append(call.event("failed", clock.now(), known[name], reason=type(error).__name__))
            raise
        else:
            return _answer(call, known[name], outcome)
    failed = known[call.proof["order"][0]]
    events.append(call.event("failed", clock.now(), failed, reason=type(last).__name__ if last else "no time left"))
    if last is not None:
        raise last
    msg = "there was no time left for this analysis"
    raise UpstreamUnavailableError(msg, retry_after=1)


def _answer(call: _Call, engine: Engine, outcome: Outcome[T]) -> Answer[T]:
    if outcome.text:
        call.findings = inspect(outcome.text)
        call.sensitivity = classify(call.sensitivity, call.findings, floors=call.governed.floors)
    cost = outcome.cost_nano_usd
    event = call.event("completed", clock.now(), engine, cost_nano_usd=cost, **outcome.facts)
    seconds = time.perf_counter() - call.started
    return Answer(outcome.value, engine, call.sensitivity, seconds, cost, event)


def _write(answers: Sequence[Answer[T]], also: Also[T] | None) -> None:
    if not answers:
        return
    transaction = Transaction()
    for answer in answers:
        events.record(transaction, answer.event)
    if also is not None:
        also(transaction, answers)
    transaction.commit()
