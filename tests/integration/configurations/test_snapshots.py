"""Export and import."""

import json
from typing import Any

import botocore.client
import pytest

from configurations import snapshots, store
from configurations.changes import Change
from support.configurations import PATH, at_once, create, seen, slo, update
from support.gateway import aws_calls
from support.lambdas import Caller
from support.log import events_of
from support.stopped_clock import StoppedClock
from support.tenants import make_tenant

IMPORT = f"{PATH}/import"
EXPORT = f"{PATH}/export"


def snapshot(api: Caller, **query: Any) -> dict[str, Any]:
    taken: dict[str, Any] = api.get(EXPORT, query=query).expect(200).json()
    return taken


def put(api: Caller, *entries: dict[str, Any], **more: Any) -> dict[str, Any]:
    report: dict[str, Any] = api.post(IMPORT, {"configurations": list(entries), **more}).expect(200).json()
    return report


def state_of(api: Caller) -> tuple[Any, ...]:
    """Everything that an import could leave half done."""
    listed = api.get(PATH).json()
    histories = [api.get(f"{PATH}/{row['config_id']}/history").json()["versions"] for row in listed["configurations"]]
    labels = [api.get(PATH, query={"tenant_id": label}).json() for label in ("shop", "new")]
    return listed, histories, labels, api.get(f"{PATH}/audit").json(), len(events_of("acme"))


def test_an_export_is_what_is_in_force(api: Caller) -> None:
    one, other = create(api), create(api, tenant_id="other")
    update(api, one, {"p95_ms": 1})
    taken = snapshot(api)
    assert sorted(row["config_id"] for row in taken["configurations"]) == sorted([one["config_id"], other["config_id"]])
    assert snapshot(api, tenant_id="shop")["configurations"] == [seen(api, one)]
    assert taken["hash"] == snapshot(api)["hash"] != snapshot(api, tenant_id="shop")["hash"]
    [row] = snapshot(api, tenant_id="shop", include_history=True)["configurations"]
    assert [version["version"] for version in row["history"]] == [2, 1]


def test_the_same_snapshot_twice_changes_nothing(api: Caller, clock: StoppedClock) -> None:
    one = create(api)
    taken = snapshot(api)
    clock.advance(seconds=1)
    before = state_of(api)
    report = api.post(IMPORT, taken).expect(200).json()
    assert report == {
        "dry_run": False,
        "created": [],
        "updated": [],
        "unchanged": [one["config_id"]],
        "changes": [],
        "hash_matches": True,
    }
    assert state_of(api) == before


def test_an_import_restores_updates_and_creates_in_one_event(api: Caller) -> None:
    gone, changed, same = create(api, name="gone"), create(api, name="changed"), create(api, name="same")
    update(api, gone, {"p95_ms": 2})
    taken = snapshot(api)["configurations"]
    api.delete(f"{PATH}/{gone['config_id']}").expect(200)
    update(api, changed, {"p95_ms": 7})
    report = put(api, *taken, slo(tenant_id="new", name="fresh"), hash="sha256:0")
    assert report["updated"] == [changed["config_id"]]
    assert report["unchanged"] == [same["config_id"]]
    assert report["created"][0] == gone["config_id"]
    assert report["hash_matches"] is False
    assert (seen(api, gone)["value"], seen(api, gone)["version"]) == ({"p95_ms": 2}, 3)  # what it was before goes on
    assert (seen(api, changed)["value"], seen(api, changed)["version"]) == ({"p95_ms": 500}, 3)
    assert api.get(PATH).json()["total"] == 4
    [event] = events_of("acme", "configuration.imported")
    assert [told["config_id"] for told in event.data["configurations"]] == [*report["created"], *report["updated"]]
    audit = api.get(f"{PATH}/audit", query={"config_id": changed["config_id"]}).json()["audit"]
    assert next(row["event_id"] for row in audit) == event.id


def test_a_dry_run_tells_and_changes_nothing(api: Caller) -> None:
    one = create(api)
    before = state_of(api)
    entries = (slo(value={"p95_ms": 1}), slo(name="fresh"))
    report = put(api, *entries, dry_run=True)
    assert (report["dry_run"], report["updated"], len(report["created"])) == (True, [one["config_id"]], 1)
    assert report["changes"][1]["changes"] == [{"op": "replace", "path": "/value/p95_ms", "value": 1}]
    assert api.post(IMPORT, {"configurations": list(entries)}, query={"dry_run": "true"}).json()["dry_run"]
    assert state_of(api) == before


