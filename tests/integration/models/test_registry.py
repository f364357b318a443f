"""Models from their registration to their answers, over moto: the API, the fan-out and the worker."""

import json
from typing import Any

import pytest

import fanout.stream
import models.worker
import vision.api
from models import api as models_api
from pentarch.llm import catalogue
from pentarch.models import store
from pentarch.models.model import STACK, State
from support.job_stack import told as told_of
from support.lambdas import Caller
from support.onnx_models import classifier, darkness, detector, upload
from support.pictures import drawn, encoded, send
from support.pump import Stack
from support.registered import found, make_registered
from support.stopped_clock import StoppedClock
from support.tenants import make_key, make_tenant
from vision import service

PATH = "/api/v2/models"


def either(event: dict[str, Any], context: Any) -> dict[str, Any]:
    handler = vision.api.handler if "/vision/" in event["path"] else models_api.handler
    return handler(event, context)


@pytest.fixture
def stack(aws: None, monkeypatch: pytest.MonkeyPatch) -> Stack:
    del aws
    service.forget()
    catalogue.forget()
    clock = StoppedClock(monkeypatch)
    clock.ticks = True
    made = Stack(monkeypatch, clock)
    made.reads_stream("fanout", fanout.stream.handler)
    made.reads_queue("worker", "MODELS_QUEUE_URL", models.worker.handler, batch=1)
    return made


@pytest.fixture
def api(stack: Stack) -> Caller:
    del stack
    return Caller(either, {"X-API-Key": make_tenant("acme")})


def uploaded(api: Caller, content: bytes | None = None, **changes: Any) -> str:
    manifest = classifier(content, **changes)
    made = api.post(PATH, manifest).expect(201).json()
    upload(made["upload"], content or darkness())
    return str(made["id"])


def state(api: Caller, name: str = "darkness") -> dict[str, Any]:
    seen: dict[str, Any] = api.get(f"{PATH}/{name}").expect(200).json()
    return seen


def test_a_model_is_registered_uploaded_loaded_asked_measured_and_unloaded(api: Caller, stack: Stack) -> None:
    name = uploaded(api)
    assert state(api)["status"] == "unloaded"
    picture = encoded(drawn("7"))
    assert send(api, "classify", picture, ("model", name)).status == 422

    begun = api.post(f"{PATH}/{name}/load", {"force_reload": False, "gpu_device": 0}).expect(200).json()
    assert (begun["model_id"], begun["status"], begun["progress"]) == (name, "loading", 0)
    assert begun["estimated_time"] > 0
    assert api.post(f"{PATH}/{name}/load").json()["status"] == "loading"
    stack.run()
    loaded = state(api)
    assert (loaded["status"], loaded["progress"]) == ("loaded", 100)
    assert api.post(f"{PATH}/{name}/load").json() | {"estimated_time": 0} == {
        "model_id": name, "status": "loaded", "estimated_time": 0, "progress": 100, "message": "Model is loaded",
    }  # fmt: skip

    for _ in range(3):
        send(api, "classify", picture, ("model", name)).expect(200)
    stack.run()
    told = api.get(f"{PATH}/{name}/performance").expect(200).json()
    assert told["performance_metrics"]["requests_total"] == 3
    assert told["performance_metrics"]["success_rate"] == 100.0
    assert told["performance_metrics"]["p95_response_time"] > 0
    assert told["resource_usage"]["gpu_memory_mb"] is None
    listed = {row["id"]: row for row in api.get(PATH).json()["models"]}
    assert listed[name]["performance"]["requests_per_hour"] > 0

    assert api.post(f"{PATH}/{name}/unload").expect(200).json()["status"] == "unloaded"
    service.forget()
    assert send(api, "classify", picture, ("model", name)).status == 422
    api.delete(f"{PATH}/{name}").expect(204)
    assert api.get(f"{PATH}/{name}").status == 404
    types = [event.type.partition(".") for event in told_of("acme") if event.type.startswith("model.")]
    assert [last for _, _, last in types] == ["registered", "load_requested", "loaded", "unloaded", "deleted"]


UNSERVABLE: list[tuple[bytes, dict[str, Any], str]] = [
    (b"no model at all", {}, "no ONNX model"),
    (darkness(), {"labels": ["a", "b", "c"]}, "2 scores, and the manifest has 3 labels"),
    (darkness(), {"input": {"width": 9, "height": 8, "channels": 1}}, "the model takes [1, 1, 8, 8]"),
    (darkness(), {"input": {"width": 8, "height": 8, "channels": 1, "name": "other"}}, "has picture and no other"),
    (darkness(), {"output": {"layout": "logits", "name": "boxes"}}, "has scores and no boxes"),
    (darkness() + b"\x0a\x08location", {}, "lie in other files"),
]


def test_what_cannot_be_served_fails_to_load_and_says_why(api: Caller, stack: Stack) -> None:
    for number, (content, changes, reason) in enumerate(UNSERVABLE):
        name = uploaded(api, content, id=f"model-{number}", **changes)
        api.post(f"{PATH}/{name}/load").expect(200)
        stack.run()

        seen = state(api, name)
        assert seen["status"] == "failed"
        assert reason in seen["error"]
        assert told_of("acme")[-1].type == "model.load_failed"
        assert api.post(f"{PATH}/{name}/load").expect(200).json()["status"] == "loading"


def test_another_file_than_the_hash_names_is_not_loaded(api: Caller, stack: Stack) -> None:
    made = api.post(PATH, classifier()).json()
    upload(made["upload"], darkness() + b"\0")
    api.post(f"{PATH}/darkness/load").expect(200)
    stack.run()
    assert "another one than sha256 names" in state(api)["error"]


