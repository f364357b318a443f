"""Jobs that another part of the stack does: begun in their owner's name, followed to their end, cancelled with it."""

from collections.abc import Callable
from typing import Any

import pytest

from jobs.api import app
from pentarch.platform.doors import Door
from pentarch.web.admission import Gate
from support.delegated import APIS, DelegatedStack
from support.gateway import aws_calls
from support.job_stack import PATH, open_work, seen, told, totals
from support.lambdas import Caller
from support.specialists import data_url, praise_and_complaint, propose, training
from support.stopped_clock import StoppedClock
from support.tenants import make_key
from support.workflows import Machine, Turns, agent_step, make, make_agents

MOST_CALLS = 40
SCAN = {"framework": "SOC2"}


@pytest.fixture
def stack(aws: None, monkeypatch: pytest.MonkeyPatch, clock: StoppedClock) -> DelegatedStack:
    del aws
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Pentarch")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "test")
    app.state.gate = Gate()
    return DelegatedStack(monkeypatch, clock)


@pytest.fixture
def api(stack: DelegatedStack) -> Caller:
    return stack.tenant("acme")


@pytest.fixture
def specialist(api: Caller) -> str:
    return propose(of(api, "specialists"))


def of(api: Caller, name: str) -> Caller:
    """The same caller before another part's API."""
    return Caller(APIS[name].handler, api.headers)


def a_training(specialist_id: str) -> dict[str, Any]:
    return {
        "specialist_id": specialist_id,
        "training_data": {"type": "supervised", "dataset": data_url(praise_and_complaint()), "parameters": {}},
    }


def made(api: Caller, kind: str, parameters: dict[str, Any], **more: Any) -> str:
    body = {"name": "a job", "type": kind, "parameters": parameters, **more}
    return str(api.post(PATH, body).expect(201).json()["job_id"])


def results(api: Caller, job_id: str) -> Any:
    return api.get(f"{PATH}/{job_id}/results").expect(200)


def test_a_training_job_trains_and_ends_with_its_training(api: Caller, stack: DelegatedStack, specialist: str) -> None:
    job_id = made(api, "training", a_training(specialist))
    assert seen(api, job_id)["service"] == "specialists"
    stack.run()
    job = seen(api, job_id)
    assert (job["status"], job["progress"]["percentage"], job["results_available"]) == ("completed", 100.0, True)
    assert training(of(api, "specialists"), specialist, job["target_id"])["status"] == "completed"
    assert results(api, job_id).json()["metrics"]["accuracy"] > 0.8
    assert [event.data["job_id"] for event in told("acme", "specialist.trained")] == [job["target_id"]]
    assert open_work("acme") == (0, 0)
    assert totals("acme") == {"all": 1, "completed": 1}


def listed(api: Caller) -> dict[str, Any]:
    """The newest job, as the list shows it."""
    found: dict[str, Any] = api.get(PATH).expect(200).json()["jobs"][0]
    return found


def test_a_training_tells_how_far_it_is_and_list_and_job_show_the_same(
    api: Caller, stack: DelegatedStack, specialist: str
) -> None:
    job_id = made(api, "training", a_training(specialist))
    stack.hurry("specialists", looks=4)
    stack.until("specialists", 2)
    while stack.deliver("fanout") or stack.deliver("jobs"):
        pass
    asked = len(stack.asked)
    with aws_calls() as calls:
        row = listed(api)
    assert (calls["Query"], calls["BatchGetItem"]) == (1, 2)  # the page, its jobs, the total
    job = seen(api, job_id)
    assert len(stack.asked) == asked  # neither asks anybody
    shown = training(of(api, "specialists"), specialist, job["target_id"])
    assert 0 < shown["current_epoch"] < shown["total_epochs"]
    assert job["progress"]["completed"] == shown["current_epoch"]
    assert job["progress"]["total"] == shown["total_epochs"]
    assert row["progress"] == job["progress"]["percentage"]
    stack.replay_stream()  # what is seen late takes nothing back
    stack.hurry("specialists", looks=None)
    stack.run()
    assert listed(api)["progress"] == seen(api, job_id)["progress"]["percentage"] == 100.0


