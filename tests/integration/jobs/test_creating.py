import base64
from datetime import timedelta
from typing import Any

import boto3
import pytest

from pentarch.platform.clock import iso
from support.fake_models import FakeModel
from support.job_stack import PATH, JobStack, a_job, create, seen, texts, told
from support.lambdas import Caller
from support.stopped_clock import StoppedClock
from support.tenants import make_key

BUCKET = "filesbucket"


def put(key: str, body: str) -> None:
    boto3.client("s3").put_object(Bucket=BUCKET, Key=key, Body=body.encode())


def a_data_url(text: str, media_type: str = "text/plain") -> str:
    return f"data:{media_type};base64,{base64.b64encode(text.encode()).decode()}"


def test_a_job_is_planned_worked_on_and_collected(api: Caller, stack: JobStack, clock: StoppedClock) -> None:
    made = api.post(PATH, a_job("one", {"id": "second", "prompt": "two"}, "three")).expect(201).json()
    job_id = made.pop("job_id")
    created_at, in_six_seconds = (iso(clock.at + timedelta(seconds=seconds)) for seconds in (0, 6))
    assert made == {
        "name": "a job",
        "status": "queued",
        "created_at": created_at,
        "estimated_completion": in_six_seconds,
        "priority": "normal",
    }
    queued = seen(api, job_id)
    assert queued["progress"] == {"completed": 0, "failed": 0, "total": 3, "percentage": 0.0}
    assert (queued["started_at"], queued["results_available"]) == (None, False)
    stack.run()
    ended = seen(api, job_id)
    assert ended["status"] == "completed"
    assert ended["progress"] == {"completed": 3, "failed": 0, "total": 3, "percentage": 100.0}
    assert ended["results_available"]
    assert [line["message"] for line in ended["logs"]] == [
        "Job queued",
        "Processing started: 3 inputs in 1 shards",
        "Processing ended: 3 inputs answered, 0 failed",
    ]
    assert texts(api, job_id) == ["ONE", "TWO", "THREE"]


def test_the_end_is_estimated_from_what_was_measured(
    api: Caller, stack: JobStack, model: FakeModel, clock: StoppedClock
) -> None:
    def answer(text: str) -> str:
        clock.advance(seconds=5)
        return text

    model.answer = answer
    create(api, *["some input"] * 4)
    stack.until("jobs")
    clock.advance(seconds=200)  # nobody works on it yet, which tells nothing of the model
    stack.run()
    made = api.post(PATH, a_job(*["some input"] * 10)).json()
    expected = clock.at.timestamp() + 50
    assert made["estimated_completion"].startswith(clock.at.fromtimestamp(expected, clock.at.tzinfo).isoformat()[:19])


def test_a_data_url_of_text_holds_an_input_in_each_line(api: Caller, stack: JobStack) -> None:
    job_id = create(api, input_source=a_data_url("one\r\n\n  two\n"))
    stack.run()
    assert texts(api, job_id) == ["ONE", "  TWO"]


def test_a_data_url_of_json_lines_holds_texts_and_objects(api: Caller, stack: JobStack) -> None:
    given = '"one"\n{"id": "b", "prompt": "two"}\n'
    job_id = create(api, input_source=a_data_url(given, "application/jsonl"))
    stack.run()
    assert texts(api, job_id) == ["ONE", "TWO"]


def test_everything_below_a_prefix_is_an_input(api: Caller, stack: JobStack) -> None:
    put("files/acme/in/1.txt", "one")
    put("files/acme/in/2.jsonl", '"two"\n\n{"prompt": "three", "id": "c"}\nno json')
    put("files/acme/in/folder/", "")
    put("files/acme/in/folder/4.md", "four\nlines")
    put("files/acme/inside.txt", "with another prefix")
    job_id = create(api, input_source=f"s3://{BUCKET}/files/acme/in/")
    assert seen(api, job_id)["progress"]["total"] == 0
    stack.run()
    assert texts(api, job_id) == ["ONE", "TWO", "THREE", None, "FOUR\nLINES"]
    assert seen(api, job_id)["progress"] == {"completed": 5, "failed": 1, "total": 5, "percentage": 100.0}


def test_an_object_that_changes_after_the_plan_is_not_worked_on(api: Caller, stack: JobStack) -> None:
    put("files/acme/in/1.txt", "one")
    put("files/acme/in/2.txt", "two")
    put("files/acme/in/3.txt", "three")
    job_id = create(api, input_source=f"s3://{BUCKET}/files/acme/in/")
    stack.until("jobs")
    put("files/acme/in/1.txt", "another")
    boto3.client("s3").delete_object(Bucket=BUCKET, Key="files/acme/in/3.txt")
    stack.run()
    assert texts(api, job_id) == [None, "TWO", None]


def test_a_source_that_is_empty_by_the_time_it_is_planned_fails_the_job(api: Caller, stack: JobStack) -> None:
    put("files/acme/in/1.jsonl", '"one"')
    job_id = create(api, input_source=f"s3://{BUCKET}/files/acme/in/")
    put("files/acme/in/1.jsonl", "\n \n")
    stack.run()
    job = seen(api, job_id)
    assert (job["status"], job["logs"][-1]["message"]) == ("failed", "The source holds no input")
    assert [event.data["reason"] for event in told("acme", "job.failed")] == ["The source holds no input"]
    api.get(f"{PATH}/{job_id}/results").expect(409)


