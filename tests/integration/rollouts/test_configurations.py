"""Roll-outs of configurations in the list of all roll-outs: how they stand there, and the ways back through it."""

import pytest

from configurations import alarm, changes
from configurations import rollouts as written
from support.configurations import PATH, at_once, create, seen
from support.every_rollout import EveryRollout, roll_back, rollout, rollouts
from support.lambdas import Caller
from support.log import events_of
from support.stopped_clock import StoppedClock
from support.tenants import make_key


def begun(acme: Caller, percentage: int = 10, **more: str) -> tuple[str, str]:
    """The path of a configuration whose second version is being rolled out, and the roll-out's id."""
    path = f"{PATH}/{create(acme)['config_id']}"
    rolled_out(acme, path, percentage, **more)
    return path, rollouts(acme, kind="configuration")[0]["deployment_id"]


def rolled_out(acme: Caller, path: str, percentage: int = 10, **more: str) -> None:
    acme.put(path, {"value": {"p95_ms": 400}, "rollout": {"percentage": percentage} | more}).expect(200)


def completed(acme: Caller, clock: StoppedClock) -> tuple[str, str]:
    path, ident = begun(acme)
    clock.advance(seconds=1)
    acme.post(f"{path}/rollout", {"percentage": 100}).expect(200)
    clock.advance(seconds=1)
    return path, ident


def test_a_rollout_is_told_step_by_step(acme: Caller, clock: StoppedClock) -> None:
    path, ident = begun(acme)
    [row] = rollouts(acme, status="deploying", kind="configuration")
    assert (row["resource"], row["version"], row["previous_version"]) == (path.rpartition("/")[2], "2", "1")
    assert (row["action"], row["strategy"], row["progress"], row["service"]) == ("deploy", "canary", 0.1, None)

    for percentage in (50, 100):
        clock.advance(seconds=1)
        acme.post(f"{path}/rollout", {"percentage": percentage}).expect(200)

    ended = rollout(acme, ident)
    assert (ended["status"], ended["progress"]) == ("completed", 1)
    assert [note["message"] for note in ended["events"]] == [
        "10 % of the callers see version 2",
        "50 % of the callers see version 2",
        "All callers see version 2",
    ]
    assert len({note["timestamp"] for note in ended["events"]}) == 3


def test_what_all_callers_see_at_once_is_no_rollout(acme: Caller) -> None:
    path = f"{PATH}/{create(acme)['config_id']}"
    acme.put(path, {"value": {"p95_ms": 1}}).expect(200)
    acme.post(f"{path}/rollback/1").expect(200)
    assert rollouts(acme) == []


def test_it_is_taken_back_while_it_is_under_way(acme: Caller) -> None:
    path, ident = begun(acme)
    acme.post(f"/api/v1/infrastructure/deployments/{ident}/rollback", {"target_version": "7"}).expect(409)

    said = roll_back(acme, ident)

    assert said == {"rollback_id": ident, "deployment_id": ident, "target_version": "1", "status": "rolled_back"}
    one = acme.get(path).json()
    assert (one["version"], one["state"]) == (1, "active")
    acme.post(f"/api/v1/infrastructure/deployments/{ident}/rollback", {}).expect(409)
    [event] = events_of("acme", "configuration.rollout_rolled_back")
    assert event.actor == rollout(acme, ident)["requested_by"]


def test_another_rollout_is_not_taken_back_in_its_place(acme: Caller, clock: StoppedClock) -> None:
    path, first = begun(acme)
    acme.post(f"{path}/rollout", {"percentage": 0}).expect(200)
    clock.advance(seconds=1)
    rolled_out(acme, path)
    acme.post(f"{path}/rollout", {"percentage": 0, "version": 2}).expect(409)
    acme.post(f"/api/v1/infrastructure/deployments/{first}/rollback", {}).expect(409)
    assert acme.get(path).json()["rollout"]["version"] == 3


