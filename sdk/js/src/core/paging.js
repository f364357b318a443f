/** All items of a list, page after page. */

/**
 * What to ask for after a page, or undefined when it was the last. The server tells by a cursor where it has one, or by
 * page numbers or offsets and a total.
 */
export function following(page, query, items) {
  const told = page.pagination ?? page;
  const cursor = told.next_cursor ?? told.nextCursor;
  if (cursor) return { ...query, page: undefined, offset: undefined, cursor };
  const before = told.next_before ?? told.nextBefore;
  if (before) return { ...query, before };
  if (cursor === null || before === null || items.length === 0) return undefined;
  if (told.totalPages !== undefined) {
    return told.page < told.totalPages ? { ...query, page: told.page + 1 } : undefined;
  }
  if (told.offset !== undefined && told.total !== undefined) {
    const offset = told.offset + items.length;
    return offset < told.total ? { ...query, offset } : undefined;
  }
  return undefined;
}

/**
 * @param {(query: object) => Promise<object>} fetchPage
 * @param {string} member where a page has its items
 */
export async function* itemsOf(fetchPage, member, query = {}) {
  for (let asked = query; asked !== undefined; ) {
    const page = await fetchPage(asked);
    const items = page[member];
    yield* items;
    asked = following(page, asked, items);
  }
}
