"""Analysing and summing up a text as a governed call: classified, chosen, done, and told in one event."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, NamedTuple, TypeVar

from nlp import comprehend, engines, prompted
from nlp.errors import NothingToSummarizeError
from nlp.local import summarizing
from nlp.local.analyzing import analyze as analyze_here
from nlp.local.language import detect
from nlp.model import AUTO, Analysis, Kind, Lengths, Question
from pentarch.analysis import governed
from pentarch.analysis.model import Answer, Engine, Outcome, Wish
from pentarch.identity.model import Caller
from pentarch.llm import call, catalogue, registered
from pentarch.llm.errors import ModelNotFoundError, UpstreamGarbageError
from pentarch.llm.model import Prompt, Sensitivity
from pentarch.llm.sensitivity import Recognised, spans
from pentarch.llm.service import Gateway
from pentarch.platform.jsons import encoded
from pentarch.platform.tables import Transaction

SERVICE = "nlp"
ANALYZE, SUMMARIZE = "nlp_analyze", "nlp_summarize"
T = TypeVar("T")
Shown = dict[str, Any]
"""Results as the reference shows them; those that were not asked for are absent."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How a text is to be worked on, whatever is done with it."""

    model: str | None = None
    declared: Sensitivity | None = None
    correlation_id: str = ""


class Done(NamedTuple, Generic[T]):
    """What came of it, and who did it."""

    value: T
    model: str
    provider: str
    sensitivity: Sensitivity
    seconds: float
    cost_nano_usd: int
    event_id: str


Also = Callable[[Transaction, Done[T]], None]
"""Adds what belongs to a result to the transaction of its event."""


@cache
def gateway() -> Gateway:
    """The process's own: it remembers which models fail."""
    return Gateway()


def analyze(caller: Caller, question: Question, terms: Terms, *, also: Also[Shown] | None = None) -> Done[Shown]:
    if _is_language_model(caller, terms.model):

        def read(text: str) -> Shown:
            return shown(prompted.read_analysis(text, question))

        answered = _prompted(caller, prompted.analysis_prompt(question), terms, ANALYZE, read=read, also=also)
        if answered is not None:
            return answered
    question = Question(question.text, question.kinds, question.language, spans(question.text))
    cloud = engines.cloud()
    language = question.language if question.language != AUTO or cloud is None else detect(question.text).code

    def ask(_: Wish, engine: Engine, timeout_s: float) -> Outcome[Shown]:
        if engine.name == comprehend.NAME:
            found, cost = comprehend.analyze(engine, question.text, question.kinds, language, timeout_s)
            return _outcome(found, cost)
        return _outcome(analyze_here(question))

    kinds = tuple(kind for kind in Kind if kind in question.kinds)
    wish = _wish(question.text, terms, ANALYZE, kinds, question.recognised)
    return _run(caller, wish, engines.choosable(cloud, language), ask, also)


def summarize(caller: Caller, text: str, lengths: Lengths, terms: Terms, *, also: Also[str] | None = None) -> Done[str]:
    if not summarizing.length(text):
        raise NothingToSummarizeError
    if _is_language_model(caller, terms.model):

        def read(answer: str) -> str:
            return prompted.read_summary(answer, lengths)

        answered = _prompted(caller, prompted.summary_prompt(text, lengths), terms, SUMMARIZE, read=read, also=also)
        if answered is not None:
            return answered

    def ask(_: Wish, __: Engine, ___: float) -> Outcome[str]:
        summary = summarizing.summarize(text, lengths)
        return Outcome(summary, 0, {"answer_sha256": _digest(summary)})

    return _run(caller, _wish(text, terms, SUMMARIZE, (engines.SUMMARY,)), (engines.LOCAL,), ask, also)


