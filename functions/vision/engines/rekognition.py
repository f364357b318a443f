"""Amazon Rekognition: labels with boxes, lines of text, faces without identity, and what labels say of a scene.

Asked only where the providers' secret has an entry of kind `rekognition`, with a `data_policy` that says what it may
see. An entry may name a `region` and `usd_per_image`, what one of its operations costs there.
"""

import io
import zlib
from collections.abc import Mapping
from typing import Any, cast

from botocore.exceptions import BotoCoreError, ClientError

from pentarch.analysis.model import Engine, Outcome
from pentarch.llm.errors import (
    PromptRefusedError,
    UpstreamCredentialsError,
    UpstreamError,
    UpstreamRateLimitedError,
    UpstreamTimeoutError,
    UpstreamUnavailableError,
)
from pentarch.platform import clients
from pentarch.platform.money import NANO_PER_USD
from pentarch.routing.model import DataPolicy
from vision.answers import Class, Found
from vision.engines import scene
from vision.model import CLASSIFY, Analysis, Question
from vision.pictures import Picture

KIND = "rekognition"
PREFERENCE = 20
USD_PER_IMAGE = 0.001
"""https://aws.amazon.com/rekognition/pricing/ for the first million images of a month in us-east-1."""
_TAKEN = ("JPEG", "PNG")
_LEAST_CONFIDENCE = 50
"""In percent."""
_THROTTLED = frozenset({"ThrottlingException", "ProvisionedThroughputExceededException", "LimitExceededException"})
_REFUSED = frozenset({"InvalidImageFormatException", "ImageTooLargeException", "InvalidParameterException"})
_DENIED = frozenset({"AccessDeniedException", "UnrecognizedClientException", "ExpiredTokenException"})
_SETTINGS = {"outdoor": ("Outdoors", "Nature", "Sky"), "indoor": ("Indoors", "Interior Design", "Room")}
_PLACES = {"urban": ("Urban", "City", "Street", "Road"), "landscape": ("Landscape", "Mountain", "Sea", "Field")}
_TIMES = {
    "night": ("Night", "Nightlife"),
    "dusk": ("Dusk", "Sunset", "Dawn", "Sunrise"),
    "daytime": ("Sunlight", "Sky"),
}
_WEATHER = {"snow": ("Snow",), "rain": ("Rain",), "fog": ("Fog", "Mist"), "storm": ("Storm", "Lightning"),
            "clear": ("Azure Sky", "Sunlight")}  # fmt: skip


class RekognitionBackend:
    def __init__(self, entry: Mapping[str, Any]) -> None:
        self._region = entry.get("region")
        self._cost = round(float(entry.get("usd_per_image", USD_PER_IMAGE)) * NANO_PER_USD)
        self.engine = Engine(
            str(entry.get("name", KIND)),
            "aws",
            (*Analysis, CLASSIFY),
            f"https://rekognition.{self._region or 'aws'}.amazonaws.com",
            cast("DataPolicy", dict(entry.get("data_policy") or {})),
            PREFERENCE,
        )

    def answer(self, question: Question, timeout_s: float) -> Outcome[Any]:
        picture, client = question.picture, clients.rekognition(self._region, timeout_s)
        try:
            match question.capability:
                case Analysis.TEXT_EXTRACTION:
                    return self._texts(client, picture)
                case Analysis.SCENE_ANALYSIS:
                    labels = _labels(client, picture)
                    return Outcome(_scene(labels, picture), self._cost)
                case Analysis.OBJECT_DETECTION:
                    found = [*_boxes(_labels(client, picture)), *_faces(client, picture)]
                    told = [_placed(one, picture) for one in found]
                    return Outcome(told, 2 * self._cost, {"found": len(told)})
                case _:
                    return Outcome(_classes(_labels(client, picture), question.top_k), self._cost)
        except ClientError as error:
            raise _meaning(error) from error
        except BotoCoreError as error:
            msg = "Rekognition cannot be reached"
            raise UpstreamUnavailableError(msg, retry_after=1) from error

    def _texts(self, client: Any, picture: Picture) -> Outcome[Any]:  # noqa: ANN401 (boto3's client)
        found = client.detect_text(Image=_image(picture))["TextDetections"]
        lines = [
            {
                "text": one["DetectedText"],
                "confidence": round(one["Confidence"] / 100, 4),
                "bbox": _box(one["Geometry"]["BoundingBox"], picture),
            }
            for one in found
            if one["Type"] == "LINE"
        ]
        text = "\n".join(str(line["text"]) for line in lines)
        return Outcome(lines, self._cost, {"found": len(lines)}, text)


