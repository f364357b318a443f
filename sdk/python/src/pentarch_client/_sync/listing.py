# Written from _async by unasync.py ("make sdk"): change it there.
"""Lists, page by page."""

from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

from pentarch_client import paging
from pentarch_client.paging import Page
from pentarch_client.records import Record

R = TypeVar("R", bound=Record)


class Listing(Generic[R]):
    """Iterate over it for every entry of every page; a page is fetched when its first entry is needed."""

    def __init__(
        self,
        fetch: Callable[[dict[str, Any]], dict[str, Any]],
        field: str,
        kind: type[R],
        query: dict[str, Any],
    ) -> None:
        self._fetch = fetch
        self._field = field
        self._kind = kind
        self._query = query

    def __iter__(self) -> Iterator[R]:
        for page in self.pages():
            for entry in page.entries:
                yield entry

    def pages(self) -> Iterator[Page[R]]:
        query: dict[str, Any] | None = self._query
        while query is not None:
            answer = self._fetch(query)
            page = self._page(answer)
            yield page
            query = paging.following(answer, query, len(page.entries))

    def page(self) -> Page[R]:
        """The first page alone."""
        return self._page(self._fetch(self._query))

    def _page(self, answer: dict[str, Any]) -> Page[R]:
        entries = [self._kind(entry) for entry in answer.get(self._field, [])]
        return Page(entries, paging.total_of(answer), Record(answer))
