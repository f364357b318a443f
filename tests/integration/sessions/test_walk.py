"""The reference's workflow, from a file to an approved change."""

import json
import re

from support.lambdas import Caller
from support.log import events_of
from support.sessions import BRIEF, CREATE, RUN, SessionStack, content, create, pending, run, status, upload, wish


def test_the_references_workflow_runs_as_it_is_written(stack: SessionStack, acme: Caller) -> None:
    """It creates a session, runs without the session's id, and then asks for the session that it created."""
    upload(acme, "PRD.md")
    made = acme.post(CREATE, {"skill": "spec", "input": {"files": ["PRD.md"]}}).expect(200).json()
    assert (made["skill"], made["status"]) == ("spec", "created")

    started = acme.post(RUN, {"skill": "spec", "input": {"files": ["PRD.md"]}}).expect(200).json()
    assert started == {"session_id": made["id"], "status": "running", "agent": "requirements-agent"}
    stack.run()

    state = status(acme, made["id"])
    assert (state["status"], state["progress"]) == ("pending_approval", 1.0)
    [artifact] = state["artifacts"]
    assert artifact["path"] == "constraints.json"
    assert re.fullmatch(r"\+[1-9]\d* -0", artifact["diff"])
    [entry] = pending(acme)
    assert (entry["session_id"], entry["skill"]) == (made["id"], "spec")

    done = acme.post(f"/api/v1/approve/{made['id']}").expect(200).json()
    assert done == {
        "session_id": made["id"],
        "status": "approved",
        "applied": True,
        "artifacts": ["constraints.json"],
    }
    text = content(acme, "constraints.json")
    assert len(text.encode()) == entry["artifacts"][0]["size"]
    requirements = json.loads(text)["requirements"]
    assert [one["subject"] for one in requirements] == ["Output", "Ripple", "Size", "Cost"]
    found = acme.get(f"/api/v1/session/{made['id']}").expect(200).json()
    assert found["status"] == "completed"
    assert found["output"]["artifacts"][0]["path"] == "constraints.json"
    assert found["produced_by"] == "rules"
    assert pending(acme) == []


def test_architecture_follows_from_the_constraints(stack: SessionStack, acme: Caller) -> None:
    upload(acme)
    first = run(acme)
    stack.run()
    acme.post(f"/api/v1/approve/{first}").expect(200)
    second = run(acme, path="bench/constraints.json", skill="architecture")
    stack.run()
    assert [one["path"] for one in status(acme, second)["artifacts"]] == ["bench/architecture.md"]
    acme.post(f"/api/v1/approve/{second}", {"comment": "LGTM"}).expect(200)
    text = content(acme, "bench/architecture.md")
    assert "```mermaid\nflowchart LR" in text
    assert "| Output: power | REQ-001: 30 V × 3 A | 90 W |" in text  # noqa: RUF001 (the sign of multiplication)


def test_the_events_of_a_run_tell_start_progress_and_end_in_order(stack: SessionStack, acme: Caller) -> None:
    stack.clock.ticks = True
    upload(acme)
    ident = run(acme)
    stack.run()
    mine = [event for event in events_of("acme") if event.resource == ident]
    names = [event.type for event in mine]
    assert (names[0], names[1], names[-1]) == ("session.queued", "session.started", "session.complete")
    progress = [event.data["progress"] for event in mine if event.type == "agent.progress"]
    assert progress == sorted(set(progress))
    assert 0 < progress[0] < progress[-1] < 1
    assert mine[1].data["skill"] == "spec"
    assert mine[-1].data["status"] == "pending_approval"
    assert mine[-1].data["artifacts"] == ["bench/constraints.json"]
    assert BRIEF.splitlines()[2] not in str([event.as_json() for event in mine])


def test_a_run_without_a_session_makes_one(stack: SessionStack, acme: Caller) -> None:
    upload(acme)
    ident = run(acme)
    assert status(acme, ident)["status"] == "running"
    stack.run()
    assert status(acme, ident)["status"] == "pending_approval"


def test_a_run_adopts_the_newest_session_of_the_same_wish_and_no_other(stack: SessionStack, acme: Caller) -> None:
    stack.clock.ticks = True
    upload(acme)
    upload(acme, "other.md")
    old, new = create(acme), create(acme)
    elsewhere = create(acme, path="other.md")
    assert run(acme) == new
    assert run(acme) == old
    third = run(acme)
    assert third not in (old, new, elsewhere)
    stranger = stack.tenant("other")
    upload(stranger)
    theirs = create(acme)
    assert run(stranger) != theirs
    named = acme.post(RUN, wish("other.md", session_id=elsewhere)).expect(200).json()
    assert named["session_id"] == elsewhere