def test_cancelling_a_job_cancels_what_it_began(api: Caller, stack: DelegatedStack, specialist: str) -> None:
    job_id = made(api, "training", a_training(specialist))
    stack.until("jobs")
    target = seen(api, job_id)["target_id"]
    api.delete(f"{PATH}/{job_id}").expect(200)
    stack.run()
    assert seen(api, job_id)["status"] == "cancelled"
    assert training(of(api, "specialists"), specialist, target)["status"] == "cancelled"
    assert told("acme", "specialist.trained") == []


def _scan_of(api: Caller, target: str) -> str:
    return str(of(api, "compliance").get(f"/api/v1/compliance/checks/{target}").expect(200).data["status"])


def _export_of(api: Caller, target: str) -> str:
    return str(of(api, "compliance").get(f"/api/v1/compliance/exports/{target}").expect(200).data["status"])


def _execution_of(api: Caller, target: str) -> str:
    return str(of(api, "workflows").get(f"/api/v1/executions/{target}").expect(200).json()["status"])


@pytest.mark.parametrize(
    ("kind", "status", "event"),
    [
        ("compliance_scan", _scan_of, "compliance.check_cancelled"),
        ("export", _export_of, "compliance.export_cancelled"),
        ("workflow", _execution_of, "execution.cancelled"),
    ],
)
def test_cancelling_a_job_cancels_a_scan_an_export_and_an_execution(  # noqa: PLR0917 (parameters and fixtures)
    api: Caller,
    stack: DelegatedStack,
    clock: StoppedClock,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    status: Callable[[Caller, str], str],
    event: str,
) -> None:
    monkeypatch.setattr("compliance.reports.service.MAX_EVENTS_AT_ONCE", -1)
    Machine(monkeypatch, clock)
    make_agents("acme", "agent-a")
    parameters: dict[str, Any] = {"compliance_scan": SCAN, "export": {"format": "csv"}}.get(kind) or {
        "workflow_id": make(of(api, "workflows"), [agent_step("first")])
    }
    job_id = made(api, kind, parameters)
    stack.until("jobs")
    target = seen(api, job_id)["target_id"]
    api.delete(f"{PATH}/{job_id}").expect(200)
    stack.run()
    assert status(api, target) == "cancelled"
    assert seen(api, job_id)["status"] == "cancelled"
    assert len(told("acme", event)) == len(told("acme", "job.cancelled")) == 1
    assert open_work("acme") == (0, 0)


