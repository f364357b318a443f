"""Analyses through the real handler, over moto."""

from typing import Any

from support.gateway import aws_calls, written
from support.lambdas import Caller

ANALYZE = "/api/v2/ai/nlp/analyze"
PRAISE = "I love my new lamp from Berlin! Its light is wonderful, and it was a great and happy purchase."
EVERY = ["sentiment", "entities", "keywords", "language"]


def test_all_analyses_of_a_text_come_with_who_made_them_and_in_one_event(api: Caller) -> None:
    body = api.post(ANALYZE, {"text": PRAISE, "analysis_types": EVERY, "language": "auto"}).expect(200).json()

    assert (body["text_length"], body["detected_language"]) == (len(PRAISE), "en")
    assert body["sentiment"]["label"] == "positive"
    assert [(one["text"], one["label"]) for one in body["entities"]] == [("Berlin", "LOCATION")]
    assert body["keywords"][0]["relevance"] == 1
    assert (body["model"], body["metadata"]["provider"], body["metadata"]["cost"]) == ("pentarch/nlp", "pentarch", 0)
    [event] = written()
    assert (event.type, event.action, event.id) == ("nlp.completed", "nlp_analyze", body["metadata"]["trace_id"])
    assert PRAISE not in str(event)
    assert "Berlin" not in str(event)


def test_only_what_was_asked_for_is_told(api: Caller) -> None:
    body = api.post(ANALYZE, {"text": PRAISE, "analysis_types": ["sentiment"], "language": "en"}).expect(200).json()
    assert {"entities", "keywords", "detected_language"}.isdisjoint(body)


def test_any_text_has_an_analysis(api: Caller) -> None:
    hebrew = "\u200f\u202e\u05e9\u05dc\u05d5\u05dd\u202c"
    for text in ("", " \n", "😀🎉", hebrew, "我非常喜欢这个产品。", "a\u0301", "\x00"):
        body = api.post(ANALYZE, {"text": text, "analysis_types": EVERY}).expect(200).json()
        assert body["text_length"] == len(text)
        assert all(text[one["start"] : one["end"]] == one["text"] for one in body["entities"])


def test_what_cannot_be_analysed_is_refused_by_its_field(api: Caller) -> None:
    cases: list[tuple[dict[str, Any], str]] = [
        ({}, "text"),
        ({"text": 7}, "text"),
        ({"text": "x" * 1_000_000}, "text"),
        ({"text": "hi", "analysis_types": "sentiment"}, "analysis_types"),
        ({"text": "hi", "analysis_types": []}, "analysis_types"),
        ({"text": "hi", "analysis_types": ["mind_reading"]}, "analysis_types"),
        ({"text": "hi", "language": "klingonese"}, "language"),
        ({"text": "hi", "model": "no-such-model"}, "model"),
        ({"text": "hi", "sensitivity": "TOP"}, "sensitivity"),
    ]
    for body, field in cases:
        error = api.post(ANALYZE, body).expect(400).json()["error"]
        assert error["code"] == "INVALID_REQUEST"
        assert error["details"]["field"].startswith(field)
    assert written() == []


def test_an_unknown_kind_is_told_once(api: Caller) -> None:
    error = api.post(ANALYZE, {"text": "hi", "analysis_types": ["mind_reading"]}).expect(400).json()["error"]
    assert list(error["details"]["errors"]) == ["analysis_types.0"]


def test_a_model_that_is_only_known_by_name_is_stood_in_for(api: Caller) -> None:
    body = api.post(ANALYZE, {"text": PRAISE, "analysis_types": ["sentiment"], "model": "gpt-4"}).expect(200).json()
    assert (body["model"], body["requested_model"]) == ("pentarch/nlp", "gpt-4")


def test_an_analysis_costs_few_calls_to_aws(api: Caller) -> None:
    api.post(ANALYZE, {"text": PRAISE}).expect(200)
    with aws_calls() as counted:
        api.post(ANALYZE, {"text": PRAISE}).expect(200)
    assert counted.total() <= 4, counted


def test_the_same_key_analyses_once(api: Caller) -> None:
    key = {"Idempotency-Key": "once"}
    first = api.post(ANALYZE, {"text": PRAISE}, headers=key).expect(200).json()
    again = api.post(ANALYZE, {"text": PRAISE}, headers=key).expect(200).json()
    assert again == first
    assert len(written()) == 1