def _image(picture: Picture) -> dict[str, bytes]:
    """The file as it came where Rekognition takes it and sees it upright; else what we see, as PNG."""
    if picture.format in _TAKEN and picture.orientation == 1 and picture.frames == 1 and picture.mode in ("RGB", "L"):
        return {"Bytes": picture.content}
    kept = io.BytesIO()
    picture.image.save(kept, "JPEG", quality=92)
    return {"Bytes": kept.getvalue()}


def _labels(client: Any, picture: Picture) -> list[dict[str, Any]]:  # noqa: ANN401 (boto3's client)
    found: list[dict[str, Any]] = client.detect_labels(
        Image=_image(picture), MaxLabels=100, MinConfidence=_LEAST_CONFIDENCE
    )["Labels"]
    return found


def _boxes(labels: list[dict[str, Any]]) -> list[tuple[str, float, Mapping[str, float]]]:
    return [
        (str(label["Name"]).lower(), one["Confidence"] / 100, one["BoundingBox"])
        for label in labels
        for one in label.get("Instances", ())
    ]


def _faces(client: Any, picture: Picture) -> list[tuple[str, float, Mapping[str, float]]]:  # noqa: ANN401 (as above)
    """Where faces are, and nothing of whose they are, how old or of what sex."""
    found = client.detect_faces(Image=_image(picture), Attributes=["DEFAULT"])["FaceDetails"]
    return [("face", one["Confidence"] / 100, one["BoundingBox"]) for one in found]


def _placed(one: tuple[str, float, Mapping[str, float]], picture: Picture) -> dict[str, Any]:
    name, confidence, box = one
    left, top, right, bottom = _box(box, picture)
    return Found(name, confidence, (left, top, right, bottom)).told(picture.width, picture.height)


def _box(box: Mapping[str, float], picture: Picture) -> list[float]:
    """Rekognition tells shares of the picture's sides."""
    left, top = box["Left"] * picture.width, box["Top"] * picture.height
    right, bottom = left + box["Width"] * picture.width, top + box["Height"] * picture.height
    return [round(one, 1) for one in (left, top, right, bottom)]


def _classes(labels: list[dict[str, Any]], top_k: int) -> list[dict[str, Any]]:
    """Labels are no classes that exclude each other, so their confidences are shared out to add up to one.

    They have no numbers; a hash of the name is the same every time.
    """
    surest = sorted(labels, key=lambda label: (-label["Confidence"], label["Name"]))[:top_k]
    total = sum(label["Confidence"] for label in labels) or 1.0
    return [
        Class(str(one["Name"]).lower(), one["Confidence"] / total, zlib.crc32(one["Name"].encode())).told()
        for one in surest
    ]


def _scene(labels: list[dict[str, Any]], picture: Picture) -> dict[str, Any]:
    """What labels say goes before what was guessed from light and colours."""
    sure = {str(label["Name"]): float(label["Confidence"]) / 100 for label in labels}
    told = scene.measured(picture.image)
    setting, setting_sure = _named(sure, _SETTINGS)
    place, place_sure = _named(sure, _PLACES)
    when, when_sure = _named(sure, _TIMES)
    weather, weather_sure = _named(sure, _WEATHER)
    if setting or place:
        told["setting"] = "_".join(one for one in (place, setting) if one)
        told["confidence"]["setting"] = round(max(setting_sure, place_sure), 3)
    if when:
        told["time_of_day"], told["confidence"]["time_of_day"] = when, round(when_sure, 3)
    if weather:
        told["weather"], told["confidence"]["weather"] = weather, round(weather_sure, 3)
    told["labels"] = [{"name": name, "confidence": round(share, 4)} for name, share in list(sure.items())[:20]]
    return told


def _named(sure: Mapping[str, float], words: Mapping[str, tuple[str, ...]]) -> tuple[str | None, float]:
    found = {name: max((sure.get(label, 0.0) for label in labels), default=0.0) for name, labels in words.items()}
    best = max(found, key=lambda name: found[name])
    return (best, found[best]) if found[best] else (None, 0.0)


def _meaning(error: ClientError) -> UpstreamError | PromptRefusedError:
    code = str(error.response["Error"].get("Code"))
    if code in _REFUSED:
        return PromptRefusedError("Rekognition does not take this picture", details={"field": "image", "code": code})
    if code in _THROTTLED:
        return UpstreamRateLimitedError("Rekognition is asked too often", retry_after=1)
    if code in _DENIED:
        return UpstreamCredentialsError("Rekognition does not accept the stack's credentials")
    if code == "RequestTimeout":
        return UpstreamTimeoutError("Rekognition did not answer in time")
    return UpstreamUnavailableError("Rekognition failed", retry_after=1)
