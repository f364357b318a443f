"""The proof routes, and the command that checks what they answer without asking them again."""

import json
from pathlib import Path
from typing import Any

import pytest

from compliance import api
from pentarch.events import store as events
from pentarch.events.store import EventItem, partition_of
from pentarch.sealing import heads, merkle
from pentarch.sealing.leaves import leaf_of
from pentarch_client.cli.app import run as main
from support.lambdas import Caller
from support.sealing import deliver, exported, write_events
from support.stopped_clock import StoppedClock
from support.tenants import make_tenant

pytestmark = pytest.mark.usefixtures("aws")

AUDIT = "/api/v1/compliance/audit"


@pytest.fixture(autouse=True)
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Pentarch")


@pytest.fixture
def caller() -> Caller:
    return a_caller("acme")


def a_caller(tenant: str) -> Caller:
    return Caller(api.handler, {}).using(make_tenant(tenant))


def sealed(count: int, tenant: str = "acme") -> list[Any]:
    written = write_events(tenant, count)
    deliver(written)
    return written


def test_a_proof_verifies_with_public_code_and_the_public_key(caller: Caller) -> None:
    written = sealed(5)
    data = caller.get(f"{AUDIT}/{written[3].id}/proof").expect(200).data
    head = heads.head_of(data["signed_head"]["statement"])
    path = [bytes.fromhex(part) for part in data["audit_path"]]
    leaf = leaf_of(data["event"])
    assert leaf.hex() == data["leaf_hash"]
    assert merkle.verify_inclusion(leaf, data["index"], data["tree_size"], path, bytes.fromhex(head.root))
    assert data["event"] == written[3].as_json()
    assert data["is_unchanged"] is True
    assert heads.key_id_of(data["public_key"]) == head.key_id


def test_a_changed_event_is_shown_as_such(caller: Caller) -> None:
    event = sealed(3)[1]
    EventItem(partition_of("acme", event.id), event.id).update(actions=[EventItem.actor.set("key:another")])
    data = caller.get(f"{AUDIT}/{event.id}/proof").expect(200).data
    assert data["is_unchanged"] is False


def test_an_event_that_is_not_sealed_yet_is_a_conflict_that_ends(caller: Caller) -> None:
    [event] = write_events("acme", 1)
    reply = caller.get(f"{AUDIT}/{event.id}/proof").expect(409)
    assert reply.json()["error"]["code"] == "CONFLICT"
    assert int(reply.headers["retry-after"]) == 10
    deliver([event])
    caller.get(f"{AUDIT}/{event.id}/proof").expect(200)


@pytest.mark.parametrize("name", ["nonsense", "01a1fe80-0000-7000-8000-000000000000"])
def test_an_event_that_is_not_there_has_no_proof(caller: Caller, name: str) -> None:
    sealed(1)
    caller.get(f"{AUDIT}/{name}/proof").expect(404)


def test_another_tenants_event_is_not_there(caller: Caller) -> None:
    [theirs] = sealed(1, "other")
    caller.get(f"{AUDIT}/{theirs.id}/proof").expect(404)
    assert caller.get(f"{AUDIT}/root").expect(200).data["tree_size"] == 0


def test_the_root_is_signed_and_tells_how_far_sealing_is_behind(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = StoppedClock(monkeypatch)
    assert caller.get(f"{AUDIT}/root").expect(200).data["signed_head"] is None
    sealed(3)
    data = caller.get(f"{AUDIT}/root").expect(200).data
    head = heads.head_of(data["signed_head"]["statement"])
    assert (data["tree_size"], data["root"], data["batch"]) == (3, head.root, 1)
    assert data["algorithm"] == "ECDSA_SHA_256"
    assert heads.key_id_of(data["public_key"]) == data["key_id"] == head.key_id
    assert (data["unsealed_events"], data["sealing_on_time"]) == (0, True)
    late = write_events("acme", 2)
    clock.advance(seconds=90)
    data = caller.get(f"{AUDIT}/root").expect(200).data
    assert (data["unsealed_events"], data["lag_seconds"], data["sealing_on_time"]) == (2, 90.0, False)
    deliver(late)
    assert caller.get(f"{AUDIT}/root").expect(200).data["sealing_on_time"] is True


def test_a_tree_is_consistent_with_each_earlier_one(caller: Caller) -> None:
    sealed(3)
    sealed(4)
    last = bytes.fromhex(caller.get(f"{AUDIT}/root").data["root"])
    for first in range(1, 8):
        data = caller.get(f"{AUDIT}/consistency", query={"from": first}).expect(200).data
        path = [bytes.fromhex(part) for part in data["path"]]
        assert merkle.verify_consistency(first, 7, bytes.fromhex(data["from_root"]), last, path)
    data = caller.get(f"{AUDIT}/consistency", query={"from": 2, "to": 5}).expect(200).data
    assert (data["from"], data["to"]) == (2, 5)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "from"),
        ({"from": "x"}, "from"),
        ({"from": 0}, "from"),
        ({"from": -1}, "from"),
        ({"from": 3, "to": 2}, "from"),
        ({"from": 1, "to": 5}, "to"),
        ({"from": 1, "to": 0}, "to"),
        ({"from": 1, "to": 10**30}, "to"),
    ],
)
def test_sizes_that_no_tree_has_are_named(caller: Caller, query: dict[str, Any], field: str) -> None:
    sealed(4)
    error = caller.get(f"{AUDIT}/consistency", query=query).expect(400).json()["error"]
    assert (error["code"], error["details"]["field"]) == ("VALIDATION_ERROR", field)


def test_an_exported_trail_is_checked_offline_and_tampering_with_a_stored_event_is_named(
    caller: Caller, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written = sealed(6)
    file, key = tmp_path / "trail.json", tmp_path / "key.pem"
    key.write_text(caller.get(f"{AUDIT}/root").data["public_key"])
    file.write_text(json.dumps(exported("acme")))
    assert main(["verify-audit", str(file), "--public-key", str(key)]) == 0
    assert "6 events are what was sealed" in capsys.readouterr().out

    event = written[4]
    EventItem(partition_of("acme", event.id), event.id).update(actions=[EventItem.resource.set("another")])
    events.remove_pruned("acme", [written[1].id])
    file.write_text(json.dumps(exported("acme")))
    assert main(["verify-audit", str(file), "--public-key", str(key)]) == 1
    assert capsys.readouterr().out.splitlines() == [
        f"event {written[1].id} (leaf 1, batch 1) is missing",
        f"event {event.id} (leaf 4, batch 1) was changed: it is not what was sealed",
    ]


def test_the_command_tells_what_it_cannot_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, key = tmp_path / "trail.json", tmp_path / "key.pem"
    file.write_text("{}")
    key.write_text("no key")
    assert main(["verify-audit", str(file)]) == 1
    assert "no exported trail" in capsys.readouterr().out
    assert main(["verify-audit", str(file), "--public-key", str(key)]) == 1
    assert main(["verify-audit", str(tmp_path / "absent")]) == 1
    assert "cannot be read" in capsys.readouterr().err
