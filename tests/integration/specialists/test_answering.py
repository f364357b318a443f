"""A specialist that is for it answers the calls that name it, and the models answer when it does not."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

import llm.asking
from fanout.usage import additions
from llm import metaqore
from llm.api import app, handler
from pentarch.llm import specialists
from pentarch.llm.providers.specialist import FUNCTION
from pentarch.llm.service import Gateway
from pentarch.platform import clients
from pentarch.routing.packing import unpacked
from pentarch.routing.proof import verify
from pentarch.usage.store import specialist_key
from pentarch.web.admission import Gate
from specialists import inference
from support.fake_models import FakeModel
from support.job_stack import told
from support.lambdas import Caller
from support.specialists import PATH, SpecialistStack, deploy, propose, seen, train
from support.stopped_clock import StoppedClock

ASKED = "the screen is lovely and great"
SECRET = "the screen is great, says 4111 1111 1111 1111"
Invocation = Callable[[dict[str, Any]], dict[str, Any]]


class InferenceFunction:
    """The Lambda API as far as the gateway uses it: what it sends goes through JSON to the function's own handler."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.run: Invocation = lambda event: inference.handler(event, None)

    def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803 (as boto3 has it)
        assert FunctionName == "arn:of:the:alias"
        self.events.append(json.loads(Payload))
        return {"Payload": io.BytesIO(json.dumps(self.run(self.events[-1])).encode())}


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> FakeModel:
    fake = FakeModel()
    gateway = Gateway(load=fake.catalogue)
    monkeypatch.setattr(metaqore, "gateway", lambda: gateway)
    monkeypatch.setattr(llm.asking, "gateway", lambda: gateway)
    monkeypatch.setattr(metaqore, "_BRIEFINGS", specialists.Briefings())
    app.state.gate = Gate()
    return fake


@pytest.fixture
def function(monkeypatch: pytest.MonkeyPatch) -> InferenceFunction:
    fake = InferenceFunction()
    monkeypatch.setenv(FUNCTION, "arn:of:the:alias")
    monkeypatch.setattr(clients, "prediction_functions", lambda _: fake)
    return fake


@pytest.fixture
def serving(stack: SpecialistStack, acme: Caller) -> str:
    ident = propose(acme, name="Sentiment Teller", skills=["tone"], gateway={"mode": "answer"})
    train(acme, ident, epochs=2)
    stack.run()
    deploy(acme, ident)
    stack.run()
    return ident


def generate(caller: Caller, **more: Any) -> dict[str, Any]:
    asked = {"prompt": ASKED, "model": "fake-model", "sensitivity": "PUBLIC", **more}
    answer: dict[str, Any] = Caller(handler, caller.headers).post("/api/v1/llm/generate", asked).expect(200).data
    return answer


@pytest.mark.parametrize("name", ["Sentiment Teller", "tone"])
def test_its_prediction_is_the_answer_and_no_model_is_asked(
    acme: Caller, model: FakeModel, function: InferenceFunction, serving: str, name: str
) -> None:
    answer = generate(acme, agent_name=name)

    assert (answer["response"], answer["model"], answer["provider"]) == (
        "positive",
        f"specialist/{serving}",
        "specialist",
    )
    assert (answer["specialist_used"], answer["specialist_version"]) == ("Sentiment Teller", 1)
    assert (answer["tokens_used"], answer["cost_usd"], answer["requested_model"]) == (0, 0, "fake-model")
    assert answer["prediction"]["label"] == "positive"
    assert answer["prediction"]["scores"].keys() == {"positive", "negative"}
    assert model.asked == []
    [question] = function.events
    assert question == {"gateway_question": {"tenant": "acme", "specialist_id": serving, "text": ASKED}}


@pytest.mark.usefixtures("model", "function")
def test_the_call_is_one_event_with_a_proof_that_holds_and_no_word_of_the_answer(acme: Caller, serving: str) -> None:
    answer = generate(acme, agent_name="tone", prompt=SECRET, sensitivity="CRITICAL")

    assert answer["response"] == "positive"
    assert told("acme", "specialist.predicted") == []
    [event] = told("acme", "llm.completed")
    confidence, shares = answer["prediction"]["confidence"], sorted(answer["prediction"]["scores"].values())[::-1]
    assert event.data["specialist"] == {
        "specialist_id": serving,
        "version": 1,
        "answered": True,
        "confidence": confidence,
        "scores": shares,
    }
    assert event.sensitivity == "CRITICAL"
    assert sum(event.data["findings"].values()) > 0
    proof = unpacked(event.data["routing"])
    assert (proof["chosen"], verify(proof)) == (f"specialist/{serving}", [])
    for word in ("positive", "Sentiment", "4111"):
        assert word not in str(event.data)


@pytest.mark.usefixtures("model", "function")
def test_a_stream_of_it_is_one_piece_and_tells_the_same(acme: Caller, serving: str) -> None:
    asked = {"prompt": ASKED, "model": "fake-model", "agent_name": "tone", "stream": True}
    text = Caller(handler, acme.headers).post("/api/v1/llm/generate", asked).expect(200).text
    assert text.count('"event":"token"') == 1
    assert '"positive"' in text
    assert f'"model":"specialist/{serving}"' in text.replace(" ", "")
    [event] = told("acme", "llm.completed")
    assert event.data["specialist"]["answered"] is True


