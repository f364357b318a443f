"""What a training may be told beside its dataset, by type. What is left out has the value that stands here."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from pentarch.llm.model import Sensitivity
from specialists.errors import ParametersError
from specialists.model import TrainingType

DEFAULT_EPOCHS = 10
MAX_EPOCHS = 500
MAX_ROWS = 5_000_000
LOCAL = "local"
Column = Annotated[str, StringConstraints(min_length=1, max_length=256)]
Share = Annotated[float, Field(gt=0, le=0.4, strict=True)]
Positive = Annotated[float, Field(gt=0, le=1000, allow_inf_nan=False)]


class EarlyStopping(BaseModel):
    """End when the validation loss has not fallen by `min_improvement` for `patience` epochs; the best one is kept."""

    model_config = ConfigDict(extra="forbid")

    patience: Annotated[int, Field(ge=1, le=100)] = 3
    min_improvement: Annotated[float, Field(ge=0, le=1)] = 0.001


class Parameters(BaseModel):
    model_config = ConfigDict(extra="forbid")

    epochs: Annotated[int, Field(ge=1, le=MAX_EPOCHS, strict=True)] = DEFAULT_EPOCHS
    seed: Annotated[int, Field(ge=0, le=2**31 - 1, strict=True)] = 0
    validation_share: Share = 0.15
    test_share: Share = 0.15
    max_rows: Annotated[int, Field(ge=1, le=MAX_ROWS, strict=True)] = MAX_ROWS
    """Rows behind these are left out."""
    text_column: Column | None = None
    feature_columns: Annotated[list[Column], Field(min_length=1, max_length=500)] | None = None

    @property
    def total_epochs(self) -> int:
        return self.epochs


class Labelled(Parameters):
    label_column: Column = "label"


class Supervised(Labelled):
    alpha: Positive | None = None
    """How much large weights cost; left out, 0.0001 for texts and 0.001 for tables."""
    learning_rate: Positive | None = None
    """A constant one; left out, it falls as `alpha` asks for."""
    hash_bits: Annotated[int, Field(ge=10, le=20, strict=True)] = 16
    """Two to this power is how many features the words of a text are hashed to."""
    ngrams: Annotated[int, Field(ge=1, le=3, strict=True)] = 2
    early_stopping: EarlyStopping | None = None


HyperparameterName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{1,64}$")]
HyperparameterValue = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.+-]{1,32}$")]


class FineTuned(Labelled):
    """A provider learns: what only our own learners know is refused by name."""

    backend: Literal["openai", "bedrock"]
    provider: Annotated[str, StringConstraints(min_length=1, max_length=256)]
    """The name of an entry in the providers' secret."""
    base_model: Annotated[str, StringConstraints(min_length=1, max_length=256)]
    epochs: Annotated[int, Field(ge=1, le=50, strict=True)] = 3
    hyperparameters: Annotated[dict[HyperparameterName, HyperparameterValue], Field(max_length=10)] = Field(
        default_factory=dict
    )
    """Of Bedrock's, beside `epochCount`, as its base model names them."""
    measured_rows: Annotated[int, Field(ge=0, le=200, strict=True)] = 50
    """Held-out rows that the tuned model is asked for its accuracy: when it is trained, and before each deployment."""
    feature_columns: None = None
    sensitivity: Sensitivity = Sensitivity.INTERNAL
    """The least class of the rows; what is found in them raises it, as it does a prompt's."""

    @model_validator(mode="after")
    def _known_there(self) -> Self:
        if self.hyperparameters and self.backend != "bedrock":
            msg = "hyperparameters are Amazon Bedrock's: backend is another"
            raise ValueError(msg)
        if "epochCount" in self.hyperparameters:
            msg = "hyperparameters: epochs says how many there are"
            raise ValueError(msg)
        return self


class Unsupervised(Parameters):
    clusters: Annotated[int, Field(ge=2, le=200, strict=True)] = 8
    vocabulary: Annotated[int, Field(ge=10, le=50_000, strict=True)] = 5_000
    top_terms: Annotated[int, Field(ge=1, le=50, strict=True)] = 10


class Reinforcement(Parameters):
    action_column: Column = "action"
    reward_column: Column = "reward"
    propensity_column: Column = "propensity"
    ridge: Positive = 1.0
    epsilon: Annotated[float, Field(ge=0, le=1)] = 0.0
    """The share of its choices that the policy spreads evenly over all actions."""

    @property
    def total_epochs(self) -> int:
        """The regression is exact after one pass."""
        return 1


_BY_TYPE: Mapping[TrainingType, type[Parameters]] = {
    TrainingType.SUPERVISED: Supervised,
    TrainingType.UNSUPERVISED: Unsupervised,
    TrainingType.REINFORCEMENT: Reinforcement,
}


def parse(kind: TrainingType, given: Mapping[str, Any], proposed: Mapping[str, Any]) -> Parameters:
    """The parameters of a training; what it leaves out is as the proposal's `training_config` says."""
    defaults = {"epochs": proposed.get("epochs"), "max_rows": proposed.get("dataset_size")}
    merged = {name: value for name, value in defaults.items() if value is not None} | dict(given)
    backend = merged.get("backend", LOCAL)
    if backend == LOCAL:
        merged.pop("backend", None)
    elif kind is not TrainingType.SUPERVISED:
        msg = f"backend: only supervised trainings have another one than {LOCAL!r}"
        raise ParametersError(msg, "backend")
    try:
        return (_BY_TYPE[kind] if backend == LOCAL else FineTuned).model_validate(merged)
    except ValidationError as error:
        first: Any = error.errors(include_url=False)[0]
        name = ".".join(str(part) for part in first["loc"])
        msg = f"{name}: {first['msg']}"
        raise ParametersError(msg, name) from error


def restore(kind: TrainingType, stored: Mapping[str, Any]) -> Parameters:
    return (FineTuned if "backend" in stored else _BY_TYPE[kind]).model_validate(stored)
