"""Traces of routing decisions that name a person. A trace is proven as a whole, so it is deleted as a whole."""

import gzip
from collections.abc import Iterator

from compliance.subjects.aggregates.aggregate import Aggregate, Record
from compliance.subjects.model import Counts, Person, Request
from pentarch.files import store as files
from pentarch.files.errors import FileMissingError
from pentarch.services.traces import AREA, TraceItem


def _naming(tenant: str, person: Person) -> Iterator[TraceItem]:
    """Traces, and their places under services."""
    for item in TraceItem.query(tenant):
        if person.name.are_among([item.id, item.summary]) or person.name.are_in(_body(item)):
            yield item


def _body(item: TraceItem) -> str:
    if item.body is None and item.file is None:
        return ""
    try:
        return gzip.decompress(files.get(item.file) if item.file else item.body).decode()
    except FileMissingError:
        return ""


def _find(tenant: str, person: Person) -> Counts:
    return {"traces": sum(1 for item in _naming(tenant, person) if "#" not in item.id)}


def _records(tenant: str, person: Person) -> Iterator[Record]:
    for item in _naming(tenant, person):
        if "#" not in item.id:
            yield {"record": "trace", "id": item.id, "summary": dict(item.summary), "trace": _body(item)}


def _erase(request: Request, person: Person) -> None:
    """First its places and its file: what is left when this dies names the person still, and is found again."""
    for item in _naming(request.tenant, person):
        if "#" in item.id:
            item.delete()
            continue
        for service_id in dict.fromkeys(item.summary.get("services", ())):
            TraceItem(request.tenant, f"service#{service_id}#{item.id}").delete()
        if item.file:
            files.delete_for_good(item.file)
        item.delete()


TRACES = Aggregate("traces", ("TracesTable", f"FilesBucket/{AREA}"), _find, _records, _erase)
