"""A change that needs a second person."""

from typing import Any

import pytest

from support.configurations import PATH, create, seen, slo
from support.lambdas import Caller
from support.log import events_of
from support.tenants import make_key


@pytest.fixture
def second(api: Caller) -> Caller:
    """Another person of the same tenant."""
    return api.using(make_key("acme", "operator"))


@pytest.fixture
def made(api: Caller) -> dict[str, Any]:
    """A service level objective, made before approval was asked for."""
    return create(api)


@pytest.fixture
def approval(api: Caller, made: dict[str, Any]) -> dict[str, Any]:
    assert made
    body = {"config_type": "approval", "name": "four eyes", "value": {"required": True, "config_types": ["slo"]}}
    demanded: dict[str, Any] = api.post(PATH, body).expect(201).json()
    return demanded


def propose(api: Caller, made: dict[str, Any], p95_ms: int) -> dict[str, Any]:
    reply = api.put(f"{PATH}/{made['config_id']}", {"value": {"p95_ms": p95_ms}})
    proposed: dict[str, Any] = reply.expect(202).json()
    return proposed


@pytest.mark.usefixtures("approval")
def test_an_update_waits_for_a_second_person(api: Caller, second: Caller, made: dict[str, Any]) -> None:
    proposed = propose(api, made, 400)
    assert (proposed["version"], proposed["value"]) == (1, {"p95_ms": 500})
    assert proposed["state"] == "pending_approval"
    assert (proposed["pending"]["version"], proposed["pending"]["value"]) == (2, {"p95_ms": 400})
    path = f"{PATH}/{made['config_id']}"
    api.post(f"{path}/versions/2/approve").expect(409)
    assert seen(api, made)["version"] == 1
    approved = second.post(f"{path}/versions/2/approve").expect(200).json()
    assert (approved["version"], approved["value"], approved["state"]) == (2, {"p95_ms": 400}, "active")
    second.post(f"{path}/versions/2/approve").expect(409)
    [event] = events_of("acme", "configuration.approved")
    assert event.data["compared"] == {"from": 1, "to": 2}
    assert "changes" not in event.data
    told = api.get(f"{PATH}/audit", query={"config_id": made["config_id"]}).json()["audit"][0]
    assert told["changes"] == [{"op": "replace", "path": "/value/p95_ms", "value": 400}]


@pytest.mark.usefixtures("approval")
def test_a_rejected_update_changes_nothing_and_cannot_be_rolled_back_to(
    api: Caller, second: Caller, made: dict[str, Any]
) -> None:
    propose(api, made, 400)
    path = f"{PATH}/{made['config_id']}"
    api.post(f"{path}/versions/2/reject").expect(409)
    second.post(f"{path}/versions/3/reject").expect(409)
    second.post(f"{path}/versions/2/reject").expect(200)
    assert (seen(api, made)["version"], seen(api, made)["state"]) == (1, "active")
    states = [row["state"] for row in api.get(f"{path}/history").json()["versions"]]
    assert states == ["rejected", "active"]
    api.post(f"{path}/rollback/2").expect(409)
    assert propose(api, made, 300)["pending"]["version"] == 3


@pytest.mark.usefixtures("approval")
def test_while_one_change_waits_there_is_no_other(api: Caller, made: dict[str, Any]) -> None:
    propose(api, made, 400)
    path = f"{PATH}/{made['config_id']}"
    for reply in (
        api.put(path, {"value": {}}),
        api.post(f"{path}/rollback/1"),
        api.delete(path),
        api.post(f"{path}/rollout", {"percentage": 5}),
    ):
        assert reply.expect(409).json()["error"]["details"]["state"] == "pending_approval"


@pytest.mark.usefixtures("approval")
def test_creation_deletion_and_rollback_wait_too(api: Caller, second: Caller, made: dict[str, Any]) -> None:
    path = f"{PATH}/{made['config_id']}"
    assert api.post(f"{path}/rollback/1").expect(202).json()["pending"]["change"] == "rollback"
    second.post(f"{path}/versions/2/approve").expect(200)
    assert api.delete(path).expect(202).json()["pending"]["change"] == "delete"
    assert seen(api, made)["version"] == 2
    second.post(f"{path}/versions/3/approve").expect(200)
    api.get(path).expect(404)
    assert api.get(PATH, query={"config_type": "slo"}).json()["total"] == 0
    new = api.post(PATH, slo()).expect(202).json()
    assert (new["version"], new["state"], new["value"]) == (1, "pending_approval", {"p95_ms": 500})
    assert api.get(f"{PATH}/export", query={"tenant_id": "shop"}).json()["configurations"] == []
    second.post(f"{PATH}/{new['config_id']}/versions/1/approve").expect(200)
    assert seen(api, new)["state"] == "active"


@pytest.mark.usefixtures("approval")
def test_a_rejected_creation_leaves_nothing(api: Caller, second: Caller) -> None:
    new = api.post(PATH, slo(name="other")).expect(202).json()
    second.post(f"{PATH}/{new['config_id']}/versions/1/reject").expect(200)
    api.get(f"{PATH}/{new['config_id']}").expect(404)
    assert api.post(PATH, slo(name="other")).expect(202)


@pytest.mark.usefixtures("approval")
def test_other_types_need_none(api: Caller) -> None:
    create(api, config_type="policy", value={})


def test_nobody_switches_approval_off_alone(api: Caller, second: Caller, approval: dict[str, Any]) -> None:
    path = f"{PATH}/{approval['config_id']}"
    api.put(path, {"value": {"required": False}}).expect(202)
    second.post(f"{path}/versions/2/reject").expect(200)
    api.delete(path).expect(202)
    second.post(f"{path}/versions/3/approve").expect(200)
    create(api, name="free again")


@pytest.mark.usefixtures("approval")
def test_an_import_does_not_get_around_it(api: Caller, made: dict[str, Any]) -> None:
    api.post(f"{PATH}/import", {"configurations": [slo()]}).expect(200)  # it changes nothing
    reply = api.post(f"{PATH}/import", {"configurations": [slo(value={"p95_ms": 1})]}).expect(409)
    assert reply.json()["error"]["details"] == {"config_type": "slo", "name": "latency"}
    assert seen(api, made)["version"] == 1


@pytest.mark.usefixtures("approval")
def test_an_import_does_not_take_what_waits_for_what_is_in_force(api: Caller) -> None:
    new = slo(name="other")
    api.post(PATH, new).expect(202)
    api.post(f"{PATH}/import", {"configurations": [new]}).expect(409)


def test_a_label_may_demand_it_for_itself(api: Caller, made: dict[str, Any]) -> None:
    create(api, config_type="approval", name="x", value={"required": True})
    propose(api, made, 1)
    create(api, tenant_id="elsewhere")


@pytest.mark.usefixtures("approval")
def test_an_approved_rollout_begins_with_its_share(api: Caller, second: Caller, made: dict[str, Any]) -> None:
    path = f"{PATH}/{made['config_id']}"
    body = {"value": {"p95_ms": 400}, "rollout": {"percentage": 10}}
    api.put(path, body).expect(202)
    approved = second.post(f"{path}/versions/2/approve").expect(200).json()
    assert (approved["state"], approved["version"], approved["rollout"]["percentage"]) == ("rolling_out", 1, 10)
