from typing import Any

from support.configurations import PATH, create, slo, update
from support.gateway import aws_calls
from support.lambdas import Caller
from support.log import events_of
from support.stopped_clock import StoppedClock
from support.tenants import make_key, make_tenant


def test_a_new_configuration_is_version_1(api: Caller, clock: StoppedClock) -> None:
    reply = api.post(PATH, slo(description="what we promised")).expect(201)
    made = reply.json()
    at = clock.at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    subject = made.pop("created_by")
    assert made.pop("updated_by") == subject
    assert subject.startswith("key:")
    assert made.pop("config_id").startswith("slo-")
    assert made == {
        "tenant_id": "shop",
        "config_type": "slo",
        "name": "latency",
        "description": "what we promised",
        "value": {"p95_ms": 500},
        "version": 1,
        "state": "active",
        "created_at": at,
        "updated_at": at,
    }
    assert reply.headers["etag"] == '"1"'


def test_without_a_tenant_id_it_belongs_to_the_tenant_itself(api: Caller) -> None:
    body = slo()
    del body["tenant_id"]
    assert api.post(PATH, body).expect(201).json()["tenant_id"] == "acme"


def test_a_name_is_taken_once_under_a_label_and_a_type(api: Caller) -> None:
    create(api)
    reply = api.post(PATH, slo()).expect(409)
    assert reply.json()["error"]["code"] == "CONFLICT"
    create(api, tenant_id="other shop")
    create(api, config_type="constraint", value={})
    create(api, name="latency#2")
    assert len(events_of("acme", "configuration.created")) == 4


def test_an_update_keeps_the_former_version(api: Caller, clock: StoppedClock) -> None:
    made = create(api, description="first")
    clock.advance(seconds=5)
    updated = update(api, made, {"p95_ms": 400})
    assert (updated["version"], updated["description"]) == (2, "first")
    assert updated["updated_at"] > updated["created_at"] == made["created_at"]
    history = api.get(f"{PATH}/{made['config_id']}/history").expect(200).json()
    rows = [(row["version"], row["value"], row["state"], row["change"]) for row in history["versions"]]
    assert rows == [(2, {"p95_ms": 400}, "active", "update"), (1, {"p95_ms": 500}, "superseded", "create")]
    assert history["total"] == 2


def test_a_rollback_is_a_new_version_with_the_former_value(api: Caller) -> None:
    made = create(api)
    update(api, made, {"p95_ms": 400})
    back = api.post(f"{PATH}/{made['config_id']}/rollback/1").expect(200).json()
    assert (back["version"], back["value"]) == (3, {"p95_ms": 500})
    newest = api.get(f"{PATH}/{made['config_id']}/history").json()["versions"][0]
    assert (newest["change"], newest["source_version"]) == ("rollback", 1)
    api.post(f"{PATH}/{made['config_id']}/rollback/99").expect(404)
    api.post(f"{PATH}/{made['config_id']}/rollback/0").expect(400)


def test_names_cannot_be_changed(api: Caller) -> None:
    made = create(api)
    for field in ("tenant_id", "config_type", "name"):
        body = {"value": {"p95_ms": 1}, field: "another"}
        reply = api.put(f"{PATH}/{made['config_id']}", body).expect(400)
        assert reply.json()["error"]["details"]["field"] == field


def test_what_is_deleted_is_gone_and_its_name_is_free(api: Caller) -> None:
    made = create(api)
    path = f"{PATH}/{made['config_id']}"
    assert api.delete(path).expect(200).json() == {"config_id": made["config_id"], "version": 1, "state": "deleted"}
    for reply in (
        api.get(path),
        api.put(path, slo()),
        api.delete(path),
        api.get(f"{path}/history"),
        api.post(f"{path}/rollback/1"),
        api.post(f"{path}/rollout", {"percentage": 5}),
    ):
        reply.expect(404)
    assert create(api)["config_id"] != made["config_id"]


WRONG: list[dict[str, Any]] = [
    {"value": "fast"},
    {"value": {"p95_ms": "fast"}},
    {"value": {"p95_ms": 0}},
    {"value": {"long": "x" * 20_000}},
    {"config_type": "wish"},
    {"name": ""},
    {"name": "two\nlines"},
    {"name": "x" * 129},
    {"tenant_id": "a#b"},
    {"tenant_id": ""},
    {"config_type": "routing_weights"},
]


