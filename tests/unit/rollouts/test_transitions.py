"""What may become of a roll-out, whatever it is of."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pentarch.rollouts.errors import TransitionError
from pentarch.rollouts.model import (
    BEGINNINGS,
    ENDED,
    MAX_NOTES,
    TRANSITIONS,
    Kind,
    Note,
    Status,
    Strategy,
    TenantRollout,
    check_transition,
    moved,
)

AT = datetime(2026, 11, 21, tzinfo=UTC)


def a_rollout(status: Status = Status.DEPLOYING) -> TenantRollout:
    return TenantRollout(
        id="0", tenant="acme", actor="user:ada", version="2", strategy=Strategy.CANARY, created_at=AT, updated_at=AT,
        status=status, completed_at=AT if status in ENDED else None, kind=Kind.SPECIALIST, resource="s",
    )  # fmt: skip


@given(st.lists(st.sampled_from(Status), max_size=8), st.sampled_from(sorted(BEGINNINGS)))
def test_whatever_is_tried_a_rollout_moves_along_what_is_declared(wanted: list[Status], beginning: Status) -> None:
    one, walked = a_rollout(beginning), [beginning]
    for number, status in enumerate(wanted, 1):
        at = AT + timedelta(seconds=number)
        try:
            one = moved(one, at, Note(at, "tried"), status=status)
        except TransitionError:
            assert status not in TRANSITIONS[one.status]
            continue
        walked.append(one.status)
        assert (one.completed_at is None) == (one.status not in ENDED)
    assert all(after == before or after in TRANSITIONS[before] for before, after in pairwise(walked))
    assert one.revision == len(walked) - 1 == len(one.notes)


@pytest.mark.parametrize("status", [Status.FAILED, Status.ROLLED_BACK])
def test_what_failed_or_went_back_is_over_for_good(status: Status) -> None:
    for after in set(Status) - {status}:
        with pytest.raises(TransitionError, match=f"that is {status}"):
            moved(a_rollout(status), AT, status=after)


@given(st.sampled_from(Status))
def test_a_rollout_begins_before_it_goes_back(status: Status) -> None:
    if status in BEGINNINGS:
        check_transition(None, status)
    else:
        with pytest.raises(TransitionError, match="cannot begin"):
            check_transition(None, status)


def test_the_oldest_notes_leave_first() -> None:
    one = moved(a_rollout(), AT, *(Note(AT, str(number)) for number in range(MAX_NOTES + 5)))
    assert (len(one.notes), one.notes[0].message, one.notes[-1].message) == (MAX_NOTES, "5", str(MAX_NOTES + 4))
