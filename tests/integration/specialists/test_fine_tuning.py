"""A provider trains: the same dataset rules, one job there however often a worker dies, and a model to route to."""

from collections.abc import Iterator
from typing import Any

import pytest

import llm.asking
from llm import metaqore
from llm.api import app, handler
from pentarch.llm import catalogue, specialists
from pentarch.llm.providers.openai_http import OpenAIConnection
from pentarch.web.admission import Gate
from specialists import store, trainings
from specialists.finetuning.openai import FineTuning
from support.fine_tuning import MODEL, FakeFineTuning
from support.gateway import openai_like, use_providers
from support.job_stack import told
from support.lambdas import Caller
from support.pump import Killed
from support.specialists import PATH, SpecialistStack, data_url, deploy, praise_and_complaint, propose, train, training
from support.upstream_replies import Status

TUNED: dict[str, Any] = {"backend": "openai", "provider": "upstream", "base_model": "small"}


@pytest.fixture
def server(stack: SpecialistStack) -> Iterator[FakeFineTuning]:
    assert stack
    with FakeFineTuning() as running:
        use_providers(openai_like(running.base_url, "small", MODEL))
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
    assert version["latency_ms"] is None
    assert {request.headers["authorization"] for request in server.requests} == {"Bearer upstream-secret"}
    assert "upstream-secret" not in str(done) + str([event.data for event in told("acme", "specialist.trained")])


def test_a_call_that_names_it_asks_its_model_and_predict_says_so(
    stack: SpecialistStack, acme: Caller, server: FakeFineTuning, monkeypatch: pytest.MonkeyPatch
) -> None:
    ident, _ = begun(stack, acme)
    server.succeed()
    stack.run()
    deploy(acme, ident)
    stack.run()
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
    refused = acme.post(f"{PATH}/{ident}/predict", {"text": "lovely"}).expect(409).json()["error"]
    assert refused["code"] == "CONFLICT"
    assert "agent_name" in refused["message"]


def test_a_model_that_the_provider_does_not_offer_is_not_let_in(
    stack: SpecialistStack, acme: Caller, server: FakeFineTuning
) -> None:
    ident, _ = begun(stack, acme)
    server.succeed()
    stack.run()
    use_providers(openai_like(server.base_url, "small"))
    deployment = deploy(acme, ident)
    stack.run()

    ended = acme.get(f"{PATH}/{ident}/deployments/{deployment}").expect(200).data
    assert ended["status"] == "rolled_back"
    assert "add it to its models" in ended["reason"]


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
    for after in range(1, 60):
        jobs, left = server.begun, [after]

        def fetched(*args: Any, left: list[int] = left, **more: Any) -> Any:
            answer = fetch(*args, **more)
            left[0] -= 1
            if left[0] == 0:
                raise Killed
            return answer

        ident = proposed(acme)
        job = train(acme, ident, **TUNED)
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