def test_a_cancelled_job_leaves_an_export_to_whoever_else_wants_it(
    api: Caller, stack: DelegatedStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("compliance.reports.service.MAX_EVENTS_AT_ONCE", -1)
    first, second = (made(api, "export", {"format": "csv"}) for _ in range(2))
    stack.until("jobs")
    while not seen(api, second)["target_id"]:
        stack.deliver("jobs") or stack.deliver("fanout")
    assert seen(api, first)["target_id"] == seen(api, second)["target_id"]
    api.delete(f"{PATH}/{first}").expect(200)
    stack.run()
    assert [seen(api, one)["status"] for one in (first, second)] == ["cancelled", "completed"]


def test_a_job_ends_once_whenever_it_is_cancelled(api: Caller, stack: DelegatedStack) -> None:
    ends = set()
    for steps in range(40):
        job_id = made(api, "compliance_scan", SCAN)
        for _ in range(steps):
            stack.step()
        was_in_time = api.delete(f"{PATH}/{job_id}").status == 200
        stack.run()
        kinds = ("job.completed", "job.failed", "job.cancelled")
        [end] = [event.type for event in told("acme", *kinds) if event.resource == job_id]
        job = seen(api, job_id)
        assert end == f"job.{job['status']}"
        assert was_in_time == (end == "job.cancelled")
        if job["target_id"]:
            assert _scan_of(api, job["target_id"]) in ("cancelled", "completed")
        ends.add(end)
        if not was_in_time:
            break
        stack.clock.advance(minutes=1)  # so many requests take that long
    assert ends == {"job.completed", "job.cancelled"}
    assert open_work("acme") == (0, 0)


def test_a_thing_that_is_cancelled_by_itself_cancels_its_job(
    api: Caller, stack: DelegatedStack, specialist: str
) -> None:
    job_id = made(api, "training", a_training(specialist))
    stack.until("jobs")
    target = seen(api, job_id)["target_id"]
    of(api, "specialists").post(f"/api/v1/specialists/{specialist}/training/{target}/cancel", {}).expect(200)
    stack.run()
    assert seen(api, job_id)["status"] == "cancelled"


def test_a_scan_job_assesses_a_framework(api: Caller, stack: DelegatedStack) -> None:
    stack.house.doors = {"front": False}
    job_id = made(api, "compliance_scan", SCAN)
    stack.run()
    assert seen(api, job_id)["status"] == "completed"
    found = results(api, job_id).json()
    assert (found["framework"], found["status"]) == ("SOC2", "completed")
    assert "report_url" not in found
    [event] = told("acme", "compliance.check_requested")
    assert event.correlation_id == job_id


def test_an_export_job_has_the_file_as_its_result(api: Caller, stack: DelegatedStack, clock: StoppedClock) -> None:
    made(api, "compliance_scan", SCAN)
    clock.advance(minutes=5)
    job_id = made(api, "export", {"format": "csv"})
    stack.run()
    assert seen(api, job_id)["status"] == "completed"
    assert "job_create" in results(api, job_id).text


def test_a_large_export_is_followed_even_when_somebody_else_asked_first(
    api: Caller, stack: DelegatedStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("compliance.reports.service.MAX_EVENTS_AT_ONCE", 0)
    asked = {"format": "json", "start_date": "2026-01-01", "end_date": "2026-01-02"}
    made(api, "compliance_scan", SCAN)
    monkeypatch.setattr("compliance.reports.making.size_of", lambda _: 1)
    of(api, "compliance").get("/api/v1/compliance/export", query=asked).expect(202)
    job_id = made(api, "export", asked)
    stack.run()
    assert seen(api, job_id)["status"] == "completed"
    assert results(api, job_id).json()["status"] == "completed"


def test_a_workflow_job_runs_a_workflow(
    api: Caller, stack: DelegatedStack, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = Machine(monkeypatch, clock)
    turns = Turns(monkeypatch, machine)
    make_agents("acme", "agent-a")
    workflow_id = make(of(api, "workflows"), [agent_step("first"), agent_step("second")])
    job_id = made(api, "workflow", {"workflow_id": workflow_id, "parameters": {"n": 1}})
    stack.run()
    assert (seen(api, job_id)["status"], seen(api, job_id)["progress"]["total"]) == ("running", 2)
    machine.run()
    stack.run()
    assert (seen(api, job_id)["status"], turns.steps()) == ("completed", ["first", "second"])
    assert results(api, job_id).json()["final_result"]["step"] == "second"


def test_what_the_api_refuses_fails_the_job_in_its_words(api: Caller, stack: DelegatedStack) -> None:
    unknown = made(api, "training", a_training("nobody"))
    wrong = made(api, "compliance_scan", {"framework": "SOC3"})
    stack.run()
    assert [seen(api, one)["status"] for one in (unknown, wrong)] == ["failed", "failed"]
    assert "specialist" in seen(api, unknown)["logs"][-1]["message"]
    assert "The compliance scan was refused" in seen(api, wrong)["logs"][-1]["message"]
    again = api.post(f"{PATH}/{wrong}/retry", {}).expect(201).json()["job_id"]
    assert seen(api, again)["retry_of"] == wrong
    stack.run()
    assert seen(api, again)["status"] == "failed"


@pytest.mark.parametrize(
    ("kind", "scopes", "lacks"),
    [
        ("training", ("jobs:*", "specialists:read"), "specialists:write"),
        ("compliance_scan", ("jobs:*",), "compliance:write"),
        ("export", ("jobs:*",), "compliance:read"),
        ("workflow", ("jobs:*", "workflows:read"), "workflows:invoke"),
    ],
)
@pytest.mark.usefixtures("stack")
def test_who_may_not_begin_a_thing_may_not_by_a_job(
    api: Caller, kind: str, scopes: tuple[str, ...], lacks: str
) -> None:
    parameters: dict[str, Any] = {
        "training": a_training("one"),
        "compliance_scan": SCAN,
        "export": {"format": "csv"},
        "workflow": {"workflow_id": "one"},
    }[kind]
    narrow = api.using(make_key("acme", "admin", scopes=scopes))
    body = {"name": "a job", "type": kind, "parameters": parameters}
    assert lacks in narrow.post(PATH, body).expect(403).text
    recurring = {"name": "nightly", "interval": "daily", "job": body}
    assert lacks in narrow.post(f"{PATH}/recurring", recurring).expect(403).text


def test_a_caller_is_taken_by_name_only_where_the_function_says_so(
    stack: DelegatedStack, api: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    del stack, api
    named = {"tenant": "acme", "subject": "key:x", "kind": "key", "roles": ["admin"], "scopes": []}
    door = Door({}, "c", named)
    assert door.get("SPECIALISTS_API_FUNCTION", "/api/v1/specialists").status == 200
    stranger = Door({}, "c", named | {"tenant": "nobody"})
    assert stranger.get("SPECIALISTS_API_FUNCTION", "/api/v1/specialists").status == 401
    monkeypatch.delenv("DELEGATION")
    assert door.get("SPECIALISTS_API_FUNCTION", "/api/v1/specialists").status == 401


def test_an_outage_is_waited_for(api: Caller, stack: DelegatedStack) -> None:
    stack.down.add("compliance")
    job_id = made(api, "compliance_scan", SCAN)
    stack.until("jobs")
    assert seen(api, job_id)["status"] == "running"
    stack.down.clear()
    stack.run()
    assert seen(api, job_id)["status"] == "completed"


def test_an_outage_without_end_fails_the_job(api: Caller, stack: DelegatedStack) -> None:
    stack.down.add("compliance")
    job_id = made(api, "compliance_scan", SCAN)
    stack.run()
    assert seen(api, job_id)["status"] == "failed"
    assert open_work("acme") == (0, 0)


def _cancelled(api: Caller, job_id: str, _: DelegatedStack) -> None:
    api.delete(f"{PATH}/{job_id}").expect(200)


@pytest.mark.parametrize("during", [None, _cancelled], ids=["completed", "cancelled"])
def test_a_worker_that_dies_after_any_call_begins_and_ends_one_thing(
    api: Caller, stack: DelegatedStack, during: Callable[[Caller, str, DelegatedStack], None] | None
) -> None:
    for calls in range(1, MOST_CALLS):
        job_id = made(api, "compliance_scan", SCAN)
        death = stack.kill("jobs", after=calls)
        if during is not None:
            stack.until("jobs")
            during(api, job_id, stack)
        stack.run()
        mine = [event for event in told("acme", "compliance.check_requested") if event.correlation_id == job_id]
        job = seen(api, job_id)
        assert len(mine) == (1 if job["target_id"] else 0)
        assert job["status"] == ("completed" if during is None else "cancelled"), calls
        if during is not None and job["target_id"]:
            left = _scan_of(api, job["target_id"])  # while its worker was dead the scan may have come to its end
            assert left == job["status"] or (left, death.happened) == ("completed", True)
        if not death.happened:
            break
    assert calls > 3
    assert open_work("acme") == (0, 0)
    assert stack.messages("JOBS_DEAD_LETTER_QUEUE_URL") == []
