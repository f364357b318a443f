"""The tree, held against RFC 9162's own recursive definitions, written down as they stand there."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from pentarch.sealing import merkle, tiles
from pentarch.sealing.merkle import Frontier


def mth(leaves: list[bytes]) -> bytes:
    """MTH of section 2.1.1."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = split(len(leaves))
    return hashlib.sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def path(m: int, leaves: list[bytes]) -> list[bytes]:
    """PATH of section 2.1.3.1."""
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if m < k:
        return [*path(m, leaves[:k]), mth(leaves[k:])]
    return [*path(m - k, leaves[k:]), mth(leaves[:k])]


def proof(m: int, leaves: list[bytes]) -> list[bytes]:
    """PROOF of section 2.1.4.1."""
    return subproof(m, leaves, known=True)


def subproof(m: int, leaves: list[bytes], *, known: bool) -> list[bytes]:
    if m == len(leaves):
        return [] if known else [mth(leaves)]
    k = split(len(leaves))
    if m <= k:
        return [*subproof(m, leaves[:k], known=known), mth(leaves[k:])]
    return [*subproof(m - k, leaves[k:], known=False), mth(leaves[:k])]


def split(n: int) -> int:
    """The largest power of two smaller than n."""
    k = 1
    while 2 * k < n:
        k *= 2
    return k


def some_leaves(count: int) -> list[bytes]:
    return [f"event {number}".encode() for number in range(count)]


def stored(leaves: list[bytes], steps: list[int]) -> tuple[dict[tuple[int, int], bytes], int]:
    """The tiles of a tree that was appended to in batches of these sizes, the rest at once."""
    kept: dict[tuple[int, int], bytes] = {}
    size = 0
    for step in [*steps, len(leaves)]:
        batch = [merkle.leaf_hash(leaf) for leaf in leaves[size : size + step]]
        unfinished = {place: kept[place] for place in tiles.edge(size)}
        kept |= tiles.append(unfinished, size, batch)
        size += len(batch)
    return kept, size


SIZES = st.one_of(st.integers(1, 40), st.integers(250, 270), st.integers(500, 700))
STEPS = st.lists(st.integers(1, 300), max_size=12)


@given(SIZES, STEPS)
def test_stored_tiles_give_the_root_however_the_leaves_came(count: int, steps: list[int]) -> None:
    leaves = some_leaves(count)
    kept, size = stored(leaves, steps)
    assert size == count
    assert tiles.hash_of(kept, 0, size) == mth(leaves)
    assert {place: len(tile) for place, tile in kept.items() if len(tile) < 256 * 32}.keys() == set(tiles.edge(size))


@given(SIZES, STEPS, st.data())
def test_an_inclusion_proof_is_the_references_and_verifies(count: int, steps: list[int], data: st.DataObject) -> None:
    leaves = some_leaves(count)
    kept, _ = stored(leaves, steps)
    size = data.draw(st.integers(1, count))
    index = data.draw(st.integers(0, size - 1))
    ranges = merkle.inclusion_ranges(index, size)
    read = {place: kept[place] for place in tiles.needed(ranges)}
    found = [tiles.hash_of(read, low, high) for low, high in ranges]
    root = mth(leaves[:size])
    leaf = merkle.leaf_hash(leaves[index])
    assert found == path(index, leaves[:size])
    assert merkle.verify_inclusion(leaf, index, size, found, root)
    assert not merkle.verify_inclusion(merkle.leaf_hash(b"another"), index, size, found, root)
    assert not merkle.verify_inclusion(leaf, (index + 1) % size, size, found, root) or size == 1
    assert not merkle.verify_inclusion(leaf, index, size, [*found, leaf], root)
    if found:
        assert not merkle.verify_inclusion(leaf, index, size, found[:-1], root)


@given(SIZES, STEPS, st.data())
def test_a_consistency_proof_is_the_references_and_verifies(count: int, steps: list[int], data: st.DataObject) -> None:
    leaves = some_leaves(count)
    kept, _ = stored(leaves, steps)
    second = data.draw(st.integers(1, count))
    first = data.draw(st.integers(1, second))
    ranges = merkle.consistency_ranges(first, second)
    read = {place: kept[place] for place in tiles.needed(ranges)}
    found = [tiles.hash_of(read, low, high) for low, high in ranges]
    old, new = mth(leaves[:first]), mth(leaves[:second])
    assert found == proof(first, leaves[:second])
    assert merkle.verify_consistency(first, second, old, new, found)
    assert not merkle.verify_consistency(first, second, mth([b"x", *leaves[1:first]]), new, found)
    assert not merkle.verify_consistency(first, second, old, mth([*leaves[: second - 1], b"x"]), found)
    assert not merkle.verify_consistency(first, second, old, new, [*found, new])


@given(SIZES, st.data())
def test_a_frontier_is_the_tree_without_its_leaves(count: int, data: st.DataObject) -> None:
    leaves = some_leaves(count)
    hashes = [merkle.leaf_hash(leaf) for leaf in leaves]
    middle = data.draw(st.integers(0, count))
    kept, _ = stored(leaves, [])
    tree = Frontier(middle, tiles.parts_of(kept, middle))
    assert tree.is_whole
    assert tree.root == mth(leaves[:middle])
    assert tree.extend(hashes[middle:]).root == mth(leaves)


@given(st.integers(1, 2**40), st.data())
def test_a_proof_in_a_large_tree_reads_few_tiles(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    levels = max(1, (size.bit_length() + 7) // 8)
    assert len(tiles.needed(merkle.inclusion_ranges(index, size))) <= 2 * levels
    assert len(tiles.needed(merkle.consistency_ranges(index + 1, size))) <= 2 * levels
    assert len(tiles.edge(size)) <= levels


def test_the_roots_of_certificate_transparencys_published_test_vectors() -> None:
    """Roots of the eight inputs that the log implementations share (google/certificate-transparency, merkletree)."""
    inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    roots = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]
    tree = Frontier()
    for data, root in zip(inputs, roots, strict=True):
        tree.append(merkle.leaf_hash(bytes.fromhex(data)))
        assert tree.root.hex() == root