def test_a_model_without_its_file_cannot_be_loaded(api: Caller) -> None:
    api.post(PATH, classifier()).expect(201)
    assert api.post(f"{PATH}/darkness/load").expect(409).json()["error"]["code"] == "CONFLICT"


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"id": "no slash/here"}, "id"),
    ({"task": "mind_reading"}, "task"),
    ({"labels": []}, "labels"),
    ({"sha256": "abc"}, "sha256"),
    ({"size_bytes": 0}, "size_bytes"),
    ({"size_bytes": 10**12}, "size_bytes"),
    ({"input": {"width": 8, "height": 8, "mean": [1, 2]}}, "input"),
    ({"input": {"width": 8, "height": 8, "std": [0]}}, "input.std.0"),
    ({"input": {"width": 0, "height": 8}}, "input.width"),
    ({"output": {"layout": "yolov8"}}, "output.layout"),
    ({"colour": "blue"}, "colour"),
]


def test_a_wrong_manifest_names_the_field(api: Caller) -> None:
    for changes, field in WRONG:
        refused = api.post(PATH, classifier(**changes)).expect(400).json()["error"]
        assert refused["code"] == "INVALID_REQUEST"
        assert field in json.dumps(refused)


def test_a_name_is_taken_once_and_a_language_models_never(api: Caller) -> None:
    api.post(PATH, classifier()).expect(201)
    assert api.post(PATH, classifier()).status == 409
    for path in ("pentarch/extractive/unload", "pentarch/extractive/upload"):
        assert api.post(f"{PATH}/{path}").status in (404, 409)
    assert api.delete(f"{PATH}/pentarch/extractive").status == 409


def test_a_language_model_is_always_loaded_and_measured(api: Caller) -> None:
    said = api.post(f"{PATH}/pentarch/extractive/load", {"gpu_device": 0}).expect(200).json()
    assert (said["model_id"], said["status"]) == ("pentarch/extractive", "loaded")
    told = api.get(f"{PATH}/pentarch/extractive/performance").expect(200).json()
    assert told["performance_metrics"]["requests_total"] == 0
    for wrong in ({"force_reload": "perhaps"}, {"gpu_device": "left"}, {"gpu_device": -1}):
        assert api.post(f"{PATH}/pentarch/extractive/load", wrong).status == 400


def test_unknown_models_are_not_found(api: Caller) -> None:
    for method, path in (("GET", ""), ("GET", "/performance"), ("POST", "/load"), ("POST", "/unload"), ("DELETE", "")):
        assert api.send(method, f"{PATH}/nowhere{path}").expect(404).json()["error"]["code"] == "RESOURCE_NOT_FOUND"


def test_the_deployments_models_are_registered_once_and_changed_by_no_tenant(api: Caller) -> None:
    manifest = classifier()
    from pentarch.files import store as files

    files.put(f"models/{STACK}/darkness/{manifest['sha256']}.onnx", darkness(), "application/octet-stream")
    for _ in range(2):
        assert models.worker.handler({"register_for_all": manifest}, None) == {
            "model_id": "darkness", "status": "loaded", "error": None,
        }  # fmt: skip
    assert send(api, "classify", encoded(drawn("7")), ("model", "darkness")).expect(200).json()["model"] == "darkness"
    assert state(api)["owner"] == "deployment"
    assert api.post(f"{PATH}/darkness/load").json()["status"] == "loaded"
    assert api.post(f"{PATH}/darkness/load", {"force_reload": True}).status == 403
    for method, path in (("POST", "/unload"), ("POST", "/upload"), ("DELETE", "")):
        assert api.send(method, f"{PATH}/darkness{path}").status == 403
    changed = manifest | {"version": "2.0.0"}
    assert models.worker.handler({"register_for_all": changed}, None)["status"] == "loaded"
    assert state(api)["version"] == "2.0.0"


def test_another_tenants_models_are_not_there(api: Caller) -> None:
    make_registered(classifier(), darkness(), tenant="other")
    assert api.get(f"{PATH}/darkness").status == 404
    assert api.post(f"{PATH}/darkness/load").status == 404
    api.post(PATH, classifier()).expect(201)
    assert found("other", "darkness").state is State.UNLOADED


def test_who_may_read_may_not_change(api: Caller) -> None:
    viewer = api.using(make_key("acme", "viewer"))
    viewer.get(PATH).expect(200)
    assert viewer.post(PATH, classifier()).status == 403


def test_a_worker_killed_at_any_call_loads_the_model_once(api: Caller, stack: Stack) -> None:
    """After every call to AWS in turn the worker dies; the message comes again and the load ends as if it had not."""
    deaths = 0
    for after in range(1, 20):
        name = uploaded(api, id=f"darkness-{after}")
        api.post(f"{PATH}/{name}/load").expect(200)
        kill = stack.kill("worker", after=after)
        stack.run()
        model = store.get("acme", name, consistent=True)
        assert model is not None
        assert model.state is State.LOADED, f"killed after call {after} ({kill.last_call})"
        assert len([event for event in told_of("acme", "model.loaded") if event.resource == name]) == 1
        if not kill.happened:
            break
        deaths += 1
    assert deaths >= 5


def test_a_load_that_was_cancelled_or_asked_for_anew_changes_nothing(api: Caller, stack: Stack) -> None:
    name = uploaded(api)
    api.post(f"{PATH}/{name}/load").expect(200)
    api.post(f"{PATH}/{name}/unload").expect(200)
    stack.run()
    assert state(api)["status"] == "unloaded"
    api.post(PATH, detector()).expect(201)
    assert {row["id"] for row in api.get(PATH).json()["models"]} >= {"darkness", "finder", "pentarch/extractive"}
