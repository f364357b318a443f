"""A provider trains: the same dataset rules, one job there however often a worker dies, and a model to route to."""

from collections.abc import Iterator
from functools import partial
from math import exp
from typing import Any

import pytest

import llm.asking
from llm import metaqore
from llm.api import app, handler
from pentarch.llm import catalogue, specialists
from pentarch.llm.providers.openai_http import OpenAIConnection
from pentarch.web.admission import Gate
from specialists import store, trainings
from specialists.finetuning import answering
from specialists.finetuning.openai_api import FineTuning
from support.fine_tuning import MODEL, FakeFineTuning
from support.gateway import openai_like, use_providers
from support.job_stack import told
from support.lambdas import Caller
from support.pump import Killed
from support.specialists import (
    PATH,
    SpecialistStack,
    data_url,
    deploy,
    praise_and_complaint,
    propose,
    seen,
    train,
    training,
)
from support.upstream_replies import Status

TUNED: dict[str, Any] = {"backend": "openai", "provider": "upstream", "base_model": "small", "measured_rows": 2}


@pytest.fixture
def server(stack: SpecialistStack, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeFineTuning]:
    assert stack
    monkeypatch.setattr(answering, "_BREAKERS", {})
    with FakeFineTuning() as running:
        use_providers(openai_like(running.base_url, {"name": "small", "input_usd_per_million": 10}))
        yield running
    catalogue.forget()


def proposed(caller: Caller, **more: Any) -> str:
    return propose(caller, **({"validation_criteria": {}} | more))


def begun(stack: SpecialistStack, caller: Caller, **more: Any) -> tuple[str, str]:
    """A training at the provider, looked at once."""
    ident = proposed(caller)
    job = train(caller, ident, data_url(praise_and_complaint()), **TUNED, **more)
    stack.until("worker")
    return ident, job


def test_the_provider_gets_conversations_and_what_it_tells_is_what_is_shown(
    stack: SpecialistStack, acme: Caller, server: FakeFineTuning
) -> None:
    ident, job = begun(stack, acme)

    asked = server.jobs[0]
    assert (asked["model"], asked["metadata"]) == ("small", {"pentarch_job": job})
    assert asked["method"]["supervised"]["hyperparameters"] == {"n_epochs": 3}
    learned, held_out = server.conversations("train"), server.conversations("validation")
    before = training(acme, ident, job)
    assert [len(learned), len(held_out)] == [before["dataset"]["splits"][name] for name in ("train", "validation")]
    roles = [(message["role"], message["content"]) for message in learned[0]["messages"]]
    assert roles[0] == ("system", "You are sentiment: Tells praise from complaint")
    assert roles[1][0] == "user"
    assert roles[2] in {("assistant", "positive"), ("assistant", "negative")}
    assert (before["status"], before["progress"], before["current_epoch"], before["metrics"]) == (
        "running",
        None,
        None,
        {},
    )

    server.jobs[0]["status"] = "running"
    server.events = [{"data": {"step": 60, "total_steps": 90, "train_loss": 0.25}}, {"message": "created"}]
    stack.wait_for("worker")
    within = training(acme, ident, job)
    assert (within["progress"], within["current_epoch"], within["metrics"]) == (0.6667, 2, {"train_loss": 0.25})
    assert within["provider_job"]["status"] == "running"

    server.succeed()
    stack.run()
    done = training(acme, ident, job)
    assert (done["status"], done["progress"], done["version"]) == ("completed", 1.0, 1)
    assert server.files == {}
    [version] = acme.get(f"{PATH}/{ident}/versions").expect(200).data["versions"]
    assert version["provider_model"] == {"provider": "upstream", "base_model": "small", "model": MODEL}
    told_of = {
        name: version["metrics"][name] for name in ("train_loss", "accuracy", "measured_rows", "unknown_answers")
    }
    assert told_of == {"train_loss": 0.25, "accuracy": 1.0, "measured_rows": 2, "unknown_answers": 0}
    assert version["metrics"]["measuring_tokens"] == 64
    assert version["metrics"]["measuring_cost_usd"] == pytest.approx(0.0006)
    assert version["latency_ms"] > 0
    assert not {one["messages"][-1]["content"] for one in server.asked} & {
        one["messages"][1]["content"] for one in learned + held_out
    }
    assert {request.headers["authorization"] for request in server.requests} == {"Bearer upstream-secret"}
    assert "upstream-secret" not in str(done) + str([event.data for event in told("acme", "specialist.trained")])


def deployed(stack: SpecialistStack, caller: Caller, server: FakeFineTuning, **more: Any) -> str:
    ident, _ = begun(stack, caller, **more)
    server.succeed()
    stack.run()
    deploy(caller, ident)
    stack.run()
    return ident