def test_what_all_callers_came_to_see_goes_back_by_a_version_of_its_own(acme: Caller, clock: StoppedClock) -> None:
    path, ident = completed(acme, clock)

    said = roll_back(acme, ident)

    one = acme.get(path).json()
    assert (one["version"], one["value"], one["state"]) == (3, {"p95_ms": 500}, "active")
    back = rollout(acme, said["rollback_id"])
    assert (back["action"], back["rollback_of"], back["version"], back["previous_version"]) == (
        "rollback",
        ident,
        "3",
        "2",
    )
    assert (said["target_version"], said["status"]) == ("3", "rolled_back")
    assert rollout(acme, ident)["status"] == "rolled_back"
    clock.advance(seconds=1)
    assert roll_back(acme, said["rollback_id"])["target_version"] == "4"
    assert acme.get(path).json()["value"] == {"p95_ms": 400}


def test_what_has_a_later_version_is_not_undone_any_more(acme: Caller, clock: StoppedClock) -> None:
    path, ident = completed(acme, clock)
    acme.put(path, {"value": {"p95_ms": 7}}).expect(200)
    refused = acme.post(f"/api/v1/infrastructure/deployments/{ident}/rollback", {}).expect(409).json()["error"]
    assert "the present one is 3" in refused["message"]
    assert rollout(acme, ident)["status"] == "completed"


def test_a_way_back_that_needs_a_second_person_waits_for_it(
    house: EveryRollout, acme: Caller, clock: StoppedClock
) -> None:
    path, ident = completed(acme, clock)
    demand = {"config_type": "approval", "name": "four-eyes", "value": {"required": True, "config_types": ["slo"]}}
    acme.post(PATH, demand | {"tenant_id": "acme"}).expect(201)

    said = roll_back(acme, ident)

    assert (said["rollback_id"], said["status"]) == (None, "queued")
    assert rollout(acme, ident)["status"] == "completed"
    house.caller(make_key("acme", "admin")).post(f"{path}/versions/3/approve").expect(200)
    assert rollout(acme, ident)["status"] == "rolled_back"
    assert rollouts(acme)[0]["rollback_of"] == ident


@pytest.mark.parametrize("end", ["alarm", "deletion"])
def test_whatever_ends_it_is_told_as_the_reason(acme: Caller, end: str) -> None:
    path, ident = begun(acme, alarm="errors")
    if end == "alarm":
        event = {"id": "c4c1", "detail": {"alarmName": "errors", "state": {"value": "ALARM"}}}
        assert alarm.handler(event, None)["rolled_back"] == [path.rpartition("/")[2]]
    else:
        acme.delete(path).expect(200)
    ended = rollout(acme, ident)
    assert (ended["status"], ended["progress"]) == ("rolled_back", 0.1)
    assert end.removesuffix("ion") in ended["reason"]
    assert ended["reason"] == ended["events"][-1]["message"]


def test_what_began_before_there_were_records_goes_on_without_one(
    acme: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr(changes, "rollout_id", lambda *_: "")
        before.setattr(written, "of", lambda *_: [])
        path = f"{PATH}/{create(acme)['config_id']}"
        rolled_out(acme, path)
    for percentage in (50, 100):
        acme.post(f"{path}/rollout", {"percentage": percentage}).expect(200)
    acme.post(f"{path}/rollback/1").expect(200)
    assert rollouts(acme) == []


def test_a_change_that_is_refused_leaves_no_record(acme: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """What else writes the same record at the same moment lets the whole change fail, and it is tried again."""
    made = create(acme)
    path, of, lost = f"{PATH}/{made['config_id']}", written.of, iter([True, False])

    def overtaken(*told: object) -> object:
        found = of(*told)  # type: ignore[arg-type]
        if next(lost):
            [reply] = at_once(1, lambda _: acme.put(path, {"value": {"p95_ms": 3}}))
            reply.expect(200)
        return found

    monkeypatch.setattr(written, "of", overtaken)
    acme.put(path, {"value": {"p95_ms": 400}, "rollout": {"percentage": 10}, "expected_version": 1}).expect(409)
    assert rollouts(acme) == []
    assert seen(acme, made)["version"] == 2