def shown(analysis: Analysis) -> Shown:
    told: Shown = {}
    if analysis.language is not None:
        told["detected_language"] = analysis.language.code
        told["language_confidence"] = analysis.language.confidence
    if analysis.sentiment is not None:
        told["sentiment"] = analysis.sentiment._asdict()
    if analysis.entities is not None:
        told["entities"] = [
            {"text": text, "label": label, "start": start, "end": end, "confidence": confidence}
            for text, label, start, end, confidence in analysis.entities
        ]
    if analysis.keywords is not None:
        told["keywords"] = [
            {"text": text, "relevance": relevance, "sentiment": sentiment}
            for text, relevance, sentiment in analysis.keywords
        ]
    return told


def _is_language_model(caller: Caller, model: str | None) -> bool:
    """Whether a name is that of a model to talk to that is there; raises for one that nobody knows."""
    if model is None or model in {engines.LOCAL.name, comprehend.NAME} | engines.STAND_INS:
        return False
    known = catalogue.joined(catalogue.current(), registered.of(caller.tenant), model)
    if not known.knows(model):
        msg = f"no model is named {model!r}"
        raise ModelNotFoundError(msg, details={"field": "model", "reason": "Model not found"})
    served = known.backends.get(model) or next((one for one in known.backends.values() if one.model == model), None)
    return served is not None and call.CHAT in served.spec.features


def _prompted(
    caller: Caller, prompt: Prompt, terms: Terms, action: str, *, read: Callable[[str], T], also: Also[T] | None
) -> Done[T] | None:
    """What a language model answers, through the gateway; None when its answer is not what it was asked for.

    Such an answer was paid for, so its event is written all the same.
    """
    request = call.ModelRequest(
        prompt, terms.model or "", action=action, declared=terms.declared, correlation_id=terms.correlation_id
    )
    done: list[Done[T]] = []

    def keep(transaction: Transaction, answer: call.Answer) -> None:
        try:
            value = read(answer.completion.text)
        except UpstreamGarbageError:
            return
        done.append(
            Done(
                value,
                answer.model,
                answer.provider,
                answer.sensitivity,
                answer.seconds,
                answer.cost_nano_usd,
                answer.event_id,
            )
        )
        if also is not None:
            also(transaction, done[0])

    gateway().complete(caller, request, also=keep)
    return done[0] if done else None


def _wish(
    text: str, terms: Terms, action: str, capabilities: tuple[str, ...], recognised: Recognised | None = None
) -> Wish:
    return Wish(
        service=SERVICE,
        action=action,
        capabilities=capabilities,
        digest=_digest(text),
        asked_for=terms.model,
        declared=terms.declared,
        text=text,
        recognised=recognised,
        correlation_id=terms.correlation_id,
        facts={"characters": len(text)},
    )


def _run(
    caller: Caller,
    wish: Wish,
    able: tuple[Engine, ...],
    ask: Callable[[Wish, Engine, float], Outcome[T]],
    also: Also[T] | None,
) -> Done[T]:
    def with_result(transaction: Transaction, answers: Any) -> None:  # noqa: ANN401 (one for each wish: here one)
        if also is not None:
            also(transaction, _done(answers[0]))

    [answer] = governed.run(caller, [wish], able, ask, also=with_result)
    return _done(answer)


def _done(answer: Answer[T]) -> Done[T]:
    engine = answer.engine
    return Done(
        answer.value,
        engine.name,
        engine.provider,
        answer.sensitivity,
        answer.seconds,
        answer.cost_nano_usd,
        answer.event.id,
    )


def _outcome(analysis: Analysis, cost_nano_usd: int = 0) -> Outcome[Shown]:
    """With a hash that shows later what was answered, and counts, for the event."""
    told = shown(analysis)
    counts = {str(name): len(told[name]) for name in (Kind.ENTITIES, Kind.KEYWORDS) if name in told}
    return Outcome(told, cost_nano_usd, {"answer_sha256": hashlib.sha256(encoded(told)).hexdigest(), **counts})


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
