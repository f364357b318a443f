from typing import Any

import pytest

from configurations import store
from pentarch.configuration.model import ConfigType
from support.configurations import PATH, create, update
from support.gateway import aws_calls
from support.lambdas import Caller
from support.log import events_of
from support.stopped_clock import StoppedClock


def pages(api: Caller, path: str, name: str, **query: Any) -> list[list[Any]]:
    """All pages of a list, by its cursors."""
    found: list[list[Any]] = []
    cursor: dict[str, str] = {}
    while True:
        body = api.get(path, query=query | cursor).expect(200).json()
        found.append(body[name])
        if body["next_cursor"] is None:
            return found
        cursor = {"cursor": body["next_cursor"]}


@pytest.fixture
def made(api: Caller) -> list[dict[str, Any]]:
    return [
        create(api, tenant_id=label, config_type=kind, name=name, value={})
        for label in ("shop", "shop two")
        for kind in ("slo", "policy")
        for name in ("b", "a")
    ]


COUNTS: list[tuple[dict[str, str], int]] = [
    ({}, 8),
    ({"tenant_id": "shop"}, 4),
    ({"config_type": "slo"}, 4),
    ({"tenant_id": "shop two", "config_type": "policy"}, 2),
    ({"tenant_id": "sho"}, 0),
    ({"config_type": "budget"}, 0),
]


def test_pages_hold_what_was_asked_for_once(api: Caller, made: list[dict[str, Any]]) -> None:
    for query, count in COUNTS:
        for limit in (1, 3, 100):
            found = pages(api, PATH, "configurations", limit=limit, **query)
            rows = [row for page in found for row in page]
            expected = [one for one in made if query.items() <= one.items()]
            assert sorted(row["config_id"] for row in rows) == sorted(one["config_id"] for one in expected)
            assert len(rows) == count
            assert all(len(page) == limit for page in found[:-1])
        assert api.get(PATH, query=query).json()["total"] == count


def test_of_a_label_they_come_by_type_and_name(api: Caller, made: list[dict[str, Any]]) -> None:
    rows = api.get(PATH, query={"tenant_id": "shop"}).json()["configurations"]
    assert [(row["config_type"], row["name"]) for row in rows] == [
        ("policy", "a"),
        ("policy", "b"),
        ("slo", "a"),
        ("slo", "b"),
    ]
    assert made


def test_totals_follow_deletions(api: Caller, made: list[dict[str, Any]]) -> None:
    api.delete(f"{PATH}/{made[0]['config_id']}").expect(200)
    totals = [
        api.get(PATH, query=query).json()["total"]
        for query in ({}, {"config_type": "slo"}, {"tenant_id": "shop"}, {"tenant_id": "shop", "config_type": "slo"})
    ]
    assert totals == [7, 3, 3, 1]


def test_every_type_is_counted_by_itself(api: Caller) -> None:
    values: dict[ConfigType, dict[str, Any]] = {
        ConfigType.ROUTING_WEIGHTS: dict.fromkeys(("latency", "throughput", "cost", "reliability", "traits"), 0.2),
        ConfigType.ROUTING_POLICY: {"min_reliability": 0.9},
        ConfigType.SENSITIVITY_POLICY: {"undeclared": "SENSITIVE"},
        ConfigType.LIMITS: {"requests_per_hour": 10},
        ConfigType.BUDGET: {"monthly_usd": 5},
        ConfigType.RETENTION: {"traces_days": 30},
        ConfigType.APPROVAL: {"required": False},
    }
    for kind in ConfigType:
        create(api, config_type=kind, value=values.get(kind, {}))
    for kind in ConfigType:
        page = api.get(PATH, query={"config_type": kind}).json()
        assert [row["config_type"] for row in page["configurations"]] == [kind]
        assert page["total"] == 1


def test_a_list_that_cannot_be_made_is_refused(api: Caller) -> None:
    wrong = [{"limit": 0}, {"limit": 101}, {"cursor": "%"}, {"cursor": "x" * 600}, {"config_type": "x"}]
    for query in wrong:
        api.get(PATH, query=query).expect(400)


def test_a_cursor_leads_nowhere_else(api: Caller, made: list[dict[str, Any]]) -> None:
    body = api.get(PATH, query={"tenant_id": "shop", "limit": 1}).json()
    rows = api.get(PATH, query={"tenant_id": "shop two", "cursor": body["next_cursor"]}).json()["configurations"]
    assert {row["tenant_id"] for row in rows} == {"shop two"}
    assert made


def test_a_page_costs_a_page(api: Caller, made: list[dict[str, Any]]) -> None:
    with aws_calls() as calls:
        api.get(PATH, query={"limit": 2})
    assert calls == {"UpdateItem": 1, "Query": 1, "BatchGetItem": 1}
    with aws_calls() as calls:
        api.get(PATH, query={"limit": 2, "tenant_id": "shop"})
    assert calls == {"UpdateItem": 1, "Query": 1, "BatchGetItem": 2}
    assert made


def test_a_tenant_has_room_for_so_many(api: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MAX_CONFIGURATIONS", 2)
    first = create(api, name="1")
    create(api, name="2")
    body = {"config_type": "slo", "name": "3", "value": {}}
    api.post(PATH, body).expect(409)
    api.post(f"{PATH}/import", {"configurations": [body]}).expect(409)
    update(api, first, {"p95_ms": 1})
    api.delete(f"{PATH}/{first['config_id']}").expect(200)
    api.post(PATH, body).expect(201)


def test_the_audit_tells_who_did_what_when_and_with_what_difference(api: Caller, clock: StoppedClock) -> None:
    one = create(api, description="first")
    clock.advance(seconds=1)
    other = create(api, name="another")
    clock.advance(seconds=1)
    update(api, one, {"p95_ms": 400, "p99_ms": 900}, description="second")
    api.delete(f"{PATH}/{one['config_id']}").expect(200)
    body = api.get(f"{PATH}/audit", query={"config_id": one["config_id"]}).expect(200).json()
    assert [(row["action"], row["version"]) for row in body["audit"]] == [
        ("configuration_delete", 2),
        ("configuration_update", 2),
        ("configuration_create", 1),
    ]
    changed = body["audit"][1]
    assert sorted(changed["changes"], key=lambda operation: operation["path"]) == [
        {"op": "replace", "path": "/description", "value": "second"},
        {"op": "replace", "path": "/value/p95_ms", "value": 400},
        {"op": "add", "path": "/value/p99_ms", "value": 900},
    ]
    assert changed["actor"] == one["created_by"]
    assert (changed["previous_version"], changed["name"], changed["tenant_id"]) == (1, "latency", "shop")
    everything = api.get(f"{PATH}/audit").json()
    assert [row["config_id"] for row in everything["audit"]] == [
        one["config_id"],
        one["config_id"],
        other["config_id"],
        one["config_id"],
    ]
    assert everything["total"] == 4
    rows = [row["event_id"] for page in pages(api, f"{PATH}/audit", "audit", limit=3) for row in page]
    assert rows == [event.id for event in reversed(events_of("acme"))]
    assert {event.tags for event in events_of("acme")} == {("change_management",)}


def test_the_audit_of_what_never_was_is_empty(api: Caller) -> None:
    assert api.get(f"{PATH}/audit", query={"config_id": "nothing"}).expect(200).json()["audit"] == []
