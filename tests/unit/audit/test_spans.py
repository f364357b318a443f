"""Counting and finding by counters, against counting and finding by hand."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pentarch.audit import spans
from pentarch.audit.spans import BEGINNING, END, Ledger, Unit

FIRST = datetime(2026, 1, 30, 22, tzinfo=UTC)
INSTANTS = st.integers(0, 40 * 24 * 6).map(lambda tens: FIRST + timedelta(minutes=10 * tens))
"""Forty days over three months, on the edges of hours and between them."""
PARTS = ("I", "N")
TOLD = st.lists(st.tuples(INSTANTS, st.sampled_from("INP")), max_size=60)
BOUNDS = st.tuples(INSTANTS | st.just(BEGINNING), INSTANTS | st.just(END)).filter(lambda pair: pair[0] < pair[1])


def a_ledger(told: list[tuple[datetime, str]], start: datetime, end: datetime) -> Ledger:
    """As the store reads it: months, then the days at the edges, then keys in pieces of hours."""
    rows: dict[str, Counter[str]] = {}
    for at, part in told:
        for key, amounts in spans.amounts(at, part):
            rows.setdefault(key, Counter()).update(amounts)
    months = {date.fromisoformat(key[6:] + "-01"): row for key, row in rows.items() if key.startswith("month#")}
    ledger = Ledger(months)
    for day in spans.edge_days(ledger, PARTS, start, end):
        ledger.days[day] = rows[spans.day_key(day)]
    for span in spans.cut(ledger, PARTS, start, end):
        if span.unit == Unit.PIECE:
            for part in PARTS:
                inside = [at for at, of in told if of == part and span.low <= at < span.high]
                ledger.pieces[span, part] = len(inside)
    return ledger


@given(TOLD, BOUNDS)
def test_the_spans_of_a_range_add_up_to_its_events(
    told: list[tuple[datetime, str]], bounds: tuple[datetime, datetime]
) -> None:
    start, end = bounds
    ledger = a_ledger(told, start, end)
    found = spans.cut(ledger, PARTS, start, end)
    expected = [at for at, part in told if part in PARTS and start <= at < end]
    assert sum(ledger.count(span, PARTS) for span in found) == len(expected)
    for one, older in pairwise(found):
        assert older.high <= one.low
    assert sum(span.unit == Unit.PIECE for span in found) <= 2
    assert len(ledger.days) <= 2


@given(TOLD, BOUNDS, st.integers(0, 70))
def test_an_offset_leads_into_the_hour_of_its_event(
    told: list[tuple[datetime, str]], bounds: tuple[datetime, datetime], offset: int
) -> None:
    start, end = bounds
    ledger = a_ledger(told, start, end)
    rows: dict[date, Counter[str]] = {}
    for at, part in told:
        rows.setdefault(at.date(), Counter()).update(spans.amounts(at, part)[1][1])
    place = spans.find(ledger, PARTS, spans.cut(ledger, PARTS, start, end), offset)
    while place is not None and place[0].unit in (Unit.MONTH, Unit.DAY):
        span, rest = place
        if span.unit == Unit.DAY:
            ledger.days[span.low.date()] = rows[span.low.date()]
        place = spans.find(ledger, PARTS, spans.divided(span), rest)
    newest = sorted((at for at, part in told if part in PARTS and start <= at < end), reverse=True)
    if offset >= len(newest):
        assert place is None
    else:
        assert place is not None
        span, rest = place
        assert span.low <= newest[offset] < span.high
        assert rest == offset - sum(at >= span.high for at in newest)
