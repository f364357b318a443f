import json

import pytest

import jobs.api
from pentarch.files import store as files
from support.fake_models import FakeModel
from support.job_stack import PATH, JobStack, create, lines, seen, texts
from support.lambdas import Caller


def test_results_wait_for_the_end(api: Caller, stack: JobStack) -> None:
    job_id = create(api, "one")
    error = api.get(f"{PATH}/{job_id}/results").expect(409).json()["error"]
    assert error["code"] == "CONFLICT"
    stack.until("jobs")
    api.get(f"{PATH}/{job_id}/results").expect(409)
    stack.run()
    reply = api.get(f"{PATH}/{job_id}/results").expect(200)
    assert reply.headers["content-type"] == "application/x-ndjson"
    assert reply.text.endswith("}\n")


def test_a_result_says_what_the_model_and_the_log_said(api: Caller, stack: JobStack) -> None:
    job_id = create(api, {"id": "mine", "prompt": "one"})
    stack.run()
    [line] = lines(api, job_id)
    event_id = line["output"].pop("event_id")
    assert len(event_id) == 36
    assert line == {
        "index": 0,
        "id": "mine",
        "status": "completed",
        "output": {
            "text": "ONE",
            "model": "fake-model",
            "requested_model": "fake-model",
            "finish_reason": "stop",
            "tokens_used": 5,
            "cached": False,
            "sensitivity": "PUBLIC",
        },
    }


def test_results_can_be_one_json_array(api: Caller, stack: JobStack) -> None:
    job_id = create(api, "one", "two", output_format="json")
    stack.run()
    reply = api.get(f"{PATH}/{job_id}/results").expect(200)
    assert reply.headers["content-type"] == "application/json"
    assert [line["output"]["text"] for line in reply.json()] == ["ONE", "TWO"]


def test_long_answers_come_back_whole(api: Caller, stack: JobStack, model: FakeModel) -> None:
    model.answer = lambda text: text * 100_000
    job_id = create(api, "one", "two")
    stack.run()
    assert texts(api, job_id) == ["one" * 100_000, "two" * 100_000]


def test_large_results_are_an_address(api: Caller, stack: JobStack, monkeypatch: pytest.MonkeyPatch) -> None:
    job_id = create(api, "one")
    stack.run()
    monkeypatch.setattr(jobs.api, "MAX_BODY_BYTES", 10)
    told = api.get(f"{PATH}/{job_id}/results").expect(200).json()
    assert f"jobs/acme/{job_id}/results.jsonl" in told["results_url"]
    assert "X-Amz-Signature" in told["results_url"]
    assert told["expires_in"] == 3600


def test_results_larger_than_a_part_are_uploaded_in_parts(
    api: Caller, stack: JobStack, model: FakeModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "PART_BYTES", 5 * 1024 * 1024)
    model.answer = lambda text: text * 90_000
    inputs = [f"{number:03}" for number in range(20)]
    job_id = create(api, *inputs)
    stack.run()
    assert seen(api, job_id)["status"] == "completed"
    told = api.get(f"{PATH}/{job_id}/results").expect(200).json()
    assert told["size_bytes"] > 5 * 1024 * 1024
    text = files.get(f"jobs/acme/{job_id}/results.jsonl").decode()
    assert [json.loads(line)["output"]["text"][:3] for line in text.splitlines()] == inputs
