"""Jobs over texts: the work is the nlp service's, the rest is every job's."""

import base64
import os
from typing import Any

import pytest

import nlp.worker
from pentarch.files import store as files
from support.job_stack import PATH, JobStack, lines, seen, stored_results, told
from support.lambdas import Caller

GOOD, BAD = "I love this wonderful lamp.", "I hate this terrible lamp."
MOST_CALLS = 40


@pytest.fixture
def working(stack: JobStack) -> JobStack:
    stack.reads_queue("nlp", "NLP_WORK_QUEUE_URL", nlp.worker.handler, batch=1)
    return stack


def asked(**parameters: Any) -> dict[str, Any]:
    return {"name": "texts", "type": "batch_processing", "service": "nlp", "parameters": parameters}


def begun(api: Caller, **parameters: Any) -> str:
    return str(api.post(PATH, asked(**parameters)).expect(201).json()["job_id"])


def test_each_line_of_a_text_is_analysed_and_told_in_its_own_event(working: JobStack) -> None:
    api = working.tenant("acme")
    text = base64.b64encode(f"{GOOD}\n{BAD}\n".encode()).decode()

    job_id = begun(api, input_source=f"data:text/plain;base64,{text}", analysis_type="sentiment")
    working.run()

    assert seen(api, job_id)["status"] == "completed"
    found = [line["output"] for line in lines(api, job_id)]
    assert [one["sentiment"]["label"] for one in found] == ["positive", "negative"]
    assert "entities" not in found[0]
    assert {event.id for event in told("acme", "nlp.completed")} == {one["event_id"] for one in found}


def test_objects_below_a_prefix_are_summed_up_and_what_is_no_text_fails_alone(working: JobStack) -> None:
    api = working.tenant("acme")
    for name, content in (("a.txt", f"{GOOD} {BAD} The weather was mild.".encode()), ("b.bin", b"\xff\xfe\x00")):
        files.put(f"files/acme/in/{name}", content, "text/plain")

    source = f"s3://{os.environ['FILES_BUCKET']}/files/acme/in/"
    job_id = begun(api, input_source=source, analysis_type="summarization", max_length=6, min_length=1)
    working.run()

    first, second = lines(api, job_id)
    assert first["output"]["summary_length"] <= 6
    assert second["error"]["code"] == "INVALID_REQUEST"


def test_inputs_may_be_objects_with_a_text(working: JobStack) -> None:
    api = working.tenant("acme")
    job_id = begun(api, inputs=[{"id": "first", "text": GOOD}, BAD], analysis_types=["sentiment", "language"])
    working.run()
    assert [line["id"] for line in lines(api, job_id)] == ["first", "1"]


@pytest.mark.parametrize(
    "parameters",
    [
        {"analysis_type": "mind_reading"},
        {"analysis_type": "sentiment", "analysis_types": ["language"]},
        {"analysis_type": "summarization", "max_length": 5, "min_length": 6},
        {"language": "klingonese"},
    ],
)
def test_wishes_that_make_no_sense_are_refused(working: JobStack, parameters: dict[str, Any]) -> None:
    reply = working.tenant("acme").post(PATH, asked(inputs=[GOOD], **parameters)).expect(400)
    assert reply.json()["error"]["details"]["field"].startswith("parameters")


def test_a_worker_that_dies_after_any_call_loses_and_repeats_nothing(working: JobStack) -> None:
    for calls in range(1, MOST_CALLS):
        tenant = f"tenant-{calls}"
        api = working.tenant(tenant)
        job_id = begun(api, inputs=[GOOD, BAD], analysis_type="sentiment", language="en")
        death = working.kill("nlp", after=calls)
        working.run()
        assert seen(api, job_id)["status"] == "completed"
        assert len(stored_results(tenant, job_id)) == len(told(tenant, "nlp.completed")) == 2
        if not death.happened:
            break
    else:
        pytest.fail("the worker makes more calls than expected")
    assert calls > 5, "the worker was hardly called at all"
