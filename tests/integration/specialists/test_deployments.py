"""Which version answers: criteria, probes, canaries, and the ways back."""

import json
import os
from typing import Any

import boto3
import pytest

from pentarch.usage import store as usage
from specialists import inference, probing, serving, signing, store
from specialists.errors import ModelTamperedError
from specialists.model import Version
from support.job_stack import told
from support.lambdas import Caller
from support.specialists import (
    PATH,
    SpecialistStack,
    data_url,
    deploy,
    praise_and_complaint,
    propose,
    seen,
    train,
)


@pytest.fixture(autouse=True)
def cold(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that has read no model yet."""
    monkeypatch.setattr(inference, "SHELF", serving.Shelf())


def a_version(stack: SpecialistStack, caller: Caller, ident: str, seed: int = 0) -> None:
    train(caller, ident, data_url(praise_and_complaint()), epochs=2, seed=seed, hash_bits=10)
    stack.run()


@pytest.fixture
def two(stack: SpecialistStack, acme: Caller) -> str:
    """A specialist with two versions, the first of which answers in production."""
    ident = propose(acme)
    a_version(stack, acme, ident)
    deploy(acme, ident)
    stack.run()
    a_version(stack, acme, ident, seed=1)
    return ident


def answers(caller: Caller, ident: str, text: str = "lovely", **more: Any) -> int:
    """The version that answers."""
    number: int = caller.post(f"{PATH}/{ident}/predict", {"text": text, **more}).expect(200).data["version"]
    return number


def deployment(caller: Caller, ident: str, deployment_id: str) -> dict[str, Any]:
    found: dict[str, Any] = caller.get(f"{PATH}/{ident}/deployments/{deployment_id}").expect(200).data
    return found


def test_staging_and_production_have_versions_of_their_own(stack: SpecialistStack, acme: Caller, two: str) -> None:
    deploy(acme, two, "staging")
    stack.run()
    assert answers(acme, two, environment="staging") == 2
    assert answers(acme, two, environment="production") == answers(acme, two) == 1


@pytest.mark.parametrize(
    ("criteria", "reason"),
    [
        ({"min_accuracy": 1.0}, "min_accuracy is 1"),
        ({"max_latency": 0.000001}, "max_latency is 1e-06 ms"),
    ],
)
def test_a_version_that_does_not_keep_the_criteria_is_not_deployed(
    stack: SpecialistStack, acme: Caller, criteria: dict[str, float], reason: str
) -> None:
    ident = propose(acme, validation_criteria=criteria)
    chance = "\n".join(f"thing {n},{'ab'[n * 7919 % 13 % 2]}" for n in range(60))
    train(acme, ident, data_url(f"text,label\n{chance}\n"), epochs=1, hash_bits=10)
    stack.run()

    refused = acme.post(f"{PATH}/{ident}/deploy", {"environment": "production"}).expect(409).json()["error"]

    assert refused["code"] == "CONFLICT"
    assert reason in refused["message"]
    stack.run()
    assert seen(acme, ident)["status"] == "DRAFT"
    assert told("acme", "specialist.deployment_requested") == []


def spoil(ident: str, number: int, name: str, content: bytes) -> None:
    version = store.version("acme", ident, number)
    assert version is not None
    key = f"{signing.prefix('acme', ident)}/{version.model_hash}/{name}"
    boto3.client("s3").put_object(Bucket=os.environ["FILES_BUCKET"], Key=key, Body=content)


@pytest.mark.parametrize("name", ["arrays.npz", "manifest.json", "signature.json"])
def test_a_changed_model_is_not_let_in_and_the_former_goes_on_answering(
    stack: SpecialistStack, acme: Caller, two: str, name: str
) -> None:
    spoil(two, 2, name, b'{"signature": "0000"}')
    asked = deploy(acme, two)
    stack.run()

    ended = deployment(acme, two, asked)
    assert (ended["status"], ended["probe"]["healthy"]) == ("rolled_back", False)
    assert ended["reason"]
    assert answers(acme, two) == 1
    [event] = told("acme", "specialist.deployment_failed")
    assert event.data["version"] == 2


def test_a_model_that_is_changed_after_its_deployment_does_not_answer(
    stack: SpecialistStack, acme: Caller, two: str
) -> None:
    deploy(acme, two)
    stack.run()
    spoil(two, 2, "arrays.npz", b"")
    refused = acme.post(f"{PATH}/{two}/predict", {"text": "x"}).expect(409).json()["error"]
    assert "not the one that was signed" in refused["message"]


def test_a_model_signed_for_another_specialist_is_refused(stack: SpecialistStack, acme: Caller, two: str) -> None:
    other = propose(acme)
    a_version(stack, acme, other)
    version = store.version("acme", two, 1)
    assert version is not None
    place = f"{signing.prefix('acme', other)}/{version.model_hash}/signature.json"
    taken = boto3.client("s3").get_object(Bucket=os.environ["FILES_BUCKET"], Key=place)["Body"].read()
    spoil(two, 1, "signature.json", taken)
    acme.post(f"{PATH}/{two}/predict", {"text": "x"}).expect(409)


def test_a_version_whose_probe_is_bad_goes_out_only_when_no_rollback_is_asked(
    stack: SpecialistStack, acme: Caller, two: str
) -> None:
    version = store.version("acme", two, 2)
    assert version is not None
    wrong = [{"text": f"lovely {n}", "label": "negative"} for n in range(10)]
    spoil(two, 2, "rows.json", json.dumps({"probes": wrong, "examples": []}).encode())

    careful = deploy(acme, two)
    stack.run()
    assert deployment(acme, two, careful)["status"] == "rolled_back"
    assert answers(acme, two) == 1

    careless = deploy(acme, two, rollback_on_failure=False)
    stack.run()
    ended = deployment(acme, two, careless)
    assert (ended["status"], ended["probe"]["passed"]) == ("deployed", False)
    assert answers(acme, two) == 2


def test_a_canary_gets_its_share_and_the_same_question_meets_the_same_version(
    stack: SpecialistStack, acme: Caller, two: str
) -> None:
    deploy(acme, two, canary_share=0.5)
    stack.run()
    first = [answers(acme, two, f"question {n}") for n in range(20)]
    assert set(first) == {1, 2}
    assert first == [answers(acme, two, f"question {n}") for n in range(20)]

    acme.post(f"{PATH}/{two}/rollback", {}).expect(200)
    assert {answers(acme, two, f"question {n}") for n in range(20)} == {1}

    deploy(acme, two)
    stack.run()
    assert {answers(acme, two, f"question {n}") for n in range(5)} == {2}


def test_a_shadow_answers_too_and_is_counted_but_not_heard(stack: SpecialistStack, acme: Caller, two: str) -> None:
    shadow = deploy(acme, two, shadow=1.0)
    stack.run()
    assert deployment(acme, two, shadow)["agreement"] == {"compared": 0, "agreed": 0, "rate": None}

    assert {answers(acme, two, f"{word} thing") for word in ("lovely", "awful", "great")} == {1}
    acme.post(f"{PATH}/{two}/predict", {"inputs": ["lovely", "awful"]}).expect(200)
    stack.run()

    told_of = [event.data["shadow"] for event in told("acme", "specialist.predicted")]
    assert [(one["deployment_id"], one["version"]) for one in told_of] == [(shadow, 2)] * 4
    found = deployment(acme, two, shadow)
    agreed = sum(one["agreed"] for one in told_of)
    assert found["shadow"] == 1.0
    assert found["agreement"] == {"compared": 5, "agreed": agreed, "rate": round(agreed / 5, 6)}
    assert agreed == 5


def test_a_shadow_that_answers_otherwise_or_not_at_all_does_not_agree(
    stack: SpecialistStack, acme: Caller, two: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shadow = deploy(acme, two, shadow=1.0)
    stack.run()
    load = serving.load

    def broken(version: Version) -> serving.Warm:
        if version.number == 2:
            raise ModelTamperedError
        return load(version)

    monkeypatch.setattr(serving, "load", broken)
    assert answers(acme, two) == 1
    stack.run()
    assert deployment(acme, two, shadow)["agreement"] == {"compared": 1, "agreed": 0, "rate": 0.0}


def test_only_a_share_of_the_questions_meets_a_shadow(stack: SpecialistStack, acme: Caller, two: str) -> None:
    shadow = deploy(acme, two, shadow=0.5)
    stack.run()
    for n in range(20):
        answers(acme, two, f"question {n}")
    stack.run()
    assert 0 < deployment(acme, two, shadow)["agreement"]["compared"] < 20


def test_a_shadow_is_rolled_back_or_promoted_like_a_canary(stack: SpecialistStack, acme: Caller, two: str) -> None:
    deploy(acme, two, shadow=1.0)
    stack.run()
    back = acme.post(f"{PATH}/{two}/rollback", {}).expect(200).data
    assert (back["version"], back["previous_version"]) == (1, 2)
    assert seen(acme, two)["serving"]["production"]["shadow"] is None

    deploy(acme, two, shadow=1.0)
    stack.run()
    deploy(acme, two)
    stack.run()
    assert answers(acme, two) == 2
    served = seen(acme, two)["serving"]["production"]
    assert (served["version"], served["previous"], served["shadow"]) == (2, 1, None)


def test_a_deployment_is_a_canary_or_a_shadow(acme: Caller, two: str) -> None:
    asked = {"environment": "production", "shadow": 0.5, "canary_share": 0.5}
    acme.post(f"{PATH}/{two}/deploy", asked).expect(400)
    acme.post(f"{PATH}/{two}/deploy", {"environment": "staging", "shadow": 0.5}).expect(409)


def test_a_probe_that_never_ends_well_leaves_what_was_there(
    stack: SpecialistStack, acme: Caller, two: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        msg = "out of memory"
        raise RuntimeError(msg)

    monkeypatch.setattr(probing, "probe", broken)
    asked = deploy(acme, two)
    stack.run()
    ended = deployment(acme, two, asked)
    assert (ended["status"], ended["reason"]) == (
        "rolled_back",
        "its probe ended without a result, again and again",
    )
    assert answers(acme, two) == 1


def test_the_most_skills_that_are_allowed_fit_into_the_first_deployment(stack: SpecialistStack, acme: Caller) -> None:
    ident = propose(acme, skills=[f"s{n}" for n in range(20)])
    a_version(stack, acme, ident)
    deploy(acme, ident)
    stack.run()
    assert acme.get(PATH, query={"skill": "s19", "status": "ACTIVE"}).data["total"] == 1


def test_a_canary_needs_something_beside_it(stack: SpecialistStack, acme: Caller) -> None:
    ident = propose(acme)
    a_version(stack, acme, ident)
    acme.post(f"{PATH}/{ident}/deploy", {"environment": "production", "canary_share": 0.1}).expect(409)


def test_a_rollback_is_there_at_once_and_leads_to_any_earlier_version(
    stack: SpecialistStack, acme: Caller, two: str
) -> None:
    acme.post(f"{PATH}/{two}/rollback", {}).expect(409)  # nothing was there before
    deploy(acme, two)
    stack.run()
    assert answers(acme, two) == 2

    back = acme.post(f"{PATH}/{two}/rollback", {}).expect(200).data
    assert (back["version"], back["previous_version"], back["status"]) == (1, 2, "deployed")
    assert answers(acme, two) == 1

    acme.post(f"{PATH}/{two}/rollback", {"version": 2}).expect(200)
    assert answers(acme, two) == 2
    acme.post(f"{PATH}/{two}/rollback", {"version": 3}).expect(409)
    acme.post(f"{PATH}/{two}/rollback", {"environment": "staging"}).expect(409)
    assert sorted(event.data["version"] for event in told("acme", "specialist.rolled_back")) == [1, 2]


def test_versions_are_listed_newest_first_in_pages(stack: SpecialistStack, acme: Caller, two: str) -> None:
    a_version(stack, acme, two, seed=2)
    first = acme.get(f"{PATH}/{two}/versions", query={"limit": 2}).expect(200).data
    assert ([one["version"] for one in first["versions"]], first["total"], first["next_before"]) == ([3, 2], 3, 2)
    rest = acme.get(f"{PATH}/{two}/versions", query={"limit": 2, "before": first["next_before"]}).expect(200).data
    assert ([one["version"] for one in rest["versions"]], rest["next_before"]) == ([1], None)
    assert rest["versions"][0]["metrics"]["accuracy"] > 0.8


def test_what_is_archived_does_not_answer_and_is_kept(acme: Caller, two: str) -> None:
    acme.delete(f"{PATH}/{two}").expect(200)
    acme.delete(f"{PATH}/{two}").expect(200)
    acme.post(f"{PATH}/{two}/predict", {"text": "x"}).expect(409)
    acme.post(f"{PATH}/{two}/deploy", {"environment": "production"}).expect(409)
    assert seen(acme, two)["status"] == "ARCHIVED"
    assert acme.get(PATH, query={"status": "ARCHIVED"}).data["total"] == 1
    assert acme.get(PATH, query={"status": "ACTIVE"}).data["total"] == 0
    assert len(told("acme", "specialist.archived")) == 1


def test_requests_are_counted_from_the_log_once_each(stack: SpecialistStack, acme: Caller, two: str) -> None:
    for _ in range(3):
        answers(acme, two)
    stack.run()
    stack.replay_stream()
    stack.run()
    assert usage.total("acme", usage.specialist_key(two)).requests == 3
    assert seen(acme, two)["performance_metrics"]["requests_served"] == 3
    assert "lovely" not in str([event.data for event in told("acme")])


def test_a_question_that_the_model_was_not_made_for_is_refused(acme: Caller, two: str) -> None:
    bodies: list[dict[str, Any]] = [
        {},
        {"text": ""},
        {"inputs": []},
        {"text": "a", "inputs": ["b"]},
        {"features": [1.0]},
        {"inputs": [7]},
        {"text": "a", "environment": "moon"},
    ]
    told = [acme.post(f"{PATH}/{two}/predict", body).expect(400).json()["error"]["code"] for body in bodies]
    assert told == ["VALIDATION_ERROR"] * len(bodies)
