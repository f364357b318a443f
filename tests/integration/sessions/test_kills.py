"""A worker, or an approval, that dies at any call to AWS leaves all or nothing, and every run ends."""

import json
import os
from datetime import timedelta

import pytest

from pentarch.events.model import Event
from pentarch.limits import leases
from pentarch.platform import clients
from pentarch.workspace import store
from sessions import service
from sessions import store as sessions
from support.atomic import make_calls_atomic
from support.configurations import at_once
from support.lambdas import Caller
from support.log import events_of
from support.sessions import RUN, SessionStack, content, create, pending, run, status, upload, wish


def test_killed_after_any_call_a_run_proposes_once(stack: SessionStack, acme: Caller) -> None:
    killed: dict[str, str] = {}
    for after in range(1, 60):
        path = upload(acme, f"bench-{after}/PRD.md")
        ident = run(acme, path=path)
        stack.deliver("fanout")
        death = stack.kill("worker", after=after)
        stack.run()
        killed[ident] = why = f"killed after call {after} ({death.last_call})"

        assert status(acme, ident)["status"] == "pending_approval", why
        session = sessions.get("acme", ident)
        assert session is not None
        assert leases.held(service.slots_of(session), service.POOL, stack.clock.at) == (), why
        acme.get(f"/api/v1/session/{ident}/artifacts/bench-{after}/constraints.json").expect(200)
        acme.get(f"/api/v1/workspace/bench-{after}/constraints.json").expect(404)
        if not death.happened:
            break
    else:
        pytest.fail("the worker makes more calls than were tried")
    assert len(killed) > 8
    told = _by_session(events_of("acme"))
    for ident, why in killed.items():
        names = [event.type for event in told[ident]]
        assert (names.count("session.complete"), names.count("session.started")) == (1, 1), why
        progress = [event.data["progress"] for event in told[ident] if event.type == "agent.progress"]
        assert sorted(progress) == sorted(set(progress)), why


def _by_session(told: list[Event]) -> dict[str, list[Event]]:
    """Read once: the log grows with every try."""
    found: dict[str, list[Event]] = {}
    for event in told:
        found.setdefault(event.resource, []).append(event)
    return found


def test_killed_after_any_call_an_approval_is_whole_or_not_there(stack: SessionStack, acme: Caller) -> None:
    for after in range(1, 40):
        path = upload(acme, f"bench-{after}/PRD.md")
        ident = run(acme, path=path)
        stack.run()
        [entry] = pending(acme)
        target = entry["artifacts"][0]["path"]
        with stack.dying(after=after) as death:
            acme.post(f"/api/v1/approve/{ident}")
        why = f"killed after call {after} ({death.last_call})"

        state, there = status(acme, ident)["status"], target in store.heads("acme", [target])
        assert (state, there) in (("pending_approval", False), ("completed", True)), why
        if state == "pending_approval":
            acme.post(f"/api/v1/approve/{ident}").expect(200)
        assert len(content(acme, target).encode()) == entry["artifacts"][0]["size"], why
        assert store.head("acme", target).version == 1, why
        if not death.happened:
            break
    else:
        pytest.fail("an approval makes more calls than were tried")
    assert {len(found) for found in _by_session(events_of("acme", "session.approved")).values()} == {1}


def test_messages_that_come_twice_propose_once(stack: SessionStack, acme: Caller) -> None:
    upload(acme)
    ident = run(acme)
    stack.run()
    acme.post(f"/api/v1/approve/{ident}").expect(200)
    stack.replay_stream()
    stack.run()
    assert status(acme, ident)["status"] == "completed"
    assert len([event for event in events_of("acme", "session.complete") if event.resource == ident]) == 1
    assert store.head("acme", "bench/constraints.json").version == 1


def test_a_run_whose_workers_all_die_fails(stack: SessionStack, acme: Caller) -> None:
    upload(acme)
    ident = run(acme)
    stack.deliver("fanout")
    for _ in range(40):
        stack.kill("worker", after=3)
        if not stack.step():
            wait = stack._seconds_to_wait()
            if wait is None:
                break
            stack.clock.advance(seconds=wait)
    stack._functions["worker"].kill = None
    stack.run()
    state = status(acme, ident)
    assert state["status"] == "failed"
    assert state["error"]["code"] == "AGENT_ERROR"


def test_a_run_that_is_deleted_while_it_works_leaves_nothing(stack: SessionStack, acme: Caller) -> None:
    upload(acme)
    ident = run(acme)
    stack.deliver("fanout")
    stack.kill("worker", after=5)
    stack.deliver("worker")
    acme.delete(f"/api/v1/session/{ident}").expect(200)
    stack.run()
    assert sessions.get("acme", ident) is None
    assert pending(acme) == []


def test_killed_after_any_call_a_request_to_run_loses_no_slot_for_good(stack: SessionStack, acme: Caller) -> None:
    for after in range(1, 30):
        path = upload(acme, f"bench-{after}/PRD.md")
        waiting = create(acme, path=path)
        with stack.dying(after=after) as death:
            acme.post(RUN, wish(path))
        why = f"killed after call {after} ({death.last_call})"

        stack.run()
        assert status(acme, waiting)["status"] in ("created", "pending_approval"), why
        if status(acme, waiting)["status"] == "created":
            assert run(acme, path=path) == waiting, why
            stack.run()
        assert status(acme, waiting)["status"] == "pending_approval", why
        session = sessions.get("acme", waiting)
        assert session is not None
        assert leases.held(service.slots_of(session), service.POOL, stack.clock.at) == (), why
        if not death.happened:
            return
    pytest.fail("a request makes more calls than were tried")


def test_of_approvals_at_once_one_counts(stack: SessionStack, acme: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    upload(acme)
    ident = run(acme)
    stack.run()
    make_calls_atomic(monkeypatch)
    replies = at_once(3, lambda _: acme.post(f"/api/v1/approve/{ident}"))
    assert sorted(reply.status for reply in replies) == [200, 409, 409]
    assert store.head("acme", "bench/constraints.json").version == 1
    assert len(events_of("acme", "session.approved")) == 1


def test_of_runs_at_once_each_has_a_session_of_its_own(
    stack: SessionStack, acme: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload(acme)
    waiting = create(acme)
    make_calls_atomic(monkeypatch)
    idents = {reply.json()["session_id"] for reply in at_once(3, lambda _: acme.post(RUN, wish()))}
    assert len(idents) == 3
    assert waiting in idents
    stack.run()
    assert {status(acme, ident)["status"] for ident in idents} == {"pending_approval"}


def test_a_proposal_has_a_schedule_that_ends_it(stack: SessionStack, acme: Caller) -> None:
    upload(acme)
    ident = run(acme)
    stack.run()
    scheduler = clients.scheduler()
    group = os.environ["LATER_SCHEDULE_GROUP"]
    [schedule] = scheduler.list_schedules(GroupName=group)["Schedules"]
    found = scheduler.get_schedule(GroupName=group, Name=schedule["Name"])
    told = json.loads(found["Target"]["Input"])
    assert told == {"kind": "expire", "tenant": "acme", "id": ident, "round": 1}
    session = sessions.get("acme", ident)
    assert session is not None
    assert session.expires_at is not None
    assert found["ScheduleExpression"] == f"at({session.expires_at + timedelta(seconds=1):%Y-%m-%dT%H:%M:%S})"
    assert found["ActionAfterCompletion"] == "DELETE"
