"""Jobs on the deployed stack: through streams, queues and workers."""

import json
from datetime import timedelta

import httpx

from local.target import Target
from pentarch.platform import clock
from support.deployed import api, aws, eventually, new_tenant, resource

ENDED = ("completed", "failed", "cancelled")


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
