"""Approval: bound to what was looked at, used once, whole or not at all, and never after its time."""

from typing import Any

import pytest

from pentarch.configuration import accessor
from pentarch.configuration.model import ConfigType
from pentarch.files import store as files
from pentarch.platform import clock
from pentarch.workspace import objects, store
from pentarch.workspace.model import Author, Content
from sessions import policy
from support.lambdas import Caller
from support.log import events_of
from support.sessions import RUN, WORKSPACE, SessionStack, content, pending, run, status, upload, wish
from support.tenants import make_key


@pytest.fixture
def waiting(stack: SessionStack, acme: Caller) -> str:
    upload(acme)
    ident = run(acme)
    stack.run()
    assert status(acme, ident)["status"] == "pending_approval"
    return ident


def conflict(caller: Caller, ident: str, body: Any = None) -> dict[str, Any]:
    error: dict[str, Any] = caller.post(f"/api/v1/approve/{ident}", body).expect(409).json()["error"]
    assert error["code"] == "CONFLICT"
    return error


def test_an_approval_is_used_once(acme: Caller, waiting: str) -> None:
    acme.post(f"/api/v1/approve/{waiting}").expect(200)
    assert "completed" in conflict(acme, waiting)["message"]
    acme.post(f"/api/v1/reject/{waiting}", {"reason": "late"}).expect(409)
    assert store.head("acme", "bench/constraints.json").version == 1


def test_a_workspace_that_moved_is_a_conflict_with_a_fresh_diff(acme: Caller, waiting: str) -> None:
    upload(acme, "bench/constraints.json", '{"mine": true}\n')
    error = conflict(acme, waiting)
    [shown] = error["details"]["artifacts"]
    assert (shown["path"], shown["base_version"]) == ("bench/constraints.json", 1)
    assert '-{"mine": true}' in shown["unified_diff"]
    assert content(acme, "bench/constraints.json") == '{"mine": true}\n'

    again = conflict(acme, waiting)  # who did not look names no digest
    assert "digest" in again["message"]
    acme.post(f"/api/v1/approve/{waiting}", {"digest": error["details"]["digest"]}).expect(200)
    assert '"requirements"' in content(acme, "bench/constraints.json")
    assert store.head("acme", "bench/constraints.json").version == 2
    [rebased] = events_of("acme", "session.rebased")
    assert rebased.data["digest"] == error["details"]["digest"]