def test_a_call_that_names_it_asks_its_model(
    stack: SpecialistStack, acme: Caller, server: FakeFineTuning, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployed(stack, acme, server)
    app.state.gate = Gate()
    monkeypatch.setattr(metaqore, "_BRIEFINGS", specialists.Briefings())
    llm.asking.gateway.cache_clear()

    def ask(**more: Any) -> dict[str, Any]:
        asked = {"prompt": "Is lovely good news?", "model": "small", "agent_name": "sentiment", **more}
        answer: dict[str, Any] = Caller(handler, acme.headers).post("/api/v1/llm/generate", asked).expect(200).data
        return answer

    assert ask()["model"] == MODEL
    assert ask(agent_name="nobody")["model"] == "small"
    assert ask(sensitivity="SENSITIVE")["model"] != MODEL


def test_predict_asks_the_tuned_model_as_it_was_trained(
    stack: SpecialistStack, acme: Caller, server: FakeFineTuning
) -> None:
    ident = deployed(stack, acme, server)
    served = seen(acme, ident)["performance_metrics"]["requests_served"]
    answer = acme.post(f"{PATH}/{ident}/predict", {"text": "the screen is lovely"}).expect(200).data

    assert (answer["prediction"], answer["model"], answer["version"]) == ("positive", MODEL, 1)
    assert answer["confidence"] == pytest.approx(exp(-0.5), abs=1e-6)
    asked = server.asked[-1]
    assert [(one["role"], one["content"]) for one in asked["messages"]] == [
        ("system", "You are sentiment: Tells praise from complaint"),
        ("user", "the screen is lovely"),
    ]
    assert asked["temperature"] == 0
    stack.run()
    [event] = [one for one in told("acme", "llm.completed") if one.id == answer["event_id"]]
    assert event.data["specialist"]["specialist_id"] == ident
    assert event.data["cost_nano_usd"] == 300_000
    assert told("acme", "specialist.predicted") == []
    assert "lovely" not in str(event.data)
    assert (served, seen(acme, ident)["performance_metrics"]["requests_served"]) == (0, 1)


def _says(words: str, _: object) -> str:
    return words


def test_what_is_no_label_is_no_prediction(stack: SpecialistStack, acme: Caller, server: FakeFineTuning) -> None:
    ident = deployed(stack, acme, server)
    server.logprob = None
    said: dict[str, str | None] = {' "Positive." ': "positive", "I cannot say": None, "positive negative": None}
    for words, prediction in said.items():
        server.answer = partial(_says, words)
        answer = acme.post(f"{PATH}/{ident}/predict", {"inputs": ["a", {"text": "b"}]}).expect(200).data["predictions"]
        told = [(one["prediction"], one["confidence"], one["answer"]) for one in answer]
        assert told == [(prediction, None, words)] * 2


def test_a_prediction_that_costs_is_bounded(stack: SpecialistStack, acme: Caller, server: FakeFineTuning) -> None:
    ident = deployed(stack, acme, server)
    assert acme.post(f"{PATH}/{ident}/predict", {"inputs": ["a"] * 11}).status == 400
    assert acme.post(f"{PATH}/{ident}/predict", {"features": [1.0]}).status == 400
    before = len(server.asked)
    use_providers()
    gone = acme.post(f"{PATH}/{ident}/predict", {"text": "a"}).expect(409).json()["error"]
    assert "is not there" in gone["message"]
    assert len(server.asked) == before


def test_a_spent_budget_ends_predictions(stack: SpecialistStack, server: FakeFineTuning) -> None:
    poor = stack.tenant("poor", monthly_budget_nano_usd=700_000)  # two rows measured are 600,000
    ident = deployed(stack, poor, server)
    before = len(server.asked)
    refused = poor.post(f"{PATH}/{ident}/predict", {"text": "a"}).json()["error"]
    assert refused["code"] == "QUOTA_EXCEEDED"
    deployment = deploy(poor, ident)
    stack.run()
    ended = poor.get(f"{PATH}/{ident}/deployments/{deployment}").expect(200).data
    assert (ended["status"], len(server.asked)) == ("rolled_back", before)


def test_a_model_below_the_wanted_accuracy_is_not_deployed(
    stack: SpecialistStack, acme: Caller, server: FakeFineTuning
) -> None:
    server.answer = lambda _: "nonsense"
    ident = proposed(acme, validation_criteria={"min_accuracy": 0.8})
    train(acme, ident, **TUNED)
    stack.until("worker")
    server.succeed()
    stack.run()
    [version] = acme.get(f"{PATH}/{ident}/versions").expect(200).data["versions"]
    assert (version["metrics"]["accuracy"], version["metrics"]["unknown_answers"]) == (0.0, 2)
    refused = acme.post(f"{PATH}/{ident}/deploy", {"environment": "production"}).expect(409).json()["error"]
    assert "min_accuracy is 0.8" in refused["message"]


def test_a_model_that_got_worse_is_not_let_in(stack: SpecialistStack, acme: Caller, server: FakeFineTuning) -> None:
    ident = proposed(acme, validation_criteria={"min_accuracy": 0.8})
    train(acme, ident, **TUNED)
    stack.until("worker")
    server.succeed()
    stack.run()
    server.answer = lambda _: "nonsense"
    deployment = deploy(acme, ident)
    stack.run()

    ended = acme.get(f"{PATH}/{ident}/deployments/{deployment}").expect(200).data
    assert (ended["status"], ended["probe"]["accuracy"], ended["probe"]["rows"]) == ("rolled_back", 0.0, 2)
    assert ended["probe"]["cost_usd"] == pytest.approx(0.0006)
    assert "min_accuracy" in ended["reason"]


def test_a_model_that_does_not_answer_is_measured_no_further_and_not_let_in(
    stack: SpecialistStack, acme: Caller, server: FakeFineTuning
) -> None:
    ident, _ = begun(stack, acme)
    server.succeed()
    server.answers = False
    stack.run()
    [version] = acme.get(f"{PATH}/{ident}/versions").expect(200).data["versions"]
    assert version["metrics"]["measured_rows"] == 0
    assert "accuracy" not in version["metrics"]
    deployment = deploy(acme, ident)
    stack.run()

    ended = acme.get(f"{PATH}/{ident}/deployments/{deployment}").expect(200).data
    assert ended["status"] == "rolled_back"
    assert "does not answer" in ended["reason"]


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_what_fails_at_the_provider_fails_here(
    stack: SpecialistStack, acme: Caller, server: FakeFineTuning, status: str
) -> None:
    ident, job = begun(stack, acme)
    server.jobs[0]["status"] = status
    stack.run()

    found = training(acme, ident, job)
    assert (found["status"], found["error"]["code"]) == ("failed", "PROVIDER_FAILED")
    assert store.version("acme", ident, 1) is None
    assert server.files == {}


def test_a_refusal_of_the_provider_is_told_without_its_words(
    stack: SpecialistStack, acme: Caller, server: FakeFineTuning
) -> None:
    server.script(Status(401))
    ident, job = begun(stack, acme)

    found = training(acme, ident, job)
    assert (found["status"], found["error"]["code"]) == ("failed", "PROVIDER_REFUSED")
    assert server.begun == 0


def test_an_outage_of_the_provider_is_waited_for(stack: SpecialistStack, acme: Caller, server: FakeFineTuning) -> None:
    ident, job = begun(stack, acme)
    server.script(*[Status(503)] * 8)
    stack.wait_for("worker", 8)
    server.succeed()
    stack.run()
    assert training(acme, ident, job)["status"] == "completed"
    assert server.begun == 1


def test_cancelling_cancels_at_the_provider(stack: SpecialistStack, acme: Caller, server: FakeFineTuning) -> None:
    ident, job = begun(stack, acme)
    assert acme.post(f"{PATH}/{ident}/training/{job}/pause").expect(409).json()["error"]["code"] == "CONFLICT"
    acme.post(f"{PATH}/{ident}/training/{job}/cancel").expect(200)
    stack.run()

    assert server.cancelled == ["ftjob-1"]
    assert server.files == {}
    assert training(acme, ident, job)["status"] == "cancelled"


def test_what_is_cancelled_while_its_job_begins_is_cancelled_there_too(
    stack: SpecialistStack, acme: Caller, server: FakeFineTuning, monkeypatch: pytest.MonkeyPatch
) -> None:
    ident = proposed(acme)
    job = train(acme, ident, **TUNED)
    begin = FineTuning.begin

    def cancelled_meanwhile(self: FineTuning, *args: Any, **more: Any) -> dict[str, Any]:
        made = begin(self, *args, **more)
        acme.post(f"{PATH}/{ident}/training/{job}/cancel").expect(200)
        return made

    monkeypatch.setattr(FineTuning, "begin", cancelled_meanwhile)
    stack.run()
    assert server.cancelled == ["ftjob-1"]


@pytest.mark.parametrize("where", ["aws", "provider"])
def test_killed_after_any_call_the_provider_begins_one_job(
    stack: SpecialistStack, acme: Caller, server: FakeFineTuning, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    fetch = OpenAIConnection.fetch_once
    for after in range(1, 90):
        jobs, asked, left = server.begun, len(server.asked), [after]

        def fetched(*args: Any, left: list[int] = left, **more: Any) -> Any:
            answer = fetch(*args, **more)
            left[0] -= 1
            if left[0] == 0:
                raise Killed
            return answer

        ident = proposed(acme)
        job = train(acme, ident, **(TUNED | {"measured_rows": 1}))
        stack.until("fanout")
        if where == "aws":
            death = stack.kill("worker", after=after)
        else:
            monkeypatch.setattr(OpenAIConnection, "fetch_once", fetched)
        while server.begun == jobs:
            stack.wait_for("worker")
        server.succeed()
        stack.run()

        assert server.begun == jobs + 1, f"killed after call {after}"
        assert len(server.asked) - asked in {1, 2}, f"killed after call {after}"
        assert training(acme, ident, job)["status"] == "completed", f"killed after call {after}"
        found = trainings.get("acme", ident, job)
        assert found is not None
        assert found.version == 1
        if (where == "aws" and not death.happened) or (where == "provider" and left[0] > 0):
            return
    pytest.fail("the worker makes more calls than were tried")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"backend": "elsewhere"}, "backend"),
        ({"hash_bits": 12}, "hash_bits"),
        ({"feature_columns": ["a"]}, "feature_columns"),
        ({"provider": ""}, "provider"),
    ],
)
@pytest.mark.usefixtures("server")
def test_parameters_that_a_provider_does_not_know_are_refused_by_name(
    acme: Caller, changes: dict[str, Any], field: str
) -> None:
    ident = proposed(acme)
    data = {"type": "supervised", "dataset": data_url(praise_and_complaint()), "parameters": TUNED | changes}
    refused = acme.post(f"{PATH}/{ident}/train", {"training_data": data})
    assert refused.status == 400
    assert field in str(refused.json())


