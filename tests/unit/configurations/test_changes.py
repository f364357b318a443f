from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from configurations import changes
from configurations.changes import Author, Change, Identity, Wish
from configurations.errors import SamePersonError, StateError
from pentarch.configuration.model import (
    ConfigType,
    Configuration,
    Content,
    Origin,
    Outcome,
    Rollout,
    State,
    Version,
    bucket_of,
)

AT = datetime(2026, 1, 1, tzinfo=UTC)
ADA, BOB = Author("user:ada", AT), Author("user:bob", AT + timedelta(seconds=1))
IDENTITY = Identity("acme", "slo-1", "shop", ConfigType.SLO, "latency")
FIRST, SECOND = Content({"p95_ms": 500}, "first"), Content({"p95_ms": 400})


def made(*, needs_approval: bool = False) -> Configuration:
    return changes.create(IDENTITY, FIRST, ADA, needs_approval=needs_approval).subject


def updated(wish: Wish, *, needs_approval: bool = False) -> Configuration:
    return changes.update(made(), wish, ADA, needs_approval=needs_approval).subject


def test_an_update_without_a_description_keeps_the_former_one() -> None:
    assert updated(Wish(SECOND)).content == Content({"p95_ms": 400}, "first")
    assert updated(Wish(replace(SECOND, description=""))).content.description == ""


def test_what_waits_is_not_in_force() -> None:
    assert made(needs_approval=True).content_for("anybody") is None
    waiting = updated(Wish(SECOND), needs_approval=True)
    assert waiting.content_for("anybody") == FIRST
    assert (waiting.present, waiting.latest, waiting.state) == (1, 2, State.PENDING_APPROVAL)


def test_nobody_decides_on_what_they_asked_for() -> None:
    waiting = updated(Wish(SECOND), needs_approval=True)
    for decide in (changes.approve, changes.reject):
        with pytest.raises(SamePersonError):
            decide(waiting, 2, ADA)
        with pytest.raises(StateError):
            decide(waiting, 1, BOB)
    assert changes.approve(waiting, 2, BOB).subject.content.value == SECOND.value
    assert changes.reject(waiting, 2, BOB).subject.content == FIRST


def test_there_is_no_way_back_to_what_was_not_approved() -> None:
    waiting = updated(Wish(SECOND), needs_approval=True)
    version = Version(2, SECOND, Origin.UPDATE, AT, "user:ada")
    with pytest.raises(StateError):
        changes.check_may_return(waiting, version)
    with pytest.raises(StateError):
        changes.check_may_return(made(), replace(version, outcome=Outcome.REJECTED))
    changes.check_may_return(made(), replace(version, outcome=Outcome.ROLLED_BACK))


KEYS = st.text(max_size=12)
SHARES = st.integers(0, 100)


def rolling(percentage: int, version: int = 2) -> Configuration:
    return replace(made(), rollout=Rollout(version, SECOND, percentage, "user:ada"))


@given(KEYS, SHARES, SHARES)
def test_who_sees_a_version_sees_it_with_any_larger_share(key: str, one: int, other: int) -> None:
    small, large = sorted((one, other))
    if rolling(small).content_for(key) == SECOND:
        assert rolling(large).content_for(key) == SECOND


@given(KEYS)
def test_a_share_of_all_is_all_and_of_none_is_none(key: str) -> None:
    assert rolling(100).content_for(key) == SECOND
    assert rolling(0).content_for(key) == FIRST
    assert 0 <= bucket_of("slo-1", 2, key) < 100
    assert bucket_of("slo-1", 2, key) == bucket_of("slo-1", 2, key)


@pytest.mark.parametrize("percentage", [1, 10, 50, 90])
def test_a_share_is_about_as_large_as_it_says(percentage: int) -> None:
    seeing = sum(rolling(percentage).content_for(f"user:{number}") == SECOND for number in range(5_000))
    assert abs(seeing / 50 - percentage) < 2.5


def test_every_rollout_begins_with_others() -> None:
    first, second = ({n for n in range(2_000) if bucket_of("slo-1", v, f"user:{n}") < 10} for v in (2, 3))
    assert len(first & second) < 60  # about a tenth of a tenth, by chance


class Life(RuleBasedStateMachine):
    """Any order of changes, by two people: what must hold at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.one: Configuration | None = None
        self.numbers: list[int] = []

    def take(self, change: Change) -> None:
        if change.version is not None:
            self.numbers.append(change.version.number)
        before, after = change.before, change.after
        if before is not None and after is not None:
            assert after.revision == before.revision + 1
        self.one = after

    @precondition(lambda self: self.one is None)
    @rule(needs_approval=st.booleans())
    def create(self, needs_approval: bool) -> None:  # noqa: FBT001 (hypothesis names it)
        number = max(self.numbers, default=0) + 1
        self.take(changes.create(IDENTITY, FIRST, ADA, needs_approval=needs_approval, number=number))

    @precondition(lambda self: self.one is not None)
    @rule(needs_approval=st.booleans(), percentage=st.sampled_from([10, 100]), value=st.integers(1, 9))
    def update(self, needs_approval: bool, percentage: int, value: int) -> None:  # noqa: FBT001
        wish = Wish(Content({"p95_ms": value}), percentage=percentage)
        self.attempt(lambda one: changes.update(one, wish, ADA, needs_approval=needs_approval))

    @precondition(lambda self: self.one is not None)
    @rule(needs_approval=st.booleans())
    def delete(self, needs_approval: bool) -> None:  # noqa: FBT001
        self.attempt(lambda one: changes.delete(one, ADA, needs_approval=needs_approval))

    @precondition(lambda self: self.one is not None)
    @rule(decide=st.sampled_from([changes.approve, changes.reject]), author=st.sampled_from([ADA, BOB]))
    def decide(self, decide: object, author: Author) -> None:
        assert callable(decide)
        self.attempt(lambda one: decide(one, one.latest, author))

    @precondition(lambda self: self.one is not None)
    @rule(percentage=st.sampled_from([0, 50, 100]))
    def move(self, percentage: int) -> None:
        self.attempt(lambda one: changes.move_rollout(one, percentage, BOB))

    def attempt(self, act: object) -> None:
        assert callable(act)
        assert self.one is not None
        try:
            self.take(act(self.one))
        except (StateError, SamePersonError):
            return

    @invariant()
    def versions_count_up_by_one(self) -> None:
        assert self.numbers == list(range(1, len(self.numbers) + 1))

    @invariant()
    def at_most_one_change_is_open(self) -> None:
        if self.one is not None:
            assert self.one.pending is None or self.one.rollout is None
            assert self.one.active <= self.one.latest
            assert self.one.active or self.one.pending
            if self.one.state is State.ACTIVE:
                assert self.one.content_for("anybody") == self.one.content


TestLife = Life.TestCase
