from hypothesis import given
from hypothesis import strategies as st

from pentarch.work.model import TRANSITIONS, JobState


def test_every_state_is_in_the_table() -> None:
    assert set(TRANSITIONS) == set(JobState)


def test_every_state_is_reached_and_every_job_can_end() -> None:
    reached = {JobState.SCHEDULED}
    while more := {to for state in reached for to in TRANSITIONS[state]} - reached:
        reached |= more
    assert reached == set(JobState)
    assert all(state.ended or any(to.ended for to in TRANSITIONS[state]) for state in JobState)


@given(st.lists(st.sampled_from(JobState), max_size=10))
def test_no_walk_leaves_an_end_or_comes_back(wishes: list[JobState]) -> None:
    walked = [JobState.SCHEDULED]
    for wish in wishes:
        if wish in TRANSITIONS[walked[-1]]:
            walked.append(wish)
    assert len(set(walked)) == len(walked)
    assert all(not state.ended for state in walked[:-1])


def test_what_has_not_ended_can_be_cancelled() -> None:
    assert {state for state in JobState if JobState.CANCELLED in TRANSITIONS[state]} == {
        state for state in JobState if not state.ended
    }
