import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from pentarch.llm.providers.breaker import BreakerState, CircuitBreaker

THRESHOLD = 3
COOLDOWN = 10.0


def opened(at: float = 0.0) -> CircuitBreaker:
    breaker = CircuitBreaker(threshold=THRESHOLD, cooldown=COOLDOWN)
    for _ in range(THRESHOLD):
        breaker.failed(at)
    return breaker


def test_a_success_in_between_starts_the_count_again() -> None:
    breaker = CircuitBreaker(threshold=2, cooldown=COOLDOWN)

    for outcome in (breaker.failed, breaker.succeeded, breaker.failed):
        outcome(0)

    assert breaker.state(0) is BreakerState.CLOSED


def test_enough_failures_in_a_row_open_it_for_the_cooldown() -> None:
    breaker = opened()

    assert not breaker.allow(COOLDOWN - 0.1)
    assert breaker.state(COOLDOWN) is BreakerState.HALF_OPEN


def test_half_open_lets_one_probe_through() -> None:
    breaker = opened()

    assert [breaker.allow(COOLDOWN), breaker.allow(COOLDOWN)] == [True, False]


def test_a_good_probe_closes_it() -> None:
    breaker = opened()
    breaker.allow(COOLDOWN)

    breaker.succeeded(COOLDOWN + 1)

    assert breaker.state(COOLDOWN + 1) is BreakerState.CLOSED
    breaker.failed(COOLDOWN + 2)
    assert breaker.allow(COOLDOWN + 2)


def test_a_bad_probe_opens_it_for_another_cooldown() -> None:
    breaker = opened()
    breaker.allow(COOLDOWN)

    breaker.failed(COOLDOWN + 1)

    assert not breaker.allow(2 * COOLDOWN)
    assert breaker.allow(2 * COOLDOWN + 1)


def test_a_probe_without_an_outcome_can_be_given_back() -> None:
    breaker = opened()
    breaker.allow(COOLDOWN)

    breaker.released()

    assert breaker.allow(COOLDOWN)


def test_a_lost_probe_is_forgotten_after_another_cooldown() -> None:
    breaker = opened()
    breaker.allow(COOLDOWN)

    assert [breaker.allow(2 * COOLDOWN - 0.1), breaker.allow(2 * COOLDOWN)] == [False, True]


def test_late_outcomes_do_not_move_an_open_breaker() -> None:
    breaker = opened()

    breaker.succeeded(1)
    breaker.failed(2)

    assert not breaker.allow(COOLDOWN - 0.1)
    assert breaker.allow(COOLDOWN)


@pytest.mark.parametrize(("threshold", "cooldown"), [(0, 1.0), (1, 0.0)])
def test_senseless_settings_are_refused(threshold: int, cooldown: float) -> None:
    with pytest.raises(ValueError, match="breaker"):
        CircuitBreaker(threshold=threshold, cooldown=cooldown)


class BreakerLaws(RuleBasedStateMachine):
    """Any order of calls, outcomes and pauses."""

    def __init__(self) -> None:
        super().__init__()
        self.breaker = CircuitBreaker(threshold=THRESHOLD, cooldown=COOLDOWN)
        self.now = 0.0
        self.streak = 0
        self.opened_at: float | None = None
        self.probe_at: float | None = None

    @rule(seconds=st.sampled_from([0.0, 0.1, COOLDOWN / 2, COOLDOWN]))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @rule()
    def somebody_asks(self) -> None:
        before = self.breaker.state(self.now)
        allowed = self.breaker.allow(self.now)

        assert allowed or before is not BreakerState.CLOSED
        assert not (allowed and before is BreakerState.OPEN)
        if before is BreakerState.HALF_OPEN:
            free = self.probe_at is None or self.now - self.probe_at >= COOLDOWN
            assert allowed is free, "one probe at a time, and never none for ever"
            if allowed:
                self.probe_at = self.now

    @rule()
    def a_call_fails(self) -> None:
        before = self.breaker.state(self.now)
        self.breaker.failed(self.now)
        if before is BreakerState.CLOSED:
            self.streak += 1
            if self.streak == THRESHOLD:
                self.opened_at = self.now
        elif before is BreakerState.HALF_OPEN:
            self.opened_at, self.probe_at = self.now, None

    @rule()
    def a_call_succeeds(self) -> None:
        if self.breaker.state(self.now) is not BreakerState.OPEN:
            self.streak, self.opened_at, self.probe_at = 0, None, None
        self.breaker.succeeded(self.now)

    @precondition(lambda self: self.probe_at is not None)
    @rule()
    def a_call_is_given_up(self) -> None:
        self.breaker.released()
        self.probe_at = None

    @invariant()
    def it_is_open_for_the_cooldown_after_the_last_straw(self) -> None:
        if self.opened_at is None:
            expected = BreakerState.CLOSED
        elif self.now - self.opened_at < COOLDOWN:
            expected = BreakerState.OPEN
        else:
            expected = BreakerState.HALF_OPEN
        assert self.breaker.state(self.now) is expected


TestBreakerLaws = BreakerLaws.TestCase
TestBreakerLaws.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
