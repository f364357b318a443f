"""Datasets on their way to numbers: however large a row is, only so much is in memory."""

from collections.abc import Iterator

import pytest

from pentarch.files import store as files
from specialists.datasets import chunks, preparing
from specialists.datasets.chunks import Block, ChunkReader
from specialists.datasets.preparing import Prepared, prepare
from specialists.datasets.reading import read
from specialists.datasets.splitting import Split
from specialists.parameters import Supervised


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    held: dict[str, bytes] = {}
    monkeypatch.setattr(files, "put", lambda key, body, _: held.__setitem__(key, body))
    monkeypatch.setattr(files, "get", held.__getitem__)
    return held


def prepared(text: str, **parameters: int) -> Prepared:
    return prepare(lambda: read("csv", [text.encode()]), Supervised(hash_bits=10, **parameters), "x")


def blocks(made: Prepared, split: Split) -> Iterator[Block]:
    with ChunkReader(made.facts["splits"]) as reader:
        yield from reader.blocks(split)


def rows(count: int, words: int = 1) -> str:
    return "text,label\n" + "".join(f"{'word ' * words}{n},{'ab'[n % 2]}\n" for n in range(count))


def test_large_rows_make_small_chunks_of_the_same_rows(
    bucket: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = rows(100, words=50)
    whole = prepared(text)
    few = len(bucket)
    monkeypatch.setattr(preparing, "_BATCH_BYTES", 2_000)
    monkeypatch.setattr(chunks, "CHUNK_BYTES", 500)
    parts = prepared(text)

    assert len(bucket) > few
    assert parts.facts["dataset_hash"] == whole.facts["dataset_hash"]
    assert parts.report == whole.report
    assert sum(len(block) for block in blocks(parts, Split.TRAIN)) == parts.report["splits"]["train"]


def test_rows_beyond_the_most_that_are_wanted_are_left_out(bucket: dict[str, bytes]) -> None:
    assert prepared(rows(100), max_rows=60).report["rows"] == 60
    assert bucket


def test_only_so_much_text_is_kept_beside_a_model(bucket: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    assert bucket == {}
    monkeypatch.setattr(preparing, "_KEPT_BYTES", 1_000)
    made = prepared(rows(200, words=20))
    for kept in (made.probes, made.examples):
        assert 0 < sum(len(row["text"]) for row in kept) <= 1_000
