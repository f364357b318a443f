"""What is new, fixed and still failing, between any two assessments."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from compliance.comparison import compare, finding_id

IDS = st.sets(st.tuples(st.sampled_from("abc"), st.integers(0, 4)), max_size=10)
Places = set[tuple[str, int]]


def findings(places: Places, **more: str) -> list[dict[str, Any]]:
    return [
        {"id": finding_id(check, str(number)), "check_id": check, "resource": str(number), **more}
        for check, number in sorted(places)
    ]


def ids(places: Places) -> set[str]:
    return {finding["id"] for finding in findings(places)}


@given(IDS, IDS, st.sets(st.sampled_from("abc")))
def test_every_finding_is_new_or_fixed_or_stands(before: Places, now: Places, unseen: set[str]) -> None:
    now = {place for place in now if place[0] not in unseen}  # a check that saw nothing finds nothing
    found = compare(findings(now), findings(before, first_seen="then", state="new"), unseen_checks=unseen, at="now")
    carried = {place for place in before - now if place[0] in unseen}
    assert set(found.ids("new")) == ids(now - before)
    assert set(found.ids("still_failing")) == ids(now & before)
    assert set(found.ids("not_seen")) == ids(carried)
    assert {finding["id"] for finding in found.fixed} == ids(before - now - carried)
    for finding in found.open:
        assert finding["first_seen"] == ("now" if finding["state"] == "new" else "then")


@given(IDS, IDS)
def test_what_is_fixed_for_one_is_new_for_the_other_way_round(before: Places, now: Places) -> None:
    told = {"first_seen": "then"}
    there = compare(findings(now), findings(before, **told), unseen_checks=(), at="now")
    back = compare(findings(before), findings(now, **told), unseen_checks=(), at="now")
    assert {finding["id"] for finding in there.fixed} == set(back.ids("new"))


def test_a_finding_that_is_too_many_to_be_told_is_not_fixed() -> None:
    [old] = findings({("a", 1)}, first_seen="then")
    found = compare([], [old], unseen_checks=(), at="now", failing={old["id"]})
    assert (found.open, found.fixed) == ((), ())


def test_an_id_is_the_checks_and_the_resources() -> None:
    assert finding_id("a", "bc") == finding_id("a", "bc")
    assert len({finding_id("a", "bc"), finding_id("ab", "c"), finding_id("b", "ac")}) == 3
