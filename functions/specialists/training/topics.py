"""Groups without labels: mini-batch k-means over weighted terms, or over scaled numbers."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.cluster import MiniBatchKMeans
from sklearn.metrics import pairwise_distances, silhouette_score

from specialists.arrays import Arrays
from specialists.datasets.chunks import Block, ChunkReader, joined
from specialists.datasets.splitting import Split
from specialists.errors import BadDatasetError, Fault
from specialists.parameters import Unsupervised
from specialists.training import features

SAMPLE_ROWS = 1000
"""Rows that the silhouette is measured on, whose cost grows with their square."""
_MAX_COLUMNS_TOLD = 20
"""Of a centre, so that those of all clusters fit into one item."""
_FIRST_REASSIGNS = 0.01
"""scikit-learn's own: in the first epoch a centre that nearly nobody is near may move to a row."""


class Clusters:
    """Each epoch starts from the centres of the one before, so the centres are all that has to be kept."""

    stopped = False

    def __init__(self, parameters: Unsupervised, prepared: Mapping[str, Any]) -> None:
        self._parameters = parameters
        self._prepared = prepared
        self._centres: NDArray[np.float64] | None = None

    def epoch(self, number: int, reader: ChunkReader) -> dict[str, Any]:
        rng = np.random.default_rng([self._parameters.seed, number])
        order = [int(place) for place in rng.permutation(reader.count(Split.TRAIN))]
        model = self._model(number)
        for block in self._large_enough(reader.blocks(Split.TRAIN, order)):
            model.partial_fit(block.features)
        self._centres = np.ascontiguousarray(model.cluster_centers_, dtype=np.float64)
        return self._measured(reader)

    def _model(self, number: int) -> Any:  # noqa: ANN401 (scikit-learn has no types)
        start: dict[str, Any] = (
            {"init": "k-means++", "reassignment_ratio": _FIRST_REASSIGNS}
            if self._centres is None
            else {"init": self._centres, "reassignment_ratio": 0.0}
        )
        seed = (self._parameters.seed + number) % 2**31
        return MiniBatchKMeans(
            n_clusters=self._parameters.clusters, n_init=1, random_state=seed, compute_labels=False, **start
        )

    def _large_enough(self, blocks: Iterable[Block]) -> Iterable[Block]:
        """A first batch with fewer rows than clusters would have too few places to begin at."""
        held: list[Block] = []
        for block in blocks:
            held.append(self._scaled(block))
            if sum(len(one) for one in held) >= self._parameters.clusters:
                yield joined(held)
                held = []
        if held:
            if self._centres is None and sum(len(one) for one in held) < self._parameters.clusters:
                msg = f"there are fewer rows to learn from than the {self._parameters.clusters} clusters asked for"
                raise BadDatasetError([Fault(msg)])
            yield joined(held)

    def _scaled(self, block: Block) -> Block:
        return Block(_seen(block.features, self._prepared), block.known)

    def _measured(self, reader: ChunkReader) -> dict[str, Any]:
        split = Split.VALIDATION if reader.rows(Split.VALIDATION) else Split.TEST
        distance, rows = 0.0, 0
        for block in reader.blocks(split):
            nearest = _distances(self._scaled(block).features, self._now).min(axis=1)
            distance += float((nearest**2).sum())
            rows += len(block)
        return {"loss": round(distance / max(1, rows), 6)}

    def finish(self, reader: ChunkReader) -> tuple[dict[str, NDArray[Any]], dict[str, Any], dict[str, Any]]:
        split = Split.TEST if reader.rows(Split.TEST) else Split.VALIDATION
        sample: list[Block] = []
        for block in reader.blocks(split):
            sample.append(self._scaled(block))
            if sum(len(one) for one in sample) >= SAMPLE_ROWS:
                break
        rows = joined(sample).first(SAMPLE_ROWS)
        nearest = _distances(rows.features, self._now).argmin(axis=1)
        there = len(np.unique(nearest))
        can_measure = 1 < there < len(rows)
        silhouette = round(float(silhouette_score(rows.features, nearest)), 6) if can_measure else None
        sizes = self._sizes(reader)
        topics = self._topics()
        metrics = {
            **self._measured(reader),
            "silhouette": silhouette,
            "measured_on": {"split": str(split), "rows": len(rows)},
            "clusters": [{"cluster": n, "rows": sizes[n], **topics[n]} for n in range(len(sizes))],
        }
        facts = {"kind": "clusters", "topics": topics}
        facts |= {
            name: self._prepared[name] for name in ("form", "columns", "text", "scaler") if name in self._prepared
        }
        return {"centres": self._now}, facts, metrics

    def _sizes(self, reader: ChunkReader) -> list[int]:
        sizes = np.zeros(self._parameters.clusters, dtype=np.int64)
        for block in reader.blocks(Split.TRAIN):
            nearest = _distances(self._scaled(block).features, self._now).argmin(axis=1)
            sizes += np.bincount(nearest, minlength=len(sizes))
        return [int(size) for size in sizes]

    def _topics(self) -> list[dict[str, Any]]:
        """What a cluster is about: the terms that weigh most in its centre, or the centre itself."""
        if "text" in self._prepared:
            vocabulary = self._prepared["text"]["vocabulary"]
            best = np.argsort(-self._now, axis=1, kind="stable")[:, : self._parameters.top_terms]
            return [
                {"top_terms": [vocabulary[place] for place in row if self._now[cluster, place] > 0]}
                for cluster, row in enumerate(best)
            ]
        if len(self._prepared["columns"]) > _MAX_COLUMNS_TOLD:
            return [{} for _ in self._now]
        scaler = self._prepared["scaler"]
        centres = self._now * np.asarray(scaler["scale"]) + np.asarray(scaler["mean"])
        columns = self._prepared["columns"]
        return [
            {"centre": {name: round(float(value), 6) for name, value in zip(columns, row, strict=True)}}
            for row in centres
        ]

    def arrays(self) -> Arrays:
        return {"centres": self._now}

    def facts(self) -> dict[str, Any]:
        return {}

    def restore(self, arrays: Arrays, facts: Mapping[str, Any]) -> None:
        del facts  # there is nothing but the centres
        self._centres = arrays["centres"]

    @property
    def _now(self) -> NDArray[np.float64]:
        if self._centres is None:
            msg = "there are no centres before the first epoch"
            raise RuntimeError(msg)
        return self._centres


class Model:
    """Says to which cluster something belongs."""

    def __init__(self, arrays: Arrays, facts: Mapping[str, Any]) -> None:
        self._facts = facts
        self._centres = arrays["centres"]
        text = facts.get("text")
        self._transform = None if text is None else features.weighted(text["vocabulary"], text["idf"])

    def predict(self, inputs: Sequence[Any]) -> list[dict[str, Any]]:
        matrix = self._transform(inputs) if self._transform is not None else features.numbers(inputs)
        told = []
        for row in _distances(_seen(matrix, self._facts), self._centres):
            best = int(row.argmin())
            distances = features.best([str(cluster) for cluster in range(len(row))], row, lowest=True)
            told.append({"prediction": best, "distances": distances, **self._facts["topics"][best]})
        return told


def _seen(matrix: Any, prepared: Mapping[str, Any]) -> Any:  # noqa: ANN401 (sparse or dense)
    return features.scaled(matrix, prepared["scaler"]) if "scaler" in prepared else sparse.csr_matrix(matrix)


def _distances(rows: Any, centres: NDArray[np.float64]) -> NDArray[np.float64]:  # noqa: ANN401
    found: NDArray[np.float64] = pairwise_distances(rows, centres)
    return found
