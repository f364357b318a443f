"""Results of single inputs: one item each, written once; a long one lies in an object that the item names."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pentarch.files import store as files
from pentarch.files.model import JOBS, place
from pentarch.platform.dialects import AI_SEMBLE, COMMON
from pentarch.platform.errors import PentarchError
from pentarch.platform.ids import uuid7
from pentarch.platform.jsons import encoded
from pentarch.platform.tables import Transaction
from pentarch.work.errors import LeaseLostError
from pentarch.work.inputs import Input
from pentarch.work.model import Job, Shard
from pentarch.work.shards import LIFETIME
from pentarch.work.table import ResultItem, result_key, results_partition

MAX_INLINE_BYTES = 100_000
"""An item holds 400 KB, and a transaction is charged by the kilobyte, twice."""


def answered(given: Input, output: Mapping[str, Any]) -> dict[str, Any]:
    return _named(given) | {"status": "completed", "output": dict(output)}


def failed(given: Input, error: PentarchError) -> dict[str, Any]:
    """A failure as the jobs' reference words errors."""
    code, _ = AI_SEMBLE.codes.get(error.meaning) or COMMON[error.meaning]
    told = {"code": code, "message": error.message, "details": error.details}
    return _named(given) | {"status": "failed", "error": told}


def _named(given: Input) -> dict[str, Any]:
    named: dict[str, Any] = {"index": given.index, "id": given.id}
    return named if given.origin is None else named | {"original_index": given.origin}


def add(transaction: Transaction, shard: Shard, line: Mapping[str, Any], at: datetime) -> None:
    """Add an input's result to a transaction. What is long goes to S3 first, under a name that no other try has."""
    text = encoded(line)
    index = int(line["index"])
    item = ResultItem(_partition(shard), result_key(index), ttl=int((at + LIFETIME).timestamp()))
    if line["status"] == "failed":
        item.failed = True
    if len(text) <= MAX_INLINE_BYTES:
        item.line = text.decode()
    else:
        item.object = place(JOBS, shard.tenant, shard.job_id, "results", f"{index:08}-{uuid7()}.json")
        files.put(item.object, text, "application/json")
    transaction.put(item, condition=ResultItem.key.does_not_exist(), otherwise=LeaseLostError())


def failed_of(shard: Shard) -> frozenset[int]:
    """The numbers of its inputs that failed; nothing is read of a shard without any."""
    if not shard.failed:
        return frozenset()
    found = ResultItem.query(
        _partition(shard),
        filter_condition=ResultItem.failed == True,  # noqa: E712 (an expression, not a comparison)
        attributes_to_get=["partition", "key"],
        consistent_read=True,
    )
    return frozenset(int(str(item.key).removeprefix("result#")) for item in found)


def of_shard(shard: Shard) -> Iterator[bytes]:
    """The results that a shard has in the order of the inputs, read lazily, as JSON texts."""
    for item in ResultItem.query(_partition(shard), consistent_read=True):
        yield item.line.encode() if item.line is not None else files.get(item.object)


def erase(shard: Shard) -> None:
    with ResultItem.batch_write() as batch:
        for item in ResultItem.query(_partition(shard), attributes_to_get=["partition", "key"], consistent_read=True):
            batch.delete(item)


def _partition(shard: Shard) -> str:
    return results_partition(shard.tenant, shard.job_id, shard.number)


def part_key(shard: Shard) -> str:
    return place(JOBS, shard.tenant, shard.job_id, "parts", f"{shard.number:04}")


def write_part(job: Job, shard: Shard) -> int:
    """One object of all results of a shard that is worked through, each behind a separator; its size in bytes.

    The same object however often it is written, so that the whole file can be put together of them unread.
    """
    form = form_of(job)
    size = 0
    with files.Upload(part_key(shard), form.media_type) as upload:
        for line in of_shard(shard):
            upload.write(form.between + line)
            size += len(form.between) + len(line)
    return size


@dataclass(frozen=True, slots=True)
class Form:
    """How the file of a job's results is written."""

    media_type: str
    before: bytes
    between: bytes
    after: bytes


_FORMS = {
    "jsonl": Form("application/x-ndjson", b"", b"\n", b"\n"),
    "json": Form("application/json", b"[\n", b",\n", b"\n]\n"),
}


def form_of(job: Job) -> Form:
    return _FORMS[name_of(job)]


def name_of(job: Job) -> str:
    return str(job.parameters.get("output_format", "jsonl"))