def test_an_id_of_another_configuration_is_not_taken(api: Caller) -> None:
    one = create(api)
    strange = ({"config_id": "budget-" + "0" * 32}, {"config_id": "x"}, {"config_id": one["config_id"]})
    report = put(api, *(slo(name=f"fresh {number}") | given for number, given in enumerate(strange)))
    assert one["config_id"] not in report["created"]
    assert {config_id[:4] for config_id in report["created"]} == {"slo-"}
    assert len(set(report["created"])) == 3


def test_another_tenants_snapshot_becomes_ones_own(api: Caller) -> None:
    create(api)
    taken = snapshot(api)
    other = api.using(make_tenant("other"))
    assert other.post(IMPORT, taken).expect(200).json()["created"]
    api.delete(f"{PATH}/{taken['configurations'][0]['config_id']}").expect(200)
    assert other.get(PATH).json()["total"] == 1


def test_one_bad_entry_refuses_all(api: Caller) -> None:
    before = state_of(api)
    entries = [slo(name="fine"), slo(value={"p95_ms": -1}), slo(name="fine")]
    details = api.post(IMPORT, {"configurations": entries}).expect(400).json()["error"]["details"]
    assert set(details["errors"]) == {"configurations.1.value.p95_ms", "configurations.2.name"}
    bodies: list[dict[str, Any]] = [{}, {"configurations": "all"}, {"configurations": [{}]}]
    for body in bodies:
        api.post(IMPORT, body).expect(400)
    assert state_of(api) == before


def test_what_does_not_fit_into_one_transaction_is_refused_with_the_bound(api: Caller) -> None:
    entries = [slo(name=f"n{number}") for number in range(25)]
    reply = api.post(IMPORT, {"configurations": entries}).expect(400).json()["error"]
    assert reply["details"] == {
        "field": "configurations",
        "limit": 100,
        "needed": 104,
        "created": 25,
        "updated": 0,
    }
    assert len(put(api, *entries[:24])["created"]) == 24
    assert len(put(api, *(entry | {"value": {}} for entry in entries[:24]))["updated"]) == 24


def test_the_writes_are_counted_as_they_are_made(api: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    made = store.transaction_of

    def measured(changes: list[Change], event: Any) -> Any:
        sizes.append(len(made(changes, event)))
        return made(changes, event)

    create(api)
    monkeypatch.setattr(store, "transaction_of", measured)
    put(api, slo(value={}), slo(name="a"), slo(tenant_id="b"), slo(tenant_id="b", config_type="policy"))
    counted = snapshots.WRITES_PER_UPDATE + 3 * snapshots.WRITES_PER_CREATION + snapshots.WRITES_PER_IMPORT + 2
    assert sizes == [counted]


def test_an_import_that_dies_is_there_as_a_whole_or_not_at_all(
    api: Caller, monkeypatch: pytest.MonkeyPatch, clock: StoppedClock
) -> None:
    create(api)
    body = json.dumps({"configurations": [slo(value={"p95_ms": 1}), slo(tenant_id="new", name="fresh")]})
    before = state_of(api)
    with aws_calls() as calls:
        api.post(f"{IMPORT}", raw=body, query={"dry_run": "true"})
    call = botocore.client.BaseClient._make_api_call  # type: ignore[attr-defined]
    for last in range(1, sum(calls.values()) + 2):
        left = last

        def dying(self: Any, operation: str, parameters: Any) -> Any:
            nonlocal left
            answer = call(self, operation, parameters)
            left -= 1
            if left == 0:
                msg = "the process is gone"
                raise RuntimeError(msg)
            return answer

        with monkeypatch.context() as patch:
            patch.setattr(botocore.client.BaseClient, "_make_api_call", dying)
            api.post(IMPORT, raw=body).expect(500)
        clock.advance(seconds=1)
        if state_of(api) != before:
            break
    assert last == sum(calls.values()) + 1, "nothing is written before the last call"
    assert put(api, *json.loads(body)["configurations"])["changes"] == []
    assert len(events_of("acme", "configuration.imported")) == 1


def test_an_import_that_is_overtaken_is_planned_anew(api: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    one = create(api)
    write = store.write

    def overtaken(changes: Any, event: Any) -> None:
        monkeypatch.setattr(store, "write", write)
        path = f"{PATH}/{one['config_id']}"
        [meanwhile] = at_once(1, lambda _: api.put(path, {"value": {"p95_ms": 9}}))
        meanwhile.expect(200)
        write(changes, event)

    monkeypatch.setattr(store, "write", overtaken)
    put(api, slo(value={"p95_ms": 1}))
    assert (seen(api, one)["version"], seen(api, one)["value"]) == (3, {"p95_ms": 1})