@pytest.mark.usefixtures("server")
def test_only_supervised_trainings_go_to_a_provider(acme: Caller) -> None:
    data = {"type": "unsupervised", "dataset": data_url(praise_and_complaint()), "parameters": TUNED}
    assert acme.post(f"{PATH}/{proposed(acme)}/train", {"training_data": data}).status == 400


def test_rows_that_the_provider_may_not_see_are_not_sent(
    stack: SpecialistStack, acme: Caller, server: FakeFineTuning
) -> None:
    text = praise_and_complaint() + "".join(f"write to ann{n}@example.org,positive\n" for n in range(20))
    ident = proposed(acme)
    job = train(acme, ident, data_url(text), **TUNED)
    stack.run()

    found = training(acme, ident, job)
    assert (found["status"], found["error"]["code"]) == ("failed", "PROVIDER_REFUSED")
    assert "SENSITIVE" in found["error"]["message"]
    assert server.uploads == 0


def test_prompts_and_completions_are_a_text_and_its_label(
    stack: SpecialistStack, acme: Caller, server: FakeFineTuning
) -> None:
    text = praise_and_complaint().replace("text,label", "prompt,completion")
    train(acme, proposed(acme), data_url(text), **TUNED)
    stack.until("worker")
    assert server.conversations("train")


