"""When a framework without a schedule is due again."""

from datetime import UTC, datetime, timedelta

from compliance.schedule import CYCLE, next_assessment

NOW = datetime(2026, 11, 21, 14, 30, tzinfo=UTC)


def test_a_cycle_is_a_quarter() -> None:
    assert next_assessment(None, NOW, NOW) == NOW + CYCLE
    assert timedelta(days=88) < CYCLE < timedelta(days=93)
