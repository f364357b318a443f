"""The learner of each type of training, and the model that its files make."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from numpy.typing import NDArray

from specialists.arrays import Arrays
from specialists.datasets.chunks import ChunkReader
from specialists.parameters import Parameters, Reinforcement, Supervised, Unsupervised
from specialists.training import bandit, supervised


class Learner(Protocol):
    """A training. Whatever it knows between two epochs is in `arrays` and `facts`."""

    @property
    def stopped(self) -> bool: ...

    def epoch(self, number: int, reader: ChunkReader) -> dict[str, Any]: ...

    def finish(self, reader: ChunkReader) -> tuple[dict[str, NDArray[Any]], dict[str, Any], dict[str, Any]]: ...

    def arrays(self) -> Arrays: ...

    def facts(self) -> dict[str, Any]: ...

    def restore(self, arrays: Arrays, facts: Mapping[str, Any]) -> None: ...


class Model(Protocol):
    def predict(self, inputs: Sequence[Any]) -> list[dict[str, Any]]: ...


def learner(parameters: Parameters, prepared: Mapping[str, Any]) -> Learner:
    match parameters:
        case Supervised():
            return supervised.Classifier(parameters, prepared)
        case Unsupervised():
            from specialists.training import topics  # half a second that the other kinds need not pay

            return topics.Clusters(parameters, prepared)
        case Reinforcement():
            return bandit.Policy(parameters, prepared)
    msg = f"nothing learns from {type(parameters).__name__}"
    raise TypeError(msg)


def model(arrays: Arrays, facts: Mapping[str, Any]) -> Model:
    match facts["kind"]:
        case "classifier":
            return supervised.Model(arrays, facts)
        case "clusters":
            from specialists.training import topics

            return topics.Model(arrays, facts)
        case "policy":
            return bandit.Model(arrays, facts)
    msg = f"nothing here reads a model of the kind {facts['kind']!r}"
    raise ValueError(msg)
