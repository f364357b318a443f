"""Jobs on the deployed stack: through streams, queues and workers."""

import json
from datetime import timedelta
from typing import Any

import httpx

from local.target import Target
from pentarch.platform import clock
from support import specialists
from support.deployed import api, aws, eventually, new_tenant, resource

ENDED = ("completed", "failed", "cancelled")
DELEGATED = ("training", "compliance_scan", "export", "workflow")


def test_a_thousand_inputs_give_a_thousand_results(stack: Target) -> None:
    key = new_tenant(stack, "thousand")["api_key"]
    inputs = [f"Repeat this word: w{number}" for number in range(1000)]
    with api(stack, key) as client:
        made = client.post(
            "/api/v2/jobs",
            json={"name": "many", "type": "batch_processing", "service": "llm", "parameters": {"inputs": inputs}},
        )
        assert made.status_code in (201, 202), made.text
        path = f"/api/v2/jobs/{made.json()['job_id']}"
        seen: list[int] = []

        def job() -> dict[str, object]:
            told: dict[str, object] = client.get(path).json()
            seen.append(told["progress"]["completed"])  # type: ignore[index]
            return told

        ended = eventually(job, lambda told: told["status"] in ENDED, within_s=180)
        assert ended["status"] == "completed", ended
        assert seen == sorted(seen)
        assert seen[-1] == 1000
        lines = [json.loads(line) for line in client.get(f"{path}/results").text.splitlines()]
        assert [line["index"] for line in lines] == list(range(1000))
        total = eventually(
            lambda: client.get("/api/v1/llm/usage").json()["data"]["total"], lambda told: told["requests"] >= 1000
        )
        assert total["requests"] == 1000


def test_a_job_reads_the_objects_of_a_prefix(stack: Target) -> None:
    made_tenant = new_tenant(stack, "prefixed")
    tenant, key = made_tenant["tenant"], made_tenant["api_key"]
    bucket, s3 = resource(stack, "FilesBucket"), aws(stack, "s3")
    with api(stack, key) as client:
        missing = client.post(
            "/api/v2/jobs",
            json={
                "name": "none",
                "type": "batch_processing",
                "service": "llm",
                "parameters": {"input_source": f"s3://{bucket}/files/{tenant}/nothing/"},
            },
        )
        assert missing.status_code == 400, missing.text
        assert missing.json()["error"]["code"] == "INVALID_REQUEST"
        for number in range(3):
            body = f"Repeat this word: w{number}".encode()
            s3.put_object(Bucket=bucket, Key=f"files/{tenant}/in/{number}.txt", Body=body)
        made = client.post(
            "/api/v2/jobs",
            json={
                "name": "prefix",
                "type": "batch_processing",
                "service": "llm",
                "parameters": {"input_source": f"s3://{bucket}/files/{tenant}/in/"},
            },
        )
        assert made.status_code in (201, 202), made.text
        path = f"/api/v2/jobs/{made.json()['job_id']}"
        ended = eventually(lambda: client.get(path).json(), lambda told: told["status"] in ENDED)
        assert ended["status"] == "completed", ended
        assert len(client.get(f"{path}/results").text.splitlines()) == 3


