"""Deployments of specialists in the list of all roll-outs: how they stand there, and the ways back through it."""

from typing import Any

import pytest

from specialists import rollouts as records
from support.every_rollout import HEALTHY, SPECIALISTS, EveryRollout, roll_back, rollout, rollouts, trained
from support.lambdas import Caller
from support.log import events_of
from support.specialists import deploy, propose, seen


@pytest.fixture
def ident(acme: Caller) -> str:
    """A specialist with three versions, none of which answers yet."""
    made = propose(acme)
    trained("acme", made)
    return made


def served(acme: Caller, house: EveryRollout, ident: str, version: int, **more: Any) -> str:
    """A deployment whose probe has ended."""
    made = deploy(acme, ident, version=version, **more)
    house.run()
    house.clock.advance(seconds=1)
    return made


def test_a_deployment_is_rolled_out_while_its_probe_lasts_and_then_complete(
    house: EveryRollout, acme: Caller, ident: str
) -> None:
    made = deploy(acme, ident, version=1)
    [row] = rollouts(acme, status="deploying")
    assert row == {
        "deployment_id": made,
        "kind": "specialist",
        "action": "deploy",
        "service": None,
        "resource": ident,
        "environment": "production",
        "version": "1",
        "previous_version": None,
        "strategy": "blue_green",
        "status": "deploying",
        "progress": 0,
        "start_time": row["start_time"],
        "completion_time": None,
        "requested_by": row["requested_by"],
        "rollback_of": None,
        "reason": None,
    }

    house.run()

    ended = rollout(acme, made)
    assert (ended["status"], ended["progress"]) == ("completed", 1)
    assert [note["message"] for note in ended["events"]] == [
        "Version 1 is asked for in production: its probe comes first",
        "Version 1 answers in production",
    ]
    assert rollouts(acme, status="deploying") == []


@pytest.mark.parametrize(("careful", "status"), [(True, "rolled_back"), (False, "failed")])
def test_a_probe_that_does_not_hold_says_why(
    house: EveryRollout, acme: Caller, ident: str, status: str, *, careful: bool
) -> None:
    house.probed = {"healthy": False}, ["it does not answer"]
    made = deploy(acme, ident, rollback_on_failure=careful)
    house.run()

    ended = rollout(acme, made)
    assert (ended["status"], ended["reason"], ended["progress"]) == (status, "it does not answer", 0)
    assert ended["events"][-1]["level"] == "error"
    house.probed = HEALTHY
    deploy(acme, ident)


def test_a_canary_is_rolled_out_until_its_version_answers_all(house: EveryRollout, acme: Caller, ident: str) -> None:
    served(acme, house, ident, 1)
    few = served(acme, house, ident, 2, canary_share=0.1)
    assert (rollout(acme, few)["status"], rollout(acme, few)["progress"]) == ("deploying", 0.1)

    half = served(acme, house, ident, 2, canary_share=0.5)
    assert [row["deployment_id"] for row in rollouts(acme, status="deploying")] == [half]
    all_of_it = served(acme, house, ident, 2)

    rows = {row["deployment_id"]: row for row in rollouts(acme, resource=ident)}
    assert [rows[one]["status"] for one in (few, half, all_of_it)] == ["completed"] * 3
    assert [rows[one]["strategy"] for one in (few, half, all_of_it)] == ["canary", "canary", "blue_green"]
    assert rollout(acme, half)["events"][-1]["message"] == f"Goes on as deployment {all_of_it}"


def test_an_environment_has_one_rollout_at_a_time(house: EveryRollout, acme: Caller, ident: str) -> None:
    path = f"{SPECIALISTS}/{ident}/deploy"
    made = deploy(acme, ident, version=1)
    refused = acme.post(path, {"environment": "production"}).expect(409).json()["error"]
    assert (refused["code"], refused["details"]["deployment_id"]) == ("CONFLICT", made)
    deploy(acme, ident, "staging", version=1)
    house.run()
    served(acme, house, ident, 2, canary_share=0.1)

    refused = acme.post(path, {"environment": "production", "version": 3}).expect(409).json()["error"]

    assert "version 2 is being rolled out" in refused["message"]
    assert len(rollouts(acme)) == len(events_of("acme", "specialist.deployment_requested")) == 3


@pytest.mark.parametrize("more", [{"canary_share": 0.1}, {"shadow": 0.1}])
def test_what_is_tried_is_taken_away_through_the_list(
    house: EveryRollout, acme: Caller, ident: str, more: dict[str, float]
) -> None:
    served(acme, house, ident, 1)
    tried = served(acme, house, ident, 2, **more)

    said = roll_back(acme, tried)

    assert (said["deployment_id"], said["target_version"], said["status"]) == (tried, "1", "rolled_back")
    now = seen(acme, ident)["serving"]["production"]
    assert (now["version"], now["candidate"], now["shadow"]) == (1, None, None)
    back = rollout(acme, said["rollback_id"])
    assert (back["action"], back["rollback_of"], back["status"]) == ("rollback", tried, "completed")
    assert rollout(acme, tried)["status"] == "rolled_back"
    acme.post(f"/api/v1/infrastructure/deployments/{tried}/rollback", {}).expect(409)


