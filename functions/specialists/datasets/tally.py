"""What is noticed of a dataset while it streams by, and the verdict on it."""

from array import array
from collections import Counter
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

from specialists.datasets.splitting import SPLITS, Split
from specialists.errors import BadDatasetError, Fault

MIN_ROWS = 20
MIN_ROWS_PER_LABEL = 2
MAX_LABELS = 200
MAX_FAULTS_TOLD = 20
MAX_FAULTS_READ = 1_000
"""After so many nobody learns from more of them."""
_LINES_TOLD = 10
_UNBALANCED = 20
"""A label with so many times the rows of another is worth a warning."""


class Tally:
    """Holds 12 bytes for each row, and each label: nothing else grows with the dataset."""

    def __init__(self) -> None:
        self.rows = 0
        self.labels: Counter[str] = Counter()
        self.splits: Counter[Split] = Counter()
        self._digest = sha256()
        self._marks = array("Q")
        self._lines = array("I")
        self._faults: list[Fault] = []
        self._fault_count = 0
        self._empty: list[int] = []
        self._empty_count = 0

    def take(
        self, lines: list[int], rows: list[bytes], marks: list[int], splits: NDArray[np.int8], labels: list[str] | None
    ) -> None:
        """Rows that passed, many at a time."""
        self.rows += len(rows)
        for number, count in enumerate(np.bincount(splits, minlength=len(SPLITS))):
            self.splits[SPLITS[number]] += int(count)
        self._digest.update(b"".join([len(row).to_bytes(4, "big") + row for row in rows]))
        self._marks.extend(marks)
        self._lines.extend(lines)
        if labels is not None:
            self.labels.update(labels)
            if len(self.labels) > MAX_LABELS:
                new = (line for line, label in zip(lines, labels, strict=True) if self.labels[label] == 1)
                line = next(new, lines[0])
                msg = f"there are more than {MAX_LABELS} labels: is this the label column?"
                raise BadDatasetError([Fault(msg, line)])

    def refuse(self, fault: Fault) -> None:
        if fault.problem == "empty":
            self._empty_count += 1
            if len(self._empty) < _LINES_TOLD and fault.line is not None:
                self._empty.append(fault.line)
            return
        self._fault_count += 1
        if len(self._faults) < MAX_FAULTS_TOLD:
            self._faults.append(fault)
        if self._fault_count >= MAX_FAULTS_READ:
            self.judge(labelled=False)

    def judge(self, *, labelled: bool, noun: str = "label") -> None:
        """Raises BadDatasetError with what was found."""
        faults = list(self._faults)
        if not faults and self.rows < MIN_ROWS:
            faults.append(Fault(f"there are {self.rows} rows, and at least {MIN_ROWS} are needed"))
        if not faults and labelled:
            faults += self._label_faults(noun)
        if not faults and not self.splits[Split.VALIDATION] + self.splits[Split.TEST]:
            faults.append(Fault("no row fell into the held-out splits: give more rows, or larger shares"))
        if faults:
            raise BadDatasetError(faults, more=max(0, self._fault_count - len(faults)))

    def _label_faults(self, noun: str) -> list[Fault]:
        if len(self.labels) == 1:
            [only] = self.labels
            return [Fault(f"every row has the {noun} {only!r}: there is nothing to tell apart")]
        rare = [label for label, count in self.labels.items() if count < MIN_ROWS_PER_LABEL]
        return [
            Fault(f"the {noun} {label!r} has fewer than {MIN_ROWS_PER_LABEL} rows") for label in rare[:MAX_FAULTS_TOLD]
        ]

    @property
    def dataset_hash(self) -> str:
        return self._digest.hexdigest()

    def report(self) -> dict[str, Any]:
        duplicates = self._duplicate_lines()
        told: dict[str, Any] = {
            "rows": self.rows,
            "empty_rows": self._empty_count,
            "empty_lines": self._empty,
            "duplicates": len(duplicates),
            "duplicate_lines": duplicates[:_LINES_TOLD],
            "splits": {split: self.splits[split] for split in Split},
            "dataset_hash": self.dataset_hash,
        }
        if self.labels:
            told["labels"] = dict(self.labels)
        return told | {"warnings": self._warnings(len(duplicates))}

    def _duplicate_lines(self) -> list[int]:
        """The lines of rows that were there before."""
        marks = np.frombuffer(self._marks, dtype=np.uint64)
        lines = np.frombuffer(self._lines, dtype=np.uint32)
        firsts = np.unique(marks, return_index=True)[1]
        again = np.ones(len(marks), dtype=bool)
        again[firsts] = False
        return [int(line) for line in lines[again]]

    def _warnings(self, duplicates: int) -> list[str]:
        found: list[str] = []
        if self._empty_count:
            found.append(f"{self._empty_count} empty rows were left out")
        if duplicates:
            found.append(f"{duplicates} rows are there more than once; equal rows are held out together")
        if self.labels:
            (most, many), (least, few) = self.labels.most_common()[0], self.labels.most_common()[-1]
            if many > _UNBALANCED * few:
                found.append(f"the labels are unbalanced: {many} rows have {most!r}, {few} have {least!r}")
        return found
