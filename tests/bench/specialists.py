"""Training against the bare scikit-learn calls that it makes, predictions through the handler, and memory by rows."""

import csv
import gc
import io
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np
import pytest
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import SGDClassifier

import conftest
from pentarch.files import store as files
from specialists import arrays
from specialists.datasets.chunks import CHUNK_ROWS, ChunkReader
from specialists.datasets.preparing import prepare
from specialists.datasets.reading import read
from specialists.datasets.splitting import SPLITS, Split, canonical, fingerprint, splits_of
from specialists.parameters import Supervised
from specialists.training import kinds
from specialists.training.supervised import SAMPLE_ROWS
from support.specialists import PATH, SpecialistStack, deploy, propose, train
from support.stopped_clock import StoppedClock

EPOCHS = 10
ROWS = 150_000
ROUNDS = 3
PREDICTIONS = 300
_WORDS = [f"word{n}" for n in range(2_000)]


def write_rows(path: Path, rows: int) -> None:
    """Short texts of two labels whose words overlap."""
    rng = np.random.default_rng(0)
    with path.open("w") as file:
        file.write("text,label\n")
        for start in range(0, rows, 10_000):
            picked = rng.integers(0, 1_500, size=(min(10_000, rows - start), 8))
            for n, row in enumerate(picked):
                words = " ".join(_WORDS[place + 500 * (n % 2)] for place in row)
                file.write(f"{words},{'ab'[n % 2]}\n")


class Folder:
    """Takes the bucket's place: what is measured is the training, not a network."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, key: str, body: bytes, content_type: str) -> None:
        del content_type
        path = self._root / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)

    def get(self, key: str) -> bytes:
        return (self._root / key).read_bytes()


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(1024 * 1024):
            yield piece


class Times(NamedTuple):
    """Seconds: until the rows are numbers, of the epochs, and in all."""

    prepared: float
    learned: float

    @property
    def total(self) -> float:
        return self.prepared + self.learned


def ours(path: Path, folder: Folder) -> Times:
    """A whole training: validated, split, learned with a checkpoint each epoch, and tested."""
    parameters = Supervised(epochs=EPOCHS)
    files.put, files.get = folder.put, folder.get  # type: ignore[assignment]
    begun = perf_counter()
    prepared = prepare(lambda: read("csv", _chunks(path)), parameters, "chunks").facts
    ready = perf_counter()
    learner = kinds.learner(parameters, prepared)
    with ChunkReader(prepared["splits"]) as reader:
        for number in range(1, EPOCHS + 1):
            learner.epoch(number, reader)
            arrays.write("checkpoints", learner.arrays(), learner.facts())
        learner.finish(reader)
    return Times(ready - begun, perf_counter() - ready)


def bare(path: Path) -> Times:
    """The same scikit-learn calls on the same rows, all of them in memory, and nothing around them."""
    begun = perf_counter()
    parameters = Supervised()
    vectorizer = HashingVectorizer(n_features=2**parameters.hash_bits, ngram_range=(1, 2), dtype=np.float32)
    split: dict[Split, list[Any]] = {one: [] for one in Split}
    with path.open(newline="") as file:
        rows = csv.reader(file)
        next(rows)
        while batch := list(islice(rows, CHUNK_ROWS)):
            matrix = vectorizer.transform([row[0] for row in batch])
            codes = np.array(["ab".index(row[1]) for row in batch])
            marks = np.array([fingerprint(canonical(row), 0) for row in batch], dtype=np.uint64)
            places = splits_of(marks, validation_share=0.15, test_share=0.15)
            for number, one in enumerate(SPLITS):
                split[one].append((matrix[places == number], codes[places == number]))
    ready = perf_counter()
    model = SGDClassifier(loss="log_loss", alpha=1e-4)
    for number in range(EPOCHS):
        model.set_params(random_state=number)
        for matrix, codes in split[Split.TRAIN]:
            model.partial_fit(matrix, codes, classes=[0, 1])
        model.predict_proba(split[Split.TRAIN][0][0][:SAMPLE_ROWS])
        for matrix, _ in split[Split.VALIDATION]:
            model.predict_proba(matrix)
    for matrix, _ in split[Split.TEST]:
        model.predict_proba(matrix)
    return Times(ready - begun, perf_counter() - ready)


def peak_mb(rows: int) -> float:
    """The most memory of a process that trains on so many rows."""
    run = subprocess.run(
        [sys.executable, "-m", "bench.specialists", str(rows)],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ,
    )
    return float(json.loads(run.stdout)["peak_mb"])


def predictions_per_second() -> float:
    """One warm process; every request goes through the gate, the table, the model and the log, and AWS is moto."""
    patch = pytest.MonkeyPatch()
    patch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Pentarch")
    patch.setenv("POWERTOOLS_SERVICE_NAME", "bench")
    with redirect_stdout(io.StringIO()), contextmanager(conftest.aws._get_wrapped_function())(patch):
        stack = SpecialistStack(patch, StoppedClock(patch))
        caller = stack.tenant("bench")
        ident = propose(caller)
        train(caller, ident, epochs=2)
        stack.run()
        deploy(caller, ident)
        stack.run()
        caller.post(f"{PATH}/{ident}/predict", {"text": "warm"}).expect(200)
        begun = perf_counter()
        for n in range(PREDICTIONS):
            caller.post(f"{PATH}/{ident}/predict", {"text": f"question {n}"}).expect(200)
        took = perf_counter() - begun
    patch.undo()
    return PREDICTIONS / took


def compare() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        path = root / "rows.csv"
        write_rows(path, ROWS)
        kept = files.put, files.get
        gc.freeze()  # as the worker does
        pairs = [(ours(path, Folder(root / f"run{n}")), bare(path)) for n in range(ROUNDS)]
        files.put, files.get = kept
    our, plain = (Times(*map(min, zip(*side, strict=True))) for side in zip(*pairs, strict=True))
    small, large = peak_mb(50_000), peak_mb(200_000)
    return {
        "rows, epochs": f"{ROWS}, {EPOCHS}",
        "rows a second in epochs, bare": EPOCHS * ROWS / plain.learned,
        "rows a second in epochs, a training": EPOCHS * ROWS / our.learned,
        "share of bare in epochs": plain.learned / our.learned,
        "share of bare in all": plain.total / our.total,
        "peak MB at 50,000 rows": small,
        "peak MB at 200,000 rows": large,
        "predictions a second": predictions_per_second(),
    }


def main(rows: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        write_rows(root / "rows.csv", rows)
        seconds = ours(root / "rows.csv", Folder(root / "bucket")).total
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"rows": rows, "seconds": round(seconds, 2), "peak_mb": round(peak, 1)}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
