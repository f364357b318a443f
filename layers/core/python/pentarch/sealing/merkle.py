"""Merkle trees as RFC 9162 defines them (section 2.1): the hashes, what proofs consist of, and verifying them.

A proof is a list of hashes of ranges of leaves. Which ranges is arithmetic on two numbers, done here; the hashes come
from wherever the tree is kept (`pentarch.sealing.tiles`).
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()

Range = tuple[int, int]
"""The leaves [low, high)."""
Node = tuple[int, int]
"""A perfect subtree: its level, and its number from the left. It covers 2 to the level leaves."""


def leaf_hash(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def perfect_parts(low: int, high: int) -> list[Node]:
    """The fewest perfect subtrees that make up a range, from the left."""
    parts = []
    while low < high:
        level = (high - low).bit_length() - 1
        if low:
            level = min(level, (low & -low).bit_length() - 1)
        parts.append((level, low >> level))
        low += 1 << level
    return parts


def joined(parts: Sequence[bytes]) -> bytes:
    """The root over the hashes of perfect subtrees, which become smaller to the right."""
    if not parts:
        return EMPTY_ROOT
    *rest, root = parts
    for left in reversed(rest):
        root = node_hash(left, root)
    return root


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """What a proof that leaf `index` is in a tree of `size` leaves consists of (2.1.3.1), the nearest range first."""
    if not 0 <= index < size:
        msg = f"a tree of {size} leaves has no leaf {index}"
        raise ValueError(msg)
    low, high, ranges = 0, size, []
    while high - low > 1:
        middle = low + _half(high - low)
        if index < middle:
            ranges.append((middle, high))
            high = middle
        else:
            ranges.append((low, middle))
            low = middle
    return ranges[::-1]


def consistency_ranges(first: int, second: int) -> list[Range]:
    """What a proof that a tree of `second` leaves begins with one of `first` leaves consists of (2.1.4.1)."""
    if not 1 <= first <= second:
        msg = f"a tree of {second} leaves cannot begin with one of {first}"
        raise ValueError(msg)
    low, high, ranges = 0, second, []
    while high != first:
        middle = low + _half(high - low)
        if first <= middle:
            ranges.append((middle, high))
            high = middle
        else:
            ranges.append((low, middle))
            low = middle
    if low:
        ranges.append((low, high))  # the first tree as a whole is known; a part of it is not
    return ranges[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """The algorithm of 2.1.3.2."""
    if not 0 <= index < size:
        return False
    node, last, found = index, size - 1, leaf
    for part in path:
        if last == 0:
            return False
        if node & 1 or node == last:
            found = node_hash(part, found)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, part)
        node, last = node >> 1, last >> 1
    return last == 0 and found == root


def verify_consistency(first: int, second: int, first_root: bytes, second_root: bytes, path: Sequence[bytes]) -> bool:
    """The algorithm of 2.1.4.2."""
    if not 1 <= first <= second:
        return False
    if first == second:
        return not path and first_root == second_root
    parts = [first_root, *path] if first & (first - 1) == 0 else list(path)
    if len(parts) < 1 + (first & (first - 1) == 0):
        return False
    node, last = first - 1, second - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = parts[0]
    for part in parts[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old, new = node_hash(part, old), node_hash(part, new)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, part)
        node, last = node >> 1, last >> 1
    return last == 0 and (old, new) == (first_root, second_root)


@dataclass(slots=True)
class Frontier:
    """A tree that only grows, as the perfect subtrees that it consists of: all that its root needs."""

    size: int = 0
    parts: list[bytes] = field(default_factory=list)

    def append(self, leaf: bytes) -> None:
        number = self.size
        while number & 1:
            leaf = node_hash(self.parts.pop(), leaf)
            number >>= 1
        self.parts.append(leaf)
        self.size += 1

    def extend(self, leaves: Iterable[bytes]) -> "Frontier":
        for leaf in leaves:
            self.append(leaf)
        return self

    @property
    def root(self) -> bytes:
        return joined(self.parts)

    @property
    def is_whole(self) -> bool:
        """Whether there are as many parts as a tree of this size has."""
        return self.size >= 0 and len(self.parts) == self.size.bit_count()


def _half(size: int) -> int:
    """The largest power of two below a size."""
    return 1 << ((size - 1).bit_length() - 1)
