"""Laws of choosing."""

from hypothesis import given
from hypothesis import strategies as st

from pentarch.routing.model import Candidate, Need
from pentarch.routing.rules import decide

CANDIDATES = st.lists(
    st.builds(
        Candidate,
        id=st.sampled_from(["a", "b", "c", "d", "e"]),
        capabilities=st.frozensets(st.sampled_from(["chat", "embeddings"])),
        clearance=st.none() | st.integers(0, 3),
        capacity=st.integers(1, 100),
        cost_nano_usd=st.integers(0, 5),
        preference=st.integers(0, 2),
    ),
    unique_by=lambda candidate: candidate.id,
)
NEEDS = st.builds(
    Need,
    capability=st.sampled_from(["chat", "embeddings"]),
    sensitivity=st.integers(0, 3),
    size=st.integers(0, 100),
    asked_for=st.none() | st.sampled_from(["a", "b", "z"]),
)


@given(CANDIDATES, NEEDS)
def test_every_candidate_is_either_chosen_from_or_excluded_with_a_reason(
    candidates: list[Candidate], need: Need
) -> None:
    decision = decide(candidates, need)
    assert sorted([*decision.order, *decision.excluded]) == sorted(candidate.id for candidate in candidates)


@given(CANDIDATES, NEEDS)
def test_nothing_sees_more_than_it_is_cleared_for(candidates: list[Candidate], need: Need) -> None:
    chosen = set(decide(candidates, need).order)
    for candidate in candidates:
        if candidate.id in chosen:
            assert (candidate.clearance or 0) >= need.sensitivity
            assert need.capability in candidate.capabilities
            assert candidate.capacity >= need.size


@given(CANDIDATES, NEEDS, st.randoms())
def test_the_order_of_the_candidates_does_not_matter(candidates: list[Candidate], need: Need, random: object) -> None:
    shuffled = list(candidates)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert decide(shuffled, need) == decide(candidates, need)


@given(CANDIDATES, NEEDS)
def test_a_feasible_candidate_that_was_asked_for_goes_first(candidates: list[Candidate], need: Need) -> None:
    order = decide(candidates, need).order
    if need.asked_for in order:
        assert order[0] == need.asked_for
