"""Registering, changing and removing services: what is told of them is always consistent."""

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from pentarch.events.actor import Actor
from pentarch.files import store as files
from pentarch.platform import clock as clocks
from pentarch.services.table import ServiceItem
from registry import registration
from registry.errors import ChangedMeanwhileError, ServiceExistsError
from registry.schemas import Change, Registration
from support.atomic import make_calls_atomic
from support.lambdas import Caller
from support.log import events_of
from support.services import register, registration_of

ACTOR = Actor("acme", "key:test")
SERVICES = "/api/services"
REGISTER = f"{SERVICES}/register"


def ids(caller: Caller, **query: str) -> list[str]:
    listed = caller.get(SERVICES, query=query).expect(200).json()
    found = [row["service_id"] for row in listed["services"]]
    assert listed["total"] == len(found)
    return found


def rows(prefix: str, tenant: str = "acme") -> set[str]:
    return {key for item in ServiceItem.query(tenant) if (key := str(item.key)).startswith(prefix)}


def test_a_registered_service_is_told_with_its_contract(acme: Caller) -> None:
    body = registration_of("vfe-001", "chat", data_policy={"region": "eu"}, contract_path="/path/to/contract.yaml")
    made = acme.post(REGISTER, body).expect(201).json()
    assert (made["service_id"], made["status"], made["contract_validated"]) == ("vfe-001", "registered", True)
    told = acme.get(f"{SERVICES}/vfe-001").expect(200).json()
    assert told["guarantees"] == {"latency_ms": 500, "throughput_tokens_per_sec": 50}
    assert (told["status"], told["revision"], told["data_policy"]) == ("active", 1, {"region": "eu"})
    assert told["contract_path"] == "/path/to/contract.yaml"
    assert [event.type for event in events_of("acme")] == ["service.registered"]


def test_a_service_id_is_registered_once(acme: Caller) -> None:
    register(acme, "one")
    refused = acme.post(REGISTER, registration_of("one", "other")).expect(409).json()
    assert refused["error"]["code"] == "CONFLICT"
    assert ids(acme, capability="other") == []


def test_of_many_registrations_at_once_one_is_taken(acme: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    make_calls_atomic(monkeypatch)
    asked = Registration(**registration_of("one", "chat"))

    def attempt(_: int) -> bool:
        try:
            registration.register(ACTOR, asked, clocks.now())
        except ServiceExistsError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(attempt, range(8))) == [False] * 7 + [True]
    assert ids(acme) == ids(acme, capability="chat") == ["one"]
    assert len(events_of("acme")) == 1


@pytest.mark.parametrize("name", ["schema", "register", "model:gpt", "a/b", "", 7])
def test_some_names_cannot_be_registered(acme: Caller, name: Any) -> None:
    assert acme.post(REGISTER, registration_of("x") | {"service_id": name}).status in (400, 409)
    assert ids(acme) == []


def test_lists_filter_by_capability_and_status_and_count_what_they_find(acme: Caller) -> None:
    register(acme, "a", "chat", "vision")
    register(acme, "b", "chat")
    register(acme, "c", "vision")
    acme.put(f"{SERVICES}/b", {"status": "inactive"}).expect(200)
    assert ids(acme) == ["a", "b", "c"]
    assert ids(acme, capability="chat") == ["a", "b"]
    assert ids(acme, status="active") == ["a", "c"]
    assert ids(acme, capability="chat", status="inactive") == ["b"]
    assert ids(acme, capability="nothing") == []
    acme.get(SERVICES, query={"status": "broken"}).expect(400)


def test_pages_hold_every_service_once(acme: Caller) -> None:
    names = [f"s{number}" for number in range(7)]
    for name in names:
        register(acme, name)
    acme.put(f"{SERVICES}/s0", {"status": "inactive"}).expect(200)
    for query in ({}, {"capability": "chat_completion"}):
        found: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            page = acme.get(SERVICES, query={"limit": 3, **query, **cursor}).expect(200).json()
            assert page["total"] == 7
            found += [row["service_id"] for row in page["services"]]
            if page["next_cursor"] is None:
                break
            cursor = {"cursor": page["next_cursor"]}
        assert sorted(found) == names
    acme.get(SERVICES, query={"cursor": "!"}).expect(400)


def test_a_change_moves_the_service_in_the_index_and_nothing_is_left_behind(acme: Caller) -> None:
    register(acme, "one", "chat", "vision")
    contract = registration_of("one", "vision", "speech")["contract"] | {"cost_per_token": 0.5}
    told = acme.put(f"{SERVICES}/one", {"contract": contract, "name": "New"}).expect(200).json()
    assert (told["revision"], told["name"], told["cost_per_token"]) == (2, "New", 0.5)
    assert rows("by#") == {"by##A#one", "by#vision#A#one", "by#speech#A#one"}
    assert (ids(acme, capability="chat"), ids(acme, capability="speech")) == ([], ["one"])
    acme.put(f"{SERVICES}/one", {"status": "inactive"}).expect(200)
    assert rows("by#") == {"by##I#one", "by#vision#I#one", "by#speech#I#one"}
    acme.delete(f"{SERVICES}/one").expect(204)
    assert rows("") == rows("totals#")
    assert ids(acme) == ids(acme, capability="vision") == ids(acme, status="inactive") == []
    acme.get(f"{SERVICES}/one").expect(404)


