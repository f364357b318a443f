"""A dataset looked at and made ready: validated, split, and turned into chunks of numbers. One pass, or two for topics.

Nothing of it depends on time or place, so a worker that dies begins again and writes the same.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.preprocessing import StandardScaler

from specialists.datasets import judging, roles
from specialists.datasets.chunks import CHUNK_ROWS, Block, ChunkWriter
from specialists.datasets.conversations import SENT, ConversationWriter
from specialists.datasets.reading import Row, Table
from specialists.datasets.roles import Roles
from specialists.datasets.splitting import SPLITS, canonical, fingerprint, splits_of
from specialists.datasets.tally import Tally
from specialists.errors import BadDatasetError, Fault
from specialists.parameters import FineTuned, Parameters, Reinforcement, Supervised, Unsupervised
from specialists.training import features

PROBES = 200
"""Held-out rows that are kept as they were given: a model answers them before it is deployed."""
EXAMPLES = 500
_KEPT_BYTES = 2 * 1024 * 1024
"""Of the probes, and of the examples."""
_BATCH_BYTES = 16 * 1024 * 1024
"""Of rows that are in memory at once."""
_GROUP = 16
"""Rows between two looks at their size: 16 MB at most, as a line has 1 MB."""
_VALUE_BYTES = 56
"""What Python needs around a value."""
Open = Callable[[], Table]


@dataclass(frozen=True, slots=True)
class Prepared:
    """What the manifest of a prepared dataset holds."""

    facts: dict[str, Any]
    report: dict[str, Any]
    probes: list[dict[str, Any]]
    examples: list[dict[str, Any]]


@dataclass(slots=True)
class _Batch:
    """Rows that passed: their marks, the numbers of their splits, the codes of their labels (-1: there are none)."""

    rows: list[Row]
    marks: NDArray[np.uint64]
    splits: NDArray[np.int8]
    codes: NDArray[np.int32]

    def where(self, mask: NDArray[np.bool_]) -> "_Batch":
        kept = [row for row, keep in zip(self.rows, mask, strict=True) if keep]
        return _Batch(kept, self.marks[mask], self.splits[mask], self.codes[mask])


class _Preparation:
    def __init__(self, open_table: Open, parameters: Parameters, prefix: str) -> None:
        self.parameters = parameters
        self.open_table = open_table
        self.tally = Tally()
        self.writer = ChunkWriter(prefix)
        self.codes: dict[str, int] = {}
        self.scaler = StandardScaler()
        self.examples: list[dict[str, Any]] = []
        self._examples_size = 0
        self._probes: dict[int, dict[str, Any]] = {}
        self._unseen: tuple[int, ...] = (1, 2)
        """Numbers of the splits that probes are taken from."""
        self._always_train: set[int] = set()
        table, self.roles = self._opened()
        self._label = self.roles.label if self.roles.label is not None else self.roles.action
        self._rows = table

    def run(self) -> Prepared:
        more = self._text() if self.roles.text is not None else self._numbers()
        self._judge()
        facts = {
            "form": "text" if self.roles.text is not None else "numbers",
            "columns": list(self.roles.feature_names),
            "labels": list(self.codes),
            "dataset_hash": self.tally.dataset_hash,
            "rows": self.tally.rows,
            "splits": self.writer.finish(),
            **more,
        }
        return Prepared(facts, self.tally.report(), self._kept_probes(), self.examples)

    def _judge(self) -> None:
        noun = "action" if isinstance(self.parameters, Reinforcement) else "label"
        self.tally.judge(labelled=self._label is not None, noun=noun)

    def _opened(self) -> tuple[Iterator[Row | Fault], Roles]:
        table = self.open_table()
        first = next((row for row in table.rows if isinstance(row, Row)), None)
        if first is None:
            raise BadDatasetError([Fault("the dataset has no rows")])
        found = roles.find(table.columns, first.values, self.parameters)
        again = self.open_table()  # with the empty rows before the first, which count
        return again.rows, found

    def _batches(self) -> Iterator[_Batch]:
        """Rows that pass by themselves, as many at a time as a chunk may have; fewer where they are large."""
        rows: list[Row] = []
        size = 0
        accepted = islice(self._accepted(), self.parameters.max_rows)
        while group := list(islice(accepted, _GROUP)):
            rows += group
            size += sum(map(_size_of_row, group))
            if len(rows) >= CHUNK_ROWS or size + _VALUE_BYTES * len(rows) * len(rows[0].values) >= _BATCH_BYTES:
                yield self._taken(rows)
                rows, size = [], 0
        if rows:
            yield self._taken(rows)

    def _accepted(self) -> Iterator[Row]:
        fault_of = judging.judge(self.roles)
        for row in self._rows:
            if isinstance(row, Fault):
                self.tally.refuse(row)
                continue
            fault = fault_of(row.values)
            if fault is None:
                yield row
            else:
                self.tally.refuse(Fault(fault, row.line))

    def _taken(self, rows: list[Row]) -> _Batch:
        used, seed = self.roles.used, self.parameters.seed
        if list(used) == list(range(len(rows[0].values))):
            said = [canonical(row.values) for row in rows]
        else:
            said = [canonical([row.values[place] for place in used]) for row in rows]
        marks = [fingerprint(one, seed) for one in said]
        labels, codes = self._coded(rows, marks)
        numbers = np.array(marks, dtype=np.uint64)
        shares = {"validation_share": self.parameters.validation_share, "test_share": self.parameters.test_share}
        splits = splits_of(numbers, **shares)
        splits[np.isin(numbers, np.array(list(self._always_train), dtype=np.uint64))] = 0
        self.tally.take([row.line for row in rows], said, marks, splits, labels)
        return _Batch(rows, numbers, splits, codes)

    def _coded(self, rows: list[Row], marks: list[int]) -> tuple[list[str] | None, NDArray[np.int32]]:
        """Labels, and their numbers in the order in which they first came."""
        if self._label is None:
            return None, np.full(len(rows), -1, dtype=np.int32)
        labels = [str(row.values[self._label]).strip() for row in rows]
        for label, mark in zip(labels, marks, strict=True):
            if label not in self.codes:
                self.codes[label] = len(self.codes)
                self._always_train.add(mark)  # every label is learned, however the hash falls
        return labels, np.array([self.codes[label] for label in labels], dtype=np.int32)

    def _write(self, batch: _Batch, matrix: Any, known: Mapping[str, NDArray[Any]]) -> None:  # noqa: ANN401
        block = Block(matrix, {"code": batch.codes, **known})
        for number, split in enumerate(SPLITS):
            self.writer.add(split, block.where(batch.splits == number))

    def _keep(self, batch: _Batch) -> None:
        """The first examples; as probes the rows with the lowest marks, so that a sorted dataset gives all labels."""
        for place in range(len(batch.rows) if len(self.examples) < EXAMPLES else 0):
            if batch.splits[place] or len(self.examples) >= EXAMPLES:
                continue
            given = self._given(batch, place)
            size = _size(given)
            if self._examples_size + size <= _KEPT_BYTES:
                self._examples_size += size
                self.examples.append(given)
        lowest = np.isin(batch.splits, self._unseen)
        if len(self._probes) == PROBES:
            lowest &= batch.marks < max(self._probes)
        places = np.flatnonzero(lowest)
        nearest = places[np.argsort(batch.marks[places], kind="stable")[:PROBES]]
        found = {int(batch.marks[place]): self._given(batch, int(place)) for place in nearest}
        self._probes = dict(sorted({**self._probes, **found}.items())[:PROBES])

    def _kept_probes(self) -> list[dict[str, Any]]:
        kept, size = [], 0
        for given in self._probes.values():
            size += _size(given)
            if size <= _KEPT_BYTES:
                kept.append(given)
        return kept

    def _given(self, batch: _Batch, place: int) -> dict[str, Any]:
        row, code = batch.rows[place], int(batch.codes[place])
        given: dict[str, Any] = {}
        if self.roles.text is not None:
            given["text"] = row.values[self.roles.text]
        else:
            given["features"] = [float(row.values[place]) for place in self.roles.features]
        if code >= 0:
            given["label"] = list(self.codes)[code]
        return given

    # Texts

    def _text(self) -> dict[str, Any]:
        if isinstance(self.parameters, Supervised):
            settings = {"hash_bits": self.parameters.hash_bits, "ngrams": self.parameters.ngrams}
            self._write_texts(features.hashed(**settings))
            return {"text": {"kind": "hashed", **settings}}
        size = self.parameters.vocabulary if isinstance(self.parameters, Unsupervised) else 0
        terms = features.Terms()
        for batch in self._batches():
            for row in batch.rows:
                terms.take(str(row.values[self.roles.text or 0]))
        vocabulary, idf = terms.vocabulary(size)
        if not vocabulary:
            raise BadDatasetError([Fault("no term is in two rows or more: there are no topics to find")])
        self._begin_again()
        self._write_texts(features.weighted(vocabulary, idf))
        return {"text": {"kind": "weighted", "vocabulary": vocabulary, "idf": idf}}

    def _begin_again(self) -> None:
        self.tally = Tally()
        self._rows = self.open_table().rows

    def _write_texts(self, transform: Callable[[Sequence[str]], Any]) -> None:
        place = self.roles.text or 0
        for batch in self._batches():
            self._write(batch, transform([row.values[place] for row in batch.rows]), {})
            self._keep(batch)

    # Numbers

    def _numbers(self) -> dict[str, Any]:
        for batch in self._batches():
            passed, matrix, known = self._numeric(batch)
            if not passed.rows:
                continue
            learned = passed.splits == 0
            if learned.any():
                self.scaler.partial_fit(matrix[learned])
            self._write(passed, matrix, known)
            self._keep(passed)
        self._judge()  # without a row there is no scale
        return {"scaler": {"mean": self.scaler.mean_.tolist(), "scale": self.scaler.scale_.tolist()}}

    def _numeric(self, batch: _Batch) -> tuple[_Batch, NDArray[np.float64], dict[str, NDArray[np.float64]]]:
        """All at once where all are numbers, else row by row to say which is not."""
        extra = [place for place in (self.roles.reward, self.roles.propensity) if place is not None]
        places = [*self.roles.features, *extra]

        def of(rows: Sequence[Row]) -> NDArray[np.float64]:
            return features.numbers([[row.values[place] for place in places] for row in rows])

        try:
            matrix = of(batch.rows)
        except ValueError:
            faults = [self._not_a_number(row, places) for row in batch.rows]
            for fault in faults:
                if fault is not None:
                    self.tally.refuse(fault)
            batch = batch.where(np.array([fault is None for fault in faults]))
            matrix = of(batch.rows) if batch.rows else np.empty((0, len(places)))
        width = len(self.roles.features)
        names = ("reward", "propensity")[: len(extra)]
        return batch, matrix[:, :width], {name: matrix[:, width + n] for n, name in enumerate(names)}

    def _not_a_number(self, row: Row, places: Sequence[int]) -> Fault | None:
        for place in places:
            try:
                features.numbers([[row.values[place]]])
            except ValueError:
                shown = str(row.values[place])[:40]
                return Fault(f"{shown!r} in column {place + 1} is not a finite number", row.line)
        return None


def prepare(open_table: Open, parameters: Parameters, prefix: str) -> Prepared:
    """Raises BadDatasetError, with lines, for what cannot be learned from."""
    return _Preparation(open_table, parameters, prefix).run()


def prepare_conversations(open_table: Open, parameters: FineTuned, prefix: str, instructions: str) -> Prepared:
    """The same look and the same splits; what is learned from become files of conversations."""
    return _Conversations(open_table, parameters, prefix, instructions).run()


class _Conversations(_Preparation):
    def __init__(self, open_table: Open, parameters: FineTuned, prefix: str, instructions: str) -> None:
        super().__init__(open_table, parameters, prefix)
        self._writer = ConversationWriter(prefix, instructions, parameters.sensitivity, parameters.backend)
        self._unseen = tuple(n for n, split in enumerate(SPLITS) if split not in SENT[parameters.backend])

    def _text(self) -> dict[str, Any]:
        text, label = self.roles.text or 0, self.roles.label or 0
        for batch in self._batches():
            for row, number in zip(batch.rows, batch.splits, strict=True):
                self._writer.add(SPLITS[number], str(row.values[text]), str(row.values[label]).strip())
            self._keep(batch)
        self._judge()  # before anything is written
        return self._writer.finish()


def _size_of_row(row: Row) -> int:
    try:
        return sum(map(len, row.values))
    except TypeError:  # of JSON, which has numbers too
        return sum([len(one) if isinstance(one, str) else _VALUE_BYTES for one in row.values])


def _size(given: Mapping[str, Any]) -> int:
    return len(given.get("text", "")) + 24 * len(given.get("features", ()))
