from hypothesis import given
from hypothesis import strategies as st

from pentarch.platform.ids import short_id, uuid7, uuid7_floor, uuid7_ms, uuid7_named

INSTANTS = st.integers(0, 2**48 - 1)


@given(INSTANTS)
def test_an_id_carries_its_time(at_ms: int) -> None:
    assert uuid7_ms(uuid7(at_ms)) == at_ms


@given(INSTANTS, INSTANTS)
def test_ids_sort_as_their_times(one: int, other: int) -> None:
    if one < other:
        assert uuid7(one) < uuid7(other)


@given(INSTANTS)
def test_the_floor_of_a_millisecond_is_below_its_ids(at_ms: int) -> None:
    assert uuid7_floor(at_ms) <= uuid7(at_ms)
    assert at_ms == 0 or uuid7(at_ms - 1) < uuid7_floor(at_ms)


@given(INSTANTS, st.text(), st.text())
def test_a_named_id_is_one_of_its_time_and_name(at_ms: int, name: str, other: str) -> None:
    made = uuid7_named(at_ms, name)
    assert uuid7_ms(made) == at_ms
    assert (made == uuid7_named(at_ms, other)) == (name == other)


def test_short_ids_are_readable_and_do_not_repeat() -> None:
    made = {short_id("job") for _ in range(1000)}
    assert len(made) == 1000
    assert all(name.startswith("job_") and len(name) == 20 for name in made)