def test_what_other_parts_of_the_stack_do_is_begun_followed_cancelled_and_listed_by_jobs(stack: Target) -> None:
    with api(stack, new_tenant(stack, "delegated")["api_key"]) as client:

        def made(kind: str, parameters: dict[str, Any]) -> str:
            body = {"name": kind, "type": kind, "parameters": parameters}
            told = client.post("/api/v2/jobs", json=body)
            assert told.status_code == 201, told.text
            return str(told.json()["job_id"])

        specialist = client.post(specialists.PATH, json=specialists.a_proposal()).json()["data"]["specialist"]["id"]
        steps = [{"name": name, "type": "transform", "input_mapping": {"n": "$.input.n"}} for name in ("one", "two")]
        described = {"name": "flow", "type": "sequential", "steps": steps}
        flow = client.post("/api/v1/workflows", json=described).json()["id"]
        dataset = specialists.data_url(specialists.praise_and_complaint())
        data = {"type": "supervised", "dataset": dataset, "parameters": {"epochs": 3}}
        asked: dict[str, dict[str, Any]] = {
            "training": {"specialist_id": specialist, "training_data": data},
            "compliance_scan": {"framework": "GDPR"},
            "export": {"format": "csv"},
            "workflow": {"workflow_id": flow, "parameters": {"n": 7}},
        }
        jobs = {kind: made(kind, asked[kind]) for kind in DELEGATED}
        cancelled = made("compliance_scan", {"framework": "HIPAA"})
        answer = client.delete(f"/api/v2/jobs/{cancelled}")
        assert answer.json()["status"] == "cancelled", answer.text

        def listed() -> dict[str, dict[str, Any]]:
            return {row["job_id"]: row for row in client.get("/api/v2/jobs").json()["jobs"]}

        rows = eventually(listed, lambda some: all(row["status"] in ENDED for row in some.values()), within_s=120)
        results = {}
        for kind, job_id in jobs.items():
            job = client.get(f"/api/v2/jobs/{job_id}").json()
            assert job["status"] == rows[job_id]["status"] == "completed", job
            assert job["progress"]["percentage"] == rows[job_id]["progress"] == 100.0
            assert [line["level"] for line in job["logs"]] == ["INFO"] * len(job["logs"])
            results[kind] = client.get(f"/api/v2/jobs/{job_id}/results")
        assert rows[cancelled]["status"] == "cancelled"
        assert results["training"].json()["metrics"]["accuracy"] > 0.5
        assert results["compliance_scan"].json()["framework"] == "GDPR"
        assert "specialist_propose" in results["export"].text
        assert results["workflow"].json()["result_summary"]["n"] == 7


def test_urgent_work_and_another_tenants_overtake_what_waits_and_a_cancelled_job_stops(stack: Target) -> None:
    """Two thousand low inputs of one tenant wait, for ten workers; then ten urgent ones come, and ten of another."""
    many, few = (new_tenant(stack, word)["api_key"] for word in ("many", "few"))
    with api(stack, many) as busy, api(stack, few) as other:
        flood = _texts(busy, 2_000, priority="low")
        eventually(lambda: _progress(busy, flood), lambda done: done > 0)
        begun = _progress(busy, flood)
        jobs = [(busy, _texts(busy, 10, priority="urgent")), (other, _texts(other, 10, priority="low"))]
        for client, path in jobs:
            eventually(lambda: client.get(path).json(), lambda told: told["status"] == "completed")  # noqa: B023
        told = busy.get(flood).json()
        assert told["status"] == "running"
        assert begun < told["progress"]["completed"] < 2_000
        assert busy.delete(flood).json()["status"] == "cancelled"
        at_cancel = _progress(busy, flood)
        ended = eventually(lambda: busy.get(flood).json(), lambda told: told["results_available"])
        assert ended["progress"]["completed"] <= at_cancel + 10, "each of ten workers ends the input that it is at"
        assert len(busy.get(f"{flood}/results").text.splitlines()) == ended["progress"]["completed"]


def test_a_tenants_own_limit_refuses_a_second_job(stack: Target) -> None:
    made = new_tenant(stack, "bound")
    with api(stack, made["api_key"]) as client:
        limit = {"config_type": "limits", "name": "bounds", "value": {"open_jobs": 1}}
        client.post("/configurations", json={"tenant_id": made["tenant"], **limit}).raise_for_status()
        wanted = _job(1, scheduled_at=(clock.now() + timedelta(hours=1)).isoformat())
        assert [client.post("/api/v2/jobs", json=wanted).status_code for _ in range(2)] == [201, 402]


def _texts(client: httpx.Client, inputs: int, **more: str) -> str:
    """Make a job of so many texts; its path."""
    made = client.post("/api/v2/jobs", json=_job(inputs, **more))
    assert made.status_code == 201, made.text
    return f"/api/v2/jobs/{made.json()['job_id']}"


def _job(inputs: int, **more: str) -> dict[str, object]:
    parameters = {"inputs": ["I love this lamp."] * inputs, "analysis_type": "sentiment", "language": "en"}
    return {"name": "texts", "type": "batch_processing", "service": "nlp", "parameters": parameters, **more}


def _progress(client: httpx.Client, path: str) -> int:
    return int(client.get(path).json()["progress"]["completed"])
