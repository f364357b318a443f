"""How a job's inputs are split, and how patient its workers are: pure rules over numbers."""

from datetime import timedelta
from math import ceil

MAX_INPUTS = 100_000
MAX_SHARDS = 200
"""Bounds what asking for a job's progress costs: one query over so many small items."""
MIN_SHARD_INPUTS = 10
"""Below this, taking a shard costs more than its work: 1,000 inputs run a hundred wide."""

TURN = timedelta(seconds=30)
"""How long a worker stays with a shard while it has more inputs. Then the shard waits in its queue again, so that who
comes with little, to a service whose workers are all taken by one tenant, waits so long at most for the first of them.
Passing on costs eight calls to AWS, as much as four inputs."""

MAX_TRIES = 5
"""How often a shard is taken without one more result before its next input is given up."""
LOST_TRIES = 3 * MAX_TRIES
"""After so many, an hour at least, not even giving up an input worked: the shard's message is set aside to be seen."""
MAX_PAUSE_S = 900
"""SQS delays a message no longer."""
_FIRST_PAUSE_S = 30
_PAUSE_FACTOR = 3


def shard_size(inputs: int) -> int:
    return max(MIN_SHARD_INPUTS, ceil(inputs / MAX_SHARDS))


def split(inputs: int) -> list[range]:
    """The inputs' indexes, in shards numbered from 0."""
    size = shard_size(inputs)
    return [range(first, min(first + size, inputs)) for first in range(0, inputs, size)]


def longest_run(inputs: int, workers: int = MAX_SHARDS) -> int:
    """How many inputs one of so many workers takes one after the other, when it has all of its service's workers."""
    shards = ceil(inputs / shard_size(inputs))
    return min(inputs, shard_size(inputs) * ceil(shards / workers))


def pause_s(tries: int, advice_s: int | None = None) -> int:
    """How long to leave a shard alone after so many tries in vain: 20 min over all four pauses."""
    grown: int = _FIRST_PAUSE_S * _PAUSE_FACTOR ** (tries - 1)
    return min(MAX_PAUSE_S, max(grown, advice_s or 0))
