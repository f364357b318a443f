"""What cannot be learned from is refused with its lines, and nothing is half-made."""

import json
import os
from typing import Any

import boto3
import pytest

from pentarch.platform import egress
from specialists import store
from specialists.datasets import sources
from specialists.lifecycle import TrainingState
from support.lambdas import Caller
from support.specialists import PATH, SpecialistStack, data_url, praise_and_complaint, propose, seen, train, training

NOWHERE = "00000000-0000-4000-8000-000000000000"


def failed(stack: SpecialistStack, caller: Caller, text: str, kind: str = "supervised", **more: Any) -> dict[str, Any]:
    """The error of a training on a dataset; nothing came of it."""
    ident = propose(caller)
    form = more.pop("media", "text/csv")
    job = train(caller, ident, data_url(text, form), kind, **more)
    stack.run()
    found = training(caller, ident, job)
    assert (found["status"], found["version"]) == ("failed", None)
    assert store.version("acme", ident, 1) is None
    assert seen(caller, ident)["last_trained"] is None
    error: dict[str, Any] = found["error"]
    return error


def numbers(bad: str) -> str:
    rows = [f"{n},{n % 3},{'a' if n % 2 else 'b'}" for n in range(30)]
    return "\n".join(["x,y,label", *rows[:10], bad, *rows[10:]]) + "\n"


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        (praise_and_complaint().replace("label", "verdict", 1), 1, "no column 'label'"),
        (praise_and_complaint() + "a row without one,\n", 62, "the label is missing"),
        (praise_and_complaint() + ",positive\n", 62, "the text is empty"),
        (praise_and_complaint() + "one,two,three\n", 62, "3 values"),
        (praise_and_complaint().replace("negative", "positive"), None, "nothing to tell apart"),
        (praise_and_complaint(5), None, "at least 20"),
        (praise_and_complaint() + f"fine,{'x' * 257}\n", 62, "longer than 256"),
        ("text,label," + "x" * 257 + "\n", 1, "longer than 256"),
        ("text,label\n", None, "no rows"),
        (numbers("nan,1,a"), 12, "'nan' in column 1"),
        (numbers("1,,a"), 12, "column 2"),
        (numbers("1,1e999,b"), 12, "column 2"),
        (numbers("5,5,only-once"), None, "fewer than 2"),
    ],
)
def test_a_bad_dataset_fails_with_its_lines(
    stack: SpecialistStack, acme: Caller, text: str, line: int | None, problem: str
) -> None:
    error = failed(stack, acme, text)
    assert error["code"] == "BAD_DATASET"
    assert error["faults"][0]["line"] == line
    assert problem in error["faults"][0]["problem"]


def test_every_bad_row_is_told_up_to_a_number(stack: SpecialistStack, acme: Caller) -> None:
    error = failed(stack, acme, praise_and_complaint() + "no label,\n" * 50)
    assert [fault["line"] for fault in error["faults"]] == list(range(62, 82))
    assert error["more_faults"] == 30


def test_a_propensity_that_is_none_is_refused(stack: SpecialistStack, acme: Caller) -> None:
    rows = [json.dumps({"context": {"x": n}, "action": "ab"[n % 2], "reward": 1, "propensity": 0}) for n in range(30)]
    error = failed(stack, acme, "\n".join(rows), "reinforcement", media="application/jsonl")
    assert error["faults"][0] == {"line": 1, "problem": "the propensity is not above 0 and at most 1"}


def asked(dataset: Any, kind: str = "supervised", **parameters: Any) -> dict[str, Any]:
    return {"training_data": {"type": kind, "dataset": dataset, "parameters": parameters}}


@pytest.mark.parametrize(
    "dataset",
    [
        "somewhere",
        "http://example.com/a.csv",
        "ftp://example.com/a.csv",
        "s3://another-bucket/a.csv",
        "s3://filesbucket/files/other/a.csv",
        "s3://filesbucket/files/acme/../other/a.csv",
        "s3://filesbucket/files/acme/nothing.csv",
        "data:image/png;base64,AAAA",
        "data:text/csv;base64,***",
        "data:text/csv,",
        "https://127.0.0.1/a.csv",
        "https://169.254.169.254/latest.csv",
        "https://[::1]/a.csv",
        "https://user:secret@example.com/a.csv",
        f"https://example.com/{'a' * 1024}.csv",
        7,
    ],
)
def test_a_dataset_that_may_not_be_read_is_refused_at_once(acme: Caller, dataset: Any) -> None:
    ident = propose(acme)
    refused = acme.post(f"{PATH}/{ident}/train", asked(dataset)).expect(400).json()
    assert refused["error"]["code"] == "VALIDATION_ERROR"
    assert seen(acme, ident)["training_history"] == []


