"""Health checks and heartbeats: who is down is not routed to, and comes back by itself."""

from collections.abc import Iterator
from typing import Any

import pytest

from pentarch.platform.egress import Reach
from pentarch.services.table import DUE, DueItem
from registry import checking, due, health
from support.health_server import HealthServer
from support.lambdas import Caller
from support.log import events_of
from support.services import register, registration_of
from support.stopped_clock import StoppedClock

ONE = "/api/services/one"


@pytest.fixture
def server() -> Iterator[HealthServer]:
    with HealthServer() as running:
        yield running


@pytest.fixture
def run(clock: StoppedClock, monkeypatch: pytest.MonkeyPatch) -> Any:
    """One run of the schedule, a minute after the former one."""
    monkeypatch.setenv("EGRESS_REACH", "local")

    def minute() -> dict[str, int]:
        clock.advance(minutes=1)
        answer = health.handler({}, None)
        assert answer.pop("checked") == sum(answer.values())
        return answer

    return minute


def entries() -> list[DueItem]:
    return list(DueItem.query(DUE))


def told(caller: Caller) -> dict[str, Any]:
    found: dict[str, Any] = caller.get(ONE).expect(200).json()
    return found


def kinds() -> list[str]:
    return [event.type for event in events_of("acme")]


def test_a_service_that_fails_three_checks_is_inactive_until_it_passes_one(
    acme: Caller, server: HealthServer, run: Any, clock: StoppedClock
) -> None:
    register(acme, "one", base_url=f"{server.url}/v1/", health_path="/healthz")
    assert run() == {"good": 1}
    assert server.paths == ["/v1/healthz"]
    assert told(acme)["observed"]["success_rate"] == 1
    server.status = 503
    assert [run(), run()] == [{"failed": 1}, {"failed": 1}]
    assert told(acme)["status"] == "active"
    assert run() == {"went_inactive": 1}
    assert (told(acme)["status"], told(acme)["inactive_because"]) == ("inactive", ["probe"])
    clock.advance(seconds=1)
    acme.post("/api/route", {"request": {"intent": "chat_completion"}}).expect(404)
    assert run() == {"failed": 1}
    server.status = 204
    assert run() == {"came_back": 1}
    assert told(acme)["status"] == "active"
    assert kinds() == ["service.registered", "service.went_inactive", "route.refused", "service.came_back"]


def test_a_service_without_a_health_path_is_not_asked(acme: Caller, server: HealthServer, run: Any) -> None:
    register(acme, "one", base_url=server.url)
    assert run() == {}
    assert server.paths == []


def test_checks_follow_the_contract_and_end_with_the_service(acme: Caller, server: HealthServer, run: Any) -> None:
    register(acme, "one", base_url=server.url)
    contract = registration_of("one")["contract"]
    acme.put(ONE, {"contract": contract | {"health_path": "/"}}).expect(200)
    assert run() == {"good": 1}
    acme.put(ONE, {"contract": contract}).expect(200)
    assert run() == {"dropped": 1}
    assert entries() == []
    acme.put(ONE, {"contract": contract | {"health_path": "/"}}).expect(200)
    acme.delete(ONE).expect(204)
    register(acme, "one", base_url=server.url, health_path="/again")
    assert run() == {"dropped": 1, "good": 1}
    assert server.paths == ["/", "/again"]
    assert len(entries()) == 1


def test_of_two_runs_at_once_one_asks(acme: Caller, server: HealthServer, clock: StoppedClock) -> None:
    register(acme, "one", base_url=server.url, health_path="/")
    clock.advance(seconds=30)
    [one] = due.until(clock.at, 10)
    assert checking.look(one, clock.at, Reach.MACHINE) == "good"
    assert checking.look(one, clock.at, Reach.MACHINE) == "taken"
    assert server.paths == ["/"]
    assert list(due.until(clock.at, 10)) == []


def test_a_run_that_fails_in_the_middle_loses_no_check(
    acme: Caller, server: HealthServer, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(acme, "one", base_url=server.url, health_path="/")
    with monkeypatch.context() as patch:
        patch.setattr(checking, "ask", lambda *_: 1 / 0)
        assert run() == {"error": 1}
    assert run() == {"good": 1}


def test_internal_addresses_are_asked_only_where_the_deployment_allows_it(
    acme: Caller, server: HealthServer, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(acme, "one", base_url=server.url, health_path="/")
    for setting in ("off", "private"):
        monkeypatch.setenv("EGRESS_REACH", setting)
        assert run() == {"failed": 1}
    assert server.paths == []


def test_many_services_are_asked_side_by_side(acme: Caller, server: HealthServer, run: Any) -> None:
    for number in range(40):
        register(acme, f"s{number}", base_url=server.url, health_path=f"/{number}")
    assert run() == {"good": 40}
    assert sorted(server.paths) == sorted(f"/{number}" for number in range(40))


def test_a_service_whose_heartbeats_stop_is_inactive_until_the_next(
    acme: Caller, run: Any, clock: StoppedClock
) -> None:
    register(acme, "one")
    beat = f"{ONE}/heartbeat"
    assert acme.post(beat).expect(200).json()["status"] == "active"
    clock.advance(minutes=2)
    acme.post(beat, {"interval_seconds": 60}).expect(200)
    assert run() == {"beating": 1}
    assert len(entries()) == 1
    assert run() == {}
    assert run() == {"went_inactive": 1}
    assert told(acme)["inactive_because"] == ["heartbeat"]
    assert entries() == []
    clock.advance(seconds=1)
    assert acme.post(beat).expect(200).json()["status"] == "active"
    assert len(entries()) == 1
    assert kinds() == ["service.registered", "service.went_inactive", "service.came_back"]
    acme.post(f"{ONE}/heartbeat", {"interval_seconds": 1}).expect(400)
    acme.post("/api/services/nowhere/heartbeat").expect(404)


def test_what_an_operator_took_out_stays_out_whatever_the_checks_say(
    acme: Caller, server: HealthServer, run: Any
) -> None:
    register(acme, "one", base_url=server.url, health_path="/")
    acme.put(ONE, {"status": "inactive"}).expect(200)
    assert run() == {"good": 1}
    assert told(acme)["inactive_because"] == ["operator"]
    acme.put(ONE, {"status": "active"}).expect(200)
    assert told(acme)["status"] == "active"
