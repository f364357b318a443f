"""The engine behind every model call: classify, choose, call with fallback, and write the event.

Who asks was let in before (`pentarch.web.admission`, or a job's own record); everything else that governance demands
happens here, for every dialect, every worker, and answers from the cache as well.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, TypeVar

from pentarch.events import store as events
from pentarch.identity.model import Caller
from pentarch.llm import cache, catalogue, governance, registered
from pentarch.llm.call import CHAT, EMBEDDINGS, Answer, Call, ModelRequest, Served, assess, fitted, refusal
from pentarch.llm.catalogue import Backend, Catalogue
from pentarch.llm.errors import AnsweredBeforeError, PromptRefusedError, UpstreamError, UpstreamUnavailableError
from pentarch.llm.model import Completion, CompletionStream, Embeddings, ModelSpec
from pentarch.llm.providers.breaker import CircuitBreaker
from pentarch.platform import clock
from pentarch.platform.observability import logger
from pentarch.platform.tables import Transaction
from pentarch.services.averages import Averages

MODEL_TIMEOUT_S = 25.0
"""For all backends of one call together: below the 29 s after which API Gateway gives up on a buffered answer."""
_LEAST_ATTEMPT_S = 1.0
_REMEMBERED = 2_000
"""Backends of which a process knows how they fare."""

Result = TypeVar("Result")
WithAnswer = Callable[[Transaction, Answer], None]
"""Adds what belongs to an answer to the transaction of its event."""


@dataclass(slots=True)
class Gateway:
    """One per process: it remembers which backends fail."""

    load: Callable[[], Catalogue] = catalogue.current
    own: Callable[[str], Mapping[str, Backend]] = registered.of
    """The models that a tenant's registered services offer, by the services' ids."""
    timeout_s: float = MODEL_TIMEOUT_S
    breakers: dict[str, CircuitBreaker] = field(default_factory=dict)
    averages: dict[str, Averages] = field(default_factory=dict)
    """What this process measured of each model lately: an input of the choice."""

    def models(self, tenant: str) -> list[ModelSpec]:
        return [backend.spec for backend in catalogue.joined(self.load(), self.own(tenant), "").backends.values()]

    def complete(self, caller: Caller, request: ModelRequest, *, also: WithAnswer | None = None) -> Answer:
        """Answer a request; `also` may add to the transaction that writes the event."""
        known = self._known(caller, request)
        call = self._assessed(caller, request, known)
        key = _cache_key(call)
        hit = _from_cache(key)
        if hit is not None:
            return _settle(call, hit, "cached", also=also)

        def ask(backend: Backend, timeout: float) -> Completion:
            return backend.provider.complete(backend.asked_as, fitted(request.prompt, backend.spec), timeout=timeout)

        backend, completion = self._first_that_answers(call, known, ask)
        return _settle(call, _served(backend, completion), "completed", key=key, also=also)

    def stream(self, caller: Caller, request: ModelRequest) -> "AnswerStream":
        """Begin an answer. The first piece is there when this returns, so a failure before it can still fall back."""
        known = self._known(caller, request)
        call = self._assessed(caller, request, known)
        key = _cache_key(call)
        hit = _from_cache(key)
        if hit is not None:
            return AnswerStream(iter([hit.completion.text]), lambda: None, lambda *_: _settle(call, hit, "cached"))

        def ask(backend: Backend, timeout: float) -> tuple[CompletionStream, Iterator[str]]:
            stream = backend.provider.stream(backend.asked_as, fitted(request.prompt, backend.spec), timeout=timeout)
            pieces = iter(stream)
            first = next(pieces, None)
            return stream, pieces if first is None else chain([first], pieces)

        backend, (stream, pieces) = self._first_that_answers(call, known, ask)

        def settle(text: str, outcome: str) -> Answer:
            # An answer that did not come to its end was paid for as far as it came, and is not kept.
            served = _served(backend, Completion(text, stream.finish_reason, stream.usage, stream.tool_calls))
            return _settle(call, served, outcome, key=key if outcome == "completed" else None)

        return AnswerStream(pieces, stream.close, settle)

    def embed(self, caller: Caller, request: ModelRequest, texts: Sequence[str]) -> tuple[Embeddings, Answer]:
        known = self._known(caller, request)
        call = self._assessed(caller, request, known, EMBEDDINGS)

        def ask(backend: Backend, timeout: float) -> Embeddings:
            return backend.provider.embed(backend.asked_as, texts, timeout=timeout)

        backend, embeddings = self._first_that_answers(call, known, ask)
        served = _served(backend, Completion("", "stop", embeddings.usage))
        return embeddings, _settle(call, served, "completed")

    def _known(self, caller: Caller, request: ModelRequest) -> Catalogue:
        known = catalogue.joined(self.load(), self.own(caller.tenant), request.model)
        return known if request.first is None else catalogue.headed(known, request.first, request.model)

    def _assessed(self, caller: Caller, request: ModelRequest, known: Catalogue, capability: str = CHAT) -> Call:
        """The call, judged; a refusal by policy is a fact too and is written before it is told."""
        started = time.perf_counter()
        at = clock.now()
        observed = {
            name: averages.observed(at)
            for name, backend in known.backends.items()
            if (averages := self.averages.get(backend.place)) is not None
        }
        governed = governance.of(caller.tenant, caller.subject)
        assessment = assess(request, known, capability, governance=governed, observed=observed)
        call = Call(caller, request, assessment, started)
        refused = refusal(request, call.assessment)
        if refused is not None:
            events.append(call.event("refused", at, reason=type(refused).__name__))
            raise refused
        return call

    def _observe(self, backend: Backend, started: float, *, success: bool) -> None:
        if not backend.tenant and backend.spec.name not in self.load().backends:
            return  # a tenant's specialist: it is asked first whatever was measured, and there may be many
        milliseconds = (time.perf_counter() - started) * 1000
        before = self.averages.pop(backend.place, Averages())
        self.averages[backend.place] = before.observing(clock.now(), success=success, latency_ms=milliseconds)
        _bound(self.averages)

    def _first_that_answers(
        self, call: Call, known: Catalogue, ask: Callable[[Backend, float], Result]
    ) -> tuple[Backend, Result]:
        """Ask the feasible backends in their order. A prompt that one calls invalid is not shown to the others."""
        deadline = time.monotonic() + (call.request.timeout_s or self.timeout_s)
        last: UpstreamError | None = None
        for name in call.assessment.decision["order"]:
            backend = known.backends[name]
            breaker = self.breakers.setdefault(backend.place, CircuitBreaker())
            _bound(self.breakers)
            remaining = deadline - time.monotonic()
            if remaining < _LEAST_ATTEMPT_S or not breaker.allow(time.monotonic()):
                call.failures.append({"service_id": name, "reason": "no time left" if last else "circuit open"})
                continue
            asked = time.perf_counter()
            try:
                result = ask(backend, remaining)
            except UpstreamError as error:
                breaker.failed(time.monotonic())
                self._observe(backend, asked, success=False)
                call.failures.append({"service_id": name, "reason": type(error).__name__})
                logger().warning("backend failed", model=name, reason=type(error).__name__)
                last = error
            except PromptRefusedError as error:
                breaker.succeeded(time.monotonic())
                events.append(call.event("failed", clock.now(), reason=type(error).__name__))
                raise
            except BaseException:
                breaker.released()
                raise
            else:
                breaker.succeeded(time.monotonic())
                self._observe(backend, asked, success=True)
                return backend, result
        events.append(call.event("failed", clock.now()))
        if last is not None:
            raise last
        msg = "every model that may see this prompt failed a moment ago"
        raise UpstreamUnavailableError(msg, retry_after=30)


def _bound(remembered: dict[str, Any]) -> None:
    """Forget the oldest: a process that serves many tenants with services of their own remembers the latest."""
    while len(remembered) > _REMEMBERED:
        del remembered[next(iter(remembered))]


def _cache_key(call: Call) -> cache.CacheKey | None:
    # What asks for tools is a step of some work, not a question that comes again. What a specialist answers costs
    # nothing, and another version, a canary or a roll-back is to be felt at once.
    if not call.request.cache_ttl_s or call.request.first is not None or call.request.prompt.tools:
        return None
    return cache.CacheKey.of(
        call.caller.tenant,
        call.request.prompt,
        asked_for=call.request.model,
        sensitivity=call.assessment.sensitivity,
        policy_version=call.assessment.policy_version,
    )


def _from_cache(key: cache.CacheKey | None) -> Served | None:
    hit = cache.find(key, clock.now()) if key else None
    return Served(hit.model, hit.provider, hit.completion, cost_nano_usd=0, cached=True) if hit else None


def _served(backend: Backend, completion: Completion) -> Served:
    spec = backend.spec
    return Served(spec.name, spec.provider, completion, spec.cost(completion.usage))


def _settle(
    call: Call,
    served: Served,
    outcome: str,
    *,
    key: cache.CacheKey | None = None,
    also: WithAnswer | None = None,
) -> Answer:
    """Write what became of a call: its event, with the cached answer and whatever `also` adds, or nothing at all."""
    at = clock.now()
    event = call.event(outcome, at, served)
    answer = call.answer(served, event.id)
    transaction = Transaction()
    events.record(transaction, event)
    if key is not None:
        kept = cache.CachedAnswer(served.completion, served.model, served.provider)
        cache.keep(transaction, key, kept, ttl_s=call.request.cache_ttl_s or 0, at=at)
    if also is not None:
        also(transaction, answer)
    try:
        transaction.commit()
    except AnsweredBeforeError:
        events.append(event)
        raise
    return answer


class AnswerStream:
    """Pieces of a governed answer. Whatever becomes of it, `finish` writes the one event that tells of it."""

    def __init__(self, pieces: Iterator[str], stop: Callable[[], None], settle: Callable[[str, str], Answer]) -> None:
        self._pieces = pieces
        self._stop = stop
        self._settle = settle
        self._text: list[str] = []
        self._outcome = "abandoned"
        self._stopped = False
        self._answer: Answer | None = None

    def __iter__(self) -> Iterator[str]:
        try:
            for piece in self._pieces:
                self._text.append(piece)
                yield piece
        except UpstreamError:
            self._outcome = "interrupted"
            raise
        if not self._stopped:  # a stopped upstream call ends its pieces too
            self._outcome = "completed"

    def stop(self) -> None:
        """Stop the upstream call: nobody waits for it any more. May be called from another thread."""
        self._stopped = True
        self._stop()

    def finish(self) -> Answer:
        """Write the event, once; before the end of the pieces this counts as abandoned."""
        if self._answer is None:
            self._answer = self._settle("".join(self._text), self._outcome)
        return self._answer
