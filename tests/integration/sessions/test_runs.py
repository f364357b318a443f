"""Runs: their bounds and their failures, skills of a tenant's own, and what models and tools add."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pentarch.llm import catalogue
from pentarch.llm.service import Gateway
from sessions import modelled, running, service, store
from sessions.lifecycle import Status
from support.fake_models import FakeModel, ToolModel
from support.lambdas import Caller
from support.log import events_of
from support.sessions import RUN, SessionStack, create, run, status, upload, wish
from support.tenants import make_key

SKILLS = "/api/v1/skills"
CONSTRAINTS = {"title": "T", "sources": [], "requirements": [{"id": "R-1", "level": "must", "text": "Be quiet."}]}


def a_skill(**changes: Any) -> dict[str, Any]:
    return {
        "name": "summary",
        "description": "Sums a text up",
        "agent": {"name": "scribe", "instructions": "You sum up."},
        "prompt": "Sum up.",
        "outputs": [{"path": "summary.md", "content_type": "text/markdown"}],
    } | changes


def use(monkeypatch: pytest.MonkeyPatch, model: FakeModel) -> None:
    monkeypatch.setattr(running, "gateway", lambda: Gateway(load=model.catalogue))


def proposed(caller: Caller, ident: str, path: str) -> str:
    return caller.get(f"/api/v1/session/{ident}/artifacts/{path}").expect(200).text


def ended(stack: SessionStack, caller: Caller, ident: str) -> dict[str, Any]:
    stack.run()
    return status(caller, ident)


def test_ten_runs_of_a_key_at_once_and_no_more(stack: SessionStack, acme: Caller) -> None:
    upload(acme)
    idents = [run(acme) for _ in range(service.AT_ONCE)]
    refused = acme.post(RUN, wish()).expect(429)
    assert refused.json()["error"]["code"] == "RATE_LIMITED"
    assert int(refused.headers["retry-after"]) > 0
    other = acme.using(make_key("acme", "developer"))
    run(other)
    acme.delete(f"/api/v1/session/{idents[0]}").expect(200)
    run(acme)
    stack.run()
    run(acme)


def test_a_refused_run_leaves_its_session_as_it_was(stack: SessionStack, acme: Caller) -> None:
    upload(acme)
    waiting = create(acme)
    for number in range(service.AT_ONCE):
        run(acme, path=upload(acme, f"{number}.md"))
    acme.post(RUN, wish()).expect(429)
    assert status(acme, waiting)["status"] == "created"
    stack.run()
    assert run(acme) == waiting


def test_a_models_answer_is_held_against_the_schema_and_mended(
    stack: SessionStack, acme: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = FakeModel()
    answers = iter(["no JSON", '{"title": "T"}', f"```json\n{json.dumps(CONSTRAINTS)}\n```"])
    model.answer = lambda _: next(answers)
    use(monkeypatch, model)
    upload(acme)
    ident = run(acme, options={"temperature": 0.9, "verbose": True})
    state = ended(stack, acme, ident)
    assert state["status"] == "pending_approval"
    assert json.loads(proposed(acme, ident, "bench/constraints.json")) == CONSTRAINTS
    assert [prompt.sampling.temperature for prompt in model.prompts] == [0.9, 0.9, 0.9]
    assert "'sources' is a required property" in model.asked[2]
    assert any("not usable" in line["message"] for line in state["log"])
    assert acme.get(f"/api/v1/session/{ident}").json()["produced_by"] == "fake-model"


def test_a_model_that_never_keeps_the_schema_is_a_failure_of_the_agent(
    stack: SessionStack, acme: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, FakeModel())
    upload(acme)
    state = ended(stack, acme, run(acme))
    assert (state["status"], state["error"]["code"]) == ("failed", "AGENT_ERROR")
    assert state["error"]["details"]["faults"]
    assert "log" not in state


def test_killed_after_any_call_a_modelled_run_pays_once(
    stack: SessionStack, acme: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = FakeModel()
    model.answer = lambda _: json.dumps(CONSTRAINTS)
    use(monkeypatch, model)
    for after in range(8, 40, 3):
        ident = run(acme, path=upload(acme, f"{after}/PRD.md"))
        stack.deliver("fanout")
        death = stack.kill("worker", after=after)
        assert ended(stack, acme, ident)["status"] == "pending_approval", death.last_call
        if not death.happened:
            break
    else:
        pytest.fail("the worker makes more calls than were tried")
    queued = [event.correlation_id for event in events_of("acme", "session.queued")]
    assert sorted(event.correlation_id for event in events_of("acme", "llm.completed")) == sorted(queued)
    assert len(set(queued)) == len(queued) > 3


def test_a_skill_is_data(stack: SessionStack, acme: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    outputs = [
        {"path": "one.txt", "content_type": "text/plain"},
        {"path": "two.json", "content_type": "application/json", "schema": {"type": "object", "required": ["a"]}},
    ]
    args = {"type": "object", "properties": {"words": {"type": "integer"}}, "required": ["words"]}
    skill = a_skill(outputs=outputs, inputs={"files": {"min": 1, "max": 1}, "args": args})
    made = acme.post(SKILLS, skill).expect(201).json()
    assert (made["built_in"], made["revision"]) == (False, 1)
    model = FakeModel()
    model.answer = lambda _: json.dumps({"one.txt": "Hello.", "two.json": {"a": 1}})
    use(monkeypatch, model)
    path = upload(acme)
    acme.post(RUN, wish(skill="summary")).expect(400)
    started = acme.post(RUN, {"skill": "summary", "input": {"files": [path], "args": {"words": 3}}}).expect(200).json()
    assert started["agent"] == "scribe-agent"
    state = ended(stack, acme, started["session_id"])
    assert [one["path"] for one in state["artifacts"]] == ["bench/one.txt", "bench/two.json"]
    body = {"artifacts": ["bench/two.json"]}
    done = acme.post(f"/api/v1/approve/{started['session_id']}", body).expect(200).json()
    assert done["artifacts"] == ["bench/two.json"]
    acme.get("/api/v1/workspace/bench/one.txt").expect(404)
    [approved] = events_of("acme", "session.approved")
    assert approved.data["left_out"] == ["bench/one.txt"]


def test_a_skill_calls_its_tools(
    stack: SessionStack, acme: Caller, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "ngspice"
    program.write_text("#!/bin/sh\necho 'vmax = 3.5e+00 at= 1'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    circuit = "t\nR1 a 0 1\n.meas tran vmax MAX v(a)\n"
    use(monkeypatch, ToolModel([("circuit_simulation", json.dumps({"netlist": circuit}))]))
    acme.post(SKILLS, a_skill(tools=["circuit_simulation"])).expect(201)
    upload(acme)
    ident = run(acme, skill="summary")
    assert ended(stack, acme, ident)["status"] == "pending_approval"
    assert '"vmax": 3.5' in proposed(acme, ident, "bench/summary.md")


def test_a_simulation_without_its_program_is_an_error_of_the_tool(
    stack: SessionStack, acme: Caller, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    path = upload(acme, "rc.cir", "low pass\nR1 a 0 1k\n.op\n.end\n")
    state = ended(stack, acme, run(acme, path=path, skill="simulation"))
    assert (state["status"], state["error"]["code"]) == ("failed", "TOOL_ERROR")
    assert state["error"]["details"]["status"] == "not_found"
    tools = {one["name"]: one for one in acme.get("/api/v1/status").json()["tools"]}
    assert tools["ngspice"] == {"name": "ngspice", "version": None, "available": False}


def test_a_run_that_takes_too_long_times_out(
    stack: SessionStack, acme: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload(acme)
    ident = run(acme)

    def slow(*args: Any) -> Any:
        stack.clock.advance(seconds=200)
        return modelled.held(*args)

    monkeypatch.setattr("sessions.running.held", slow)
    state = ended(stack, acme, ident)
    assert (state["status"], state["error"]["code"]) == ("failed", "TIMEOUT")


def test_a_failed_session_can_be_run_again(stack: SessionStack, acme: Caller) -> None:
    path = upload(acme, "poem.md", "Roses are red.\n")
    ident = run(acme, path=path)
    assert ended(stack, acme, ident)["error"]["code"] == "AGENT_ERROR"
    upload(acme, "poem.md", "- Roses: at most 5 EUR\n")
    again = acme.post(RUN, wish(path, session_id=ident)).expect(200).json()
    assert again["session_id"] == ident
    assert ended(stack, acme, ident)["status"] == "pending_approval"


@pytest.mark.parametrize(("code", "status_code"), [("AGENT_ERROR", 500), ("TOOL_ERROR", 500), ("TIMEOUT", 504)])
def test_who_waits_for_a_run_hears_of_its_failure_by_the_references_codes(
    acme: Caller, monkeypatch: pytest.MonkeyPatch, code: str, status_code: int
) -> None:
    upload(acme)
    found = store.get

    def failed(tenant: str, session_id: str) -> Any:
        session = found(tenant, session_id)
        error = {"code": code, "message": "it did not work", "details": {"a": 1}}
        return session and replace(session, status=Status.FAILED, error=error)

    monkeypatch.setattr(store, "get", failed)
    monkeypatch.setattr("sessions.routes.runs._LOOK_S", 0.01)
    error = acme.post(RUN, wish(options={"wait": 1})).expect(status_code).json()["error"]
    assert (error["code"], error["details"]) == (code, {"a": 1})


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "spec"}, None),
        ({"name": "Not A Name"}, "name"),
        ({"outputs": []}, "outputs"),
        ({"outputs": [{"path": "../x", "content_type": "text/plain"}]}, "outputs.0.path"),
        ({"outputs": [{"path": "x", "content_type": "text/plain", "schema": {}}]}, "outputs.0.schema"),
        ({"outputs": [{"path": "x", "content_type": "application/json", "schema": {"type": 7}}]}, "outputs.0.schema"),
        (
            {"outputs": [{"path": "x", "content_type": "application/json", "schema": {"$ref": "http://a/b"}}]},
            "outputs.0.schema",
        ),
        ({"tools": ["nobody-has-this"]}, "tools"),
        ({"timeout_s": 1000}, "timeout_s"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_a_skill_that_cannot_be_run_is_refused(acme: Caller, change: dict[str, Any], field: str | None) -> None:
    error = acme.post(SKILLS, a_skill(**change)).expect(409 if field is None else 400).json()["error"]
    if field is not None:
        assert error["details"]["field"] == field
    assert acme.get(SKILLS).json()["total"] == 3


def test_skills_are_listed_changed_and_deleted(acme: Caller) -> None:
    acme.post(SKILLS, a_skill()).expect(201)
    acme.post(SKILLS, a_skill()).expect(409)
    changed = acme.put(f"{SKILLS}/summary", a_skill(description="Shorter")).expect(200).json()
    assert (changed["revision"], changed["description"]) == (2, "Shorter")
    names = [one["name"] for one in acme.get(SKILLS).json()["skills"]]
    assert names == ["architecture", "simulation", "spec", "summary"]
    agents = [one["name"] for one in acme.get("/api/v1/status").json()["agents"]]
    assert agents == ["architecture", "simulation", "requirements", "scribe"]
    acme.delete(f"{SKILLS}/summary").expect(204)
    acme.get(f"{SKILLS}/summary").expect(404)
    acme.delete(f"{SKILLS}/spec").expect(409)
    acme.put(f"{SKILLS}/unknown", a_skill(name="unknown")).expect(404)


@pytest.mark.parametrize("own", [catalogue.current])
def test_without_a_model_a_text_is_written_by_the_local_one(
    stack: SessionStack, acme: Caller, own: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "gateway", lambda: Gateway(load=own))
    acme.post(SKILLS, a_skill()).expect(201)
    upload(acme)
    ident = run(acme, skill="summary")
    assert ended(stack, acme, ident)["status"] == "pending_approval"
    assert acme.get(f"/api/v1/session/{ident}").json()["produced_by"] == "pentarch/extractive"
