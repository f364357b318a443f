"""Workflows on the deployed stack: the real state machine, in parallel, cancelled, approved, over a long list."""

from datetime import datetime
from typing import Any

import httpx

from local.target import Target
from support.deployed import api, aws, eventually, new_tenant

WORKFLOWS, EXECUTIONS = "/api/v1/workflows", "/api/v1/executions"
ENDED = ("completed", "failed", "cancelled")


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def each(ident: str, lanes: int = 4, **more: Any) -> dict[str, Any]:
    """A step over the list `items`."""
    return {
        "id": ident,
        "name": ident,
        "type": "transform",
        "for_each": "$.input.items",
        "max_concurrency": lanes,
        "input_mapping": {"n": "$.item"},
        **more,
    }


def begun(client: httpx.Client, steps: list[dict[str, Any]], kind: str = "sequential", **parameters: Any) -> str:
    body = {"name": f"{kind} {steps[0]['name']} {len(parameters.get('items', ()))}", "type": kind, "steps": steps}
    made = client.post(WORKFLOWS, json=body)
    assert made.status_code == 201, made.text
    told = client.post(f"{WORKFLOWS}/{made.json()['id']}/execute", json={"parameters": parameters})
    assert told.status_code == 202, told.text
    return str(told.json()["execution_id"])


def ended(client: httpx.Client, ident: str, within_s: float = 180) -> dict[str, Any]:
    status = eventually(
        lambda: client.get(f"{EXECUTIONS}/{ident}/status").json(),
        lambda told: told["status"] in ENDED,
        within_s=within_s,
    )
    assert status["progress"]["percentage"] <= 100
    found: dict[str, Any] = client.get(f"{EXECUTIONS}/{ident}").json()
    return found


def test_the_references_example_runs_as_written(stack: Target) -> None:
    with api(stack, new_tenant(stack, "example")["api_key"]) as client:
        agents = [
            client.post("/api/v1/agents", json={"name": name, "description": "", "type": "analysis"}).json()["id"]
            for name in ("analyzer", "validator")
        ]
        steps = [
            {"name": "Analyze Data", "agent_id": agents[0], "order": 1, "input_mapping": {"data": "$.input.data"}},
            {
                "name": "Validate Results",
                "agent_id": agents[1],
                "order": 2,
                "input_mapping": {"data": "$.steps.step-1.output"},
            },
        ]
        done = ended(client, begun(client, steps, data={"file_path": "s3://bucket/data.csv", "format": "csv"}))
        assert done["status"] == "completed", done
        assert [step["step_id"] for step in done["steps"]] == ["step-1", "step-2"]
        assert done["metadata"]["total_tokens"] > 0
        lines = client.get(f"{EXECUTIONS}/{done['id']}/logs").json()["logs"]
        assert {line["step_id"] for line in lines} == {"step-1", "step-2"}


def test_a_thousand_items_and_two_branches_at_the_same_time(stack: Target) -> None:
    with api(stack, new_tenant(stack, "items")["api_key"]) as client:
        numbers = list(range(500))
        done = ended(client, begun(client, [each("left"), each("right")], "parallel", items=numbers))
        assert done["status"] == "completed", done
        expected = [{"n": number} for number in numbers]
        assert [step["result"]["output"] for step in done["steps"]] == [expected, expected]
        spans = [
            [datetime.fromisoformat(step[name]) for name in ("started_at", "completed_at")] for step in done["steps"]
        ]
        assert max(start for start, _ in spans) < min(end for _, end in spans), "the branches ran one after another"


def test_a_cancel_stops_every_run_within_seconds(stack: Target) -> None:
    with api(stack, new_tenant(stack, "stopped")["api_key"]) as client:
        ident = begun(client, [each("long", lanes=2), each("never")], items=list(range(5000)))
        states = aws(stack, "stepfunctions")
        [machine] = [
            one["stateMachineArn"]
            for one in states.list_state_machines()["stateMachines"]
            if one["name"] == f"{stack['stack_name']}-workflows"
        ]

        def running() -> list[str]:
            found = states.list_executions(stateMachineArn=machine, statusFilter="RUNNING")["executions"]
            return [one["name"] for one in found if one["name"].startswith(ident)]

        eventually(running, lambda names: len(names) == 2)
        told = client.post(f"{EXECUTIONS}/{ident}/cancel")
        assert told.json()["status"] == "cancelled"
        eventually(running, lambda names: not names, within_s=10)
        found = client.get(f"{EXECUTIONS}/{ident}").json()
        assert [step["status"] for step in found["steps"]] == ["cancelled", "cancelled"]


def test_an_approval_goes_on_when_somebody_approves(stack: Target) -> None:
    with api(stack, new_tenant(stack, "approval")["api_key"]) as client:
        steps: list[dict[str, Any]] = [
            {"id": "ask", "name": "Ask", "type": "approval"},
            {"id": "act", "name": "Act", "type": "transform", "input_mapping": {"why": "$.steps.ask.output.comment"}},
        ]
        ident = begun(client, steps)
        eventually(
            lambda: client.get(f"{EXECUTIONS}/{ident}").json(),
            lambda told: told["steps"][0]["status"] == "waiting_for_approval",
        )
        assert client.post(f"{EXECUTIONS}/{ident}/steps/ask/approve", json={"comment": "fine"}).status_code == 200
        assert ended(client, ident)["final_result"] == {"why": "fine"}
