"""The vision API over moto: with models of the registry, and with what needs none."""

import json

import numpy as np
import pytest
from PIL import Image

from pentarch.routing.packing import unpacked
from pentarch.routing.proof import verify
from support.gateway import aws_calls, written
from support.lambdas import Caller
from support.onnx_models import boxes, classifier, darkness, detector
from support.pictures import drawn, encoded, send
from support.registered import make_loaded, make_registered
from support.tenants import make_key, make_tenant
from vision.engines.registry import SHELF
from vision.pictures import MAX_BYTES

DARK, LIGHT = (encoded(Image.new("L", (40, 30), value)) for value in (0, 255))
SCENE = ("analysis_type", "scene_analysis")


def test_a_registered_model_says_what_a_picture_shows(api: Caller) -> None:
    make_loaded(classifier(), darkness())

    said = send(api, "classify", DARK, ("model", "darkness"), ("top_k", "1")).expect(200).json()

    assert said["predictions"] == [{"class": "dark", "confidence": pytest.approx(0.982, abs=1e-3), "class_id": 0}]
    assert (said["model"], said["backend"]) == ("darkness", "onnx")
    assert said["image_info"] == {"width": 40, "height": 30, "format": "PNG", "size_bytes": len(DARK), "mode": "L"}
    assert send(api, "classify", LIGHT, ("model", "darkness")).json()["predictions"][0]["class"] == "light"


def test_a_detector_tells_boxes_in_the_pictures_own_pixels(api: Caller) -> None:
    make_loaded(detector(), boxes())

    said = send(api, "analyze", encoded(Image.new("RGB", (640, 320))), ("model", "finder"),
                ("analysis_type", "object_detection")).expect(200).json()  # fmt: skip

    assert [(one["class"], one["confidence"]) for one in said["analysis_results"]["objects"]] == [
        ("cat", 0.9),
        ("dog", 0.7),
    ]
    assert said["analysis_results"]["objects"][0]["bbox"] == pytest.approx([240, 80, 400, 240])


def test_what_the_named_model_does_not_do_another_engine_does(api: Caller) -> None:
    make_loaded(detector(), boxes())
    wanted = ["object_detection", "scene_analysis"]

    said = send(api, "analyze", DARK, ("model", "finder"), ("analysis_type", json.dumps(wanted))).expect(200).json()

    assert said["backends"] == {"object_detection": "finder", "scene_analysis": "pentarch/vision"}
    assert [event.type for event in written()] == ["vision.completed"] * 2


def test_the_deployments_model_is_everybodys_and_a_tenants_own_goes_before_it(api: Caller) -> None:
    make_loaded(classifier(id="shared"), darkness(), tenant="@stack")
    assert send(api, "classify", DARK).expect(200).json()["model"] == "shared"

    make_loaded(classifier(), darkness())
    assert send(api, "classify", DARK).expect(200).json()["model"] == "darkness"


def test_another_tenants_model_is_not_there(api: Caller) -> None:
    make_loaded(classifier(), darkness())
    other = api.using(make_tenant("other"))

    for path in ("classify", "analyze"):
        refused = send(other, path, DARK, ("model", "darkness"), SCENE).expect(422)
        assert refused.json()["error"]["code"] == "MODEL_NOT_LOADED"


def test_what_is_not_loaded_does_not_answer(api: Caller) -> None:
    make_registered(classifier(), darkness())

    for name in ("darkness", "nowhere"):
        for path in ("classify", "analyze"):
            refused = send(api, path, DARK, ("model", name), SCENE).expect(422).json()["error"]
            assert (refused["code"], refused["details"]["field"]) == ("MODEL_NOT_LOADED", "model")
    assert send(api, "classify", DARK).expect(422).json()["error"]["code"] == "MODEL_NOT_LOADED"


def test_a_model_of_another_task_is_refused_by_name(api: Caller) -> None:
    make_loaded(classifier(), darkness())
    refused = send(api, "analyze", DARK, ("model", "darkness"), SCENE).expect(400).json()["error"]
    assert refused["details"] == {"field": "model", "capabilities": ["image_classification"]}


def test_a_loaded_model_whose_file_was_changed_is_not_served(api: Caller) -> None:
    model = make_loaded(classifier(), darkness())
    other = make_registered(classifier(id="other"), None)
    from pentarch.files import store as files

    files.put(model.key, darkness() + b"\0", "application/octet-stream")
    SHELF._warm.clear()

    assert send(api, "classify", DARK, ("model", "darkness")).expect(422).json()["error"]["code"] == "MODEL_NOT_LOADED"
    assert other.manifest.sha256 == model.manifest.sha256


