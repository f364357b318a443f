"""Which page comes after one: the references page by cursor, by page number, by offset and by version."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pentarch_client.records import Record

JsonObject = Mapping[str, Any]
R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class Page(Generic[R]):
    entries: list[R]
    total: int | None
    """Of all pages, where the list counts them."""
    answer: Record
    """The whole answer."""


def total_of(page: JsonObject) -> int | None:
    told = _pagination(page)
    found = told.get("total", told.get("totalItems"))
    return found if isinstance(found, int) else None


def following(page: JsonObject, query: JsonObject, count: int) -> dict[str, Any] | None:
    """What to ask for after a page with so many entries; None after the last."""
    told = _pagination(page)
    cursor = told.get("next_cursor") or told.get("nextCursor")
    if cursor:
        # Beside a cursor, a place to begin at would be a second answer to the same question.
        kept = {name: value for name, value in query.items() if name not in {"page", "offset"}}
        return kept | {"cursor": cursor}
    before = told.get("next_before") or told.get("nextBefore") or told.get("next")
    if before:
        return {**query, "before": before}
    if "page" in told and "totalPages" in told:
        return {**query, "page": told["page"] + 1} if told["page"] < told["totalPages"] else None
    if "cursor" in query or "offset" not in told or not count:
        return None
    seen = told["offset"] + count
    return {**query, "offset": seen} if seen < (total_of(page) or 0) else None


def _pagination(page: JsonObject) -> JsonObject:
    told = page.get("pagination")
    return told if isinstance(told, dict) else page
