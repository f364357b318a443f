"""Jobs on the deployed stack: through streams, queues and workers."""

import json

from local.target import Target
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
