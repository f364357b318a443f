"""Amazon Bedrock trains: one job and one deployment however often a worker dies, and Converse to what came of it."""

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest

from pentarch.files import store as files
from pentarch.files.model import place
from pentarch.llm import catalogue
from pentarch.platform import clients
from specialists.finetuning import answering
from support.bedrock_jobs import FakeBedrockJobs
from support.gateway import use_providers
from support.lambdas import Caller
from support.specialists import PATH, SpecialistStack, deploy, praise_and_complaint, propose, train, training

BASE = "amazon.nova-micro-v1:0"
TUNED: dict[str, Any] = {"backend": "bedrock", "provider": "bedrock", "base_model": BASE, "measured_rows": 2}
ROLE = "arn:aws:iam::123456789012:role/customization"
STEPS = "step_number,epoch_number,training_loss,perplexity\n0,0,0.75,2\n1,0,0.25,1\n2,1,0.1,1\n,,nan,\n"


@pytest.fixture
def bedrock(stack: SpecialistStack, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeBedrockJobs]:
    assert stack
    monkeypatch.setattr(answering, "_BREAKERS", {})
    monkeypatch.setenv("MODEL_CUSTOMIZATION_ROLE", ROLE)
    with FakeBedrockJobs() as running:
        monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK", running.url)
        monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", running.url)
        clients.forget()
        use_providers(a_provider())
        yield running
    catalogue.forget()
    clients.forget()


def a_provider() -> dict[str, Any]:
    model = {"name": BASE, "context_window": 128_000, "input_usd_per_million": 10}
    return {"name": "bedrock", "kind": "bedrock", "models": [model], "data_policy": {"max_sensitivity": "INTERNAL"}}


def begun(stack: SpecialistStack, caller: Caller, **more: Any) -> tuple[str, str]:
    ident = propose(caller, validation_criteria={"min_accuracy": 0.8})
    job = train(caller, ident, **(TUNED | more))
    stack.until("worker")
    return ident, job


def test_a_job_its_losses_its_deployment_and_its_answers(
    stack: SpecialistStack, acme: Caller, bedrock: FakeBedrockJobs
) -> None:
    ident, job = begun(stack, acme, epochs=2, hyperparameters={"learningRate": "0.00001"})

    [asked] = bedrock.jobs.values()
    assert (asked["roleArn"], asked["clientRequestToken"], asked["baseModelIdentifier"]) == (ROLE, job, BASE)
    assert asked["hyperParameters"] == {"epochCount": "2", "learningRate": "0.00001"}
    bucket = f"s3://{os.environ['FILES_BUCKET']}/"
    rows = files.get(asked["trainingDataConfig"]["s3Uri"].removeprefix(bucket)).decode().splitlines()
    first = json.loads(rows[0])
    assert first["schemaVersion"] == "bedrock-conversation-2024"
    assert first["system"] == [{"text": "You are sentiment: Tells praise from complaint"}]
    assert [one["role"] for one in first["messages"]] == ["user", "assistant"]
    seen = training(acme, ident, job)
    assert len(rows) == seen["dataset"]["splits"]["train"]
    assert (seen["status"], seen["progress"], seen["provider_job"]["status"]) == ("running", None, "InProgress")

    output = asked["outputDataConfig"]["s3Uri"].removeprefix(bucket)
    assert output == place("trainings", "acme", ident, job, "bedrock") + "/"
    folder = f"{output}model-customization-job-{asked['jobArn'].rpartition('/')[2]}/training_artifacts"
    files.put(f"{folder}/step_wise_training_metrics.csv", STEPS.encode(), "text/csv")
    bedrock.complete()
    stack.wait_for("worker")
    assert training(acme, ident, job)["provider_job"]["deployment_status"] == "Creating"
    bedrock.activate()
    stack.run()

    done = training(acme, ident, job)
    assert (done["status"], done["current_epoch"], done["metrics"]["train_loss"]) == ("completed", 2, 0.125)
    assert [(one["epoch"], one["loss"]) for one in done["loss_curve"]] == [(1, 0.5), (2, 0.1)]
    assert (done["metrics"]["accuracy"], done["metrics"]["measured_rows"]) == (1.0, 2)
    [deployment] = bedrock.deployments.values()
    arn = deployment["customModelDeploymentArn"]
    deploy(acme, ident)
    stack.run()
    answer = acme.post(f"{PATH}/{ident}/predict", {"text": "a lovely screen"}).expect(200).data
    assert (answer["prediction"], answer["confidence"], answer["model"]) == ("positive", None, arn)
    assert answer["cost_usd"] == pytest.approx(0.0003)
    assert bedrock.asked[-1]["system"] == first["system"]


