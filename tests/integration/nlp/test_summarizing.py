"""Summaries through the real handler."""

from typing import Any

from support.gateway import written
from support.lambdas import Caller

SUMMARIZE = "/api/v2/ai/nlp/summarize"
ARTICLE = (
    "The town council opened a new bridge over the river on Monday. It replaces a wooden bridge that a flood had "
    "carried away three years ago. Engineers chose steel because it needs little care. The work cost four million "
    "and took eighteen months, two more than planned. Shop owners hope that visitors will return now."
)


def test_a_summary_tells_its_lengths_in_words(api: Caller) -> None:
    asked = {"text": ARTICLE, "max_length": 20, "min_length": 10, "model": "bart-large-cnn"}
    body = api.post(SUMMARIZE, asked).expect(200).json()

    assert 10 <= body["summary_length"] == len(body["summary"].strip(".").split()) <= 20
    assert body["original_length"] == len(ARTICLE.split())
    assert body["compression_ratio"] == round(body["summary_length"] / body["original_length"], 4)
    assert (body["model"], body["requested_model"]) == ("pentarch/nlp", "bart-large-cnn")
    [event] = written()
    assert (event.type, event.action) == ("nlp.completed", "nlp_summarize")
    assert body["summary"] not in str(event)


def test_what_cannot_be_summed_up_is_refused_by_its_field(api: Caller) -> None:
    cases: list[tuple[dict[str, Any], str]] = [
        ({}, "text"),
        ({"text": ""}, "text"),
        ({"text": "😀 !"}, "text"),
        ({"text": ARTICLE, "max_length": 0}, "max_length"),
        ({"text": ARTICLE, "max_length": "short"}, "max_length"),
        ({"text": ARTICLE, "min_length": -1}, "min_length"),
        ({"text": ARTICLE, "max_length": 10, "min_length": 100}, ""),
    ]
    for body, field in cases:
        error = api.post(SUMMARIZE, body).expect(400).json()["error"]
        assert error["code"] == "INVALID_REQUEST"
        assert error["details"]["field"].startswith(field)
    assert written() == []