@pytest.mark.parametrize("name", ["nobody", "bedrock"])
def test_a_provider_that_does_not_fine_tune_so_is_told(
    stack: SpecialistStack, acme: Caller, server: FakeFineTuning, name: str
) -> None:
    use_providers(openai_like(server.base_url), {"name": "bedrock", "kind": "bedrock", "models": ["m"]})
    ident = proposed(acme)
    job = train(acme, ident, **(TUNED | {"provider": name}))
    stack.run()
    assert training(acme, ident, job)["error"]["code"] == "PROVIDER_REFUSED"


@pytest.mark.parametrize("shadow", ["tuned", "kept here"])
def test_a_tuned_model_and_one_that_is_kept_here_shadow_each_other(
    stack: SpecialistStack, acme: Caller, server: FakeFineTuning, shadow: str
) -> None:
    ident = proposed(acme)
    for tuned in (False, True) if shadow == "tuned" else (True, False):
        train(acme, ident, **(TUNED if tuned else {"epochs": 2}))
        stack.until("worker")
        server.succeed()
        stack.run()
    deploy(acme, ident, version=1)
    stack.run()
    deployment = deploy(acme, ident, version=2, shadow=1.0)
    stack.run()
    asked = len(server.asked)

    answer = acme.post(f"{PATH}/{ident}/predict", {"text": "the battery is lovely and great"}).expect(200).data
    stack.run()
    assert (answer["version"], answer["prediction"], len(server.asked)) == (1, "positive", asked + 1)
    told_of = acme.get(f"{PATH}/{ident}/deployments/{deployment}").expect(200).data["agreement"]
    assert (told_of["compared"], told_of["agreed"]) == (1, 1)
