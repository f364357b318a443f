"""Which lists an event is in, against the plain meaning of a filter."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pentarch.audit.model import SENSITIVITIES, Filters, lists_of, part_of
from pentarch.events.model import Event, happened
from pentarch.llm.model import Sensitivity

AT = datetime(2026, 11, 21, tzinfo=UTC)
WORDS = st.sampled_from(["a", "b", "agent", '","', "ü"])
MAYBE = st.none() | WORDS
SENSITIVITY = st.sampled_from([*SENSITIVITIES, None])
FILTERS = st.builds(Filters, agent=MAYBE, action=MAYBE, resource=MAYBE, sensitivity=SENSITIVITY) | st.builds(
    Filters, actor=WORDS, sensitivity=SENSITIVITY
)


@st.composite
def some_event(draw: st.DrawFn) -> Event:
    return happened(
        AT,
        "acme",
        "t",
        agent=draw(MAYBE),
        action=draw(WORDS),
        resource=draw(WORDS),
        sensitivity=draw(SENSITIVITY),
        actor=draw(WORDS),
    )


def means(filters: Filters, event: Event) -> bool:
    wanted = (filters.agent, filters.action, filters.resource, filters.sensitivity, filters.actor)
    there = (event.agent, event.action, event.resource, event.sensitivity, event.actor)
    return all(value is None or value == other for value, other in zip(wanted, there, strict=True))


@given(FILTERS, some_event())
def test_an_event_is_in_the_lists_of_the_filters_that_it_passes_and_in_no_other(filters: Filters, event: Event) -> None:
    in_list = filters.list_name in lists_of(event) and part_of(event) in filters.parts
    assert in_list == means(filters, event)


@given(some_event())
def test_the_first_list_is_that_of_everything_and_no_list_comes_twice(event: Event) -> None:
    names = lists_of(event)
    assert names[0] == Filters().list_name
    assert len(set(names)) == len(names) == (9 if event.agent is not None else 5)


def test_the_sensitivities_are_those_of_the_gateway() -> None:
    assert set(SENSITIVITIES) == {str(one) for one in Sensitivity}


def test_an_event_of_an_unheard_of_sensitivity_is_found_without_a_filter() -> None:
    odd = happened(AT, "acme", "t", action="a", actor="b", resource="c", sensitivity="SECRET")
    assert part_of(odd) in Filters().parts


@pytest.mark.parametrize("other", ["agent", "action", "resource"])
def test_there_is_no_list_by_actor_and_something_else(other: str) -> None:
    with pytest.raises(ValueError, match="no list"):
        Filters(actor="x", **{other: "y"})
