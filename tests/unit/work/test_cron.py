"""Which expressions are taken, and which time they name next."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pentarch.work.cron import INTERVALS, Cron, Rate, parse

NOW = datetime(2026, 11, 21, 14, 30, tzinfo=UTC)  # a Saturday


def after(expression: str, at: datetime = NOW) -> str | None:
    found = parse(expression).next_after(at, at)
    return None if found is None else f"{found:%Y-%m-%dT%H:%M}"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("rate(1 minute)", "2026-11-21T14:31"),
        ("rate(7 days)", "2026-11-28T14:30"),
        ("cron(0 3 * * ? *)", "2026-11-22T03:00"),
        ("cron(30 14 * * ? *)", "2026-11-22T14:30"),
        ("cron(31 14 * * ? *)", "2026-11-21T14:31"),
        ("cron(0/15 * * * ? *)", "2026-11-21T14:45"),
        ("cron(0 6 ? * MON *)", "2026-11-23T06:00"),
        ("cron(0 6 ? * 1 *)", "2026-11-22T06:00"),
        ("cron(0 6 ? * MON-FRI *)", "2026-11-23T06:00"),
        ("cron(0 6 29 2 ? *)", "2028-02-29T06:00"),
        ("cron(0 6 1 JAN,JUL ? *)", "2027-01-01T06:00"),
        ("cron(0 6 31 4 ? *)", None),
        ("cron(0 6 1 1 ? 2025)", None),
        ("cron(0 6 1 1 ? 2027-2030)", "2027-01-01T06:00"),
        ("cron(0 8-18/4 * * ? *)", "2026-11-21T16:00"),
        (INTERVALS["monthly"], "2026-12-01T03:00"),
        (INTERVALS["quarterly"], "2027-01-01T03:00"),
    ],
)
def test_an_expression_names_its_next_time(expression: str, expected: str | None) -> None:
    assert after(expression) == expected


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "daily",
        "at(2026-12-01T00:00:00)",
        "rate(0 minutes)",
        "rate(1 minutes)",
        "rate(5 minute)",
        "rate(5 weeks)",
        "rate(-5 days)",
        "cron(0 3 * * *)",
        "cron(0 3 * * * *)",
        "cron(0 3 ? * ? *)",
        "cron(60 3 * * ? *)",
        "cron(0 24 * * ? *)",
        "cron(0 3 0 * ? *)",
        "cron(0 3 * 13 ? *)",
        "cron(0 3 L * ? *)",
        "cron(0 3 ? * 2#1 *)",
        "cron(0 3 15W * ? *)",
        "cron(0 5-3 * * ? *)",
        "cron(0/0 * * * ? *)",
        "cron(0 3 * FOO ? *)",
        "cron(*-5 3 * * ? *)",
        "cron(0 3 * * ? 1969)",
    ],
)
def test_what_cannot_be_kept_to_is_refused(expression: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parse(expression)


@given(st.integers(1, 1000), st.sampled_from(["minute", "hour", "day"]), st.integers(0, 10**8), st.integers(0, 10**8))
def test_a_rate_keeps_to_its_grid(count: int, unit: str, since_s: int, at_s: int) -> None:
    rate = parse(f"rate({count} {unit}{'s' * (count > 1)})")
    assert isinstance(rate, Rate)
    since, at = NOW + timedelta(seconds=since_s), NOW + timedelta(seconds=at_s)
    found = rate.next_after(at, since)
    assert max(at, since) < found
    assert (found - since) % rate.every == timedelta()
    assert found - rate.every <= max(at, since)


@given(
    st.sampled_from(
        ["cron(0 3 * * ? *)", "cron(5,50 4-8/2 1,15 * ? *)", "cron(0 0 ? * SUN *)", "cron(59 23 31 * ? *)"]
    ),
    st.datetimes(datetime(2020, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 (the strategy adds it)
)
def test_a_cron_time_is_the_first_that_matches(expression: str, at: datetime) -> None:
    cron = parse(expression)
    assert isinstance(cron, Cron)
    found = cron.next_after(at, at)
    assert found is not None
    assert found > at
    before = cron.next_after(at - timedelta(days=400), at - timedelta(days=400))
    while before is not None and before <= at:
        before = cron.next_after(before, before)
    assert found == before


@pytest.mark.parametrize(
    ("expression", "zone", "at", "expected"),
    [
        ("cron(0 9 * * ? *)", "Europe/Berlin", "2026-11-21T14:30", "2026-11-22T08:00"),
        ("cron(0 9 * * ? *)", "Europe/Berlin", "2026-07-01T14:30", "2026-07-02T07:00"),
        (
            "cron(30 2 29 3 ? *)",
            "Europe/Berlin",
            "2026-03-01T00:00",
            "2027-03-29T00:30",
        ),  # skipped in 2026
        ("cron(30 2 * * ? *)", "Europe/Berlin", "2026-10-25T00:30", "2026-10-26T01:30"),  # once
        ("cron(0 0 1 1 ? *)", "Pacific/Kiritimati", "2026-12-31T09:59", "2026-12-31T10:00"),
        ("cron(0 22 ? * FRI *)", "America/New_York", "2026-11-21T14:30", "2026-11-28T03:00"),
    ],
)
def test_a_time_zone_moves_the_times_and_their_days(expression: str, zone: str, at: str, expected: str) -> None:
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
    found = parse(expression, zone).next_after(moment, moment)
    assert found is not None
    assert f"{found:%Y-%m-%dT%H:%M}" == expected


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../etc/passwd", "/etc/passwd", "Europe"])
def test_what_is_no_time_zone_is_refused(zone: str) -> None:
    with pytest.raises(ValueError, match="is no time zone"):
        parse("cron(0 9 * * ? *)", zone)
