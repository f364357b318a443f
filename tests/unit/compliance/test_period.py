"""Dates as callers give them."""

from datetime import UTC, datetime, timedelta

import pytest

from compliance import period
from pentarch.platform.errors import InvalidInputError

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-21T12:00:00Z",
        "2026-11-21T13:00:00+01:00",
        "2026-11-21T13:00:00 01:00",
        "2026-11-21T12:00",
        "2026-11-21 12:00",
    ],
)
def test_an_instant_may_be_written_in_several_ways(text: str) -> None:
    assert period.read(text, text) == (NOON, NOON + timedelta(milliseconds=1))


def test_a_day_begins_at_midnight_and_ends_with_the_next() -> None:
    start, end = period.read("2026-11-21", "2026-11-21")
    assert (start, end) == (NOON.replace(hour=0), NOON.replace(hour=0) + timedelta(days=1))


def test_what_is_not_given_is_not_bound() -> None:
    assert period.read(None, None) == (None, None)


@pytest.mark.parametrize("text", ["yesterday", "", "2026-13-01", "21.11.2026", "2026-11-21T24:01", "1763721600"])
def test_what_is_no_date_is_refused_by_field(text: str) -> None:
    for name, given in (("start_date", (text, None)), ("end_date", (None, text))):
        with pytest.raises(InvalidInputError) as refused:
            period.read(*given)
        assert refused.value.field == name


def test_an_end_before_the_start_is_refused() -> None:
    with pytest.raises(InvalidInputError) as refused:
        period.read("2026-11-21", "2026-11-20T23:59:59Z")
    assert refused.value.field == "end_date"
