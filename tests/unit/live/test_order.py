"""Where the log is searched for events that are earlier than those that a message names."""

import itertools
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from live.feed import Session
from live.numbering import LOOK_BACK, Named, Span, merged, spans
from pentarch.platform.ids import uuid7, uuid7_ms

MS = 1_795_000_000_000


def test_it_is_searched_from_the_last_numbered_event_of_the_session_on() -> None:
    before, now = uuid7(MS), uuid7(MS + 2_000)
    assert spans([Named(now, "s1")], {"s1": Session(7, before)}) == {"s1": Span(before, now)}


def test_it_is_not_searched_further_back_than_it_may() -> None:
    old, now = uuid7(MS), uuid7(MS + int(LOOK_BACK / timedelta(milliseconds=1)) * 3)
    [span] = spans([Named(now, "s1")], {"s1": Session(7, old)}).values()
    assert uuid7_ms(now) - uuid7_ms(span.after) == LOOK_BACK / timedelta(milliseconds=1)


def test_an_event_that_is_older_than_what_is_numbered_needs_no_search() -> None:
    assert spans([Named(uuid7(MS), "s1")], {"s1": Session(7, uuid7(MS + 5))}) == {}


def test_what_is_of_no_session_needs_no_search() -> None:
    assert spans([Named(uuid7(MS), None)], {}) == {}


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 10)), max_size=8))
def test_merged_spans_cover_the_same_and_do_not_overlap(pairs: list[tuple[int, int]]) -> None:
    given_spans = [Span(f"{start:03}", f"{start + length:03}") for start, length in pairs]
    whole = merged(given_spans)

    def covered(some: list[Span]) -> set[int]:
        return {point for span in some for point in range(int(span.after) + 1, int(span.through) + 1)}

    assert covered(whole) == covered(given_spans)
    assert sum(int(span.through) - int(span.after) for span in whole) == len(covered(whole))
    assert all(left.through < right.after for left, right in itertools.pairwise(whole))
