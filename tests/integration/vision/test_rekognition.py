"""Amazon Rekognition as an engine: boto3's own client against its documented answers."""

import io
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber
from PIL import Image

from pentarch.platform import clients
from support.gateway import use_providers, written
from support.lambdas import Caller
from support.pictures import drawn, encoded, send

PICTURE = encoded(drawn("7", size=(200, 100)), "JPEG")
BOX = {"Left": 0.25, "Top": 0.5, "Width": 0.5, "Height": 0.25}
LABELS = {
    "Labels": [
        {"Name": "Car", "Confidence": 98.0, "Instances": [{"BoundingBox": BOX, "Confidence": 91.5}]},
        {"Name": "Outdoors", "Confidence": 80.0},
        {"Name": "Street", "Confidence": 70.0},
        {"Name": "Night", "Confidence": 60.0},
        {"Name": "Fog", "Confidence": 55.0},
    ]
}
FACES = {"FaceDetails": [{"BoundingBox": BOX, "Confidence": 99.0, "AgeRange": {"Low": 20, "High": 30}}]}
TEXTS = {
    "TextDetections": [
        {"DetectedText": "MAIN ST", "Type": "LINE", "Confidence": 97.0, "Geometry": {"BoundingBox": BOX}},
        {"DetectedText": "MAIN", "Type": "WORD", "Confidence": 97.0, "Geometry": {"BoundingBox": BOX}},
    ]
}


@pytest.fixture
def cloud(api: Caller, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    del api
    client: Any = boto3.client("rekognition", region_name="eu-central-1")
    regions: list[str | None] = []

    def made(region: str | None, _: float) -> Any:
        regions.append(region)
        return client

    monkeypatch.setattr(clients, "rekognition", made)
    policy = {"max_sensitivity": "INTERNAL", "region": "eu-central-1"}
    use_providers({"name": "rekognition", "kind": "rekognition", "region": "eu-central-1", "data_policy": policy})
    with Stubber(client) as stub:
        yield stub
        stub.assert_no_pending_responses()
    assert set(regions) <= {"eu-central-1"}


def analyze(api: Caller, *kinds: str, picture: bytes = PICTURE, **fields: str) -> dict[str, Any]:
    wanted = [("analysis_type", kind) for kind in kinds]
    said: dict[str, Any] = send(api, "analyze", picture, *wanted, *fields.items()).expect(200).json()
    return said


def test_objects_and_faces_have_boxes_and_nobody_is_identified(api: Caller, cloud: Stubber) -> None:
    asked = {"Image": {"Bytes": PICTURE}, "MaxLabels": 100, "MinConfidence": 50}
    cloud.add_response("detect_labels", LABELS, asked)
    cloud.add_response("detect_faces", FACES, {"Image": {"Bytes": PICTURE}, "Attributes": ["DEFAULT"]})

    said = analyze(api, "object_detection")

    assert said["backends"] == {"object_detection": "rekognition"}
    assert said["analysis_results"]["objects"] == [
        {"class": "car", "confidence": 0.915, "bbox": [50.0, 50.0, 150.0, 75.0]},
        {"class": "face", "confidence": 0.99, "bbox": [50.0, 50.0, 150.0, 75.0]},
    ]
    [event] = written()
    assert (event.data["cost_nano_usd"], event.data["provider"]) == (2_000_000, "aws")


def test_lines_are_told_and_words_are_not_told_again(api: Caller, cloud: Stubber) -> None:
    cloud.add_response("detect_text", TEXTS, {"Image": {"Bytes": ANY}})
    [line] = analyze(api, "text_extraction")["analysis_results"]["text"]
    assert line == {"text": "MAIN ST", "confidence": 0.97, "bbox": [50.0, 50.0, 150.0, 75.0]}


def test_a_scene_is_what_its_labels_say(api: Caller, cloud: Stubber) -> None:
    cloud.add_response("detect_labels", LABELS)
    scene = analyze(api, "scene_analysis")["analysis_results"]["scene"]
    assert (scene["setting"], scene["time_of_day"], scene["weather"]) == ("urban_outdoor", "night", "fog")
    assert scene["brightness"] > 0


def test_labels_are_classes_that_share_one(api: Caller, cloud: Stubber) -> None:
    cloud.add_response("detect_labels", LABELS)
    said = send(api, "classify", PICTURE, ("top_k", "2")).expect(200).json()
    assert [one["class"] for one in said["predictions"]] == ["car", "outdoors"]
    assert sum(one["confidence"] for one in said["predictions"]) < 1


def test_what_is_too_confidential_stays_here(api: Caller, cloud: Stubber) -> None:
    del cloud  # nothing is asked of it
    said = analyze(api, "scene_analysis", sensitivity="SENSITIVE")
    assert said["backends"] == {"scene_analysis": "pentarch/vision"}
    refused = send(api, "classify", PICTURE, ("sensitivity", "SENSITIVE")).expect(403).json()["error"]
    assert refused["code"] == "INSUFFICIENT_PERMISSIONS"
    assert refused["details"]["excluded"] == {"rekognition": "it may see INTERNAL at most, and this is SENSITIVE"}


def test_a_throttled_cloud_is_replaced_by_what_is_here(api: Caller, cloud: Stubber) -> None:
    cloud.add_client_error("detect_labels", "ThrottlingException")
    assert analyze(api, "scene_analysis")["backends"] == {"scene_analysis": "pentarch/vision"}
    assert written()[0].data["routing"]["failures"][0]["reason"] == "UpstreamRateLimitedError"


def test_a_cloud_that_nothing_replaces_answers_503_and_one_that_refuses_a_picture_400(
    api: Caller, cloud: Stubber
) -> None:
    cloud.add_client_error("detect_labels", "AccessDeniedException")
    assert send(api, "classify", PICTURE).status == 503
    cloud.add_client_error("detect_labels", "InvalidImageFormatException")
    assert send(api, "classify", PICTURE).status == 400
    assert [event.type for event in written()] == ["vision.failed", "vision.failed"]


def test_a_picture_that_rekognition_would_see_otherwise_is_sent_as_we_see_it(api: Caller, cloud: Stubber) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = encoded(drawn("7", size=(200, 100)), "JPEG", exif=exif)
    cloud.add_response("detect_text", {"TextDetections": []}, {"Image": {"Bytes": ANY}})
    seen: list[bytes] = []
    cloud.client.meta.events.register(
        "provide-client-params.rekognition.DetectText", lambda params, **_: seen.append(params["Image"]["Bytes"])
    )
    analyze(api, "text_extraction", picture=turned)
    assert Image.open(io.BytesIO(seen[0])).size == (100, 200)
