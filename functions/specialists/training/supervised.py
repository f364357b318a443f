"""Telling labels apart: logistic regression by stochastic gradient descent, one pass over the rows an epoch."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import SGDClassifier

from specialists.arrays import Arrays
from specialists.datasets.chunks import Block, ChunkReader
from specialists.datasets.splitting import Split
from specialists.parameters import EarlyStopping, Supervised
from specialists.training import features, measures

SAMPLE_ROWS = 2048
"""Learned rows that the training loss is measured on: all of a small set, the first of a large one."""
_MAX_WEIGHTS = 2**24
_ALPHA = {"text": 1e-4, "numbers": 1e-3}
"""For tables the best of four by cross-validation over those that scikit-learn brings; for texts its own default."""


class Classifier:
    """The training; between two epochs it is its `arrays` and `facts`, and nothing else."""

    def __init__(self, parameters: Supervised, prepared: Mapping[str, Any]) -> None:
        self._parameters = parameters
        self._prepared = prepared
        self._classes = np.arange(len(prepared["labels"]))
        self._model = self._fresh()
        self._best: dict[str, NDArray[Any]] = {}
        self._best_loss: float | None = None
        self._waited = 0
        self._sample: Block | None = None

    @property
    def stopped(self) -> bool:
        """Whether it learns nothing more."""
        stopping = self._parameters.early_stopping
        return stopping is not None and self._waited >= stopping.patience

    def epoch(self, number: int, reader: ChunkReader) -> dict[str, Any]:
        """Learn from every row once, in an order of this epoch's own; what it was measured at then."""
        rng = np.random.default_rng([self._parameters.seed, number])
        self._model.set_params(random_state=(self._parameters.seed + number) % 2**31)
        for block in reader.blocks(Split.TRAIN, [int(place) for place in rng.permutation(reader.count(Split.TRAIN))]):
            self._model.partial_fit(self._seen(block), block.known["code"], classes=self._classes)
        return self._measured(reader)

    def _measured(self, reader: ChunkReader) -> dict[str, Any]:
        if self._sample is None:
            self._sample = next(reader.blocks(Split.TRAIN, [0])).first(SAMPLE_ROWS)
        learned = self._judge([self._sample])
        split = Split.VALIDATION if reader.rows(Split.VALIDATION) else Split.TEST
        held_out = self._judge(reader.blocks(split))
        self._remember(held_out["loss"])
        return {
            "loss": learned["loss"],
            "accuracy": held_out["accuracy"],
            "training_accuracy": learned["accuracy"],
            "validation_loss": held_out["loss"],
        }

    def _remember(self, loss: float) -> None:
        stopping = self._parameters.early_stopping
        if stopping is None:
            return
        if self._improved(loss, stopping):
            self._best_loss, self._waited = loss, 0
            self._best = {"best_coef": self._model.coef_.copy(), "best_intercept": self._model.intercept_.copy()}
        else:
            self._waited += 1

    def _improved(self, loss: float, stopping: EarlyStopping) -> bool:
        return self._best_loss is None or loss < self._best_loss - stopping.min_improvement

    def finish(self, reader: ChunkReader) -> tuple[dict[str, NDArray[Any]], dict[str, Any], dict[str, Any]]:
        """The model's arrays and facts, and its metrics on rows that it never saw."""
        if self._best:
            self._model.coef_, self._model.intercept_ = self._best["best_coef"], self._best["best_intercept"]
        split = Split.TEST if reader.rows(Split.TEST) else Split.VALIDATION
        labels: Sequence[str] = self._prepared["labels"]
        tested = self._judge(reader.blocks(split), labels)
        facts = {"kind": "classifier", **{name: self._prepared[name] for name in _KEPT if name in self._prepared}}
        arrays = {"coef": self._model.coef_, "intercept": self._model.intercept_}
        return arrays, facts, tested | {"measured_on": {"split": str(split), "rows": reader.rows(split)}}

    def arrays(self) -> Arrays:
        return {"coef": self._model.coef_, "intercept": self._model.intercept_, **self._best}

    def facts(self) -> dict[str, Any]:
        return {"t": float(self._model.t_), "best_loss": self._best_loss, "waited": self._waited}

    def restore(self, arrays: Arrays, facts: Mapping[str, Any]) -> None:
        self._model = _with_weights(self._fresh(), arrays["coef"], arrays["intercept"])
        self._model.t_ = facts["t"]
        self._best_loss, self._waited = facts["best_loss"], facts["waited"]
        self._best = {name: array for name, array in arrays.items() if name.startswith("best_")}

    def _judge(self, blocks: Any, labels: Sequence[str] | None = None) -> dict[str, Any]:  # noqa: ANN401
        score = measures.Score(len(self._classes))
        for block in blocks:
            score.take(self._model.predict_proba(self._seen(block)), block.known["code"])
        return score.told(labels)

    def _seen(self, block: Block) -> Any:  # noqa: ANN401 (sparse or dense)
        return seen(block.features, self._prepared)

    def _fresh(self) -> Any:  # noqa: ANN401 (scikit-learn has no types)
        rate = self._parameters.learning_rate
        schedule = {"learning_rate": "optimal"} if rate is None else {"learning_rate": "constant", "eta0": rate}
        alpha = self._parameters.alpha or _ALPHA[self._prepared["form"]]
        return SGDClassifier(loss="log_loss", alpha=alpha, **schedule)


_KEPT = ("form", "columns", "labels", "text", "scaler")


class Model:
    """A trained classifier that answers."""

    def __init__(self, arrays: Arrays, facts: Mapping[str, Any]) -> None:
        self._facts = facts
        self._model = _with_weights(SGDClassifier(loss="log_loss"), arrays["coef"], arrays["intercept"])
        text = facts.get("text")
        self._transform = None if text is None else features.hashed(text["hash_bits"], text["ngrams"])

    def predict(self, inputs: Sequence[Any]) -> list[dict[str, Any]]:
        matrix = self._transform(inputs) if self._transform is not None else features.numbers(inputs)
        labels = self._facts["labels"]
        told = []
        for shares in self._model.predict_proba(seen(matrix, self._facts)):
            scores = features.best(labels, shares)
            first = next(iter(scores))
            told.append({"prediction": first, "confidence": scores[first], "scores": scores})
        return told


def seen(matrix: Any, prepared: Mapping[str, Any]) -> Any:  # noqa: ANN401 (sparse or dense)
    """The features as the classifier takes them."""
    return features.scaled(matrix, prepared["scaler"]) if "scaler" in prepared else matrix


def too_large(parameters: Supervised, labels: int) -> str | None:
    """Why a model would not fit; None if it does."""
    weights = 2**parameters.hash_bits * max(1, labels)
    if weights <= _MAX_WEIGHTS:
        return None
    return (
        f"{labels} labels with 2^{parameters.hash_bits} features make {weights} weights, and {_MAX_WEIGHTS} at most fit"
    )


def _with_weights(model: Any, coef: NDArray[Any], intercept: NDArray[Any]) -> Any:  # noqa: ANN401
    """A classifier that goes on where another was; only attributes that scikit-learn documents."""
    model.coef_, model.intercept_ = np.ascontiguousarray(coef), np.ascontiguousarray(intercept)
    model.classes_ = np.arange(max(2, len(intercept)))
    model.n_features_in_ = coef.shape[1]
    return model
