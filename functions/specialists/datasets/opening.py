"""A training's dataset as a table: from the bucket, where an address is kept as it was read first."""

from collections.abc import Iterator, Mapping
from typing import Any

from pentarch.files import store as files
from pentarch.files.errors import FileChangedError, FileMissingError
from pentarch.platform import egress
from specialists.datasets.reading import Table, read
from specialists.datasets.sources import MAX_FETCHED_BYTES
from specialists.errors import BadDatasetError, Fault

_FETCH_TIMEOUT_S = 120


def opened(source: Mapping[str, Any], work: str) -> Table:
    """The table of a source; `work` is where the training keeps what it needs."""
    return read(str(source["format"]), _chunks(source, work))


def _chunks(source: Mapping[str, Any], work: str) -> Iterator[bytes]:
    key = source.get("key")
    if key is None:
        key = f"{work}/source.{source['format']}"
        if files.entry(key) is None:
            _fetch(str(source["url"]), key)
    try:
        yield from files.chunks(str(key), etag=source.get("etag"))
    except (FileMissingError, FileChangedError) as error:
        raise BadDatasetError([Fault(f"{error.message}: train again with what is there now")]) from error


def _fetch(url: str, key: str) -> None:
    """Keep what the address gives now: every worker reads the same."""
    try:
        found = egress.get(url, timeout_s=_FETCH_TIMEOUT_S, max_bytes=MAX_FETCHED_BYTES)
    except egress.EgressError as error:
        raise BadDatasetError([Fault(f"the address cannot be read: {error}")]) from error
    if found.status != 200:  # noqa: PLR2004 (the status is its own name)
        raise BadDatasetError([Fault(f"the address answers with status {found.status}")])
    files.put_once(key, found.body, "application/octet-stream")
