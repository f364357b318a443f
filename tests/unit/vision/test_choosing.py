"""Who may answer beside a model that the caller names."""

from pentarch.analysis.model import Engine
from vision.service import _beside

NAMED = Engine("mine", "onnx", ("object_detection",), preference=3)


def test_others_answer_what_the_named_model_does_not_do_and_keep_what_they_are_otherwise() -> None:
    cloud = Engine("cloud", "aws", ("object_detection", "text_extraction"), "https://cloud", {"region": "eu"}, 5)
    same = Engine("same", "onnx", ("object_detection",))
    kept = Engine("cloud", "aws", ("text_extraction",), "https://cloud", {"region": "eu"}, 5)
    assert _beside(NAMED, [same, cloud, NAMED]) == [NAMED, kept]
