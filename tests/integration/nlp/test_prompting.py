"""Language models that a caller names: asked through the gateway, and believed as far as can be checked."""

import json
from typing import Any

import pytest

from nlp import service
from pentarch.llm import catalogue
from pentarch.llm.service import Gateway
from support.fake_models import FakeModel
from support.gateway import written
from support.lambdas import Caller

ANALYZE, SUMMARIZE = "/api/v2/ai/nlp/analyze", "/api/v2/ai/nlp/summarize"
TEXT = "Ada met Ada in Köln 😀, and Ada was glad. It rained for hours, and nobody went home before midnight."
SAID: dict[str, Any] = {
    "language": {"code": "EN", "confidence": 0.9},
    "sentiment": {"polarity": 0.5, "subjectivity": 0.4, "label": "positive", "confidence": 0.8},
    "entities": [
        {"text": "Ada", "label": "person", "confidence": 0.9},
        {"text": "Ada", "label": "person"},
        {"text": "Köln", "label": "LOCATION"},
        {"text": "Berlin", "label": "LOCATION"},
    ],
    "keywords": [{"text": "glad", "relevance": 1, "sentiment": 0.5}],
}


@pytest.fixture
def model(api: Caller, monkeypatch: pytest.MonkeyPatch) -> FakeModel:  # noqa: ARG001 (needed before)
    fake = FakeModel("big-model")
    monkeypatch.setattr(catalogue, "current", fake.catalogue)
    gateway = Gateway(load=fake.catalogue)
    monkeypatch.setattr(service, "gateway", lambda: gateway)
    return fake


def test_its_answer_is_checked_and_its_places_are_found_in_the_text(api: Caller, model: FakeModel) -> None:
    model.answer = lambda _: f"```json\n{json.dumps(SAID)}\n```"

    body = api.post(ANALYZE, {"text": TEXT, "model": "big-model"}).expect(200).json()

    assert (body["model"], body["metadata"]["provider"], body["detected_language"]) == ("big-model", "fake", "en")
    assert body["metadata"]["cost"] > 0
    assert [(one["text"], one["label"], one["start"]) for one in body["entities"]] == [
        ("Ada", "PERSON", 0),
        ("Ada", "PERSON", 8),
        ("Köln", "LOCATION", 15),
    ]
    assert model.asked == [TEXT]
    [event] = written()
    assert (event.type, event.action, event.id) == ("llm.completed", "nlp_analyze", body["metadata"]["trace_id"])


def test_what_is_not_of_the_shape_is_not_believed(api: Caller, model: FakeModel) -> None:
    wrong = json.dumps(SAID | {"sentiment": {"polarity": 7}})
    for answer in ("I cannot do that.", "{}", "{" * 5_000, wrong, "[1]", '{"entities": 3}'):
        model.answer = lambda _, answer=answer: answer  # type: ignore[misc]
        body = api.post(ANALYZE, {"text": TEXT, "model": "big-model"}).expect(200).json()
        assert (body["model"], body["requested_model"]) == ("pentarch/nlp", "big-model"), answer
    paid_for = [event.type for event in written() if event.type == "llm.completed"]
    assert len(paid_for) == 6


def test_a_summary_is_within_the_lengths_whatever_a_model_writes(api: Caller, model: FakeModel) -> None:
    for answer, by in (
        ("Ada was glad, and it rained.", "big-model"),
        ("Glad.", "pentarch/nlp"),
        ("It rained. " * 20, "big-model"),
    ):
        model.answer = lambda _, answer=answer: answer  # type: ignore[misc]
        asked = {"text": TEXT, "max_length": 8, "min_length": 4, "model": "big-model"}
        body = api.post(SUMMARIZE, asked).expect(200).json()
        assert body["model"] == by
        assert 4 <= body["summary_length"] <= 8


def test_nobody_pays_for_a_model_that_nobody_named(api: Caller, model: FakeModel) -> None:
    api.post(ANALYZE, {"text": TEXT}).expect(200)
    assert model.asked == []
