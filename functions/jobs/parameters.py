"""What a job may be asked for: what all services take, and what each takes beside it."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, Field, StringConstraints, model_validator

from pentarch.llm.cache import MAX_TTL_S
from pentarch.llm.model import Sensitivity
from pentarch.work.sharding import MAX_INPUTS

DEFAULT_MODEL = "gpt-3.5-turbo"
"""As the same reference has it for single calls."""
_MAX_OUTPUT_TOKENS = 1_000_000
_GIVEN = ("input_source", "inputs")

Text = Annotated[str, StringConstraints(min_length=1, pattern=r"\S")]
Instructions = Annotated[str, StringConstraints(min_length=1, max_length=50_000, pattern=r"\S")]
"""Kept in the job's item, which holds 400 KB."""
Probability = Annotated[float, Field(gt=0, le=1)]
Penalty = Annotated[float, Field(ge=-2, le=2)]


AnalysisType = Literal["object_detection", "text_extraction", "scene_analysis", "image_classification"]
AnalysisTypes = Annotated[
    list[AnalysisType],
    Field(min_length=1, max_length=4),
    BeforeValidator(lambda given: [given] if isinstance(given, str) else given),
]
"""One by its name, as the reference has it, or several."""


class InlineInput(BaseModel):
    id: Annotated[str, StringConstraints(min_length=1, max_length=256)] | None = None
    prompt: Text


class JobParameters(BaseModel):
    """What every service's jobs have in common: where the inputs are, and how the results are written."""

    input_source: str | None = None
    inputs: Annotated[list[Text | InlineInput], Field(min_length=1, max_length=MAX_INPUTS)] | None = None
    output_format: Literal["json", "jsonl"] = "jsonl"

    @model_validator(mode="after")
    def _one_of_both(self) -> "JobParameters":
        if (self.input_source is None) == (self.inputs is None):
            msg = "give either input_source or inputs"
            raise ValueError(msg)
        return self

    def kept(self) -> dict[str, object]:
        """What the job remembers: everything but the inputs, which lie in an object of their own."""
        return self.model_dump(mode="json", exclude=set(_GIVEN), exclude_none=True)


class LlmParameters(JobParameters):
    model: Annotated[str, StringConstraints(min_length=1, max_length=256)] = DEFAULT_MODEL
    system: Instructions | None = None
    max_tokens: Annotated[int, Field(ge=1, le=_MAX_OUTPUT_TOKENS)] = 1000
    temperature: Annotated[float, Field(ge=0, le=2)] = 0.7
    top_p: Probability | None = None
    frequency_penalty: Penalty | None = None
    presence_penalty: Penalty | None = None
    sensitivity: Sensitivity | None = None
    cache_ttl: Annotated[int, Field(ge=0, le=MAX_TTL_S)] | None = None


class InlineText(BaseModel):
    id: Annotated[str, StringConstraints(min_length=1, max_length=256)] | None = None
    text: Text


Analysis = Literal["sentiment", "entities", "keywords", "language"]


class NlpParameters(JobParameters):
    """One analysis, several, or a summary of each text."""

    inputs: Annotated[list[Text | InlineText], Field(min_length=1, max_length=MAX_INPUTS)] | None = None  # type: ignore[assignment]
    analysis_type: Analysis | Literal["summarization"] | None = None
    analysis_types: Annotated[list[Analysis], Field(min_length=1, max_length=4)] | None = None
    language: Annotated[str, StringConstraints(pattern=r"^(auto|[a-z]{2,3}(-[A-Za-z]{2,4})?)$")] = "auto"
    max_length: Annotated[int, Field(ge=1, le=10_000)] = 100
    min_length: Annotated[int, Field(ge=0, le=10_000)] | None = None
    model: Annotated[str, StringConstraints(min_length=1, max_length=256)] | None = None
    sensitivity: Sensitivity | None = None

    @model_validator(mode="after")
    def _one_wish(self) -> "NlpParameters":
        if self.analysis_type is not None and self.analysis_types is not None:
            msg = "give either analysis_type or analysis_types"
            raise ValueError(msg)
        if self.min_length is not None and self.min_length > self.max_length:
            msg = f"min_length {self.min_length} is more than max_length {self.max_length}"
            raise ValueError(msg)
        return self


class ImageInput(BaseModel):
    id: Annotated[str, StringConstraints(min_length=1, max_length=256)] | None = None
    image: Text
    """A data URL, or where it lies in the stack's bucket: s3://bucket/files/..."""


class VisionParameters(JobParameters):
    inputs: Annotated[list[Text | ImageInput], Field(min_length=1, max_length=MAX_INPUTS)] | None = None  # type: ignore[assignment]
    analysis_type: AnalysisTypes = ["object_detection"]
    """Or `image_classification`, which single calls have a path of its own for."""
    model: Annotated[str, StringConstraints(min_length=1, max_length=256)] | None = None
    top_k: Annotated[int, Field(ge=1, le=100)] = 5
    sensitivity: Sensitivity | None = None


PARAMETERS: Mapping[str, type[JobParameters]] = {
    "llm": LlmParameters,
    "nlp": NlpParameters,
    "vision": VisionParameters,
}
"""By service; the services themselves are in `jobs.services`."""