def test_what_is_not_valid_is_refused_and_judged_so(api: Caller) -> None:
    for wrong in WRONG:
        reply = api.post(PATH, slo(**wrong)).expect(400).json()
        assert reply["error"]["code"] == "VALIDATION_ERROR"
        judged = api.post(f"{PATH}/validate", slo(**wrong)).expect(200).json()
        assert judged["valid"] is False
        assert judged["errors"]
    assert events_of("acme") == []


def test_all_faults_are_told_by_their_fields(api: Caller) -> None:
    wrong = slo(value={"p95_ms": "fast", "availability": 2})
    errors = api.post(f"{PATH}/validate", wrong).json()["errors"]
    assert [error["field"] for error in errors] == ["value.availability", "value.p95_ms"]
    details = api.post(PATH, wrong).expect(400).json()["error"]["details"]
    assert set(details["errors"]) == {"value.availability", "value.p95_ms"}


def test_what_is_valid_is_judged_so_and_not_saved(api: Caller) -> None:
    assert api.post(f"{PATH}/validate", slo()).expect(200).json() == {"valid": True, "errors": []}
    assert api.get(PATH).json()["total"] == 0
    api.post(f"{PATH}/validate", raw='{"name": ').expect(400)


def test_schemas_are_published(api: Caller) -> None:
    schemas = api.get(f"{PATH}/schemas").expect(200).json()["schemas"]
    assert schemas["slo"]["properties"]["p95_ms"] == {"type": "number", "exclusiveMinimum": 0}
    assert len(schemas) == 12


def test_an_idempotency_key_makes_one_configuration(api: Caller) -> None:
    first = api.post(PATH, slo(), headers={"Idempotency-Key": "k"}).expect(201)
    again = api.post(PATH, slo(), headers={"Idempotency-Key": "k"}).expect(201)
    assert again.json() == first.json()


def test_reading_and_writing_need_their_scopes(api: Caller) -> None:
    made = create(api)
    path = f"{PATH}/{made['config_id']}"
    viewer = api.using(make_key("acme", "viewer"))
    viewer.get(path).expect(200)
    for reply in (
        viewer.post(PATH, slo(name="x")),
        viewer.put(path, slo()),
        viewer.delete(path),
        viewer.post(f"{path}/rollback/1"),
        viewer.post(f"{path}/rollout", {"percentage": 5}),
        viewer.post(f"{path}/versions/1/approve"),
        viewer.post(f"{path}/versions/1/reject"),
        viewer.post(f"{PATH}/import", {"configurations": []}),
    ):
        reply.expect(403)


def test_another_tenants_admin_sees_nothing_even_under_the_same_label(api: Caller) -> None:
    made = create(api)
    path = f"{PATH}/{made['config_id']}"
    other = api.using(make_tenant("other"))
    for reply in (
        other.get(path),
        other.put(path, slo()),
        other.delete(path),
        other.get(f"{path}/history"),
        other.post(f"{path}/rollback/1"),
        other.post(f"{path}/rollout", {"percentage": 5}),
        other.post(f"{path}/versions/1/approve"),
        other.post(f"{path}/versions/1/reject"),
    ):
        reply.expect(404)
    for query in ({}, {"tenant_id": "shop"}, {"config_type": "slo"}, {"tenant_id": "acme"}):
        assert other.get(PATH, query=query).json()["configurations"] == []
    assert other.get(PATH).json()["total"] == 0
    assert other.get(f"{PATH}/audit").json()["audit"] == []
    assert other.get(f"{PATH}/audit", query={"config_id": made["config_id"]}).json()["audit"] == []
    assert other.get(f"{PATH}/export").json()["configurations"] == []
    create(other)  # the same label, type and name: another tenant's
    assert api.get(PATH).json()["total"] == 1


def test_a_change_costs_one_transaction_and_few_reads(api: Caller) -> None:
    made = create(api)
    with aws_calls() as calls:
        update(api, made, {"p95_ms": 1})
    # The gate's count, the configuration, whether somebody has to approve, the change.
    assert calls == {"UpdateItem": 1, "BatchGetItem": 1, "Query": 1, "TransactWriteItems": 1}
    with aws_calls() as calls:
        api.get(f"{PATH}/{made['config_id']}").expect(200)
    assert calls == {"UpdateItem": 1, "BatchGetItem": 1}
