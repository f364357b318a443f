"""The tree as it is stored: tiles of 256 hashes, as transparency logs serve them (C2SP tlog-tiles).

Tile (0, n) holds the hashes of the leaves from 256 n on, tile (1, n) the roots of the tiles (0, 256 n) and on, and so
forth. Any perfect subtree lies in one tile, so a proof in a tree of N leaves reads log256(N) tiles for each of its
edges, and an append writes the last tile of each level that it reaches.
"""

from collections.abc import Iterable, Mapping, Sequence

from .merkle import HASH_BYTES, Node, Range, joined, node_hash, perfect_parts

WIDTH = 256
_LEVELS = 8
"""Of the tree in a tile: its width is 2 to the 8th."""

TileId = tuple[int, int]


def edge(size: int) -> list[TileId]:
    """The unfinished tiles of a tree, one at most a level: what an append continues, and what the root needs."""
    tiles, level = [], 0
    while size:
        if size % WIDTH:
            tiles.append((level, size // WIDTH))
        size //= WIDTH
        level += 1
    return tiles


def append(unfinished: Mapping[TileId, bytes], size: int, leaves: Sequence[bytes]) -> dict[TileId, bytes]:
    """The tiles that more leaves change. `unfinished` are those of `edge(size)`."""
    changed: dict[TileId, bytes] = {}
    added, level = list(leaves), 0
    while added:
        position, roots = size % WIDTH, []
        place = (level, size // WIDTH)
        tile = unfinished[place][: position * HASH_BYTES] if position else b""
        for each in added:
            tile += each
            if len(tile) == WIDTH * HASH_BYTES:
                changed[place] = tile
                roots.append(_root(_split(tile)))
                place, tile = (level, place[1] + 1), b""
        if tile:
            changed[place] = tile
        added, size, level = roots, size // WIDTH, level + 1
    return changed


def needed(ranges: Iterable[Range]) -> list[TileId]:
    """The tiles that hold the hashes of ranges, each once."""
    return sorted({_place(node)[0] for low, high in ranges for node in perfect_parts(low, high)})


def hash_of(tiles: Mapping[TileId, bytes], low: int, high: int) -> bytes:
    """The hash of a range that a proof asks for, or of a whole tree; KeyError for a tile that is not given."""
    return joined([_node(tiles, node) for node in perfect_parts(low, high)])


def parts_of(tiles: Mapping[TileId, bytes], size: int) -> list[bytes]:
    """The perfect subtrees of a tree, as `merkle.Frontier` wants them."""
    return [_node(tiles, node) for node in perfect_parts(0, size)]


def _place(node: Node) -> tuple[TileId, int, int]:
    """The tile of a node, and which of its hashes make the node: the first, and how many."""
    level, number = node
    height = level % _LEVELS
    first = number << height
    return (level // _LEVELS, first // WIDTH), first % WIDTH, 1 << height


def _node(tiles: Mapping[TileId, bytes], node: Node) -> bytes:
    place, first, count = _place(node)
    hashes = _split(tiles[place][first * HASH_BYTES : (first + count) * HASH_BYTES])
    if len(hashes) != count:
        msg = f"tile {place} is shorter than the tree"
        raise ValueError(msg)
    return _root(hashes)


def _split(tile: bytes) -> list[bytes]:
    return [tile[start : start + HASH_BYTES] for start in range(0, len(tile), HASH_BYTES)]


def _root(hashes: list[bytes]) -> bytes:
    """Of a perfect tree."""
    while len(hashes) > 1:
        hashes = [node_hash(left, right) for left, right in zip(hashes[::2], hashes[1::2], strict=True)]
    return hashes[0]
