"""Lists against a plain model of them: whatever was made, changed and removed, each list is what sorting would give."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pentarch.platform.errors import ConflictError
from pentarch.platform.ids import uuid7
from pentarch.platform.shelves import Entry, Order, Question, Shelves
from pentarch.platform.tables import Transaction

LISTS = Shelves("AGENTS_TABLE", 5)
START = datetime(2026, 1, 1, tzinfo=UTC)
NAMES = st.sampled_from(["a", "ab", "a b", "B", "é", "ß", "a#b", "😀", "日本", "x" * 300])
FACETS = st.fixed_dictionaries({"type": st.sampled_from(["x", "y"]), "status": st.sampled_from(["on", "off"])})

pytestmark = pytest.mark.usefixtures("aws")


class Act(NamedTuple):
    place: int
    remove: bool
    name: str
    facets: dict[str, str]
    description: str


ACTS = st.lists(
    st.builds(Act, st.integers(0, 4), st.booleans(), NAMES, FACETS, st.sampled_from(["", "the Wörd"])), max_size=9
)
ASKED = st.builds(
    Question,
    facets=st.sampled_from([{}, {"type": "x"}, {"status": "off"}, {"status": "on", "type": "y"}]),
    order=st.sampled_from(Order),
    descending=st.booleans(),
    search=st.sampled_from(["", "", "A", "wörd", "ü"]),
    limit=st.integers(1, 3),
    offset=st.integers(0, 4),
)


def move(tenant: str, before: Entry | None, after: Entry | None) -> None:
    transaction = Transaction()
    LISTS.move(transaction, tenant, before, after, full=ConflictError("full"))
    transaction.commit()


def expected(entries: list[Entry], asked: Question) -> list[str]:
    def value(entry: Entry) -> tuple[object, str]:
        by_name = entry.name.casefold().encode()
        values = {Order.NAME: by_name, Order.CREATED: entry.created_at, Order.UPDATED: entry.updated_at}
        return values[asked.order], entry.id

    word = asked.search.casefold()
    found = [
        entry
        for entry in entries
        if asked.facets.items() <= entry.facets.items()
        and (word in entry.name.casefold() or word in entry.description.casefold())
    ]
    return [entry.id for entry in sorted(found, key=value, reverse=asked.descending)]


@settings(max_examples=25)
@given(acts=ACTS, questions=st.lists(ASKED, min_size=1, max_size=4))
def test_a_list_is_what_sorting_would_give(acts: list[Act], questions: list[Question]) -> None:
    tenant = uuid7()
    there: dict[str, Entry] = {}
    for second, act in enumerate(acts):
        identifier, at = f"agent-{act.place}", START + timedelta(seconds=second // 2)
        before = there.pop(identifier, None)
        if act.remove and before is not None:
            move(tenant, before, None)
            continue
        made = at if before is None else before.created_at
        after = Entry(identifier, act.name, act.description, act.facets, made, at)
        move(tenant, before, after)
        there[identifier] = after
    for asked in questions:
        wanted = expected(list(there.values()), asked)
        page = LISTS.page(tenant, asked)
        assert page.ids == tuple(wanted[asked.offset :][: asked.limit])
        assert page.total == len(wanted)
        walked: list[str] = []
        cursor: str | None = None
        for _ in range(6):
            page = LISTS.page(tenant, replace(asked, offset=0, cursor=cursor))
            walked += page.ids
            cursor = page.next_cursor
            if cursor is None:
                break
        assert walked == wanted


def test_there_are_no_more_things_than_a_search_reads() -> None:
    entries = [Entry(f"agent-{number}", "n", "", {}, START, START) for number in range(6)]
    for entry in entries[:5]:
        move("acme", None, entry)
    with pytest.raises(ConflictError, match="full"):
        move("acme", None, entries[5])
    move("acme", entries[0], None)
    move("acme", None, entries[5])
    assert LISTS.page("acme", Question()).total == 5
