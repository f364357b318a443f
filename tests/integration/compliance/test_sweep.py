"""What the stream missed is made good."""

from typing import Any

import pytest

from compliance import sweep
from compliance.sealing import missed, store
from pentarch.sealing.verify import examine
from support.pump import Context
from support.sealing import deliver, exported, write_events
from support.stopped_clock import StoppedClock
from support.strict_dynamodb import use_strict_dynamodb

pytestmark = pytest.mark.usefixtures("aws")


@pytest.fixture(autouse=True)
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Pentarch")
    use_strict_dynamodb(monkeypatch)


def run(kind: str = "daily", *, looks: int | None = None) -> dict[str, int]:
    return sweep.handler({"kind": kind}, Context("sweep", looks))


def assert_holds(tenant: str) -> dict[str, Any]:
    trail = exported(tenant)
    verdict = examine(trail, trail["seal"]["keys"].values())
    assert verdict.holds, verdict.faults
    return trail


def test_events_that_the_stream_missed_are_sealed(clock: StoppedClock) -> None:
    deliver(write_events("acme", 2))
    lost = write_events("acme", 130)
    assert run("missed")["sealed"] == 0, "they may be on their way"
    clock.advance(minutes=3)
    assert run("missed")["sealed"] == 130
    trail = assert_holds("acme")
    assert {entry["event"]["id"] for entry in trail["events"][2:]} == {event.id for event in lost}
    assert run("missed") == run("daily") == {"sealed": 0, "archived": 0, "pruned": 0, "failed": 0}


def test_a_sweep_goes_on_where_the_last_one_ended_and_the_daily_one_looks_farther(clock: StoppedClock) -> None:
    deliver(write_events("acme", 1))
    clock.advance(hours=1)
    run("missed")
    [(_, swept_to)] = store.tenants()
    clock.advance(hours=9)
    write_events("acme", 1)
    clock.advance(hours=8)
    assert run("missed")["sealed"] == 0
    assert run("daily")["sealed"] == 1
    assert swept_to is not None


def test_a_sweep_without_time_leaves_the_rest_to_the_next(clock: StoppedClock) -> None:
    deliver(write_events("acme", 1))
    write_events("acme", 3)
    clock.advance(minutes=3)
    assert run(looks=0)["sealed"] == 0
    assert run()["sealed"] == 3


def test_a_tenant_that_cannot_be_swept_is_told_after_the_others_were(
    clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for tenant in ("acme", "other"):
        deliver(write_events(tenant, 1))
        write_events(tenant, 1)
    clock.advance(minutes=3)
    original = missed.seal_missed

    def failing(tenant: str, *rest: Any) -> int:
        if tenant == "acme":
            msg = "no"
            raise RuntimeError(msg)
        return original(tenant, *rest)

    monkeypatch.setattr(sweep, "seal_missed", failing)
    with pytest.raises(sweep.SweepFailedError):
        run()
    assert len(assert_holds("other")["events"]) == 2