@pytest.mark.parametrize("status", ["Failed", "Stopped"])
def test_what_fails_at_bedrock_fails_here(
    stack: SpecialistStack, acme: Caller, bedrock: FakeBedrockJobs, status: str
) -> None:
    ident, job = begun(stack, acme)
    for one in bedrock.jobs.values():
        one["status"] = status
    stack.run()
    assert training(acme, ident, job)["error"]["code"] == "PROVIDER_FAILED"


@pytest.mark.parametrize("code", ["ValidationException", "AccessDeniedException", "ServiceQuotaExceededException"])
def test_a_refusal_is_told_by_its_code_alone(
    stack: SpecialistStack, acme: Caller, bedrock: FakeBedrockJobs, code: str
) -> None:
    bedrock.refuses["model-customization-jobs"] = code
    ident, job = begun(stack, acme)
    error = training(acme, ident, job)["error"]
    assert error["code"] == "PROVIDER_REFUSED"
    assert code in error["message"]
    assert "own words" not in error["message"]


@pytest.mark.usefixtures("bedrock")
def test_without_a_role_no_row_is_shown_to_bedrock(
    stack: SpecialistStack, acme: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODEL_CUSTOMIZATION_ROLE", "")
    ident, job = begun(stack, acme)
    assert "no role" in training(acme, ident, job)["error"]["message"]


def test_throttling_is_waited_for(stack: SpecialistStack, acme: Caller, bedrock: FakeBedrockJobs) -> None:
    ident, job = begun(stack, acme)
    bedrock.refuses["model-customization"] = "ThrottlingException"
    bedrock.complete()
    stack.wait_for("worker", 2)
    bedrock.refuses.clear()
    stack.wait_for("worker")
    bedrock.activate()
    stack.run()
    assert training(acme, ident, job)["status"] == "completed"


def test_cancelling_stops_the_job_and_nothing_pauses(
    stack: SpecialistStack, acme: Caller, bedrock: FakeBedrockJobs
) -> None:
    ident, job = begun(stack, acme)
    assert acme.post(f"{PATH}/{ident}/training/{job}/pause").expect(409).json()["error"]["code"] == "CONFLICT"
    acme.post(f"{PATH}/{ident}/training/{job}/cancel").expect(200)
    stack.run()
    assert [one["status"] for one in bedrock.jobs.values()] == ["Stopping"]


def test_what_is_cancelled_when_it_is_served_leaves_nothing_that_costs(
    stack: SpecialistStack, acme: Caller, bedrock: FakeBedrockJobs
) -> None:
    ident, job = begun(stack, acme)
    bedrock.complete()
    stack.wait_for("worker")
    acme.post(f"{PATH}/{ident}/training/{job}/cancel").expect(200)
    stack.run()
    assert (bedrock.deleted, bedrock.deployments) == (["deployment", "model"], {})


def test_killed_after_any_call_there_is_one_job_and_one_deployment(
    stack: SpecialistStack, acme: Caller, bedrock: FakeBedrockJobs
) -> None:
    for after in range(1, 90):
        asked = len(bedrock.asked)
        ident = propose(acme, validation_criteria={})
        dataset = praise_and_complaint(24)
        data = {"type": "supervised", "dataset": f"data:text/csv,{dataset}", "parameters": TUNED | {"measured_rows": 1}}
        job = acme.post(f"{PATH}/{ident}/train", {"training_data": data}).expect(202).data["training_job_id"]
        stack.until("fanout")
        death = stack.kill("worker", after=after)
        while not bedrock.jobs:
            stack.wait_for("worker")
        bedrock.complete()
        while not bedrock.deployments:
            stack.wait_for("worker")
        bedrock.activate()
        stack.run()

        begun_there = [one for one in bedrock.requests if one.path == "/model-customization-jobs"]
        served = [one for one in bedrock.requests if one.path == "/model-customization/custom-model-deployments"]
        assert (len(begun_there), len(served)) == (1, 1), f"killed after call {after}"
        assert len(bedrock.asked) - asked in {1, 2}, f"killed after call {after}"
        assert training(acme, ident, job)["version"] == 1, f"killed after call {after}"
        bedrock.jobs.clear()
        bedrock.deployments.clear()
        bedrock.requests.clear()
        if not death.happened:
            return
    pytest.fail("the worker makes more calls than were tried")