def test_an_address_that_answers_with_too_much_fails_the_training(
    stack: SpecialistStack, acme: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_much(*_: Any, **__: Any) -> egress.Fetched:
        msg = "the answer has more than 67108864 bytes"
        raise egress.EgressError(msg)

    monkeypatch.setattr(egress, "check", lambda _: None)
    monkeypatch.setattr(egress, "get", too_much)
    ident = propose(acme)
    job = train(acme, ident, "https://example.com/rows.csv")
    stack.run()
    assert "more than 67108864 bytes" in training(acme, ident, job)["error"]["message"]


def test_an_address_is_read_once_and_kept(
    stack: SpecialistStack, acme: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_for: list[str] = []

    def answer(url: str, **_: Any) -> egress.Fetched:
        asked_for.append(url)
        return egress.Fetched(200, praise_and_complaint().encode(), 1.0)

    monkeypatch.setattr(egress, "check", lambda _: None)
    monkeypatch.setattr(egress, "get", answer)
    ident = propose(acme)
    job = train(acme, ident, "https://example.com/rows.csv?token=x", epochs=1)
    stack.run()
    assert training(acme, ident, job)["status"] == "completed"
    assert len(asked_for) == 1


def test_a_file_over_the_limit_is_refused(acme: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    key = "files/acme/large.csv"
    boto3.client("s3").put_object(Bucket=os.environ["FILES_BUCKET"], Key=key, Body=b"x" * 2000)
    monkeypatch.setattr(sources, "MAX_BYTES", 1000)
    ident = propose(acme)
    refused = acme.post(f"{PATH}/{ident}/train", asked(f"s3://{os.environ['FILES_BUCKET']}/{key}")).expect(400).json()
    assert "2000 bytes, and 1000 at most" in refused["error"]["message"]


def test_a_file_that_changes_between_the_request_and_the_work_is_noticed(stack: SpecialistStack, acme: Caller) -> None:
    place: Any = {"Bucket": os.environ["FILES_BUCKET"], "Key": "files/acme/rows.csv"}
    boto3.client("s3").put_object(**place, Body=praise_and_complaint().encode())
    ident = propose(acme)
    job = train(acme, ident, f"s3://{place['Bucket']}/{place['Key']}")
    boto3.client("s3").put_object(**place, Body=b"text,label\nother,rows\n")
    stack.run()
    assert "changed" in training(acme, ident, job)["error"]["message"]


@pytest.mark.parametrize(
    ("kind", "parameters"),
    [
        ("supervised", {"epochs": 0}),
        ("supervised", {"epochs": "five"}),
        ("supervised", {"clusters": 3}),
        ("supervised", {"hash_bits": 40}),
        ("unsupervised", {"clusters": 1}),
        ("reinforcement", {"ridge": -1}),
    ],
)
def test_parameters_that_make_no_sense_are_refused_by_name(acme: Caller, kind: str, parameters: dict[str, Any]) -> None:
    ident = propose(acme)
    body = asked(data_url(praise_and_complaint()), kind, **parameters)
    refused = acme.post(f"{PATH}/{ident}/train", body).expect(400).json()
    assert refused["error"]["details"]["field"] == f"training_data.parameters.{next(iter(parameters))}"


def test_what_does_not_exist_is_404(acme: Caller) -> None:
    ident = propose(acme)
    for method, path in (
        ("GET", f"{PATH}/{NOWHERE}"),
        ("DELETE", f"{PATH}/{NOWHERE}"),
        ("GET", f"{PATH}/{ident}/training/{NOWHERE}"),
        ("GET", f"{PATH}/{NOWHERE}/training/{NOWHERE}"),
        ("POST", f"{PATH}/{ident}/training/{NOWHERE}/cancel"),
        ("GET", f"{PATH}/{ident}/deployments/{NOWHERE}"),
        ("GET", f"/api/v1/datasets/{NOWHERE}"),
    ):
        assert acme.send(method, path).expect(404).json()["error"]["code"] == "NOT_FOUND"
    acme.post(f"{PATH}/{NOWHERE}/train", asked(data_url("text,label\n"))).expect(404)
    acme.post(f"{PATH}/{ident}/train", asked(NOWHERE)).expect(404)
    acme.post(f"{PATH}/{NOWHERE}/predict", {"text": "hello"}).expect(404)


def test_what_was_never_trained_is_not_deployed(stack: SpecialistStack, acme: Caller) -> None:
    ident = propose(acme)
    refused = acme.post(f"{PATH}/{ident}/deploy", {"environment": "staging"}).expect(409).json()
    assert refused["error"]["code"] == "CONFLICT"
    assert "train it first" in refused["error"]["message"]
    acme.post(f"{PATH}/{ident}/predict", {"text": "hello"}).expect(409)
    stack.run()
    assert seen(acme, ident)["status"] == "DRAFT"


def test_what_ended_cannot_be_cancelled(stack: SpecialistStack, acme: Caller) -> None:
    ident = propose(acme)
    job = train(acme, ident, epochs=1)
    stack.run()
    refused = acme.post(f"{PATH}/{ident}/training/{job}/cancel").expect(409).json()
    assert refused["error"]["details"]["status"] == TrainingState.COMPLETED


def test_another_tenant_sees_nothing(stack: SpecialistStack, acme: Caller) -> None:
    other = stack.tenant("other")
    ident = propose(acme)
    job = train(acme, ident)
    other.get(f"{PATH}/{ident}").expect(404)
    other.get(f"{PATH}/{ident}/training/{job}").expect(404)
    other.post(f"{PATH}/{ident}/deploy", {"environment": "staging"}).expect(404)
    other.delete(f"{PATH}/{ident}").expect(404)
    assert other.get(PATH).expect(200).data["specialists"] == []
