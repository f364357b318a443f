"""When a delivery is tried again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webhooks import retrying
from webhooks.retrying import Answer, next_try

AT = datetime(2026, 11, 1, 10, 0, tzinfo=UTC)
FAILED = Answer(500)


@given(st.text(min_size=1, max_size=40))
def test_ten_tries_spread_over_more_than_three_days(delivery: str) -> None:
    at, tries = AT, 1
    while (due := next_try(delivery, tries, FAILED, at)) is not None:
        assert due > at
        at, tries = due, tries + 1
    assert tries == 10
    assert timedelta(days=3) <= at - AT < timedelta(days=4)


@given(st.text(min_size=1, max_size=40), st.integers(1, 9))
def test_the_same_try_is_planned_for_the_same_instant(delivery: str, tries: int) -> None:
    assert next_try(delivery, tries, FAILED, AT) == next_try(delivery, tries, FAILED, AT)


def test_deliveries_that_fail_together_are_not_tried_together() -> None:
    assert len({next_try(f"delivery-{number}", 3, FAILED, AT) for number in range(50)}) > 40


@pytest.mark.parametrize(
    ("status", "is_taken"),
    [(200, True), (204, True), (299, True), (301, False), (404, False), (500, False), (None, False)],
)
def test_only_a_2xx_is_a_delivery(status: int | None, *, is_taken: bool) -> None:
    assert Answer(status).is_taken is is_taken


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_honoured_within_a_day(status: int) -> None:
    assert next_try("one", 1, Answer(status, "120"), AT) == AT + timedelta(seconds=120)
    assert next_try("one", 1, Answer(status, "99999999"), AT) == AT + timedelta(days=1)
    assert next_try("one", 1, Answer(status, "Wed, 21 Oct 2026 07:28:00 GMT"), AT) == next_try("one", 1, FAILED, AT)
    due = next_try("one", 5, Answer(status, "1"), AT)
    assert due is not None
    assert due >= AT + timedelta(seconds=retrying.DELAYS_S[4])


def test_a_receiver_that_is_gone_is_not_asked_again() -> None:
    assert next_try("one", 1, Answer(410), AT) is None


def test_five_days_of_nothing_are_enough() -> None:
    assert not retrying.is_given_up(None, AT)
    assert not retrying.is_given_up(AT - timedelta(days=4, hours=23), AT)
    assert retrying.is_given_up(AT - timedelta(days=5), AT)