def test_what_answers_goes_back_to_the_version_before_or_to_a_named_one(
    house: EveryRollout, acme: Caller, ident: str
) -> None:
    first, second, third = (served(acme, house, ident, version) for version in (1, 2, 3))
    path = "/api/v1/infrastructure/deployments"
    acme.post(f"{path}/{second}/rollback", {}).expect(409)  # it does not answer any more
    acme.post(f"{path}/{third}/rollback", {"target_version": "9"}).expect(409)
    assert acme.post(f"{path}/{third}/rollback", {"target_version": "1.0"}).expect(400)

    said = roll_back(acme, third, target_version="1")

    assert (said["target_version"], said["status"]) == ("1", "rolled_back")
    assert seen(acme, ident)["serving"]["production"]["version"] == 1
    house.clock.advance(seconds=1)
    again = roll_back(acme, said["rollback_id"])
    assert again["target_version"] == "3"
    assert [rollout(acme, one)["status"] for one in (first, second, third, said["rollback_id"])] == [
        "completed",
        "completed",
        "rolled_back",
        "rolled_back",
    ]


def test_what_waits_for_its_probe_is_taken_back_before_it_answers(
    house: EveryRollout, acme: Caller, ident: str
) -> None:
    served(acme, house, ident, 1)
    waits = deploy(acme, ident, version=2)

    said = roll_back(acme, waits)
    house.run()

    assert (said["rollback_id"], said["target_version"], said["status"]) == (waits, "1", "rolled_back")
    assert seen(acme, ident)["serving"]["production"]["version"] == 1
    assert acme.get(f"{SPECIALISTS}/{ident}/deployments/{waits}").data["status"] == "rolled_back"
    [event] = events_of("acme", "specialist.rolled_back")
    assert (event.data["deployment_id"], event.data["undone"]) == (waits, [waits])
    deploy(acme, ident, version=2)


def test_a_roll_back_of_what_answers_ends_what_waits_too(house: EveryRollout, acme: Caller, ident: str) -> None:
    for version in (1, 2):
        served(acme, house, ident, version)
    waits = deploy(acme, ident, version=3)

    acme.post(f"{SPECIALISTS}/{ident}/rollback", {}).expect(200)
    house.run()

    assert seen(acme, ident)["serving"]["production"]["version"] == 1
    assert rollout(acme, waits)["status"] == "rolled_back"
    assert rollouts(acme, status="deploying") == []


def test_the_first_deployment_of_all_can_be_taken_back_while_it_waits(
    house: EveryRollout, acme: Caller, ident: str
) -> None:
    waits = deploy(acme, ident)
    acme.post(f"{SPECIALISTS}/{ident}/rollback", {}).expect(200)
    house.run()
    assert rollout(acme, waits)["status"] == "rolled_back"
    assert seen(acme, ident)["serving"] == {}


def test_with_the_specialist_its_canary_ends(house: EveryRollout, acme: Caller, ident: str) -> None:
    served(acme, house, ident, 1)
    tried = served(acme, house, ident, 2, canary_share=0.1)
    acme.delete(f"{SPECIALISTS}/{ident}").expect(200)
    assert rollout(acme, tried)["status"] == "rolled_back"
    assert "archived" in rollout(acme, tried)["reason"]


def test_what_was_deployed_before_there_were_records_goes_on_without_one(
    house: EveryRollout, acme: Caller, ident: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr(records, "write", lambda *_: None)
        served(acme, house, ident, 1)
        served(acme, house, ident, 2, canary_share=0.1)
        waits = deploy(acme, ident, version=2)
    house.run()
    acme.get(f"/api/v1/infrastructure/deployments/{waits}").expect(404)
    acme.post(f"{SPECIALISTS}/{ident}/rollback", {}).expect(200)
    assert [(row["action"], row["version"]) for row in rollouts(acme)] == [("rollback", "1")]


def test_killed_after_any_call_record_and_deployment_tell_the_same(
    house: EveryRollout, acme: Caller, ident: str
) -> None:
    told_by_state = {"deploying": "deploying", "deployed": "completed"}
    for after in range(1, 40):
        made = deploy(acme, ident, version=1)
        house.until("fanout")
        death = house.kill("worker", after=after)
        house.until("worker")
        state = acme.get(f"{SPECIALISTS}/{ident}/deployments/{made}").data["status"]
        assert rollout(acme, made)["status"] == told_by_state[state], f"killed after {death.last_call}"
        house.run()
        assert rollout(acme, made)["status"] == "completed"
        if not death.happened:
            break
    else:
        pytest.fail("the worker makes more calls than were tried")
    assert len(events_of("acme", "specialist.deployed")) == after
