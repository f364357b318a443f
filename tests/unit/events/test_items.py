"""Events as the table keeps them: what is written by hand is what the table's model reads."""

from hypothesis import given
from hypothesis import strategies as st

from pentarch.events import store
from pentarch.events.model import Event
from pentarch.platform.ids import uuid7

WORDS = st.text(max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)
EVENTS = st.builds(
    Event,
    id=st.integers(0, 2**41).map(uuid7),
    tenant=WORDS,
    type=WORDS,
    action=WORDS,
    actor=WORDS,
    resource=WORDS,
    agent=st.none() | WORDS,
    sensitivity=st.none() | WORDS,
    tags=st.lists(WORDS, max_size=3).map(tuple),
    correlation_id=WORDS,
    data=st.dictionaries(WORDS, VALUES, max_size=4),
)


@given(EVENTS)
def test_an_event_is_read_as_it_was_written(event: Event) -> None:
    item = store.attributes_of(event)
    assert store.from_image(item) == event
    assert item["partition"] == {"S": store.partition_of(event.tenant, event.id)}
