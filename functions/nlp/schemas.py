"""Bodies of the NLP service, as the Ai-semble reference has them."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints, model_validator

from nlp.local.summarizing import length
from nlp.model import AUTO, DEFAULT_MOST, MAX_CHARACTERS, Kind, Lengths, Question
from nlp.service import Done, Shown, Terms
from pentarch.llm.model import Sensitivity
from pentarch.platform.ids import short_id
from pentarch.platform.money import usd

MAX_WORDS = 10_000

Text = Annotated[str, StringConstraints(max_length=MAX_CHARACTERS)]
Model = Annotated[str, StringConstraints(min_length=1, max_length=256)]
LanguageCode = Literal["auto"] | Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z]{2,4})?$")]
Words = Annotated[int, Field(ge=1, le=MAX_WORDS)]


class Asked(BaseModel):
    text: Text
    model: Model | None = None
    sensitivity: Sensitivity | None = None

    def terms(self, correlation_id: str) -> Terms:
        return Terms(self.model, self.sensitivity, correlation_id)


class AnalyzeRequest(Asked):
    analysis_types: Annotated[list[Kind], Field(min_length=1, max_length=len(Kind))] = list(Kind)
    language: LanguageCode = AUTO

    def question(self) -> Question:
        return Question(self.text, frozenset(self.analysis_types), self.language)


class SummarizeRequest(Asked):
    max_length: Words = DEFAULT_MOST
    min_length: Annotated[int, Field(ge=0, le=MAX_WORDS)] | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "SummarizeRequest":
        if self.min_length is not None and self.min_length > self.max_length:
            msg = f"min_length {self.min_length} is more than max_length {self.max_length}"
            raise ValueError(msg)
        return self

    def lengths(self) -> Lengths:
        return Lengths.asked(self.min_length, self.max_length)


def analyzed(asked: AnalyzeRequest, done: Done[Shown]) -> dict[str, Any]:
    return {
        "request_id": short_id("req"),
        "text_length": len(asked.text),
        **done.value,
        **_made_by(asked, done),
    }


def summarized(asked: SummarizeRequest, done: Done[str]) -> dict[str, Any]:
    original, size = length(asked.text), length(done.value)
    return {
        "request_id": short_id("req"),
        "original_length": original,
        "summary": done.value,
        "summary_length": size,
        "compression_ratio": round(size / original, 4),
        **_made_by(asked, done),
    }


def _made_by(asked: Asked, done: Done[Any]) -> dict[str, Any]:
    named = {} if asked.model is None else {"requested_model": asked.model}
    return {
        "model": done.model,
        **named,
        "metadata": {
            "processing_time": round(done.seconds, 4),
            "cost": usd(done.cost_nano_usd),
            "provider": done.provider,
            "sensitivity": done.sensitivity,
            "audit_event_id": done.event_id,
            "trace_id": done.event_id,
        },
    }
