"""An event of the log gets one number, and a session's events get theirs in the order in which they happened."""

import itertools
import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from live import feed, numbering
from live.model import Told
from live.numbering import Named
from pentarch.events.model import Event
from pentarch.platform import clock as clocks
from support.atomic import make_calls_atomic
from support.live_stack import QUEUE, LiveStack, message_of

NAMES = itertools.count()


def told(tenant: str) -> list[Told]:
    return feed.after(tenant, 0, clocks.now(), limit=1_000)


def named(events: Sequence[Event]) -> list[Named]:
    return [Named(event.id, event.resource) for event in events]


def take_in(tenant: str, events: Sequence[Event]) -> None:
    numbering.take_in(tenant, named(events), clocks.now())


def test_a_message_that_comes_again_gives_no_number_twice(stack: LiveStack) -> None:
    run = stack.happen(*stack.steps("acme", "s1", 5))
    for _ in range(3):
        take_in("acme", run)
    assert [one.id for one in told("acme")] == [event.id for event in run]
    assert [one.number for one in told("acme")] == [1, 2, 3, 4, 5]


def test_an_event_whose_message_is_late_is_numbered_before_what_followed_from_it(stack: LiveStack) -> None:
    run = stack.happen(*stack.steps("acme", "s1", 6))
    take_in("acme", run[-1:])
    assert [one.id for one in told("acme")] == [event.id for event in run]
    take_in("acme", run[:-1])
    assert [one.number for one in told("acme")] == [1, 2, 3, 4, 5, 6]


def test_events_of_other_sessions_wait_for_messages_of_their_own(stack: LiveStack) -> None:
    one, other = (stack.happen(*stack.steps("acme", name, 2)) for name in ("s1", "s2"))
    take_in("acme", one[-1:])
    assert {event.session for event in told("acme")} == {"s1"}
    take_in("acme", other[-1:])
    assert [event.session for event in told("acme")] == ["s1", "s1", "s2", "s2"]


def test_a_session_is_followed_through_long_pauses(stack: LiveStack) -> None:
    run = stack.steps("acme", "s1", 2)
    stack.clock.advance(seconds=3 * numbering.LOOK_BACK.total_seconds())
    run += stack.steps("acme", "s1", 3)[1:]
    stack.happen(*run)
    take_in("acme", run[:1])
    take_in("acme", run[-1:])  # what is further back than the log is searched comes by its own message
    take_in("acme", run[1:2])
    numbered = [one.id for one in told("acme")]
    assert numbered[0] == run[0].id
    assert sorted(numbered) == sorted(event.id for event in run)


def test_tenants_have_feeds_of_their_own(stack: LiveStack) -> None:
    for tenant in ("acme", "other"):
        take_in(tenant, stack.happen(*stack.steps(tenant, "s1", 2)))
    assert [one.number for one in told("acme")] == [one.number for one in told("other")] == [1, 2]
    assert {one.id for one in told("acme")}.isdisjoint(one.id for one in told("other"))


def test_more_events_than_one_transaction_takes_are_numbered_in_order(stack: LiveStack) -> None:
    run = stack.happen(*stack.steps("acme", "s1", 2 * feed.MAX_STANDING + 5))
    take_in("acme", list(reversed(run)))
    assert [one.number for one in told("acme")] == list(range(1, len(run) + 1))
    assert {one.id for one in told("acme")} == {event.id for event in run}


def test_an_event_that_was_pruned_meanwhile_is_told_to_nobody(stack: LiveStack) -> None:
    gone, kept = stack.steps("acme", "s1", 2)
    stack.happen(kept)
    take_in("acme", [gone, kept])
    assert [one.id for one in told("acme")] == [kept.id]


def test_facts_that_are_too_large_are_left_out_and_said_to_be(stack: LiveStack) -> None:
    [event, *_] = stack.steps("acme", "s1", 2)
    large = Event(**{name: getattr(event, name) for name in Event.__slots__} | {"data": {"text": "x" * 40_000}})
    take_in("acme", stack.happen(large))
    assert told("acme")[0].data == {"session_id": "s1", "omitted": True}


def test_the_list_of_a_session_is_chained_in_itself(stack: LiveStack) -> None:
    runs = [stack.steps("acme", name, 3) for name in ("s1", "s2")]
    for events in zip(*runs, strict=True):
        take_in("acme", stack.happen(*events))
    rows = feed.of_session("acme", "s2", 0, clocks.now())
    assert [row.previous for row in rows] == [0, *(row.number for row in rows[:-1])]


def test_workers_at_the_same_time_give_each_number_once(stack: LiveStack, monkeypatch: pytest.MonkeyPatch) -> None:
    make_calls_atomic(monkeypatch)
    run = stack.happen(*stack.steps("acme", "s1", 16))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda part: take_in("acme", part), [run[:8], run[4:], run[::2], run[1::2]]))
    assert sorted(one.id for one in told("acme")) == [event.id for event in run]
    assert [one.number for one in told("acme")] == list(range(1, 17))


@settings(max_examples=8)
@given(seed=st.integers(0, 2**32), sessions=st.integers(1, 3), length=st.integers(2, 6))
def test_however_messages_are_repeated_and_reordered_each_session_is_in_order_and_complete(
    seed: int, sessions: int, length: int, request: pytest.FixtureRequest
) -> None:
    stack: LiveStack = request.getfixturevalue("stack")
    tenant, chance = f"t{next(NAMES)}", random.Random(seed)  # noqa: S311 (no secret)
    runs = [stack.steps(tenant, f"s{number}", length) for number in range(sessions)]
    events = stack.happen(*itertools.chain(*runs))
    deliveries = [chance.sample(events, chance.randint(1, len(events))) for _ in range(4)] + [events]
    for part in deliveries:
        take_in(tenant, part)

    found = told(tenant)
    assert [one.number for one in found] == list(range(1, len(events) + 1))
    for run in runs:
        assert [one.id for one in found if one.session == run[0].resource] == [event.id for event in run]


def test_a_worker_that_dies_after_any_call_leaves_the_same_feed(stack: LiveStack) -> None:
    for after in range(1, 40):
        tenant = f"t{after}"
        run = stack.happen(*stack.steps(tenant, "s1", 4))
        stack._read = 10_000_000  # the stream stands still: only the message below is worked on
        stack.send(QUEUE, message_of(tenant, run))
        death = stack.kill("live", after=after)
        stack.run()
        assert [one.id for one in told(tenant)] == [event.id for event in run], f"killed at {death.last_call}"
        assert [one.number for one in told(tenant)] == [1, 2, 3, 4]
        if not death.happened:
            assert after > 5
            return
    pytest.fail("the worker makes more calls than were tried")


def test_what_was_missed_by_more_than_the_log_is_searched_is_numbered_late_and_not_lost(stack: LiveStack) -> None:
    first = stack.happen(*stack.steps("acme", "s1", 1))
    stack.clock.at += timedelta(minutes=5)
    last = stack.happen(*stack.steps("acme", "s1", 1))
    take_in("acme", last)
    take_in("acme", first)
    assert [one.id for one in told("acme")] == [last[0].id, first[0].id]