def test_a_service_of_as_many_capabilities_as_allowed_can_change_all_of_them(acme: Caller) -> None:
    before, after = ([f"{word}-{n}" for n in range(32)] for word in ("old", "new"))
    register(acme, "one", *before)
    acme.put(f"{SERVICES}/one", {"status": "inactive"}).expect(200)
    contract = {"capabilities": after}
    acme.put(f"{SERVICES}/one", {"contract": contract, "status": "active"}).expect(200)
    assert len(rows("by#")) == 33
    assert ids(acme, capability="new-31", status="active") == ["one"]
    assert ids(acme, capability="old-31") == []


def test_changes_at_once_all_count(acme: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    register(acme, "one", "chat")
    make_calls_atomic(monkeypatch)

    def change(number: int) -> bool:
        try:
            registration.change(ACTOR, "one", Change(version=f"2.{number}"), clocks.now())
        except ChangedMeanwhileError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(change, range(4))).count(True)
    assert made
    assert acme.get(f"{SERVICES}/one").json()["revision"] == 1 + made
    assert ids(acme, capability="chat") == ["one"]


def test_a_change_that_changes_nothing_is_no_change(acme: Caller) -> None:
    register(acme, "one")
    assert acme.put(f"{SERVICES}/one", {"name": "Service one"}).expect(200).json()["revision"] == 1
    assert len(events_of("acme")) == 1


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_an_unknown_service_is_told_as_the_reference_does(acme: Caller, method: str) -> None:
    refused = acme.send(method, f"{SERVICES}/nowhere", json={"name": "x"}).expect(404).json()
    assert refused["error"]["code"] == "SERVICE_NOT_FOUND"


def test_observations_become_averages(developer: Caller) -> None:
    register(developer, "one")
    observed = f"{SERVICES}/one/observations"
    developer.post(observed, {"latency_ms": 100, "success": True}).expect(200)
    developer.post(observed, {"latency_ms": 300, "success": True}).expect(200)
    told = developer.post(observed, {"latency_ms": 9, "success": False}).expect(200).json()["observed"]
    assert told == {"latency_ms": 200.0, "success_rate": 0.666667}
    assert developer.get(f"{SERVICES}/one").json()["observed"] == told
    developer.post(observed, {"latency_ms": -1, "success": True}).expect(400)
    developer.post(f"{SERVICES}/nowhere/observations", {"latency_ms": 1, "success": True}).expect(404)


# Contracts that lie elsewhere

YAML = b"capabilities: [chat]\nguarantees:\n  latency_ms: 120\ncost_per_token: 1.0e-4\n"


def from_path(acme: Caller, path: str) -> Any:
    body = registration_of("one")
    del body["contract"]
    return acme.post(REGISTER, body | {"contract_path": path})


def test_a_contract_is_read_from_the_tenants_own_files(acme: Caller) -> None:
    files.put("files/acme/contract.yaml", YAML, "text/yaml")
    from_path(acme, f"s3://{os.environ['FILES_BUCKET']}/files/acme/contract.yaml").expect(201)
    assert acme.get(f"{SERVICES}/one").json()["guarantees"] == {"latency_ms": 120}


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "contract.yaml",
        "file:///etc/passwd",
        "http://example.com/contract.yaml",
        "https://169.254.169.254/latest/meta-data",
        "https://127.0.0.1/contract",
        "s3://{bucket}/files/other/contract.yaml",
        "s3://{bucket}/files/acme/../other/contract.yaml",
        "s3://{bucket}/jobs/acme/contract.yaml",
        "s3://another/files/acme/contract.yaml",
        "s3://{bucket}/files/acme/missing.yaml",
        "s3://{bucket}/files/acme/empty.yaml",
        "s3://{bucket}/files/acme/large.yaml",
        "s3://{bucket}/files/acme/bomb.yaml",
        "s3://{bucket}/files/acme/nan.yaml",
        "s3://{bucket}/files/acme/object.yaml",
        "s3://{bucket}/files/acme/text.yaml",
    ],
)
def test_what_cannot_be_read_as_a_contract_is_invalid(acme: Caller, path: str) -> None:
    for name, body in {
        "files/other/contract.yaml": YAML,
        "jobs/acme/contract.yaml": YAML,
        "files/acme/empty.yaml": b"",
        "files/acme/large.yaml": YAML + b"#" * 70_000,
        "files/acme/bomb.yaml": b"a: &a [x, x]\nb: &b [*a, *a]\ncapabilities: [*b, *b]\n",
        "files/acme/nan.yaml": b"capabilities: [chat]\ncost_per_token: .nan\n",
        "files/acme/object.yaml": b"!!python/object/apply:os.system [id]\n",
        "files/acme/text.yaml": b"just text",
    }.items():
        files.put(name, body, "text/yaml")
    refused = from_path(acme, path.format(bucket=os.environ["FILES_BUCKET"])).expect(400).json()["error"]
    assert refused["code"] == "INVALID_CONTRACT"
    assert refused["details"]["field"].startswith("contract")
    assert ids(acme) == []
