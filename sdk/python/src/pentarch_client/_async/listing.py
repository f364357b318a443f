"""Lists, page by page."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Generic, TypeVar

from pentarch_client import paging
from pentarch_client.paging import Page
from pentarch_client.records import Record

R = TypeVar("R", bound=Record)


class AsyncListing(Generic[R]):
    """Iterate over it for every entry of every page; a page is fetched when its first entry is needed."""

    def __init__(
        self,
        fetch: Callable[[dict[str, Any]], Awaitable[dict[str, Any]]],
        field: str,
        kind: type[R],
        query: dict[str, Any],
    ) -> None:
        self._fetch = fetch
        self._field = field
        self._kind = kind
        self._query = query

    async def __aiter__(self) -> AsyncIterator[R]:
        async for page in self.pages():
            for entry in page.entries:
                yield entry

    async def pages(self) -> AsyncIterator[Page[R]]:
        query: dict[str, Any] | None = self._query
        while query is not None:
            answer = await self._fetch(query)
            page = self._page(answer)
            yield page
            query = paging.following(answer, query, len(page.entries))

    async def page(self) -> Page[R]:
        """The first page alone."""
        return self._page(await self._fetch(self._query))

    def _page(self, answer: dict[str, Any]) -> Page[R]:
        entries = [self._kind(entry) for entry in answer.get(self._field, [])]
        return Page(entries, paging.total_of(answer), Record(answer))
