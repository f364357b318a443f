"""Bodies of the specialists' API, as the MetaQore reference has them, and what goes beyond it."""

from typing import Annotated, Any

from pydantic import BaseModel, Field, StringConstraints, model_validator

from pentarch.llm.specialists import Mode
from specialists.lifecycle import Environment
from specialists.model import TrainingType
from specialists.parameters import MAX_EPOCHS, MAX_ROWS

MAX_SKILLS = 20
"""Each is a shelf and a counter in the transaction of a change, which has 100 places."""
Label = Annotated[str, StringConstraints(min_length=1, max_length=256, pattern=r"\S")]
Skill = Annotated[
    str, StringConstraints(min_length=1, max_length=64, pattern=r"^[^#\x00-\x1f]*[^#\s\x00-\x1f][^#\x00-\x1f]*$")
]
Share = Annotated[float, Field(ge=0, le=1, strict=True, allow_inf_nan=False)]


class TrainingConfig(BaseModel):
    model: Annotated[str, StringConstraints(min_length=1, max_length=256)] | None = None
    epochs: Annotated[int, Field(ge=1, le=MAX_EPOCHS, strict=True)] | None = None
    dataset_size: Annotated[int, Field(ge=1, le=MAX_ROWS, strict=True)] | None = None


class ValidationCriteria(BaseModel):
    min_accuracy: Share | None = None
    max_latency: Annotated[float, Field(gt=0, le=86_400_000, allow_inf_nan=False)] | None = None
    """Milliseconds."""


class InGateway(BaseModel):
    """What a model call gets that names the specialist: a briefing for the model, or the prediction itself."""

    mode: Mode = Mode.BRIEF


class Proposal(BaseModel):
    name: Label
    description: Annotated[str, StringConstraints(min_length=1, max_length=4096)]
    skills: Annotated[list[Skill], Field(max_length=MAX_SKILLS)]
    training_config: TrainingConfig = Field(default_factory=TrainingConfig)
    validation_criteria: ValidationCriteria = Field(default_factory=ValidationCriteria)
    gateway: InGateway = Field(default_factory=InGateway)


class TrainingData(BaseModel):
    type: TrainingType
    dataset: Annotated[str, StringConstraints(min_length=1, max_length=9 * 1024 * 1024)]
    parameters: dict[str, Any] = Field(default_factory=dict)


class TrainRequest(BaseModel):
    training_data: TrainingData
    is_async: Annotated[bool, Field(alias="async")] = True


class DeployRequest(BaseModel):
    environment: Environment
    rollback_on_failure: bool = True
    version: Annotated[int, Field(ge=1, strict=True)] | None = None
    """Left out: the latest."""
    canary_share: Annotated[float, Field(gt=0, lt=1, strict=True)] | None = None
    """The share of requests that it gets beside the version that is there."""
    shadow: Annotated[float, Field(gt=0, le=1, strict=True)] | None = None
    """The share of requests that it answers too, without anybody seeing its answer."""

    @model_validator(mode="after")
    def _either(self) -> "DeployRequest":
        if self.shadow is not None and self.canary_share is not None:
            msg = "give one of canary_share and shadow"
            raise ValueError(msg)
        return self


class RollbackRequest(BaseModel):
    environment: Environment = Environment.PRODUCTION
    version: Annotated[int, Field(ge=1, strict=True)] | None = None
    """Left out: the one before; of a canary, the one beside it."""
    deployment_id: Annotated[str, StringConstraints(min_length=1, max_length=64)] | None = None
    """What shall be taken back: refused when it is neither what serves nor under way. It says the environment too."""


class DatasetRequest(BaseModel):
    name: Label
    format: Annotated[str, StringConstraints(pattern=r"^(csv|jsonl)$")] = "csv"


class PredictRequest(BaseModel):
    """One of `text`, `features` and `inputs`."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=100_000)] | None = None
    features: list[float] | dict[str, float] | None = None
    inputs: Annotated[list[Any], Field(min_length=1, max_length=1_000)] | None = None
    environment: Environment | None = None

    @model_validator(mode="after")
    def _one(self) -> "PredictRequest":
        if sum(one is not None for one in (self.text, self.features, self.inputs)) != 1:
            msg = "give one of text, features and inputs"
            raise ValueError(msg)
        return self

    @property
    def asked(self) -> list[Any]:
        return self.inputs if self.inputs is not None else [self.text if self.text is not None else self.features]
