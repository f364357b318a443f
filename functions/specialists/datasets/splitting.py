"""Which rows are learned from and which are held out: by a hash of the row, so that equal rows stay together."""

from collections.abc import Sequence
from enum import StrEnum
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

_SPAN = 1 << 32


class Split(StrEnum):
    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"


SPLITS = (Split.TRAIN, Split.VALIDATION, Split.TEST)


def canonical(values: Sequence[Any]) -> bytes:
    return "\x1f".join(map(str, values)).encode("utf-8", "surrogatepass")


def fingerprint(row: bytes, seed: int) -> int:
    """64 bits; the same row and seed give the same ones on any machine."""
    return int.from_bytes(blake2b(row, digest_size=8, salt=seed.to_bytes(8, "big")).digest(), "big")


def splits_of(marks: NDArray[np.uint64], *, validation_share: float, test_share: float) -> NDArray[np.int8]:
    """By the low half of each fingerprint as a place in [0, 1): the numbers of the splits in `SPLITS`."""
    places = (marks & np.uint64(_SPAN - 1)) / _SPAN
    return np.where(places < test_share, 2, np.where(places < test_share + validation_share, 1, 0)).astype(np.int8)
