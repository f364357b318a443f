"""One list of all roll-outs: in the order of time, filtered, in pages, and each tenant's own."""

from typing import Any

import pytest

from pentarch.platform import clients
from support.configurations import PATH, create
from support.every_rollout import APIS, EveryRollout, rollouts, trained
from support.lambdas import Caller
from support.rollouts import DEPLOY, DEPLOYMENTS, FakeMachine, asked
from support.specialists import deploy, propose
from support.tenants import make_key


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> FakeMachine:
    monkeypatch.setenv("ROLLOUT_BAKE_SECONDS", "0")
    monkeypatch.setenv("ROLLOUT_STATE_MACHINE", "arn:machine")
    return FakeMachine().use(monkeypatch)


@pytest.fixture
def made(house: EveryRollout, acme: Caller, machine: FakeMachine) -> list[dict[str, Any]]:  # noqa: ARG001
    """Roll-outs of all kinds, the latest first."""
    ident = propose(acme)
    trained("acme", ident)
    for number in range(2):
        config = create(acme, name=f"c{number}")["config_id"]
        acme.put(f"{PATH}/{config}", {"value": {}, "rollout": {"percentage": 10 + number}}).expect(200)
        house.clock.advance(seconds=1)
        acme.post(DEPLOY, asked(service=("webhooks", "tools")[number])).expect(200)
        house.clock.advance(seconds=1)
        deploy(acme, ident, version=1 + number)
        house.run()
        house.clock.advance(seconds=1)
    return rollouts(acme)


def test_all_kinds_stand_in_one_list_the_latest_first(made: list[dict[str, Any]]) -> None:
    assert [row["kind"] for row in made] == ["specialist", "service", "configuration"] * 2
    assert [row["start_time"] for row in made] == sorted((row["start_time"] for row in made), reverse=True)
    assert len({frozenset(row) for row in made}) == 1
    assert "events" not in made[0]


def test_pages_have_every_rollout_once(acme: Caller, made: list[dict[str, Any]]) -> None:
    for limit in (1, 4, 6):
        found: list[dict[str, Any]] = []
        page = acme.get(DEPLOYMENTS, query={"limit": limit}).expect(200).data
        while page["next_cursor"] is not None:
            assert len(page["deployments"]) == limit
            found += page["deployments"]
            page = acme.get(DEPLOYMENTS, query={"limit": limit, "cursor": page["next_cursor"]}).expect(200).data
        assert found + page["deployments"] == made


def test_filters_are_exact(acme: Caller, made: list[dict[str, Any]]) -> None:
    for query in (
        {"kind": "service"},
        {"kind": "specialist"},
        {"kind": "configuration"},
        {"status": "queued"},
        {"status": "deploying"},
        {"status": "rolled_back"},
        {"kind": "specialist", "status": "completed"},
        {"kind": "specialist", "status": "queued"},
        {"service": "tools"},
        {"service": "tools", "status": "deploying"},
        *({"resource": row["resource"]} for row in made),
        {"resource": "nothing"},
    ):
        wanted = [row for row in made if all(row[name] == value for name, value in query.items())]
        assert rollouts(acme, **query) == wanted, query


def test_filters_that_make_no_sense_are_refused(acme: Caller) -> None:
    for query in (
        {"kind": "moon"},
        {"status": "done"},
        {"service": "tools", "kind": "specialist"},
        {"service": "tools", "resource": "x"},
        {"limit": 0},
        {"limit": 101},
    ):
        assert acme.get(DEPLOYMENTS, query=query).expect(400).json()["error"]["code"] == "VALIDATION_ERROR", query


def test_a_tenant_sees_its_own_rollouts_and_the_operator_the_stacks_too(
    acme: Caller, other: Caller, made: list[dict[str, Any]]
) -> None:
    config = create(other)["config_id"]
    other.put(f"{PATH}/{config}", {"value": {}, "rollout": {"percentage": 10}}).expect(200)

    [own] = rollouts(other)

    assert own["resource"] == config
    assert rollouts(acme) == made
    for resource in {row["resource"] for row in made} - {"tools", "webhooks"}:
        assert rollouts(other, resource=resource) == []
    for row in made:
        other.get(f"{DEPLOYMENTS}/{row['deployment_id']}").expect(404)
        other.post(f"{DEPLOYMENTS}/{row['deployment_id']}/rollback", {}).expect(404)
    acme.get(f"{DEPLOYMENTS}/{own['deployment_id']}").expect(404)
    acme.post(f"{DEPLOYMENTS}/{own['deployment_id']}/rollback", {}).expect(404)
    assert rollouts(acme) == made


def test_a_way_back_takes_the_scopes_of_the_thing_itself(
    house: EveryRollout, acme: Caller, made: list[dict[str, Any]]
) -> None:
    narrow = house.caller(make_key("acme", "admin", scopes=("infrastructure:read", "infrastructure:write")))
    for kind, scope in (("specialist", "specialists:write"), ("configuration", "configurations:write")):
        ident = next(row["deployment_id"] for row in made if row["kind"] == kind)
        error = narrow.post(f"{DEPLOYMENTS}/{ident}/rollback", {}).expect(403).json()["error"]
        assert scope in str(error)
    assert rollouts(acme) == made


def test_an_api_that_does_not_answer_leaves_all_as_it_is(
    house: EveryRollout, acme: Caller, made: list[dict[str, Any]]
) -> None:
    house.down = set(APIS)
    for row in made:
        if row["kind"] != "service":
            acme.post(f"{DEPLOYMENTS}/{row['deployment_id']}/rollback", {}).expect(503)
    assert rollouts(acme) == made


def test_a_page_of_all_kinds_is_three_queries_and_one_read(
    acme: Caller, made: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    client = clients.dynamodb()
    call = client._make_api_call  # type: ignore[attr-defined]

    def counted(operation: str, parameters: Any) -> Any:
        if "InfrastructureTable" in str(parameters):
            calls.append(operation)
        return call(operation, parameters)

    monkeypatch.setattr(client, "_make_api_call", counted)
    assert rollouts(acme, limit=2) == made[:2]
    assert calls == ["Query", "Query", "Query", "BatchGetItem"]
