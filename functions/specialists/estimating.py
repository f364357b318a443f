"""How long a training will take, before it runs: from its dataset's size and what was measured in this deployment."""

from functools import cache
from time import perf_counter
from typing import NamedTuple

from specialists.datasets.reading import read

START_S = 3.0
"""From the request to the worker, and a worker's start."""
_CHECKPOINT_S = 0.03
_UNKNOWN_BYTES = 1024 * 1024
"""Of an address whose size is not known before it is read."""
_LOOK = 14.0
_EPOCH = 0.3
"""How many times as long as its mere reading the look at a dataset takes, and an epoch: proportions of the same work,
measured by `tests/bench/specialists.py` on short texts. How fast this deployment reads is measured in it."""
_ROWS = 2_000
_TRIES = 3


class Pace(NamedTuple):
    """Seconds for a byte of dataset."""

    look: float
    epoch: float


def seconds(size: int | None, epochs: int, pace: Pace) -> float:
    known = _UNKNOWN_BYTES if size is None else size
    return round(START_S + known * pace.look + epochs * (_CHECKPOINT_S + known * pace.epoch), 1)


@cache
def calibrated() -> Pace:
    """The pace of this environment, where no training of the tenant was measured yet: a few milliseconds, once."""
    text = "text,label\n" + "".join(f"word{n} word{n % 7} word{n % 11} is good,label{n % 2}\n" for n in range(_ROWS))
    content = text.encode()
    each = min(_reading_s(content) for _ in range(_TRIES)) / len(content)
    return Pace(_LOOK * each, _EPOCH * each)


def _reading_s(content: bytes) -> float:
    begun = perf_counter()
    for _ in read("csv", [content]).rows:
        pass
    return perf_counter() - begun