LLM = {"model": "fake-model"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"type": "daydream"}, "type"),
        ({"service": "tea"}, "service"),
        ({"priority": "whenever"}, "priority"),
        ({"parameters": "none"}, "parameters"),
        ({"scheduled_at": "soon"}, "scheduled_at"),
        ({"scheduled_at": "2030-01-01T00:00:00Z"}, "scheduled_at"),
        ({"parameters": LLM}, "parameters"),
        ({"parameters": LLM | {"inputs": []}}, "parameters.inputs"),
        ({"parameters": LLM | {"inputs": ["one"], "input_source": "data:,two"}}, "parameters"),
        ({"parameters": LLM | {"inputs": ["one", " "]}}, "parameters.inputs.1"),
        ({"parameters": LLM | {"inputs": ["one"], "output_format": "xml"}}, "parameters.output_format"),
        ({"parameters": LLM | {"inputs": ["one"], "temperature": 3}}, "parameters.temperature"),
        ({"parameters": LLM | {"input_source": "http://bucket/inputs"}}, "parameters.input_source"),
        ({"parameters": LLM | {"input_source": "s3://"}}, "parameters.input_source"),
        ({"parameters": LLM | {"input_source": "s3://elsewhere/files/acme/in/"}}, "parameters.input_source"),
        ({"parameters": LLM | {"input_source": f"s3://{BUCKET}"}}, "parameters.input_source"),
        ({"parameters": LLM | {"input_source": f"s3://{BUCKET}/files/acme"}}, "parameters.input_source"),
        ({"parameters": LLM | {"input_source": f"s3://{BUCKET}/files/other/in/"}}, "parameters.input_source"),
        ({"parameters": LLM | {"input_source": f"s3://{BUCKET}/files/acme-too/"}}, "parameters.input_source"),
        ({"parameters": LLM | {"input_source": f"s3://{BUCKET}/files/acme/nothing/"}}, "parameters.input_source"),
        ({"parameters": LLM | {"input_source": "data:text/plain;base64,?"}}, "parameters.input_source"),
        ({"parameters": LLM | {"input_source": "data:text/plain"}}, "parameters.input_source"),
        ({"parameters": LLM | {"input_source": "data:,%ff"}}, "parameters.input_source"),
        ({"parameters": LLM | {"input_source": "data:,%20%0a"}}, "parameters.input_source"),
        ({"parameters": LLM | {"input_source": "data:image/png;base64,AAAA"}}, "parameters.input_source"),
        ({"parameters": LLM | {"input_source": "data:application/jsonl,one"}}, "parameters.input_source"),
        ({"parameters": LLM | {"input_source": "data:application/jsonl,%7B%7D"}}, "parameters.input_source"),
        ({"parameters": LLM | {"input_source": "data:," + "a%0a" * 100_001}}, "parameters.input_source"),
    ],
)
def test_bad_jobs_are_refused_by_the_field_that_is_wrong(api: Caller, change: dict[str, Any], field: str) -> None:
    put("files/other/in/1.txt", "not for acme")
    put("files/acme-too/1.txt", "not for acme")
    error = api.post(PATH, a_job("one") | change).expect(400).json()["error"]
    assert error["code"] == "INVALID_REQUEST"
    assert error["details"]["field"].startswith(field)
    assert told("acme") == []


def test_the_same_key_makes_one_job(api: Caller) -> None:
    first = api.post(PATH, a_job("one"), headers={"Idempotency-Key": "k"}).expect(201).json()
    assert api.post(PATH, a_job("one"), headers={"Idempotency-Key": "k"}).expect(201).json() == first
    assert len(told("acme", "job.created")) == 1


def test_who_may_only_read_cannot_make_or_cancel(api: Caller) -> None:
    job_id = create(api, "one")
    viewer = api.using(make_key("acme", "viewer"))
    viewer.post(PATH, a_job("one")).expect(403)
    viewer.delete(f"{PATH}/{job_id}").expect(403)
    assert seen(viewer, job_id)["status"] == "queued"


@pytest.mark.parametrize("job_id", ["job_nowhere", "job_" + "0" * 32, "x" * 3000])
def test_an_unknown_job_is_not_found(api: Caller, job_id: str) -> None:
    api.get(f"{PATH}/{job_id}").expect(404)
    api.get(f"{PATH}/{job_id}/results").expect(404)
    assert api.delete(f"{PATH}/{job_id}").expect(404).json()["error"]["code"] == "RESOURCE_NOT_FOUND"


def test_another_tenant_sees_nothing(api: Caller, stack: JobStack) -> None:
    job_id = create(api, "one")
    stack.run()
    other = stack.tenant("other")
    other.get(f"{PATH}/{job_id}").expect(404)
    other.get(f"{PATH}/{job_id}/results").expect(404)
    other.delete(f"{PATH}/{job_id}").expect(404)
    assert other.get(PATH).json()["jobs"] == []
    assert other.get(PATH).json()["pagination"]["total"] == 0