def test_a_file_that_moves_while_it_is_approved_is_not_overwritten(
    acme: Caller, waiting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = store.keep

    def keep_late(tenant: str, contents: Any) -> None:
        keep(tenant, contents)
        monkeypatch.setattr(store, "keep", keep)
        mine = Content("bench/constraints.json", b"mine\n", "application/json")
        store.put(Author("acme", "key:other"), mine, clock.now())

    monkeypatch.setattr(store, "keep", keep_late)
    error = conflict(acme, waiting)
    assert "-mine" in error["details"]["artifacts"][0]["unified_diff"]
    assert content(acme, "bench/constraints.json") == "mine\n"
    assert status(acme, waiting)["status"] == "pending_approval"


def test_another_digest_is_another_proposal(acme: Caller, waiting: str) -> None:
    assert "something else" in conflict(acme, waiting, {"digest": "0" * 64})["message"]
    [entry] = pending(acme)
    acme.post(f"/api/v1/approve/{waiting}", {"digest": entry["digest"]}).expect(200)


def test_an_approval_tells_what_it_was_of(acme: Caller, waiting: str) -> None:
    [entry] = pending(acme)
    acme.post(f"/api/v1/approve/{waiting}", {"comment": "LGTM"}).expect(200)
    [approved] = events_of("acme", "session.approved")
    [written] = [event for event in events_of("acme", "file.written") if event.data.get("session_id")]
    assert approved.data["digest"] == entry["digest"]
    assert approved.data["artifacts"][0]["sha256"] == written.data["sha256"]
    assert "LGTM" not in str(approved.as_json())


def test_nobody_approves_after_the_time(stack: SessionStack, acme: Caller, waiting: str) -> None:
    stack.clock.advance(seconds=policy.DEFAULT_EXPIRY_S)
    assert status(acme, waiting)["status"] == "expired"
    assert pending(acme) == []
    assert "expired" in conflict(acme, waiting)["message"]
    acme.get(f"{WORKSPACE}/bench/constraints.json").expect(404)
    body = f'{{"kind":"expire","tenant":"acme","id":"{waiting}","round":1}}'
    stack.send("SESSIONS_QUEUE_URL", body)
    stack.send("SESSIONS_QUEUE_URL", body)
    stack.run()
    assert len(events_of("acme", "session.expired")) == 1
    assert acme.get("/api/v1/sessions", query={"status": "expired"}).json()["total"] == 1


def test_a_reminder_before_the_time_ends_nothing(stack: SessionStack, acme: Caller, waiting: str) -> None:
    stack.send("SESSIONS_QUEUE_URL", f'{{"kind":"expire","tenant":"acme","id":"{waiting}","round":1}}')
    stack.run()
    assert status(acme, waiting)["status"] == "pending_approval"


def test_whoever_ran_it_may_not_approve_where_the_policy_says_so(
    acme: Caller, waiting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def every(tenant: str, kind: ConfigType) -> list[dict[str, Any]]:
        assert (tenant, kind) == ("acme", ConfigType.SESSION_APPROVAL)
        return [{"self_approval": False}, {"self_approval": True}]

    monkeypatch.setattr(accessor, "every", every)
    error = acme.post(f"/api/v1/approve/{waiting}").expect(403).json()["error"]
    assert (error["code"], "second person" in error["message"]) == ("AUTHORIZATION_ERROR", True)
    second = acme.using(make_key("acme", "operator"))
    second.post(f"/api/v1/approve/{waiting}").expect(200)


def test_a_viewer_looks_and_does_not_decide(acme: Caller, waiting: str) -> None:
    viewer = acme.using(make_key("acme", "viewer"))
    assert pending(viewer)[0]["session_id"] == waiting
    viewer.post(f"/api/v1/approve/{waiting}").expect(403)
    viewer.post(f"/api/v1/reject/{waiting}", {"reason": "no"}).expect(403)
    viewer.post(RUN, wish()).expect(403)


def test_a_rejection_leaves_the_workspace_and_tells_its_reason(acme: Caller, waiting: str) -> None:
    acme.post(f"/api/v1/reject/{waiting}", {"reason": 7}).expect(400)
    acme.post(f"/api/v1/reject/{waiting}").expect(400)
    done = acme.post(f"/api/v1/reject/{waiting}", {"reason": "Ripple is not addressed"}).expect(200).json()
    assert done == {"session_id": waiting, "status": "rejected", "reason": "Ripple is not addressed"}
    acme.get(f"{WORKSPACE}/bench/constraints.json").expect(404)
    assert status(acme, waiting)["status"] == "rejected"
    conflict(acme, waiting)


def test_a_revision_runs_again_with_what_was_asked_for(stack: SessionStack, acme: Caller, waiting: str) -> None:
    before = pending(acme)[0]["digest"]
    told = acme.post(f"/api/v1/revise/{waiting}", {"instructions": "Ripple: below 2 mV"}).expect(200).json()
    assert (told["status"], told["round"]) == ("running", 2)
    conflict(acme, waiting, {"digest": before})
    stack.run()
    [entry] = pending(acme)
    assert entry["digest"] != before
    conflict(acme, waiting, {"digest": before})
    proposed = acme.get(f"/api/v1/session/{waiting}/artifacts/bench/constraints.json").expect(200).json()
    [ripple] = [one for one in proposed["requirements"] if one["subject"] == "Ripple"]
    assert (ripple["quantities"][0]["max"], ripple["supersedes"]) == (2.0, ["REQ-002"])
    acme.post(f"/api/v1/approve/{waiting}", {"digest": entry["digest"]}).expect(200)


def test_the_diff_is_one_that_tools_take(acme: Caller, waiting: str) -> None:
    path = f"/api/v1/session/{waiting}/artifacts/bench/constraints.json"
    text = acme.get(path, query={"diff": "true"}).expect(200).text
    assert text.startswith("--- /dev/null\n+++ b/bench/constraints.json\n@@ -0,0 +1,")
    [artifact] = status(acme, waiting)["artifacts"]
    assert artifact["diff"] == f"+{sum(line.startswith('+') for line in text.splitlines()[2:])} -0"


def test_nothing_to_change_needs_no_approval(stack: SessionStack, acme: Caller, waiting: str) -> None:
    acme.post(f"/api/v1/approve/{waiting}").expect(200)
    again = run(acme)
    stack.run()
    assert status(acme, again)["status"] == "completed"
    assert pending(acme) == []


def test_an_artifact_that_was_tampered_with_is_not_applied(acme: Caller, waiting: str) -> None:
    session = acme.get(f"/api/v1/session/{waiting}").json()
    sha256 = session["output"]["artifacts"][0]["sha256"]
    objects.put(f"{objects.proposal_prefix('acme', waiting)}1/{sha256}", b"{}", "application/json")
    acme.post(f"/api/v1/approve/{waiting}").expect(404)
    acme.get(f"{WORKSPACE}/bench/constraints.json").expect(404)


def test_a_deleted_session_leaves_nothing_but_the_workspace(stack: SessionStack, acme: Caller, waiting: str) -> None:
    acme.delete(f"/api/v1/session/{waiting}").expect(200)
    stack.run()
    acme.get(f"/api/v1/session/{waiting}").expect(404)
    acme.post(f"/api/v1/approve/{waiting}").expect(404)
    assert list(files.entries(objects.proposal_prefix("acme", waiting), within=objects.bucket())) == []
    assert acme.get("/api/v1/sessions").json()["total"] == 0
    assert acme.get("/api/v1/status").json()["sessions"]["pending"] == 0


def test_another_tenant_sees_and_decides_nothing(stack: SessionStack, waiting: str) -> None:
    other = stack.tenant("other")
    assert pending(other) == []
    for method, path, body in (
        ("GET", f"/api/v1/session/{waiting}", None),
        ("DELETE", f"/api/v1/session/{waiting}", None),
        ("GET", f"/api/v1/agent/{waiting}/status", None),
        ("GET", f"/api/v1/session/{waiting}/artifacts/bench/constraints.json", None),
        ("POST", f"/api/v1/approve/{waiting}", {}),
        ("POST", f"/api/v1/reject/{waiting}", {"reason": "no"}),
        ("POST", f"/api/v1/revise/{waiting}", {"instructions": "x"}),
        ("GET", f"{WORKSPACE}/bench/PRD.md", None),
    ):
        other.send(method, path, json=body).expect(404)


def test_an_artifact_that_is_not_proposed_is_named(acme: Caller, waiting: str) -> None:
    error = acme.post(f"/api/v1/approve/{waiting}", {"artifacts": ["other.md"]}).expect(400).json()["error"]
    assert error["details"] == {"field": "artifacts", "unknown": ["other.md"]}
    assert status(acme, waiting)["status"] == "pending_approval"
