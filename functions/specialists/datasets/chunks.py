"""The rows of a prepared dataset, as arrays in objects that are read one at a time."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from pentarch.files import store as files
from specialists.arrays import pack, unpack
from specialists.datasets.splitting import Split
from specialists.errors import ModelTamperedError

CHUNK_ROWS = 16_384
CHUNK_BYTES = 16 * 1024 * 1024
_HELD_BYTES = 64 * 1024 * 1024
"""Of chunks that stay in memory between epochs."""
_DISK_BYTES = 300 * 1024 * 1024
"""Of the 512 MB that a function has as a disk, for the others; the rest is read from S3 in every epoch."""


@dataclass(slots=True)
class Block:
    """Some rows: their features, and what is known of each."""

    features: Any
    """A sparse or a dense matrix."""
    known: Mapping[str, NDArray[Any]] = field(default_factory=dict)

    def __len__(self) -> int:
        return int(self.features.shape[0])

    @property
    def size(self) -> int:
        """Bytes of the features."""
        if sparse.issparse(self.features):
            return int(self.features.data.nbytes + self.features.indices.nbytes)
        return int(self.features.nbytes)

    def where(self, mask: NDArray[Any]) -> "Block":
        return Block(self.features[mask], {name: one[mask] for name, one in self.known.items()})

    def first(self, count: int) -> "Block":
        return Block(self.features[:count], {name: one[:count] for name, one in self.known.items()})

    def to_bytes(self) -> bytes:
        known = {f"known.{name}": one for name, one in self.known.items()}
        if not sparse.issparse(self.features):
            return pack(known | {"dense": self.features})
        rows = self.features.tocsr()
        shape = np.asarray(rows.shape, dtype=np.int64)
        return pack(known | {"data": rows.data, "indices": rows.indices, "indptr": rows.indptr, "shape": shape})

    @classmethod
    def from_bytes(cls, content: bytes) -> "Block":
        found = unpack(content)
        known = {name.removeprefix("known."): one for name, one in found.items() if name.startswith("known.")}
        if "dense" in found:
            return cls(found["dense"], known)
        parts = (found["data"], found["indices"], found["indptr"])
        return cls(sparse.csr_matrix(parts, shape=tuple(found["shape"])), known)


def joined(blocks: Sequence[Block]) -> Block:
    if len(blocks) == 1:
        return blocks[0]
    matrices = [block.features for block in blocks]
    stacked = sparse.vstack(matrices, format="csr") if sparse.issparse(matrices[0]) else np.concatenate(matrices)
    return Block(stacked, {name: np.concatenate([block.known[name] for block in blocks]) for name in blocks[0].known})


class ChunkWriter:
    """Writes the splits' rows as chunks; `finish` gives what the manifest says of them."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._held: dict[Split, list[Block]] = {split: [] for split in Split}
        self._written: dict[Split, list[dict[str, Any]]] = {split: [] for split in Split}

    def add(self, split: Split, block: Block) -> None:
        if not len(block):
            return
        self._held[split].append(block)
        held = self._held[split]
        if sum(len(one) for one in held) >= CHUNK_ROWS or sum(one.size for one in held) >= CHUNK_BYTES:
            self._flush(split)

    def finish(self) -> dict[str, list[dict[str, Any]]]:
        for split in Split:
            if self._held[split]:
                self._flush(split)
        return {str(split): written for split, written in self._written.items()}

    def _flush(self, split: Split) -> None:
        block = joined(self._held[split])
        content = block.to_bytes()
        key = f"{self._prefix}/{split}-{len(self._written[split]):05}.npz"
        files.put(key, content, "application/octet-stream")
        self._written[split].append({"key": key, "rows": len(block), "sha256": sha256(content).hexdigest()})
        self._held[split] = []


class ChunkReader:
    """Reads chunks, each checked, and keeps what fits for the next epoch: bounded in memory, and on the disk."""

    def __init__(self, splits: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        self._splits = splits
        self._folder = tempfile.TemporaryDirectory(prefix="specialists-")
        self._held: dict[str, Block] = {}
        self._memory = _HELD_BYTES
        self._disk = _DISK_BYTES

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._folder.cleanup()

    def rows(self, split: Split) -> int:
        return sum(int(chunk["rows"]) for chunk in self._splits[split])

    def count(self, split: Split) -> int:
        return len(self._splits[split])

    def blocks(self, split: Split, order: Sequence[int] | None = None) -> Iterator[Block]:
        chunks = self._splits[split]
        for place in order if order is not None else range(len(chunks)):
            yield self._block(chunks[place])

    def _block(self, chunk: Mapping[str, Any]) -> Block:
        name = str(chunk["key"])
        if name in self._held:
            return self._held[name]
        content = self._content(chunk)
        block = Block.from_bytes(content)
        if len(content) <= self._memory:
            self._held[name] = block
            self._memory -= len(content)
        return block

    def _content(self, chunk: Mapping[str, Any]) -> bytes:
        local = Path(self._folder.name) / str(chunk["sha256"])
        if local.exists():
            return local.read_bytes()
        content = files.get(str(chunk["key"]))
        if sha256(content).hexdigest() != chunk["sha256"]:
            msg = "a chunk of the dataset is not the one that was written"
            raise ModelTamperedError(msg)
        if self._memory < len(content) <= self._disk:
            local.write_bytes(content)
            self._disk -= len(content)
        return content
