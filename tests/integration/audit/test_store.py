"""The lists in their table, against a list in memory."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import botocore.client
import pytest

from pentarch.audit import store
from pentarch.audit.model import Filters
from pentarch.events import store as events
from pentarch.events.model import Event, happened
from support.gateway import aws_calls
from support.strict_dynamodb import use_strict_dynamodb

pytestmark = pytest.mark.usefixtures("aws", "strict")

START = datetime(2026, 9, 28, 21, 30, tzinfo=UTC)


@pytest.fixture
def strict(monkeypatch: pytest.MonkeyPatch) -> None:
    use_strict_dynamodb(monkeypatch)


def an_event(at: datetime, tenant: str = "acme", **fields: Any) -> Event:
    given: dict[str, Any] = {"action": "llm_generate", "actor": "key:k", "resource": "m", "agent": "a"}
    return happened(at, tenant, "llm.completed", **(given | fields))


def written(told: list[Event]) -> list[Event]:
    """In the log and in the lists; newest first."""
    with events.EventItem.batch_write() as batch:
        for event in told:
            item = events.EventItem()
            item.deserialize(events.attributes_of(event))
            batch.save(item)
    for start in range(0, len(told), 40):
        store.add("acme", told[start : start + 40])
    return sorted(told, key=lambda event: event.id, reverse=True)


@pytest.fixture
def random() -> Random:
    return Random(20261121)  # noqa: S311 (the same events every time)


@pytest.fixture
def trail(random: Random) -> list[Event]:
    """Three months, crowded in one hour, of few agents, actions, resources and all sensitivities."""
    instants = [START + timedelta(minutes=random.randrange(60 * 24 * 40)) for _ in range(80)]
    instants += [START + timedelta(days=3, seconds=random.randrange(1800)) for _ in range(40)]
    return written(
        [
            an_event(
                at,
                agent=random.choice(["a", "b", None]),
                action=random.choice(["x", "y"]),
                resource=random.choice(["m", "n"]),
                sensitivity=random.choice(["PUBLIC", "INTERNAL", None]),
                actor=random.choice(["key:1", "key:2"]),
            )
            for at in instants
        ]
    )


def questions(random: Random, count: int) -> Iterator[tuple[Filters, datetime | None, datetime | None]]:
    for _ in range(count):
        by_actor = random.random() < 0.2
        filters = Filters(
            agent=None if by_actor else random.choice(["a", "b", None, None]),
            action=None if by_actor else random.choice(["x", None]),
            resource=None if by_actor else random.choice(["m", "n", None, None]),
            sensitivity=random.choice(["PUBLIC", "CRITICAL", None, None]),
            actor=random.choice(["key:1", "nobody"]) if by_actor else None,
        )
        minutes = sorted(random.sample(range(60 * 24 * 42), 2))
        low, high = (START + timedelta(minutes=minute) for minute in minutes)
        near = random.random() < 0.3
        crowd = START + timedelta(days=3)
        yield (
            filters,
            random.choice([None, crowd + timedelta(seconds=300) if near else low]),
            random.choice([None, crowd + timedelta(seconds=1500) if near else high]),
        )


def passing(told: list[Event], filters: Filters, start: datetime | None, end: datetime | None) -> list[Event]:
    names = ("agent", "action", "resource", "sensitivity", "actor")
    return [
        event
        for event in told
        if all(getattr(filters, name) in (None, getattr(event, name)) for name in names)
        and (start is None or start <= event.at)
        and (end is None or event.at < end)
    ]


def test_every_page_is_the_one_that_a_list_in_memory_gives(trail: list[Event], random: Random) -> None:
    for filters, start, end in questions(random, 80):
        expected = passing(trail, filters, start, end)
        offset, limit = random.choice([0, 0, 1, 17, 60, 118]), random.choice([1, 7, 100, 1000])
        page = store.page("acme", filters, start, end, limit=limit, offset=offset)
        assert page.total == len(expected) == store.count("acme", filters, start, end)
        assert list(page.events) == expected[offset : offset + limit]
        assert (page.next_cursor is not None) == (len(expected) > offset + limit)


def test_cursors_lead_through_all_events_once(trail: list[Event], random: Random) -> None:
    for filters, start, end in questions(random, 15):
        expected, cursor = passing(trail, filters, start, end), None
        found: list[Event] = []
        while True:
            page = store.page("acme", filters, start, end, limit=23, cursor=cursor)
            assert page.total == len(expected)
            found += page.events
            cursor = page.next_cursor
            if cursor is None:
                break
        assert found == expected
        assert list(store.walk("acme", filters, start, end)) == expected


def test_another_tenant_sees_nothing(trail: list[Event]) -> None:
    assert trail
    assert store.page("other", Filters(), limit=10) == store.Page((), 0, None)


def test_events_that_come_again_are_listed_and_counted_once(trail: list[Event]) -> None:
    store.add("acme", trail[:60])
    store.add("acme", [*trail[50:60], an_event(START)])
    assert store.count("acme", Filters()) == len(trail) + 1
    assert store.count("acme", Filters(agent="a")) == len(passing(trail, Filters(agent="a"), None, None)) + 1


@pytest.mark.parametrize("act", [store.add, store.forget])
def test_a_death_at_any_call_leaves_nothing_that_a_repetition_does_not_mend(
    act: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = [an_event(START + timedelta(hours=hour), agent=f"agent-{hour}") for hour in range(12)]
    kept = [an_event(START)]
    store.add("acme", kept if act is store.add else [*kept, *told])
    if act is store.forget:
        store.add("other", told)
    with aws_calls() as calls:
        act("other", told)  # the same work, to see how many calls it takes
    call = botocore.client.BaseClient._make_api_call  # type: ignore[attr-defined]
    for fatal in range(1, calls.total() + 1):
        left = fatal

        def dying(client: Any, operation: str, parameters: Any) -> Any:
            nonlocal left
            answer = call(client, operation, parameters)
            left -= 1
            if left == 0:
                raise KeyboardInterrupt
            return answer

        with monkeypatch.context() as patch:
            patch.setattr(botocore.client.BaseClient, "_make_api_call", dying)
            with pytest.raises(KeyboardInterrupt):
                act("acme", told)
        act("acme", told)
        assert store.count("acme", Filters()) == (13 if act is store.add else 1)
        assert store.count("acme", Filters(agent="agent-3")) == (1 if act is store.add else 0)
        (store.forget if act is store.add else store.add)("acme", told)


def test_forgotten_events_leave_no_entry_and_no_count(trail: list[Event]) -> None:
    store.forget("acme", trail[10:100])
    store.forget("acme", trail[10:100])
    rest = trail[:10] + trail[100:]
    assert store.count("acme", Filters()) == len(rest)
    page = store.page("acme", Filters(), limit=1000)
    assert list(page.events) == rest
    entries = [item for item in store.AuditItem.scan() if "#" not in item.key]
    assert {item.key for item in entries} == {event.id for event in rest}


def test_an_event_that_is_gone_from_the_log_is_left_out(trail: list[Event]) -> None:
    gone = trail[3]
    events.EventItem(events.partition_of("acme", gone.id), gone.id).delete()
    page = store.page("acme", Filters(), limit=5)
    assert list(page.events) == [*trail[:3], trail[4]]
    assert page.next_cursor == trail[4].id


def test_a_page_ends_where_the_reply_would_grow_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MAX_PAGE_BYTES", 2_500)
    told = written([an_event(START + timedelta(minutes=minute), data={"text": "x" * 1000}) for minute in range(5)])
    page = store.page("acme", Filters(), limit=5)
    assert (list(page.events), page.total, page.next_cursor) == (told[:2], 5, told[1].id)
    assert list(store.page("acme", Filters(), limit=5, cursor=page.next_cursor).events) == told[2:4]


def test_a_day_of_the_log_is_listed_again_without_being_counted_twice(trail: list[Event]) -> None:
    day = (START + timedelta(days=3)).date()
    of_day = [event for event in trail if event.at.date() == day]
    store.forget("acme", of_day[5:])
    assert store.relist("acme", day) == len(of_day)
    assert store.count("acme", Filters()) == len(trail)


def test_a_page_costs_the_same_calls_of_ten_events_and_of_two_thousand() -> None:
    def cost(offset: int) -> dict[str, int]:
        with aws_calls() as calls:
            store.page("acme", Filters(agent="a", action="llm_generate"), limit=5, offset=offset)
            store.page("acme", Filters(), START, START + timedelta(days=60), limit=5)
        return dict(calls)

    told = [an_event(START + timedelta(minutes=30 * number)) for number in range(2_000)]
    written(told[:5] + told[-5:])
    of_ten = cost(offset=8)
    written(told[5:-5])
    assert cost(offset=8) == cost(offset=1_500) == of_ten