def test_every_analysis_is_governed_and_tells_where_it_went(api: Caller) -> None:
    send(api, "analyze", encoded(drawn("7")), SCENE, ("sensitivity", "critical")).expect(200)

    [event] = written()
    assert (event.type, event.action, event.sensitivity) == ("vision.completed", "vision_analyze", "CRITICAL")
    assert event.data["model"] == "pentarch/vision"
    assert event.data["bytes"] == len(encoded(drawn("7")))
    assert verify(unpacked(event.data["routing"])) == []


def test_a_repeated_form_is_answered_once_whatever_its_boundary(api: Caller) -> None:
    key = {"Idempotency-Key": "once"}
    first = send(api, "analyze", DARK, SCENE, **key).expect(200)
    again = send(api, "analyze", DARK, SCENE, boundary="another", **key).expect(200)
    other = send(api, "analyze", LIGHT, SCENE, **key)

    assert again.json() == first.json()
    assert again.headers["idempotency-replayed"] == "true"
    assert other.status == 409
    assert len(written()) == 1


WRONG: list[tuple[list[tuple[str, str]], str]] = [
    ([("analysis_type", "mind_reading")], "analysis_type"),
    ([("analysis_type", '["scene_analysis", 7]')], "analysis_type"),
    ([("analysis_type", "[")], "analysis_type"),
    ([("top_k", "0")], "top_k"),
    ([("top_k", "-1")], "top_k"),
    ([("top_k", "101")], "top_k"),
    ([("top_k", "two")], "top_k"),
    ([("top_k", "1"), ("top_k", "2")], "top_k"),
    ([("model", "x" * 300)], "model"),
    ([("sensitivity", "very")], "sensitivity"),
]


def test_a_wrong_field_is_named(api: Caller) -> None:
    for fields, field in WRONG:
        refused = send(api, "analyze", DARK, *fields).expect(400).json()["error"]
        assert (refused["code"], refused["details"]["field"]) == ("INVALID_REQUEST", field)
    assert written() == []


def test_what_is_no_form_or_no_picture_is_refused(api: Caller) -> None:
    assert api.post("/api/v2/ai/vision/analyze", {"image": "none"}).status == 415
    assert send(api, "analyze", None, SCENE).expect(400).json()["error"]["details"]["field"] == "image"
    assert (
        send(api, "analyze", None, SCENE, ("image", "text")).expect(400).json()["error"]["details"]["field"] == "image"
    )
    refused = send(api, "analyze", b"nothing of the kind", SCENE).expect(400).json()["error"]
    assert refused["details"]["reason"] == "not_an_image"
    large = send(api, "analyze", b"\0" * (MAX_BYTES + 70_000), SCENE)
    assert (large.status, large.json()["error"]["code"]) == (413, "PAYLOAD_TOO_LARGE")
    bare = {"Content-Type": "multipart/form-data"}
    assert api.post("/api/v2/ai/vision/analyze", raw=b"--x--", headers=bare).status == 400


def test_who_may_only_read_may_not_ask(api: Caller) -> None:
    assert send(api.using(make_key("acme", "viewer")), "analyze", DARK, SCENE).status == 403


def test_a_warm_classification_takes_few_calls(api: Caller) -> None:
    make_loaded(classifier(), darkness())
    send(api, "classify", DARK, ("model", "darkness")).expect(200)
    with aws_calls() as counted:
        send(api, "classify", DARK, ("model", "darkness")).expect(200)
    # the caller and the count; the model by its name; the event. What is loaded is known for a few seconds.
    assert sum(counted.values()) <= 5, counted


def test_without_a_wish_all_that_can_be_done_is_done_and_what_is_read_counts(api: Caller) -> None:
    """With OpenCV and RapidOCR, as the local stack has them: a page is read, and nobody is seen in it."""
    pytest.importorskip("rapidocr")
    page = drawn("jane.roe@example.org", size=(900, 60))

    said = send(api, "analyze", encoded(page), ("sensitivity", "PUBLIC")).expect(200).json()["analysis_results"]

    [line] = said["text"]
    left, top, right, bottom = line["bbox"]
    dark = np.argwhere(np.asarray(page.convert("L")) < 128)
    assert (line["text"], said["objects"], said["scene"]["setting"]) == ("jane.roe@example.org", [], "unknown")
    assert (abs(left - dark[:, 1].min()) < 15, abs(right - dark[:, 1].max()) < 15, top < bottom) == (True, True, True)
    read = next(event for event in written() if event.data["analyses"] == ["text_extraction"])
    assert (read.sensitivity, read.data["findings"]) == ("SENSITIVE", {"email": 1})
    assert "jane" not in json.dumps(read.as_json())
