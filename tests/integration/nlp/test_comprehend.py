"""Amazon Comprehend behind the same routes: what it may see, what it says, and what it costs."""

from typing import Any

import pytest

from pentarch.platform import clients
from pentarch.routing.packing import unpacked
from pentarch.routing.proof import verify
from support.comprehend import FakeComprehend
from support.gateway import use_providers, written
from support.lambdas import Caller

ANALYZE = "/api/v2/ai/nlp/analyze"
ENTRY = {"name": "aws", "kind": "comprehend", "region": "eu-west-1"}
TEXT = "Ada has a good lamp, and Grace has another lamp."


@pytest.fixture
def comprehend(api: Caller, monkeypatch: pytest.MonkeyPatch) -> FakeComprehend:  # noqa: ARG001 (needed before)
    fake = FakeComprehend()
    real = clients.comprehend
    monkeypatch.setattr(clients, "comprehend", lambda region, timeout: fake.serve(real(region, timeout)))
    use_providers({**ENTRY, "data_policy": {"max_sensitivity": "INTERNAL"}})
    return fake


def analysed(api: Caller, text: str, **asked: Any) -> dict[str, Any]:
    found: dict[str, Any] = api.post(ANALYZE, {"text": text, **asked}).expect(200).json()
    return found


def test_it_answers_where_it_is_configured_and_its_price_is_told(api: Caller, comprehend: FakeComprehend) -> None:
    body = analysed(api, TEXT)

    assert (body["model"], body["metadata"]["provider"]) == ("amazon/comprehend", "aws")
    assert (body["detected_language"], body["language_confidence"]) == ("en", 0.9)
    assert body["sentiment"] == {"polarity": 1, "subjectivity": 1, "label": "positive", "confidence": 1}
    assert [(one["text"], one["label"], one["start"]) for one in body["entities"]] == [
        ("Ada", "PERSON", 0),
        ("Grace", "PERSON", 25),
    ]
    assert {"text": "lamp", "relevance": 1, "sentiment": 0} in body["keywords"]
    assert body["metadata"]["cost"] == pytest.approx(4 * 3 * 0.0001)  # four analyses of 300 characters, the least
    assert len(comprehend.calls) == 4
    [event] = written()
    assert (event.resource, event.data["cost_nano_usd"]) == ("amazon/comprehend", 1_200_000)


def test_a_long_text_is_cut_and_its_places_hold(api: Caller, comprehend: FakeComprehend) -> None:
    """4-byte characters, so that bytes, UTF-16 units and code points all differ."""
    text = "😀 good Ada \U0001d518 bad. Grace is here! " * 4_000

    body = analysed(api, text, analysis_types=["entities", "sentiment"], language="en")

    assert len(body["entities"]) == 8_000
    assert all(text[one["start"] : one["end"]] == one["text"] for one in body["entities"])
    assert abs(body["sentiment"]["polarity"]) < 0.01
    assert 2 < len(comprehend.calls) < 20


def test_what_it_may_not_see_or_does_not_know_is_analysed_here(api: Caller, comprehend: FakeComprehend) -> None:
    cases: list[tuple[str, dict[str, Any]]] = [
        ("Ada pays with 4111 1111 1111 1111.", {}),
        (TEXT, {"sensitivity": "SENSITIVE"}),
        (TEXT, {"model": "pentarch/nlp"}),
        ("Bardzo lubię ten produkt i polecam go wszystkim.", {}),
        (TEXT, {"language": "sw"}),
    ]
    for text, asked in cases:
        assert analysed(api, text, **asked)["model"] == "pentarch/nlp"
    assert comprehend.calls == []


def test_any_language_can_be_told(api: Caller, comprehend: FakeComprehend) -> None:
    body = analysed(api, "Bardzo lubię ten produkt.", analysis_types=["language"])
    assert (body["model"], len(comprehend.calls)) == ("amazon/comprehend", 1)


def test_when_it_fails_the_text_is_analysed_here_and_the_proof_says_so(api: Caller, comprehend: FakeComprehend) -> None:
    for code, named in {
        "ThrottlingException": "UpstreamRateLimitedError",
        "AccessDeniedException": "UpstreamCredentialsError",
        "InternalServerException": "UpstreamUnavailableError",
    }.items():
        comprehend.fails_with = code
        assert analysed(api, TEXT)["model"] == "pentarch/nlp"
        proof = unpacked(written()[0].data["routing"])
        assert proof["failures"] == [{"service_id": "amazon/comprehend", "reason": named}]
        assert verify(proof) == []


def test_a_piece_that_it_refuses_makes_no_half_an_answer(api: Caller, comprehend: FakeComprehend) -> None:
    comprehend.refuses = lambda text: "Grace" in text
    body = analysed(api, "Ada is good. " * 500 + "Grace.", analysis_types=["sentiment"])
    assert body["model"] == "pentarch/nlp"


def test_an_empty_text_costs_nothing(api: Caller, comprehend: FakeComprehend) -> None:
    body = analysed(api, " ", language="en")
    assert (body["metadata"]["cost"], comprehend.calls) == (0, [])
