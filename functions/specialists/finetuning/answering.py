"""A provider's tuned model as it answers for a specialist: a governed call, in the form that it was trained in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import exp
from typing import Any, NoReturn

from pentarch.identity.model import Caller
from pentarch.llm import catalogue
from pentarch.llm.call import ModelRequest
from pentarch.llm.catalogue import Backend, Catalogue
from pentarch.llm.errors import EmbeddingsUnsupportedError
from pentarch.llm.model import Completion, Message, Prompt, Provider, Role, Sampling, Sensitivity
from pentarch.llm.providers.breaker import CircuitBreaker
from pentarch.llm.service import MODEL_TIMEOUT_S, Gateway
from pentarch.llm.specialists import opening
from pentarch.platform.money import usd
from specialists import arrays, signing
from specialists.errors import ModelTamperedError, NotServedError
from specialists.model import Specialist, Version

MAX_ANSWER_TOKENS = 128
"""A label has 256 characters at most."""
_AROUND = "\"'`*.:! \t\r\n"
"""What models put around a label."""
_BREAKERS: dict[str, CircuitBreaker] = {}
"""Of this process, by the name of the model."""

Heard = Callable[[str | None], Mapping[str, Any]]
"""Told the label; gives what the call's event is to hold of it."""


@dataclass(frozen=True, slots=True)
class Said:
    """An answer, and what it cost."""

    words: str
    prediction: str | None
    """None: the words are none of the labels."""
    confidence: float | None
    """The probability of these words as the provider tells it; None where it does not."""
    tokens: int
    cost_nano_usd: int
    seconds: float
    event_id: str

    def shown(self) -> dict[str, Any]:
        return {
            "prediction": self.prediction,
            "confidence": self.confidence,
            "scores": None,
            "answer": self.words,
            "event_id": self.event_id,
            "tokens_used": self.tokens,
            "cost_usd": usd(self.cost_nano_usd),
        }


def about(version: Version) -> Mapping[str, Any]:
    """What was signed of a tuned model; ModelTamperedError when it is not what the version says."""
    facts = _signed(version.tenant, version.specialist_id, version.model_hash)
    if any(facts.get(name) != value for name, value in (version.tuned or {}).items()):
        msg = "the version names another model than the one that was signed"
        raise ModelTamperedError(msg)
    return facts


@lru_cache(maxsize=512)
def _signed(tenant: str, specialist_id: str, model_hash: str) -> Mapping[str, Any]:
    signing.verify(tenant, specialist_id, model_hash)
    return arrays.read(signing.prefix(tenant, specialist_id), model_hash)[1]


def ask(
    caller: Caller,
    specialist: Specialist,
    about: Mapping[str, Any],
    text: str,
    *,
    action: str,
    facts: dict[str, Any],
    heard: Heard | None = None,
    declared: Sensitivity | None = None,
    correlation_id: str = "",
    call_id: str = "",
    timeout_s: float = MODEL_TIMEOUT_S,
) -> Said:
    """Ask the tuned model and no other. `facts` go into the call's event; a repetition has the same `call_id`."""
    backend = catalogue.current().tuned(str(about["provider"]), str(about["base_model"]), str(about["model"]))
    if backend is None:
        msg = f"the provider {about['provider']!r} of the tuned model is not there"
        raise NotServedError(msg)
    listening = _Listening(backend.provider, about["labels"], facts, heard)
    only = Catalogue({backend.spec.name: Backend(backend.spec, listening)})
    request = ModelRequest(
        Prompt(
            (Message(Role.SYSTEM, opening(specialist.name, specialist.description)), Message(Role.USER, text)),
            Sampling(max_tokens=MAX_ANSWER_TOKENS, temperature=0.0, logprobs=True),
            call_id=call_id,
        ),
        backend.spec.name,
        action=action,
        declared=declared,
        correlation_id=correlation_id,
        specialist=facts,
    )
    answer = Gateway(load=lambda: only, timeout_s=timeout_s, breakers=_BREAKERS).complete(caller, request)
    return Said(
        words=answer.completion.text,
        prediction=listening.prediction,
        confidence=listening.confidence,
        tokens=answer.completion.usage.total_tokens,
        cost_nano_usd=answer.cost_nano_usd,
        seconds=answer.seconds,
        event_id=answer.event_id,
    )


def label_of(words: str, labels: Sequence[str]) -> str | None:
    """The label that the words are: exactly, or but for case and what models put around it."""
    said = words.strip()
    if said in labels:
        return said
    alike = [label for label in labels if _plain(label) == _plain(said)]
    return alike[0] if len(alike) == 1 else None


def _plain(text: str) -> str:
    return text.strip(_AROUND).casefold()


class _Listening:
    """The way to the model, for one call: what it says is understood before the call's event is written."""

    def __init__(self, inner: Provider, labels: Sequence[str], facts: dict[str, Any], heard: Heard | None) -> None:
        self.name = inner.name
        self.prediction: str | None = None
        self.confidence: float | None = None
        self._inner = inner
        self._labels = labels
        self._facts = facts
        self._heard = heard

    def complete(self, model: str, prompt: Prompt, *, timeout: float) -> Completion:
        found = self._inner.complete(model, prompt, timeout=timeout)
        self.prediction = label_of(found.text, self._labels)
        if self.prediction is not None and found.logprob is not None:
            self.confidence = round(exp(found.logprob), 6)
        self._facts |= {"understood": self.prediction is not None, "confidence": self.confidence}
        if self._heard is not None:
            self._facts |= self._heard(self.prediction)
        return found

    def stream(self, model: str, prompt: Prompt, *, timeout: float) -> NoReturn:
        raise NotImplementedError

    def embed(self, model: str, texts: Sequence[str], *, timeout: float) -> NoReturn:  # noqa: ARG002 (a provider's)
        msg = f"{model} does not make embeddings"
        raise EmbeddingsUnsupportedError(msg)
