"""Vision jobs from the request to the results, over moto."""

import base64
import json

import pytest

import vision.worker
from pentarch.files import store as files
from support.job_stack import JobStack, lines, seen, told
from support.lambdas import Caller
from support.onnx_models import classifier, darkness
from support.pictures import drawn, encoded
from support.registered import make_loaded
from support.stopped_clock import StoppedClock
from vision import service

PATH = "/api/v2/jobs"


@pytest.fixture
def stack(aws: None, monkeypatch: pytest.MonkeyPatch) -> JobStack:
    del aws
    service.forget()
    made = JobStack(monkeypatch, StoppedClock(monkeypatch))
    made.reads_queue("vision", "VISION_WORK_QUEUE_URL", vision.worker.handler, batch=1)
    return made


def make(api: Caller, **parameters: object) -> str:
    body = {"name": "pictures", "type": "batch_processing", "service": "vision", "parameters": parameters}
    return str(api.post(PATH, body).expect(201).json()["job_id"])


def test_a_prefix_of_pictures_is_looked_at_and_what_is_none_fails_alone(stack: JobStack) -> None:
    api = stack.tenant("acme")
    make_loaded(classifier(), darkness())
    for name, content in (
        ("a.png", encoded(drawn("7"))),
        ("b.png", b"no picture"),
        ("c.jpg", encoded(drawn("8"), "JPEG")),
    ):
        files.put(f"files/acme/pictures/{name}", content, "application/octet-stream")
    large = encoded(drawn("9"), "BMP") + b"\0" * 1_500_000
    files.put("files/acme/pictures/d.bmp", large, "image/bmp")

    source = f"s3://{files.bucket()}/files/acme/pictures/"
    job = make(api, input_source=source, analysis_type=["scene_analysis", "image_classification"], model="darkness")
    stack.run()

    assert seen(api, job)["status"] == "completed"
    first, second, third, fourth = lines(api, job)
    assert (first["id"], first["output"]["predictions"][0]["class"]) == ("a.png", "light")
    assert first["output"]["analysis_results"]["scene"]["brightness"] > 0.5
    assert first["output"]["backends"] == {"scene_analysis": "pentarch/vision"}
    assert second["error"]["details"]["reason"] == "not_an_image"
    assert third["output"]["image_info"]["format"] == "JPEG"
    assert fourth["output"]["image_info"]["size_bytes"] == len(large)
    assert len(told("acme", "vision.completed")) == 6
    assert len(told("acme", "job.input_failed")) == 1


def test_pictures_are_named_in_the_request_too(stack: JobStack) -> None:
    api = stack.tenant("acme")
    files.put("files/acme/seven.png", encoded(drawn("7")), "image/png")
    files.put("files/other/secret.png", encoded(drawn("7")), "image/png")
    inside = f"data:image/png;base64,{base64.b64encode(encoded(drawn('7'))).decode()}"
    theirs = f"s3://{files.bucket()}/files/other/secret.png"
    given = [f"s3://{files.bucket()}/files/acme/seven.png", {"id": "mine", "image": inside}, theirs, "nowhere"]

    job = make(api, inputs=given, analysis_type="scene_analysis")
    stack.run()

    found = lines(api, job)
    assert [line["status"] for line in found] == ["completed", "completed", "failed", "failed"]
    assert found[0]["output"]["image_info"] == found[1]["output"]["image_info"]
    assert (found[1]["id"], "not the tenant's" in found[2]["error"]["message"]) == ("mine", True)
    assert "secret" not in json.dumps(found[2])


def test_a_worker_killed_at_any_call_looks_at_each_picture_once(stack: JobStack) -> None:
    api = stack.tenant("acme")
    files.put("files/acme/p/a.png", encoded(drawn("7", size=(20, 20))), "image/png")
    for after in range(1, 20):
        job = make(api, input_source=f"s3://{files.bucket()}/files/acme/p/", analysis_type="scene_analysis")
        kill = stack.kill("vision", after=after)
        stack.run()
        assert [line["status"] for line in lines(api, job)] == ["completed"], kill.last_call
        assert len([event for event in told("acme", "vision.completed") if event.correlation_id]) == after
        if not kill.happened:
            return
    pytest.fail("the worker was killed every time")


def test_a_job_for_a_model_that_is_not_loaded_fails_each_picture_with_the_reason(stack: JobStack) -> None:
    api = stack.tenant("acme")
    files.put("files/acme/p/a.png", encoded(drawn("7")), "image/png")
    job = make(api, input_source=f"s3://{files.bucket()}/files/acme/p/", model="yolo-v8")
    stack.run()
    [line] = lines(api, job)
    assert line["error"]["code"] == "MODEL_NOT_LOADED"
    assert seen(api, job)["status"] == "failed"
