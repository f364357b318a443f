"""What is told to whom, and what follows a number."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from live.model import SETTLED, Connection, Subscription, Told, following, is_known, scope_of, scopes_of
from pentarch.events.live import LIVE

AT = datetime(2026, 11, 21, tzinfo=UTC)


def row(number: int, previous: int | None = None, *, age: timedelta = timedelta(0), **fields: str) -> Told:
    before = number - 1 if previous is None else previous
    kind, session = fields.get("type", "agent.progress"), fields.get("session", "s1")
    return Told(number, before, "0" * 36, kind, session, {}, AT - age)


def numbers(rows: tuple[Told, ...]) -> list[int]:
    return [one.number for one in rows]


def test_nothing_follows_where_there_is_nothing() -> None:
    assert following(7, [], AT) == ((), False)


def test_what_is_in_a_row_is_told() -> None:
    assert numbers(following(2, [row(3), row(4), row(5)], AT).events) == [3, 4, 5]


def test_a_missing_number_ends_what_is_told() -> None:
    assert numbers(following(2, [row(3), row(5), row(6)], AT).events) == [3]


def test_a_number_that_is_missing_at_once_is_waited_for_while_it_may_still_appear() -> None:
    assert following(2, [row(4)], AT) == ((), False)


def test_a_number_that_is_missing_before_an_old_event_has_expired() -> None:
    found = following(2, [row(4, age=SETTLED)], AT)
    assert numbers(found.events) == [4]
    assert found.lost


def test_in_a_sessions_list_numbers_may_leap_where_the_list_itself_does() -> None:
    assert numbers(following(3, [row(9, 3), row(12, 9), row(20, 15)], AT).events) == [9, 12]


@given(st.sets(st.integers(1, 30)), st.integers(0, 30), st.integers(1, 10))
def test_reading_page_by_page_what_appears_bit_by_bit_gives_each_number_once_and_in_order(
    hidden: set[int], start: int, page: int
) -> None:
    seen, last = [], start
    for visible in (set(range(1, 31)) - hidden, set(range(1, 31))):
        while True:
            rows = [row(number) for number in sorted(visible) if number > last][:page]
            found = following(last, rows, AT)
            if not found.events:
                break
            seen += numbers(found.events)
            last = seen[-1]
    assert seen == list(range(start + 1, 31))


@pytest.mark.parametrize(
    ("subscription", "event_type", "session", "covered"),
    [
        (Subscription(), "session.started", "s1", "yes"),
        (Subscription(), "job.completed", None, ""),
        (Subscription(sessions=("s1",)), "agent.progress", "s1", "yes"),
        (Subscription(sessions=("s1",)), "agent.progress", "s2", ""),
        (Subscription(types=("session.complete",)), "session.complete", "s2", "yes"),
        (Subscription(types=("session.complete",)), "session.started", "s2", ""),
        (Subscription(types=("session.*",)), "session.started", "s2", "yes"),
        (Subscription(types=("session.*",)), "agent.progress", "s2", ""),
        (Subscription(types=("*",)), "job.completed", None, "yes"),
        (Subscription(types=("job.*",)), "job.completed", None, "yes"),
        (Subscription(("s1",), ("*",)), "job.completed", None, ""),
    ],
)
def test_a_subscription_covers_types_and_sessions(
    subscription: Subscription, event_type: str, session: str | None, covered: str
) -> None:
    assert subscription.covers(event_type, session) is bool(covered)


def a_connection(*subscriptions: Subscription, roles: tuple[str, ...] = ("viewer",), silent: str = "") -> Connection:
    chosen = None if silent else subscriptions
    return Connection("c", "acme", "r", "key:k", roles, (), chosen, AT)


def test_a_connection_hears_every_session_until_it_says_something_else() -> None:
    assert a_connection(silent="yes").hears(row(1))
    assert not a_connection().hears(row(1))
    assert a_connection(Subscription(("s9",)), Subscription(("s1",))).hears(row(1))


def test_nobody_hears_what_they_may_not_read() -> None:
    assert not a_connection(Subscription(types=("*",)), roles=()).hears(row(1))


def test_every_live_event_has_a_scope_and_can_be_subscribed_to() -> None:
    assert {scope_of(event_type) for event_type in LIVE} == scopes_of(["*"])
    assert all(is_known(event_type) for event_type in LIVE)
    assert not is_known("nothing.known")
    assert scope_of("identity.anything") == "compliance:read"
