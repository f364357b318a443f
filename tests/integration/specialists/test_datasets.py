"""Datasets that are uploaded, and lists."""

import os

import boto3
import pytest

from support.job_stack import told
from support.lambdas import Caller
from support.specialists import PATH, SpecialistStack, praise_and_complaint, propose, seen, train, training
from support.stopped_clock import StoppedClock

DATASETS = "/api/v1/datasets"


def test_an_uploaded_dataset_is_trained_on_by_its_id(stack: SpecialistStack, acme: Caller) -> None:
    made = acme.post(DATASETS, {"name": "rows", "format": "csv"}).expect(201).data
    ident, form = made["dataset"]["id"], made["upload"]
    assert acme.get(f"{DATASETS}/{ident}").data["dataset"]["size_bytes"] is None
    assert form["fields"]["key"].startswith("specialists/acme/datasets/")

    specialist = propose(acme)
    body = {"training_data": {"type": "supervised", "dataset": ident}}
    assert "not uploaded yet" in acme.post(f"{PATH}/{specialist}/train", body).expect(400).json()["error"]["message"]
    content = praise_and_complaint().encode()
    boto3.client("s3").put_object(Bucket=os.environ["FILES_BUCKET"], Key=form["fields"]["key"], Body=content)
    assert acme.get(f"{DATASETS}/{ident}").data["dataset"]["size_bytes"] == len(content)

    job = train(acme, specialist, ident, epochs=1)
    stack.run()
    assert training(acme, specialist, job)["status"] == "completed"

    listed = acme.get(DATASETS).expect(200).data
    assert ([one["id"] for one in listed["datasets"]], listed["total"]) == ([ident], 1)
    acme.delete(f"{DATASETS}/{ident}").expect(204)
    acme.delete(f"{DATASETS}/{ident}").expect(404)
    assert acme.get(DATASETS).data["total"] == 0
    assert len(told("acme", "dataset.created", "dataset.deleted")) == 2


def test_lists_page_and_filter_with_exact_totals(acme: Caller, clock: StoppedClock) -> None:
    made = []
    for n in range(5):
        made.append(propose(acme, skills=["a", "b"] if n % 2 else ["a", "a"]))
        clock.advance(seconds=1)
    page = acme.get(PATH, query={"limit": 2, "offset": 1}).expect(200).data
    assert [one["id"] for one in page["specialists"]] == made[::-1][1:3]
    assert (page["total"], page["limit"], page["offset"]) == (5, 2, 1)
    assert acme.get(PATH, query={"skill": "b", "status": "DRAFT"}).data["total"] == 2
    assert acme.get(PATH, query={"skill": "a"}).data["total"] == 5
    assert acme.get(PATH, query={"skill": "c"}).data["total"] == 0
    assert acme.get(PATH, query={"offset": 99}).data["specialists"] == []


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 101}, {"offset": -1}, {"status": "ASLEEP"}, {"skill": "#"}])
def test_bad_queries_are_refused(acme: Caller, query: dict[str, object]) -> None:
    acme.get(PATH, query=query).expect(400)


@pytest.mark.parametrize(
    "change",
    [
        {"skills": "one"},
        {"skills": ["with#sign"]},
        {"skills": [f"s{n}" for n in range(21)]},
        {"name": " "},
        {"training_config": {"epochs": "five"}},
        {"training_config": {"model": "gpt-4"}},
        {"validation_criteria": {"min_accuracy": 2}},
    ],
)
def test_bad_proposals_are_refused(acme: Caller, change: dict[str, object]) -> None:
    body = {"name": "n", "description": "d", "skills": ["s"]} | change
    acme.post(PATH, body).expect(400)
    assert acme.get(PATH).data["total"] == 0


def test_the_most_skills_that_are_allowed_fit_into_every_transaction(stack: SpecialistStack, acme: Caller) -> None:
    ident = propose(acme, skills=[f"s{n}" for n in range(20)])
    acme.delete(f"{PATH}/{ident}").expect(200)
    stack.run()
    assert seen(acme, ident)["status"] == "ARCHIVED"
    assert acme.get(PATH, query={"skill": "s19", "status": "ARCHIVED"}).data["total"] == 1