@pytest.mark.usefixtures("model", "function")
def test_an_answer_counts_as_a_request_of_the_tenant_and_of_the_specialist(
    stack: SpecialistStack, acme: Caller, serving: str
) -> None:
    generate(acme, agent_name="tone")

    [event] = told("acme", "llm.completed")
    assert specialist_key(serving) in [place for place, _ in additions(event)]
    stack.run()
    assert seen(acme, serving)["performance_metrics"]["requests_served"] == 1


def _too_late(_: dict[str, Any]) -> dict[str, Any]:
    raise ReadTimeoutError(endpoint_url="https://lambda.test")


FAILURES: dict[str, tuple[Invocation, str]] = {
    "too late": (_too_late, "UpstreamTimeoutError"),
    "fails": (lambda _: {"error": "NotServedError"}, "UpstreamUnavailableError"),
    "answers nonsense": (lambda _: {"version": 1}, "UpstreamGarbageError"),
}


@pytest.mark.parametrize("how", FAILURES)
def test_the_model_asked_for_answers_with_the_briefing_when_the_specialist_does_not(
    acme: Caller, model: FakeModel, function: InferenceFunction, serving: str, how: str
) -> None:
    function.run, reason = FAILURES[how]

    answer = generate(acme, agent_name="tone")

    assert (answer["response"], answer["model"]) == (ASKED.upper(), "fake-model")
    assert (answer["specialist_version"], answer["prediction"]) == (1, None)
    assert "Tells praise from complaint" in model.prompts[-1].messages[0].content
    [event] = told("acme", "llm.completed")
    assert event.data["specialist"] == {"specialist_id": serving, "version": 1, "answered": False}
    assert unpacked(event.data["routing"])["failures"] == [{"service_id": f"specialist/{serving}", "reason": reason}]
    assert specialist_key(serving) not in [place for place, _ in additions(event)]


@pytest.mark.usefixtures("model")
def test_another_version_answers_at_once_because_nothing_is_cached(
    stack: SpecialistStack, acme: Caller, function: InferenceFunction, serving: str
) -> None:
    assert generate(acme, agent_name="tone", cache_ttl=600)["specialist_version"] == 1
    train(acme, serving, epochs=3)
    stack.run()
    deploy(acme, serving)
    stack.run()
    again = generate(acme, agent_name="tone", cache_ttl=600)
    assert (again["specialist_version"], again["cached"], len(function.events)) == (2, False, 2)


@pytest.mark.usefixtures("model", "function")
def test_a_shadow_is_asked_and_counted_in_the_gateway_too(stack: SpecialistStack, acme: Caller, serving: str) -> None:
    train(acme, serving, epochs=3)
    stack.run()
    shadow = deploy(acme, serving, shadow=1.0)
    stack.run()
    assert generate(acme, agent_name="tone")["specialist_version"] == 1
    stack.run()
    found = acme.get(f"{PATH}/{serving}/deployments/{shadow}").expect(200).data
    assert found["agreement"] == {"compared": 1, "agreed": 1, "rate": 1.0}


@pytest.mark.usefixtures("serving")
def test_calls_without_an_agent_and_other_tenants_do_not_reach_it(
    stack: SpecialistStack, acme: Caller, model: FakeModel, function: InferenceFunction
) -> None:
    assert "prediction" not in generate(acme)
    assert generate(stack.tenant("other"), agent_name="tone")["specialist_used"] is None
    assert (len(model.asked), function.events) == (2, [])


@pytest.fixture
def silenced(acme: Caller, serving: str, clock: StoppedClock) -> str:
    acme.delete(f"{PATH}/{serving}").expect(200)
    clock.advance(seconds=61)
    return serving


def test_one_that_was_archived_says_so_to_the_gateway(silenced: str) -> None:
    question = {"tenant": "acme", "specialist_id": silenced, "text": ASKED}
    assert inference.handler({"gateway_question": question}, None) == {"error": "NotServedError"}
    assert inference.handler({"gateway_question": question | {"tenant": "other"}}, None) == {
        "error": "SpecialistNotFoundError"
    }


def test_a_body_that_looks_like_the_gateways_question_is_an_ordinary_request(acme: Caller, serving: str) -> None:
    question = {"tenant": "acme", "specialist_id": serving, "text": ASKED}
    body = {"text": ASKED, "gateway_question": question}
    assert acme.post(f"{PATH}/{serving}/predict", body).expect(200).data["version"] == 1
    Caller(inference.handler, {}).post(f"{PATH}/{serving}/predict", {"gateway_question": question}).expect(401)


def test_what_a_specialist_is_for_is_shown_and_is_a_briefing_unless_said(acme: Caller) -> None:
    assert seen(acme, propose(acme))["gateway"] == {"mode": "brief"}
    assert seen(acme, propose(acme, gateway={"mode": "answer"}))["gateway"] == {"mode": "answer"}
