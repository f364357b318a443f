"""Predictions of a tuned model, for a caller: each input is one governed call of the gateway's, with its own event."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from pentarch.identity.model import Caller
from pentarch.llm.service import MODEL_TIMEOUT_S
from pentarch.platform import clock
from pentarch.web.access import Access
from pentarch.web.admission import Gate
from specialists.errors import ModelTamperedError, NotServedError, PredictionInputError
from specialists.finetuning import answering
from specialists.model import Specialist, Version
from specialists.serving import text_of

MAX_INPUTS = 10
"""One after the other, within the time of one request."""
ACTION = "specialist_predict"
_SPENDING = Access("specialists:invoke", spends=True)

Compare = Callable[[Any, str | None], Mapping[str, Any] | None]
"""What the calls' events tell of a shadow, by input and label; None: no shadow was asked."""


@dataclass(frozen=True, slots=True)
class Asking:
    """A caller's question to a specialist."""

    caller: Caller
    specialist: Specialist
    correlation_id: str
    begun: float
    """On the clock of `perf_counter`: all answers together have the time of one."""

    def predict(
        self, version: Version, asked: Sequence[Any], facts: Mapping[str, Any], compare: Compare | None = None
    ) -> list[answering.Said]:
        """An answer for each input. The budget is looked at first, as for every call that costs."""
        if len(asked) > MAX_INPUTS:
            msg = f"a provider's model answers {MAX_INPUTS} inputs at once at most"
            raise PredictionInputError(msg)
        texts = [text_of(one) for one in asked]
        at = clock.now()
        Gate.authorize(self.caller, _SPENDING, None, at)
        try:
            about = answering.about(version)
        except ModelTamperedError as error:
            msg = "the deployed model is not the one that was signed; nothing answers until another one is deployed"
            raise NotServedError(msg, details={"reason": str(error)}) from error
        return [self._ask(version, about, text, facts, compare) for text in texts]

    def _ask(
        self,
        version: Version,
        about: Mapping[str, Any],
        text: str,
        facts: Mapping[str, Any],
        compare: Compare | None,
    ) -> answering.Said:
        def heard(prediction: str | None) -> dict[str, Any]:
            found = None if compare is None else compare(text, prediction)
            return {} if found is None else {"shadow": found}

        return answering.ask(
            self.caller,
            self.specialist,
            about,
            text,
            action=ACTION,
            facts={"specialist_id": self.specialist.id, "version": version.number, **facts},
            heard=heard,
            correlation_id=self.correlation_id,
            timeout_s=MODEL_TIMEOUT_S - (perf_counter() - self.begun),
        )
